"""What became of claims, as charts: each effect with and without its mechanism, and what knock-outs leave of it."""

import math
from collections.abc import Mapping, Sequence

from cxsim.charts.content import Axis, Chart, Dot, DotPlot, HeatMap, Unit
from cxsim.studies.claims.claim import Claim
from cxsim.studies.claims.report import DECISIVE, ClaimRow, ids, left_of, of_kind, unsure, what
from cxsim.studies.claims.units import (
    CASH,
    CUSTOMERS,
    DOLLARS,
    HOURS,
    LOG,
    MONTHLY,
    MONTHLY_POINTS,
    OF_VALUE,
    POINTS,
    SHARE,
    amount,
    figure,
)

UNITS: dict[str, Unit] = {
    DOLLARS: "cents", SHARE: "share", MONTHLY: "share", OF_VALUE: "share", POINTS: "points", MONTHLY_POINTS: "points",
    LOG: "ratio", CUSTOMERS: "count",
}  # fmt: skip
WORDS = {  # what an axis says of its unit
    DOLLARS: "dollars",
    POINTS: "points",
    MONTHLY_POINTS: "points",
    OF_VALUE: "share of the mean value",
    CASH: "times the starting cash",
    LOG: "change in per cent, log scale",
    HOURS: "hours",
}
SCALE = (-1.0, 1.0, 3.0)  # shares at which the colours of the knock-outs end; white lies at 1: all is left
ALIKE, UNSURE = "no significant change", "the effect itself is not significant"


def charts(rows: Sequence[ClaimRow], claims: Sequence[Claim]) -> list[Chart]:
    """Draw each claim."""
    return [_claim(rows, claim) for claim in claims]


def _claim(rows: Sequence[ClaimRow], claim: Claim) -> Chart:
    """Draw the effect of one claim and what is left of it without each mechanism, with intervals.

    Where there is no mechanism to switch off, a second panel shows the figures behind the effect.
    """
    effect, asked = of_kind(rows, claim.id, "effect")[0], claim.hypothesis
    upper = _effects(rows, claim)
    lower = [] if claim.ablations else _behind(rows, claim, upper)
    nothing = _drawn(-asked.band, asked.unit), _drawn(asked.band, asked.unit)
    panels = [DotPlot("", _axis(asked.measure, asked.unit), [_dot(*one) for one in upper], nothing)]
    if lower:
        unit, kind = lower[0].unit, what(lower[0]).partition(",")[0]
        dots = [_dot(row.name, row, 2) for row in lower]
        panels.append(DotPlot("", _axis(f"figures behind the effect: {kind}s", unit), dots))
    verdict = of_kind(rows, claim.id, "verdict")[0].text
    direction = "right" if asked.sign > 0 else "left"
    band = f"{figure(-asked.band, asked.unit)} to {figure(asked.band, asked.unit)}"
    note = (
        f"verdict: {verdict}. Mean with 95 % interval over {effect.estimate.n} paired seeds; the claim points to the "
        f"{direction}; grey: so small that it counts as none ({band})"
    )
    return Chart(claim.id.lower(), f"{claim.id}, {verdict}: {claim.text}", note, panels, across=1)


def _effects(rows: Sequence[ClaimRow], claim: Claim) -> list[tuple[str, ClaimRow, int]]:
    """The effect, what is left of it, and other differences or ratios that can stand on the same axis."""
    found = [("effect", of_kind(rows, claim.id, "effect")[0], 0)]
    for row in of_kind(rows, claim.id, "ablation"):
        decisive = row.text == DECISIVE
        found.append((f"effect, {row.name}{'' if decisive else ' (not decisive)'}", row, 1 if decisive else 2))
    if claim.ablations:
        return found
    alike = [row for row in of_kind(rows, claim.id, "detail") if row.unit == claim.hypothesis.unit]
    return [*found, *((row.name, row, 2) for row in alike if not what(row).startswith("level"))]


def _behind(rows: Sequence[ClaimRow], claim: Claim, drawn: Sequence[tuple[str, ClaimRow, int]]) -> list[ClaimRow]:
    """Of the other figures those in the unit that most of them have."""
    others = [row for row in of_kind(rows, claim.id, "detail") if row not in [row for _, row, _ in drawn]]
    units = [row.unit for row in others]
    return [row for row in others if row.unit == max(units, key=units.count)]


def _axis(label: str, unit: str) -> Axis:
    label = f"{label} ({WORDS[unit]})" if unit in WORDS else label
    return Axis(label, UNITS.get(unit, "number"), "log" if unit == LOG else "linear")


def _dot(name: str, row: ClaimRow, weight: int) -> Dot:
    found, unit = row.estimate, row.unit
    text = "" if math.isnan(found.mean) else amount(found.mean, CASH) if unit == CASH else figure(found.mean, unit)
    value, low, high = (_drawn(one, unit) for one in found[:3])
    return Dot(name, value, low, high, weight, text=text)


def _drawn(value: float, unit: str) -> float:
    """Turn a log ratio into the factor that it stands for."""
    return math.exp(value) if unit == LOG else value


def knockouts(rows: Sequence[ClaimRow], numbers: Mapping[str, str]) -> Chart:
    """Draw the knock-out matrix: what is left of the effect of each claim with each mechanism off.

    Only changes that can be told from chance have a colour; claims whose own effect cannot be are grey.
    """
    claims = ids(rows)
    found = {claim: [left_of(rows, claim, name) for name in numbers] for claim in claims}
    unclear = {claim: unsure(rows, claim) for claim in claims}
    panel = HeatMap(
        title="",
        x_label="mechanism that is off",
        y_label="claim",
        columns=[f"{number} {name}" for name, number in numbers.items()],
        rows=[f"{claim} ?" if unclear[claim] else claim for claim in claims],
        values=[[share for share, _ in found[claim]] for claim in claims],
        texts=[[left_in_a_cell(*one) for one in found[claim]] for claim in claims],
        scale=SCALE,
        label="share left",
        kind=[[UNSURE if unclear[claim] else "" if sure else ALIKE for _, sure in found[claim]] for claim in claims],
        kinds={ALIKE: "#FFFFFF", UNSURE: "#DADADA"},
    )
    note = (
        "1: the mechanism has no part in the effect; 0: nothing is left without it; below 0: the effect turns round. Coloured: "
        "the change is significant (95 % interval of the paired difference leaves out zero). Grey, ?: the effect itself "
        "cannot be told from zero, and shares of it say little"
    )
    return Chart("knockouts", "What is left of each effect with one mechanism off", note, [panel])


def left_in_a_cell(share: float, sure: bool) -> str:
    """Write a share of an effect with as many digits as tell a significant change from none.

    >>> [left_in_a_cell(*cell) for cell in ((0.98, False), (0.98, True), (0.9991, True), (-0.04, True), (16.9, True))]
    ['1.0', '0.98', '0.999', '0.0', '17']
    """
    if math.isnan(share):
        return ""
    if abs(share) >= 10:
        return f"{share:.0f}"
    digits = next((digits for digits in (1, 2, 3) if not sure or round(share, digits) != 1), 4)
    return f"{round(share, digits) + 0.0:.{digits}f}"
