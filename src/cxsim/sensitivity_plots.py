"""Figures of analyses of sensitivity: rows of their table in, Figure out. Nothing is shown or saved here."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxsim.charts.palette import COLOURS
from cxsim.plots import MARKERS, head, plain, sheet, small, wrapped
from cxsim.studies.sensitivity import Group, IndexRow, groups, short_names
from cxsim.studies.sensitivity.words import style_of

MOST_BARS = 16
MOST_LABELS = 7
GREY = "#777777"
LABELS = {"mu_star": "mu*: mean size of the effect", "total": "share of the variance between points"}
SERIES = {  # of each method: the indices that are drawn as bars, with their names
    "mu_star": {"mu_star": "mu*: with all it does through others"},
    "total": {"total": "total: with all it does through others", "first": "first order: what it does alone"},
}
BARS = {
    "mu_star": "bars: mean size of the change when a factor crosses its range; lines: 95 % intervals over points and seeds; "
    "grey marks: what the luck of the seeds alone would give",
    "total": "lines: 95 % intervals over points and seeds; grey marks: total that the luck of the seeds alone would give",
}
SCATTER = (
    "right: a large effect; above the line: the effect changes its size or sign with the other factors more than it is large; "
    "lines: 95 % intervals over points and seeds; grey: factors that are smaller"
)


def figures(rows: Sequence[IndexRow]) -> dict[str, Figure]:
    """Every figure, by file name: bars for each measure, and for Morris mu* against sigma as well."""
    found = groups(rows)
    made = {}
    for measure in dict.fromkeys(group.measure for group in found):
        mine = [group for group in found if group.measure == measure]
        made[f"factors_{measure}"] = bars(mine)
        if mine[0].main[0].kind == "mu_star":
            made[f"mu_sigma_{measure}"] = scatter(mine)
    return made


def bars(found: Sequence[Group]) -> Figure:
    """Draw how much each factor matters, a panel for each arm; all panels have the factors in one order, the largest first."""
    main = found[0].main[0].kind
    order = _order(found)[:MOST_BARS]
    drawn = sheet(max(3.1 * len(found) + 1.6, 6.4), 2.3 + (0.3 if main == "mu_star" else 0.42) * len(order))
    panels = drawn.subplots(1, len(found), sharey=True, squeeze=False)[0]
    names = short_names([row.factor for row in found[0].main])
    for axes, group in zip(panels, found, strict=True):
        _bars(axes, group, order)
        axes.set_yticks(range(len(order)), [names[key] for key in order])
        axes.set_ylim(len(order) - 0.4, -0.6)
        _dress(axes, group, LABELS[main])
        plain(axes, "x")
    left_out = len(names) - len(order)
    more = f"; {left_out} more factors in sensitivity.csv" if left_out else ""
    _head(drawn, found)
    _foot(drawn, panels[0], f"{BARS[main]}{more}")
    return drawn


def _order(found: Sequence[Group]) -> list[str]:
    """Factors by how much they matter beyond luck, as shares of the largest, on average over the panels."""

    def beyond(group: Group, factor: str) -> float:
        row = group.of(group.main[0].kind, factor)
        return float(row.value - np.nan_to_num(row.noise)) / (group.main[0].value or 1.0)

    size = {row.factor: sum(beyond(group, row.factor) for group in found) for row in found[0].main}
    return sorted(size, key=lambda factor: -size[factor])


def _bars(axes: Axes, group: Group, order: Sequence[str]) -> None:
    series = SERIES[group.main[0].kind]
    height = 0.7 / len(series)
    for number, (index, label) in enumerate(series.items()):
        rows = [group.of(index, key) for key in order]
        places = np.arange(len(order)) + (number - (len(series) - 1) / 2) * height
        values, hatch = [row.value for row in rows], ("", "////")[number]
        axes.barh(places, values, height, color=COLOURS[number], alpha=0.6, hatch=hatch, edgecolor="white", label=label)
        axes.errorbar(values, places, xerr=_reach(rows), fmt="none", ecolor="black", capsize=2.5, linewidth=1.1)
        if index == group.main[0].kind:
            luck = [row.noise for row in rows]
            axes.plot(luck, places, "|", color=GREY, markersize=13 * height / 0.7 + 3, markeredgewidth=2.2, label="luck alone")
    axes.axvline(0, color="#555555", linewidth=0.8)


def _reach(rows: Sequence[IndexRow]) -> Any:
    """Lengths of intervals below and above their figures."""
    return np.nan_to_num(np.array([[row.value - row.low for row in rows], [row.high - row.value for row in rows]]))


def scatter(found: Sequence[Group]) -> Figure:
    """Draw sigma against mu* of each factor, a panel for each arm."""
    drawn = sheet(max(3.9 * len(found), 6.4), 5.4)
    panels = drawn.subplots(1, len(found), squeeze=False)[0]
    names = short_names([row.factor for row in found[0].main])
    named = {key: names[key] for key in _order(found)[:MOST_LABELS]}
    for axes, group in zip(panels, found, strict=True):
        _scatter(axes, group, named)
        _dress(axes, group, LABELS["mu_star"])
        axes.yaxis.set_major_locator(MaxNLocator(6))
        axes.yaxis.set_major_formatter(axes.xaxis.get_major_formatter())
        plain(axes)
    panels[0].set_ylabel("sigma: spread of the effect from place to place")
    _head(drawn, found)
    _foot(drawn, panels[0], SCATTER)
    return drawn


def _scatter(axes: Axes, group: Group, named: Mapping[str, str]) -> None:
    """Draw each factor with its intervals; those that are not named in grey behind."""
    spreads = {row.factor: group.of("sigma", row.factor) for row in group.main}
    most = 1.05 * max(row.high for row in (*group.main, *spreads.values())) or 1.0
    axes.plot([0, most], [0, most], color=GREY, linestyle="--", linewidth=0.9, label="sigma = mu*")
    rows = sorted(group.main, key=lambda row: list(named).index(row.factor) if row.factor in named else -1)
    for row in rows:
        spread, number = spreads[row.factor], list(named).index(row.factor) if row.factor in named else -1
        look: dict[str, Any] = {"color": "#AAAAAA", "marker": "."}
        if number >= 0:
            look = {"color": COLOURS[number], "marker": MARKERS[number], "zorder": 4, "label": named[row.factor]}
        reach = {"xerr": _reach([row]), "yerr": _reach([spread])}
        axes.errorbar(row.value, spread.value, linestyle="", markersize=6, elinewidth=0.8, **reach, **look)
    axes.set_xlim(0, most)
    axes.set_ylim(0, most)


def _dress(axes: Axes, group: Group, label: str) -> None:
    style = style_of(group.main[0])
    axes.set_title(wrapped(group.title, 34), fontsize="medium")
    axes.set_xlabel(label)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: style(value)))


def _head(drawn: Figure, found: Sequence[Group]) -> None:
    head(drawn, f"Sensitivity of {found[0].measure.replace('_', ' ')}")


def _foot(drawn: Figure, axes: Axes, note: str) -> None:
    """Name the bars, and tell, smaller, what was drawn; below everything."""
    handles, labels = axes.get_legend_handles_labels()
    across = max(1, int(drawn.get_figwidth() * 8.5 / (max(map(len, labels)) + 6)))
    legend = drawn.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=min(across, len(labels)),
        frameon=False,
        title=small(drawn, note),
        title_fontsize="small",
    )
    legend.get_title().set_color("#444444")
    legend.get_title().set_multialignment("center")
