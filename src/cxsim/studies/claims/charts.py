"""What became of claims, as charts: each effect with and without its mechanism, and what knock-outs leave of it."""

import math
from collections.abc import Iterable, Sequence

from cxsim.charts.content import Axis, Chart, Dot, DotPlot, HeatMap
from cxsim.studies.claims.claim import Claim, mechanisms
from cxsim.studies.claims.result import DECISIVE, ClaimResult, ClaimRow, results_of
from cxsim.studies.claims.units import CASH, LOG, STYLES, amount, figure

SCALE = (-1.0, 1.0, 3.0)  # shares at which the colours of the knock-outs end; white lies at 1: all is left
ALIKE, UNSURE = "no significant change", "the effect itself is not significant"


def charts(rows: Sequence[ClaimRow], claims: Iterable[Claim]) -> list[Chart]:
    """Draw each claim."""
    found = results_of(rows)
    return [_claim(found[claim.id], claim) for claim in claims]


def _claim(found: ClaimResult, claim: Claim) -> Chart:
    """Draw the effect of one claim and what is left of it without each mechanism, with intervals.

    Where there is no mechanism to switch off, a second panel shows the figures behind the effect.
    """
    asked, (upper, others) = claim.hypothesis, _dots(found)
    nothing = _drawn(-asked.band, asked.unit), _drawn(asked.band, asked.unit)
    panels = [DotPlot("", _axis(asked.measure, asked.unit), upper, nothing)]
    if others:
        units = [row.unit for row in others]
        unit = max(units, key=units.count)
        behind = [row for row in others if row.unit == unit]
        kind = behind[0].what.partition(",")[0]
        panels.append(DotPlot("", _axis(f"figures behind the effect: {kind}s", unit), [_dot(row) for row in behind]))
    direction = "right" if asked.sign > 0 else "left"
    band = f"{figure(-asked.band, asked.unit)} to {figure(asked.band, asked.unit)}"
    note = (
        f"verdict: {found.verdict}. Mean with 95 % interval over {found.effect.estimate.n} paired seeds; the claim points to "
        f"the {direction}; grey: so small that it counts as none ({band})"
    )
    return Chart(claim.id.lower(), f"{claim.id}, {found.verdict}: {claim.text}", note, panels, across=1)


def _dots(found: ClaimResult) -> tuple[list[Dot], list[ClaimRow]]:
    """The effect and what is left of it; without ablations other differences that can stand on its axis, and what cannot."""
    dots = [_dot(found.effect, "effect", 0)]
    for row in found.all("ablation"):
        decisive = row.text == DECISIVE
        dots.append(_dot(row, f"effect, {row.name}{'' if decisive else ' (not decisive)'}", 1 if decisive else 2))
    details = [] if len(dots) > 1 else found.all("detail")
    alike = [row for row in details if row.unit == found.effect.unit and not row.what.startswith("level")]
    return [*dots, *map(_dot, alike)], [row for row in details if row not in alike]


def _axis(label: str, unit: str) -> Axis:
    style = STYLES[unit]
    return Axis(f"{label} ({style.axis})" if style.axis else label, style.drawn, "log" if unit == LOG else "linear")


def _dot(row: ClaimRow, name: str = "", weight: int = 2) -> Dot:
    found, unit = row.estimate, row.unit
    text = "" if math.isnan(found.mean) else amount(found.mean, CASH) if unit == CASH else figure(found.mean, unit)
    value, low, high = (_drawn(one, unit) for one in found[:3])
    return Dot(name or row.name, value, low, high, weight, text=text)


def _drawn(value: float, unit: str) -> float:
    """Turn a log ratio into the factor that it stands for."""
    return math.exp(value) if unit == LOG else value


def knockouts(rows: Sequence[ClaimRow]) -> Chart:
    """Draw the knock-out matrix: what is left of the effect of each claim with each mechanism off.

    Only changes that can be told from chance have a colour; claims whose own effect cannot be are grey.
    """
    numbers, results = mechanisms(), results_of(rows).values()
    found = [[one.left(name) for name in numbers] for one in results]
    kinds = [[UNSURE if one.unsure else "" if one.left(name)[1] else ALIKE for name in numbers] for one in results]
    panel = HeatMap(
        title="",
        x_label="mechanism that is off",
        y_label="claim",
        columns=[f"{number} {name}" for name, number in numbers.items()],
        rows=[one.label for one in results],
        values=[[share for share, _ in line] for line in found],
        texts=[[left_in_a_cell(*one) for one in line] for line in found],
        scale=SCALE,
        label="share left",
        kind=kinds,
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
