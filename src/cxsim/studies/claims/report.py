"""Findings as a table for the terminal, as rows for ``claims.csv``, and as text for documents made from those rows."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cxsim.narrative.tables import folded_grid, split_grid
from cxsim.statistics.intervals import NOTHING_KNOWN, Estimate
from cxsim.studies.claims.experiments import Finding, Knockouts
from cxsim.studies.claims.sample import Sampled
from cxsim.studies.claims.units import LOG, SHARE, written
from cxsim.studies.claims.verdict import NOT_SUPPORTED, OPPOSITE, SUPPORTED, UNEXPLAINED

DECISIVE, SHOWN = "decisive", "shown"
NULL_CLAIM = "C17"
SIDES = ("as claimed", "no clear effect", "opposite")
SAMPLE_HEADER = f"sample: {' / '.join(SIDES)}"
KINDS = {
    "verdict": "the verdict, as text",
    "effect": "the effect",
    "ablation": "the effect with a mechanism off; text: `decisive`, or `shown` when it does not count in the verdict",
    "gone": "the effect less that, on the same seeds",
    "detail": "another figure of the same runs; text: whether it is a level, a difference or a ratio, and of which arms",
    "winner": "the arm with the highest mean, as text",
    "as claimed": "share of the points of the sample at which the effect has the claimed sign and lies beyond the band; text: "
    "how many of the points could be measured",
    "no clear effect": "share of those points at which the effect lies within the band",
    "opposite": "share of those points at which the effect has the other sign and lies beyond the band",
    "parameter": "rank correlation with the effect of the parameter that matters most; text: whether it stands out",
    "winners": "how often each arm had the highest mean in the sample, as text",
    "knockout": "the effect with the mechanism `name` off; `full`: with all on",
    "lost": "the effect with all on less that, on the same seeds",
}
COLUMNS = {
    "claim": ("-", "claim"),
    "kind": ("-", "what the row tells; see the next table"),
    "name": ("-", "measure, ablation, detail, parameter or mechanism"),
    "unit": ("-", "unit of the figure"),
    "mean": ("unit", "the figure"),
    "low": ("unit", "lower end of its 95 % interval"),
    "high": ("unit", "upper end of its 95 % interval"),
    "n": ("seeds or points", "how many it rests on"),
    "text": ("-", "what is no number"),
}


class ClaimRow(NamedTuple):
    """One line of ``claims.csv``, of one of :data:`KINDS`."""

    claim: str
    kind: str
    name: str
    unit: str
    estimate: Estimate
    text: str = ""


def rows_of(finding: Finding) -> Iterator[ClaimRow]:
    """All rows of one claim."""
    claim, effect = finding.claim, finding.effect
    yield _text(claim.id, "verdict", claim.text, finding.verdict)
    yield ClaimRow(claim.id, "effect", claim.hypothesis.measure, claim.hypothesis.unit, effect)
    for one, part in finding.ablations:
        yield ClaimRow(claim.id, "ablation", one.name, claim.hypothesis.unit, part.effect, DECISIVE if one.decisive else SHOWN)
        yield ClaimRow(claim.id, "gone", one.name, claim.hypothesis.unit, part.lost)
    for detail, found in finding.details:
        yield ClaimRow(claim.id, "detail", detail.name, detail.unit, found, detail.what)
    if finding.winner:
        yield _text(claim.id, "winner", "highest mean", finding.winner)
    if finding.sampled:
        yield from _sample_rows(claim.id, finding.sampled)


def _sample_rows(name: str, sampled: Sampled) -> Iterator[ClaimRow]:
    counted = f"{sampled.claimed.n} of {sampled.points} points"
    for kind, share in zip(SIDES, (sampled.claimed, sampled.none, sampled.opposite), strict=True):
        yield ClaimRow(name, kind, "points of the sample", SHARE, share, counted)
    if sampled.parameter:
        found = Estimate(sampled.correlation, math.nan, math.nan, sampled.claimed.n)
        yield ClaimRow(name, "parameter", sampled.parameter, "-", found, "stands out" if sampled.stands_out else "")
    if sampled.winners:
        yield _text(name, "winners", "highest mean in the sample", sampled.winners)


def _text(claim: str, kind: str, name: str, text: str) -> ClaimRow:
    return ClaimRow(claim, kind, name, "", NOTHING_KNOWN, text)


def knockout_rows(found: Sequence[Knockouts]) -> Iterator[ClaimRow]:
    """All rows of the knock-out matrix."""
    for row in found:
        yield ClaimRow(row.claim.id, "knockout", "full", row.claim.hypothesis.unit, row.full)
        for name, part in row.cells.items():
            yield ClaimRow(row.claim.id, "knockout", name, row.claim.hypothesis.unit, part.effect)
            yield ClaimRow(row.claim.id, "lost", name, row.claim.hypothesis.unit, part.lost)


def what(row: ClaimRow) -> str:
    """Tell whether a figure is a level, a difference or a ratio."""
    return row.text if row.kind == "detail" else "ratio" if row.unit == LOG else "difference"


def of_kind(rows: Sequence[ClaimRow], claim: str, kind: str) -> list[ClaimRow]:
    """Rows of one kind of one claim."""
    return [row for row in rows if row.claim == claim and row.kind == kind]


def ids(rows: Sequence[ClaimRow]) -> list[str]:
    """Claims in order."""
    return list(dict.fromkeys(row.claim for row in rows))


def table(rows: Sequence[ClaimRow], width: int) -> list[str]:
    """Lines of the table of claims, folded to a width."""
    sampled = any(row.kind == SIDES[0] for row in rows)
    header = ["claim", "verdict", "effect (95 %)", "without", "effect without (95 %)"]
    header += [SAMPLE_HEADER, "matters most"] if sampled else []
    return folded_grid(header, [cells(rows, name, sampled) for name in ids(rows)], width)


def details(rows: Sequence[ClaimRow], claim: str, width: int) -> list[str]:
    """Lines of the table of the other figures of one claim: what is a level, a difference or a ratio, and of which arms."""
    found = of_kind(rows, claim, "detail")
    body = [[row.name, what(row), written(row.estimate, row.unit), f"{row.estimate.n}"] for row in found]
    return folded_grid(["figure", "of which arms", "mean (95 %)", "seeds"], body, width) if body else []


def cells(rows: Sequence[ClaimRow], claim: str, sampled: bool) -> list[str]:
    """Cells of one claim: verdict, effect, decisive ablations, and what the sample says."""
    effect = of_kind(rows, claim, "effect")[0]
    decisive = [row for row in of_kind(rows, claim, "ablation") if row.text == DECISIVE]
    line = [
        claim,
        of_kind(rows, claim, "verdict")[0].text,
        written(effect.estimate, effect.unit),
        "; ".join(row.name.removesuffix(" off") for row in decisive) or "-",
        "; ".join(written(row.estimate, row.unit) for row in decisive) or "-",
    ]
    return [*line, *sample_cells(rows, claim)] if sampled else line


def sample_cells(rows: Sequence[ClaimRow], claim: str) -> list[str]:
    """Shares of the sample as claimed, without a clear effect and opposite, and the parameter that matters most."""
    sides, most = [row for kind in SIDES for row in of_kind(rows, claim, kind)], of_kind(rows, claim, "parameter")
    shares = " / ".join(f"{100 * row.estimate.mean:.0f}" for row in sides)
    share = f"{shares} % ({sides[0].text})" if sides else "-"
    if not most:
        return [share, "-"]
    return [share, f"{most[0].name} ({most[0].estimate.mean:+.2f})" if most[0].text else "none stands out"]


def null_hypothesis(rows: Sequence[ClaimRow]) -> str:
    """Say by how much the null hypothesis of C17 loses or holds."""
    effect, verdict = of_kind(rows, NULL_CLAIM, "effect"), of_kind(rows, NULL_CLAIM, "verdict")
    if not effect:
        return ""
    lost = written(effect[0].estimate, effect[0].unit)
    text = "Null hypothesis (C17): how to treat customers is the same at 1 and 1,000 employees. "
    loses = verdict[0].text in (SUPPORTED, UNEXPLAINED)
    holds = verdict[0].text in (NOT_SUPPORTED, OPPOSITE)
    outcome = "It loses" if loses else "It holds" if holds else "It is not decided"
    winner = of_kind(rows, NULL_CLAIM, "winner")
    best = f" Highest mean value: {winner[0].text}." if winner else ""
    return f"{text}{outcome}: one treatment for all sizes loses {lost} of the mean value against the best for each.{best}"


def knockout_table(rows: Sequence[ClaimRow], numbers: Mapping[str, str], width: int) -> list[str]:
    """Lines of the knock-out matrix: share of each effect that is left with a mechanism off."""
    body = [
        [claim + (" ?" if unsure(rows, claim) else ""), *(_left(rows, claim, name) for name in numbers)] for claim in ids(rows)
    ]
    return split_grid(["left in %", *numbers.values()], body, width)


def unsure(rows: Sequence[ClaimRow], claim: str) -> bool:
    """Tell whether the effect itself cannot be told from zero, so that shares of it say little."""
    return not of_kind(rows, claim, "knockout")[0].estimate.significant


def _left(rows: Sequence[ClaimRow], claim: str, name: str) -> str:
    left, sure = left_of(rows, claim, name)
    return "-" if math.isnan(left) else f"{100 * left + 0.0:.0f}{'*' if sure else ' '}"


def left_of(rows: Sequence[ClaimRow], claim: str, name: str) -> tuple[float, bool]:
    """Share of an effect that is left with a mechanism off, and whether the change is significant."""
    found = {row.name: row for row in of_kind(rows, claim, "knockout")}
    lost = next(row for row in of_kind(rows, claim, "lost") if row.name == name)
    full = found["full"].estimate.mean
    return (found[name].estimate.mean / full if full else math.nan), lost.estimate.significant
