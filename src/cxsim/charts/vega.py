"""Charts as Vega-Lite, for pages. No address is read, and no expression holds text of a scenario."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import singledispatch
from typing import Any, NamedTuple, TypeAlias

from cxsim.charts.alt import alternative
from cxsim.charts.content import AnyPanel, Axis, Chart, Dot, DotPlot, HeatMap, Panel, Series, Strip, Unit
from cxsim.charts.scales import along, box, jitter, numbered, scaled, stacked, thinned, uncrowded
from cxsim.charts.style import BAND, DARK, DARK_GREY, FAINT, HEAT, NOTHING, PALE_GREY, WEIGHTS, colour, is_dark
from cxsim.charts.units import all_drawn, between, bounds, drawn, shown

Spec: TypeAlias = dict[str, Any]
Rows: TypeAlias = Iterator[Mapping[str, Any]]

FORMATS: dict[Unit, str] = {"cents": "$~s", "share": "~%"}
SHAPES = ("circle", "square", "diamond")  # of weights
POINTS = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")
DASHES = ([1, 0], [6, 3], [8, 3, 2, 3], [2, 2], [10, 3, 2, 3, 2, 3])
STROKES = {"symbolType": "stroke", "symbolSize": 700, "symbolOpacity": 1, "symbolStrokeWidth": 2.5, "symbolFillColor": None}
LEGEND = {"title": None, "orient": "bottom", "direction": "vertical", "labelLimit": 300, "symbolOpacity": 1}
NAMES = {"title": None, "labelLimit": 190, "ticks": False, "domain": False, "grid": True, "labelPadding": 6}
HEIGHT, SMALL = 290, 190  # pixels of a panel, and of one of several


class Drawing(NamedTuple):
    """Drawings that share their data. Columns whose name begins with ``_`` serve the drawing, the others the reader."""

    specs: list[Spec]
    columns: dict[str, list[Any]]
    alt: str
    names: Sequence[str] = ()  # of panels
    least_width: int = 0  # pixels; a narrower screen scrolls


def draw(chart: Chart) -> Drawing:
    """Draw a chart: a specification for each panel, over the data of all."""
    chart = uncrowded(chart)
    several = len(chart.panels) > 1
    rows = [
        {**({"panel": panel.title} if several and not chart.ghosts else {}), **row, "_p": place}
        for place, panel in enumerate(chart.panels)
        for row in _rows(panel)
    ]
    specs = [_spec(panel, chart) for panel in chart.panels]
    for place, spec in enumerate(specs if several and not chart.ghosts else ()):
        spec["transform"] = [{"filter": f"datum._p == {place}"}, *spec.get("transform", ())]
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [_known(row.get(name)) for row in rows] for name in names}
    width = max((100 + 34 * len(panel.columns) for panel in chart.panels if isinstance(panel, HeatMap)), default=0)
    return Drawing(specs, columns, alternative(chart), [panel.title for panel in chart.panels] if several else (), width)


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def axis(axis: Axis, values: Sequence[float] = ()) -> Spec:
    """Describe an axis and its scale for the values on it, in its unit."""
    found = scaled(axis, values)
    look: Spec = {"title": axis.label, "format": FORMATS.get(axis.unit, ",~f")}
    scale: Spec = {"type": axis.scale} if axis.scale != "linear" else {}
    if axis.scale == "symlog":
        scale["constant"] = drawn(axis.even, axis.unit)
    if axis.unit == "cents":  # d3 says G for a billion
        look["labelExpr"] = "datum.value == 0 ? '$0' : replace(datum.label, 'G', 'B')"
    if found.ticks:
        look["values"] = [place for place, _ in found.ticks]
        look["labelExpr"] = "".join(f"datum.value == {place!r} ? {json.dumps(text)} : " for place, text in found.ticks) + "''"
    if found.ends:
        scale["domain"] = list(found.ends)
    elif axis.scale == "linear":
        scale["zero"] = axis.from_zero
    return {"type": "quantitative", "axis": look, **({"scale": scale} if scale else {})}


def upright(described: Spec) -> Spec:
    """Put the title of a vertical axis above it, where it can be read without turning one's head."""
    place = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleBaseline": "bottom", "titleX": 0, "titleY": -10}
    return described | {"axis": described["axis"] | place | {"tickCount": 6}}


@singledispatch
def _rows(panel: AnyPanel) -> Rows:
    raise TypeError(f"no panel: {type(panel).__name__}")


@singledispatch
def _spec(panel: AnyPanel, chart: Chart) -> Spec:
    raise TypeError(f"no panel: {type(panel).__name__}")


@_rows.register
def _(panel: Panel) -> Rows:
    edges = stacked(panel) if any(one.kind == "area" for one in panel.series) else []
    areas = [[all_drawn(edge, panel.y.unit) for edge in pair] for pair in edges]
    for place, (number, series) in enumerate(numbered(panel)):
        for i, row in enumerate(_points(panel, series)):
            whole = {"_base": areas[place][0][i], "_top": areas[place][1][i]} if areas else {}
            row = {**row, "_k": f"s{number}", "_kind": series.kind, **whole}
            if row["x"] is None or series.x[i] <= series.pale_from:
                yield {**row, "_pale": 0, "_twice": 0}
            if row["x"] is not None and series.x[i] >= series.pale_from:
                yield {**row, "_pale": 1, "_twice": int(series.x[i] == series.pale_from)}
    for mark in panel.marks:
        unit = panel.x.unit if mark.axis == "x" else panel.y.unit
        value, low, high = (drawn(value, unit) for value in mark[1:4])
        text = f"{mark.name}: {between(*mark[1:4], unit)}"
        yield {
            "series": mark.name,
            mark.axis: value,
            "low": low,
            "high": high,
            "_text": text,
            "_k": "",
            "_kind": mark.axis,
            "_twice": 0,
        }


def _points(panel: Panel, series: Series) -> Rows:
    low, high = bounds(series.low, series.high, panel.y.unit, len(series.x))
    left, right = bounds(series.x_low, series.x_high, panel.x.unit, len(series.x))
    for i, (x, y) in enumerate(zip(series.x, series.y, strict=True)):
        reach = (series.low[i], series.high[i]) if len(series.low) else (math.nan, math.nan)
        told = between(y, *reach, panel.y.unit)
        yield {
            "series": series.name, "x": drawn(x, panel.x.unit), "y": drawn(y, panel.y.unit), "low": low[i], "high": high[i],
            **({"x_low": left[i], "x_high": right[i]} if len(series.x_low) else {}), "_text": told,
            **({"_label": series.texts[i]} if series.texts else {}),
        }  # fmt: skip


@_spec.register
def _(panel: Panel, chart: Chart) -> Spec:
    every = chart.panels if chart.alike else [panel]
    y = upright(axis(panel.y, along(every, "y")))
    if chart.alike and panel.y.scale == "linear" and "domain" not in y.get("scale", {}):
        y["scale"] = {"domain": _reach(panel.y, along(every, "y"))}
    xy = {"x": {"field": "x", **axis(panel.x, along(every, "x"))}, "y": {"field": "y", "stack": None, **y}}
    looks = _looks(panel, chart)
    layers = [*_spans(panel, xy), *(_ghosts(xy) if chart.ghosts else ())]
    for kind in dict.fromkeys(one.kind for one in panel.series if len(one.x)):
        mine = [one for one in numbered(panel) if one[1].kind == kind]
        test = f"datum._k == 's{mine[0][0]}'" if chart.ghosts else f"datum._kind == '{kind}'"
        layers += [{"transform": [{"filter": test}], **layer} for layer in LAYERS[kind]([one for _, one in mine], xy, looks)]
    return {"height": SMALL if len(chart.panels) > 1 else HEIGHT, "layer": [*layers, *_lines(panel, xy), *_hover(panel)]}


def _reach(axis: Axis, values: Sequence[float]) -> list[float | None]:
    every = [*values, *([0.0] if axis.from_zero or not values else [])]
    return [drawn(end(every), axis.unit) for end in (min, max)]


def _looks(panel: Panel, chart: Chart) -> Spec:
    """Colour, dash and shape by series, with one legend for all that are not named above their panel."""
    named = list(numbered(panel))
    kinds = {one.kind for _, one in named}
    legend: Spec = LEGEND if "points" in kinds else LEGEND | STROKES
    if "area" in kinds:
        legend = {"title": None, "orient": "bottom", "columns": 2, "symbolType": "square"}
    shown_in = legend if not chart.ghosts and (len(named) > 1 or panel.marks) else None

    def by(values: Sequence[Any]) -> Spec:
        scale = {"domain": [one.name for _, one in named], "range": list(values)}
        return {"field": "series", "type": "nominal", "scale": scale, "legend": shown_in}

    return {
        "color": by([one.colour or colour(number) for number, one in named]),
        "strokeDash": by([DASHES[number % len(DASHES)] for number, _ in named]),
        "shape": by([POINTS[number % len(POINTS)] for number, _ in named]),
    }


def _pale(strength: float) -> Spec:
    """Draw what rests on few runs paler; a line of two strengths is two lines."""
    faint = {"test": "datum._pale == 1", "value": strength * FAINT}
    return {"opacity": {"condition": faint, "value": strength}, "detail": {"field": "_pale", "type": "nominal"}}


def _ghosts(xy: Spec) -> list[Spec]:
    grey = {"detail": {"field": "_k"}, "color": {"value": PALE_GREY}}
    return [{"mark": {"type": "line", "strokeWidth": 0.8}, "encoding": {**xy, **grey}}]


def _between(xy: Spec, low: str, high: str, axis: str = "y") -> Spec:
    """Encode the reach of a band or an interval."""
    return {**xy, axis: {**xy[axis], "field": low}, f"{axis}2": {"field": high}}


def _line_layers(series: Sequence[Series], xy: Spec, looks: Spec) -> list[Spec]:
    shape = "step-after" if series[0].kind == "steps" else "linear"
    band = {
        "mark": {"type": "area", "interpolate": shape},
        "encoding": {**_between(xy, "low", "high"), "color": looks["color"], **_pale(BAND)},
    }
    line = {
        "mark": {"type": "line", "interpolate": shape, "strokeWidth": 2.2, "point": any(len(one.x) == 1 for one in series)},
        "encoding": {**xy, "color": looks["color"], "strokeDash": looks["strokeDash"], **_pale(1.0)},
    }
    banded = any(math.isfinite(value) for one in series for value in one.low)
    return [*([band] if banded else []), line, *_texts(series, xy)]


def _texts(series: Sequence[Series], xy: Spec) -> list[Spec]:
    if not any(one.texts for one in series):
        return []
    return [{"mark": {"type": "text", "dy": -10, "fontSize": 11}, "encoding": {**xy, "text": {"field": "_label"}}}]


def _area_layers(series: Sequence[Series], xy: Spec, looks: Spec) -> list[Spec]:
    told = [{"field": "x", "type": "quantitative", "title": "month"}, {"field": "series", "type": "nominal", "title": " "}]
    told.append({"field": "_text", "type": "nominal", "title": "share"})
    look = {**_between(xy, "_base", "_top"), "color": looks["color"], "tooltip": told, **_pale(1.0)}
    return [{"mark": {"type": "area", "stroke": "white", "strokeWidth": 0.5}, "encoding": look}]


def _point_layers(series: Sequence[Series], xy: Spec, looks: Spec) -> list[Spec]:
    told = [{"field": "series", "type": "nominal", "title": " "}, {"field": "_text", "type": "nominal", "title": " "}]
    rule = {"type": "rule", "strokeWidth": 1.5}
    reaches = [_between(xy, "low", "high")] if any(len(one.low) for one in series) else []
    reaches += [_between(xy, "x_low", "x_high", "x")] if any(len(one.x_low) for one in series) else []
    point = {**xy, "color": looks["color"], "shape": looks["shape"], "tooltip": told}
    return [
        *({"mark": rule, "encoding": {**reach, "color": looks["color"]}} for reach in reaches),
        {"mark": {"type": "point", "filled": True, "size": 60, "opacity": 1}, "encoding": point},
        *_texts(series, xy),
    ]


LAYERS = {"line": _line_layers, "steps": _line_layers, "area": _area_layers, "points": _point_layers}


def _marked(axis: str) -> list[Spec]:
    return [{"filter": f"datum._kind == '{axis}'"}]


def _spans(panel: Panel, xy: Spec) -> list[Spec]:
    """Shade the intervals of marks."""
    axes = dict.fromkeys(mark.axis for mark in panel.marks if math.isfinite(mark.low) and math.isfinite(mark.high))
    look = {"type": "rect", "color": DARK_GREY, "opacity": BAND}
    return [
        {"transform": _marked(one), "mark": look, "encoding": {
            one: {**xy[one], "field": "low"}, f"{one}2": {"field": "high"}}} for one in axes
    ]  # fmt: skip


def _lines(panel: Panel, xy: Spec) -> list[Spec]:
    """Draw marks as straight lines with their names; those across stand on the left, upright ones at the top."""
    layers: list[Spec] = []
    for one in dict.fromkeys(mark.axis for mark in panel.marks if math.isfinite(mark.value)):
        told = [{"field": "_text", "type": "nominal", "title": " "}]
        text = {"type": "text", "align": "left", "dx": 4, "dy": 6 if one == "x" else -6, "fontSize": 10, "color": DARK_GREY}
        edge = {"y": {"value": 0}} if one == "x" else {"x": {"value": 0}}
        at = {one: xy[one]}
        layers += [
            {"transform": _marked(one), "mark": {"type": "rule", "strokeDash": [4, 3], "color": DARK_GREY, "strokeWidth": 1.4},
             "encoding": {**at, "tooltip": told}},
            {"transform": _marked(one), "mark": text, "encoding": {**at, **edge, "text": {"field": "series"}}},
        ]  # fmt: skip
    return layers


def _hover(panel: Panel) -> list[Spec]:
    """Describe a line at the place under the pointer, which tells the figures of all lines there."""
    lines = [(number, one) for number, one in numbered(panel) if one.kind in ("line", "steps")]
    if not lines:
        return []
    nearest = {"type": "point", "fields": ["x"], "nearest": True, "on": "pointerover", "clear": "pointerout"}
    told = [{"field": f"s{number}", "type": "nominal", "title": one.name} for number, one in lines]
    kinds = " || ".join(f"datum._kind == '{kind}'" for kind in dict.fromkeys(one.kind for _, one in lines))
    return [{
        "transform": [
            {"filter": f"datum._twice == 0 && ({kinds})"},
            {"pivot": "_k", "value": "_text", "groupby": ["x"], "op": "max"},
        ],
        "mark": {"type": "rule", "color": DARK_GREY},
        "params": [{"name": "under", "select": nearest}],
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "opacity": {"condition": {"param": "under", "empty": False, "value": 0.5}, "value": 0},
            "tooltip": [{"field": "x", "type": "quantitative", "title": panel.x.label}, *told],
        },
    }]  # fmt: skip


@_rows.register
def _(panel: DotPlot) -> Rows:
    return _dots(panel.dots, panel.axis.unit)


def _dots(dots: Sequence[Dot], unit: Unit) -> Rows:
    several = any(dot.group for dot in dots)
    noisy = any(math.isfinite(dot.noise) for dot in dots)
    for dot in dots:
        value, low, high = (drawn(value, unit) for value in dot[1:4])
        short = dot.text or shown(dot.value, unit)
        yield {
            "name": dot.name, **({"group": dot.group} if several else {}), "value": value, "low": low, "high": high,
            **({"luck_alone": drawn(dot.noise, unit)} if noisy else {}),
            "_text": between(*dot[1:4], unit), "_short": short, "_weight": dot.weight,
        }  # fmt: skip


@_spec.register
def _(panel: DotPlot, chart: Chart) -> Spec:
    names = list(dict.fromkeys(dot.name for dot in panel.dots))
    groups = list(dict.fromkeys(dot.group for dot in panel.dots))
    x = {"field": "value", **axis(panel.axis, along(chart.panels if chart.alike else [panel], "x"))}
    x["scale"] = {**x.get("scale", {}), **({} if "domain" in x.get("scale", {}) else {"zero": True, "padding": 16})}
    y: Spec = {"y": {"field": "name", "type": "nominal", "sort": names, "axis": NAMES}}
    shade: Spec = {
        "field": "_weight",
        "type": "ordinal",
        "legend": None,
        "scale": {"domain": [0, 1, 2], "range": list(WEIGHTS)},
    }
    shape = shade | {"type": "nominal", "scale": {"domain": [0, 1, 2], "range": list(SHAPES)}}
    if len(groups) > 1:
        y["yOffset"] = {"field": "group", "type": "nominal", "sort": groups, "scale": {"paddingOuter": 0.8}}
        scale = {"domain": groups, "range": list(WEIGHTS[: len(groups)])}
        shade = {"field": "group", "type": "nominal", "scale": scale, "legend": LEGEND}
        shape = shade | {"scale": {"domain": groups, "range": list(SHAPES[: len(groups)])}}
    told = [
        {"field": "name", "type": "nominal", "title": " "},
        {"field": "_text", "type": "nominal", "title": panel.axis.label},
    ]
    reach = {**y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": shade, "tooltip": told}
    rule = {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": reach}
    point = {"type": "point", "filled": True, "size": 90, "opacity": 1}
    label = {"mark": {"type": "text", "dy": -11, "fontSize": 11}, "encoding": {**y, "x": x, "text": {"field": "_short"}}}
    layers = [
        *_zero(panel),
        *([rule] if any(math.isfinite(dot.low) for dot in panel.dots) else []),
        *_noise(panel, y, x),
        {"mark": point, "encoding": {**y, "x": x, "color": shade, "shape": shape, "tooltip": told}},
        *([label] if len(groups) == 1 else []),
    ]
    return {"height": (34 if len(groups) == 1 else 22 * len(groups)) * len(names) + 14, "layer": layers}


def _zero(panel: DotPlot) -> list[Spec]:
    """Shade what counts as nothing, and draw a line where nothing changes."""
    low, high = (drawn(value, panel.axis.unit) for value in panel.nothing)
    still = 1.0 if panel.axis.unit == "ratio" else 0.0
    shaded = {
        "data": {"values": [{"low": low, "high": high}]}, "mark": {"type": "rect", "color": NOTHING},
        "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}},
    }  # fmt: skip
    line = {"data": {"values": [{}]}, "mark": {"type": "rule", "color": DARK_GREY}, "encoding": {"x": {"datum": still}}}
    return [*([shaded] if low != high else []), line]


def _noise(panel: DotPlot, y: Spec, x: Spec) -> list[Spec]:
    if not any(math.isfinite(dot.noise) for dot in panel.dots):
        return []
    told = [
        {"field": "name", "type": "nominal", "title": " "},
        {"field": "luck_alone", "type": "quantitative", "title": "luck alone"},
    ]
    look = {"type": "tick", "thickness": 3, "height": 16, "color": PALE_GREY}
    return [{"mark": look, "encoding": {**y, "x": {**x, "field": "luck_alone"}, "tooltip": told}}]


@_rows.register
def _(panel: Strip) -> Rows:
    for name, values in panel.rows.items():
        for i, value in enumerate(thinned(values)):
            text = shown(value, panel.axis.unit)
            yield {"series": name, "value": drawn(value, panel.axis.unit), "_jitter": jitter(i), "_text": text}


@_spec.register
def _(panel: Strip, chart: Chart) -> Spec:
    names, unit = list(panel.rows), panel.axis.unit
    y = {"y": {"field": "series", "type": "nominal", "sort": names, "axis": NAMES}}
    x = {"field": "value", **axis(panel.axis, along([panel], "x"))}
    scale = {"domain": names, "range": [colour(number) for number in range(len(names))]}
    shade = {"field": "series", "type": "nominal", "scale": scale, "legend": None}
    told = [{"field": "series", "type": "nominal", "title": " "}, {"field": "_text", "type": "nominal", "title": "a run"}]
    offset = {"field": "_jitter", "type": "quantitative", "scale": {"domain": [-1, 1]}}
    quartiles = {name: all_drawn(box(values), unit) for name, values in panel.rows.items() if len(values)}
    found = [{"series": name, "q1": low, "median": middle, "q3": high} for name, (low, middle, high) in quartiles.items()]
    boxes = {"data": {"values": found}}
    dots = {"mark": {"type": "point", "filled": True, "size": 18, "opacity": 0.5}}
    dots["encoding"] = {**y, "x": x, "yOffset": offset, "color": shade, "tooltip": told}
    frame = {"mark": {"type": "bar", "height": 9, "filled": False, "strokeWidth": 1.5}}
    frame["encoding"] = {**y, "x": {**x, "field": "q1"}, "x2": {"field": "q3"}, "color": shade}
    middle = {"mark": {"type": "tick", "height": 16, "thickness": 3}}
    middle["encoding"] = {**y, "x": {**x, "field": "median"}, "color": shade}
    return {"height": 62 * len(names), "layer": [dots, boxes | frame, boxes | middle, *_means(panel, y, x)]}


def _means(panel: Strip, y: Spec, x: Spec) -> list[Spec]:
    values = {"values": [{"series": row["name"], **row} for row in _dots(panel.means, panel.axis.unit)]}
    told = [{"field": "series", "type": "nominal", "title": " "}]
    told.append({"field": "_text", "type": "nominal", "title": "mean (95 % interval)"})
    below: Spec = {**y, "yOffset": {"value": 50}, "tooltip": told}
    rule = {
        "mark": {"type": "rule", "strokeWidth": 1.5},
        "encoding": {**below, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
    }
    point = {"type": "point", "filled": True, "shape": "diamond", "size": 70, "color": "black", "opacity": 1}
    bounded = any(math.isfinite(dot.low) for dot in panel.means)
    layers = [*([rule] if bounded else []), {"mark": point, "encoding": {**below, "x": x}}]
    return [{"data": values, **layer} for layer in layers]


@_rows.register
def _(panel: HeatMap) -> Rows:
    low, _, high = all_drawn(panel.scale, panel.unit)
    for i, (row, values, texts) in enumerate(zip(panel.rows, panel.values, panel.texts, strict=True)):
        for j, (column, value, text) in enumerate(zip(panel.columns, values, texts, strict=True)):
            kind = panel.kind[i][j] if panel.kind else ""
            number = drawn(value, panel.unit)
            shade = None if kind or number is None else min(max(number, low), high)
            yield {
                "row": row, "column": column, "value": number, **({"kind": kind} if panel.kind else {}),
                "_text": text, "_colour": shade,
            }  # fmt: skip


@_spec.register
def _(panel: HeatMap, chart: Chart) -> Spec:
    low, middle, high = all_drawn(panel.scale, panel.unit)
    across = {"title": panel.x_label, "labelAngle": -45, "labelOverlap": False, "labelLimit": 300}
    places = {
        "x": {"field": "column", "type": "nominal", "sort": list(panel.columns), "axis": across},
        "y": {"field": "row", "type": "nominal", "sort": list(panel.rows), "axis": {"title": panel.y_label}},
    }
    shade: Spec = {"domain": [low, middle, high], "range": list(HEAT), "interpolate": "lab"}
    told = [{"field": name, "type": "nominal", "title": name} for name in ("row", "column", *(["kind"] if panel.kind else []))]
    told.append({"field": "_text", "type": "nominal", "title": "value"})
    cells: Spec = {"mark": {"type": "rect", "stroke": "white"}, "encoding": {**places, "tooltip": told}}
    cells["encoding"]["color"] = {"field": "_colour", "type": "quantitative", "scale": shade, "legend": None}
    named = {"domain": list(panel.kinds), "range": list(panel.kinds.values())}
    kinds = cells | {"transform": [{"filter": "datum.kind"}]}
    kinds["encoding"] = cells["encoding"] | {
        "color": None,
        "fill": {"field": "kind", "type": "nominal", "scale": named, "legend": None},
    }
    dark = f"datum._colour !== null && abs(datum._colour - {middle}) > {DARK * min(high - middle, middle - low)}"
    dark += "".join(f" || datum.kind == {json.dumps(name)}" for name, fill in panel.kinds.items() if is_dark(fill))
    words = {"mark": {"type": "text", "fontSize": 10}, "encoding": {
        **places, "text": {"field": "_text", "type": "nominal"},
        "color": {"condition": {"test": dark, "value": "white"}, "value": "black"}}}  # fmt: skip
    return {"height": 26 * len(panel.rows) + 20, "layer": [cells, *([kinds] if panel.kinds else []), words]}
