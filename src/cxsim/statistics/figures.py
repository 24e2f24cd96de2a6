"""The figure: what a study finds, number by number; and rows with such figures as columns of a table."""

from collections.abc import Iterable, Mapping
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


def columns_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, NDArray[Any]]:
    """Lay rows of the same names out as columns, an estimate as three: ``name``, ``name_low`` and ``name_high``.

    >>> columns_of([{"n": 9, "value": Estimate(2.0, 1.0, 3.0, 9)}])
    {'n': array([9]), 'value': array([2.]), 'value_low': array([1.]), 'value_high': array([3.])}
    """
    rows, columns = list(rows), dict[str, NDArray[Any]]()
    for name in rows[0] if rows else ():
        values = [row[name] for row in rows]
        if isinstance(values[0], Estimate):
            columns |= dict(zip((name, f"{name}_low", f"{name}_high"), np.array(values)[:, :3].T, strict=True))
        else:
            columns[name] = np.array(values, object if isinstance(values[0], str) else None)
    return columns
