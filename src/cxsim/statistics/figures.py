"""The figure: what a study finds, number by number; and rows with such figures as columns of a table."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.statistics.intervals import Estimate


class Figure(NamedTuple):
    """One figure: the part of the study it belongs to, what it is, its unit, its estimate, and words that go with it."""

    part: str
    name: str
    unit: str
    estimate: Estimate
    text: str = ""


def columns_of(rows: Sequence[Any]) -> dict[str, NDArray[Any]]:
    """Lay named tuples of one kind out as columns, an estimate as three: ``name``, ``name_low`` and ``name_high``.

    >>> columns_of([Figure("split", "value", "cents", Estimate(2.0, 1.0, 3.0, 9))])["estimate_high"]
    array([3.])
    """
    columns: dict[str, NDArray[Any]] = {}
    for name, values in zip(rows[0]._fields if rows else (), zip(*rows, strict=True), strict=True):
        if isinstance(values[0], Estimate):
            ends = zip(("", "_low", "_high"), zip(*(value[:3] for value in values), strict=True), strict=True)
            columns |= {f"{name}{end}": np.array(bounds) for end, bounds in ends}
        else:
            columns[name] = np.array(values, object if isinstance(values[0], str) else None)
    return columns
