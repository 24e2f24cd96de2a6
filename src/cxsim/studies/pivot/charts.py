"""What a pivot study found, as charts: the moments, the futures, the signals, and the map."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxsim.charts.content import Axis, Chart, Dot, DotPlot, HeatMap, Mark, Panel, Series
from cxsim.charts.style import PALE_GREY
from cxsim.narrative.formatting import Style, count, dollars
from cxsim.studies.pivot.context import ReportContext

SHOWN_RULES = 12
SHOWN_TICKS = 8
REGIONS = {"never": PALE_GREY, "at once": "#E69F00", "dies anyway": "#333333", "no difference": "#EEEEEE"}
LABELS = {"month": "month of the pivot", "customers": "customers at the pivot", "cash": "cash at the pivot (dollars)"}
PANELS = {
    "value": Axis("mean value (dollars)", "cents"),
    "value_less_best": Axis("less the best moment, same seeds (dollars)", "cents"),
    "survived": Axis("in business at the end", "share"),
}


def charts(found: ReportContext, keys: Sequence[str] = (), cells: pd.DataFrame | None = None) -> list[Chart]:
    """Draw what was found; ``cells`` is the table of the map over the parameters ``keys``, if there is one."""
    made = [_moments(found), _futures(found)]
    if "signals" in found.tables:
        made.append(_signals(found))
    if cells is not None:
        made.append(_lead(found, keys[0], cells) if len(keys) == 1 else _map(found, keys, cells))
    return made


def level_style(found: ReportContext) -> Style:
    """How levels at which the firm may pivot are written."""
    return dollars if found.by == "cash" else count


def _moments(found: ReportContext) -> Chart:
    """Value, its difference from the best, and survival, by the moment of the pivot, against never."""
    table = found.tables["moments"]
    note = "line and band: mean with 95 % interval; dots: in the window; upright: best moment with its interval"
    panels = [_by_moment(found, table, name, axis) for name, axis in PANELS.items()]
    note = f"{note}; across: never pivoting; {int(table['n'].iloc[0])} seeds, the same for every moment"
    return Chart("moments", f"When {found.firm} should pivot", note, panels, across=1)


def _by_moment(found: ReportContext, table: pd.DataFrame, name: str, axis: Axis) -> Panel:
    """Draw a figure against months; levels of customers or cash grow by factors, so that each has as much room."""
    last, levels = len(table) - 1, table["level"].to_numpy(float)[:-1]
    places = levels if found.by == "month" else np.arange(last, dtype=float)
    middle, low, high = (table[f"{name}{part}"].to_numpy(float) for part in ("", "_low", "_high"))
    kept = table["in_window"].to_numpy(bool)
    shown = kept[:last]
    series = [
        Series("pivot at this moment", places.tolist(), middle[:last].tolist(), low[:last].tolist(), high[:last].tolist()),
        Series("in the window", places[shown].tolist(), middle[:last][shown].tolist(), kind="points", number=0),
    ]
    best = [float(np.interp(bound, levels, places)) if len(levels) else math.nan for bound in found.moment[:3]]
    marks = [Mark("never, in the window" if kept[last] else "never", middle[last], low[last], high[last], "y")]
    marks += [] if math.isnan(found.moment.low) else [Mark("best moment", best[0], best[1], best[2])]
    ticks = [(place, level_style(found)(level)) for place, level in zip(places, levels, strict=True)]
    shown_ticks = () if found.by == "month" else ticks[:: max(math.ceil(len(ticks) / SHOWN_TICKS), 1)]
    x = Axis(LABELS[found.by], "month" if found.by == "month" else "number", ticks=shown_ticks)
    return Panel("", x, axis, series, marks)


def _futures(found: ReportContext) -> Chart:
    """Customers and survival over time for the best moment, the first one and never."""
    last = len(found.labels) - 1
    names = {}
    for k in dict.fromkeys([found.best, 0, last]):
        names[found.labels[k]] = "never" if k == last else f"pivot at {found.labels[k]}{' (best)' if k == found.best else ''}"
    month, share = Axis("month", "month"), Axis("share in business", "share", within=(0, 1))
    panels = [
        Panel(
            "", month, Axis("customers", "count", from_zero=True), [_path(found, *one, "customers") for one in names.items()]
        ),
        Panel("", month, share, [_path(found, *one, "in_business") for one in names.items()]),
    ]
    note = "customers: mean, band from the 10th to the 90th percentile, closed firms count as 0; same luck in all futures"
    return Chart("futures", f"Futures of {found.firm}", note, panels, across=1)


def _path(found: ReportContext, moment: str, name: str, measure: str) -> Series:
    paths = found.tables["paths"]
    mine = paths[(paths["moment"] == moment) & (paths["measure"] == measure)]
    month, middle, low, high = (mine[column].tolist() for column in ("month", "mean", "low", "high"))
    return Series(name, month, middle, kind="steps") if measure == "in_business" else Series(name, month, middle, low, high)


def ranked_rules(found: ReportContext) -> Iterator[tuple[str, Any]]:
    """Every rule by its value, numbered, with its row in the table of signals."""
    ranked = found.tables["signals"].sort_values("value", ascending=False)
    for number, (_, row) in enumerate(ranked.iterrows(), 1):
        named = f"{row['kind']}: {row['rule']}" if row["kind"] in ("fixed month", "pair") else str(row["rule"])
        yield f"{number}. {named}", row


def _signals(found: ReportContext) -> Chart:
    """Value of following each visible signal, on seeds that it was not found on."""
    rules = list(ranked_rules(found))
    dots = [
        Dot(name, row["value"], row["value_low"], row["value_high"], 0 if row["kind"] in ("single", "pair") else 2)
        for name, row in rules[:SHOWN_RULES]
    ]
    note = f"mean value with 95 % interval over {int(rules[0][1]['n'])} seeds on which no rule was found; grey: no signal"
    panel = DotPlot("", Axis("value at the start (dollars)", "cents"), dots)
    return Chart("signals", f"What would have told {found.firm} to pivot", note, [panel])


def region(row: Any, figure: Style) -> str:
    """Name the best moment, or the region; with a question mark while never may be as good."""
    named = row["region"] == "moment" and math.isfinite(row["moment"])
    return (figure(round(row["moment"])) if named else str(row["region"])) + ("" if row["sure"] else " ?")


def _lead(found: ReportContext, key: str, cells: pd.DataFrame) -> Chart:
    """Draw the lead of the best pivot over never along one parameter."""
    middle, low, high = (cells[f"lead_over_never{end}"].tolist() for end in ("", "_low", "_high"))
    texts = [region(row, level_style(found)) for _, row in cells.iterrows()]
    series = Series("the best pivot less never", cells[key].tolist(), middle, low, high, texts=texts)
    note = f"best pivot less never on the same seeds, mean with 95 % interval; {int(cells['n'].min())} seeds a point; "
    note += f"above the line: best {LABELS[found.by]}; ?: never may be as good"
    panel = Panel("", Axis(key), Axis("lead over never (dollars)", "cents", from_zero=True), [series])
    return Chart("map", f"Whether it pays {found.firm} to pivot, over {key}", note, [panel])


def _map(found: ReportContext, keys: Sequence[str], cells: pd.DataFrame) -> Chart:
    """Draw the best moment over two parameters."""
    across, up = (sorted(set(cells[key].tolist())) for key in keys)
    at = {(row[keys[0]], row[keys[1]]): row for _, row in cells.iterrows()}
    grid = [[at[x, y] for x in across] for y in reversed(up)]
    best = cells["moment"].where((cells["region"] == "moment") & np.isfinite(cells["moment"]))
    most = float(np.nanmax([1.0, *best])) if best.notna().any() else 1.0
    panel = HeatMap(
        title="",
        x_label=keys[0],
        y_label=keys[1],
        columns=[f"{x:.4g}" for x in across],
        rows=[f"{y:.4g}" for y in reversed(up)],
        values=[
            [math.nan if row is None or row["region"] != "moment" else float(row["moment"]) for row in line] for line in grid
        ],
        texts=[["" if row is None else region(row, level_style(found)) for row in line] for line in grid],
        scale=(-most, 0.0, most),
        label=f"best {LABELS[found.by]}",
        unit="cents" if found.by == "cash" else "count",
        kind=[["" if row["region"] == "moment" else str(row["region"]) for row in line] for line in grid],
        kinds={name: fill for name, fill in REGIONS.items() if (cells["region"] == name).any()},
    )
    note = f"colour: best {LABELS[found.by]}; ?: never may be as good; {int(cells['n'].min())} seeds a cell"
    return Chart("map", f"When {found.firm} should pivot", note, [panel])
