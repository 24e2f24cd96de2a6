"""Figures of claims: data in, Figure out. Nothing is shown or saved here."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from cxsim.charts.palette import COLOURS
from cxsim.plots import plain, sheet, wrapped
from cxsim.studies.claims.claim import Claim
from cxsim.studies.claims.report import DECISIVE, ClaimRow, ids, left_of, of_kind, unsure, what
from cxsim.studies.claims.units import CASH, HOURS, LOG, OF_VALUE, POINTS, amount, figure

FULL_COLOUR, DECISIVE_COLOUR, SHOWN_COLOUR = COLOURS[0], COLOURS[1], "#777777"
LEAST, MOST = -1.0, 3.0  # shares at which the colours of the heat map end; white lies at 1: all is left
DARK = 1.3  # distance from 1 beyond which a cell is so dark that figures are written in white
UNSURE_COLOUR, HATCH, FAINT = "#DADADA", "#C4C4C4", "#777777"
FEWEST_TICKS = 3
SCALES = {  # what an axis says of its unit
    POINTS: "points",
    OF_VALUE: "share of the mean value",
    CASH: "times the starting cash",
    LOG: "change in per cent, log scale",
    HOURS: "hours",
}


class Line(NamedTuple):
    """One figure in a plot, with its interval."""

    name: str
    row: ClaimRow
    colour: str
    marker: str


def claim_figure(rows: Sequence[ClaimRow], claim: Claim) -> Figure:
    """Draw the effect of one claim and what is left of it without each mechanism, with intervals.

    Where there is no mechanism to switch off, a second panel shows the figures behind the effect.
    """
    effect = of_kind(rows, claim.id, "effect")[0]
    upper, lower = _effects(rows, claim), [] if claim.ablations else _behind(rows, claim)
    drawn = sheet(8.6, 2.5 + 0.5 * len(upper) + (1.0 + 0.5 * len(lower) if lower else 0))
    ratios = [len(part) + 0.4 for part in (upper, lower) if part]
    panels = drawn.subplots(len(ratios), 1, squeeze=False, height_ratios=ratios)[:, 0]
    panels[0].axvspan(-claim.band, claim.band, color="#DDDDDD", linewidth=0)
    _panel(panels[0], upper, claim.measure)
    if lower:
        kind = what(lower[0].row).partition(",")[0]
        _panel(panels[1], lower, f"figures behind the effect: {kind}s")
    verdict = of_kind(rows, claim.id, "verdict")[0].text
    drawn.suptitle(wrapped(f"{claim.id}, {verdict}: {claim.text}", 82), fontsize="large", fontweight="bold")
    direction = "right" if claim.sign > 0 else "left"
    band = f"{figure(-claim.band, claim.unit)} to {figure(claim.band, claim.unit)}"
    note = (
        f"verdict: {verdict}. Mean with 95 % interval over {effect.estimate.n} paired seeds; the claim points "
        f"to the {direction}; "
    )
    text = wrapped(f"{note}grey: so small that it counts as none ({band})", 105)
    drawn.supxlabel(text, fontsize="small", color="#444444", parse_math=False)
    return drawn


def _effects(rows: Sequence[ClaimRow], claim: Claim) -> list[Line]:
    """The effect, what is left of it, and other differences or ratios that can stand on the same axis."""
    lines = [Line("effect", of_kind(rows, claim.id, "effect")[0], FULL_COLOUR, "o")]
    for row in of_kind(rows, claim.id, "ablation"):
        name = f"effect, {row.name}"
        if row.text == DECISIVE:
            lines.append(Line(name, row, DECISIVE_COLOUR, "s"))
        else:
            lines.append(Line(f"{name} (not decisive)", row, SHOWN_COLOUR, "D"))
    if claim.ablations:
        return lines
    alike = [row for row in of_kind(rows, claim.id, "detail") if row.unit == claim.unit and not what(row).startswith("level")]
    return [*lines, *(Line(row.name, row, SHOWN_COLOUR, "D") for row in alike)]


def _behind(rows: Sequence[ClaimRow], claim: Claim) -> list[Line]:
    """Of the other figures those in the unit that most of them have."""
    drawn = {line.row for line in _effects(rows, claim)}
    others = [row for row in of_kind(rows, claim.id, "detail") if row not in drawn]
    units = [row.unit for row in others]
    return [Line(row.name, row, SHOWN_COLOUR, "D") for row in others if row.unit == max(units, key=units.count)]


def _panel(axes: Axes, lines: Sequence[Line], label: str) -> None:
    unit = lines[0].row.unit
    for place, line in enumerate(lines):
        _point(axes, place, line)
    axes.axvline(0, color="#555555", linewidth=1)
    axes.set_yticks(range(len(lines)), [line.name for line in lines])
    axes.set_ylim(len(lines) - 0.5, -0.7)
    axes.margins(x=0.12)
    _scale(axes, unit)
    axes.set_xlabel(wrapped(f"{label} ({SCALES[unit]})" if unit in SCALES else label, 60))
    plain(axes, "x")


def _scale(axes: Axes, unit: str) -> None:
    """Put ticks at round figures."""
    low, high = axes.get_xlim()
    if unit == LOG:
        axes.xaxis.set_major_locator(FixedLocator(ratio_ticks(low, high)))
        axes.set_xlim(low, high)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(6))
    with_word = unit not in SCALES or unit in (OF_VALUE, LOG)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: figure(x, unit) if with_word else _tick(x, unit)))


def _tick(value: float, unit: str) -> str:
    """Write a figure without its unit, which the axis names."""
    return amount(value, unit) if unit == POINTS else f"{value:g}"


def ratio_ticks(low: float, high: float) -> list[float]:
    """Logarithms of round factors: powers of ten where these are enough, else 1, 2 and 5 of each, else round changes.

    >>> [round(math.exp(x), 3) for x in ratio_ticks(-5, 4)], [round(math.exp(x), 3) for x in ratio_ticks(-2.1, 0.1)]
    ([0.01, 0.1, 1.0, 10.0], [0.2, 0.5, 1.0])
    >>> [round(math.exp(x), 3) for x in ratio_ticks(-0.1, 0.4)]
    [1.0, 1.1, 1.2, 1.3, 1.4]
    """
    powers = range(math.floor(low / math.log(10)), math.ceil(high / math.log(10)) + 1)
    factors = ([step * 10.0**power for power in powers for step in steps] for steps in ((1,), (1, 2, 5)))
    changes = [1 + change for change in MaxNLocator(6).tick_values(math.expm1(low), math.expm1(high))]
    within = ([math.log(one) for one in some if one > 0 and low <= math.log(one) <= high] for some in (*factors, changes))
    return next((ticks for ticks in within if len(ticks) >= FEWEST_TICKS), [0.0])


def _point(axes: Axes, place: int, line: Line) -> None:
    found = line.row.estimate
    if math.isnan(found.mean):
        return
    reach = [[found.mean - found.low], [found.high - found.mean]] if found.has_interval else None
    axes.errorbar(found.mean, place, xerr=reach, fmt=line.marker, color=line.colour, markersize=7, capsize=4, linewidth=1.8)
    text = amount(found.mean, CASH) if line.row.unit == CASH else figure(found.mean, line.row.unit)
    axes.annotate(text, (found.mean, place), (0, 9), textcoords="offset points", ha="center", fontsize="small")


def heat_map(rows: Sequence[ClaimRow], numbers: dict[str, str]) -> Figure:
    """Draw the knock-out matrix: what is left of the effect of each claim with each mechanism off.

    Only changes that can be told from chance have a colour; claims whose own effect cannot be are grey and hatched.
    """
    claims, names = ids(rows), list(numbers)
    found = [[left_of(rows, claim, name) for name in names] for claim in claims]
    unclear = [unsure(rows, claim) for claim in claims]
    left = np.array([[share if sure else 1.0 for share, sure in line] for line in found])
    drawn = sheet(3.2 + 0.62 * len(names), 3.6 + 0.36 * len(claims))
    axes = drawn.subplots()
    norm = TwoSlopeNorm(1.0, LEAST, MOST)
    image = axes.imshow(np.clip(np.nan_to_num(left, nan=1.0), LEAST, MOST), cmap="PuOr", norm=norm, aspect="auto")
    axes.set_xticks(range(len(names)), [f"{numbers[name]} {name}" for name in names], rotation=45, ha="right")
    axes.set_yticks(range(len(claims)), [f"{claim} ?" if one else claim for claim, one in zip(claims, unclear, strict=True)])
    for i, line in enumerate(found):
        if unclear[i]:
            where = (-0.5, i - 0.5)
            axes.add_patch(Rectangle(where, len(names), 1, facecolor=UNSURE_COLOUR, edgecolor=HATCH, hatch="///", linewidth=0))
        for j, (share, sure) in enumerate(line):
            colour = FAINT if unclear[i] or not sure else "white" if abs(share - 1) > DARK else "black"
            axes.text(j, i, left_in_a_cell(share, sure), ha="center", va="center", fontsize="small", color=colour)
    drawn.suptitle("What is left of each effect with one mechanism off", fontsize="large", fontweight="bold")
    drawn.colorbar(image, ax=axes, label="share left", shrink=0.9, ticks=[-1, 0, 1, 2, 3], extend="both")
    note = (
        "1: the mechanism has no part in the effect; 0: nothing is left without it; below 0: the effect turns round. Coloured: "
        "the change is significant (95 % interval of the paired difference leaves out zero). Hatched, ?: the effect itself "
        "cannot be told from zero, and shares of it say little."
    )
    drawn.supxlabel(wrapped(note, 110 if len(names) > 9 else 60), fontsize="small", color="#444444")
    return drawn


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
