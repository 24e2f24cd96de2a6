"""Reports as text beside their results: nothing is lost on the way, and damage is told."""

import math
from pathlib import Path

import numpy as np
import pytest
from sample_futures import futures

from cxsim import store
from cxsim.charts.content import AnyPanel, Axis, Chart, Dot, DotPlot, HeatMap, Mark, Panel, Series, Strip
from cxsim.errors import StoreError
from cxsim.report.content import Part, Report, Section, Table
from cxsim.report.render import page
from cxsim.report.stored import KINDS, from_json, read_report, to_json

LINE = Series("a line", [0.0, 1.0], [1.5, math.nan], [0.0, 1.0], [2.0, 3.0], pale_from=1.0)
BARE = Series("bare", [0.0], [1.0], kind="steps")
X, Y = Axis("month", "month", ticks=[(1.0, "one")]), Axis("cash", "cents", "symlog", even=1.0)
PARTS: list[Part] = [
    Chart("panel", "title", "note", [Panel("", X, Y, [LINE, BARE], [Mark("here", 1.0, 0.5, math.inf)])], across=1),
    Chart("dots", "title", "note", [DotPlot("", Y, [Dot("a", 1.0, 0.0, 2.0, 1), Dot("b", math.nan)], (-1.0, 1.0))]),
    Chart("strip", "title", "note", [Strip("", Y, {"is": [1.0, 2.0], "b": []}, [Dot("is", 1.5)])], alike=True),
    Chart("map", "title", "note", [HeatMap("", "x", "y", ["c"], ["r"], [[math.nan]], [["?"]], (-1.0, 0.0, 1.0), "shade")]),
    Table("title", ["a", "b"], [["</script>", "2 \u2028"]], "note", texts=2),
    futures(),
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
    assert {"Report", "Section", "Axis", "Series", "Mark", "Dot", "Moment", "Luck", "Path"} < set(KINDS)
    assert {kind.__name__ for kind in Part.__args__} == {type(part).__name__ for part in PARTS}
    panels = {type(panel).__name__ for part in PARTS if isinstance(part, Chart) for panel in part.panels}
    assert {kind.__name__ for kind in AnyPanel.__args__} == panels < set(KINDS)


def test_figures_of_numpy_and_unknown_ones_are_kept() -> None:
    values = np.array([1.5, math.nan, math.inf])
    panel = Panel("", Axis("x"), Axis("y", "count"), [Series("a", np.arange(3), values, values[:1], [])])
    back = from_json(to_json(made([Chart("c", "t", "n", [panel])])))
    (line,) = back.sections[0].parts[0].panels[0].series  # type: ignore[union-attr]
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
        read_report(place, store.read_manifest(place))
    (place.path / "page.json").write_text(to_json(made([])), encoding="utf-8")
    with pytest.raises(StoreError, match="missing or damaged"):
        read_report(place, store.read_manifest(place))
