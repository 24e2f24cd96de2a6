"""Experiments on claims: points in the parameters of a claim's scenarios, each run in all arms on the same seeds."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from cxsim.execution.runner import digest_of
from cxsim.model.case import Case, History
from cxsim.scenario.examples import examples_folder
from cxsim.scenario.points import Points
from cxsim.scenario.variants import Variants
from cxsim.studies.base import Job, Runner
from cxsim.studies.claims.claim import Claim, mechanisms, without
from cxsim.studies.claims.effects import Runs
from cxsim.studies.claims.readings import Run
from cxsim.studies.claims.sample import sample
from cxsim.studies.run.execute import seeds_of

FULL = "full"  # variant with every mechanism on
SAMPLE_SEEDS = 6  # replicates at each point of the sample
KNOCKOUT_PART = 6  # one in so many replicates of a claim is run for each cell of the knock-out matrix
FEWEST_KNOCKOUT_SEEDS = 6


class Experiment(NamedTuple):
    """A claim at one point: its arms as cases, whose fate is read, how long and with which seeds."""

    claim: Claim
    variant: str
    arms: dict[str, tuple[Case, int]]  # the case, and the number of its focal firm
    months: int
    seeds: tuple[int, ...]


class Experiments:
    """The scenarios of a claim, read once, at any point in their parameters; ``replicates`` win over those that they have."""

    def __init__(self, claim: Claim, replicates: int | None = None) -> None:
        folder = examples_folder() / "claims"
        self.claim = claim
        self._files = {stem: Variants.read(folder / f"{stem}.toml") for stem in claim.files}
        bases = {stem: variants.at({}) for stem, variants in self._files.items()}
        self._focal = {stem: base.resolved["focal"] for stem, base in bases.items()}
        first = next(iter(bases.values()))
        self.months, self.seeds = first.months, tuple(seeds_of(replace(first, replicates=replicates or first.replicates)))

    def at(
        self,
        variant: str = FULL,
        values: Mapping[str, Any] | None = None,
        most: int | None = None,
        contradictory: bool = False,
    ) -> Experiment:
        """Return the experiment with these values by key, on the first seeds: ``most`` of them. Raises ScenarioError.

        Keys such as ``start.cash`` are those of the focal firm. Values may contradict one another if they are said to.
        """
        arms: dict[str, tuple[Case, int]] = {}
        for stem, variants in self._files.items():
            focal = f"firms.{self._focal[stem]}."
            placed = {f"{focal if key.startswith('start.') else ''}{key}": value for key, value in (values or {}).items()}
            scenario = variants.at(placed, contradictory=contradictory)
            arms |= {f"{self.claim.files[stem]}{arm.name}": (arm.case, scenario.focal) for arm in scenario.arms}
        return Experiment(self.claim, variant, arms, self.months, self.seeds[:most])


class Plan(NamedTuple):
    """All experiments on a claim: as it is, then each ablation or knock-out, then each point of a sample."""

    claim: Claim
    experiments: list[Experiment]
    sample: Points | None = None


def plan(claim: Claim, replicates: int | None, points: int) -> Plan:
    """Plan each ablation of a claim, and so many points of the sample."""
    experiments = Experiments(claim, replicates)
    base = experiments.at()
    parts = [experiments.at(one.name, one.settings) for one in claim.ablations]
    if not points:
        return Plan(claim, [base, *parts])
    sampled = sample(base.arms.values(), points)
    parts += [experiments.at(f"point {n}", values, SAMPLE_SEEDS, contradictory=True) for n, values in enumerate(sampled)]
    return Plan(claim, [base, *parts], sampled)


def knockout_plan(claim: Claim, replicates: int | None) -> Plan:
    """Plan a line of the knock-out matrix: a claim with each mechanism off in turn."""
    experiments = Experiments(claim, replicates)
    most = replicates or max(FEWEST_KNOCKOUT_SEEDS, len(experiments.seeds) // KNOCKOUT_PART)
    off = [experiments.at(name, without(name).settings, most) for name in mechanisms()]
    return Plan(claim, [experiments.at(most=most), *off])


class Outcome(NamedTuple):
    """Readings of all experiments of each plan, in order, and what runs said that failed: their seeds have no readings."""

    runs: list[list[Runs]]
    failures: list[str]


def run_plans(plans: Sequence[Plan], runner: Runner) -> Outcome:
    """Run all experiments together; neither the number of workers nor which run is done first matters."""
    runs = [(one, arm, seed) for plan in plans for one in plan.experiments for arm in one.arms for seed in one.seeds]
    found = runner.simulate([_job(*run) for run in runs])
    failures = [
        f"claim {one.claim.id} ({one.variant}), arm {arm}, seed {seed}: {entry['error']}"
        for (one, arm, seed), entry in zip(runs, found, strict=True)
        if "error" in entry
    ]
    kept = (entry.get("kept", {}) for entry in found)
    return Outcome([[_gathered(one, kept) for one in plan.experiments] for plan in plans], failures)


def _job(one: Experiment, arm: str, seed: int) -> Job:
    case, focal = one.arms[arm]
    key = f"{one.claim.id} {digest_of((one.variant, one.arms[arm]))} {arm} {seed}"
    return Job(key, case, seed, one.months, partial(_read, case=case, focal=focal, claim=one.claim))


def _read(history: History, case: Case, focal: int, claim: Claim) -> dict[str, float]:
    run = Run(history, case, focal)
    return {name: float(reading.read(run)) for name, reading in claim.readings.items()}


def _gathered(one: Experiment, kept: Iterator[Mapping[str, float]]) -> Runs:
    """Put the readings of an experiment's runs, which come in order of arm and seed, into columns."""
    rows = {arm: [next(kept) for _ in one.seeds] for arm in one.arms}
    names = one.claim.readings
    return {(arm, name): np.array([row.get(name, math.nan) for row in mine]) for arm, mine in rows.items() for name in names}
