"""Reports as text beside their results: nothing is lost on the way, and damage is told."""

import math
from pathlib import Path

import numpy as np
import pytest
from sample_futures import futures

from cxsim import store
from cxsim.charts.content import Axis, Chart, Panel, Series
from cxsim.errors import StoreError
from cxsim.report.content import Areas, Heat, Line, Lines, Mark, Marks, Part, Report, Section, Spread, Table
from cxsim.report.render import page
from cxsim.report.stored import KINDS, from_json, read_report, to_json

LINE = Line("a line", [0.0, 1.0], [1.5, math.nan], [0.0, 1.0], [2.0, 3.0], pale_from=1.0)
PARTS: list[Part] = [
    Lines("title", "note", "month", "customers", "count", [LINE, Line("bare", [0.0], [1.0])], steps=True),
    Areas("title", "note", "month", "share", [0.0], {"is": {"of": [1.0]}}, {"of": "#000000"}),
    Marks("title", "note", "value", "cents", [Mark("a", 1.0, 0.0, 2.0, 1), Mark("b", math.nan)], (-1.0, 1.0)),
    Spread("title", "note", "value", "cents", {"is": [1.0, 2.0], "b": []}, [Mark("is", 1.5)]),
    Heat("title", "note", "x", "y", ["c"], ["r"], [[math.nan]], [["?"]], (-1.0, 0.0, 1.0)),
    Table("title", ["a", "b"], [["</script>", "2 \u2028"]], "note", texts=2),
    futures(),
    Chart("name", "title", "note", [Panel("", Axis("month", "month"), Axis("cash", "cents"), [Series("a", [0.0], [1.0])])]),
]


def made(parts: list[Part]) -> Report:
    section = Section("section", parts, "text", covered=True)
    return Report("title", "question?", ["answer"], [section], ["method"], "", [], "", ["note"], guess=True)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_every_part_comes_back_as_it_was(part: Part) -> None:
    text = to_json(made([part]))
    back = from_json(text)
    assert type(back.sections[0].parts[0]) is type(part)
    assert to_json(back) == text
    assert page([back]) == page([made([part])])


def test_every_kind_of_part_is_known_and_tried() -> None:
    assert {type(part).__name__ for part in PARTS} < set(KINDS)
    assert {"Report", "Section", "Line", "Mark", "Moment", "Luck", "Path"} < set(KINDS)
    assert {kind.__name__ for kind in Part.__args__} == {type(part).__name__ for part in PARTS}


def test_figures_of_numpy_and_unknown_ones_are_kept() -> None:
    values = np.array([1.5, math.nan, math.inf])
    back = from_json(to_json(made([Lines("t", "n", "x", "y", "count", [Line("a", np.arange(3), values, values[:1], [])])])))
    (line,) = back.sections[0].parts[0].lines  # type: ignore[union-attr]
    assert line.x == [0, 1, 2]
    assert line.y[0] == 1.5
    assert math.isnan(line.y[1])
    assert line.y[2] == math.inf
    assert line.pale_from == math.inf


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"is":"Section","title":"t","parts":[]}',
        '{"is":"os.system","command":"true"}',
        '{"is":["Report"]}',
        '{"is":"Report","title":"t"}',
        '{"is":"mapping","of":[1]}',
        "[" * 100_000,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(StoreError, match="it holds"):
        from_json(text)


@pytest.mark.parametrize("text", ["not json", '{"is":"Nonsense"}'])
def test_a_folder_whose_report_is_damaged_is_refused_by_name(tmp_path: Path, text: str) -> None:
    origin = store.Origin({}, "d", "strange", 1, [1], "fast", "cxsim pivot", "now", 0.0)
    place = store.chosen_folder(str(tmp_path / "strange"))
    store.write(place, origin, {}, (["a"], [[1]]), {}, "strange.csv", {"page.json": text})
    with pytest.raises(StoreError, match=r"strange/page\.json is damaged: it holds"):
        read_report(place)
    (place.path / "page.json").write_text(to_json(made([])), encoding="utf-8")
    with pytest.raises(StoreError, match="missing or damaged"):
        read_report(place)
