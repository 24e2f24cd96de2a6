"""Points of a sweep: the value of every factor, by number, without keeping them all.

A grid is computed from the number of the point, a list is what the file says, and a sampled design keeps one table of shares
of the unit cube. The same file and seed give the same points, bit for bit.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from cxsim.scenario.factors import Factor
from cxsim.statistics.designs import DesignSpec, sampled
from cxsim.statistics.intervals import Floats


class Points:
    """Numbered points; each is a dictionary from key to value, with the factors in the order of the file.

    A grid has every combination of values, of which the last factor changes fastest; a list (also one from a CSV file) the
    first value of every factor, the second of every factor, and so on; any other design is sampled. ``unit`` has the shares
    of the range of every factor that were sampled before; ``where`` is the place that names the method.
    """

    def __init__(self, spec: DesignSpec, factors: Sequence[Factor], unit: Floats | None = None, where: str = "") -> None:
        self.spec, self.factors, self.where, self._unit = spec, factors, where, unit

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Keys of the factors."""
        return tuple(factor.key for factor in self.factors)

    @cached_property
    def is_sampled(self) -> bool:
        """Tell whether points are drawn from the ranges of the factors."""
        return self.spec.method not in ("grid", "list", "csv")

    @cached_property
    def unit(self) -> Floats:
        """Shares of the ranges of a sampled design, from 0 to 1: shape (points, factors).

        Raises :class:`MissingPackageError`, a :class:`ScenarioError`, when the design needs a package that is not installed.
        """
        return sampled(self.spec, len(self.factors), self.where) if self._unit is None else self._unit

    @cached_property
    def size(self) -> int:
        """How many points there are; zero without factors. It may be more than ``len`` can tell."""
        if self._unit is not None:
            return len(self._unit)
        sizes = [len(factor.values) for factor in self.factors]
        if self.is_sampled or not sizes:
            return self.spec.sampled_points(len(sizes)) if sizes else 0
        return math.prod(sizes) if self.spec.method == "grid" else sizes[0]

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, number: int) -> dict[str, Any]:
        if not 0 <= number < len(self):
            raise IndexError(f"no point {number:,}; there are {len(self):,}, numbered from 0")
        return dict(zip(self.keys, self._values(number), strict=True))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[number] for number in range(len(self)))

    def _values(self, number: int) -> list[Any]:
        if self.is_sampled:
            return [factor.value(share) for factor, share in zip(self.factors, self.unit[number].tolist(), strict=True)]
        if self.spec.method != "grid":
            return [factor.values[number] for factor in self.factors]
        values = []
        for factor in reversed(self.factors):
            number, index = divmod(number, len(factor.values))
            values.append(factor.values[index])
        return values[::-1]

    @property
    def digest(self) -> str:
        """SHA-256 of what makes the points: tells whether points made again, say by another version, are the same."""
        made_by = [self.spec.method, self.spec.levels, self.spec.second_order, [list(factor) for factor in self.factors]]
        unit = self.unit.astype("<f8").tobytes() if self.is_sampled else b""
        return hashlib.sha256(json.dumps(made_by, separators=(",", ":")).encode() + unit).hexdigest()
