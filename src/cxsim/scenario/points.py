"""Points of a sweep: the value of every factor, by number, without keeping them all.

A grid is computed from the number of the point, a list is what the file says, and a sampled design keeps one table of shares
of the unit cube. The same file and seed give the same points, bit for bit.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from cxsim.scenario.factors import Factor
from cxsim.scenario.sweep import Sweep
from cxsim.statistics.designs import sampled
from cxsim.statistics.intervals import Floats


class Points(ABC):
    """Numbered points; each is a dictionary from key to value, with the factors in the order of the file."""

    def __init__(self, factors: Sequence[Factor]) -> None:
        self.factors = tuple(factors)
        self.keys = tuple(factor.key for factor in factors)

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def _values(self, number: int) -> Sequence[Any]: ...

    def __getitem__(self, number: int) -> dict[str, Any]:
        if not 0 <= number < len(self):
            raise IndexError(f"no point {number:,}; there are {len(self):,}, numbered from 0")
        return dict(zip(self.keys, self._values(number), strict=True))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[number] for number in range(len(self)))

    @property
    def _source(self) -> bytes:
        """What makes the points, beside their factors."""
        return b""

    @property
    def digest(self) -> str:
        """SHA-256 of what makes the points: tells whether points made again, say by another version, are the same."""
        factors = json.dumps([list(factor) for factor in self.factors], separators=(",", ":"))
        return hashlib.sha256(type(self).__name__.encode() + factors.encode() + self._source).hexdigest()


class Grid(Points):
    """Every combination of values; the last factor changes fastest."""

    def __len__(self) -> int:
        size = 1
        for factor in self.factors:
            size *= len(factor.values)
        return size

    def _values(self, number: int) -> Sequence[Any]:
        values = []
        for factor in reversed(self.factors):
            number, index = divmod(number, len(factor.values))
            values.append(factor.values[index])
        return values[::-1]


class Listed(Points):
    """The first value of every factor, the second of every factor, and so on."""

    def __len__(self) -> int:
        return len(self.factors[0].values)

    def _values(self, number: int) -> Sequence[Any]:
        return [factor.values[number] for factor in self.factors]


class Sampled(Points):
    """Points at shares of the range of every factor; ``unit`` has shape (points, factors) and values from 0 to 1."""

    def __init__(self, factors: Sequence[Factor], unit: Floats) -> None:
        super().__init__(factors)
        self.unit = unit

    def __len__(self) -> int:
        return len(self.unit)

    def _values(self, number: int) -> Sequence[Any]:
        return [factor.value(share) for factor, share in zip(self.factors, self.unit[number].tolist(), strict=True)]

    @property
    def _source(self) -> bytes:
        return self.unit.astype("<f8").tobytes()


def points_of(sweep: Sweep) -> Points:
    """Make the points of a sweep.

    Raises :class:`MissingPackageError`, a :class:`ScenarioError`, when the design needs a package that is not installed.
    """
    if sweep.method == "grid":
        return Grid(sweep.factors)
    if sweep.method in ("list", "csv"):
        return Listed(sweep.factors)
    return Sampled(sweep.factors, sampled(sweep.design, len(sweep.factors), sweep.place("design.method")))
