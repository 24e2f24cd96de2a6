"""For every chart of every study, the file and the page show the same numbers."""

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from study_charts import STUDIES

from cxsim.charts import content
from cxsim.charts.content import Chart, DotPlot, HeatMap, Panel, Strip
from cxsim.charts.matplotlib import figure
from cxsim.charts.scales import uncrowded
from cxsim.charts.vega import Drawing, draw
from cxsim.report.library import missing

Place = tuple[float, float]


def rows_of(drawing: Drawing, panel: int) -> list[dict[str, Any]]:
    """Rows of the data of the page that a panel shows."""
    rows = [dict(zip(drawing.columns, row, strict=True)) for row in zip(*drawing.columns.values(), strict=True)]
    return [row for row in rows if row["_p"] == panel]


def known(places: Any) -> set[Place]:
    pairs = ((float("nan" if x is None else x), float("nan" if y is None else y)) for x, y in places)
    return {(x, y) for x, y in pairs if math.isfinite(x) and math.isfinite(y)}


def lines_of(axes: Axes) -> Iterator[tuple[Any, np.ndarray[Any, Any]]]:
    """Lines that stand where data is, and not across the whole panel."""
    yield from ((line, line.get_xydata()) for line in axes.get_lines() if line.get_transform() == axes.transData)


def across(axes: Axes) -> set[float]:
    """Where straight lines across the whole panel stand."""
    found = [line.get_xydata() for line in axes.get_lines() if line.get_transform() != axes.transData]
    return {float(places[0, 1] if places[0, 1] == places[1, 1] else places[0, 0]) for places in map(np.asarray, found)}


def corners(axes: Axes) -> set[Place]:
    """Corners of bands and areas, and ends of intervals."""
    found = [path.vertices for one in axes.collections if isinstance(one, PolyCollection) for path in one.get_paths()]
    found += [np.asarray(part) for one in axes.collections if isinstance(one, LineCollection) for part in one.get_segments()]
    return {place for part in found for place in known(part)}


def same_panel(axes: Axes, panel: Panel, rows: list[dict[str, Any]], ghosts: bool) -> None:
    points = [row for row in rows if row["_kind"] not in ("x", "y")]
    page = known((row["x"], row["y"]) for row in points)
    file = {place for line, places in lines_of(axes) if not (ghosts and line.get_linewidth() == 0.8) for place in known(places)}
    if any(one.kind == "area" for one in panel.series):
        assert known((row["x"], row["_top"]) for row in points) <= corners(axes)
        assert known((row["x"], row["_base"]) for row in points) <= corners(axes)
    else:
        ends = known((row["x"], row[end]) for row in points for end in ("low", "high"))
        ends |= known((row.get(end), row["y"]) for row in points for end in ("x_low", "x_high"))
        assert page <= file
        assert rounded(file) <= rounded(page) | ends  # intervals have caps
        assert ends <= rounded(corners(axes)) | file
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert all(left <= x <= right and bottom <= y <= top for x, y in page)
    marks = [row for row in rows if row["_kind"] in ("x", "y")]
    assert [row["series"] for row in marks] == [mark.name for mark in panel.marks]
    assert {row[row["_kind"]] for row in marks if row[row["_kind"]] is not None} <= across(axes)


def rounded(places: set[Place]) -> set[Place]:
    """Ends of intervals are drawn as a middle and two lengths, which may move the last of many digits."""
    return {(close(x), close(y)) for x, y in places}


def close(value: float) -> float:
    return float(f"{value:.6g}")


def same_dots(axes: Axes, panel: DotPlot, rows: list[dict[str, Any]]) -> None:
    names = list(dict.fromkeys(dot.name for dot in panel.dots))
    assert [label.get_text().replace("\n", " ") for label in axes.get_yticklabels()] in (names, [])  # told once a row
    file = {(names[round(y)], x) for _, places in lines_of(axes) for x, y in known(places)}
    values = {(row["name"], row["value"]) for row in rows if row["value"] is not None}
    noises = {(row["name"], row["luck_alone"]) for row in rows if row.get("luck_alone") is not None}
    ends = {(names[round(y)], close(x)) for x, y in corners(axes)}
    assert values | noises <= file
    assert {(name, close(x)) for name, x in file} <= {(name, close(x)) for name, x in values | noises} | ends
    assert {(row["name"], row[end]) for row in rows for end in ("low", "high") if row[end] is not None} <= ends


def same_runs(axes: Axes, rows: list[dict[str, Any]]) -> None:
    names = [label.get_text() for label in axes.get_yticklabels()]
    dots = [one for one in axes.collections if isinstance(one, PathCollection)]
    file = sorted((names[round(y - 0.24)], float(x)) for one in dots for x, y in np.asarray(one.get_offsets()))
    assert file == sorted((row["series"], row["value"]) for row in rows)


def same_cells(axes: Axes, panel: HeatMap, rows: list[dict[str, Any]]) -> None:
    shades = np.ma.asarray(axes.images[0].get_array()).ravel()
    assert [None if np.ma.is_masked(shade) else float(shade) for shade in shades] == [row["_colour"] for row in rows]
    assert [text.get_text().replace("\n", " ") for text in axes.texts] == [row["_text"] for row in rows]
    assert [label.get_text() for label in axes.get_xticklabels()] == list(panel.columns)
    assert [label.get_text() for label in axes.get_yticklabels()] == list(panel.rows)


def check(chart: Chart) -> None:
    made, drawing, split = figure(chart), draw(chart), uncrowded(chart)
    for place, panel in enumerate(split.panels):
        axes, rows = made.axes[place], rows_of(drawing, place)
        if isinstance(panel, Panel):
            same_panel(axes, panel, rows, split.ghosts)
        elif isinstance(panel, DotPlot):
            same_dots(axes, panel, rows)
        elif isinstance(panel, Strip):
            same_runs(axes, rows)
        else:
            same_cells(axes, panel, rows)


@pytest.mark.parametrize("study", STUDIES)
def test_the_file_and_the_page_show_the_same_numbers(study: str) -> None:
    charts = STUDIES[study]()
    assert charts
    for chart in charts:
        check(chart)


def test_every_kind_of_panel_is_tried() -> None:
    tried = {type(panel) for study in STUDIES.values() for chart in study() for panel in chart.panels}
    assert tried == set(content.AnyPanel.__args__)  # type: ignore[attr-defined]


@pytest.mark.skipif(bool(missing()), reason="needs cxsim[report]")
@pytest.mark.parametrize("study", STUDIES)
def test_vega_takes_every_chart(study: str) -> None:
    import vl_convert

    for chart in STUDIES[study]():
        drawing = draw(chart)
        values = [dict(zip(drawing.columns, row, strict=True)) for row in zip(*drawing.columns.values(), strict=True)]
        for spec in drawing.specs:
            whole = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "data": {"values": values}, **spec}
            assert "<svg" in vl_convert.vegalite_to_svg(json.dumps(whole, allow_nan=False))


def test_a_number_that_differs_is_found() -> None:
    (chart, *_) = STUDIES["run"]()
    panel = chart.panels[0]
    assert isinstance(panel, Panel)
    series = panel.series[0]
    changed = chart._replace(panels=[panel._replace(series=[series._replace(y=[*series.y[:-1], 0.123]), *panel.series[1:]])])
    made, drawing = figure(changed), draw(chart)
    with pytest.raises(AssertionError):
        same_panel(made.axes[0], panel, rows_of(drawing, 0), ghosts=False)
