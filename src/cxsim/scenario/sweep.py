"""Sweep files: a scenario, what is varied in it, and what is kept of the results.

A sweep file is read as strictly as a scenario: every problem at once, each with its line and column. ``points_of`` (in
``cxsim.scenario.points``) turns what is read here into points, ``Variants`` turns points into scenarios.
"""

import json
import math
import re
from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from cxsim.errors import Problem, ScenarioError
from cxsim.scenario.explain import faults
from cxsim.scenario.factors import Factor, is_factor, read_factors
from cxsim.scenario.files import UnreadableError, display, parent_file, territory
from cxsim.scenario.layers import (
    SWEEP_KEYS,
    Layer,
    Origin,
    Reading,
    Setting,
    arm_names,
    overlay,
    parse_file,
    parse_settings,
    read_chain,
    settings_layer,
)
from cxsim.scenario.load import in_order
from cxsim.scenario.messages import Path, dotted, kind, nearest, number, plain, short, shown
from cxsim.scenario.point_files import PointFile, read_points
from cxsim.scenario.schema import NAME_PATTERN, NAME_RULE, TEXTS, Run
from cxsim.scenario.sweep_reader import SweepReader
from cxsim.scenario.sweep_schema import MOST_POINTS
from cxsim.scenario.variants import Variants
from cxsim.statistics.designs import DesignSpec

_PLACED = {("measures",), ("design",), ("scenario",)}  # keys whose values later messages may name


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep file asks: every point, in every arm, as many times as there are replicates.

    ``scenario`` is the base file, ``variants`` that file read, with ``settings`` and the sweep's months, seed and replicates
    on top. ``measures`` is empty when all are kept. ``points`` counts them; ``points_of`` makes them. ``places`` tell where
    keys stand in the file, ``lines`` where points do in a file of points, for messages.
    """

    name: str
    title: str
    question: str
    look_for: str
    scenario: FilePath
    settings: Mapping[str, Any]
    variants: Variants
    arms: tuple[str, ...]
    months: int
    seed: int
    replicates: int
    measures: tuple[str, ...]
    firms: str
    detail: str
    factors: tuple[Factor, ...]
    design: DesignSpec
    points: int
    places: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    lines: Sequence[int] = field(default=(), compare=False, repr=False)

    @property
    def method(self) -> str:
        """Name of the design: grid, list, latin_hypercube, sobol, csv, morris or saltelli."""
        return self.design.method

    @property
    def runs(self) -> int:
        """How many runs are asked for."""
        return self.points * len(self.arms) * self.replicates

    def place(self, key: str) -> str:
        """Where a key stands, as file:line:column; the file alone when it is not written there."""
        return self.places.get(key, self.places.get("", self.name))


def load_sweep(path: str | FilePath, overrides: Sequence[str] = ()) -> Sweep:
    """Read a sweep file; ``overrides`` are settings of the scenario such as ``months=60``, which win over the file.

    Raises :class:`ScenarioError` with every problem at once, each as file:line:column. What contradicts itself at single
    points only is found by ``check_points``.
    """
    file, label = FilePath(path), plain(str(path))
    try:
        parsed = parse_file(file, label, lists=True)
    except UnreadableError as error:
        raise ScenarioError([Problem(label, "", str(error))]) from None
    if not parsed.sound:
        raise ScenarioError(in_order(parsed.problems))
    problems = list(parsed.problems)
    if not (file.suffix == ".toml" and re.fullmatch(NAME_PATTERN, file.stem)):
        problems.append(Problem(label, "", f"not a name for a sweep; allowed: NAME.toml, where NAME is {NAME_RULE}"))
    return _Assembly(file, SweepReader(parsed.layer, label, is_factor), problems).sweep(overrides)


def sweep_of(scenario: str | FilePath, asked: Mapping[str, Any]) -> Sweep:
    """Make a sweep of a scenario file from what a sweep file would say. Raises :class:`ScenarioError` with every problem."""
    base = FilePath(scenario)
    texts = {"title": "A design", "question": "What comes out?"}
    data = json.loads(json.dumps({**texts, **asked, "scenario": base.name}))
    nowhere: dict[Path, Origin] = {(): Origin("design", "design", (), "design")}  # there is no line to name
    return _Assembly(base.with_name("design.toml"), SweepReader(Layer(data, nowhere), "design", is_factor)).sweep()


def is_sweep(path: str | FilePath) -> bool:
    """Tell a sweep file from a scenario: it has factors or a design."""
    try:
        return any(name in parse_file(FilePath(path), "").layer.data for name in SWEEP_KEYS)
    except UnreadableError:
        return False


def check_measures(sweep: Sweep, allowed: Collection[str]) -> None:
    """Raise :class:`ScenarioError` when a measure to keep is not among those that there are."""
    problems = [
        Problem(
            sweep.place(f"measures.{index}"),
            "measures",
            f"no measure '{short(name)}'; docs/data.md lists them{nearest(name, allowed)}",
        )
        for index, name in enumerate(sweep.measures)
        if name not in allowed
    ]
    if problems:
        raise ScenarioError(problems)


class _Assembly:
    """Puts a sweep together from what its file says; each step adds what is wrong to the problems of the reader."""

    def __init__(self, file: FilePath, reader: SweepReader, problems: Sequence[Problem] = ()) -> None:
        self.file, self.reader, self.said = file, reader, reader.said
        self.problems = reader.problems
        self.problems += problems
        self.base, self.base_label = file, ""
        self.chain = self._read_base()
        self.points = PointFile([], "", array("q"))
        self.factors = self._factors()

    def sweep(self, overrides: Sequence[str] = ()) -> Sweep:
        """Return the sweep, or raise every problem at once."""
        said, every = self.said, tuple(arm_names(self.chain.layer))
        texts = self._texts()
        named = self._names("arms", every if self.chain.sound else None)
        arms = tuple(name for name in every if name in named) or every
        measures = self._names("measures")
        design = DesignSpec(**said.design.model_dump())
        points = self._count(design)
        settings = self._settings(overrides)
        above = settings_layer(settings, self.chain)
        self.problems += above.problems
        self._without_other_arms(arms)
        if self.problems:
            raise ScenarioError(in_order(self.problems))
        whole = overlay(self.chain.layer, above.layer).data
        return Sweep(
            name=self.file.stem,
            scenario=self.base,
            settings={dotted(one.path): one.value for one in settings},
            variants=Variants(self.base.stem, self.base_label, self.chain.layer, above.layer),
            arms=arms,
            measures=measures,
            firms=said.firms,
            detail=said.detail,
            factors=tuple(self.factors),
            design=design,
            points=points,
            places=self._places(),
            lines=self.points.lines,
            **texts,  # type: ignore[arg-type]
            **{name: whole.get(name, value) for name, value in Run()._asdict().items()},  # type: ignore[arg-type]
        )

    def _read_base(self) -> Reading:
        nothing, named = Reading(Layer({}, {}), [], False), self.said.scenario
        if not named:
            return nothing
        try:
            self.base = parent_file(self.file, named, territory(self.file))
        except UnreadableError as error:
            self.reader.refuse(("scenario",), f"{shown(named)}: {error}")
            return nothing
        self.base_label = display(self.reader.label, named)
        chain = read_chain(self.base, self.base_label)
        for one in chain.problems:
            if one.where == self.base_label:  # the file as a whole: tell who named it
                self.reader.refuse(("scenario",), f"{shown(named)}: {one.message}")
            else:
                self.problems.append(one)
        return chain

    def _texts(self) -> dict[str, str]:
        texts = {name: getattr(self.said, name) for name in TEXTS}
        for path, _, message in faults({name: text for name, text in texts.items() if text}):
            self.reader.refuse(path, message)
        return {name: " ".join(text.split()) for name, text in texts.items()}

    def _names(self, key: str, allowed: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return a list of different names."""
        names: list[Any] = getattr(self.said, key)
        for index, name in enumerate(names):
            fault = ""
            if not isinstance(name, str):
                fault = f"{shown(name)} is {kind(name)}; allowed: a name"
            elif name in names[:index]:
                fault = f"'{short(name)}' stands twice"
            elif allowed is not None and name not in allowed:
                fault = f"no '{short(name)}'; allowed: {', '.join(allowed)}{nearest(name, allowed)}"
            if fault:
                self.reader.refuse((key, str(index)), fault)
        return tuple(names)

    def _factors(self) -> list[Factor]:
        design = self.said.design
        if design.method != "csv":
            factors = read_factors(self.reader, self.chain)
        else:
            if getattr(design, "file", ""):
                self.points = read_points(self.reader, self.file, design.file, self.chain)
            factors = self.points.factors
        for factor in factors[1:] if design.method == "list" else ():
            if len(factor.values) != len(factors[0].values):
                first = f"{factors[0].key} has {len(factors[0].values):,}"
                message = f"{len(factor.values):,} values, where {first}; a list takes one of each, so all are equally long"
                self.problems.append(Problem(self._factor_at(factor.key), factor.key, message))
        return factors

    def _factor_at(self, key: str) -> str:
        return f"{self.points.label}:1:1" if self.points.lines else self.reader.key_at(("factors", key))

    def _count(self, design: DesignSpec) -> int:
        points = number_of_points(design, self.factors)
        if points > MOST_POINTS:
            place = "design" if "design" in self.reader.given else "factors"
            self.reader.refuse((place,), f"{points:,} points; allowed: at most {number(MOST_POINTS)}", at_key=True)
        return points

    def _settings(self, overrides: Sequence[str]) -> list[Setting]:
        """Settings for all points: of the table, of the head, and of the command line, which win in this order."""
        reader = self.reader
        settings: list[Setting] = []
        for key, value in self.said.set.items():
            if key in Run._fields:
                reader.refuse(("set", key), "give it at the top of the sweep", at_key=True)
            else:
                settings.append(self._setting(("set", key), key, value))
        settings += [self._setting((name,), name, reader.given[name]) for name in Run._fields if name in reader.given]
        given, problems = parse_settings(overrides)
        self.problems += problems
        varied = {factor.key: self._factor_at(factor.key) for factor in self.factors}
        for one in (settings := settings + given):
            if (key := dotted(one.path)) in varied:
                message = f"both a setting and a factor, at {varied[key]}; allowed: one of them"
                self.problems.append(Problem(one.key_at, key, message))
        return settings

    def _setting(self, place: Path, key: str, value: Any) -> Setting:
        return Setting(tuple(key.split(".")), value, self.reader.key_at(place), self.reader.value_at(place))

    def _without_other_arms(self, arms: tuple[str, ...]) -> None:
        for factor in self.factors:
            path = factor.key.split(".")
            if path[0] == "arms" and path[1] not in arms:
                message = f"arm '{path[1]}' is not among the arms of this sweep; allowed: {', '.join(arms)}"
                self.problems.append(Problem(self._factor_at(factor.key), factor.key, message))

    def _places(self) -> dict[str, str]:
        reader = self.reader
        places = {dotted(path): reader.value_at(path) for path in reader.layer.origins if path[:1] in _PLACED}
        keys = {key: reader.key_at(("factors", key)) for key in reader.factor_keys}
        return {"": reader.label, "points": self.points.label} | places | keys


def number_of_points(design: DesignSpec, factors: Sequence[Factor]) -> int:
    """Count the points of a design; zero when it has no factors."""
    if not factors:
        return 0
    counts = {
        "grid": lambda: math.prod(len(factor.values) for factor in factors),
        "morris": lambda: design.trajectories * (len(factors) + 1),
        "saltelli": lambda: design.points * ((2 if design.second_order else 1) * len(factors) + 2),
    }
    if design.method in ("list", "csv"):
        return len(factors[0].values)
    return counts[design.method]() if design.method in counts else design.points
