"""The figure: what a study finds, number by number."""

from typing import Any, NamedTuple

from cxsim.statistics.intervals import Estimate


class Figure(NamedTuple):
    """One figure: the part of the study it belongs to, what it is, its unit, its estimate, and words that go with it."""

    part: str
    name: str
    unit: str
    estimate: Estimate
    text: str = ""


def columns_of(name: str, found: Estimate) -> dict[str, float]:
    """Lay an estimate out as columns of a table: ``name``, ``name_low`` and ``name_high``.

    >>> columns_of("value", Estimate(2.0, 1.0, 3.0, 9))
    {'value': 2.0, 'value_low': 1.0, 'value_high': 3.0}
    """
    return {name: found.mean, f"{name}_low": found.low, f"{name}_high": found.high}


def estimate_in(row: Any, name: str) -> Estimate:
    """Read an estimate back from such columns of a row; its number of runs is the row's ``n``, if it has one."""
    return Estimate(float(row[name]), float(row[f"{name}_low"]), float(row[f"{name}_high"]), int(row.get("n", 0)))
