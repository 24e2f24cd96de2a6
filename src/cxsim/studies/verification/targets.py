"""What theory asks of the model, what was measured, and whether the two agree."""

import math
from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from cxsim.statistics.intervals import Estimate, t_quantile
from cxsim.store.tables import to_csv

Kind: TypeAlias = Literal["exact", "model"]
Verdict: TypeAlias = Literal["pass", "fail", "missing"]


class Tolerance(NamedTuple):
    """How far a figure may lie from its target: in its own unit, as a share of the target, or in standard errors."""

    size: float
    unit: Literal["own", "share", "errors"] = "own"

    def allowed(self, target: float, measured: Estimate) -> float:
        """Largest difference that passes, in the unit of the figure."""
        if self.unit == "share":
            return self.size * abs(target)
        if self.unit == "errors":
            return self.size * standard_error(measured)
        return self.size

    def __str__(self) -> str:
        """Write it as a table does."""
        if self.unit == "share":
            return f"{100 * self.size:g} %"
        if self.unit == "errors":
            return f"{self.size:g} SE"
        return f"{self.size:g}" if self.size else "exact"


def standard_error(measured: Estimate) -> float:
    """Standard error behind a 95 % interval of a mean."""
    return (measured.high - measured.low) / 2 / t_quantile(measured.n - 1)


class TargetRow(NamedTuple):
    """A figure that theory gives, and what was measured: *exact* ones are asked of functions, *model* ones of the engine."""

    id: str
    kind: Kind
    what: str
    value: float
    tolerance: Tolerance
    source: str
    measured: Estimate

    @property
    def allowed(self) -> float:
        """Largest difference that passes, in the unit of the figure."""
        return float(self.tolerance.allowed(self.value, self.measured))

    @property
    def verdict(self) -> Verdict:
        """Whether the measured figure lies within the tolerance; *missing* when nothing could be measured."""
        if self.measured.n == 0:
            return "missing"
        return "pass" if abs(self.measured.mean - self.value) <= self.allowed else "fail"


class TargetGroup(NamedTuple):
    """What the targets of a group have in common."""

    id: str
    kind: Kind
    source: str

    def row(self, what: str, value: float, tolerance: Tolerance, measured: Estimate) -> TargetRow:
        """Put a target beside what was measured for it."""
        return TargetRow(self.id, self.kind, what, value, tolerance, self.source, measured)


def figure(value: float) -> Estimate:
    """Make an estimate of a figure without chance in it."""
    return Estimate(value, math.nan, math.nan, 1)


COLUMNS = ("id", "kind", "what", "target", "measured", "low", "high", "runs", "tolerance", "allowed", "verdict", "source")


def cells(row: TargetRow) -> tuple[object, ...]:
    """Write a row as the cells of a table with :data:`COLUMNS`; *allowed* is the tolerance in the unit of the figure."""
    return row.id, row.kind, row.what, float(row.value), *row.measured, row.tolerance, row.allowed, row.verdict, row.source


def table(rows: Iterable[TargetRow]) -> str:
    """All rows as CSV text."""
    return to_csv(COLUMNS, [cells(row) for row in rows])
