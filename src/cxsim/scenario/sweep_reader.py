"""A sweep file while it is read: what it says, the scenario that it varies, where keys stand, and what is wrong so far."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from cxsim.errors import Problem
from cxsim.scenario.files import UnreadableError, display, parent_file, territory
from cxsim.scenario.layers import Layer, Origin, Reading, found, nearest_origin, read_chain
from cxsim.scenario.messages import Path, dotted, shown
from cxsim.scenario.schema import canonical, parameters
from cxsim.scenario.sweep_schema import WRITTEN, read
from cxsim.scenario.syntax import key_path


class SweepReader:
    """Validates the data of a sweep file; ``said`` is what it says, without what is wrong, which goes to ``problems``.

    The keys of ``[set]`` and ``[factors]``, quoted (``"a.b" = 1``) or not (``a.b = 1``), are dotted keys in ``said`` and in
    paths. ``chain`` is the scenario, called ``base_label``, with all that it extends.
    """

    def __init__(self, file: FilePath, layer: Layer, label: str, problems: Sequence[Problem] = ()) -> None:
        self.file, self.label, self.problems = file, label, list(problems)
        self.layer = layer._replace(origins={(): Origin(f"{label}:1:1", f"{label}:1:1", (), label)} | layer.origins)
        self.written: dict[Path, Path] = {}  # of keys of scenarios: where they stand
        self.given = dict(layer.data)
        for table in ("set", "factors"):
            if isinstance(self.given.get(table), dict):
                self.given[table] = dict(self._dotted(self.given[table], (table,), ()))
        self.said, wrong = read(self.given)
        self.factor_keys = [key for table, key in self.written if table == "factors"]
        for path, key_itself, message in wrong:
            if message:
                self.refuse(path, message, key_itself)
        self.base, self.base_label = file, ""
        self.chain = self._read_base() if self.said.scenario else Reading(Layer({}, {}), [], False)

    def _dotted(self, data: Mapping[str, Any], place: Path, above: Path) -> Iterator[tuple[str, Any]]:
        for name, value in data.items():
            steps, here = key_path(name), (*place, name)
            key = (*above, *steps)
            if not steps:
                self._refuse(here, "not a key; allowed: such as market.customers")
            elif isinstance(value, dict) and not (place[0] == "factors" and _is_factor(key, value)):
                yield from self._dotted(value, here, key)
            elif (first := self.written.setdefault((place[0], ".".join(key)), here)) != here:
                self._refuse(here, f"given twice; first at {self._origin(first).key_at}")
            else:
                yield ".".join(key), value

    def _read_base(self) -> Reading:
        named = self.said.scenario
        try:
            self.base = parent_file(self.file, named, territory(self.file))
        except UnreadableError as error:
            self.refuse(("scenario",), f"{shown(named)}: {error}")
            return Reading(Layer({}, {}), [], False)
        self.base_label = display(self.label, named)
        chain = read_chain(self.base, self.base_label)
        for one in chain.problems:
            if one.where == self.base_label:  # the file as a whole: tell who named it
                self.refuse(("scenario",), f"{shown(named)}: {one.message}")
            else:
                self.problems.append(one)
        return chain

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
        key = place[:-1] if isinstance(found(self.layer.data, place[:-1]), list) else place  # which has no keys, only numbers
        self.problems.append(Problem(origin.key_at if at_key else origin.value_at, dotted(key), message))


def _is_factor(key: Path, data: Mapping[str, Any]) -> bool:
    """Tell a factor from a table around factors: its key can be varied, or what is in it is what factors have."""
    return (
        not data
        or canonical(key) in parameters()
        or any(name in WRITTEN and not isinstance(value, dict) for name, value in data.items())
    )
