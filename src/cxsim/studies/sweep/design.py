"""The design of a sweep: points, arms and replicates, and which run each number stands for.

Runs are numbered point by point, arm by arm, replicate by replicate. What a run draws depends on its seed and replicate alone,
and what it is called (its id) on the model, its resolved parameters and its replicate: never on its number or its neighbours.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cxsim.model.chance import replicate_seed
from cxsim.narrative.sentences import plural
from cxsim.scenario import Scenario
from cxsim.scenario.factors import Factor
from cxsim.scenario.points import Points
from cxsim.scenario.sweep import read_sweep, read_table
from cxsim.scenario.variants import Variants
from cxsim.statistics.designs import DesignSpec
from cxsim.store.arrays import pack, unpack
from cxsim.store.checksummed_json import digest_of
from cxsim.studies.sweep.check import check

Detail: TypeAlias = Literal["runs", "months"]
Firms: TypeAlias = Literal["focal", "all"]
ID_DIGITS = 32
TEXTS = ("name", "title", "question", "look_for", "command", "started")
KEPT = ("arms", "replicates", "measures", "firms", "detail")


class DesignPoint(NamedTuple):
    """Where a run stands in the design."""

    point: int
    arm: str
    replicate: int


@dataclass(frozen=True)
class Design:
    """Everything that a sweep asks, in a form that another process can be told.

    ``variants`` is the base scenario, read, with what holds at every point. ``measures`` are columns of the table of runs to
    keep, all when empty. ``firms`` tells whose rows are kept: those of the focal firm, or of all. ``detail`` tells whether
    months are kept beside runs. ``shard`` is (i, n): this part does every n-th. ``command`` makes the sweep again, ``started``
    is when it was first begun. ``in_dollars`` are keys of factors whose amounts are written in dollars. ``positions`` tell
    where keys stand in the file, ``lines`` where points do in a file of points.
    """

    variants: Variants
    points: Points
    arms: tuple[str, ...]
    replicates: int
    measures: tuple[str, ...] = ()
    firms: Firms = "focal"
    detail: Detail = "runs"
    shard: tuple[int, int] = (1, 1)
    name: str = "design"
    title: str = "design"
    question: str = ""
    look_for: str = ""
    command: str = ""
    started: str = ""
    in_dollars: Collection[str] = field(default=(), compare=False, repr=False)
    positions: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    lines: Sequence[int] = field(default=(), compare=False, repr=False)

    @property
    def method(self) -> str:
        """How points were made: grid, list, latin_hypercube, sobol, csv, morris or saltelli."""
        return self.points.spec.method

    @property
    def total(self) -> int:
        """Runs of the whole design, all shards together."""
        return self.points.size * len(self.arms) * self.replicates

    @property
    def counts(self) -> str:
        """Say what is multiplied: points, arms and replicates."""
        return f"{plural(self.points.size, 'point')} x {plural(len(self.arms), 'arm')} x {plural(self.replicates, 'replicate')}"

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

    def equal_to(self, number: int, first: Sequence[int] | NDArray[np.int64]) -> int:
        """Return the number of the first run that is the same; ``first`` has that for each arm at each point."""
        cell, replicate = divmod(number, self.replicates)
        return int(first[cell]) * self.replicates + replicate

    def scenario(self, point: int, arm: str) -> Scenario:
        """Return the scenario of one arm at a point. Raises ScenarioError when its values contradict each other."""
        return self.variants.at(self.points[point], [arm])

    def where(self, key: str) -> str:
        """Where a key stands, as file:line:column; the file alone when it is not written there."""
        return self.positions.get(key, self.positions.get("", self.name))

    def part(self, shard: tuple[int, int]) -> "Design":
        """Return the same design, of which only every n-th run is done: the i-th of n parts."""
        return replace(self, shard=shard)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that decides the runs and what is kept of them; where it is written, and the part, do not count."""
        layers = [layer.data for layer in (self.variants.base, self.variants.settings)]
        fields = {name: getattr(self, name) for name in KEPT}
        return digest_of({"scenario": layers, "points": self.points.digest, **fields})

    def plain(self) -> dict[str, Any]:
        """Everything as plain data that JSON can carry."""
        points = self.points
        factors = [list(factor) for factor in points.factors]
        unit = {"unit": pack(points.unit)} if points.is_sampled else {}
        return {
            "variants": self.variants.plain(),
            "points": {"design": points.spec._asdict(), "factors": factors, **unit},
            **{name: getattr(self, name) for name in (*KEPT, "shard", *TEXTS)},
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Design":
        """Rebuild a design from what :meth:`plain` gave, also after a way through JSON."""
        points = plain["points"]
        factors = [Factor(key, kind, tuple(values), *rest) for key, kind, values, *rest in points["factors"]]
        unit = unpack(points["unit"]) if "unit" in points else None
        fields: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in plain.items()}
        fields |= {"variants": Variants.from_plain(plain["variants"])}
        return cls(**fields | {"points": Points(DesignSpec(**points["design"]), factors, unit)})

    @classmethod
    def read(cls, path: str | Path, settings: Sequence[str] = ()) -> "Design":
        """Read a sweep file; ``settings`` such as ``months=60`` win over it. Raises ScenarioError with every problem."""
        return load_sweep(path, settings)._checked()

    @classmethod
    def make(cls, scenario: str | Path, factors: Mapping[str, Any], **asked: Any) -> "Design":
        """Make a design of a scenario file: what a sweep file says, in Python.

        ``factors`` has for each key a list of values, or a table as in a sweep file. ``asked`` are the other keys of sweep
        files: ``arms``, ``replicates``, ``months``, ``seed``, ``measures``, ``firms``, ``detail``, ``set`` and ``design``, of
        which ``design={"method": "sobol", "points": 64}`` is an example. Raises ScenarioError with every problem.
        """
        tables = {key: value if isinstance(value, Mapping) else {"values": list(value)} for key, value in factors.items()}
        return cls(**read_table(scenario, {**asked, "factors": tables}))._checked()

    def _checked(self) -> "Design":
        check(self)
        return self


def load_sweep(path: str | Path, overrides: Sequence[str] = ()) -> Design:
    """Read a sweep file; ``overrides`` are settings of the scenario such as ``months=60``, which win over the file.

    Raises :class:`ScenarioError` with every problem at once, each as file:line:column. Which measures there are, and what
    contradicts itself at single points only, is found by ``check``.
    """
    return Design(**read_sweep(path, overrides))


def run_id(model: str, scenario: Scenario, replicate: int) -> str:
    """Digest of all that decides a run: the model's version, the resolved parameters of its only arm, and its replicate."""
    (arm,) = scenario.resolved["arms"]
    parts = [model, *deciding(scenario, arm), replicate]
    text = json.dumps(parts, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]


def deciding(scenario: Scenario, arm: str) -> list[Any]:
    """All of a scenario that decides the runs of an arm, whatever it is called: months, seed and parameters."""
    params = {name: value for name, value in scenario.resolved["arms"][arm].items() if name != "title"}
    return [scenario.months, scenario.seed, params]


def seed_of(scenario: Scenario, replicate: int) -> int:
    """Seed of a replicate: a matter of the scenario's seed and of the replicate alone."""
    return int(replicate_seed(scenario.seed, replicate))
