"""Charts as Vega-Lite, for pages. No address is read, and no expression holds text of a scenario."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from cxsim.charts.alt import alternative
from cxsim.charts.content import Axis, Chart, Dot, DotPlot, HeatMap, Panel, Series, Strip, Unit
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
BLANK = " "  # title of what needs none
FILLED: Spec = {"filled": True, "opacity": 1}  # points


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
    apart = several and not chart.ghosts
    rows, specs = [], []
    for place, panel in enumerate(chart.panels):
        drawer = DRAWERS[type(panel)]
        rows += [{**({"panel": panel.title} if apart else {}), **row, "_p": place} for row in drawer.rows(panel)]
        specs.append({**drawer.spec(panel, chart), **({"transform": [{"filter": f"datum._p == {place}"}]} if apart else {})})
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [_known(row.get(name)) for row in rows] for name in names}
    width = max((100 + 34 * len(panel.columns) for panel in chart.panels if isinstance(panel, HeatMap)), default=0)
    return Drawing(specs, columns, alternative(chart), [panel.title for panel in chart.panels] if several else (), width)


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def field(name: str, kind: str = "nominal", **more: Any) -> Spec:
    """Encode a column: words unless it is ``quantitative``."""
    return {"field": name, "type": kind, **more}


def told(**titles: str) -> list[Spec]:
    """Lines of a tooltip: columns of words, each with its title."""
    return [field(name, title=title) for name, title in titles.items()]


def layer(mark: str, encoding: Spec, where: str = "", data: Sequence[Spec] | None = None, **look: Any) -> Spec:
    """Draw marks that look alike: of the rows for which ``where`` holds, or of ``data`` of their own."""
    of: Spec = {"transform": [{"filter": where}]} if where else {"data": {"values": data}} if data is not None else {}
    return {**of, "mark": {"type": mark, **look}, "encoding": encoding}


def reaching(places: Spec, axis: str, low: str, high: str) -> Spec:
    """Encode the reach of a band or an interval along an axis."""
    return {**places, axis: {**places[axis], "field": low}, f"{axis}2": {"field": high}}


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


def _panel_rows(panel: Panel) -> Rows:
    edges = stacked(panel)
    for place, (number, series) in enumerate(numbered(panel)):
        for i, row in enumerate(_places(panel, series)):
            whole = {"_base": edges[place][0][i], "_top": edges[place][1][i]} if edges else {}
            row = {**row, "_k": f"s{number}", "_kind": series.kind, **whole}
            if row["x"] is None or series.x[i] <= series.pale_from:
                yield {**row, "_pale": 0, "_twice": 0}
            if row["x"] is not None and series.x[i] >= series.pale_from:
                yield {**row, "_pale": 1, "_twice": int(series.x[i] == series.pale_from)}
    for mark in panel.marks:
        unit = panel.unit_of(mark)
        value, low, high = (drawn(value, unit) for value in mark[1:4])
        ends = {"series": mark.name, mark.axis: value, "low": low, "high": high}
        yield {**ends, "_text": f"{mark.name}: {between(*mark[1:4], unit)}", "_k": "", "_kind": mark.axis, "_twice": 0}


def _places(panel: Panel, series: Series) -> Rows:
    low, high = bounds(series.low, series.high, panel.y.unit, len(series.x))
    left, right = bounds(series.x_low, series.x_high, panel.x.unit, len(series.x))
    for i, (x, y) in enumerate(zip(series.x, series.y, strict=True)):
        reach = (series.low[i], series.high[i]) if len(series.low) else (math.nan, math.nan)
        yield {
            "series": series.name, "x": drawn(x, panel.x.unit), "y": drawn(y, panel.y.unit), "low": low[i], "high": high[i],
            **({"x_low": left[i], "x_high": right[i]} if len(series.x_low) else {}), "_text": between(y, *reach, panel.y.unit),
            **({"_label": series.texts[i]} if series.texts else {}),
        }  # fmt: skip


def _panel(panel: Panel, chart: Chart) -> Spec:
    every = chart.panels if chart.alike else [panel]
    y = upright(axis(panel.y, along(every, "y")))
    if chart.alike and panel.y.scale == "linear" and "domain" not in y.get("scale", {}):
        reach = [*along(every, "y"), *([0.0] if panel.y.from_zero or not along(every, "y") else [])]
        y["scale"] = {"domain": [drawn(end(reach), panel.y.unit) for end in (min, max)]}
    xy = {"x": {"field": "x", **axis(panel.x, along(every, "x"))}, "y": {"field": "y", "stack": None, **y}}
    looks = _looks(panel, chart)
    layers = _spans(panel, xy)
    if chart.ghosts:
        layers.append(layer("line", {**xy, "detail": {"field": "_k"}, "color": {"value": PALE_GREY}}, strokeWidth=0.8))
    for kind in dict.fromkeys(one.kind for one in panel.series if len(one.x)):
        mine = [one for one in numbered(panel) if one[1].kind == kind]
        test = f"datum._k == 's{mine[0][0]}'" if chart.ghosts else f"datum._kind == '{kind}'"
        made = LAYERS[kind]([one for _, one in mine], xy, looks)
        if any(one.texts for _, one in mine):
            made.append(layer("text", {**xy, "text": {"field": "_label"}}, dy=-10, fontSize=11))
        layers += [one | {"transform": [{"filter": test}]} for one in made]
    return {"height": SMALL if len(chart.panels) > 1 else HEIGHT, "layer": [*layers, *_lines(panel, xy), *_hover(panel)]}


def _looks(panel: Panel, chart: Chart) -> Spec:
    """Colour, dash and shape by series, with one legend for all that are not named above their panel."""
    named = list(numbered(panel))
    kinds = {one.kind for _, one in named}
    legend: Spec = LEGEND if "points" in kinds else LEGEND | STROKES
    if "area" in kinds:
        legend = {"title": None, "orient": "bottom", "columns": 2, "symbolType": "square"}
    shown_in = legend if not chart.ghosts and (len(named) > 1 or panel.marks) else None

    def by(values: Sequence[Any]) -> Spec:
        return field("series", scale={"domain": [one.name for _, one in named], "range": list(values)}, legend=shown_in)

    return {
        "color": by([one.colour or colour(number) for number, one in named]),
        "strokeDash": by([DASHES[number % len(DASHES)] for number, _ in named]),
        "shape": by([POINTS[number % len(POINTS)] for number, _ in named]),
    }


def _pale(strength: float) -> Spec:
    """Draw what rests on few runs paler; a line of two strengths is two lines."""
    faint = {"test": "datum._pale == 1", "value": strength * FAINT}
    return {"opacity": {"condition": faint, "value": strength}, "detail": field("_pale")}


def _line_layers(series: Sequence[Series], xy: Spec, looks: Spec) -> list[Spec]:
    shape = "step-after" if series[0].kind == "steps" else "linear"
    band = {**reaching(xy, "y", "low", "high"), "color": looks["color"], **_pale(BAND)}
    line = {**xy, "color": looks["color"], "strokeDash": looks["strokeDash"], **_pale(1.0)}
    banded = any(math.isfinite(value) for one in series for value in one.low)
    return [
        *([layer("area", band, interpolate=shape)] if banded else []),
        layer("line", line, interpolate=shape, strokeWidth=2.2, point=any(len(one.x) == 1 for one in series)),
    ]


def _area_layers(series: Sequence[Series], xy: Spec, looks: Spec) -> list[Spec]:
    tooltip = [field("x", "quantitative", title="month"), *told(series=BLANK, _text="share")]
    look = {**reaching(xy, "y", "_base", "_top"), "color": looks["color"], "tooltip": tooltip, **_pale(1.0)}
    return [layer("area", look, stroke="white", strokeWidth=0.5)]


def _point_layers(series: Sequence[Series], xy: Spec, looks: Spec) -> list[Spec]:
    reaches = [reaching(xy, "y", "low", "high")] if any(len(one.low) for one in series) else []
    reaches += [reaching(xy, "x", "x_low", "x_high")] if any(len(one.x_low) for one in series) else []
    point = {**xy, "color": looks["color"], "shape": looks["shape"], "tooltip": told(series=BLANK, _text=BLANK)}
    return [
        *(layer("rule", {**reach, "color": looks["color"]}, strokeWidth=1.5) for reach in reaches),
        layer("point", point, size=60, **FILLED),
    ]


LAYERS = {"line": _line_layers, "steps": _line_layers, "area": _area_layers, "points": _point_layers}


def _spans(panel: Panel, xy: Spec) -> list[Spec]:
    """Shade the intervals of marks."""
    axes = dict.fromkeys(mark.axis for mark in panel.marks if math.isfinite(mark.low) and math.isfinite(mark.high))
    where = "datum._kind == '{}'"
    return [
        layer("rect", reaching({one: xy[one]}, one, "low", "high"), where.format(one), color=DARK_GREY, opacity=BAND)
        for one in axes
    ]


def _lines(panel: Panel, xy: Spec) -> list[Spec]:
    """Draw marks as straight lines with their names; those across stand on the left, upright ones at the top."""
    layers: list[Spec] = []
    for one in dict.fromkeys(mark.axis for mark in panel.marks if math.isfinite(mark.value)):
        at: Spec = {one: xy[one]}
        where = f"datum._kind == '{one}'"
        name = {**at, "y" if one == "x" else "x": {"value": 0}, "text": {"field": "series"}}
        text: Spec = {"align": "left", "dx": 4, "dy": 6 if one == "x" else -6, "fontSize": 10, "color": DARK_GREY}
        line: Spec = {"strokeDash": [4, 3], "color": DARK_GREY, "strokeWidth": 1.4}
        layers += [layer("rule", {**at, "tooltip": told(_text=BLANK)}, where, **line), layer("text", name, where, **text)]
    return layers


def _hover(panel: Panel) -> list[Spec]:
    """Describe a line at the place under the pointer, which tells the figures of all lines there."""
    lines = [(number, one) for number, one in numbered(panel) if one.kind in ("line", "steps")]
    if not lines:
        return []
    kinds = " || ".join(f"datum._kind == '{kind}'" for kind in dict.fromkeys(one.kind for _, one in lines))
    look = {
        "x": field("x", "quantitative"),
        "opacity": {"condition": {"param": "under", "empty": False, "value": 0.5}, "value": 0},
        "tooltip": [
            field("x", "quantitative", title=panel.x.label),
            *told(**{f"s{number}": one.name for number, one in lines}),
        ],
    }
    nearest = {"type": "point", "fields": ["x"], "nearest": True, "on": "pointerover", "clear": "pointerout"}
    made = layer("rule", look, f"datum._twice == 0 && ({kinds})", color=DARK_GREY)
    made["transform"].append({"pivot": "_k", "value": "_text", "groupby": ["x"], "op": "max"})
    return [made | {"params": [{"name": "under", "select": nearest}]}]


def _dot_rows(dots: Sequence[Dot], unit: Unit) -> Rows:
    several = any(dot.group for dot in dots)
    noisy = any(math.isfinite(dot.noise) for dot in dots)
    for dot in dots:
        value, low, high = (drawn(value, unit) for value in dot[1:4])
        yield {
            "name": dot.name, **({"group": dot.group} if several else {}), "value": value, "low": low, "high": high,
            **({"luck_alone": drawn(dot.noise, unit)} if noisy else {}),
            "_text": between(*dot[1:4], unit), "_short": dot.text or shown(dot.value, unit), "_weight": dot.weight,
        }  # fmt: skip


def _dot_plot(panel: DotPlot, chart: Chart) -> Spec:
    names, groups = panel.names, panel.groups
    x = {"field": "value", **axis(panel.axis, along(chart.panels if chart.alike else [panel], "x"))}
    x["scale"] = {**x.get("scale", {}), **({} if "domain" in x.get("scale", {}) else {"zero": True, "padding": 16})}
    at: Spec = {"x": x, "y": field("name", sort=names, axis=NAMES)}
    weights: Spec = {"domain": [0, 1, 2]}
    shade = field("_weight", "ordinal", legend=None, scale=weights | {"range": list(WEIGHTS)})
    shape = field("_weight", legend=None, scale=weights | {"range": list(SHAPES)})
    if len(groups) > 1:
        at["yOffset"] = field("group", sort=groups, scale={"paddingOuter": 0.8})
        shade, shape = (
            field("group", scale={"domain": groups, "range": list(looks[: len(groups)])}, legend=LEGEND)
            for looks in (WEIGHTS, SHAPES)
        )
    tooltip = told(name=BLANK, _text=panel.axis.label)
    layers = _zero(panel)
    if any(math.isfinite(dot.low) for dot in panel.dots):
        layers.append(layer("rule", {**reaching(at, "x", "low", "high"), "color": shade, "tooltip": tooltip}, strokeWidth=2))
    if any(math.isfinite(dot.noise) for dot in panel.dots):
        alone = [*told(name=BLANK), field("luck_alone", "quantitative", title="luck alone")]
        noise = {**at, "x": {**x, "field": "luck_alone"}, "tooltip": alone}
        layers.append(layer("tick", noise, thickness=3, height=16, color=PALE_GREY))
    layers.append(layer("point", {**at, "color": shade, "shape": shape, "tooltip": tooltip}, size=90, **FILLED))
    if len(groups) == 1:
        layers.append(layer("text", {**at, "text": {"field": "_short"}}, dy=-11, fontSize=11))
    return {"height": (34 if len(groups) == 1 else 22 * len(groups)) * len(names) + 14, "layer": layers}


def _zero(panel: DotPlot) -> list[Spec]:
    """Shade what counts as nothing, and draw a line where nothing changes."""
    low, high = (drawn(value, panel.axis.unit) for value in panel.nothing)
    span = reaching({"x": field("low", "quantitative")}, "x", "low", "high")
    shaded = [layer("rect", span, data=[{"low": low, "high": high}], color=NOTHING)] if low != high else []
    return [*shaded, layer("rule", {"x": {"datum": panel.still}}, data=[{}], color=DARK_GREY)]


def _strip_rows(panel: Strip) -> Rows:
    unit = panel.axis.unit
    for name, values in panel.rows.items():
        for i, value in enumerate(thinned(values)):
            yield {"series": name, "value": drawn(value, unit), "_jitter": jitter(i), "_text": shown(value, unit)}


def _strip(panel: Strip, chart: Chart) -> Spec:
    names, unit = list(panel.rows), panel.axis.unit
    at: Spec = {"x": {"field": "value", **axis(panel.axis, along([panel], "x"))}, "y": field("series", sort=names, axis=NAMES)}
    shade = field("series", scale={"domain": names, "range": [colour(number) for number in range(len(names))]}, legend=None)
    offset = field("_jitter", "quantitative", scale={"domain": [-1, 1]})
    quartiles = {name: all_drawn(box(values), unit) for name, values in panel.rows.items() if len(values)}
    boxes = [{"series": name, "q1": low, "median": middle, "q3": high} for name, (low, middle, high) in quartiles.items()]
    frame, middle = reaching(at, "x", "q1", "q3"), {**at, "x": {**at["x"], "field": "median"}}
    runs = {**at, "yOffset": offset, "color": shade, "tooltip": told(series=BLANK, _text="a run")}
    means = [{"series": row["name"], **row} for row in _dot_rows(panel.means, unit)]
    below: Spec = {**at, "yOffset": {"value": 50}, "tooltip": told(series=BLANK, _text="mean (95 % interval)")}
    layers = [
        layer("point", runs, filled=True, size=18, opacity=0.5),
        layer("bar", {**frame, "color": shade}, data=boxes, height=9, filled=False, strokeWidth=1.5),
        layer("tick", {**middle, "color": shade}, data=boxes, height=16, thickness=3),
    ]
    if any(math.isfinite(dot.low) for dot in panel.means):
        layers.append(layer("rule", reaching(below, "x", "low", "high"), data=means, strokeWidth=1.5))
    diamond = layer("point", below, data=means, shape="diamond", size=70, color="black", **FILLED)
    return {"height": 62 * len(names), "layer": [*layers, diamond]}


def _heat_rows(panel: HeatMap) -> Rows:
    low, _, high = all_drawn(panel.scale, panel.unit)
    for i, (row, values, texts) in enumerate(zip(panel.rows, panel.values, panel.texts, strict=True)):
        for j, (column, value, text) in enumerate(zip(panel.columns, values, texts, strict=True)):
            kind = panel.kind[i][j] if panel.kind else ""
            number = drawn(value, panel.unit)
            shade = None if kind or number is None else min(max(number, low), high)
            told_kind = {"kind": kind} if panel.kind else {}
            yield {"row": row, "column": column, "value": number, **told_kind, "_text": text, "_colour": shade}


def _heat_map(panel: HeatMap, chart: Chart) -> Spec:
    low, middle, high = all_drawn(panel.scale, panel.unit)
    across = {"title": panel.x_label, "labelAngle": -45, "labelOverlap": False, "labelLimit": 300}
    places = {
        "x": field("column", sort=list(panel.columns), axis=across),
        "y": field("row", sort=list(panel.rows), axis={"title": panel.y_label}),
    }
    heat: Spec = {"domain": [low, middle, high], "range": list(HEAT), "interpolate": "lab"}
    kinds = {"domain": list(panel.kinds), "range": list(panel.kinds.values())}
    titles = ("row", "column", *(["kind"] if panel.kind else []))
    cell = {**places, "tooltip": told(**{name: name for name in titles}, _text="value")}
    dark = f"datum._colour !== null && abs(datum._colour - {middle}) > {DARK * min(high - middle, middle - low)}"
    dark += "".join(f" || datum.kind == {json.dumps(name)}" for name, fill in panel.kinds.items() if is_dark(fill))
    ink = {"condition": {"test": dark, "value": "white"}, "value": "black"}
    layers = [layer("rect", {**cell, "color": field("_colour", "quantitative", scale=heat, legend=None)}, stroke="white")]
    if panel.kinds:
        named = {**cell, "color": None, "fill": field("kind", scale=kinds, legend=None)}
        layers.append(layer("rect", named, "datum.kind", stroke="white"))
    layers.append(layer("text", {**places, "text": field("_text"), "color": ink}, fontSize=10))
    return {"height": 26 * len(panel.rows) + 20, "layer": layers}


class _Drawer(NamedTuple):
    """How panels of a type are drawn: the rows of their data, and the marks over them."""

    rows: Callable[[Any], Rows]
    spec: Callable[[Any, Chart], Spec]


DRAWERS = {
    Panel: _Drawer(_panel_rows, _panel),
    DotPlot: _Drawer(lambda panel: _dot_rows(panel.dots, panel.axis.unit), _dot_plot),
    Strip: _Drawer(_strip_rows, _strip),
    HeatMap: _Drawer(_heat_rows, _heat_map),
}
