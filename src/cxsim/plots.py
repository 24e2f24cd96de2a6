"""Figures of what came out of a scenario: data in, Figure out. Nothing is shown or saved here.

Colours are those of Okabe and Ito (2008), which the colour-blind tell apart; line styles and markers do so in grey print.
"""

import math
import re
from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator, PercentFormatter
from numpy.typing import NDArray

from cxsim.charts.palette import COLOURS, WORK_COLOURS, WORK_WORDS
from cxsim.charts.scales import month_ticks
from cxsim.measures.series import (
    Picture,
    bands,
    few_from,
    label_of_runs,
    meaning,
    over_time,
    pale,
    run_values,
    work_shares,
)
from cxsim.narrative.formatting import dollars
from cxsim.statistics.intervals import mean_interval

LINES = ("-", "--", "-.", ":", (0, (7, 2, 1, 2, 1, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
WORK_HATCHES = {"upkeep": "", "custom": "///", "roadmap": "...", "idle": ""}
MOST_BANDS = 4  # with more arms, bands hide one another: one small panel each
SHOWN_FIRMS = 12
MOST_TICKS = 6
LONG_TAIL = 50  # times the middle size, from which the largest value would hide all others
ROOM = 1.7  # factor by which a logarithmic scale goes beyond its figures
MANY_POWERS = 5  # powers of ten on one side of a scale, from which only some have ticks


def figures(picture: Picture) -> dict[str, Figure]:
    """Every figure of a scenario, by file name."""
    made = {
        "customers": customers(picture),
        "cash": cash(picture),
        "satisfaction": satisfaction(picture),
        "survival": survival(picture),
        "value": value(picture),
        "capacity": capacity(picture),
    }
    return made | ({"firms": firms(picture)} if len(picture.plans) > 1 else {})


def customers(picture: Picture) -> Figure:
    """Draw customers of the focal firm over time."""
    note = "a closed firm counts as 0 customers"
    return _series(picture, "customers", f"Customers of {picture.focal}", "customers", 0.0, note, _big_numbers)


def cash(picture: Picture) -> Figure:
    """Money in the focal firm's bank over time."""
    note = "a closed firm counts as $0"
    return _series(picture, "cash", f"Cash of {picture.focal}", "cash in the bank (dollars)", 0.0, note, _money)


def satisfaction(picture: Picture) -> Figure:
    """Mean satisfaction of the focal firm's customers over time, among firms in business."""
    note = f"firms in business with customers only{pale(picture)}"
    title, label = f"Satisfaction of the customers of {picture.focal}", "satisfaction (0 to 1)"
    figure = _series(picture, "satisfaction", title, label, math.nan, note, None)
    for axes in figure.axes:
        axes.set_ylim(0, 1)
    return figure


def _series(
    picture: Picture,
    measure: str,
    title: str,
    label: str,
    missing: float,
    note: str,
    ticks: Callable[[float, Any], str] | None,
) -> Figure:
    grids = {arm: over_time(picture, arm, picture.focal, measure, missing) for arm in picture.arms}
    note = f"{meaning(picture)}; {note}"
    crowded = len(picture.arms) > MOST_BANDS
    figure, panels = _panels(len(picture.arms)) if crowded else _single(len(picture.arms))
    head(figure, title)
    lines = {arm: bands(grid) for arm, grid in grids.items()}
    ends = {arm: few_from(picture, arm) if math.isnan(missing) else picture.months for arm in picture.arms}
    for number, arm in enumerate(picture.arms):
        axes = panels[number if crowded else 0]
        if crowded:
            axes.set_title(arm, fontsize="medium")
            for other, line in lines.items():
                axes.plot(line[1, : ends[other] + 1], color="#BBBBBB", linewidth=0.8)
        _line(axes, lines[arm], number, arm, ends[arm])
    for axes in panels:
        _dress(axes, label, ticks, picture.months)
    _foot(figure, note, *(((), ()) if crowded else panels[0].get_legend_handles_labels()))
    return figure


def _line(axes: Axes, line: NDArray[np.float64], number: int, label: str, end: int) -> None:
    """Draw a mean and its band, pale from the month ``end`` on."""
    style, months = _style(number), line.shape[1]
    step = max(months // 8, 1)
    pale = style | {"marker": "", "alpha": 0.3, "linewidth": 1.2}
    for first, last, shade, look in ((0, end + 1, 0.15, style), (end, months, 0.05, pale)):
        when = np.arange(months)[first:last]
        if not len(when):
            continue
        low, middle, high = line[:, first:last]
        axes.fill_between(when, low, high, color=style["color"], alpha=shade, linewidth=0)
        named: dict[str, Any] = {"label": label} if first == 0 and look is style else {}
        axes.plot(when, middle, markevery=(min(number * step // 4, len(when) - 1), step), **named, **look)


def _style(number: int) -> dict[str, Any]:
    return {
        "color": COLOURS[number % len(COLOURS)],
        "linestyle": LINES[number % len(LINES)],
        "marker": MARKERS[number % len(MARKERS)],
        "markersize": 4.5,
        "linewidth": 1.8,
    }


def sheet(width: float, height: float) -> Figure:
    """Return an empty figure of a width and a height in inches."""
    return Figure(figsize=(width, height), dpi=120, layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1))


def _single(arms: int) -> tuple[Figure, list[Axes]]:
    figure = sheet(7.2, 4.6 + 0.18 * (max(arms - 1, 0) // 3))
    axes = figure.subplots()
    axes.set_xlabel("month")
    return figure, [axes]


def _panels(number: int) -> tuple[Figure, list[Axes]]:
    """Small panels with common scales, three to a row."""
    across = min(number, 3)
    down = math.ceil(number / across)
    figure = sheet(max(2.9 * across, 5.8), 1.5 + 2.4 * down)
    grid = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
    every = [axes for row in grid for axes in row]
    for axes in every[number:]:
        axes.remove()
    for place, axes in enumerate(every[:number]):
        axes.xaxis.set_tick_params(labelbottom=place + across >= number)
        axes.set_xlabel("month" if place + across >= number else "")
    return figure, every[:number]


def head(figure: Figure, title: str) -> None:
    """Write the title above everything."""
    width = int(figure.get_figwidth() * 9)
    figure.suptitle(wrapped(title, width), fontsize="large", fontweight="bold")


def _foot(figure: Figure, note: str, handles: Sequence[Any] = (), labels: Sequence[str] = (), handle: float = 3.5) -> None:
    """Tell what lines and areas stand for, and, smaller, what was drawn; below everything, where it hides nothing."""
    if len(labels) < 2:
        remark(figure, note)
        return
    across = int(figure.get_figwidth() * 9.5 / (max(len(label) for label in labels) + 2.5 + 1.8 * handle))
    legend = figure.legend(
        handles, labels, loc="outside lower center", ncols=max(1, min(len(labels), across)), frameon=False,
        handlelength=handle, title=small(figure, note), title_fontsize="small",
    )  # fmt: skip
    legend.get_title().set_color("#444444")
    legend.get_title().set_multialignment("center")


def remark(figure: Figure, note: str) -> None:
    """Tell, smaller, what was drawn; below everything."""
    figure.supxlabel(small(figure, note), fontsize="small", color="#444444")


def small(figure: Figure, note: str) -> str:
    """Break small print into lines as wide as the figure."""
    return wrapped(note, int(figure.get_figwidth() * 14))


def wrapped(text: str, width: int) -> str:
    """Break a text into lines."""
    return "\n".join(wrap(text, width))


def _dress(axes: Axes, label: str, ticks: Callable[[float, Any], str] | None, months: int) -> None:
    if axes.get_subplotspec() is None or axes.get_subplotspec().is_first_col():  # type: ignore[union-attr]
        axes.set_ylabel(label)
    axes.set_xlim(0, months)
    axes.xaxis.set_major_locator(FixedLocator(month_ticks(months)))
    if ticks is _big_numbers:
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    if ticks:
        axes.yaxis.set_major_formatter(FuncFormatter(ticks))
    plain(axes)


def plain(axes: Axes, grid: Literal["both", "x"] = "both") -> None:
    """Draw a pale grid behind everything, and no frame above and to the right."""
    axes.grid(True, axis=grid, color="#E6E6E6", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _money(cents: float, _: Any = None) -> str:
    return re.sub(r"\.0+(?=[kMB])|(?<=\.\d)0(?=[kMB])", "", dollars(cents))


def _big_numbers(number: float, _: Any = None) -> str:
    return f"{number:,.0f}" if number == round(number) else f"{number:,.1f}"


def survival(picture: Picture) -> Figure:
    """Share of focal firms in business, month by month. Nobody leaves a run but by closing, so shares are exact."""
    figure, (axes,) = _single(len(picture.arms))
    head(figure, f"Share of runs in which the firm {picture.focal} is in business")
    for number, arm in enumerate(picture.arms):
        share = over_time(picture, arm, picture.focal, "status", 0.0).mean(axis=0)
        style = _style(number) | {"drawstyle": "steps-post"}
        step = max(picture.months // 8, 1)
        axes.plot(share, label=arm, markevery=(number * step // len(picture.arms), step), **style)
    _dress(axes, "share in business", None, picture.months)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.set_ylim(-0.02, 1.05)
    _foot(figure, label_of_runs(picture), *axes.get_legend_handles_labels())
    return figure


def value(picture: Picture) -> Figure:
    """Value of the focal firm in every run, with the mean of each arm and its interval."""
    names = list(picture.arms)
    figure = sheet(7.2, 1.9 + 0.62 * len(names))
    axes = figure.subplots()
    even = even_part([run_values(picture, arm) for arm in names])
    marks = "dots: runs; box: middle half and median; diamond: mean with 95 % interval"
    note = f"{marks}; {label_of_runs(picture)}; closed firms included"
    if even:
        note += f"; the scale is even up to {dollars(even)} and logarithmic beyond"
    head(figure, f"What the firm {picture.focal} is worth")
    _foot(figure, note)
    for number, arm in enumerate(names):
        _spread(axes, number, run_values(picture, arm))
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.axvline(0, color="#888888", linewidth=0.8)
    axes.set_xlabel("value at the start (dollars): discounted cash flow and worth of the last customers")
    if even:
        _long_scale(axes, even)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(7))
    axes.xaxis.set_major_formatter(FuncFormatter(_money))
    plain(axes)
    return figure


def even_part(groups: Sequence[NDArray[np.float64]]) -> float:
    """Where the even part of a scale should end when values have a tail so long that it would hide all others; else 0.

    It ends at the power of ten at or below the size of the middle value.
    """
    sizes = np.abs(np.concatenate(groups))
    sizes = sizes[sizes > 0]
    if not len(sizes) or sizes.max() < LONG_TAIL * np.median(sizes):
        return 0.0
    return float(10.0 ** np.floor(np.log10(np.median(sizes))))


def _long_scale(axes: Axes, even: float) -> None:
    """Even around zero, logarithmic beyond, with ticks at zero and at powers of ten, every other one when there are many."""
    axes.set_xscale("symlog", linthresh=even, linscale=0.6)
    data = axes.dataLim
    low, high = min(ROOM * data.x0, -even), max(ROOM * data.x1, even)
    powers = range(int(np.log10(even)), int(np.log10(max(-low, high, even))) + 1)
    step = 1 + len(powers) // MANY_POWERS
    ticks = [10.0**power for power in powers[::step]]
    axes.xaxis.set_major_locator(FixedLocator([x for x in (*(-tick for tick in ticks[::-1]), 0.0, *ticks) if low <= x <= high]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(low, high)


def _spread(axes: Axes, row: int, values: NDArray[np.float64]) -> None:
    if not len(values):
        return
    colour = COLOURS[row % len(COLOURS)]
    jitter = 0.24 + 0.12 * ((np.arange(len(values)) * 0.618) % 1 - 0.5)
    axes.scatter(values, row + jitter, s=14, color=colour, alpha=0.6, linewidths=0)
    box = {"facecolor": "none", "edgecolor": colour, "linewidth": 1.2}
    axes.boxplot(
        [values], positions=[row], orientation="horizontal", widths=0.22, showfliers=False, whis=(10, 90), patch_artist=True,
        manage_ticks=False, boxprops=box, medianprops={"color": colour, "linewidth": 2}, capprops={"color": colour},
        whiskerprops={"color": colour},
    )  # fmt: skip
    found = mean_interval([float(x) for x in values])
    reach = [[found.mean - found.low], [found.high - found.mean]] if found.has_interval else None
    axes.errorbar(found.mean, row - 0.24, xerr=reach, fmt="D", color="black", markersize=5, capsize=3, linewidth=1.2)


def capacity(picture: Picture) -> Figure:
    """Where the focal firm's product capacity went, month by month, as shares of all there was."""
    figure, panels = _panels(len(picture.arms))
    note = f"shares of the capacity of all firms in business in a month; {label_of_runs(picture)}{pale(picture)}"
    head(figure, f"Where the product capacity of {picture.focal} went")
    handles: list[Any] = []
    for axes, arm in zip(panels, picture.arms, strict=True):
        shares = work_shares(picture, arm)
        names = list(shares)
        handles = axes.stackplot(
            np.arange(picture.months), *shares.values(), colors=[WORK_COLOURS[name] for name in names], edgecolor="white",
            linewidth=0.3, hatch=[WORK_HATCHES[name] for name in names],
        )  # fmt: skip
        end = few_from(picture, arm)
        if end < picture.months:
            axes.axvspan(end, picture.months, color="white", alpha=0.7, linewidth=0, zorder=3)
        axes.set_title(arm, fontsize="medium")
        _dress(axes, "share of capacity", None, picture.months)
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
        axes.set_ylim(0, 1)
    _foot(figure, note, handles, list(WORK_WORDS.values()), handle=1.5)
    return figure


def firms(picture: Picture) -> Figure:
    """Draw customers of every firm plan over time, one panel per arm."""
    figure, panels = _panels(len(picture.arms))
    shown = list(picture.plans)[:SHOWN_FIRMS]
    note = f"{meaning(picture)}; a closed firm counts as 0 customers"
    head(figure, "Customers of each firm")
    for axes, arm in zip(panels, picture.arms, strict=True):
        for number, plan in enumerate(shown):
            line = bands(over_time(picture, arm, plan, "customers", 0.0))
            _line(axes, line, number, plan, picture.months)
        axes.set_title(arm, fontsize="medium")
        _dress(axes, "customers", _big_numbers, picture.months)
    _foot(figure, note, *panels[0].get_legend_handles_labels())
    return figure
