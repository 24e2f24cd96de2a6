"""Charts as Vega-Lite: plain data in, a drawing out. No address is read, no expression holds text of a scenario."""

import math
from collections.abc import Iterator, Sequence
from functools import singledispatch
from typing import Any

from cxsim.charts.palette import COLOURS
from cxsim.charts.vega import Drawing
from cxsim.report.axes import Spec, axis, between, drawn, months_axis, shown, upright
from cxsim.report.content import Areas, Heat, Line, Lines, Mark, Marks, Spread, Unit

MOST_BANDS = 4  # with more lines, bands hide one another: a panel each
MOST_DOTS = 200  # of a row: more would be a smear and a large page
DASHES = ([1, 0], [6, 3], [8, 3, 2, 3], [2, 2], [10, 3, 2, 3, 2, 3])
SHADES = (COLOURS[0], COLOURS[1], "#777777")
SHAPES = ("circle", "square", "diamond")
STROKES = {"symbolType": "stroke", "symbolSize": 700, "symbolOpacity": 1, "symbolStrokeWidth": 2.5, "symbolFillColor": None}
HEIGHT = 290


@singledispatch
def draw(part: object) -> Drawing:
    """Draw a part of a report."""
    raise TypeError(f"no chart: {type(part).__name__}")


@draw.register(Lines)
def _(chart: Lines) -> Drawing:
    columns = _columns(_line_rows(chart), ["series", "x", "y", "low", "high", "_text", "_k", "_pale", "_twice"])
    keys = range(len(chart.lines))
    if len(keys) > MOST_BANDS and any(len(line.low) for line in chart.lines):
        specs = [_panel(chart, key) for key in keys]
        return Drawing(specs, columns, _alt(chart), [line.name for line in chart.lines])
    return Drawing([_lines_spec(chart)], columns, _alt(chart))


def _line_rows(chart: Lines) -> Iterator[tuple[Any, ...]]:
    for key, line in enumerate(chart.lines):
        for i, x in enumerate(line.x):
            low, high = (line.low[i], line.high[i]) if len(line.low) else (math.nan, math.nan)
            figures = [drawn(value, chart.unit) for value in (line.y[i], low, high)]
            row = (line.name, drawn(x, chart.x_unit), *figures, between(line.y[i], low, high, chart.unit), f"s{key}")
            if x <= line.pale_from:
                yield (*row, 0, 0)
            if x >= line.pale_from:
                yield (*row, 1, int(x == line.pale_from))


def _columns(rows: Iterator[tuple[Any, ...]], names: list[str]) -> dict[str, list[Any]]:
    turned = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in names]
    return dict(zip(names, turned, strict=True))


def _alt(chart: Lines) -> str:
    """Tell where lines begin and end."""
    ends = [_course(line, chart.unit) for line in chart.lines]
    return f"Line chart of {chart.y_label} by {chart.x_label}. " + " ".join(end for end in ends if end)


def _course(line: Line, unit: Unit) -> str:
    known = [value for value in line.y if math.isfinite(value)]
    return f"{line.name}: from {shown(known[0], unit)} to {shown(known[-1], unit)}." if known else ""


def _lines_spec(chart: Lines) -> Spec:
    keys = [f"s{key}" for key in range(len(chart.lines))]
    names = [line.name for line in chart.lines]
    looks = {"domain": names, "range": [COLOURS[i % len(COLOURS)] for i in range(len(names))]}
    dashes = {"domain": names, "range": [DASHES[i % len(DASHES)] for i in range(len(names))]}
    legend = {"title": None, "orient": "bottom", "direction": "vertical", "labelLimit": 300} | STROKES
    colour = {"field": "series", "type": "nominal", "scale": looks, "legend": legend if len(names) > 1 else None}
    dash = colour | {"scale": dashes}
    band: Spec = {
        "mark": {"type": "area", "interpolate": _shape(chart)},
        "encoding": {**_xy(chart), "color": colour, **_pale(0.15)},
    }
    band["encoding"] |= {"y": {**_xy(chart)["y"], "field": "low"}, "y2": {"field": "high"}}
    alone = any(len(one.x) == 1 for one in chart.lines)
    line = {
        "mark": {"type": "line", "interpolate": _shape(chart), "strokeWidth": 2.2, "point": alone},
        "encoding": {**_xy(chart), "color": colour, "strokeDash": dash, **_pale(1.0)},
    }
    has_bands = any(math.isfinite(value) for one in chart.lines for value in one.low)
    return {"height": HEIGHT, "layer": [*([band] if has_bands else []), line, _hover(chart, keys, names)]}


def _shape(chart: Lines) -> str:
    return "step-after" if chart.steps else "linear"


def _xy(chart: Lines) -> Spec:
    every = chart.lines[0].x if chart.lines else ()
    x: Spec = {"field": "x", "type": "quantitative", "axis": months_axis(chart.x_label, every, chart.x_unit)}
    if chart.x_label == "month" and len(every):
        x["scale"] = {"domain": [0, max(every) + 1]}
    y: Spec = {"field": "y", "type": "quantitative", "axis": upright(chart.y_label, chart.unit), "stack": None}
    if chart.unit == "share":
        y["scale"] = {"domain": [0, 1]}
    elif not chart.from_zero:
        y["scale"] = {"zero": False}
    return {"x": x, "y": y}


def _pale(strength: float) -> Spec:
    """Draw what rests on few runs paler; a line of two strengths is two lines."""
    faint = {"test": "datum._pale == 1", "value": strength * 0.35}
    return {"opacity": {"condition": faint, "value": strength}, "detail": {"field": "_pale", "type": "nominal"}}


def _hover(chart: Lines, keys: list[str], names: list[str]) -> Spec:
    """Describe a line at the month under the pointer, which tells the figures of all lines there."""
    nearest = {"type": "point", "fields": ["x"], "nearest": True, "on": "pointerover", "clear": "pointerout"}
    told = [{"field": key, "type": "nominal", "title": name} for key, name in zip(keys, names, strict=True)]
    return {
        "transform": [{"filter": "datum._twice == 0"}, {"pivot": "_k", "value": "_text", "groupby": ["x"], "op": "max"}],
        "mark": {"type": "rule", "color": "#555555"},
        "params": [{"name": "under", "select": nearest}],
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "opacity": {"condition": {"param": "under", "empty": False, "value": 0.5}, "value": 0},
            "tooltip": [{"field": "x", "type": "quantitative", "title": chart.x_label}, *told],
        },
    }


def _panel(chart: Lines, key: int) -> Spec:
    """Draw one line with its band, and all lines thin and grey behind it."""
    colour, name = {"value": COLOURS[key % len(COLOURS)]}, chart.lines[key].name
    mine = [{"filter": f"datum._k == 's{key}'"}]
    fixed = _xy(chart)
    if chart.unit != "share":
        fixed["y"]["scale"] = {"domain": _reach(chart)}
    bounds = {"y": {**fixed["y"], "field": "low"}, "y2": {"field": "high"}}
    grey = {"detail": {"field": "_k"}, "color": {"value": "#BBBBBB"}}
    layers = [
        {"mark": {"type": "line", "strokeWidth": 0.8}, "encoding": {**fixed, **grey}},
        {"transform": mine, "mark": "area", "encoding": {**fixed, **bounds, "color": colour, **_pale(0.2)}},
        {"transform": mine, "mark": {"type": "line", "strokeWidth": 2.2}, "encoding": {**fixed, "color": colour, **_pale(1.0)}},
        _hover(chart, [f"s{key}"], [name]),
    ]
    return {"height": 190, "layer": layers}


def _reach(chart: Lines) -> list[float | None]:
    every = [value for line in chart.lines for value in (*line.y, *line.low, *line.high) if math.isfinite(value)]
    zero = [0.0] if chart.from_zero or not every else []
    return [drawn(end([*every, *zero]), chart.unit) for end in (min, max)]


@draw.register(Areas)
def _(chart: Areas) -> Drawing:
    kinds = list(chart.colours)
    rows = (
        (name, kind, x, drawn(shares[kind][i], "share"), number, order)
        for number, (name, shares) in enumerate(chart.panels.items())
        for order, kind in enumerate(kinds)
        for i, x in enumerate(chart.x)
    )
    columns = _columns(rows, ["series", "kind", "x", "y", "_k", "_order"])
    specs = [_areas_spec(chart, number) for number in range(len(chart.panels))]
    means = [f"{name}: {', '.join(_mean(kind, shares[kind]) for kind in kinds)}." for name, shares in chart.panels.items()]
    return Drawing(specs, columns, f"Stacked areas, mean {chart.y_label}. {' '.join(means)}", list(chart.panels))


def _mean(kind: str, values: Sequence[float]) -> str:
    return f"{kind} {shown(math.fsum(values) / len(values) if len(values) else math.nan, 'share')}"


def _areas_spec(chart: Areas, number: int) -> Spec:
    scale = {"domain": list(chart.colours), "range": list(chart.colours.values())}
    legend = {"title": None, "orient": "bottom", "columns": 2, "symbolType": "square"}
    return {
        "height": 190,
        "transform": [{"filter": f"datum._k == {number}"}],
        "mark": {"type": "area", "stroke": "white", "strokeWidth": 0.5},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "axis": months_axis(chart.x_label, chart.x, "count")},
            "y": {
                "field": "y", "type": "quantitative", "axis": upright(chart.y_label, "share"), "scale": {"domain": [0, 1]},
                "stack": "zero",
            },
            "color": {"field": "kind", "type": "nominal", "scale": scale, "legend": legend},
            "order": {"field": "_order", "type": "quantitative"},
            "tooltip": [
                {"field": "x", "type": "quantitative", "title": chart.x_label},
                {"field": "kind", "type": "nominal"},
                {"field": "y", "type": "quantitative", "format": ".0%", "title": "share"},
            ],
        },
    }  # fmt: skip


@draw.register(Marks)
def _(chart: Marks) -> Drawing:
    columns = _mark_columns(chart.marks, chart.unit)
    alt = " ".join(f"{mark.name}: {between(mark.value, mark.low, mark.high, chart.unit)}." for mark in chart.marks)
    return Drawing([_marks_spec(chart)], columns, f"Figures with intervals, {chart.label}. {alt}")


def _mark_columns(marks: Sequence[Mark], unit: Unit) -> dict[str, list[Any]]:
    rows = (
        (
            mark.name,
            *(drawn(value, unit) for value in mark[1:4]),
            between(*mark[1:4], unit),
            shown(mark.value, unit),
            mark.weight,
        )
        for mark in marks
    )
    return _columns(rows, ["name", "value", "low", "high", "_text", "_short", "_weight"])


def _names_axis() -> Spec:
    return {"title": None, "labelLimit": 150, "ticks": False, "domain": False, "grid": True, "labelPadding": 6}


def _marks_spec(chart: Marks) -> Spec:
    y = {"field": "name", "type": "nominal", "sort": None, "axis": _names_axis()}
    x = {
        "field": "value",
        "type": "quantitative",
        "axis": axis(chart.label, chart.unit),
        "scale": {"zero": True, "padding": 16},
    }
    shade: Spec = {"field": "_weight", "type": "ordinal", "legend": None, "scale": {"domain": [0, 1, 2], "range": list(SHADES)}}
    shape = shade | {"type": "nominal", "scale": {"domain": [0, 1, 2], "range": list(SHAPES)}}
    told = [{"field": "name", "type": "nominal", "title": " "}, {"field": "_text", "type": "nominal", "title": chart.label}]
    bounds = (drawn(value, chart.unit) for value in chart.nothing)
    nothing = {
        "data": {"values": [dict(zip(("low", "high"), bounds, strict=True))]},
        "mark": {"type": "rect", "color": "#DDDDDD"},
        "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}},
    }
    zero = {"data": {"values": [{}]}, "mark": {"type": "rule", "color": "#555555"}, "encoding": {"x": {"datum": 0}}}
    reach = {
        "mark": {"type": "rule", "strokeWidth": 2},
        "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
    }
    reach["encoding"] |= {"color": shade, "tooltip": told}
    intervals = [reach] if any(math.isfinite(mark.low) for mark in chart.marks) else []
    points = {
        "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
        "encoding": {"y": y, "x": x, "color": shade, "shape": shape, "tooltip": told},
    }
    label = {
        "mark": {"type": "text", "dy": -11, "fontSize": 11},
        "encoding": {"y": y, "x": x, "text": {"field": "_short", "type": "nominal"}},
    }
    return {"height": 34 * len(chart.marks) + 14, "layer": [nothing, zero, *intervals, points, label]}


@draw.register(Spread)
def _(chart: Spread) -> Drawing:
    rows = (
        (name, drawn(value, chart.unit), 0.25 + 0.5 * ((i * 0.618) % 1), shown(value, chart.unit))
        for name, values in chart.rows.items()
        for i, value in enumerate(_thinned(values))
    )
    alt = " ".join(f"{mark.name}: mean {between(mark.value, mark.low, mark.high, chart.unit)}." for mark in chart.means)
    columns = _columns(rows, ["series", "value", "_jitter", "_text"])
    return Drawing([_spread_spec(chart)], columns, f"Values of single runs, {chart.label}. {alt}")


def _thinned(values: Sequence[float]) -> Sequence[float]:
    """Take evenly apart by rank what is too much to be drawn."""
    if len(values) <= MOST_DOTS:
        return values
    ordered = sorted(values)
    return [ordered[round(i * (len(ordered) - 1) / (MOST_DOTS - 1))] for i in range(MOST_DOTS)]


def _spread_spec(chart: Spread) -> Spec:
    names = list(chart.rows)
    y = {"field": "series", "type": "nominal", "sort": names, "axis": _names_axis()}
    x = {"field": "value", "type": "quantitative", "axis": axis(chart.label, chart.unit)}
    scale = {"domain": names, "range": [COLOURS[i % len(COLOURS)] for i in range(len(names))]}
    colour = {"field": "series", "type": "nominal", "scale": scale, "legend": None}
    told = [{"field": "series", "type": "nominal", "title": " "}, {"field": "_text", "type": "nominal", "title": "a run"}]
    offset = {"field": "_jitter", "type": "quantitative", "scale": {"domain": [-1, 1]}}
    dots = {
        "mark": {"type": "point", "filled": True, "size": 18, "opacity": 0.5},
        "encoding": {"y": y, "x": x, "yOffset": offset, "color": colour, "tooltip": told},
    }
    boxes = {"data": {"values": [_box(name, values, chart.unit) for name, values in chart.rows.items() if len(values)]}}
    box = boxes | {
        "mark": {"type": "bar", "height": 9, "filled": False, "strokeWidth": 1.5},
        "encoding": {"y": y, "x": {**x, "field": "q1"}, "x2": {"field": "q3"}, "color": colour},
    }
    middle = boxes | {
        "mark": {"type": "tick", "height": 16, "thickness": 3},
        "encoding": {"y": y, "x": {**x, "field": "median"}, "color": colour},
    }
    return {"height": 62 * len(names), "layer": [dots, box, middle, *_means(chart, y, x)]}


def _means(chart: Spread, y: Spec, x: Spec) -> list[Spec]:
    found = _mark_columns(chart.means, chart.unit)
    values = [dict(zip(("series", *list(found)[1:]), row, strict=True)) for row in zip(*found.values(), strict=True)]
    told = [
        {"field": "series", "type": "nominal", "title": " "},
        {"field": "_text", "type": "nominal", "title": "mean (95 % interval)"},
    ]
    below: Spec = {"yOffset": {"value": 50}}
    reach: Spec = {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "tooltip": told, **below}
    rule = {"data": {"values": values}, "mark": {"type": "rule", "strokeWidth": 1.5}, "encoding": reach}
    return [
        *([rule] if any(math.isfinite(mark.low) for mark in chart.means) else []),
        {
            "data": {"values": values},
            "mark": {"type": "point", "filled": True, "shape": "diamond", "size": 70, "color": "black", "opacity": 1},
            "encoding": {"y": y, "x": x, "tooltip": told, **below},
        },
    ]


def _box(name: str, values: Sequence[float], unit: Unit) -> Spec:
    ordered = sorted(values)
    at = [ordered[round(share * (len(ordered) - 1))] for share in (0.25, 0.5, 0.75)]
    return {"series": name} | dict(zip(("q1", "median", "q3"), (drawn(value, unit) for value in at), strict=True))


@draw.register(Heat)
def _(chart: Heat) -> Drawing:
    low, middle, high = chart.scale
    rows = (
        (row, column, drawn(value, "number"), text, float(min(max(value, low), high)) if value == value else None)
        for row, values, texts in zip(chart.rows, chart.values, chart.texts, strict=True)
        for column, value, text in zip(chart.columns, values, texts, strict=True)
    )
    columns = _columns(rows, ["row", "column", "value", "_text", "_colour"])
    places = {
        "x": {
            "field": "column",
            "type": "nominal",
            "sort": None,
            "axis": {"title": chart.x_label, "labelAngle": -45, "labelOverlap": False},
        },
        "y": {"field": "row", "type": "nominal", "sort": None, "axis": {"title": chart.y_label}},
    }
    shade: Spec = {"domain": [low, middle, high], "range": ["#B35806", "#F7F7F7", "#542788"], "interpolate": "lab"}
    dark = f"abs(datum._colour - {middle}) > {0.6 * min(high - middle, middle - low)}"
    told = [{"field": name, "type": "nominal", "title": name} for name in ("row", "column")]
    told.append({"field": "_text", "type": "nominal", "title": "value"})
    cells: Spec = {
        "mark": {"type": "rect", "stroke": "white"},
        "encoding": {**places, "color": {"field": "_colour", "type": "quantitative", "scale": shade}, "tooltip": told},
    }
    cells["encoding"]["color"]["legend"] = None
    words = {
        "mark": {"type": "text", "fontSize": 10},
        "encoding": {
            **places,
            "text": {"field": "_text", "type": "nominal"},
            "color": {"condition": {"test": dark, "value": "white"}, "value": "black"},
        },
    }
    width = 100 + 34 * len(chart.columns)
    alt = f"Map of {len(chart.rows)} by {len(chart.columns)} figures; the download holds them all."
    return Drawing([{"height": 26 * len(chart.rows) + 20, "layer": [cells, words]}], columns, alt, (), width)
