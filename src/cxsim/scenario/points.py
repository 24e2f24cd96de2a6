"""Points of a sweep: the value of every factor, by number, without keeping them all.

A grid is computed from the number of the point, a list is what the file says, and a sampled design keeps one table of shares
of the unit cube. The same file and seed give the same points, bit for bit.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from cxsim.scenario.factors import Factor
from cxsim.scenario.sweep import Sweep
from cxsim.statistics.designs import sampled
from cxsim.statistics.intervals import Floats


@dataclass(frozen=True, eq=False)
class Points:
    """Numbered points; each is a dictionary from key to value, with the factors in the order of the file.

    A ``grid`` has every combination of values, of which the last factor changes fastest; a ``list`` the first value of every
    factor, the second of every factor, and so on; a ``sample`` lies at shares of the range of every factor: ``unit`` has shape
    (points, factors) and values from 0 to 1.
    """

    kind: Literal["grid", "list", "sample"]
    factors: Sequence[Factor]
    unit: Floats | None = None

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Keys of the factors."""
        return tuple(factor.key for factor in self.factors)

    def __len__(self) -> int:
        if self.unit is not None:
            return len(self.unit)
        sizes = [len(factor.values) for factor in self.factors]
        return math.prod(sizes) if self.kind == "grid" else sizes[0]

    def __getitem__(self, number: int) -> dict[str, Any]:
        if not 0 <= number < len(self):
            raise IndexError(f"no point {number:,}; there are {len(self):,}, numbered from 0")
        return dict(zip(self.keys, self._values(number), strict=True))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[number] for number in range(len(self)))

    def _values(self, number: int) -> list[Any]:
        if self.unit is not None:
            return [factor.value(share) for factor, share in zip(self.factors, self.unit[number].tolist(), strict=True)]
        if self.kind == "list":
            return [factor.values[number] for factor in self.factors]
        values = []
        for factor in reversed(self.factors):
            number, index = divmod(number, len(factor.values))
            values.append(factor.values[index])
        return values[::-1]

    @property
    def digest(self) -> str:
        """SHA-256 of what makes the points: tells whether points made again, say by another version, are the same."""
        factors = json.dumps([list(factor) for factor in self.factors], separators=(",", ":"))
        unit = b"" if self.unit is None else self.unit.astype("<f8").tobytes()
        return hashlib.sha256(self.kind.encode() + factors.encode() + unit).hexdigest()


def points_of(sweep: Sweep) -> Points:
    """Make the points of a sweep.

    Raises :class:`MissingPackageError`, a :class:`ScenarioError`, when the design needs a package that is not installed.
    """
    if sweep.method in ("grid", "list", "csv"):
        return Points("grid" if sweep.method == "grid" else "list", sweep.factors)
    return Points("sample", sweep.factors, sampled(sweep.design, len(sweep.factors), sweep.place("design.method")))
