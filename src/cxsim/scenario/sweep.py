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
from cxsim.scenario.factors import Factor, all_different, is_factor, read_factors
from cxsim.scenario.files import UnreadableError, display, parent_file, territory
from cxsim.scenario.layers import (
    SWEEP_KEYS,
    Layer,
    Reading,
    Setting,
    arm_names,
    check_values,
    found,
    overlay,
    read_chain,
    settings_layer,
)
from cxsim.scenario.load import in_order
from cxsim.scenario.messages import dotted, nearest, number, plain, short, shown
from cxsim.scenario.point_files import PointFile, read_points
from cxsim.scenario.schema import NAME_PATTERN, NAME_RULE, Run, document_model
from cxsim.scenario.sweep_reader import MOST_POINTS, Sheet
from cxsim.scenario.syntax import setting
from cxsim.scenario.variants import Variants
from cxsim.statistics.designs import Layout

TEXTS = ("title", "question", "look_for")
RUN = ("months", "seed", "replicates")
HEAD = (*TEXTS, "scenario", "set", "arms", *RUN, "measures", "firms", "detail", "design", "factors")
FIRMS = ("focal", "all")
DETAILS = ("runs", "months")
LISTED = ("grid", "list")
METHODS: dict[str, tuple[str, ...]] = {
    "grid": (),
    "list": (),
    "latin_hypercube": ("points", "seed"),
    "sobol": ("points", "seed"),
    "csv": ("file",),
    "morris": ("trajectories", "levels", "seed"),
    "saltelli": ("points", "second_order", "seed"),
}
MOST_SEED = 2**63 - 1
MOST_LEVELS = 1000


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
    design: Layout
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
    sheet = Sheet(file, label)
    if not sheet.sound:
        raise ScenarioError(in_order(sheet.problems))
    if not (file.suffix == ".toml" and re.fullmatch(NAME_PATTERN, file.stem)):
        sheet.problems.append(Problem(label, "", f"not a name for a sweep; allowed: NAME.toml, where NAME is {NAME_RULE}"))
    return _Reader(file, sheet, overrides).sweep()


def sweep_of(scenario: str | FilePath, asked: Mapping[str, Any]) -> Sweep:
    """Make a sweep of a scenario file from what a sweep file would say. Raises :class:`ScenarioError` with every problem."""
    base = FilePath(scenario)
    texts = {"title": "A design", "question": "What comes out?"}
    plain_data = json.loads(json.dumps({**texts, **asked, "scenario": base.name}))
    return _Reader(base.with_name("design.toml"), Sheet.of(plain_data, "design"), ()).sweep()


def is_sweep(path: str | FilePath) -> bool:
    """Tell a sweep file from a scenario: it has factors or a design."""
    return any(name in Sheet(FilePath(path), "").data for name in SWEEP_KEYS)


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


class _Reader:
    """Reads one sweep file, part after part; each part notes its problems in the sheet."""

    def __init__(self, file: FilePath, sheet: Sheet, overrides: Sequence[str]) -> None:
        self.file, self.sheet = file, sheet
        self.base = file
        self.base_label = ""
        self.points = PointFile([], "", array("q"))
        self.chain = self._read_base()
        self.overrides = self._read_overrides(overrides)

    def sweep(self) -> Sweep:
        sheet = self.sheet
        sheet.known((), HEAD, {(name, "give it as a setting, in [set] or [factors]") for name in _scenario_keys()})
        texts = self._texts()
        arms = sheet.names(("arms",), arm_names(self.chain.layer) if self.chain.sound else None)
        design = self._design()
        factors = self._factors(design)
        points = self._count(design, factors)
        settings = self._settings(factors)
        above = settings_layer(settings, self.chain)
        sheet.problems += above.problems
        measures, firms = sheet.names(("measures",)), sheet.choice(("firms",), FIRMS, "focal")
        detail = sheet.choice(("detail",), DETAILS, "runs")
        every = tuple(arm_names(self.chain.layer))
        arms = tuple(name for name in every if name in arms) if arms else every
        self._without_other_arms(arms, factors)
        if sheet.problems:
            raise ScenarioError(in_order(sheet.problems))
        whole = overlay(self.chain.layer, above.layer).data
        run = {name: whole.get(name, value) for name, value in Run()._asdict().items()}
        return Sweep(
            name=self.file.stem,
            scenario=self.base,
            settings={dotted(one.path): one.value for one in settings},
            variants=Variants.of(self.base.stem, self.base_label, self.chain.layer, above.layer),
            arms=arms,
            measures=measures,
            firms=firms,
            detail=detail,
            factors=tuple(factors),
            design=design,
            points=points,
            places=self._places(),
            lines=self.points.lines,
            **texts,  # type: ignore[arg-type]
            **run,  # type: ignore[arg-type]
        )

    def _read_base(self) -> Reading:
        sheet, nothing = self.sheet, Reading(Layer({}, {}), [], False)
        named = sheet.text(("scenario",))
        if not named:
            if "scenario" not in sheet.data:
                example = "scenario = '../baseline.toml'"
                sheet.refuse(("scenario",), f"missing; every sweep names the scenario that it varies, such as {example}", True)
            return nothing
        try:
            self.base = parent_file(self.file, named, territory(self.file))
        except UnreadableError as error:
            sheet.refuse(("scenario",), f"{shown(named)}: {error}")
            return nothing
        self.base_label = display(sheet.label, named)
        chain = read_chain(self.base, self.base_label)
        for one in chain.problems:
            if one.where == self.base_label:  # the file as a whole: tell who named it
                one = Problem(sheet.value_at(("scenario",)), "scenario", f"{shown(named)}: {one.message}")
            sheet.problems.append(one)
        return chain

    def _read_overrides(self, overrides: Sequence[str]) -> list[Setting]:
        settings = []
        for text in overrides:
            one = setting(text)
            where = f"--set {plain(text[:100])}"
            if isinstance(one, Problem):
                self.sheet.problems.append(one)
            else:
                settings.append(Setting(*one, where, where))
        return settings

    def _texts(self) -> dict[str, str]:
        sheet = self.sheet
        needed = {
            "title": "missing; every sweep has a title, such as title = 'When to pivot'",
            "question": "missing; every sweep says in words what it asks",
        }
        texts = {name: sheet.text((name,)) for name in TEXTS}
        for name, message in needed.items():
            if name not in sheet.data:
                sheet.refuse((name,), message, at_key=True)
        layer = Layer(dict(texts), {})
        for one in check_values(layer, sheet.label):
            if texts[one.key]:
                sheet.refuse((one.key,), one.message)
        return {name: " ".join(text.split()) for name, text in texts.items()}

    def _design(self) -> Layout:
        sheet, table = self.sheet, ("design",)
        sheet.table(table)
        method = sheet.choice((*table, "method"), list(METHODS), "grid")
        used = METHODS[method]
        others = {name for names in METHODS.values() for name in names} - set(used)
        for name in others & set(sheet.table(table)):
            sheet.refuse((*table, name), f"not used by method = '{method}'; allowed: {', '.join(('method', *used))}", True)
        sheet.known(table, ["method", *used, *others])
        new = Layout(
            method=method,
            points=self._points_asked(method) if "points" in used else 0,
            trajectories=sheet.whole((*table, "trajectories"), 2, MOST_POINTS, Layout().trajectories),
            levels=self._levels(),
            second_order=sheet.flag((*table, "second_order"), False),
            seed=sheet.whole((*table, "seed"), 0, MOST_SEED, Layout().seed),
            file=sheet.text((*table, "file")),
        )
        return new._replace(**{name: getattr(Layout(), name) for name in others})

    def _points_asked(self, method: str) -> int:
        sheet, place = self.sheet, ("design", "points")
        if found(sheet.data, place) is None:
            sheet.refuse(place, f"missing; method = '{method}' needs points, such as points = 256", at_key=True)
            return 0
        points = sheet.whole(place, 2, MOST_POINTS, 0)
        if points and method in ("sobol", "saltelli") and points & (points - 1):
            below = 1 << (points.bit_length() - 1)
            message = f"{points:,} is no power of two, as Sobol' points need; the nearest are {below:,} and {2 * below:,}"
            sheet.refuse(place, message)
        return points

    def _levels(self) -> int:
        place = ("design", "levels")
        levels = self.sheet.whole(place, 2, MOST_LEVELS, Layout().levels)
        if levels % 2:
            self.sheet.refuse(place, f"{levels} levels; allowed: an even number, so that all levels are as likely")
        return levels

    def _factors(self, design: Layout) -> list[Factor]:
        sheet = self.sheet
        if design.method == "csv":
            return self._file_factors(design)
        factors = read_factors(sheet, self.chain, design.method in LISTED)
        if not sheet.table(("factors",)):
            example = '[factors] with lines such as "market.homogeneity" = { values = [0.2, 0.9] }'
            sheet.refuse(("factors",), f"nothing is varied; allowed: {example}")
        if design.method == "grid":
            all_different(sheet, factors)
        if design.method == "list":
            self._equal_lengths(factors)
        return factors

    def _file_factors(self, design: Layout) -> list[Factor]:
        if "factors" in self.sheet.data:
            self.sheet.refuse(("factors",), "not beside method = 'csv': the file of points names the factors", at_key=True)
        if not design.file:
            if "file" not in self.sheet.table(("design",)):
                example = "file = 'points.csv'"
                self.sheet.refuse(
                    ("design", "file"), f"missing; method = 'csv' needs a file of points, such as {example}", True
                )
            return []
        self.points = read_points(self.sheet, self.file, design.file, self.chain)
        return self.points.factors

    def _equal_lengths(self, factors: list[Factor]) -> None:
        for factor in factors[1:]:
            if len(factor.values) != len(factors[0].values):
                first = f"{factors[0].key} has {len(factors[0].values):,}"
                message = f"{len(factor.values):,} values, where {first}; a list takes one of each, so all are equally long"
                self.sheet.problems.append(Problem(self._factor_at(factor.key), factor.key, message))

    def _factor_at(self, key: str) -> str:
        if self.points.lines:
            return f"{self.points.label}:1:1"
        places = {dotted(one.key): one.place for one in self.sheet.entries(("factors",), is_factor)}
        return self.sheet.key_at(places.get(key, ("factors",)))

    def _count(self, design: Layout, factors: list[Factor]) -> int:
        points = number_of_points(design, factors)
        if points > MOST_POINTS:
            place = ("design",) if "design" in self.sheet.data else ("factors",)
            self.sheet.refuse(place, f"{points:,} points; allowed: at most {number(MOST_POINTS)}", at_key=True)
        return points

    def _settings(self, factors: list[Factor]) -> list[Setting]:
        """Settings for all points: of the table, of the head, and of the command line, which win in this order."""
        sheet = self.sheet
        settings: list[Setting] = []
        varied = {factor.key: self._factor_at(factor.key) for factor in factors}
        for entry in sheet.entries(("set",), lambda key, value: False):
            if entry.key[-1] in RUN and len(entry.key) == 1:
                sheet.refuse(entry.place, "give it at the top of the sweep", at_key=True)
            else:
                settings.append(Setting(entry.key, entry.value, sheet.key_at(entry.place), sheet.value_at(entry.place)))
        for name in RUN:
            if name in sheet.data:
                settings.append(Setting((name,), sheet.data[name], sheet.key_at((name,)), sheet.value_at((name,))))
        for one in (settings := settings + self.overrides):
            if dotted(one.path) in varied:
                message = f"both a setting and a factor, at {varied[dotted(one.path)]}; allowed: one of them"
                sheet.problems.append(Problem(one.key_at, dotted(one.path), message))
        return settings

    def _without_other_arms(self, arms: tuple[str, ...], factors: list[Factor]) -> None:
        for factor in factors:
            path = factor.key.split(".")
            if path[0] == "arms" and path[1] not in arms:
                message = f"arm '{path[1]}' is not among the arms of this sweep; allowed: {', '.join(arms)}"
                self.sheet.problems.append(Problem(self._factor_at(factor.key), factor.key, message))

    def _places(self) -> dict[str, str]:
        sheet = self.sheet
        places = {dotted(path): sheet.value_at(path) for path in sheet.places if path[0] in ("measures", "design", "scenario")}
        keys = {dotted(one.key): sheet.key_at(one.place) for one in sheet.entries(("factors",), is_factor)}
        return {"": sheet.label, "points": self.points.label} | places | keys


def number_of_points(design: Layout, factors: Sequence[Factor]) -> int:
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


def _scenario_keys() -> list[str]:
    return [name for name in document_model().model_fields if name not in HEAD]
