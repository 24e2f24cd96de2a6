"""Figures of service audits: a chart as plain data in, Figure out. Nothing is shown or saved here."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxsim.charts.palette import COLOURS
from cxsim.narrative.formatting import dollars
from cxsim.plots import LINES, MARKERS, head, plain, remark, sheet, small
from cxsim.studies.service import Chart, Mark, Panel, Series

MARK_COLOUR = "#555555"
ACROSS = 3  # panels to a row


def figure(chart: Chart) -> Figure:
    """Draw any chart of an audit."""
    across = min(len(chart.panels), ACROSS)
    down = math.ceil(len(chart.panels) / across)
    bars = chart.kind == "bars"
    size = (8.6, 1.9 + 0.55 * len(chart.panels[0].series[0].x)) if bars else (max(4.1 * across, 7.2), 1.4 + 3.1 * down)
    drawn = sheet(*size)
    grid = drawn.subplots(down, across, squeeze=False)
    every = [axes for line in grid for axes in line]
    for axes in every[len(chart.panels) :]:
        axes.remove()
    for axes, panel in zip(every, chart.panels, strict=False):
        _bars(axes, panel) if bars else _lines(axes, panel)
        _dress(axes, panel, bars)
    head(drawn, chart.title)
    _foot(drawn, every[: len(chart.panels)], chart.note)
    return drawn


def _foot(drawn: Figure, axes: Sequence[Axes], note: str) -> None:
    """Name what is drawn, each once, below everything."""
    named: dict[str, Any] = {}
    for one in axes:
        for handle, label in zip(*one.get_legend_handles_labels(), strict=True):
            named.setdefault(label, handle)
    if not named:
        remark(drawn, note)
        return
    legend = drawn.legend(
        named.values(), named.keys(), loc="outside lower center", ncols=len(named), frameon=False,
        title=small(drawn, note), title_fontsize="small",
    )  # fmt: skip
    legend.get_title().set_color("#444444")
    legend.get_title().set_multialignment("center")


def _lines(axes: Axes, panel: Panel) -> None:
    logarithmic = panel.x_unit == "people"
    for number, series in enumerate(panel.series):
        _series(axes, series, number, logarithmic)
    for number, mark in enumerate(panel.marks):
        _mark(axes, mark, number)
    if logarithmic:
        axes.set_xscale("log")
        axes.set_xticks([float(x) for x in panel.series[0].x])
        axes.minorticks_off()
    if any((one.mean < 0).any() for one in panel.series) and any((one.mean > 0).any() for one in panel.series):
        axes.axhline(0, color="#888888", linewidth=0.8)


def _series(axes: Axes, series: Series, number: int, marked: bool) -> None:
    """Draw a line with its band, or a single point with its interval."""
    colour, x = COLOURS[number % len(COLOURS)], np.array([float(one) for one in series.x])
    if len(x) == 1:
        reach = _reach(series)
        axes.errorbar(x, series.mean, yerr=reach, fmt=MARKERS[number], color=colour, capsize=3, label=series.name, zorder=4)
        return
    axes.fill_between(x, series.low, series.high, color=colour, alpha=0.18, linewidth=0)
    marker = MARKERS[number] if marked else ""
    line = LINES[number % len(LINES)]
    axes.plot(x, series.mean, color=colour, linestyle=line, linewidth=1.8, marker=marker, label=series.name)


def _reach(series: Series) -> Any:
    """Lengths of intervals below and above their means; none where the interval is not known."""
    return np.nan_to_num(np.maximum(np.array([series.mean - series.low, series.high - series.mean]), 0.0))


def _mark(axes: Axes, mark: Mark, number: int) -> None:
    """Draw an upright line with the band of its interval."""
    line = ("--", ":")[number % 2]
    if mark.at.has_interval and math.isfinite(mark.at.high):
        axes.axvspan(mark.at.low, mark.at.high, color=MARK_COLOUR, alpha=0.15, linewidth=0)
    axes.axvline(mark.at.mean, color=MARK_COLOUR, linestyle=line, linewidth=1.2, label=mark.name)


def _bars(axes: Axes, panel: Panel) -> None:
    """Draw a bar for each name with its interval, and a thin line for the range of the second series."""
    first, ranges = panel.series
    places = np.arange(len(first.x))
    axes.barh(places, first.mean, height=0.5, color=COLOURS[0], alpha=0.55)
    axes.errorbar(
        first.mean, places, xerr=_reach(first), fmt="none", ecolor="black", capsize=4, linewidth=1.6, label="95 % interval"
    )
    for place in places:
        named: dict[str, Any] = {"label": ranges.name} if place == 0 else {}
        axes.plot([ranges.low[place], ranges.high[place]], [place + 0.33] * 2, color=COLOURS[1], linewidth=2.4, **named)
    axes.axvline(0, color="#555555", linewidth=1)
    axes.set_yticks(places, [str(name) for name in first.x])
    axes.set_ylim(len(places) - 0.4, -0.6)


def _dress(axes: Axes, panel: Panel, bars: bool) -> None:
    axes.set_title(panel.title, fontsize="medium")
    axes.set_xlabel(panel.x_label)
    axes.set_ylabel(panel.y_label)
    if panel.x_unit != "people":
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(_writer(panel.x_unit)))
    if not bars:
        axes.yaxis.set_major_formatter(FuncFormatter(_writer(panel.y_unit)))
    plain(axes, "x" if bars else "both")


def _writer(unit: str) -> Callable[[float, Any], str]:
    """How numbers of a unit are written on an axis."""
    if unit == "share":
        return lambda value, _: f"{100 * value:.4g} %"
    if unit == "cents":
        return lambda value, _: dollars(value)
    return lambda value, _: f"{value:,.0f}"
