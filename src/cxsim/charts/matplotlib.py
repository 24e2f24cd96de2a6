"""Charts as figures of matplotlib, for files. Nothing is shown or saved here."""

import io
import math
from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import Any, Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from cxsim.charts.content import Axis, Chart, Dot, DotPlot, HeatMap, Mark, Panel, Series, Strip, Unit
from cxsim.charts.scales import along, box, jitter, numbered, scaled, stacked, thinned, uncrowded
from cxsim.charts.style import BAND, DARK, DARK_GREY, FAINT, HEAT, NOTHING, PALE_GREY, WEIGHTS, colour, is_dark
from cxsim.charts.units import all_drawn, bounds, drawn, shown, tick

LINES = ("-", "--", "-.", ":", (0, (7, 2, 1, 2, 1, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
SHAPES = ("o", "s", "D")  # of weights
HATCHES = ("", "///", "...", "")  # of areas
SMALL_PRINT = "#444444"
MARKED = 8  # markers on a line


def png(chart: Chart) -> bytes:
    """Draw a chart as an image, the same bytes for the same chart."""
    image = io.BytesIO()
    with rc_context({"text.parse_math": False}):
        figure(chart).savefig(image, format="png", metadata={"Software": None})
    return image.getvalue()


def figure(chart: Chart) -> Figure:
    """Draw a chart."""
    with rc_context({"text.parse_math": False}):  # texts of a scenario are texts
        chart = uncrowded(chart)
        drawn_on, every = _laid_out(chart)
        for place, (axes, panel) in enumerate(zip(every, chart.panels, strict=True)):
            DRAWERS[type(panel)](panel, chart, axes, place)
            if panel.title and len(chart.panels) > 1:
                axes.set_title(_wrapped(panel.title, 34 if chart.across > 1 else 90), fontsize="medium")
        drawn_on.suptitle(_wrapped(chart.title, int(drawn_on.get_figwidth() * 9)), fontsize="large", fontweight="bold")
        _foot(drawn_on, every, chart)
        return drawn_on


def _laid_out(chart: Chart) -> tuple[Figure, list[Axes]]:
    """Return an empty figure with a pair of axes for each panel."""
    number, across = len(chart.panels), min(len(chart.panels), chart.across)
    down = math.ceil(number / across)
    width, heights = _sizes(chart, across)
    height = 1.5 + sum(heights[:: across if across > 1 else 1]) + 0.012 * len(chart.note) / width
    made = Figure(figsize=(width, height), dpi=120, layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1))
    names = chart.alike and isinstance(chart.panels[0], DotPlot)
    upright = chart.alike or (across == 1 and isinstance(chart.panels[0], Panel))
    grid = made.subplots(
        down, across, sharex=upright and not names, sharey=chart.alike, squeeze=False,
        height_ratios=heights if across == 1 else None,
    )  # fmt: skip
    every = [axes for row in grid for axes in row]
    for axes in every[number:]:
        axes.remove()
    return made, every[:number]


def _sizes(chart: Chart, across: int) -> tuple[float, list[float]]:
    """Width of a figure, and height of each panel, in inches."""
    first = chart.panels[0]
    if isinstance(first, HeatMap):
        return 3.2 + 0.66 * len(first.columns), [1.4 + 0.36 * len(first.rows)]
    if isinstance(first, Strip):
        return 7.2, [0.62 * len(first.rows)]
    if isinstance(first, DotPlot):
        dots = [panel for panel in chart.panels if isinstance(panel, DotPlot)]
        heights = [(0.46 if len(one.groups) == 1 else 0.42) * len(one.names) + 0.6 for one in dots]
        return max(3.1 * across + 1.6, 8.6 if across == 1 else 6.4), heights
    if len(chart.panels) == 1:
        square = {one.kind for one in first.series} == {"points"}
        return 7.2, [3.8 if square else 3.0]
    width = 7.6 if across == 1 else max((2.9 if chart.alike else 4.1) * across, 5.8)
    return width, [2.4 if chart.alike or across == 1 else 3.1] * len(chart.panels)


def _foot(made: Figure, every: Sequence[Axes], chart: Chart) -> None:
    """Name what is drawn, each once, and tell, smaller, what it is; below everything, where it hides nothing."""
    named: dict[str, Any] = {}
    for axes in every if not chart.ghosts else ():
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            named.setdefault(label, handle)
    note = _wrapped(chart.note, int(made.get_figwidth() * 14))
    if len(named) < 2:
        made.supxlabel(note, fontsize="small", color=SMALL_PRINT)
        return
    across = int(made.get_figwidth() * 9.5 / (max(map(len, named)) + 6.5))
    legend = made.legend(
        named.values(), named.keys(), loc="outside lower center", ncols=max(1, min(len(named), across)), frameon=False,
        handlelength=3, title=note, title_fontsize="small",
    )  # fmt: skip
    legend.get_title().set_color(SMALL_PRINT)
    legend.get_title().set_multialignment("center")


def _wrapped(text: str, width: int) -> str:
    return "\n".join(wrap(text, width))


def _scale(axes: Axes, which: Literal["x", "y"], axis: Axis, values: Sequence[float], most: int = 6) -> None:
    """Give an axis its scale, ends, ticks and label."""
    found, side = scaled(axis, values), axes.xaxis if which == "x" else axes.yaxis
    more = {"symlog": {"linthresh": drawn(axis.even, axis.unit), "linscale": 0.6}}.get(axis.scale, {})
    getattr(axes, f"set_{which}scale")(axis.scale, **more)
    limits = getattr(axes, f"set_{which}lim")
    if found.ends:
        limits(*found.ends)
    elif axis.from_zero and len(values):  # of all panels that share the scale, of which only some may be drawn yet
        low, high = (end([0.0, *all_drawn(values, axis.unit)]) for end in (min, max))
        limits(low - 0.05 * (high - low), high + 0.05 * ((high - low) or 1.0))
    if found.ticks:
        texts = dict(found.ticks)
        side.set_major_locator(FixedLocator(list(texts)))
        side.set_major_formatter(FuncFormatter(lambda place, _: texts.get(float(place), "")))
    else:
        side.set_major_locator(MaxNLocator(most, integer=axis.unit == "count"))
        side.set_major_formatter(FuncFormatter(lambda value, _: tick(value, axis.unit)))
    if axis.scale != "linear":
        side.set_minor_locator(NullLocator())
    side.set_label_text(_wrapped(axis.label, 24 if which == "y" else most * 10 - 10))


def _plain(axes: Axes, grid: Literal["both", "x"] = "both") -> None:
    """Draw a pale grid behind everything, and no frame above and to the right."""
    axes.grid(True, axis=grid, color="#E6E6E6", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _panel(panel: Panel, chart: Chart, axes: Axes, place: int) -> None:
    every = chart.panels if chart.alike else [panel]
    for one in chart.panels if chart.ghosts else ():
        for series in one.series if isinstance(one, Panel) else ():
            axes.plot(*_xy(panel, series), color=PALE_GREY, linewidth=0.8)
    edges = stacked(panel)
    for order, (number, series) in enumerate(numbered(panel)):
        if edges:
            _area(axes, panel, series, edges[order], order)
        elif series.kind == "points":
            _points(axes, panel, series, number)
        else:
            _line(axes, panel, series, number)
    for mark in panel.marks:
        _mark(axes, panel, mark)
    _scale(axes, "x", panel.x, along(every, "x"))
    _scale(axes, "y", panel.y, along(every, "y"))
    if panel.y.within and not edges:  # room for lines at the ends
        low, high = all_drawn(panel.y.within, panel.y.unit)
        axes.set_ylim(low - 0.02 * (high - low), high + 0.05 * (high - low))
    if chart.alike and place % min(chart.across, len(chart.panels)):
        axes.set_ylabel("")
    told_below = place + chart.across < len(chart.panels) and (chart.alike or chart.across == 1)
    if told_below:
        axes.set_xlabel("")
    axes.xaxis.set_tick_params(labelbottom=not told_below)
    _plain(axes)


def _xy(panel: Panel, series: Series) -> tuple[list[float], list[float]]:
    return all_drawn(series.x, panel.x.unit), all_drawn(series.y, panel.y.unit)


def _line(axes: Axes, panel: Panel, series: Series, number: int) -> None:
    """Draw a line with its band; what rests on little is pale."""
    shade = series.colour or colour(number)
    look: dict[str, Any] = {"color": shade, "linestyle": LINES[number % len(LINES)]}
    if series.kind == "steps":
        look["drawstyle"] = "steps-post"
    x, y = (np.array(values) for values in _xy(panel, series))
    low, high = (np.array(values) for values in bounds(series.low, series.high, panel.y.unit, len(x)))
    end = int(np.searchsorted(np.array(series.x, float), series.pale_from)) if math.isfinite(series.pale_from) else len(x)
    step, bands = max(len(x) // MARKED, 1), dict[str, Any](step="post") if series.kind == "steps" else {}
    for part, strength in ((slice(0, end + 1), 1.0), (slice(end, None), FAINT)):
        if not len(x[part]):
            continue
        whole = strength == 1.0
        if np.isfinite(low[part]).any():
            axes.fill_between(x[part], low[part], high[part], color=shade, alpha=BAND * strength, linewidth=0, **bands)
        first = min(number * step // 4, len(x[part]) - 1)
        marks: dict[str, Any] = {"marker": MARKERS[number % len(MARKERS)], "markersize": 4.5, "markevery": (first, step)}
        named = {"label": series.name, "linewidth": 1.8, **marks} if whole else {"alpha": FAINT, "linewidth": 1.2}
        axes.plot(x[part], y[part], **named, **look)
    _texts(axes, series, *_xy(panel, series))


def _texts(axes: Axes, series: Series, x: Sequence[float], y: Sequence[float]) -> None:
    axes.margins(x=0.1 if series.texts else None)
    for text, *at in zip(series.texts, x, y, strict=False):
        axes.annotate(text, (at[0], at[1]), (0, 6), textcoords="offset points", fontsize="x-small", ha="center")


def _area(axes: Axes, panel: Panel, series: Series, edges: tuple[list[float], list[float]], order: int) -> None:
    x = all_drawn(series.x, panel.x.unit)
    hatch = HATCHES[order % len(HATCHES)]
    shade = series.colour or colour(order)
    axes.fill_between(x, *edges, facecolor=shade, edgecolor="white", linewidth=0.3, hatch=hatch, label=series.name)
    if order == 0 and math.isfinite(series.pale_from):
        axes.axvspan(series.pale_from, max(x), color="white", alpha=1 - FAINT, linewidth=0, zorder=3)


def _points(axes: Axes, panel: Panel, series: Series, number: int) -> None:
    """Draw points with their intervals."""
    x, y = _xy(panel, series)
    shade = series.colour or colour(number)
    reach: dict[str, Any] = {}
    if len(series.low):
        reach["yerr"] = _reach(y, *bounds(series.low, series.high, panel.y.unit, len(y)))
    if len(series.x_low):
        reach["xerr"] = _reach(x, *bounds(series.x_low, series.x_high, panel.x.unit, len(x)))
    axes.errorbar(
        x, y, **reach, linestyle="", marker=MARKERS[number % len(MARKERS)], markersize=6, color=shade, capsize=3, elinewidth=1,
        label=series.name, zorder=4 if not series.colour else 2,
    )  # fmt: skip
    _texts(axes, series, x, y)


def _reach(middle: Sequence[float], low: Sequence[float], high: Sequence[float]) -> Any:
    """Lengths of intervals below and above their means; none where the interval is not known."""
    lengths = np.array([np.subtract(middle, low), np.subtract(high, middle)])
    return np.nan_to_num(np.maximum(lengths, 0.0))


def _mark(axes: Axes, panel: Panel, mark: Mark) -> None:
    """Draw a straight line with the span of its interval."""
    value, low, high = all_drawn(mark[1:4], panel.unit_of(mark))
    line, span = (axes.axvline, axes.axvspan) if mark.axis == "x" else (axes.axhline, axes.axhspan)
    style = ("--", ":", "-.")[panel.marks.index(mark) % 3]
    if math.isfinite(low) and math.isfinite(high):
        span(low, high, color=DARK_GREY, alpha=BAND, linewidth=0)
    if math.isfinite(value):
        line(value, color=DARK_GREY, linestyle=style, linewidth=1.2, label=mark.name)


def _dot_plot(panel: DotPlot, chart: Chart, axes: Axes, place: int) -> None:
    names, groups, unit = panel.names, panel.groups, panel.axis.unit
    if panel.nothing[0] != panel.nothing[1]:
        axes.axvspan(*all_drawn(panel.nothing, unit), color=NOTHING, linewidth=0)
    axes.axvline(panel.still, color=DARK_GREY, linewidth=1)
    for dot in panel.dots:
        _dot(axes, dot, names.index(dot.name), groups, unit)
    axes.margins(x=0.12)
    _scale(axes, "x", panel.axis, along([panel], "x"), most=7 if len(chart.panels) == 1 or chart.across == 1 else 4)
    axes.set_yticks(range(len(names)), [_wrapped(name, 44) for name in names], fontsize="small" if len(names) > 6 else None)
    axes.set_ylim(len(names) - 0.5, -0.7)
    _plain(axes, "x")


def _dot(axes: Axes, dot: Dot, line: int, groups: Sequence[str], unit: Unit) -> None:
    (value, low, high), noise = all_drawn(dot[1:4], unit), drawn(dot.noise, unit)
    several = len(groups) > 1
    look = groups.index(dot.group) if several else dot.weight
    at = line + 0.28 * (groups.index(dot.group) - (len(groups) - 1) / 2)
    if noise is not None:
        named: dict[str, Any] = {"label": "luck alone"}
        axes.plot([noise], [at], "|", color=PALE_GREY, markersize=13, markeredgewidth=3, **named)
    if math.isnan(value):
        return
    named = {"label": dot.group} if several else {}
    axes.errorbar(
        [value], [at], xerr=_reach([value], [low], [high]) if math.isfinite(low) else None, fmt=SHAPES[look % len(SHAPES)],
        color=WEIGHTS[look % len(WEIGHTS)], markersize=5 if several else 7, capsize=3 if several else 4, linewidth=1.8, **named,
    )  # fmt: skip
    if not several:
        text = dot.text or shown(dot.value, unit)
        clear = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.75}
        axes.annotate(text, (value, at), (0, 8), textcoords="offset points", ha="center", fontsize="small", bbox=clear)


def _strip(panel: Strip, chart: Chart, axes: Axes, place: int) -> None:
    unit = panel.axis.unit
    for row, values in enumerate(panel.rows.values()):
        if len(values):
            _runs(axes, row, values, unit)
    for dot in panel.means:
        row = list(panel.rows).index(dot.name)
        value, low, high = all_drawn(dot[1:4], unit)
        reach = _reach([value], [low], [high]) if math.isfinite(low) else None
        axes.errorbar([value], [row - 0.24], xerr=reach, fmt="D", color="black", markersize=5, capsize=3, linewidth=1.2)
    axes.axvline(0, color="#888888", linewidth=0.8)
    axes.set_yticks(range(len(panel.rows)), list(panel.rows))
    axes.set_ylim(len(panel.rows) - 0.4, -0.6)
    _scale(axes, "x", panel.axis, along([panel], "x"), most=7)
    _plain(axes)


def _runs(axes: Axes, row: int, values: Sequence[float], unit: Unit) -> None:
    """Draw a row of runs, and a box of their middle half with the median."""
    shade = colour(row)
    shown_values = all_drawn(thinned(values), unit)
    places = [row + 0.24 * jitter(place) + 0.12 for place in range(len(shown_values))]
    axes.scatter(shown_values, places, s=14, color=shade, alpha=0.6, linewidths=0)
    low, middle, high = all_drawn(box(values), unit)
    axes.add_patch(Rectangle((low, row - 0.11), high - low, 0.22, facecolor="none", edgecolor=shade, linewidth=1.2))
    axes.plot([middle, middle], [row - 0.11, row + 0.11], color=shade, linewidth=2)


def _heat_map(panel: HeatMap, chart: Chart, axes: Axes, place: int) -> None:
    low, middle, high = all_drawn(panel.scale, panel.unit)
    values = np.array([all_drawn(row, panel.unit) for row in panel.values])
    kinds = np.array(panel.kind or [[""] * len(panel.columns)] * len(panel.rows), dtype=object)
    shades = np.ma.masked_where((kinds != "") | np.isnan(values), np.clip(values, low, high))
    norm = TwoSlopeNorm(middle, low, high)
    colours = LinearSegmentedColormap.from_list("cxsim", list(HEAT))
    image = axes.imshow(shades, cmap=colours, norm=norm, aspect="auto")
    for i, j in np.ndindex(kinds.shape):
        fill = panel.kinds.get(str(kinds[i, j]), "")
        if fill:
            axes.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=fill, edgecolor="white", linewidth=0.6))
        far = not np.ma.is_masked(shades[i, j]) and abs(shades[i, j] - middle) > DARK * min(high - middle, middle - low)
        ink = "white" if far or (fill and is_dark(fill)) else "black"
        text = _wrapped(panel.texts[i][j], 10)
        axes.text(j, i, text, ha="center", va="center", fontsize="x-small" if "\n" in text else "small", color=ink)
    axes.set_xticks(range(len(panel.columns)), list(panel.columns), rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(panel.rows)), list(panel.rows))
    axes.set_xlabel(panel.x_label)
    axes.set_ylabel(panel.y_label)
    if not shades.mask.all():
        two_sided = bool((shades < middle).any())
        bar = axes.figure.colorbar(image, ax=axes, label=panel.label, shrink=0.9, extend="both" if two_sided else "neither")
        bar.ax.set_ylim(low if two_sided else middle, high)
        bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(value, panel.unit)))


DRAWERS: dict[type, Callable[[Any, Chart, Axes, int], None]] = {
    Panel: _panel,
    DotPlot: _dot_plot,
    Strip: _strip,
    HeatMap: _heat_map,
}
