"""Figures of claims, drawn from the committed tables."""

import io
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from cxsim.charts.matplotlib import figure
from cxsim.store.rows import rows_from_csv
from cxsim.studies.claims.charts import charts, knockouts
from cxsim.studies.claims.claim import mechanisms
from cxsim.studies.claims.result import ClaimRow, results_of
from cxsim.studies.claims.table import CLAIMS

REFERENCE = Path(__file__).parents[2] / "results" / "reference"


def committed(name: str) -> list[ClaimRow]:
    return rows_from_csv(ClaimRow, (REFERENCE / name).read_text(encoding="utf-8"))


def claim_figure(name: str) -> Figure:
    (chart,) = charts(committed("claims.csv"), [CLAIMS[name]])
    return figure(chart)


def ticks(axes: Axes) -> list[str]:
    low, high = axes.get_xlim()
    places = [place for place in axes.get_xticks() if low <= place <= high]
    return [axes.xaxis.get_major_formatter()(place, None) for place in places]


@pytest.mark.parametrize("name", CLAIMS)
def test_every_axis_has_a_label_and_ticks_to_read_it_by(name: str) -> None:
    drawn = claim_figure(name)
    assert len(drawn.axes) == (1 if CLAIMS[name].ablations else 2)
    for axes in drawn.axes:
        assert axes.get_xlabel()
        assert 3 <= len(set(ticks(axes))) <= 10, ticks(axes)
    drawn.savefig(io.BytesIO(), format="png", dpi=40)


def test_levels_do_not_share_an_axis_with_differences() -> None:
    upper, lower = claim_figure("C14").axes
    assert [label.get_text() for label in upper.get_yticklabels()] == ["effect"]
    assert lower.get_xlabel() == "figures behind the effect: levels (dollars)"
    assert ticks(claim_figure("C18").axes[0]) == ["-99 %", "-90 %", "+0 %", "+900 %"]


@pytest.mark.parametrize("claims", [("C17",), ("C12", "C17", "C19"), tuple(CLAIMS)])
def test_the_heat_map_has_room_for_its_labels_and_greys_what_is_unsure(claims: tuple[str, ...]) -> None:
    rows = [row for row in committed("knockouts.csv") if row.claim in claims]
    drawn = figure(knockouts(rows))
    drawn.savefig(io.BytesIO(), format="png", dpi=60)
    matrix, *bars = drawn.axes
    assert len(bars) == (claims != ("C17",))  # no colour, no bar
    greys = [patch for patch in matrix.patches if to_hex(patch.get_facecolor()) == "#dadada"]
    assert {patch.get_y() + 0.5 for patch in greys} == {claims.index("C17")}  # type: ignore[attr-defined]
    assert len(greys) == len(mechanisms())
    for bar in bars:
        label = bar.yaxis.label.get_window_extent()
        assert drawn.bbox.y0 <= label.y0
        assert label.y1 <= drawn.bbox.y1


def test_cells_that_are_not_significant_have_no_colour() -> None:
    rows = [row for row in committed("knockouts.csv") if row.claim == "C19"]
    shades = figure(knockouts(rows)).axes[0].images[0].get_array()
    assert shades is not None
    for shade, name in zip(shades[0], mechanisms(), strict=True):
        share, sure = results_of(rows)["C19"].left(name)
        assert np.ma.is_masked(shade) == (not sure)
        assert not sure or shade == pytest.approx(min(max(share, -1.0), 3.0), rel=1e-5)
