"""Run every arm of a scenario on the same seeds, in any order and on any number of workers, with one outcome."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from cxsim import engine as engines
from cxsim.execution.scheduler import Entry, Task
from cxsim.measures.firms import Slot, firm_slots
from cxsim.measures.registry import STAGES
from cxsim.measures.tables import Columns, month_columns, run_columns
from cxsim.model.case import Case, History
from cxsim.model.chance import replicate_seed
from cxsim.studies.base import Runner

if TYPE_CHECKING:
    from cxsim.scenario import Scenario

Engine: TypeAlias = Literal["fast", "reference"]
Simulate: TypeAlias = Callable[[Case, int, int, Engine], History]


class Job(NamedTuple):
    """One run to do."""

    arm: str
    replicate: int
    seed: int
    case: Case
    months: int
    engine: Engine
    simulate: Simulate | None


class Record(NamedTuple):
    """What one run leaves behind."""

    arm: str
    replicate: int
    seed: int
    slots: list[Slot]
    months: Columns
    runs: Columns


class Failure(NamedTuple):
    """A run that raised: which one, and what it said."""

    arm: str
    replicate: int
    seed: int
    error: str


class Outcome(NamedTuple):
    """Every run of a scenario, in order of arm and replicate whatever the order in which they finished."""

    records: list[Record]
    failures: list[Failure]


def seeds_of(scenario: "Scenario") -> list[int]:
    """Seed of each replicate, the same for every arm."""
    return [int(replicate_seed(scenario.seed, replicate)) for replicate in range(scenario.replicates)]


def run_scenario(
    scenario: "Scenario",
    engine: Engine = "fast",
    runner: Runner | None = None,
    simulate: Simulate | None = None,
) -> Outcome:
    """Run all arms and replicates. The fast engine runs on threads, the reference engine on processes of its own."""
    jobs = [
        Job(arm.name, replicate, seed, arm.case, scenario.months, engine, simulate)
        for arm in scenario.arms
        for replicate, seed in enumerate(seeds_of(scenario))
    ]
    tasks = [Task(str(number), job) for number, job in enumerate(jobs)]
    entries = (runner or Runner())(_entry, tasks, processes=engine == "reference")
    return _in_order(jobs, [entries[task.key] for task in tasks])


def _in_order(jobs: list[Job], entries: list[Entry]) -> Outcome:
    records: list[Record] = []
    failures: list[Failure] = []
    for job, entry in zip(jobs, entries, strict=True):
        if "error" in entry:
            failures.append(Failure(job.arm, job.replicate, job.seed, entry["error"]))
        else:
            records.append(entry["record"])
    return Outcome(records, failures)


def _entry(job: Job) -> Entry:
    return {"record": do_job(job)}


def do_job(job: Job) -> Record:
    """Simulate once, and keep only the columns."""
    history = (job.simulate or engines.simulate)(job.case, job.seed, job.months, job.engine)
    return Record(
        job.arm, job.replicate, job.seed, firm_slots(job.case), month_columns(history), run_columns(history, job.case)
    )


class Tables(NamedTuple):
    """All runs of a scenario as two tables."""

    months: Columns
    runs: Columns


def assemble(records: list[Record]) -> Tables:
    """Put the columns of all runs under each other. Names take the place of slots and codes."""
    months = _stack(records, [record.months for record in records])
    months["stage"] = np.array(STAGES, dtype=object)[months["stage"]]
    return Tables(months, _stack(records, [record.runs for record in records]))


def _stack(records: list[Record], parts: list[Columns]) -> Columns:
    sizes = [len(part["slot"]) for part in parts]
    names = [np.array([tuple(slot)[:2] for slot in record.slots], dtype=object).reshape(-1, 2) for record in records]
    who = np.concatenate([name[part["slot"]] for name, part in zip(names, parts, strict=True)])
    out: Columns = {
        "arm": np.repeat(np.array([record.arm for record in records], dtype=object), sizes),
        "replicate": np.repeat(np.array([record.replicate for record in records], dtype=np.int32), sizes),
        "seed": np.repeat(np.array([record.seed for record in records], dtype=np.uint64), sizes),
        "firm": who[:, 0],
        "plan": who[:, 1],
    }
    columns = (name for name in parts[0] if name != "slot")
    return out | {name: np.concatenate([part[name] for part in parts]) for name in columns}
