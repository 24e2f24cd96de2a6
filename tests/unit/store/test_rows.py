"""Rows of figures as CSV: every kind of field, there and back."""

import math
from typing import NamedTuple

from cxsim.statistics.figures import Figure
from cxsim.statistics.intervals import NOTHING_KNOWN, Estimate
from cxsim.store.rows import cells, from_cells, header, rows_from_csv, rows_to_csv, to_cells


class Sample(NamedTuple):
    """A row with every kind of field."""

    name: str
    found: Estimate
    sure: bool | None
    weight: float


ROWS = [
    Sample("a, b", Estimate(1.5, 1.0, 2.0, 7), True, math.nan),
    Sample("", NOTHING_KNOWN, None, 0.25),
    Sample("c", Estimate(-1e9, math.nan, math.inf, 1), False, -3.0),
]
TEXT = """name,mean,low,high,n,sure,weight
"a, b",1.5,1,2,7,1,
,,,,0,,0.25
c,-1000000000,,inf,1,0,-3
"""


def test_an_estimate_takes_four_columns() -> None:
    assert header(Sample) == ["name", "mean", "low", "high", "n", "sure", "weight"]
    assert header(Figure) == ["part", "name", "unit", "mean", "low", "high", "n", "text"]
    assert cells(Figure("a", "b", "share", Estimate(1, 0, 2, 3), "why")) == ["a", "b", "share", 1, 0, 2, 3, "why"]
    assert to_cells(Sample, ROWS)[1][2] == ["c", -1e9, ROWS[2].found.low, math.inf, 1, False, -3.0]


def test_rows_come_back_as_they_were() -> None:
    assert rows_to_csv(Sample, ROWS) == TEXT
    found = rows_from_csv(Sample, TEXT)
    assert repr(found) == repr(ROWS)
    assert found[0].sure is True
    assert found[1].sure is None
    assert isinstance(found[0].found, Estimate)


def test_columns_are_found_by_name() -> None:
    given = {"weight": "1", "n": "2", "high": "", "low": "", "mean": "3", "name": "x", "sure": "0", "more": "?"}
    found = from_cells(Sample, given)
    assert (found.name, found.found.mean, found.found.n, found.sure, found.weight) == ("x", 3.0, 2, False, 1.0)
