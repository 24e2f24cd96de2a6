"""A sweep file while it is read: its data, where every key stands, and what is wrong with it so far."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from cxsim.errors import Problem
from cxsim.scenario.files import UnreadableError, read_text
from cxsim.scenario.layers import found
from cxsim.scenario.messages import Path, dotted, kind, nearest, number, one_of, short, shown
from cxsim.scenario.syntax import Place, key_path, parse

MOST_POINTS = 10_000_000


class Entry(NamedTuple):
    """A value below a table whose keys are keys of scenarios: the key, where it is written, and what."""

    key: Path
    place: Path
    value: Any


class Sheet:
    """Reads values one by one; what is wrong goes to ``problems``, and a default or nothing takes its place."""

    has_lines = True

    def __init__(self, path: FilePath, label: str) -> None:
        self.label = label
        self.data: dict[str, Any] = {}
        self.places: dict[Path, Place] = {}
        self.problems: list[Problem] = []
        self.sound = False
        try:
            parsed = parse(read_text(path), label, lists=True)
        except UnreadableError as error:
            self.problems.append(Problem(label, "", str(error)))
            return
        self.data, self.places, self.sound = parsed.data, parsed.places, parsed.sound
        self.problems += parsed.problems

    @classmethod
    def of(cls, data: dict[str, Any], label: str) -> "Sheet":
        """Take what a file would say from Python; problems then have no line."""
        sheet = cls.__new__(cls)
        sheet.label, sheet.data, sheet.places, sheet.problems, sheet.sound = label, data, {}, [], True
        sheet.has_lines = False
        return sheet

    def key_at(self, path: Path) -> str:
        """Place of a key, in full."""
        return self._at(path, 0)

    def value_at(self, path: Path) -> str:
        """Place of a value, or of the list or table around it."""
        return self._at(path, 1)

    def _at(self, path: Path, part: int) -> str:
        if not self.has_lines:
            return self.label
        while path and path not in self.places:
            path = path[:-1]
        line, column = self.places[path][part] if path else (1, 1)
        return f"{self.label}:{line}:{column}"

    def refuse(self, path: Path, message: str, at_key: bool = False) -> None:
        """Note a problem with a value, or with the key itself."""
        where = self.key_at(path) if at_key else self.value_at(path)
        self.problems.append(Problem(where, dotted(_without_numbers(path)), message))

    def known(self, path: Path, allowed: Sequence[str], hints: Iterable[tuple[str, str]] = ()) -> None:
        """Refuse the keys of a table that are not allowed there; ``hints`` say where a key belongs instead."""
        elsewhere = dict(hints)
        for key in found(self.data, path) or ():
            if key not in allowed:
                hint = f"; {elsewhere[key]}" if key in elsewhere else nearest(key, allowed)
                self.refuse((*path, key), f"unknown key; allowed: {', '.join(allowed)}{hint}", at_key=True)

    def table(self, path: Path) -> dict[str, Any]:
        """Return a table; an empty one when there is none."""
        value = found(self.data, path)
        if value is not None and not isinstance(value, dict):
            self.refuse(path, f"{shown(value)} is {kind(value)}; allowed: a table")
        return value if isinstance(value, dict) else {}

    def text(self, path: Path) -> str:
        """Return a text that is not empty, or nothing."""
        value = found(self.data, path)
        if value is not None and not (isinstance(value, str) and value.strip()):
            self.refuse(path, f"{shown(value)} cannot stand here; allowed: text")
        return value if isinstance(value, str) else ""

    def whole(self, path: Path, low: int, high: int, default: int) -> int:
        """Return a whole number within bounds."""
        value = found(self.data, path)
        if value is None:
            return default
        if type(value) is int and low <= value <= high:
            return value
        what = "is too small" if type(value) is int and value < low else "is too large"
        what = what if type(value) is int else f"is {kind(value)}"
        self.refuse(path, f"{shown(value)} {what}; allowed: a whole number from {number(low)} to {number(high)}")
        return default

    def flag(self, path: Path, default: bool) -> bool:
        """Return a truth value."""
        value = found(self.data, path)
        if value is not None and not isinstance(value, bool):
            self.refuse(path, f"{shown(value)} is {kind(value)}; allowed: true or false")
        return value if isinstance(value, bool) else default

    def choice(self, path: Path, allowed: Sequence[str], default: str) -> str:
        """Return one of some words."""
        value = found(self.data, path)
        if value is None or value in allowed:
            return value or default
        hint = nearest(value, allowed) if isinstance(value, str) else ""
        self.refuse(path, f"{shown(value)} is not one of the choices; allowed: {one_of(allowed)}{hint}")
        return default

    def names(self, path: Path, allowed: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return a list of different names; nothing when it is left out."""
        value = found(self.data, path)
        if value is None:
            return ()
        if not isinstance(value, list) or not value:
            self.refuse(path, f"{'an empty list' if value == [] else shown(value)} cannot stand here; allowed: a list of names")
            return ()
        good: list[str] = []
        for index, name in enumerate(value):
            if fault := _fault(name, good, allowed):
                self.refuse((*path, str(index)), fault)
            else:
                good.append(name)
        return tuple(good)

    def entries(self, path: Path, is_value: Any) -> Iterator[Entry]:
        """Walk over a table whose keys are dotted keys of scenarios, quoted (``"a.b" = 1``) or not (``a.b = 1``)."""
        seen: dict[Path, Path] = {}
        for entry in self._walk(self.table(path), path, (), is_value):
            if entry.key in seen:
                self.refuse(entry.place, f"given twice; first at {self.key_at(seen[entry.key])}", at_key=True)
            else:
                seen[entry.key] = entry.place
                yield entry

    def _walk(self, data: dict[str, Any], place: Path, above: Path, is_value: Any) -> Iterator[Entry]:
        for name, value in data.items():
            steps = key_path(name)
            if not steps:
                self.refuse((*place, name), "not a key; allowed: such as market.customers", at_key=True)
            elif not isinstance(value, dict) or is_value((*above, *steps), value):
                yield Entry((*above, *steps), (*place, name), value)
            else:
                yield from self._walk(value, (*place, name), (*above, *steps), is_value)


def _fault(name: object, before: list[str], allowed: Sequence[str] | None) -> str:
    if not isinstance(name, str):
        return f"{shown(name)} is {kind(name)}; allowed: a name"
    if name in before:
        return f"'{short(name)}' stands twice"
    if allowed is not None and name not in allowed:
        return f"no '{short(name)}'; allowed: {', '.join(allowed)}{nearest(name, allowed)}"
    return ""


def _without_numbers(path: Path) -> Path:
    """Leave out the number of an entry of a list, which stands for a place and is no key."""
    return path[:-1] if path and path[-1].isdigit() else path
