"""From claims to findings: plan all experiments, run them together, judge."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cxsim.statistics.intervals import Estimate
from cxsim.studies.claims.claim import Ablation, Claim, Detail, mechanisms, without
from cxsim.studies.claims.effects import Runs
from cxsim.studies.claims.execute import Experiment, Experiments, Outcome
from cxsim.studies.claims.sample import Sampled, cube, free, judge_sample, placed
from cxsim.studies.claims.verdict import Ablated, ablated, estimate, judge

SAMPLE_SEEDS = 6  # replicates at each point of the sample
KNOCKOUT_PART = 6  # one in so many replicates of a claim is run for each cell of the knock-out matrix
FEWEST_KNOCKOUT_SEEDS = 6


class Finding(NamedTuple):
    """All that was found out about one claim."""

    claim: Claim
    effect: Estimate
    verdict: str
    ablations: list[tuple[Ablation, Ablated]]
    details: list[tuple[Detail, Estimate]]
    winner: str
    sampled: Sampled | None


class Knockouts(NamedTuple):
    """One row of the knock-out matrix: the effect with everything on, and with each mechanism off."""

    claim: Claim
    full: Estimate
    cells: dict[str, Ablated]


def plans(claims: Sequence[Claim], replicates: int | None, points: int) -> list[list[Experiment]]:
    """All experiments on each claim: as it is, each ablation, and each point of the sample."""
    planned = []
    for claim in claims:
        experiments = Experiments(claim, replicates)
        base = experiments.at()
        parts = [experiments.at(one.name, one.settings) for one in claim.ablations]
        changes = [placed(point, free(base)) for point in cube(points)]
        sample = [base.changed(f"point {number}", change, SAMPLE_SEEDS) for number, change in enumerate(changes)]
        planned.append([base, *parts, *sample])
    return planned


def knockout_plans(claims: Sequence[Claim], replicates: int | None) -> list[list[Experiment]]:
    """All experiments of the knock-out matrix: each claim as it is, and with each mechanism off in turn."""
    planned = []
    for claim in claims:
        experiments = Experiments(claim, replicates)
        most = replicates or max(FEWEST_KNOCKOUT_SEEDS, len(experiments.seeds) // KNOCKOUT_PART)
        off = [experiments.at(name, without(name).settings, most) for name in mechanisms()]
        planned.append([experiments.at(most=most), *off])
    return planned


def findings_of(planned: Sequence[Sequence[Experiment]], points: int, outcome: Outcome) -> list[Finding]:
    """Find out about some claims."""
    return [_finding(plan[0], runs, points) for plan, runs in zip(planned, outcome.runs, strict=True)]


def knock_out(planned: Sequence[Sequence[Experiment]], outcome: Outcome) -> list[Knockouts]:
    """Fill the knock-out matrix."""
    return [_knockouts(plan[0].claim, runs) for plan, runs in zip(planned, outcome.runs, strict=True)]


def _finding(base: Experiment, runs: Sequence[Runs], points: int) -> Finding:
    claim = base.claim
    values = claim.hypothesis.effect(runs[0])
    effect, ends = estimate(values), 1 + len(claim.ablations)
    parts = [ablated(values, claim.hypothesis.effect(one)) for one in runs[1:ends]]
    decisive = [part for one, part in zip(claim.ablations, parts, strict=True) if one.decisive]
    return Finding(
        claim=claim,
        effect=effect,
        verdict=judge(effect, claim.hypothesis.sign, claim.hypothesis.band, decisive),
        ablations=list(zip(claim.ablations, parts, strict=True)),
        details=[(detail, estimate(detail.effect(runs[0]))) for detail in claim.details],
        winner=claim.winner(runs[0]) if claim.winner else "",
        sampled=_sampled(base, runs[ends:], points),
    )


def _sampled(base: Experiment, runs: Sequence[Runs], points: int) -> Sampled | None:
    if not points:
        return None
    claim = base.claim
    effects = np.array([estimate(claim.hypothesis.effect(one)).mean for one in runs])
    winners = [claim.winner(one) for one in runs] if claim.winner else []
    return judge_sample(cube(points), free(base), effects, claim.hypothesis, winners)


def _knockouts(claim: Claim, runs: Sequence[Runs]) -> Knockouts:
    values = claim.hypothesis.effect(runs[0])
    cells = {name: ablated(values, claim.hypothesis.effect(one)) for name, one in zip(mechanisms(), runs[1:], strict=True)}
    return Knockouts(claim, estimate(values), cells)
