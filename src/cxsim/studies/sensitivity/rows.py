"""The table of an analysis of sensitivity, and what it says of each factor."""

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from cxsim.statistics.intervals import Estimate

SPREAD, NOISE_SHARE = "spread", "noise_share"
MAIN = ("mu_star", "total")  # the index by which factors are ranked: one for each method
SMALL_EFFECT = 0.1  # of the largest mu*
SMALL_SHARE = 0.05  # of the variance
MATTERS, LEAVE, UNSURE, NOISE = "matters", "leave", "unsure", "noise"


class IndexRow(NamedTuple):
    """An index of a measure under an arm, or of ``arm`` less ``versus``; see ``indices`` for what there is.

    ``unit`` is that of the figure. ``noise`` is what luck of the seeds alone would give; NaN where that is nothing on average.
    """

    measure: str
    arm: str
    versus: str
    kind: str
    factor: str
    other: str
    unit: str
    value: float
    low: float
    high: float
    noise: float

    @property
    def estimate(self) -> Estimate:
        """The figure with its interval."""
        return Estimate(self.value, self.low, self.high, 0)


class Group(NamedTuple):
    """All that is known of one measure under one arm, or of a difference; ``main`` has a row for each factor, largest first."""

    measure: str
    arm: str
    versus: str
    rows: Sequence[IndexRow]

    @property
    def title(self) -> str:
        """Name of the arm, or of the difference."""
        return f"{self.arm} less {self.versus}" if self.versus else self.arm

    @property
    def main(self) -> list[IndexRow]:
        """The row by which each factor is ranked, the largest first."""
        found = [row for row in self.rows if row.kind in MAIN]
        return sorted(found, key=lambda row: -row.value)

    def of(self, kind: str, factor: str = "") -> IndexRow:
        """Return the row of an index of a factor, or of all."""
        return next(row for row in self.rows if (row.kind, row.factor) == (kind, factor))

    @property
    def noise_share(self) -> float:
        """Share of the variance between points that is luck of seeds; NaN when it cannot be told."""
        return self.of(NOISE_SHARE).value

    @property
    def small(self) -> float:
        """Figure below which a factor can be left alone."""
        main = self.main
        return SMALL_SHARE if main[0].kind == "total" else SMALL_EFFECT * main[0].value

    def verdict(self, row: IndexRow) -> str:
        """Say of a factor whether it matters, can be left alone, cannot be told from luck, or is in between.

        Luck adds to a total index on average what it gives alone, so that it is taken off; mu* it hides instead.
        """
        luck = 0.0 if math.isnan(row.noise) else row.noise
        off = luck if row.kind == "total" else 0.0
        if row.high - off <= self.small or row.value == 0:
            return LEAVE
        if row.low > luck and row.low - off > self.small:
            return MATTERS
        return NOISE if self.small < luck and row.low <= luck and row.value <= 2 * luck else UNSURE


def groups(rows: Iterable[IndexRow]) -> list[Group]:
    """Put together what belongs to one measure under one arm."""
    found = groupby(rows, key=lambda row: row[:3])
    return [Group(measure, arm, versus, list(mine)) for (measure, arm, versus), mine in found]
