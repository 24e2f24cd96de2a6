"""What theory asks of the model, what was measured, and whether the two agree."""

import math
from typing import Literal, NamedTuple, TypeAlias

from cxsim.experiments.intervals import Estimate, t_quantile

Kind: TypeAlias = Literal["exact", "model"]


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


class Target(NamedTuple):
    """One figure that theory gives: *exact* ones are asked of functions, *model* ones of the whole engine."""

    id: str
    kind: Kind
    what: str
    value: float
    tolerance: Tolerance
    source: str


class Row(NamedTuple):
    """A target and what was measured for it."""

    target: Target
    measured: Estimate

    @property
    def passed(self) -> bool:
        """Whether the measured figure lies within the tolerance; what was not measured does not pass."""
        off = abs(self.measured.mean - self.target.value)
        return off <= self.target.tolerance.allowed(self.target.value, self.measured)


def figure(value: float) -> Estimate:
    """Make an estimate of a figure without chance in it."""
    return Estimate(value, math.nan, math.nan, 1)
