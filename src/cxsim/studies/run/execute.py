"""Run every arm of a scenario on the same seeds, in any order and on any number of workers, with one outcome."""

from functools import partial
from typing import NamedTuple

import numpy as np

from cxsim.engine import EngineName
from cxsim.measures.firms import Slot, firm_slots
from cxsim.measures.registry import STAGES
from cxsim.measures.tables import Columns, month_columns, run_columns
from cxsim.model.case import Case, History
from cxsim.model.chance import replicate_seed
from cxsim.scenario import Scenario
from cxsim.studies.base import Job, Runner, Simulate


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


def seeds_of(scenario: Scenario) -> list[int]:
    """Seed of each replicate, the same for every arm."""
    return [int(replicate_seed(scenario.seed, replicate)) for replicate in range(scenario.replicates)]


def run_scenario(
    scenario: Scenario, engine: EngineName = "fast", runner: Runner | None = None, simulate: Simulate | None = None
) -> Outcome:
    """Run all arms and replicates. The fast engine runs on threads, the reference engine on processes of its own."""
    runs = [(arm, number, seed) for arm in scenario.arms for number, seed in enumerate(seeds_of(scenario))]
    jobs: dict[tuple[Case, int], Job] = {}  # arms that are alike share their runs
    for arm, number, seed in runs:
        job = Job(f"{arm.name} {number}", arm.case, seed, scenario.months, partial(_columns, case=arm.case), engine, simulate)
        jobs.setdefault((arm.case, seed), job)
    entries = dict(zip(jobs, (runner or Runner()).simulate(list(jobs.values())), strict=True))
    outcome = Outcome([], [])
    for arm, number, seed in runs:
        entry = entries[arm.case, seed]
        if "error" in entry:
            outcome.failures.append(Failure(arm.name, number, seed, entry["error"]))
        else:
            outcome.records.append(Record(arm.name, number, seed, firm_slots(arm.case), *entry["kept"]))
    return outcome


def _columns(history: History, case: Case) -> tuple[Columns, Columns]:
    """Rows of the tables of months and of runs."""
    return month_columns(history), run_columns(history, case)


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
