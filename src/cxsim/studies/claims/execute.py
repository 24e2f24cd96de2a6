"""Run the experiments of claims: all arms on the same seeds, in any order and on any number of threads, with one outcome."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np

from cxsim.execution.runner import digest_of
from cxsim.model.case import Case, History
from cxsim.model.chance import replicate_seed
from cxsim.scenario import Scenario, load_scenario
from cxsim.scenario.examples import examples_folder
from cxsim.studies.base import Job, Runner
from cxsim.studies.claims.claim import Claim
from cxsim.studies.claims.effects import Runs
from cxsim.studies.claims.readings import run_of

FULL = "full"  # variant with every mechanism on
Change: TypeAlias = Callable[[Case, int], Case]


class Setting(NamedTuple):
    """One experiment of a claim: its arms as cases, whose fate is read, how long and with which seeds."""

    claim: Claim
    variant: str
    arms: dict[str, tuple[Case, int]]  # the case, and the number of its focal firm
    months: int
    seeds: tuple[int, ...]


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


def run_settings(settings: Sequence[Setting], runner: Runner) -> Outcome:
    """Run experiments; the outcome depends neither on the number of workers nor on the order in which runs finish."""
    runs = [(one, arm, seed) for one in settings for arm in one.arms for seed in one.seeds]
    found = runner.simulate([_job(*run) for run in runs])
    failures = [
        f"claim {one.claim.id} ({one.variant}), arm {arm}, seed {seed}: {entry['error']}"
        for (one, arm, seed), entry in zip(runs, found, strict=True)
        if "error" in entry
    ]
    return Outcome(_gather(settings, [entry.get("kept", {}) for entry in found]), failures)


def _job(one: Setting, arm: str, seed: int) -> Job:
    case, focal = one.arms[arm]
    key = f"{one.claim.id} {digest_of((one.variant, one.arms[arm]))} {arm} {seed}"
    return Job(key, case, seed, one.months, partial(_readings, case=case, focal=focal, claim=one.claim))


def _readings(history: History, case: Case, focal: int, claim: Claim) -> dict[str, float]:
    run = run_of(history, case, focal)
    return {name: float(read(run)) for name, read in claim.readings.items()}


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
