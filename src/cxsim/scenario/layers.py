"""Putting a scenario together: files that extend one another, settings from the command line, arms.

A layer is plain data in which every key knows where it was written. Later layers win, key by key.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from cxsim.errors import Problem
from cxsim.scenario.dollars import in_cents, starts_amount
from cxsim.scenario.explain import faults
from cxsim.scenario.files import UnreadableError, display, parent_file, read_text, real, territory
from cxsim.scenario.messages import MOST_TOLD, Path, dotted, nearest, plain, shown
from cxsim.scenario.schema import canonical, parameters
from cxsim.scenario.syntax import parse, setting

MAX_EXTENDS = 16
SWEEP_KEYS = ("factors", "design")  # a file with one of these is a sweep


class Origin(NamedTuple):
    """Where a key was written: place of the key and of its value, in full, and the file and arm that hold it."""

    key_at: str
    value_at: str
    written: Path
    source: str
    arm: str = ""


class Layer(NamedTuple):
    """Data of one source, or of several put together, with the origin of every key."""

    data: dict[str, Any]
    origins: dict[Path, Origin]


class Reading(NamedTuple):
    """What was read, with the problems in it; only when it is ``sound`` can the whole be checked as well."""

    layer: Layer
    problems: list[Problem]
    sound: bool


class Broken:
    """Stands in data for a value that was refused: checks that need the value keep silent."""


BROKEN = Broken()


def parse_file(path: FilePath, label: str, lists: bool = False) -> Reading:
    """Read one file as a layer, unchecked; with ``lists`` the entries of lists have origins too, under their number."""
    parsed = parse(read_text(path), label, lists)

    def at(point: tuple[int, int]) -> str:
        return f"{label}:{point[0]}:{point[1]}"

    origins = {key: Origin(at(place.key), at(place.value), key, label, _arm(key)) for key, place in parsed.places.items()}
    return Reading(Layer(parsed.data, origins), parsed.problems, parsed.sound)


def read_file(path: FilePath, label: str) -> Reading:
    """Read and check one file, without the file that it extends."""
    read = parse_file(path, label)
    if not read.sound:
        return read
    if key := next((key for key in SWEEP_KEYS if key in read.layer.data), None):
        message = "this is a sweep, not a scenario; run it with: cxsim sweep FILE"
        return Reading(read.layer, [Problem(read.layer.origins[(key,)].key_at, key, message)], False)
    return Reading(read.layer, read.problems + check_values(read.layer, label), not read.problems)


def _arm(key: Path) -> str:
    return key[1] if key[0] == "arms" and len(key) > 1 else ""


def check_values(layer: Layer, label: str) -> list[Problem]:
    """List unknown keys, wrong types and values out of bounds, and take them out of the data.

    An unknown key goes too: in an arm it may be one that only the whole scenario has, such as ``months``.
    """
    problems = []
    _read_dollars(layer.data)
    for path, key_itself, message in faults(layer.data):
        origin = nearest_origin(layer, path)
        where = f"{label}:1:1" if origin is None else origin.key_at if key_itself else origin.value_at
        problems += [Problem(where, dotted(path), message)] if message else []
        _take_out(layer.data, path)
    return problems


def _read_dollars(data: dict[str, Any]) -> None:
    """Turn amounts in dollars into cents, in place."""
    texts = [(path, value) for path, value in entries(data) if starts_amount(value)]
    for path, value in texts:
        found(data, path[:-1])[path[-1]] = in_cents(value, parameters().get(canonical(path), (str, None))[1])


def _take_out(data: dict[str, Any], path: Path) -> None:
    for step in path[:-1]:
        data = data.get(step)  # type: ignore[assignment]
        if not isinstance(data, dict):  # the table around it has been taken out already
            return
    data[path[-1]] = BROKEN


def nearest_origin(layer: Layer, path: Path) -> Origin | None:
    """Origin of a key, or of the table around it."""
    while path and path not in layer.origins:
        path = path[:-1]
    return layer.origins.get(path)


def read_chain(path: FilePath, label: str) -> Reading:
    """Read a file and all that it extends, and put them together."""
    chain: list[Layer] = []
    problems: list[Problem] = []
    seen: list[FilePath] = []
    where, key, prefix = label, "", ""
    sound, start = True, path
    while True:
        try:
            _refuse_cycle(real(path), seen)
            reading = read_file(path, label)
            chain.append(reading.layer)
            problems += reading.problems
            sound &= reading.sound
            extends = reading.layer.data.get("extends")
            if not isinstance(extends, str):
                break
            where, key, prefix = reading.layer.origins[("extends",)].value_at, "extends", f"{shown(extends)}: "
            path, label = parent_file(path, extends, territory(start)), display(label, extends)
        except UnreadableError as error:
            problems.append(Problem(where if key else f"{where}{error.at}", key, f"{prefix}{error}"))
            sound = False
            break
    whole = chain.pop() if chain else Layer({}, {})
    while chain:
        whole = extended(whole, chain.pop())
    return Reading(whole, problems, sound)


def _refuse_cycle(path: FilePath, seen: list[FilePath]) -> None:
    if path in seen:
        names = " -> ".join(plain(one.name) for one in [*seen[seen.index(path) :], path])
        raise UnreadableError(f"files extend one another in a circle: {names}")
    if len(seen) >= MAX_EXTENDS:
        raise UnreadableError(f"too many files extend one another; allowed: {MAX_EXTENDS}")
    seen.append(path)


def extended(parent: Layer, child: Layer) -> Layer:
    """Put a file on top of the one that it extends. Arms replace arms; of the firms only those that it names remain."""
    base = dict(parent.data)
    if "arms" in child.data:
        base.pop("arms", None)
    if named := table(child.data, "firms"):
        kept = table(base, "firms")
        base["firms"] = {name: kept.get(name, {}) for name in named}
    origins = {path: origin for path, origin in parent.origins.items() if found(base, path) is not None}
    return overlay(Layer(base, origins), child)


def overlay(base: Layer, top: Layer) -> Layer:
    """Put one layer on another, key by key."""
    return Layer(_merged(base.data, top.data), base.origins | top.origins)


def _merged(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in top.items():
        below = merged.get(key)
        merged[key] = _merged(below, value) if isinstance(value, dict) and isinstance(below, dict) else value
    return merged


def table(data: Any, key: str) -> dict[str, Any]:
    """Return the table under a key; an empty one when there is none."""
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def arm_names(whole: Layer) -> list[str]:
    """Names of the arms of a scenario, in order."""
    return list(table(whole.data, "arms")) or ["base"]


def found(data: Any, path: Path) -> Any:
    """Return the value under a path; None when there is none."""
    for step in path:
        if not isinstance(data, Mapping) or step not in data:
            return None
        data = data[step]
    return data


def entries(data: Mapping[str, Any], above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Walk over every table and value in data, with its path."""
    for key, value in data.items():
        yield (*above, key), value
        if isinstance(value, Mapping):
            yield from entries(value, (*above, key))


def arms_of(layer: Layer) -> dict[str, Layer]:
    """Return what a layer says of each arm, as a layer of its own."""
    origins: dict[str, dict[Path, Origin]] = {}
    for path, origin in layer.origins.items():  # once for all arms: of many keys in many arms it would take seconds
        if path[0] == "arms" and len(path) > 2:
            origins.setdefault(path[1], {})[path[2:]] = origin
    arms = table(layer.data, "arms")
    return {name: Layer(table(arms, name), origins.get(name, {})) for name in arms}


class Setting(NamedTuple):
    """A value that wins over what a scenario says, and where its key and the value itself were written."""

    path: Path
    value: Any
    key_at: str
    value_at: str


def parse_settings(texts: Sequence[str]) -> tuple[list[Setting], list[Problem]]:
    """Read ``--set`` texts, and list those that are no settings."""
    read: list[Setting] = []
    problems: list[Problem] = []
    for text in texts:
        one = setting(text)
        if isinstance(one, Problem):
            problems.append(one)
        else:
            where = f"--set {plain(text[:100])}"
            read.append(Setting(*one, where, where))
    return read, problems


def read_settings(texts: Sequence[str], chain: Reading) -> Reading:
    """Turn ``--set`` texts into one layer, the last one on top."""
    read, problems = parse_settings(texts)
    above = settings_layer(read, chain)
    return Reading(above.layer, problems + above.problems, not problems)


def settings_layer(settings: Iterable[Setting], chain: Reading) -> Reading:
    """Check settings and put them into one layer, the last one on top."""
    settings = list(settings)
    at_once = _at_once(settings)  # which is quick, and hardly any point of a sweep has a problem
    if at_once and not check_values(at_once, "") and not (chain.sound and _unknown_names(at_once, chain.layer, "")):
        return Reading(at_once, [], True)
    layer = Layer({}, {})
    problems: list[Problem] = []
    for given in settings:
        if len(problems) >= MOST_TOLD:
            problems.append(Problem(given.key_at, dotted(given.path), "not read from here on, after so many problems"))
            break
        one = _layer_of(given)
        problems += check_values(one, given.value_at)
        strange = _unknown_names(one, chain.layer, given.key_at) if chain.sound else []
        problems += strange
        if not strange:
            layer = overlay(layer, one)
    return Reading(layer, problems, True)


def _at_once(settings: Iterable[Setting]) -> Layer | None:
    """Put settings into one layer without a check; None where one could hide what is wrong with another."""
    data: dict[str, Any] = {}
    origins: dict[Path, Origin] = {}
    for path, value, key_at, value_at in settings:
        inner = data
        for step in path[:-1]:
            inner = inner.setdefault(step, {})
            if not isinstance(inner, dict):
                return None
        if isinstance(value, dict) or path[-1] in inner:
            return None
        inner[path[-1]] = value
        for size in range(1, len(path) + 1):
            origins[path[:size]] = Origin(key_at, value_at, path[:size], "--set", _arm(path[:size]))
    return Layer(data, origins)


def _layer_of(setting: Setting) -> Layer:
    nested: Any = setting.value
    for step in reversed(setting.path):
        nested = {step: nested}
    origins = {key: Origin(setting.key_at, setting.value_at, key, "--set", _arm(key)) for key, _ in entries(nested)}
    return Layer(nested, origins)


def _unknown_names(one: Layer, whole: Layer, where: str) -> list[Problem]:
    """Refuse arms and firms that the scenario has not got: a misspelt name must not make a new one."""
    known = {"arms": arm_names(whole), "firms": list(table(whole.data, "firms"))}
    return [problem for group, names in known.items() for problem in unknown(table(one.data, group), names, group, where)]


def unknown(named: Iterable[str], known: list[str], group: str, where: str) -> list[Problem]:
    """Problems with names that a scenario has not got."""
    allowed = f"no such {group[:-1]}; allowed: {', '.join(known) or 'none, since the scenario has none'}"
    strange = [name for name in named if name not in known]
    return [Problem(where, dotted((group, name)), f"{allowed}{nearest(name, known)}") for name in strange[:MOST_TOLD]]
