"""What a pivot study found, as charts: the moments, the futures, the signals, and the map."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from cxsim.charts.content import Axis, Chart, Dot, DotPlot, HeatMap, Mark, Panel, Series
from cxsim.charts.style import PALE_GREY
from cxsim.studies.pivot.phase_map import PhaseMap
from cxsim.studies.pivot.sample import Sample
from cxsim.studies.pivot.signals import SignalRow

SHOWN_RULES = 12
SHOWN_TICKS = 8
REGIONS = {"never": PALE_GREY, "at once": "#E69F00", "dies anyway": "#333333", "no difference": "#EEEEEE"}
LABELS = {"month": "month of the pivot", "customers": "customers at the pivot", "cash": "cash at the pivot (dollars)"}
PANELS = {
    "value": Axis("mean value (dollars)", "cents"),
    "value_less_best": Axis("less the best moment, same seeds (dollars)", "cents"),
    "survived": Axis("in business at the end", "share"),
}


def charts(found: Sample, signals: Sequence[SignalRow] = (), over: PhaseMap | None = None) -> list[Chart]:
    """Draw what was found, with the signals and the map over parameters, if there are any."""
    made = [_moments(found), _futures(found)]
    if signals:
        made.append(_signals(found, signals))
    if over is not None:
        made.append(_lead(found, over) if len(over.keys) == 1 else _map(found, over))
    return made


def _moments(found: Sample) -> Chart:
    """Value, its difference from the best, and survival, by the moment of the pivot, against never."""
    note = "line and band: mean with 95 % interval; dots: in the window; upright: best moment with its interval"
    note = f"{note}; across: never pivoting; {found.runs} seeds, the same for every moment"
    panels = [_by_moment(found, name, axis) for name, axis in PANELS.items()]
    return Chart("moments", f"When {found.firm} should pivot", note, panels, across=1)


def _by_moment(found: Sample, name: str, axis: Axis) -> Panel:
    """Draw a figure against months; levels of customers or cash grow by factors, so that each has as much room."""
    places = [float(level) for level in (found.levels if found.by == "month" else range(found.never))]
    *pivots, never = (getattr(row, name) for row in found.rows)
    kept = [k for k in range(found.never) if found.rows[k].in_window]
    series = [
        Series.of("pivot at this moment", places, pivots),
        Series("in the window", [places[k] for k in kept], [pivots[k].mean for k in kept], kind="points", number=0),
    ]
    marks = [Mark.of("never, in the window" if found.rows[-1].in_window else "never", never, "y")]
    if found.moment.has_interval and places:
        best, low, high = np.interp(found.moment[:3], found.levels, places).tolist()
        marks.append(Mark("best moment", best, low, high))
    ticks = [(place, found.moments.figure(level)) for place, level in zip(places, found.levels, strict=True)]
    shown_ticks = () if found.by == "month" else ticks[:: max(math.ceil(len(ticks) / SHOWN_TICKS), 1)]
    x = Axis(LABELS[found.by], "month" if found.by == "month" else "number", ticks=shown_ticks)
    return Panel("", x, axis, series, marks)


def _futures(found: Sample) -> Chart:
    """Customers and survival over time for the best moment, the first one and never."""
    names = {k: f"pivot at {found.labels[k]}" for k in dict.fromkeys([found.best, 0, found.never])}
    names[found.best] += " (best)"
    names[found.never] = "never"
    month, share = Axis("month", "month"), Axis("share in business", "share", within=(0, 1))
    axes = {"customers": Axis("customers", "count", from_zero=True), "in_business": share}
    panels = [Panel("", month, axis, [_path(found, *one, measure) for one in names.items()]) for measure, axis in axes.items()]
    note = "customers: mean, band from the 10th to the 90th percentile, closed firms count as 0; same luck in all futures"
    return Chart("futures", f"Futures of {found.firm}", note, panels, across=1)


def _path(found: Sample, k: int, name: str, measure: str) -> Series:
    month, (middle, _, low, high) = list(range(found.months)), found.path(k, measure).tolist()
    return Series(name, month, middle, kind="steps") if measure == "in_business" else Series(name, month, middle, low, high)


def ranked(signals: Sequence[SignalRow]) -> Iterator[tuple[str, SignalRow]]:
    """Every rule by its value, named with its number."""
    backwards = signals[::-1]  # numpy settles ties, in an order of its own
    for number, place in enumerate(np.argsort([row.value.mean for row in backwards])[::-1], 1):
        row = backwards[place]
        named = f"{row.kind}: {row.rule}" if row.kind in ("fixed month", "pair") else row.rule
        yield f"{number}. {named}", row


def _signals(found: Sample, signals: Sequence[SignalRow]) -> Chart:
    """Value of following each visible signal, on seeds that it was not found on."""
    dots = [Dot.of(name, row.value, 0 if row.kind in ("single", "pair") else 2) for name, row in ranked(signals)]
    note = f"mean value with 95 % interval over {signals[0].n} seeds on which no rule was found; grey: no signal"
    panel = DotPlot("", Axis("value at the start (dollars)", "cents"), dots[:SHOWN_RULES])
    return Chart("signals", f"What would have told {found.firm} to pivot", note, [panel])


def _lead(found: Sample, over: PhaseMap) -> Chart:
    """Draw the lead of the best pivot over never along one parameter."""
    (key,), cells = over.keys, over.cells
    texts = [cell.word(found.moments.figure) for cell in cells]
    along = [point[0] for point in over.points]
    series = Series.of("the best pivot less never", along, [cell.lead_over_never for cell in cells])._replace(texts=texts)
    note = f"best pivot less never on the same seeds, mean with 95 % interval; {min(cell.n for cell in cells)} seeds a point; "
    note += f"above the line: best {LABELS[found.by]}; ?: never may be as good"
    panel = Panel("", Axis(key), Axis("lead over never (dollars)", "cents", from_zero=True), [series])
    return Chart("map", f"Whether it pays {found.firm} to pivot, over {key}", note, [panel])


def _map(found: Sample, over: PhaseMap) -> Chart:
    """Draw the best moment over two parameters."""
    cells = dict(zip(over.points, over.cells, strict=True))
    across, up = (sorted(set(values)) for values in zip(*cells, strict=True))
    grid = [[cells.get((x, y)) for x in across] for y in reversed(up)]
    moments = [cell.moment.mean for cell in cells.values() if cell.region == "moment" and math.isfinite(cell.moment.mean)]
    most = max([1.0, *moments])
    panel = HeatMap(
        title="",
        x_label=over.keys[0],
        y_label=over.keys[1],
        columns=[f"{x:.4g}" for x in across],
        rows=[f"{y:.4g}" for y in reversed(up)],
        values=[[cell.moment.mean if cell and cell.region == "moment" else math.nan for cell in line] for line in grid],
        texts=[[cell.word(found.moments.figure) if cell else "" for cell in line] for line in grid],
        scale=(-most, 0.0, most),
        label=f"best {LABELS[found.by]}",
        unit="cents" if found.by == "cash" else "count",
        kind=[["" if cell is None or cell.region == "moment" else cell.region for cell in line] for line in grid],
        kinds={name: fill for name, fill in REGIONS.items() if any(cell.region == name for cell in cells.values())},
    )
    note = f"colour: best {LABELS[found.by]}; ?: never may be as good; {min(cell.n for cell in cells.values())} seeds a cell"
    return Chart("map", f"When {found.firm} should pivot", note, [panel])
