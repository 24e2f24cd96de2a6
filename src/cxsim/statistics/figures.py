"""The figure: what a study finds, number by number."""

from typing import NamedTuple

from cxsim.statistics.intervals import Estimate


class Figure(NamedTuple):
    """One figure: the part of the study it belongs to, what it is, its unit, its estimate, and words that go with it."""

    part: str
    name: str
    unit: str
    estimate: Estimate
    text: str = ""
