"""From claims to findings: plan all experiments, run them together, judge."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cxsim.model.params import Mechanisms, specs
from cxsim.statistics.designs import latin_hypercube
from cxsim.statistics.intervals import Estimate, Floats
from cxsim.studies.base import Runner
from cxsim.studies.claims.claim import Ablation, Claim, Detail
from cxsim.studies.claims.effects import Runs
from cxsim.studies.claims.execute import Outcome, Setting, changed, run_settings, setting, switched_off
from cxsim.studies.claims.sample import SAMPLE_SEED, Sampled, factors, free, judge_sample, placed
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


def mechanisms() -> dict[str, str]:
    """Switch of each mechanism, with its number."""
    return {name: spec.meaning.partition(":")[0] for name, (_, spec) in specs(Mechanisms).items()}


def plan(claim: Claim, replicates: int | None, points: int) -> list[Setting]:
    """All experiments of a claim: as it is, each ablation, and each point of the sample."""
    base = setting(claim, replicates=replicates)
    parts = [setting(claim, one.name, one.settings, replicates) for one in claim.ablations]
    allowed = free(base)
    for number, point in enumerate(_cube(points)):
        parts.append(changed(base, f"point {number}", placed(point, allowed), min(SAMPLE_SEEDS, len(base.seeds))))
    return [base, *parts]


def _cube(points: int) -> Floats:
    return latin_hypercube(points, len(factors()), SAMPLE_SEED) if points else np.zeros((0, len(factors())))


def plans(claims: Sequence[Claim], replicates: int | None, points: int) -> list[list[Setting]]:
    """All experiments of some claims."""
    return [plan(claim, replicates, points) for claim in claims]


def knockout_plans(claims: Sequence[Claim], replicates: int | None) -> list[list[Setting]]:
    """All experiments of the knock-out matrix: each claim as it is, and with each mechanism off in turn."""
    rows = []
    for claim in claims:
        base = setting(claim, replicates=replicates)
        seeds = replicates or max(FEWEST_KNOCKOUT_SEEDS, len(base.seeds) // KNOCKOUT_PART)
        base = base._replace(seeds=base.seeds[:seeds])
        rows.append([base, *(changed(base, name, switched_off(name), len(base.seeds)) for name in mechanisms())])
    return rows


def number_of_runs(planned: Sequence[Sequence[Setting]]) -> int:
    """Count the runs of some experiments."""
    return sum(len(one.arms) * len(one.seeds) for part in planned for one in part)


def findings_of(planned: Sequence[list[Setting]], points: int, outcome: Outcome) -> list[Finding]:
    """Find out about some claims."""
    runs = iter(outcome.runs)
    return [_finding(part, [next(runs) for _ in part], points) for part in planned]


def run_plans(planned: Sequence[list[Setting]], runner: Runner) -> Outcome:
    """Run all experiments of some claims together."""
    return run_settings([one for part in planned for one in part], runner)


def knock_out(planned: Sequence[list[Setting]], outcome: Outcome) -> list[Knockouts]:
    """Fill the knock-out matrix."""
    runs = iter(outcome.runs)
    return [_knockouts(part[0].claim, [next(runs) for _ in part]) for part in planned]


def _finding(settings: list[Setting], runs: list[Runs], points: int) -> Finding:
    base, claim = settings[0], settings[0].claim
    values = claim.effect(runs[0])
    effect, ends = estimate(values), 1 + len(claim.ablations)
    parts = [ablated(values, claim.effect(one)) for one in runs[1:ends]]
    decisive = [part for one, part in zip(claim.ablations, parts, strict=True) if one.decisive]
    return Finding(
        claim=claim,
        effect=effect,
        verdict=judge(effect, claim.sign, claim.band, decisive),
        ablations=list(zip(claim.ablations, parts, strict=True)),
        details=[(detail, estimate(detail.effect(runs[0]))) for detail in claim.details],
        winner=claim.winner(runs[0]) if claim.winner else "",
        sampled=_sampled(base, runs[ends:], points),
    )


def _sampled(base: Setting, runs: list[Runs], points: int) -> Sampled | None:
    if not points:
        return None
    claim = base.claim
    effects = np.array([estimate(claim.effect(one)).mean for one in runs])
    winners = [claim.winner(one) for one in runs] if claim.winner else []
    return judge_sample(_cube(points), free(base), effects, claim.sign, claim.band, winners)


def _knockouts(claim: Claim, runs: list[Runs]) -> Knockouts:
    values = claim.effect(runs[0])
    cells = {name: ablated(values, claim.effect(one)) for name, one in zip(mechanisms(), runs[1:], strict=True)}
    return Knockouts(claim, estimate(values), cells)
