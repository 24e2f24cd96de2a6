"""The design of a sweep: points, arms and replicates, and which run each number stands for.

Runs are numbered point by point, arm by arm, replicate by replicate. What a run draws depends on its seed and replicate alone,
and what it is called (its id) on the model, its resolved parameters and its replicate: never on its number or its neighbours.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from cxsim.model.chance import replicate_seed
from cxsim.scenario import Scenario
from cxsim.scenario.factors import Factor
from cxsim.scenario.points import Points, points_of
from cxsim.scenario.sweep import Sweep, load_sweep, sweep_of
from cxsim.scenario.variants import Variants
from cxsim.store.arrays import pack, unpack
from cxsim.store.checksummed_json import digest_of
from cxsim.studies.sweep.check import check

Detail: TypeAlias = Literal["runs", "months"]
Firms: TypeAlias = Literal["focal", "all"]
ID_DIGITS = 32
MADE_BY = ("method", "levels", "second_order")  # how the points were made, which analyses must know
PLAIN = ("arms", "replicates", "measures", "firms", "detail", "shard", *MADE_BY)  # fields that are plain data themselves


class DesignPoint(NamedTuple):
    """Where a run stands in the design."""

    point: int
    arm: str
    replicate: int


@dataclass(frozen=True)
class Design:
    """Everything that a sweep asks, in a form that another process can be told.

    ``measures`` are columns of the table of runs to keep, all when empty. ``firms`` tells whose rows are kept: those of the
    focal firm, or of all. ``detail`` tells whether months are kept beside runs. ``shard`` is (i, n): this part does every n-th.
    ``method``, ``levels`` (Morris) and ``second_order`` (Saltelli) are what the sweep file says of how points were made.
    """

    variants: Variants
    points: Points
    arms: tuple[str, ...]
    replicates: int
    measures: tuple[str, ...] = ()
    firms: Firms = "focal"
    detail: Detail = "runs"
    shard: tuple[int, int] = (1, 1)
    method: str = "grid"
    levels: int = 0
    second_order: bool = False

    @property
    def total(self) -> int:
        """Runs of the whole design, all shards together."""
        return len(self.points) * len(self.arms) * self.replicates

    @property
    def numbers(self) -> range:
        """Numbers of the runs of this shard."""
        return range(self.shard[0] - 1, self.total, self.shard[1])

    def locate(self, number: int) -> DesignPoint:
        """Return which run a number stands for."""
        rest, replicate = divmod(number, self.replicates)
        point, arm = divmod(rest, len(self.arms))
        return DesignPoint(point, self.arms[arm], replicate)

    def number(self, point: int, arm: str, replicate: int) -> int:
        """Return the number of a run."""
        return (point * len(self.arms) + self.arms.index(arm)) * self.replicates + replicate

    def scenario(self, point: int, arm: str) -> Scenario:
        """Return the scenario of one arm at a point. Raises ScenarioError when its values contradict each other."""
        return self.variants.at(self.points[point], [arm])

    def part(self, shard: tuple[int, int]) -> "Design":
        """Return the same design, of which only every n-th run is done: the i-th of n parts."""
        return replace(self, shard=shard)

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides the runs and what is kept of them; where it is written, and the part, do not count."""
        layers = [layer.data for layer in (self.variants.base, self.variants.settings)]
        fields = {name: getattr(self, name) for name in PLAIN if name != "shard"}
        return digest_of({"scenario": layers, "points": self.points.digest, **fields})

    def plain(self) -> dict[str, Any]:
        """Everything as plain data that JSON can carry."""
        fields = {name: getattr(self, name) for name in PLAIN}
        return {"variants": self.variants.plain(), "points": _plain_points(self.points), **fields}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Design":
        """Rebuild a design from what :meth:`plain` gave, also after a way through JSON."""
        given = {name: plain[name] for name in PLAIN if name in plain}
        fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
        return cls(variants=Variants.from_plain(plain["variants"]), points=_points_from(plain["points"]), **fields)

    @classmethod
    def read(cls, path: str | Path, settings: Sequence[str] = ()) -> "Design":
        """Read a sweep file; ``settings`` such as ``months=60`` win over it. Raises ScenarioError with every problem."""
        return cls._checked(load_sweep(path, settings))

    @classmethod
    def make(cls, scenario: str | Path, factors: Mapping[str, Any], **asked: Any) -> "Design":
        """Make a design of a scenario file: what a sweep file says, in Python.

        ``factors`` has for each key a list of values, or a table as in a sweep file. ``asked`` are the other keys of sweep
        files: ``arms``, ``replicates``, ``months``, ``seed``, ``measures``, ``firms``, ``detail``, ``set`` and ``design``, of
        which ``design={"method": "sobol", "points": 64}`` is an example. Raises ScenarioError with every problem.
        """
        tables = {key: value if isinstance(value, Mapping) else {"values": list(value)} for key, value in factors.items()}
        return cls._checked(sweep_of(scenario, {**asked, "factors": tables}))

    @classmethod
    def _checked(cls, sweep: Sweep) -> "Design":
        check(sweep)
        return cls.of(sweep)

    @classmethod
    def of(cls, sweep: Sweep) -> "Design":
        """Return the design of a sweep, which is taken to have been checked (see ``check``)."""
        fields = {name: getattr(sweep, name) for name in PLAIN if name not in ("shard", *MADE_BY)}
        fields |= {name: getattr(sweep.design, name) for name in MADE_BY}
        return cls(variants=sweep.variants, points=points_of(sweep), **fields)


def _plain_points(points: Points) -> dict[str, Any]:
    unit = {} if points.unit is None else {"unit": pack(points.unit)}
    return {"kind": points.kind, "factors": [list(factor) for factor in points.factors], **unit}


def _points_from(plain: Mapping[str, Any]) -> Points:
    factors = [Factor(key, kind, tuple(values), *rest) for key, kind, values, *rest in plain["factors"]]
    return Points(plain["kind"], factors, unpack(plain["unit"]) if "unit" in plain else None)


def run_id(model: str, scenario: Scenario, replicate: int) -> str:
    """Digest of all that decides a run: the model's version, the resolved parameters of its only arm, and its replicate."""
    (arm,) = scenario.resolved["arms"].values()
    params = {name: value for name, value in arm.items() if name != "title"}
    parts = [model, scenario.months, scenario.seed, params, replicate]
    text = json.dumps(parts, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]


def seed_of(scenario: Scenario, replicate: int) -> int:
    """Seed of a replicate: a matter of the scenario's seed and of the replicate alone."""
    return int(replicate_seed(scenario.seed, replicate))
