"""Run the experiments of claims: all arms on the same seeds, in any order and on any number of threads, with one outcome."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from cxsim import engine
from cxsim.execution.runner import Progress, digest_of, each_once
from cxsim.execution.scheduler import Entry, Task
from cxsim.model.case import Case
from cxsim.model.chance import replicate_seed
from cxsim.scenario import Scenario, load_scenario
from cxsim.scenario.examples import examples_folder
from cxsim.studies.claims.claim import Claim
from cxsim.studies.claims.effects import Runs
from cxsim.studies.claims.readings import run_of

if TYPE_CHECKING:
    from cxsim.store.journal import Journal

FULL = "full"  # variant with every mechanism on
Change: TypeAlias = Callable[[Case, int], Case]


class Setting(NamedTuple):
    """One experiment of a claim: its arms as cases, whose fate is read, how long and with which seeds."""

    claim: Claim
    variant: str
    arms: dict[str, tuple[Case, int]]  # the case, and the number of its focal firm
    months: int
    seeds: tuple[int, ...]


class Job(NamedTuple):
    """One run to do."""

    setting: Setting
    arm: str
    seed: int


def setting(claim: Claim, variant: str = FULL, settings: Sequence[str] = (), replicates: int | None = None) -> Setting:
    """Load the scenarios of a claim, with some settings, as one experiment."""
    folder = examples_folder() / "claims"
    scenarios = [(prefix, load_scenario(folder / f"{stem}.toml", settings)) for prefix, stem in claim.files]
    first = scenarios[0][1]
    arms = {f"{prefix}{arm.name}": (arm.case, one.focal) for prefix, one in scenarios for arm in one.arms}
    return Setting(claim, variant, arms, first.months, _seeds(first, replicates))


def _seeds(scenario: Scenario, replicates: int | None) -> tuple[int, ...]:
    return tuple(int(replicate_seed(scenario.seed, number)) for number in range(replicates or scenario.replicates))


def changed(base: Setting, variant: str, change: Change, replicates: int) -> Setting:
    """Change every case of an experiment in the same way, and run it on the first few seeds only."""
    arms = {name: (change(case, focal), focal) for name, (case, focal) in base.arms.items()}
    return Setting(base.claim, variant, arms, base.months, base.seeds[:replicates])


def switched_off(mechanism: str) -> Change:
    """Change that switches one mechanism off."""

    def change(case: Case, focal: int) -> Case:
        mechanisms = case.params.mechanisms._replace(**{mechanism: False})
        return case._replace(params=case.params._replace(mechanisms=mechanisms))

    return change


class Outcome(NamedTuple):
    """Readings of some experiments, in order, and what the runs said that failed: their seeds have no readings."""

    runs: list[Runs]
    failures: list[str]


def run_settings(
    settings: Sequence[Setting], workers: int | None, progress: Progress, journal: "Journal | None" = None
) -> Outcome:
    """Run experiments; the outcome depends neither on the number of workers nor on the order in which runs finish.

    What a journal holds is not run again.
    """
    jobs = [Job(one, arm, seed) for one in settings for arm in one.arms for seed in one.seeds]
    entries = each_once(do_job, [Task(_key(job), job) for job in jobs], workers, progress, journal)
    found = [entries[_key(job)] for job in jobs]
    failures = [_failure(job, entry["error"]) for job, entry in zip(jobs, found, strict=True) if "error" in entry]
    return Outcome(_gather(settings, [entry.get("readings", {}) for entry in found]), failures)


def _key(job: Job) -> str:
    return f"{job.setting.claim.id} {digest_of((job.setting.variant, job.setting.arms[job.arm]))} {job.arm} {job.seed}"


def do_job(job: Job) -> Entry:
    """Simulate once, and keep only the readings."""
    case, focal = job.setting.arms[job.arm]
    run = run_of(engine.simulate(case, job.seed, job.setting.months), case, focal)
    return {"readings": {name: float(read(run)) for name, read in job.setting.claim.readings.items()}}


def _failure(job: Job, error: str) -> str:
    return f"claim {job.setting.claim.id} ({job.setting.variant}), arm {job.arm}, seed {job.seed}: {error}"


def _gather(settings: Sequence[Setting], found: list[dict[str, float]]) -> list[Runs]:
    rows = iter(found)
    gathered = []
    for one in settings:
        parts = {arm: [next(rows) for _ in one.seeds] for arm in one.arms}
        names = one.claim.readings
        columns = {
            arm: {name: np.array([row.get(name, math.nan) for row in part]) for name in names} for arm, part in parts.items()
        }
        gathered.append(Runs(columns))
    return gathered
