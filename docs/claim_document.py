"""What documents say of claims, made from the rows of ``claims.csv`` alone."""

import math
from collections.abc import Sequence

from cxsim.studies.claims.claim import Claim
from cxsim.studies.claims.result import DECISIVE, SIDES, ClaimResult, ClaimRow
from cxsim.studies.claims.units import figure
from cxsim.studies.claims.words import Table, figure_cells, knockout_table, verdict_table


def verdicts(rows: Sequence[ClaimRow]) -> Table:
    """One line for each claim."""
    header, lines = verdict_table(rows)
    return header, [[f"[{name}](#{name.lower()})", f"**{verdict}**", *cells] for name, verdict, *cells in lines]


def tally(rows: Sequence[ClaimRow]) -> str:
    """Count verdicts."""
    found = [row.text for row in rows if row.kind == "verdict"]
    counted = ", ".join(f"{found.count(one)} {one}" for one in dict.fromkeys(found))
    return f"Of {len(found)} claims: {counted}."


def about(claim: Claim) -> list[str]:
    """Paragraphs on what a claim says, and what is compared."""
    asked = claim.hypothesis
    direction = "up" if asked.sign > 0 else "down"
    files = ", ".join(f"`scenarios/claims/{stem}.toml`" for stem in claim.files)
    band = f"The claim points {direction}; the band is {figure(asked.band, asked.unit)}. Scenarios: {files}."
    return [f"{claim.text} *({claim.source})*", claim.compared, band]


def figures(found: ClaimResult) -> Table:
    """Every figure of one claim: effect, ablations with what went, details."""
    lines = [figure_cells(found.effect, f"**effect**: {found.effect.name}")]
    for row, gone in zip(found.all("ablation"), found.all("gone"), strict=True):
        kind = row.name if row.text == DECISIVE else f"{row.name} (not decisive)"
        lines += [figure_cells(row, f"the same, {kind}"), figure_cells(gone, f"what went, {kind}")]
    lines += [figure_cells(row) for row in found.all("detail")]
    return ["figure", "level, difference or ratio", "mean (95 %)", "seeds"], lines


def sentences(found: ClaimResult) -> str:
    """What else there is to tell of one claim."""
    told = [f"{row.name.capitalize()}: {row.text}." for row in found.all("winner", "winners")]
    sides = found.all(*SIDES)
    shares = ", ".join(f"{row.kind} at {row.written}" for row in sides)
    return " ".join([*told, *([f"Sample ({sides[0].text}): {shares}."] if sides else [])])


def knockouts(rows: Sequence[ClaimRow]) -> Table:
    """The knock-out matrix, with a share in bold when the change is significant."""

    def left(share: float, sure: bool) -> str:
        text = "-" if math.isnan(share) else f"{share:.2f}".replace("-0.00", "0.00")
        return f"**{text}**" if sure else text

    return knockout_table(rows, "claim", left)
