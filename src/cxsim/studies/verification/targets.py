"""What theory asks of the model, what was measured, and whether the two agree."""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from cxsim.statistics.intervals import Estimate, Floats, mean_interval, t_quantile
from cxsim.studies.base import Runner


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
    """A line of ``verification.csv``: a figure that theory gives, what was measured, and whether it passes.

    ``allowed`` is the tolerance in the unit of the figure. A figure that could not be measured is *missing*.
    """

    id: str
    kind: str
    what: str
    target: float
    measured: float
    low: float
    high: float
    runs: int
    tolerance: str
    allowed: float
    verdict: str
    source: str


class Target(NamedTuple):
    """A figure that theory gives, and what was measured: with an interval, in each replicate, or without chance in it."""

    what: str
    value: float
    tolerance: Tolerance
    measured: Estimate | Floats | Sequence[float] | float

    def row(self, id: str, kind: str, source: str) -> TargetRow:
        """Hold what was measured against the target."""
        found = self.measured
        if not isinstance(found, Estimate):
            found = mean_interval([found] if isinstance(found, int | float) else list(found))
        allowed = float(self.tolerance.allowed(self.value, found))
        verdict = "missing" if found.n == 0 else "pass" if abs(found.mean - self.value) <= allowed else "fail"
        return TargetRow(id, kind, self.what, float(self.value), *found, str(self.tolerance), allowed, verdict, source)


class Verification(NamedTuple):
    """A group of targets: *exact* ones are asked of functions, *model* ones of the engine, by way of a runner."""

    id: str
    title: str
    source: str
    model: Callable[[Runner], Iterable[Target]]
    exact: Callable[[], Iterable[Target]] = tuple

    def measure(self, runner: Runner) -> list[TargetRow]:
        """Find the figures of all targets."""
        asked = {"exact": self.exact(), "model": self.model(runner)}
        return [target.row(self.id, kind, self.source) for kind, targets in asked.items() for target in targets]
