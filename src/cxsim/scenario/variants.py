"""Many scenarios that differ in a few values, from one reading of a file.

A sweep asks for a scenario at each of its points. Reading the file each time costs more than a short run; here it is read
once, and each point only puts its own values on top, through the same steps as ``load_scenario``.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from cxsim.errors import Problem, ScenarioError
from cxsim.scenario.layers import (
    Layer,
    Origin,
    Reading,
    Setting,
    arm_names,
    overlay,
    settings_layer,
    unknown,
)
from cxsim.scenario.load import Assembled, Scenario, in_order, put_together, read_layers
from cxsim.scenario.messages import plain, short, shown
from cxsim.scenario.schema import RunSettings
from cxsim.scenario.syntax import key_path

_SHOWN = 12  # values of a point that a message names


@dataclass
class Variants:
    """A base scenario, and settings that hold at every point, as layers that have been read and checked.

    Pickles are small; ``plain`` and ``from_plain`` carry the whole as JSON, so that another process needs no file.
    """

    name: str
    label: str
    base: Layer
    settings: Layer

    @classmethod
    def read(cls, path: str | FilePath, settings: Sequence[str] = ()) -> "Variants":
        """Read a scenario file and ``settings``, texts such as ``market.customers=5000``.

        Raises :class:`ScenarioError` when that cannot be read; what contradicts itself is found at the points, which may well
        put it right.
        """
        label, chain, above, problems = read_layers(path, settings)
        if problems:
            raise ScenarioError(in_order(problems))
        return cls(FilePath(path).stem, label, chain.layer, above.layer)

    @property
    def run(self) -> RunSettings:
        """Months, seed and replicates that hold at every point, unless it says otherwise."""
        whole = overlay(self.base, self.settings).data
        return RunSettings(**{name: whole[name] for name in RunSettings._fields if name in whole})

    def at(self, values: Mapping[str, Any], arms: Collection[str] | None = None, contradictory: bool = False) -> Scenario:
        """Return what ``load_scenario`` gives with these values as further settings, without its notes and warnings.

        ``values`` are plain Python values by dotted key; a choice is its name. With ``arms`` only these arms are built: the
        same cases, in a scenario that has no others. A ``contradictory`` scenario, whose values are each fine by themselves,
        is refused unless it may be one. Raises :class:`ScenarioError`, each message with all of ``values``.
        """
        try:
            return self.placed([_written(key, value) for key, value in values.items()], arms, contradictory)
        except ScenarioError as error:
            tail = f" ({described(values, 'at ')})" if values else ""
            raise ScenarioError([one._replace(message=one.message + tail) for one in error.problems]) from None

    def placed(self, settings: Sequence[Setting], arms: Collection[str] | None = None, contradictory: bool = False) -> Scenario:
        """Return the scenario with settings that know where they were written."""
        return self.assembled(settings, arms, contradictory).scenario

    def assembled(
        self, settings: Sequence[Setting], arms: Collection[str] | None = None, contradictory: bool = False
    ) -> Assembled:
        """Return the scenario with settings that know where they were written, and the drafts of its arms."""
        chain = Reading(self.base, [], True)
        above = settings_layer(settings, chain)
        every = arm_names(self.base)
        wanted = None if arms is None or set(arms) == set(every) else arms
        strange = unknown(wanted or (), every, "arms", self.label)
        whole = Reading(overlay(self.settings, above.layer), [], True)
        return put_together(self.name, chain, whole, above.problems + strange, self.label, wanted, contradictory)

    def plain(self) -> dict[str, Any]:
        """Everything as plain data that JSON can carry."""
        layers = {"base": self.base, "settings": self.settings}
        return {"name": self.name, "label": self.label} | {
            name: {"data": layer.data, "origins": [[path, origin] for path, origin in layer.origins.items()]}
            for name, layer in layers.items()
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Variants":
        """Rebuild from what :meth:`plain` gave, also after a way through JSON."""
        return cls(plain["name"], plain["label"], _layer(plain["base"]), _layer(plain["settings"]))


def _layer(plain: Mapping[str, Any]) -> Layer:
    origins = {
        tuple(path): Origin(key, value, tuple(written), *rest) for path, (key, value, written, *rest) in plain["origins"]
    }
    return Layer(plain["data"], origins)


def _written(key: str, value: Any) -> Setting:
    text = json.dumps(value) if isinstance(value, str | bool) else value
    where = f"--set {plain(f'{key}={text}'[:100])}"
    path = key_path(key)
    if not path or path == ("extends",):
        raise ScenarioError(
            [Problem(where, short(key), "not a key that a setting can have; allowed: such as market.customers")]
        )
    return Setting(path, value, where, where)


def described(values: Mapping[str, Any], before: str = "") -> str:
    """Write the values of a point in a message, the first dozen of them."""
    named = [f"{short(key)} = {shown(value)}" for key, value in list(values.items())[:_SHOWN]]
    more = [f"{len(values) - _SHOWN} more"] if len(values) > _SHOWN else []
    return before + ", ".join(named + more)
