"""A sweep file while it is read: what it says, where every key stands, and what is wrong with it so far."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cxsim.errors import Problem
from cxsim.scenario.layers import Layer, Origin, nearest_origin
from cxsim.scenario.messages import Path, dotted
from cxsim.scenario.sweep_schema import read
from cxsim.scenario.syntax import key_path

IsValue = Callable[[Path, Mapping[str, Any]], bool]


class SweepReader:
    """Validates the data of a sweep file; ``said`` is what it says, without what is wrong, which goes to ``problems``.

    The keys of ``[set]`` and ``[factors]``, quoted (``"a.b" = 1``) or not (``a.b = 1``), are dotted keys in ``said`` and in
    paths. ``is_factor`` tells a factor from a table around factors.
    """

    def __init__(self, layer: Layer, label: str, is_factor: IsValue) -> None:
        self.label, self.problems = label, list[Problem]()
        self.layer = layer._replace(origins={(): Origin(f"{label}:1:1", f"{label}:1:1", (), label)} | layer.origins)
        self.written: dict[Path, Path] = {}  # of keys of scenarios: where they stand
        self.given = dict(layer.data)
        for table, is_value in (("set", lambda key, value: False), ("factors", is_factor)):
            if isinstance(self.given.get(table), dict):
                self.given[table] = dict(self._dotted(self.given[table], (table,), (), is_value))
        self.said, wrong = read(self.given)
        self.factor_keys = [key for table, key in self.written if table == "factors"]
        for path, key_itself, message in wrong:
            self.refuse(path, message, key_itself)

    def _dotted(self, data: Mapping[str, Any], place: Path, above: Path, is_value: IsValue) -> Iterator[tuple[str, Any]]:
        for name, value in data.items():
            steps, here = key_path(name), (*place, name)
            key = (*above, *steps)
            if not steps:
                self._refuse(here, "not a key; allowed: such as market.customers")
            elif isinstance(value, dict) and not is_value(key, value):
                yield from self._dotted(value, here, key, is_value)
            elif (first := self.written.setdefault((place[0], ".".join(key)), here)) != here:
                self._refuse(here, f"given twice; first at {self._origin(first).key_at}")
            else:
                yield ".".join(key), value

    def key_at(self, path: Path) -> str:
        """Place of a key, in full."""
        return self._origin(self._as_written(path)).key_at

    def value_at(self, path: Path) -> str:
        """Place of a value, or of the list or table around it."""
        return self._origin(self._as_written(path)).value_at

    def refuse(self, path: Path, message: str, at_key: bool = False) -> None:
        """Note a problem with a value, or with the key itself."""
        self._refuse(self._as_written(path), message, at_key)

    def _as_written(self, path: Path) -> Path:
        return self.written.get(path[:2], path[:2]) + path[2:]

    def _origin(self, place: Path) -> Origin:
        return nearest_origin(self.layer, place) or self.layer.origins[()]

    def _refuse(self, place: Path, message: str, at_key: bool = True) -> None:
        origin = self._origin(place)
        key = place[:-1] if place[-1].isdigit() else place  # the number of an entry of a list is no key
        self.problems.append(Problem(origin.key_at if at_key else origin.value_at, dotted(key), message))
