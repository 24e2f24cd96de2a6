"""Runs of the reduced scenarios: ordinary files, the ordinary engine, one figure or series kept of each run."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxsim.model.case import History
from cxsim.scenario import Scenario, load_scenario
from cxsim.scenario.examples import examples_folder
from cxsim.studies.base import Job, Runner
from cxsim.studies.run.execute import seeds_of


def reduced(name: str, settings: Sequence[str] = ()) -> Scenario:
    """Load a reduced scenario."""
    return load_scenario(examples_folder() / "verification" / f"{name}.toml", settings)


def measured(
    name: str, measure: Callable[[History], Any], runner: Runner, settings: Sequence[str] = (), arms: Sequence[str] = ()
) -> dict[str, NDArray[Any]]:
    """Run arms (all unless named) of a reduced scenario; returns what was measured, per arm one row for each replicate."""
    scenario = reduced(name, settings)
    seeds = seeds_of(scenario)
    chosen = [arm for arm in scenario.arms if not arms or arm.name in arms]
    runs = [(arm, seed) for arm in chosen for seed in seeds]
    entries = runner.simulate([Job(f"{arm.name} {seed}", arm.case, seed, scenario.months, measure) for arm, seed in runs])
    if failed := [entry["error"] for entry in entries if "error" in entry]:
        raise RuntimeError(failed[0])
    kept = [entry["kept"] for entry in entries]
    return {arm.name: np.array(kept[k * len(seeds) : (k + 1) * len(seeds)]) for k, arm in enumerate(chosen)}
