"""What an analysis of sensitivity found, as charts: how much each factor matters, and for Morris mu* against sigma."""

from collections.abc import Sequence

import numpy as np

from cxsim.charts.content import Axis, Chart, Dot, DotPlot, Panel, Series, Unit
from cxsim.charts.style import GREY, PALE_GREY
from cxsim.narrative.formatting import short_names
from cxsim.studies.sensitivity.rows import Group, IndexRow, groups

MOST_FACTORS = 16
MOST_NAMED = 7
UNITS: dict[str, Unit] = {"cents": "cents", "share": "share"}
LABELS = {"mu_star": "mu*: mean size of the effect over the whole range", "total": "share of the variance between points"}
INDICES = {  # of each method: the indices that are drawn, with their names
    "mu_star": {"mu_star": ""},
    "total": {"total": "total: with all it does through others", "first": "first order: what it does alone"},
}
NOTES = {
    "mu_star": "mean size of the change when a factor crosses its range; lines: 95 % intervals over points and seeds; "
    "grey ticks: what the luck of the seeds alone would give",
    "total": "lines: 95 % intervals over points and seeds; grey ticks: total that the luck of the seeds alone would give",
}
SCATTER = (
    "right: a large effect; above the line: the effect changes its size or sign with the other factors more than it is large; "
    "lines: 95 % intervals over points and seeds; grey: factors that are smaller"
)


def charts(rows: Sequence[IndexRow]) -> list[Chart]:
    """Dots for each measure, and for Morris mu* against sigma as well; a panel for each arm."""
    found, made = groups(rows), list[Chart]()
    for measure in dict.fromkeys(group.measure for group in found):
        mine = [group for group in found if group.measure == measure]
        title = f"Sensitivity of {measure.replace('_', ' ')}"
        made.append(_factors(title, mine))
        if mine[0].main[0].kind == "mu_star":
            panels = [_scatter(group, _order(mine)[:MOST_NAMED]) for group in mine]
            made.append(Chart(f"mu_sigma_{measure}", title, SCATTER, panels))
    return made


def _factors(title: str, found: Sequence[Group]) -> Chart:
    """Draw how much each factor matters; all panels have the factors in one order, the largest first."""
    order, kind, first = _order(found), found[0].main[0].kind, found[0].main[0]
    names = short_names([row.factor for row in found[0].main])
    axis = Axis(LABELS[kind], UNITS.get(first.unit, "number"))
    panels = [
        DotPlot(group.title, axis, [
            Dot(names[key], row.value, row.low, row.high, 0, label, noise=row.noise if index == kind else np.nan)
            for index, label in INDICES[kind].items() for key in order[:MOST_FACTORS] for row in [group.of(index, key)]
        ]) for group in found
    ]  # fmt: skip
    left_out = len(order) - MOST_FACTORS
    more = f"; {left_out} more factors in sensitivity.csv" if left_out > 0 else ""
    return Chart(f"factors_{first.measure}", title, f"{NOTES[kind]}{more}", panels, across=len(panels), alike=True)


def _order(found: Sequence[Group]) -> list[str]:
    """Factors by how much they matter beyond luck, as shares of the largest, on average over the panels."""

    def beyond(group: Group, factor: str) -> float:
        row = group.of(group.main[0].kind, factor)
        return float(row.value - np.nan_to_num(row.noise)) / (group.main[0].value or 1.0)

    size = {row.factor: sum(beyond(group, row.factor) for group in found) for row in found[0].main}
    return sorted(size, key=lambda factor: -size[factor])


def _scatter(group: Group, named: Sequence[str]) -> Panel:
    """Draw each factor with its intervals; those that are not named in grey behind."""
    names, unit = short_names([row.factor for row in group.main]), UNITS.get(group.main[0].unit, "number")

    def sigma(row: IndexRow) -> IndexRow:
        return group.of("sigma", row.factor)

    most = 1.05 * max(row.high for row in (*group.main, *map(sigma, group.main))) or 1.0
    diagonal = Series("sigma = mu*", [0.0, most], [0.0, most], colour=GREY, number=1)

    def points(name: str, rows: Sequence[IndexRow], number: int, colour: str = "") -> Series:
        x, left, right = zip(*((row.value, row.low, row.high) for row in rows), strict=True)
        y, low, high = zip(*((row.value, row.low, row.high) for row in map(sigma, rows)), strict=True)
        return Series(name, x, y, low, high, "points", x_low=left, x_high=right, number=number, colour=colour)

    others = [row for row in group.main if row.factor not in named]
    series = [points("other factors", others, 0, PALE_GREY)] if others else []
    kind = group.main[0].kind
    series += [points(names[key], [group.of(kind, key)], number) for number, key in enumerate(named)]
    x = Axis("mu*: mean size of the effect", unit, within=(0.0, most))
    y = Axis("sigma: spread of the effect from place to place", unit, within=(0.0, most))
    return Panel(group.title, x, y, [diagonal, *series])
