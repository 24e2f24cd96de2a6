"""What documents say of claims, made from the rows of ``claims.csv`` alone."""

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from cxsim.studies.claims import report
from cxsim.studies.claims.claim import Claim
from cxsim.studies.claims.report import DECISIVE, SAMPLE_HEADER, SIDES, ClaimRow, ids, of_kind, what
from cxsim.studies.claims.units import figure, written

Table: TypeAlias = tuple[list[str], list[list[str]]]  # header and rows


def verdicts(rows: Sequence[ClaimRow]) -> Table:
    """One line for each claim."""
    header = ["claim", "verdict", "effect (95 %)", "without", "effect without (95 %)", SAMPLE_HEADER, "matters most"]
    lines = []
    for name in ids(rows):
        cells = report.cells(rows, name, True)
        lines.append([f"[{name}](#{name.lower()})", f"**{cells[1]}**", *cells[2:]])
    return header, lines


def tally(rows: Sequence[ClaimRow]) -> str:
    """Count verdicts."""
    found = [row.text for row in rows if row.kind == "verdict"]
    counted = ", ".join(f"{found.count(one)} {one}" for one in dict.fromkeys(found))
    return f"Of {len(found)} claims: {counted}."


def about(claim: Claim) -> list[str]:
    """Paragraphs on what a claim says, and what is compared."""
    asked = claim.hypothesis
    direction = "up" if asked.sign > 0 else "down"
    files = ", ".join(f"`scenarios/claims/{stem}.toml`" for _, stem in claim.files)
    band = f"The claim points {direction}; the band is {figure(asked.band, asked.unit)}. Scenarios: {files}."
    return [f"{claim.text} *({claim.source})*", claim.compared, band]


def figures(rows: Sequence[ClaimRow], name: str) -> Table:
    """Every figure of one claim: effect, ablations with what went, details."""
    effect, gone = of_kind(rows, name, "effect")[0], {row.name: row for row in of_kind(rows, name, "gone")}
    lines = [_line(f"**effect**: {effect.name}", effect)]
    for row in of_kind(rows, name, "ablation"):
        kind = row.name if row.text == DECISIVE else f"{row.name} (not decisive)"
        lines += [_line(f"the same, {kind}", row), _line(f"what went, {kind}", gone[row.name])]
    lines += [_line(row.name, row) for row in of_kind(rows, name, "detail")]
    return ["figure", "level, difference or ratio", "mean (95 %)", "seeds"], lines


def _line(name: str, row: ClaimRow) -> list[str]:
    return [name, what(row), written(row.estimate, row.unit), f"{row.estimate.n}"]


def sentences(rows: Sequence[ClaimRow], name: str) -> str:
    """What else there is to tell of one claim."""
    told = [f"{row.name.capitalize()}: {row.text}." for kind in ("winner", "winners") for row in of_kind(rows, name, kind)]
    sides = [row for kind in SIDES for row in of_kind(rows, name, kind)]
    shares = ", ".join(f"{row.kind} at {written(row.estimate, row.unit)}" for row in sides)
    return " ".join([*told, *([f"Sample ({sides[0].text}): {shares}."] if sides else [])])


def knockouts(rows: Sequence[ClaimRow], numbers: Mapping[str, str]) -> Table:
    """The knock-out matrix."""
    lines = []
    for name in ids(rows):
        claim = f"{name} ?" if report.unsure(rows, name) else name
        lines.append([claim, *(_left(rows, name, mechanism) for mechanism in numbers)])
    return ["claim", *numbers.values()], lines


def _left(rows: Sequence[ClaimRow], claim: str, mechanism: str) -> str:
    """Share of an effect that is left with a mechanism off, in bold when the change is significant."""
    left, sure = report.left_of(rows, claim, mechanism)
    text = "-" if math.isnan(left) else f"{left:.2f}".replace("-0.00", "0.00")
    return f"**{text}**" if sure else text
