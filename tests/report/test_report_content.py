"""What reports are made of, without a browser: charts from data, text that stays text, and the interface for other commands."""

import base64
import hashlib
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample_futures import MOMENTS, futures, report

from cxsim import store
from cxsim.charts.content import Axis, Chart, Dot, DotPlot, HeatMap, Mark, Panel, Series, Strip
from cxsim.charts.vega import Drawing, draw
from cxsim.errors import StoreError
from cxsim.report import library
from cxsim.report.content import Section, Table
from cxsim.report.futures import plan
from cxsim.report.render import embedded, page, tied
from cxsim.studies.pages import BUILDERS, read_report

NASTY = "<script>alert(1)</script></script><!-- & \u2028 \" ' {{ 7 * 7 }}"
X = [0.0, 1.0, 2.0]


MONTH, CENTS = Axis("month", "month"), Axis("value", "cents")


def chart(*panels: Any, **more: Any) -> Chart:
    return Chart("name", "title", "note", panels, **more)


def lines(number: int, from_zero: bool = True, **more: Any) -> Chart:
    made = [Series(f"line {n}", X, [n, n + 1.0, math.nan], [0.0] * 3, [9.0] * 3, **more) for n in range(number)]
    return chart(Panel("", MONTH, Axis("customers", "count", from_zero=from_zero), made))


def replaced(found: Chart, change: Callable[[Series], Series]) -> Chart:
    (panel,) = found.panels
    assert isinstance(panel, Panel)
    return found._replace(panels=[panel._replace(series=[change(one) for one in panel.series])])


AREAS = [Series(name, X, [0.5] * 3, kind="area", pale_from=1.0) for name in ("one", "two")]
POINT = Series("point", [1.0], [2.0], [1.0], [3.0], "points", x_low=[0.5], x_high=[1.5], texts=["here"])
MARKS = [Mark("m", 1.0, 0.5, 2.0), Mark("n", 2.0, axis="y")]
KIND: dict[str, Any] = {"kind": [["k"]], "kinds": {"k": "#333333"}}
CHARTS = [
    lines(2),
    lines(6),
    lines(0),
    chart(Panel("a", MONTH, Axis("share", "share", within=(0, 1)), AREAS)),
    chart(
        Panel("a", MONTH, CENTS, [POINT], [Mark("m", 1.0, 0.5, 2.0), Mark("n", 2.0, axis="y")]), Panel("b", CENTS, CENTS, [])
    ),
    chart(DotPlot("", CENTS, [Dot("a", 100.0, 50.0, 150.0, noise=1.0), Dot("b", math.nan)], (-10.0, 10.0))),
    chart(DotPlot("", Axis("factor", "ratio", "log"), [Dot("a", 2.0, 1.0, 3.0, group=one) for one in "xy"], (0.9, 1.1))),
    chart(Strip("", CENTS, {"a": [1.0, 2.0, 30.0], "b": []}, [Dot("a", 11.0, 1.0, 21.0), Dot("b", math.nan)])),
    chart(Strip("", CENTS._replace(scale="symlog", even=100.0), {"a": [1.0, 2.0, 30_000.0]}, [])),
    chart(
        HeatMap(
            "", "x", "y", ["c"], ["r"], [[math.nan]], [[""]], (-1.0, 1.0, 3.0), "shade", kind=[["k"]], kinds={"k": "#333333"}
        )
    ),
]


@pytest.mark.parametrize("drawn", CHARTS, ids=lambda drawn: type(drawn.panels[0]).__name__)
def test_every_chart_can_be_drawn_and_described(drawn: Chart) -> None:
    drawing = draw(drawn)
    assert len(drawing.alt) > 10
    assert len({len(column) for column in drawing.columns.values()}) <= 1
    data = json.loads(embedded(drawing))
    assert data["columns"] == json.loads(json.dumps(drawing.columns))
    assert len(data["specs"]) == max(len(drawing.names), 1)


def test_money_is_drawn_in_dollars() -> None:
    drawing = draw(chart(DotPlot("", CENTS, [Dot("a", 123_456.0, 100.0, 200_000.0)])))
    assert drawing.columns["value"] == [1234.56]
    assert drawing.columns["_text"] == ["$1.23k ($1 to $2.00k)"]


def test_what_rests_on_few_runs_is_a_line_of_its_own_and_no_row_twice() -> None:
    drawing = draw(chart(Panel("", MONTH, Axis("y", "count"), [Series("a", X, X, pale_from=1.0)])))
    rows = list(zip(drawing.columns["x"], drawing.columns["_pale"], drawing.columns["_twice"], strict=True))
    assert rows == [(0.0, 0, 0), (1.0, 0, 0), (1.0, 1, 1), (2.0, 1, 0)]


def test_an_axis_need_not_begin_at_zero() -> None:
    assert '"zero": false' not in json.dumps([spec["layer"][1]["encoding"]["y"] for spec in draw(lines(1)).specs])
    assert '"zero": false' in json.dumps([spec["layer"][1]["encoding"]["y"] for spec in draw(lines(1, False)).specs])

    def far(series: Series) -> Series:
        return series._replace(y=[50.0] * 3, low=[40.0] * 3, high=[60.0] * 3)

    assert '"domain": [0.0, 60.0]' in json.dumps(draw(replaced(lines(5), far)).specs)
    assert '"domain": [40.0, 60.0]' in json.dumps(draw(replaced(lines(5, False), far)).specs)


def test_many_lines_with_bands_get_a_panel_each() -> None:
    assert draw(lines(4)).names == ()
    assert list(draw(lines(5)).names) == [f"line {n}" for n in range(5)]
    bare = replaced(lines(9), lambda line: line._replace(low=(), high=()))
    assert draw(bare).names == ()


def test_many_runs_are_thinned_by_rank() -> None:
    drawing = draw(chart(Strip("", Axis("v", "count"), {"a": [float(n) for n in range(5_000)]}, [])))
    assert len(drawing.columns["value"]) == 200
    assert (min(drawing.columns["value"]), max(drawing.columns["value"])) == (0.0, 4999.0)


def test_no_expression_holds_text_of_a_scenario() -> None:
    drawing = draw(replaced(lines(6), lambda line: line._replace(name=NASTY)))
    tests = re.findall(r'"(?:filter|test|expr|labelExpr)": "([^"]*)"', json.dumps(drawing.specs))
    assert tests
    assert not any("alert" in text for text in tests)


def test_embedded_data_cannot_end_its_element() -> None:
    text = embedded(Drawing([], {"series": [NASTY]}, ""))
    assert not set(text) & set("<>&\u2028")
    assert json.loads(text)["columns"]["series"] == [NASTY]


def test_text_is_escaped_everywhere_and_only_two_scripts_may_run() -> None:
    made = page([report(NASTY)._replace(notes=[NASTY], methods=[NASTY], provenance=[(NASTY, NASTY)])], NASTY)
    assert "alert(1)</script>" not in made
    assert "<script>alert" not in made
    scripts = re.findall(r"<script>(.*?)</script>", made, re.DOTALL)
    assert len(scripts) == 2
    allowed = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', made)
    assert allowed is not None
    for script in scripts:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in allowed[1].replace("&#43;", "+")
    assert "unsafe-eval" not in allowed[1]
    assert "default-src &#39;none&#39;" in allowed[1]


def test_tables_name_their_rows_and_columns() -> None:
    table = Table("A table", ["arm", "what", "value"], [["a", "words that wrap", "1 (0 to 2) *"]], texts=2)
    made = page([report()._replace(sections=[Section("S", [table])])])
    assert '<th scope="row">a</th><td class="words">words that wrap</td><td>1 (0\u00a0to\u00a02)\u00a0*</td>' in made
    assert tied("1 (2 to 3)") == "1 (2\u00a0to\u00a03)"


def test_the_slider_has_every_future_and_one_scale_for_all_moments() -> None:
    data = plan(futures())
    assert [len(one["paths"]) for one in data["lucks"]] == [2, 2]
    path = data["lucks"][0]["paths"][0]
    assert len(path["chosen"]) == len(MOMENTS) == len(data["moments"])
    assert path["reach"][0] == 0.0
    assert path["reach"][1] == max(max(line) for line in path["chosen"])
    assert [len(specs) for specs in data["specs"]] == [2, 2]


def test_the_library_is_kept_after_the_first_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXSIM_CACHE_DIR", str(tmp_path))
    first = library.vega()
    (kept,) = (tmp_path / "cxsim").glob("*/*")
    assert kept.read_text(encoding="utf-8") == first
    assert "vegaEmbed" in first
    assert "</script" not in first
    monkeypatch.setattr("vl_convert.javascript_bundle", None)
    assert library.vega() == first
    monkeypatch.undo()
    monkeypatch.setenv("CXSIM_CACHE_DIR", "/dev/null/nowhere")
    assert library.vega() == first


def test_results_without_a_report_are_refused_by_name(tmp_path: Path) -> None:
    origin = store.Origin({}, "d", "strange", 1, [1], "fast", "cxsim strange", "now", 0.0)
    place = store.chosen_folder(str(tmp_path / "strange"))
    store.write(place, origin, {}, (["a"], [[1]]), {}, "strange.csv")
    with pytest.raises(StoreError, match="have no report"):
        read_report(place)
    assert "claims.csv" in BUILDERS
