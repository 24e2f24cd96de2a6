"""From runs to rows: what is found out about a claim, and about one line of the knock-out matrix."""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from cxsim.statistics.intervals import NOTHING_KNOWN
from cxsim.studies.claims.claim import mechanisms
from cxsim.studies.claims.effects import Runs
from cxsim.studies.claims.experiments import Plan
from cxsim.studies.claims.result import DECISIVE, FULL, SHOWN, ClaimRow
from cxsim.studies.claims.sample import sample_rows
from cxsim.studies.claims.verdict import ablated, estimate, judge


def rows_of(plan: Plan, runs: Sequence[Runs]) -> Iterator[ClaimRow]:
    """All rows of one claim, from the runs of each experiment of its plan."""
    claim, asked, ends = plan.claim, plan.claim.hypothesis, 1 + len(plan.claim.ablations)
    row, values = partial(ClaimRow, claim.id), asked.effect.of(runs[0])
    effect = estimate(values)
    parts = [(one, ablated(values, asked.effect.of(found))) for one, found in zip(claim.ablations, runs[1:ends], strict=True)]
    verdict = judge(effect, asked.sign, asked.band, [part for one, part in parts if one.decisive])
    yield row("verdict", claim.text, "", NOTHING_KNOWN, verdict)
    yield row("effect", asked.measure, asked.unit, effect)
    for one, part in parts:
        yield row("ablation", one.name, asked.unit, part.effect, DECISIVE if one.decisive else SHOWN)
        yield row("gone", one.name, asked.unit, part.lost)
    for name, detail in claim.details.items():
        yield row("detail", name, detail.unit, estimate(detail.of(runs[0])), detail.what)
    if claim.winner:
        yield row("winner", "highest mean", "", NOTHING_KNOWN, claim.winner(runs[0]))
    if plan.sample:
        effects = np.array([estimate(asked.effect.of(one)).mean for one in runs[ends:]])
        yield from sample_rows(claim, plan.sample, effects, [claim.winner(one) for one in runs[ends:]] if claim.winner else [])


def knockout_rows(plan: Plan, runs: Sequence[Runs]) -> Iterator[ClaimRow]:
    """All rows of one line of the knock-out matrix."""
    effect, row = plan.claim.hypothesis.effect, partial(ClaimRow, plan.claim.id)
    values = effect.of(runs[0])
    yield row("knockout", FULL, effect.unit, estimate(values))
    for name, found in zip(mechanisms(), runs[1:], strict=True):
        part = ablated(values, effect.of(found))
        yield row("knockout", name, effect.unit, part.effect)
        yield row("lost", name, effect.unit, part.lost)
