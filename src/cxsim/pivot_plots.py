"""Figures of a pivot study: tables in, Figure out. Nothing is shown or saved here."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from cxsim.charts.palette import COLOURS
from cxsim.narrative.formatting import count, dollars
from cxsim.plots import head, plain, remark, sheet, wrapped
from cxsim.studies.pivot.report import Findings

BLUE, ORANGE, GREEN, GREY = COLOURS[0], COLOURS[1], COLOURS[2], "#888888"
REGIONS = {"never": "#BBBBBB", "at once": "#E69F00", "dies anyway": "#333333", "no difference": "#FFFFFF"}
SHOWN_RULES = 12
AXES = {"month": "month of the pivot", "customers": "customers at the pivot", "cash": "cash at the pivot (dollars)"}


def figures(found: Findings) -> dict[str, Figure]:
    """Every figure of a study, by file name."""
    made = {"moments": moments(found), "futures": futures(found)}
    return made | ({"signals": signals(found)} if "signals" in found.tables else {})


def _figure(width: float, height: float, title: str, note: str) -> Figure:
    figure = sheet(width, height)
    head(figure, title)
    remark(figure, note)
    return figure


def moments(found: Findings) -> Figure:
    """Value, its difference from the best, and survival, by the moment of the pivot; never on the right."""
    note = "line and band: mean with 95 % interval; filled: in the window; shaded: interval of the best moment"
    figure = _figure(7.6, 8.6, f"When {found.firm} should pivot", f"{note}; {int(found.tables['moments']['n'].iloc[0])} seeds")
    panels = figure.subplots(3, 1, sharex=True)
    for axes, name, label in zip(
        panels,
        ("value", "value_less_best", "survived"),
        ("mean value (dollars)", "less the best moment,\nsame seeds (dollars)", "in business at the end"),
        strict=True,
    ):
        _by_moment(axes, found, name)
        axes.set_ylabel(label)
        share = name == "survived"
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %") if share else FuncFormatter(_money))
    panels[0].legend(frameon=False, loc="best", fontsize="small")
    panels[-1].set_xlabel(AXES[found.by])
    return figure


def _by_moment(axes: Axes, found: Findings, name: str) -> None:
    table = found.tables["moments"]
    place, last = np.arange(len(table)), len(table) - 1
    middle, low, high = (table[f"{name}{part}"].to_numpy(float) for part in ("", "_low", "_high"))
    axes.fill_between(place[:last], low[:last], high[:last], color=BLUE, alpha=0.18, linewidth=0)
    axes.plot(place[:last], middle[:last], color=BLUE, linewidth=1.6, label="pivot at this moment")
    kept = table["in_window"].to_numpy(bool)
    axes.plot(place[kept & (place < last)], middle[kept & (place < last)], "o", color=BLUE, markersize=4.5)
    there = last + max(1.0, 0.03 * last)
    reach = [[middle[last] - low[last]], [high[last] - middle[last]]] if not math.isnan(low[last]) else None
    face = ORANGE if kept[last] else "white"
    axes.errorbar([there], [middle[last]], yerr=reach, fmt="s", color=ORANGE, markerfacecolor=face, capsize=3, label="never")
    axes.axhline(middle[last], color=ORANGE, linewidth=0.9, linestyle="--")
    _shade(axes, found, last)
    _name_moments(axes, table, last, there)


def _shade(axes: Axes, found: Findings, last: int) -> None:
    """Shade the interval of the best moment."""
    levels = found.tables["moments"]["level"].to_numpy(float)[:last]
    low, high = found.moment.low, found.moment.high
    if math.isnan(low) or last < 2:
        return
    left, right = (float(np.interp(min(bound, levels[-1]), levels, np.arange(last))) for bound in (low, high))
    axes.axvspan(left - 0.15, right + 0.15 if math.isfinite(high) else last, color=GREEN, alpha=0.18, linewidth=0)


def _name_moments(axes: Axes, table: pd.DataFrame, last: int, there: float) -> None:
    step = max(math.ceil(last / 9), 1)
    shown = list(range(0, last, step))
    texts = [_level(table["level"].iloc[k], str(table["moment"].iloc[k])) for k in shown]
    axes.set_xticks([*shown, there], [*texts, "never"], fontsize="small")
    plain(axes)


def _level(level: float, label: str) -> str:
    return dollars(level) if "bank" in label else count(level)


def _money(cents: float, _: Any = None) -> str:
    return dollars(cents)


def futures(found: Findings) -> Figure:
    """Customers and survival over time for the best moment, the first one and never."""
    note = "customers: mean, band from the 10th to the 90th percentile, closed firms count as 0; same luck in all futures"
    figure = _figure(7.6, 6.6, f"Futures of {found.firm}", note)
    above, below = figure.subplots(2, 1, sharex=True)
    last = len(found.labels) - 1
    chosen = list(dict.fromkeys([found.best, 0, last]))
    for colour, k in zip((BLUE, GREEN, ORANGE), chosen, strict=False):
        label = found.labels[k] if k == last else f"pivot at {found.labels[k]}" + (" (best)" if k == found.best else "")
        paths = found.tables["paths"]
        mine = paths[paths["moment"] == found.labels[k]]
        customers, lives = (mine[mine["measure"] == name] for name in ("customers", "in_business"))
        above.fill_between(customers["month"], customers["low"], customers["high"], color=colour, alpha=0.15, linewidth=0)
        above.plot(customers["month"], customers["mean"], color=colour, linewidth=1.6, label=label)
        below.plot(lives["month"], lives["mean"], color=colour, linewidth=1.6, drawstyle="steps-post")
    above.set_ylabel("customers")
    above.yaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    below.set_ylabel("share in business")
    below.set_ylim(-0.02, 1.05)
    below.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    below.set_xlabel("month")
    below.set_xlim(0, found.months)
    above.legend(frameon=False, loc="upper left", fontsize="small")
    for axes in (above, below):
        axes.grid(True, color="#E6E6E6", linewidth=0.6)
    return figure


def signals(found: Findings) -> Figure:
    """Value of following each visible signal, on seeds that it was not found on."""
    table = found.tables["signals"].sort_values("value", ascending=False).head(SHOWN_RULES)
    note = f"mean value with 95 % interval over {int(table['n'].iloc[0])} seeds on which no rule was found"
    figure = _figure(8.6, 1.7 + 0.5 * len(table), f"What would have told {found.firm} to pivot", note)
    axes = figure.subplots()
    place = np.arange(len(table))
    middle, low, high = (table[f"value{part}"].to_numpy(float) for part in ("", "_low", "_high"))
    kinds = {"fixed month": ORANGE, "when viable": ORANGE, "hindsight": GREY, "pair": GREEN}
    colours = [kinds.get(kind, BLUE) for kind in table["kind"]]
    axes.barh(place, middle, color=[to_rgba(colour, 0.5) for colour in colours], height=0.6)
    axes.errorbar(middle, place, xerr=[middle - low, high - middle], fmt="none", ecolor="black", capsize=3, linewidth=1)
    rules = zip(table["kind"], table["rule"], strict=True)
    names = [f"{kind}: {rule}" if kind in ("pair", "fixed month") else rule for kind, rule in rules]
    axes.set_yticks(place, [wrapped(name, 44) for name in names], fontsize="small")
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(FuncFormatter(_money))
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.set_xlabel("value (dollars)")
    axes.grid(True, axis="x", color="#E6E6E6", linewidth=0.6)
    axes.set_axisbelow(True)
    return figure


def phase_map(cells: pd.DataFrame, keys: Sequence[str], firm: str, by: str) -> Figure:
    """Draw the map: the lead of the best pivot over never along one parameter, the best moment over two."""
    return _line_map(cells, keys[0], firm) if len(keys) == 1 else _area_map(cells, keys, firm, by)


def _line_map(cells: pd.DataFrame, key: str, firm: str) -> Figure:
    note = f"best pivot less never on the same seeds, mean with 95 % interval; {int(cells['n'].min())} seeds a point"
    figure = _figure(7.2, 4.6, f"Whether it pays {firm} to pivot, over {key}", note)
    axes = figure.subplots()
    at, lead = cells[key].to_numpy(float), cells["lead_over_never"].to_numpy(float)
    low, high = (cells[f"lead_over_never_{part}"].to_numpy(float) for part in ("low", "high"))
    axes.fill_between(at, low, high, color=BLUE, alpha=0.2, linewidth=0)
    axes.plot(at, lead, color=BLUE, marker="o", markersize=4)
    for x, y, text in zip(at, lead, [_region(row) for _, row in cells.iterrows()], strict=True):
        axes.annotate(text, (x, y), textcoords="offset points", xytext=(0, 6), fontsize="x-small", ha="center")
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set_xlabel(key)
    axes.set_ylabel("lead over never (dollars)")
    axes.yaxis.set_major_formatter(FuncFormatter(_money))
    axes.grid(True, color="#E6E6E6", linewidth=0.6)
    return figure


def _region(row: Any) -> str:
    return str(row["region"]) if row["region"] != "moment" else f"{row['moment']:.0f}"


def _area_map(cells: pd.DataFrame, keys: Sequence[str], firm: str, by: str) -> Figure:
    across, up = (np.unique(cells[key].to_numpy(float)) for key in keys)
    note = f"colour: best {AXES[by]}; '?': never may be as good; {int(cells['n'].min())} seeds a cell"
    figure = _figure(2.6 + 0.62 * len(across), 2.6 + 0.5 * len(up), f"When {firm} should pivot", note)
    axes = figure.subplots()
    grid = np.full((len(up), len(across)), np.nan)
    for _, row in cells.iterrows():
        x, y = int(np.searchsorted(across, row[keys[0]])), int(np.searchsorted(up, row[keys[1]]))
        if row["region"] == "moment":
            grid[y, x] = row["moment"]
        else:
            axes.add_patch(_square(x, y, REGIONS[row["region"]]))
        dark = row["region"] == "dies anyway"
        text = ("" if row["region"] != "moment" else f"{row['moment']:.0f}") + ("" if row["sure"] else "?")
        axes.text(x, y, text, ha="center", va="center", fontsize="x-small", color="white" if dark else "black")
    image = axes.imshow(grid, origin="lower", aspect="auto", cmap="Blues", vmin=0, alpha=0.8)
    axes.set_xticks(range(len(across)), [f"{x:.3g}" for x in across], fontsize="small", rotation=45)
    axes.set_yticks(range(len(up)), [f"{y:.3g}" for y in up], fontsize="small")
    axes.set_xlabel(keys[0])
    axes.set_ylabel(keys[1])
    if not np.isnan(grid).all():
        figure.colorbar(image, ax=axes, label=f"best {AXES[by]}")
    there = [region for region in REGIONS if (cells["region"] == region).any()]
    if there:
        handles = [Patch(facecolor=REGIONS[region], edgecolor="black", label=region) for region in there]
        figure.legend(handles=handles, loc="outside upper right", ncols=len(handles), frameon=False, fontsize="small")
    return figure


def _square(x: int, y: int, colour: str) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colour, edgecolor="white", linewidth=0.4)
