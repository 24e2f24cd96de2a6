"""Run experiments on claims: each is a point in the parameters of a claim's scenarios, run in all arms on the same seeds."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from cxsim.execution.runner import digest_of
from cxsim.model.case import Case, History
from cxsim.scenario.examples import examples_folder
from cxsim.scenario.variants import Variants
from cxsim.studies.base import Job, Runner
from cxsim.studies.claims.claim import Claim
from cxsim.studies.claims.effects import Runs
from cxsim.studies.claims.readings import run_of
from cxsim.studies.run.execute import seeds_of

FULL = "full"  # variant with every mechanism on
Change: TypeAlias = Callable[[Case, int], Case]  # of a case, which is told who the focal firm is


class Experiment(NamedTuple):
    """A claim at one point: its arms as cases, whose fate is read, how long and with which seeds."""

    claim: Claim
    variant: str
    arms: dict[str, tuple[Case, int]]  # the case, and the number of its focal firm
    months: int
    seeds: tuple[int, ...]

    def changed(self, variant: str, change: Change, most: int) -> "Experiment":
        """Change every case in the same way, whatever scenario files may say, and take the first seeds: ``most`` of them."""
        arms = {name: (change(case, focal), focal) for name, (case, focal) in self.arms.items()}
        return self._replace(variant=variant, arms=arms, seeds=self.seeds[:most])


class Experiments:
    """The scenarios of a claim, read once, at any point in their parameters; ``replicates`` win over those that they have."""

    def __init__(self, claim: Claim, replicates: int | None = None) -> None:
        folder = examples_folder() / "claims"
        self.claim = claim
        self._files = [(prefix, Variants.read(folder / f"{stem}.toml")) for prefix, stem in claim.files]
        first = self._files[0][1].at({})
        self.months, self.seeds = first.months, tuple(seeds_of(replace(first, replicates=replicates or first.replicates)))

    def at(self, variant: str = FULL, values: Mapping[str, Any] | None = None, most: int | None = None) -> Experiment:
        """Return the experiment with these values by key, on the first seeds: ``most`` of them. Raises ScenarioError."""
        arms: dict[str, tuple[Case, int]] = {}
        for prefix, variants in self._files:
            scenario = variants.at(values or {})
            arms |= {f"{prefix}{arm.name}": (arm.case, scenario.focal) for arm in scenario.arms}
        return Experiment(self.claim, variant, arms, self.months, self.seeds[:most])


class Outcome(NamedTuple):
    """Readings of all experiments on each claim, in order, and what runs said that failed: their seeds have no readings."""

    runs: list[list[Runs]]
    failures: list[str]


def run_plans(planned: Sequence[Sequence[Experiment]], runner: Runner) -> Outcome:
    """Run all experiments on some claims; neither the number of workers nor which run is done first matters."""
    runs = [(one, arm, seed) for plan in planned for one in plan for arm in one.arms for seed in one.seeds]
    found = runner.simulate([_job(*run) for run in runs])
    failures = [
        f"claim {one.claim.id} ({one.variant}), arm {arm}, seed {seed}: {entry['error']}"
        for (one, arm, seed), entry in zip(runs, found, strict=True)
        if "error" in entry
    ]
    kept = (entry.get("kept", {}) for entry in found)
    return Outcome([[_gathered(one, kept) for one in plan] for plan in planned], failures)


def number_of_runs(planned: Sequence[Sequence[Experiment]]) -> int:
    """Count the runs of some experiments."""
    return sum(len(one.arms) * len(one.seeds) for plan in planned for one in plan)


def _job(one: Experiment, arm: str, seed: int) -> Job:
    case, focal = one.arms[arm]
    key = f"{one.claim.id} {digest_of((one.variant, one.arms[arm]))} {arm} {seed}"
    return Job(key, case, seed, one.months, partial(_readings, case=case, focal=focal, claim=one.claim))


def _readings(history: History, case: Case, focal: int, claim: Claim) -> dict[str, float]:
    run = run_of(history, case, focal)
    return {name: float(read(run)) for name, read in claim.readings.items()}


def _gathered(one: Experiment, kept: Iterator[Mapping[str, float]]) -> Runs:
    """Put the readings of an experiment's runs, which come in order of arm and seed, into columns."""
    rows = {arm: [next(kept) for _ in one.seeds] for arm in one.arms}
    names = one.claim.readings
    return Runs(
        {arm: {name: np.array([row.get(name, math.nan) for row in mine]) for name in names} for arm, mine in rows.items()}
    )
