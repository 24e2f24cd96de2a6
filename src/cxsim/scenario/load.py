"""Loading a scenario: from a file and settings to arms that can be run, or to every problem that stands in the way."""

import copy
import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from cxsim.errors import Problem, ScenarioError
from cxsim.model.case import Case
from cxsim.scenario.build import Draft, draft, resolved_arm
from cxsim.scenario.contradictions import contradictions
from cxsim.scenario.layers import (
    BROKEN,
    Layer,
    Reading,
    arm_names,
    arms_of,
    check_values,
    entries,
    found,
    overlay,
    read_chain,
    read_settings,
    table,
    unknown,
)
from cxsim.scenario.messages import no_such, plain
from cxsim.scenario.money import doubtful_amounts
from cxsim.scenario.schema import MOST_ARMS, NAME_PATTERN, NAME_RULE
from cxsim.scenario.unused_levers import unused_levers


class Arm(NamedTuple):
    """One of the courses of action that a scenario compares."""

    name: str
    title: str
    case: Case


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is asked: arms to compare on the same luck, how long and how often.

    ``focal`` is the index of the firm plan that the answer is about, the same in every arm. ``resolved`` holds every value,
    written or default, as plain data. ``notes`` say which settings override what arms say, ``warnings`` which levers do
    nothing, and which amounts look like mistakes of unit.
    """

    name: str
    title: str
    question: str
    look_for: str
    months: int
    seed: int
    replicates: int
    focal: int
    arms: tuple[Arm, ...]
    resolved: dict[str, Any]
    notes: tuple[str, ...] = field(default=(), compare=False)
    warnings: tuple[Problem, ...] = field(default=(), compare=False)

    @property
    def digest(self) -> str:
        """SHA-256 of everything that is asked; the name of the file does not count."""
        text = json.dumps(self.resolved, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def arm(self, name: str | None = None) -> Arm:
        """Return the arm of a name, the first one when None."""
        if name is None:
            return self.arms[0]
        names = [arm.name for arm in self.arms]
        if name not in names:
            raise ScenarioError([Problem(self.name, "arms", no_such("arm", name, names))])
        return self.arms[names.index(name)]


def load_scenario(path: str | FilePath, overrides: Sequence[str] = ()) -> Scenario:
    """Read a scenario file; ``overrides`` are settings such as ``market.customers=5000``, which win over the file.

    A setting holds in every arm, also where an arm says otherwise; ``arms.NAME.key=value`` holds in one arm and wins over
    the others. Raises :class:`ScenarioError` with every problem at once.
    """
    if not isinstance(path, str | FilePath):
        raise TypeError(f"a scenario is read from the path of a file, not from {path!r}")
    label, chain, settings, problems = read_layers(path, overrides)
    return _with_remarks(put_together(FilePath(path).stem, chain, settings, problems, label), chain, settings, label)


def scenario_from_resolved(resolved: Mapping[str, Any], name: str) -> Scenario:
    """Rebuild a scenario from its resolved form, checked like a file."""
    data = copy.deepcopy({key: value for key, value in resolved.items() if value != ""})
    for arm in table(data, "arms").values():
        data.setdefault("firms", {firm: {} for firm in table(arm, "firms")})
    layer = Layer(data, {})
    reading = Reading(layer, check_values(layer, name), True)
    nothing = Reading(Layer({}, {}), [], True)
    return _with_remarks(put_together(name, reading, nothing, reading.problems, name), reading, nothing, name)


def read_layers(path: str | FilePath, overrides: Sequence[str]) -> tuple[str, Reading, Reading, list[Problem]]:
    """Read a scenario file and settings over it: the file's label, both of them, and what is wrong with them."""
    file, label = FilePath(path), plain(str(path))
    chain = read_chain(file, label)
    settings = read_settings(overrides, chain)
    problems = chain.problems
    if chain.layer.origins and not (file.suffix == ".toml" and re.fullmatch(NAME_PATTERN, file.stem)):
        rule = f"not a name for a scenario; allowed: NAME.toml, where NAME is {NAME_RULE}"  # no folder or column could bear it
        problems = [*problems, Problem(label, "", rule)]
    return label, chain, settings, problems + settings.problems


class Assembled(NamedTuple):
    """A scenario, and the drafts of its arms in which every value knows where it was written."""

    scenario: Scenario
    drafts: list[Draft]


def put_together(
    name: str,
    chain: Reading,
    settings: Reading,
    problems: list[Problem],
    label: str,
    wanted: Collection[str] | None = None,
    contradictory: bool = False,
) -> Assembled:
    """Make a scenario of what was read, with all of its arms or those ``wanted``; raise every problem at once.

    What contradicts itself is a problem unless the scenario may be ``contradictory``.
    """
    if not (chain.sound and settings.sound):
        raise ScenarioError(in_order(problems))
    whole = overlay(chain.layer, _without_arms(settings.layer))
    problems = problems + _missing(whole, label)
    drafts = _drafts(chain.layer, settings.layer, problems, label, wanted)
    problems += contradictions(drafts, label, wanted is None) if drafts and not contradictory else []
    if problems:
        raise ScenarioError(in_order(problems))
    texts = {key: " ".join(str(whole.data.get(key, "")).split()) for key in ("title", "question", "look_for")}
    arms = tuple(Arm(one.name, one.title, one.case) for one in drafts)
    firms = [plan.name for plan in arms[0].case.firms]
    focal = firms.index(whole.data.get("focal", firms[0]))
    run = drafts[0].run._asdict()
    resolved = texts | run | {"focal": firms[focal], "arms": {arm.name: resolved_arm(arm.title, arm.case) for arm in arms}}
    return Assembled(Scenario(name=name, focal=focal, arms=arms, resolved=resolved, **texts, **run), drafts)  # type: ignore[arg-type]


def _with_remarks(made: Assembled, chain: Reading, settings: Reading, label: str) -> Scenario:
    """Add what the reader should know although it is no error."""
    notes = tuple(_overrides(chain.layer, settings.layer))
    told = [*unused_levers(made.drafts, label), *doubtful_amounts(made.drafts, label)]
    return replace(made.scenario, notes=notes, warnings=tuple(in_order(told)))


def _overrides(base: Layer, settings: Layer) -> Iterator[str]:
    """Tell of settings for all arms that win over what arms say otherwise, so that arms may turn out alike."""
    for path, value in entries(_without_arms(settings).data):
        arms = [
            name
            for name in ([] if isinstance(value, Mapping) else table(base.data, "arms"))
            if found(base.data, ("arms", name, *path)) not in (None, value)
            and found(settings.data, ("arms", name, *path)) is None
        ]
        if arms:
            noun = "arm" if len(arms) == 1 else "arms"
            verb = "says" if len(arms) == 1 else "say"
            yield f"{settings.origins[path].value_at} overrides what {noun} {', '.join(arms)} {verb}"


def _without_arms(layer: Layer) -> Layer:
    data = {key: value for key, value in layer.data.items() if key != "arms"}
    return Layer(data, {path: origin for path, origin in layer.origins.items() if path[0] != "arms"})


def _missing(whole: Layer, label: str) -> list[Problem]:
    needed = {
        "title": "missing; every scenario has a title, such as title = 'Survive to thrive'",
        "question": "missing; every scenario says in words what it asks",
        "firms": "missing; at least one firm is needed, such as [firms.founders]",
    }
    return [Problem(f"{label}:1:1", key, message) for key, message in needed.items() if not _given(whole.data.get(key))]


def _given(value: object) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def _drafts(base: Layer, settings: Layer, problems: list[Problem], label: str, wanted: Collection[str] | None) -> list[Draft]:
    """Put every arm together; an arm can change firms but not add any, so that firms pair up across arms."""
    body, firms = _without_arms(base), base.data.get("firms")
    names = arm_names(base)
    if not firms or firms is BROKEN or base.data.get("arms") is BROKEN or len(names) > MOST_ARMS:
        return []
    drafts, nothing = [], Layer({}, {})
    written, given = arms_of(base), arms_of(settings)
    for name in (name for name in names if wanted is None or name in wanted):
        above, last = written.get(name, nothing), given.get(name, nothing)
        for layer in (above, last):
            for firm in [one for one in table(layer.data, "firms") if one not in firms]:
                origin = layer.origins.get(("firms", firm))
                where = origin.key_at if origin else label
                problems += [one._replace(key=f"arms.{name}.{one.key}") for one in unknown([firm], list(firms), "firms", where)]
        changes = overlay(overlay(_untitled(above), _without_arms(settings)), _untitled(last))
        title = last.data.get("title", above.data.get("title", name))
        drafts.append(draft(name, str(title), overlay(body, changes)))
    paired = all(set(table(one.layer.data, "firms")) == set(firms) for one in drafts)
    return drafts if paired else []


def _untitled(layer: Layer) -> Layer:
    """Leave out the title of an arm, which would hide that of the scenario."""
    return Layer({key: value for key, value in layer.data.items() if key != "title"}, layer.origins)


def in_order(problems: list[Problem]) -> list[Problem]:
    """Leave each problem once, file by file and from top to bottom."""
    files: dict[str, int] = {}

    def place(problem: Problem) -> tuple[int, int, int]:
        found = re.fullmatch(r"(.*):(\d+):(\d+)", problem.where)
        file, line, column = found.groups() if found else (problem.where, "0", "0")
        return files.setdefault(file, len(files)), int(line), int(column)

    return sorted(dict.fromkeys(problems), key=place)
