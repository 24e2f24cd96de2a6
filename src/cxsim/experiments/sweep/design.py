"""The design of a sweep: points, arms and replicates, and which run each number stands for.

Runs are numbered point by point, arm by arm, replicate by replicate. What a run draws depends on its seed and replicate alone,
and what it is called (its id) on the model, its resolved parameters and its replicate: never on its number or its neighbours.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from cxsim.model.chance import replicate_seed
from cxsim.scenario import Scenario
from cxsim.scenario.variants import Variants

Detail: TypeAlias = Literal["runs", "months"]
Firms: TypeAlias = Literal["focal", "all"]
ID_DIGITS = 32


class Points(Protocol):
    """Points of a design by number: the value of each factor."""

    def __len__(self) -> int:
        """Return how many there are."""

    def __getitem__(self, number: int, /) -> Mapping[str, Any]:
        """Return the value of each factor at a point."""


class Grid(NamedTuple):
    """Every combination of some values; the last factor changes from point to point."""

    keys: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]

    def __len__(self) -> int:
        return math.prod(map(len, self.values))

    def __getitem__(self, number: int) -> dict[str, Any]:  # type: ignore[override]
        chosen = []
        for values in reversed(self.values):
            number, place = divmod(number, len(values))
            chosen.append(values[place])
        return dict(zip(self.keys, reversed(chosen), strict=True))


class Spot(NamedTuple):
    """Where a run stands in the design."""

    point: int
    arm: str
    replicate: int


@dataclass(frozen=True)
class Design:
    """Everything that a sweep asks, in a form that another process can be told.

    ``measures`` are columns of the table of runs to keep, all when empty. ``firms`` tells whose rows are kept: those of the focal
    firm, or of all. ``detail`` tells whether months are kept beside runs. ``shard`` is (i, n): this part runs every n-th run.
    """

    variants: Variants
    points: Points
    keys: tuple[str, ...]
    arms: tuple[str, ...]
    replicates: int
    measures: tuple[str, ...] = ()
    firms: Firms = "focal"
    detail: Detail = "runs"
    shard: tuple[int, int] = (1, 1)

    @property
    def total(self) -> int:
        """Runs of the whole design, all shards together."""
        return len(self.points) * len(self.arms) * self.replicates

    @property
    def numbers(self) -> range:
        """Numbers of the runs of this shard."""
        return range(self.shard[0] - 1, self.total, self.shard[1])

    def spot(self, number: int) -> Spot:
        """Return which run a number stands for."""
        rest, replicate = divmod(number, self.replicates)
        point, arm = divmod(rest, len(self.arms))
        return Spot(point, self.arms[arm], replicate)

    def number(self, point: int, arm: str, replicate: int) -> int:
        """Return the number of a run."""
        return (point * len(self.arms) + self.arms.index(arm)) * self.replicates + replicate

    def scenario(self, point: int, arm: str) -> Scenario:
        """Return the scenario of one arm at a point. Raises ScenarioError when its values contradict each other."""
        return self.variants.at(self.points[point], [arm])

    def part(self, shard: tuple[int, int]) -> "Design":
        """Return the same design, of which only every n-th run is done: the i-th of n parts."""
        return replace(self, shard=shard)

    def plain(self) -> dict[str, Any]:
        """Everything as plain data that JSON can carry."""
        fields = {name: getattr(self, name) for name in PLAIN}
        return {"variants": self.variants.plain(), "points": plain_points(self.points, self.keys), **fields}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Design":
        """Rebuild a design from what :meth:`plain` gave, also after a way through JSON."""
        fields = {name: tuple(plain[name]) if isinstance(plain[name], list) else plain[name] for name in PLAIN}
        points = points_from(plain["points"], fields["keys"])
        return cls(variants=Variants.from_plain(plain["variants"]), points=points, **fields)


def run_id(model: str, scenario: Scenario, replicate: int) -> str:
    """Digest of all that decides a run: the model's version, the resolved parameters of its only arm, and its replicate."""
    (arm,) = scenario.resolved["arms"].values()
    params = {name: value for name, value in arm.items() if name != "title"}
    asked = [model, scenario.months, scenario.seed, params, replicate]
    text = json.dumps(asked, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]


def seed_of(scenario: Scenario, replicate: int) -> int:
    """Seed of a replicate: a matter of the scenario's seed and of the replicate alone."""
    return int(replicate_seed(scenario.seed, replicate))
