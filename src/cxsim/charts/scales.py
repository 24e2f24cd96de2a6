"""What both renderers must agree on: where scales end and have ticks, which dots are drawn, and how panels are split."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from cxsim.charts.content import AnyPanel, Axis, Chart, DotPlot, Panel, Series, Strip
from cxsim.charts.units import DRAWN, all_drawn, drawn, tick

MOST_BANDS = 4  # with more lines, bands hide one another: a panel each
MOST_DOTS = 200  # of a row: more would be a smear and a large page
MOST_TICKS = 6
FEWEST_TICKS = 3
MONTHS = (1, 2, 3, 4, 6)  # between ticks of a short run; whole years in longer ones
STEPS = (1, 2, 2.5, 5, 10)
LONG_TAIL = 50  # times the middle size, from which the largest value would hide all others
ROOM = 1.7  # factor by which a logarithmic scale goes beyond its figures
MARGIN = 0.12  # of a scale of ratios, on both sides
MANY_POWERS = 5  # powers of ten on one side of a scale, from which only some have ticks


class Scaled(NamedTuple):
    """Ends and ticks of an axis as it is drawn; empty where the renderer chooses its own."""

    ends: tuple[float, float] | None = None
    ticks: Sequence[tuple[float, str]] = ()


def scaled(axis: Axis, values: Iterable[float]) -> Scaled:
    """Find ends and ticks of an axis under these values, in its unit."""
    known = [value for value in all_drawn(values, axis.unit) if math.isfinite(value)]
    ends = tuple(all_drawn(axis.within, axis.unit)) if axis.within else None
    ticks = [(float(place * DRAWN.get(axis.unit, 1.0)), text) for place, text in axis.ticks]
    if axis.unit == "month" and not ticks and known:
        places = month_ticks(int(max(known)) + 1)
        return Scaled((0.0, float(places[-1])), [(place, str(place)) for place in places])
    if axis.scale == "symlog":
        return _symlog(axis, known)
    if axis.unit == "ratio" and known:
        return _ratios([*known, 1.0])
    return Scaled((ends[0], ends[1]) if ends else None, ticks)


def month_ticks(months: int) -> list[int]:
    """Months to write on an axis: few, evenly apart, in whole years when the run is long, and always the horizon.

    >>> month_ticks(24), month_ticks(120), month_ticks(100), month_ticks(1)
    ([0, 4, 8, 12, 16, 20, 24], [0, 24, 48, 72, 96, 120], [0, 24, 48, 72, 100], [0, 1])
    """
    years = 12 * math.ceil(months / 12 / MOST_TICKS)
    step = next((step for step in MONTHS if step * MOST_TICKS >= months), years)
    return [*(month for month in range(0, months, step) if month == 0 or months - month > step / 2), months]


def _symlog(axis: Axis, known: Sequence[float]) -> Scaled:
    """Ticks at zero and at powers of ten beyond the even part, every other one when there are many."""
    even = drawn(axis.even, axis.unit) or 1.0
    low, high = min(ROOM * min(known, default=0.0), -even), max(ROOM * max(known, default=0.0), even)
    powers = range(round(math.log10(even)), int(math.log10(max(-low, high))) + 1)
    sizes = [10.0**power for power in powers[:: 1 + len(powers) // MANY_POWERS]]
    places = [place for place in (*(-size for size in sizes[::-1]), 0.0, *sizes) if low <= place <= high]
    return Scaled((low, high), [(place, tick(place, axis.unit)) for place in places])


def even_part(groups: Iterable[Sequence[float]]) -> float:
    """Where the even part of a scale should end when values have a tail so long that it would hide all others; else 0.

    It ends at the power of ten at or below the size of the middle value.
    """
    sizes = sorted(abs(value) for group in groups for value in group if abs(value) > 0)
    middle = (sizes[(len(sizes) - 1) // 2] + sizes[len(sizes) // 2]) / 2 if sizes else 0.0
    if not sizes or sizes[-1] < LONG_TAIL * middle:
        return 0.0
    return float(10.0 ** math.floor(math.log10(middle)))


def _ratios(known: Sequence[float]) -> Scaled:
    low, high = math.log(min(known)), math.log(max(known))
    room = MARGIN * ((high - low) or 1.0)
    ends = math.exp(low - room), math.exp(high + room)
    return Scaled(ends, [(place, tick(place, "ratio")) for place in ratio_ticks(*ends)])


def ratio_ticks(low: float, high: float) -> list[float]:
    """Round factors: powers of ten where these are enough, else 1, 2 and 5 of each, else round changes.

    >>> ratio_ticks(0.0067, 54.6), ratio_ticks(0.12, 1.1)
    ([0.01, 0.1, 1.0, 10.0], [0.2, 0.5, 1.0])
    >>> [round(factor, 3) for factor in ratio_ticks(0.9, 1.5)]
    [0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5]
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    factors = ([step * 10.0**power for power in powers for step in steps] for steps in ((1,), (1, 2, 5)))
    changes = [1 + change for change in round_steps(low - 1, high - 1)]
    within = ([one for one in some if low <= one <= high] for some in (*factors, changes))
    return next((ticks for ticks in within if len(ticks) >= FEWEST_TICKS), [1.0])


def round_steps(low: float, high: float) -> list[float]:
    """Round numbers, evenly apart, from one end to the other.

    >>> round_steps(0, 30), [round(one, 2) for one in round_steps(-0.1, 0.12)]
    ([0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0], [-0.1, -0.05, 0.0, 0.05, 0.1])
    """
    power = 10.0 ** math.floor(math.log10((high - low) / MOST_TICKS))
    step = next(one * power for one in STEPS if one * power * MOST_TICKS >= (high - low) * (1 - 1e-9))
    return [number * step for number in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def uncrowded(chart: Chart) -> Chart:
    """Split a panel of too many bands into one for each series, with all others in grey behind it."""
    panel = chart.panels[0]
    crowded = isinstance(panel, Panel) and len(panel.series) > MOST_BANDS and any(len(one.low) for one in panel.series)
    if len(chart.panels) > 1 or not isinstance(panel, Panel) or not crowded:
        return chart
    panels = [
        panel._replace(title=series.name, series=[series._replace(number=number)]) for number, series in enumerate(panel.series)
    ]
    return chart._replace(panels=panels, alike=True, ghosts=True)


def numbered(panel: Panel) -> Iterator[tuple[int, Series]]:
    """Go through the series with the number that gives each its look."""
    return ((place if one.number is None else one.number, one) for place, one in enumerate(panel.series))


def stacked(panel: Panel) -> list[tuple[list[float], list[float]]]:
    """Lower and upper edge of each of the areas on top of each other, as they are drawn; none for other kinds of series."""
    if not any(one.kind == "area" for one in panel.series):
        return []
    edges = np.cumsum([[0.0] * len(panel.series[0].x), *(one.y for one in panel.series)], axis=0)
    return list(pairwise(all_drawn(edge, panel.y.unit) for edge in edges.tolist()))


def along(panels: Sequence[AnyPanel], axis: str) -> list[float]:
    """Every figure on the horizontal (``x``) or the upright axis (``y``) of some panels."""
    return [value for panel in panels for value in _along(panel, axis) if math.isfinite(value)]


def _along(panel: AnyPanel, axis: str) -> Iterator[float]:
    if isinstance(panel, Panel):
        for one in panel.series:
            yield from (*one.x, *one.x_low, *one.x_high) if axis == "x" else (*one.y, *one.low, *one.high)
        yield from (value for mark in panel.marks if mark.axis == axis for value in mark[1:4])
    elif isinstance(panel, DotPlot):
        yield from (value for dot in panel.dots for value in (*dot[1:4], dot.noise))
        yield from panel.nothing
    elif isinstance(panel, Strip):
        yield from chain(*panel.rows.values(), *(dot[1:4] for dot in panel.means))


def thinned(values: Sequence[float]) -> Sequence[float]:
    """Take evenly apart by rank what is too much to be drawn."""
    if len(values) <= MOST_DOTS:
        return values
    ordered = sorted(values)
    return [ordered[round(i * (len(ordered) - 1) / (MOST_DOTS - 1))] for i in range(MOST_DOTS)]


def box(values: Sequence[float]) -> tuple[float, float, float]:
    """Quartiles of the values of runs."""
    ordered = sorted(values)
    low, middle, high = (ordered[round(share * (len(ordered) - 1))] for share in (0.25, 0.5, 0.75))
    return low, middle, high


def jitter(place: int) -> float:
    """Place the dot of a run between 0.25 and 0.75 across its row, so that equal values stay apart."""
    return 0.25 + 0.5 * ((place * 0.618) % 1)
