"""Sweep files: a scenario, what is varied in it, and what is kept of the results.

A sweep file is read as strictly as a scenario: every problem at once, each with its line and column. What is read are the
fields of a design (see ``cxsim.studies.sweep.design``), which make scenarios: ``Points`` by number, ``Variants`` from points.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from cxsim.errors import Problem, ScenarioError
from cxsim.scenario.explain import faults
from cxsim.scenario.factors import all_in_dollars, read_factors
from cxsim.scenario.files import UnreadableError, read_text
from cxsim.scenario.layers import SWEEP_KEYS, Layer, Origin, Setting, arm_names, parse_file, parse_settings, settings_layer
from cxsim.scenario.load import in_order
from cxsim.scenario.messages import MOST_TOLD, Path, dotted, kind, nearest, number, plain, short, shown
from cxsim.scenario.point_files import read_points
from cxsim.scenario.points import Points
from cxsim.scenario.schema import NAME_PATTERN, NAME_RULE, TEXTS, RunSettings
from cxsim.scenario.sweep_reader import SweepReader
from cxsim.scenario.sweep_schema import MOST_POINTS
from cxsim.scenario.syntax import parse
from cxsim.scenario.variants import Variants
from cxsim.statistics.designs import DesignSpec


def read_sweep(path: str | FilePath, overrides: Sequence[str] = ()) -> dict[str, Any]:
    """Read the fields of a design from a sweep file; ``overrides`` are settings of the scenario, which win over the file.

    Raises :class:`ScenarioError` with every problem at once, each as file:line:column.
    """
    file, label = FilePath(path), plain(str(path))
    try:
        parsed = parse_file(file, label, lists=True)
    except UnreadableError as error:
        raise ScenarioError([Problem(f"{label}{error.at}", "", str(error))]) from None
    if not parsed.sound:
        raise ScenarioError(in_order(parsed.problems))
    problems = list(parsed.problems)
    if not (file.suffix == ".toml" and re.fullmatch(NAME_PATTERN, file.stem)):
        problems.append(Problem(label, "", f"not a name for a sweep; allowed: NAME.toml, where NAME is {NAME_RULE}"))
    return _fields(SweepReader(file, parsed.layer, label, problems), overrides)


def read_table(scenario: str | FilePath, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Read the fields of a design of a scenario file from what a sweep file would say. Raises :class:`ScenarioError`."""
    base = FilePath(scenario)
    texts = {"title": "design", "question": "?"}
    data = json.loads(json.dumps({**texts, **asked, "scenario": base.name}))
    nowhere: dict[Path, Origin] = {(): Origin("design", "design", (), "design")}  # there is no line to name
    reader = SweepReader(base.with_name("design.toml"), Layer(data, nowhere), "design")
    return _fields(reader) | {"question": asked.get("question", "")}


def is_sweep(path: str | FilePath) -> bool:
    """Tell a sweep file from a scenario: it has factors or a design."""
    try:
        data = parse(read_text(FilePath(path)), "", placed=False).data
    except UnreadableError:
        return False
    return any(name in data for name in SWEEP_KEYS)


def _fields(reader: SweepReader, overrides: Sequence[str] = ()) -> dict[str, Any]:
    """Put the fields of a design together from what a file says; raise every problem at once."""
    said, chain = reader.said, reader.chain
    csv = read_points(reader) if said.design.file else None
    factors = csv.factors if csv else [] if said.design.method == "csv" else read_factors(reader)
    at = {factor.key: csv.place if csv else reader.key_at(("factors", factor.key)) for factor in factors}
    texts = _texts(reader)
    every = tuple(arm_names(chain.layer))
    named = _names(reader, "arms", every if chain.sound else None)
    arms = tuple(name for name in every if name in named) or every
    measures = _names(reader, "measures")
    points = Points(DesignSpec(**said.design.model_dump()), factors, where=reader.value_at(("design", "method")))
    _check_size(reader, points, at)
    above = settings_layer(_settings(reader, overrides, at), chain)
    reader.problems += above.problems
    _check_arms(reader, arms, at)
    if reader.problems:
        raise ScenarioError(in_order(reader.problems))
    variants = Variants(reader.base.stem, reader.base_label, chain.layer, above.layer)
    places = {dotted(path): reader.value_at(path) for path in reader.layer.origins if path[:1] == ("measures",)}
    return {
        "name": reader.file.stem,
        **texts,
        "variants": variants,
        "points": points,
        "arms": arms,
        "replicates": variants.run.replicates,
        "measures": measures,
        "firms": said.firms,
        "detail": said.detail,
        "in_dollars": csv.in_dollars if csv else [key for key, factor in said.factors.items() if all_in_dollars(factor)],
        "positions": {"": reader.label, "points": csv.label if csv else ""} | places | at,
        "lines": csv.lines if csv else (),
    }


def _texts(reader: SweepReader) -> dict[str, str]:
    texts = {name: getattr(reader.said, name) for name in TEXTS}
    for path, _, message in faults({name: text for name, text in texts.items() if text}):
        reader.refuse(path, message)
    return {name: " ".join(text.split()) for name, text in texts.items()}


def _names(reader: SweepReader, key: str, allowed: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return a list of different names."""
    names: list[Any] = getattr(reader.said, key)
    before, first = len(reader.problems), dict[Any, int]()
    for index, name in enumerate(names):
        fault = ""
        if len(reader.problems) - before >= MOST_TOLD:
            reader.refuse((key, str(index)), "not read from here on, after so many problems")
            break
        if not isinstance(name, str):
            fault = f"{shown(name)} is {kind(name)}; allowed: a name"
        elif first.setdefault(name, index) != index:
            fault = f"'{short(name)}' stands twice"
        elif allowed is not None and name not in allowed:
            fault = f"no '{short(name)}'; allowed: {', '.join(allowed)}{nearest(name, allowed)}"
        if fault:
            reader.refuse((key, str(index)), fault)
    return tuple(names)


def _check_size(reader: SweepReader, points: Points, at: Mapping[str, str]) -> None:
    """Refuse lists of different lengths, and too many points."""
    for factor in points.factors[1:] if points.spec.method == "list" else ():
        first = points.factors[0]
        if len(factor.values) != len(first.values):
            equal = f"{first.key} has {len(first.values):,}; a list takes one of each, so all are equally long"
            reader.problems.append(Problem(at[factor.key], factor.key, f"{len(factor.values):,} values, where {equal}"))
    if points.size > MOST_POINTS:
        place = "design" if "design" in reader.given else "factors"
        reader.refuse((place,), f"{points.size:,} points; allowed: at most {number(MOST_POINTS)}", at_key=True)


def _settings(reader: SweepReader, overrides: Sequence[str], varied: Mapping[str, str]) -> list[Setting]:
    """Settings for all points: of the table, of the head, and of the command line, which win in this order."""

    def setting(path: Path, key: str, value: Any) -> Setting:
        return Setting(tuple(key.split(".")), value, reader.key_at(path), reader.value_at(path))

    settings: list[Setting] = []
    for key, value in reader.said.set.items():
        if key in RunSettings._fields:
            reader.refuse(("set", key), "give it at the top of the sweep", at_key=True)
        else:
            settings.append(setting(("set", key), key, value))
    settings += [setting((name,), name, reader.given[name]) for name in RunSettings._fields if name in reader.given]
    given, problems = parse_settings(overrides)
    reader.problems += problems
    for one in (settings := settings + given):
        if (key := dotted(one.path)) in varied:
            message = f"both a setting and a factor, at {varied[key]}; allowed: one of them"
            reader.problems.append(Problem(one.key_at, key, message))
    return settings


def _check_arms(reader: SweepReader, arms: Sequence[str], at: Mapping[str, str]) -> None:
    """Refuse factors of arms that are left out."""
    for key, place in at.items():
        table, _, rest = key.partition(".")
        arm = rest.partition(".")[0]
        if table == "arms" and arm not in arms:
            message = f"arm '{arm}' is not among the arms of this sweep; allowed: {', '.join(arms)}"
            reader.problems.append(Problem(place, key, message))
