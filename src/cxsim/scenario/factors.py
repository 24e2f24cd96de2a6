"""Factors of a sweep: what each varies, and over which values."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cxsim.errors import Problem
from cxsim.model.params import Spec
from cxsim.scenario.layers import Reading, Setting, settings_layer
from cxsim.scenario.messages import Path, dotted, number, one_of, shown
from cxsim.scenario.schema import allowed_values, canonical, known_keys, parameters
from cxsim.scenario.sweep_reader import MOST_POINTS, Entry, Sheet

LISTED = ("values", "linspace", "log")
RANGED = ("values", "low", "high", "scale")
WRITTEN = (*LISTED, "low", "high", "scale")
SCALES = ("linear", "log")
NOT_VARIED = {
    "title": "a text cannot be varied",
    "question": "a text cannot be varied",
    "look_for": "a text cannot be varied",
    "extends": "a factor cannot change which file is extended",
    "seed": "every point has the same seed; give seed at the top of the sweep",
    "replicates": "every point has the same number of replicates; give replicates at the top of the sweep",
}


class Factor(NamedTuple):
    """One key that a sweep varies, by listed values or over a range.

    ``kind`` is 'number', 'whole', 'truth' or 'name'. ``values`` are the values of a list, crossed or zipped as the design
    says; when empty, the range from ``low`` to ``high`` is sampled. ``scale`` is 'linear' or 'log', how that range is spread.
    """

    key: str
    kind: str
    values: tuple[Any, ...]
    low: float
    high: float
    scale: str

    def value(self, share: float) -> Any:
        """Value at a share of the range, from 0 to 1: whole numbers and listed values have equal slices of it."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.kind == "whole":
            return min(int(_between(self.low, self.high + 1, share, self.scale)), int(self.high))
        return min(max(_between(self.low, self.high, share, self.scale), self.low), self.high)


def _between(low: float, high: float, share: float, scale: str) -> float:
    if share in (0, 1):  # the ends are exact
        return high if share else low
    return low * (high / low) ** share if scale == "log" else low * (1 - share) + high * share


class Key(NamedTuple):
    """A key that can be varied: its kind, and what is known of the parameter behind it."""

    path: Path
    kind: str
    spec: Spec | None

    @property
    def ordered(self) -> bool:
        """Tell whether its values are numbers, so that it has a range."""
        return self.kind in ("number", "whole")


def factor_key(sheet: Sheet, path: Path, where: str, chain: Reading) -> Key | None:
    """Look a key up; note the problem when it cannot be varied."""
    message = NOT_VARIED.get(path[-1], "") if len(path) == 1 or path[2:] == ("title",) else ""
    if not message and allowed_values().get(canonical(path), "").startswith("a table"):
        message = f"a table cannot be varied, only what is in it: {', '.join(known_keys(path))}"
    if message:
        sheet.problems.append(Problem(where, dotted(path), message))
        return None
    kind, spec = parameters().get(canonical(path), (str, None))
    wrong = [one for one in _problems(path, _example(kind, spec), where, where, chain) if one.where == where]
    sheet.problems += wrong
    return None if wrong else Key(path, _kind(kind, spec), spec)


def _kind(kind: type, spec: Spec | None) -> str:
    if spec is None or spec.choices:
        return "name"
    return {float: "number", int: "whole", bool: "truth"}[kind]


def _example(kind: type, spec: Spec | None) -> Any:
    """Give a value that is surely allowed, so that only the key itself can be wrong."""
    if spec is None:
        return "x"
    return spec.choices[0] if spec.choices else kind(spec.low)


def _problems(path: Path, value: Any, key_at: str, value_at: str, chain: Reading) -> list[Problem]:
    return settings_layer([Setting(path, value, key_at, value_at)], chain).problems


def checked(key: Key, value: Any, where: str, chain: Reading) -> list[Problem]:
    """List what is wrong with a value of a key; quick when nothing is."""
    spec = key.spec
    if spec is not None and _fits(key, spec, value):
        return []
    return _problems(key.path, value, where, where, chain)


def _fits(key: Key, spec: Spec, value: Any) -> bool:
    if key.kind == "name":
        return value in spec.choices
    if key.kind == "truth":
        return isinstance(value, bool)
    right = type(value) is int or (type(value) is float and key.kind == "number")
    return right and spec.low <= value <= spec.high


def tidy(key: Key, value: Any) -> Any:
    """Give equal values equal form: 1 becomes 1.0 where a fraction may stand, and -0.0 becomes 0.0."""
    return float(value) + 0.0 if key.kind == "number" else value


def read_factors(sheet: Sheet, chain: Reading, listed: bool) -> list[Factor]:
    """Read the table of factors; ``listed`` when the design needs values, not ranges."""
    factors = []
    for entry in sheet.entries(("factors",), is_factor):
        key = factor_key(sheet, entry.key, sheet.key_at(entry.place), chain)
        if not isinstance(entry.value, dict):
            sheet.refuse(entry.place, f"{shown(entry.value)} cannot stand here; allowed: {_example_of(listed)}")
        elif key:
            factor = _listed(sheet, entry, key, chain) if listed else _ranged(sheet, entry, key, chain)
            factors += [factor] if factor else []
    return factors


def is_factor(key: Path, data: Mapping[str, Any]) -> bool:
    """Tell a factor from a table around factors: its key can be varied, or what is in it is what factors have."""
    return (
        not data
        or canonical(key) in parameters()
        or any(name in WRITTEN and not isinstance(value, dict) for name, value in data.items())
    )


def _example_of(listed: bool) -> str:
    return "a table such as { values = [0, 0.5, 1] }" if listed else "a table such as { low = 0.2, high = 0.9 }"


def _listed(sheet: Sheet, entry: Entry, key: Key, chain: Reading) -> Factor | None:
    strange = [name for name in entry.value if name in RANGED and name not in LISTED]
    for name in strange:
        sheet.refuse((*entry.place, name), "only for sampled designs; allowed: values, linspace, log", at_key=True)
    sheet.known(entry.place, [*LISTED, *strange])
    given = [name for name in entry.value if name in LISTED]
    others = [name for name in entry.value if name not in LISTED]
    if len(given) != 1 and not others:
        what = "no values" if not given else "values given in two ways"
        sheet.refuse(entry.place, f"{what}; allowed: one of values, linspace and log, such as {{ values = [0, 0.5, 1] }}")
    if len(given) != 1 or others:
        return None
    place = (*entry.place, given[0])
    made = _values(sheet, place, key, chain) if given[0] == "values" else _spaced(sheet, place, key, chain)
    return listed_factor(key, made, "log" if given[0] == "log" else "linear") if made else None


def listed_factor(key: Key, values: tuple[Any, ...], scale: str = "linear") -> Factor:
    """Make a factor of listed values that have been checked."""
    low, high = (float(min(values)), float(max(values))) if key.ordered else (0.0, float(len(values) - 1))
    return Factor(dotted(key.path), key.kind, values, low, high, scale)


def _values(sheet: Sheet, place: Path, key: Key, chain: Reading) -> tuple[Any, ...]:
    values = _list(sheet, place)
    if values is None:
        return ()
    before = len(sheet.problems)
    for index, value in enumerate(values):
        sheet.problems += checked(key, value, sheet.value_at((*place, str(index))), chain)
    return tuple(tidy(key, value) for value in values) if len(sheet.problems) == before else ()


def _list(sheet: Sheet, place: Path) -> list[Any] | None:
    values: Any = sheet.data
    for step in place:
        values = values[step]
    if isinstance(values, list) and values:
        return values
    sheet.refuse(place, f"{'an empty list' if values == [] else shown(values)} cannot stand here; allowed: a list of values")
    return None


def _spaced(sheet: Sheet, place: Path, key: Key, chain: Reading) -> tuple[Any, ...]:
    """Values from a first to a last, evenly or by equal factors; whole numbers are rounded."""
    log = place[-1] == "log"
    given = _list(sheet, place)
    if not given or not _is_spacing(sheet, place, key, given, chain):
        return ()
    first, last, count = given
    if count > MOST_POINTS or (log and min(first, last) <= 0) or first == last:
        why = "too many points" if count > MOST_POINTS else "the first and last are equal" if first == last else "not above 0"
        sheet.refuse(place, f"{why}; allowed: {_spacing_rule(log)}")
        return ()
    made = tuple(_between(first, last, index / (count - 1), "log" if log else "linear") for index in range(count))
    if key.kind == "whole":
        made = tuple(math.floor(value + 0.5) for value in made)
        if len(set(made)) < count:
            sheet.refuse(place, f"rounded to whole numbers, some of the {count:,} values are equal; take fewer")
            return ()
    return tuple(tidy(key, value) for value in made)


def _is_spacing(sheet: Sheet, place: Path, key: Key, given: list[Any], chain: Reading) -> bool:
    rule = _spacing_rule(place[-1] == "log")
    if not key.ordered:
        sheet.refuse(place, f"only numbers have a range; allowed: values = [...]{_choices(key)}", at_key=True)
        return False
    if len(given) != 3 or type(given[2]) is not int or given[2] < 2:
        sheet.refuse(place, f"not a spacing; allowed: {rule}")
        return False
    before = len(sheet.problems)
    for index, value in enumerate(given[:2]):
        sheet.problems += checked(key, value, sheet.value_at((*place, str(index))), chain)
    return len(sheet.problems) == before


def _spacing_rule(log: bool) -> str:
    above = ", both above 0" if log else ""
    example = "[1, 1000, 7]" if log else "[0, 1, 11]"
    return f"[first, last, number of points]{above}, with 2 to {number(MOST_POINTS)} points, such as {example}"


def _choices(key: Key) -> str:
    if key.kind == "truth":
        return " of true and false"
    return f" of {one_of(key.spec.choices)}" if key.spec and key.spec.choices else ""


def _ranged(sheet: Sheet, entry: Entry, key: Key, chain: Reading) -> Factor | None:
    strange = [name for name in entry.value if name in ("linspace", "log")]
    for name in strange:
        sheet.refuse((*entry.place, name), "only for grids and lists; allowed: low, high, scale", at_key=True)
    sheet.known(entry.place, [*RANGED, *strange])
    if strange or any(name not in RANGED for name in entry.value):
        return None
    if "values" in entry.value:
        return _sampled_values(sheet, entry, key, chain)
    if not key.ordered:
        return _sampled_choices(sheet, entry, key)
    return _range(sheet, entry, key, chain)


def _sampled_values(sheet: Sheet, entry: Entry, key: Key, chain: Reading) -> Factor | None:
    if len(entry.value) > 1:
        sheet.refuse(entry.place, "values and a range; allowed: only one of them")
        return None
    values = _values(sheet, (*entry.place, "values"), key, chain)
    return listed_factor(key, values) if values else None


def _sampled_choices(sheet: Sheet, entry: Entry, key: Key) -> Factor | None:
    known = (False, True) if key.kind == "truth" else key.spec.choices if key.spec else ()
    if entry.value or not known:
        sheet.refuse(entry.place, f"only numbers have a range; allowed: values = [...]{_choices(key)}")
        return None
    return listed_factor(key, tuple(known))


def _range(sheet: Sheet, entry: Entry, key: Key, chain: Reading) -> Factor | None:
    before = len(sheet.problems)
    scale = sheet.choice((*entry.place, "scale"), SCALES, "linear")
    likely = key.spec.likely if key.spec else None
    ends: list[float] = []
    for index, name in enumerate(("low", "high")):
        if name in entry.value:
            sheet.problems += checked(key, entry.value[name], sheet.value_at((*entry.place, name)), chain)
            ends.append(entry.value[name])
        elif likely:
            ends.append(likely[index])
        else:
            sheet.refuse(entry.place, f"no '{name}', and no range is known as likely; give low and high")
    if len(sheet.problems) > before:
        return None
    low, high = (float(end) for end in ends)
    if low >= high:
        sheet.refuse(entry.place, f"low {number(low)} is not below high {number(high)}")
    if scale == "log" and low <= 0:
        sheet.refuse(entry.place, f"low {number(low)} is not above 0, as scale = 'log' needs")
    return Factor(dotted(key.path), key.kind, (), low, high, scale) if len(sheet.problems) == before else None


def all_different(sheet: Sheet, factors: list[Factor]) -> None:
    """Refuse a grid in which a value stands twice: the same runs would be asked for twice."""
    for entry in sheet.entries(("factors",), is_factor):
        factor = next((one for one in factors if one.key == dotted(entry.key)), None)
        for index, value in _repeated(factor.values if factor else ()):
            sheet.refuse((*entry.place, "values", str(index)), f"{shown(value)} stands twice")


def _repeated(values: tuple[Any, ...]) -> Iterator[tuple[int, Any]]:
    if len(set(values)) < len(values):
        seen: set[Any] = set()
        for index, value in enumerate(values):
            if value in seen:
                yield index, value
            seen.add(value)
