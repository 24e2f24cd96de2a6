"""Runs of the reduced scenarios: ordinary files, the ordinary engine, one figure or series kept of each run."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cxsim import engine
from cxsim.execution.runner import each_once
from cxsim.execution.scheduler import Entry, Task
from cxsim.model.case import Case, History
from cxsim.scenario import load_scenario
from cxsim.scenario.examples import examples_folder
from cxsim.studies.run.execute import seeds_of

Measure: TypeAlias = Callable[[History], Any]
Found: TypeAlias = dict[str, NDArray[Any]]


class _Job(NamedTuple):
    """One run, and what to keep of it."""

    case: Case
    seed: int
    months: int
    measure: Measure


def measured(name: str, measure: Measure, workers: int | None, settings: Sequence[str] = (), arms: Sequence[str] = ()) -> Found:
    """Run arms (all unless named) of a reduced scenario; returns what was measured, per arm one row for each replicate."""
    scenario = load_scenario(examples_folder() / "verification" / f"{name}.toml", settings)
    seeds = seeds_of(scenario)
    chosen = [arm for arm in scenario.arms if not arms or arm.name in arms]
    jobs = [_Job(arm.case, seed, scenario.months, measure) for arm in chosen for seed in seeds]
    tasks = [Task(str(number), job) for number, job in enumerate(jobs)]
    entries = each_once(_run, tasks, workers, lambda done, total: None)
    if failed := [entry["error"] for entry in entries.values() if "error" in entry]:
        raise RuntimeError(failed[0])
    kept = [entries[task.key]["measured"] for task in tasks]
    return {arm.name: np.array(kept[k * len(seeds) : (k + 1) * len(seeds)]) for k, arm in enumerate(chosen)}


def _run(job: _Job) -> Entry:
    """Simulate once; nothing but what is measured stays in memory."""
    return {"measured": job.measure(engine.simulate(job.case, job.seed, job.months))}
