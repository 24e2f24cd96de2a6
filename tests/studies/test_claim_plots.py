"""Figures of claims, drawn from the committed tables."""

import io
from pathlib import Path

import pytest
from matplotlib.axes import Axes

from cxsim.claim_plots import claim_figure, heat_map
from cxsim.store.rows import rows_from_csv
from cxsim.studies.claims import report
from cxsim.studies.claims.study import mechanisms
from cxsim.studies.claims.table import CLAIMS

REFERENCE = Path(__file__).parents[2] / "results" / "reference"


def committed(name: str) -> list[report.ClaimRow]:
    return rows_from_csv(report.ClaimRow, (REFERENCE / name).read_text(encoding="utf-8"))


def ticks(axes: Axes) -> list[str]:
    low, high = axes.get_xlim()
    places = [place for place in axes.get_xticks() if low <= place <= high]
    return [axes.xaxis.get_major_formatter()(place, None) for place in places]


@pytest.mark.parametrize("name", CLAIMS)
def test_every_axis_has_a_label_and_ticks_to_read_it_by(name: str) -> None:
    drawn = claim_figure(committed("claims.csv"), CLAIMS[name])
    assert len(drawn.axes) == (1 if CLAIMS[name].ablations else 2)
    for axes in drawn.axes:
        assert axes.get_xlabel()
        assert 3 <= len(set(ticks(axes))) <= 10, ticks(axes)
    drawn.savefig(io.BytesIO(), format="png", dpi=40)


def test_levels_do_not_share_an_axis_with_differences() -> None:
    upper, lower = claim_figure(committed("claims.csv"), CLAIMS["C14"]).axes
    assert [label.get_text() for label in upper.get_yticklabels()] == ["effect"]
    assert lower.get_xlabel() == "figures behind the effect: levels"
    assert ticks(claim_figure(committed("claims.csv"), CLAIMS["C18"]).axes[0]) == ["-99 %", "-90 %", "+0 %", "+900 %"]


@pytest.mark.parametrize("claims", [("C17",), ("C12", "C17", "C19"), tuple(CLAIMS)])
def test_the_heat_map_has_room_for_its_labels_and_hatches_what_is_unsure(claims: tuple[str, ...]) -> None:
    rows = [row for row in committed("knockouts.csv") if row.claim in claims]
    drawn = heat_map(rows, mechanisms())
    drawn.savefig(io.BytesIO(), format="png", dpi=60)
    matrix, bar = drawn.axes
    assert [patch.get_y() + 0.5 for patch in matrix.patches] == [claims.index("C17")]
    label = bar.yaxis.label.get_window_extent()
    assert drawn.bbox.y0 <= label.y0
    assert label.y1 <= drawn.bbox.y1


def test_cells_that_are_not_significant_have_no_colour() -> None:
    rows = [row for row in committed("knockouts.csv") if row.claim == "C19"]
    shades = heat_map(rows, mechanisms()).axes[0].images[0].get_array()
    assert shades is not None
    for shade, name in zip(shades[0], mechanisms(), strict=True):
        share, sure = report.left_of(rows, "C19", name)
        assert (shade == 1.0) == (not sure or share == 1.0)
