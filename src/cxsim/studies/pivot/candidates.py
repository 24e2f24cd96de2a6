"""Candidate moments of a pivot: months, numbers of customers, or levels of cash that a firm comes to."""

import math
from typing import Any, Literal, NamedTuple, TypeAlias

from cxsim.narrative.formatting import count, dollars

By: TypeAlias = Literal["month", "customers", "cash"]
UNITS: dict[By, str] = {"month": "months", "customers": "customers", "cash": "dollars"}
MOST = 40  # candidate months, unless a step is asked for
STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)  # levels within a power of ten
LEAST_CASH, MOST_CASH = 100_000, 100_000_000_000  # cents


class Moments(NamedTuple):
    """Levels in rising order at which the firm pivots. ``start`` is the cash that it begins with, in cents.

    Cash below the start is a level that it falls to, cash above the start one that it rises to.
    """

    by: By
    levels: tuple[int, ...]
    start: int = 0

    def reached(self, level: int, firm: Any, month: int) -> bool:
        """Tell whether a firm in business, at the start of a month, has come to a level."""
        if self.by == "month":
            return month >= level
        if self.by == "customers":
            return bool(firm.customers >= level)
        return bool(firm.cash <= level if level < self.start else firm.cash >= level)

    def word(self, level: float) -> str:
        """Name a level as a sentence does."""
        if self.by == "month":
            return f"month {count(level)}"
        if self.by == "customers":
            return f"{count(level)} customers"
        return f"{dollars(level)} in the bank"

    def figure(self, level: float) -> str:
        """Write a level as a cell of a table."""
        return dollars(level) if self.by == "cash" else count(level)


def moments_of(by: By, months: int, first: int, customers: int, start: int, step: int | None) -> Moments:
    """Candidates for a run of some months, in which the firm begins in month ``first``, in a market of some customers."""
    if by == "month":
        step = step or max(math.ceil((months - first) / MOST), 1)
        return Moments(by, tuple(range(first, months, step)))
    if by == "customers":
        return Moments(by, (0, *_series(1, customers)))
    return Moments(by, _series(LEAST_CASH, MOST_CASH), start)


def _series(low: int, high: int) -> tuple[int, ...]:
    """Rising levels, six to a power of ten.

    >>> _series(1, 20)
    (1, 2, 3, 5, 7, 10, 15, 20)
    """
    levels = {round(step * 10**power) for power in range(int(math.log10(low)), int(math.log10(high)) + 1) for step in STEPS}
    return tuple(sorted(level for level in levels if low <= level <= high))
