"""Factors of a sweep: what each varies, and over which values."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from cxsim.errors import Problem
from cxsim.model.params import Spec
from cxsim.scenario.dollars import Cents, in_cents, starts_amount
from cxsim.scenario.layers import Reading, Setting, settings_layer
from cxsim.scenario.messages import MOST_TOLD, Path, dotted, number, one_of, shown
from cxsim.scenario.schema import allowed_values, canonical, known_keys, parameters, value_type
from cxsim.scenario.sweep_reader import SweepReader
from cxsim.scenario.sweep_schema import MOST_POINTS, ListedFactor, SampledFactor, spacing_rule

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
    type: TypeAdapter[Any] | None

    @property
    def ordered(self) -> bool:
        """Tell whether its values are numbers, so that it has a range."""
        return self.kind in ("number", "whole")


def factor_key(path: Path, where: str, chain: Reading, problems: list[Problem]) -> Key | None:
    """Look a key up that stands at a place; note the problem when it cannot be varied."""
    message = NOT_VARIED.get(path[-1], "") if len(path) == 1 or path[2:] == ("title",) else ""
    if not message and allowed_values().get(canonical(path), "").startswith("a table"):
        message = f"a table cannot be varied, only what is in it: {', '.join(known_keys(path)).replace('*', 'NAME')}"
    if message:
        problems.append(Problem(where, dotted(path), message))
        return None
    wrong = [one for one in _problems(path, None, where, "", chain) if one.where == where]  # with the key, not the value
    problems += wrong
    kind, spec = parameters().get(canonical(path), (str, None))
    if wrong or spec is None:
        return None if wrong else Key(path, "name", None, None)
    name = "name" if spec.choices else {float: "number", int: "whole", bool: "truth"}[kind]
    return Key(path, name, spec, value_type(kind, spec))


def _problems(path: Path, value: Any, key_at: str, value_at: str, chain: Reading) -> list[Problem]:
    return settings_layer([Setting(path, value, key_at, value_at)], chain).problems


def checked(key: Key, value: Any, where: str, chain: Reading) -> list[Problem]:
    """List what is wrong with a value of a key; quick when nothing is."""
    try:
        if key.type is not None:
            key.type.validate_python(value)
            return []
    except ValidationError:
        pass
    return _problems(key.path, value, where, where, chain)


def tidy(key: Key, value: Any) -> Any:
    """Give equal values equal form: 1 becomes 1.0 where a fraction may stand, -0.0 becomes 0.0, and dollars become cents."""
    value = in_cents(value, key.spec)
    if key.kind == "number":
        return float(value) + 0.0
    return int(value) if isinstance(value, Cents) else value


def listed_factor(key: Key, values: tuple[Any, ...], scale: str = "linear") -> Factor:
    """Make a factor of listed values that have been checked."""
    low, high = (float(min(values)), float(max(values))) if key.ordered else (0.0, float(len(values) - 1))
    return Factor(dotted(key.path), key.kind, values, low, high, scale)


def all_in_dollars(said: ListedFactor | SampledFactor) -> bool:
    """Tell whether every amount of a factor is written in dollars, so that its unit is beyond doubt."""
    listed = said.linspace[:2] + said.log[:2] if isinstance(said, ListedFactor) else [said.low, said.high]
    return all(map(starts_amount, said.values or listed))


def read_factors(reader: SweepReader) -> list[Factor]:
    """Make the factors of a sweep file; what is wrong goes to the reader's problems."""
    factors = []
    for name in reader.factor_keys:
        place = ("factors", name)
        key = factor_key(tuple(name.split(".")), reader.key_at(place), reader.chain, reader.problems)
        if key and name in reader.said.factors:
            factors += _FactorReader(reader, place, key).read(reader.said.factors[name])
    return factors


class _FactorReader:
    """Reads one factor whose key is known."""

    def __init__(self, reader: SweepReader, place: Path, key: Key) -> None:
        self.reader, self.place, self.key = reader, place, key

    def read(self, said: ListedFactor | SampledFactor) -> list[Factor]:
        """Return the factor, unless something is wrong with it."""
        before = len(self.reader.problems)
        if said.values:
            made = self._listed(said.values)
        elif isinstance(said, ListedFactor):
            made = self._spaced("linspace" if said.linspace else "log", *(said.linspace or said.log))
        else:
            made = self._range(said) if self.key.ordered else self._choices(said)
        return [made] if made and len(self.reader.problems) == before else []

    def _refuse(self, message: str, *below: str, at_key: bool = False) -> None:
        self.reader.refuse((*self.place, *below), message, at_key)

    def _check(self, value: Any, *below: str) -> bool:
        problems = checked(self.key, value, self.reader.value_at((*self.place, *below)), self.reader.chain)
        self.reader.problems += problems
        return not problems

    def _check_all(self, key: str, values: Sequence[Any]) -> bool:
        wrong = 0
        for index, value in enumerate(values):
            wrong += not self._check(value, key, str(index))
            if wrong >= MOST_TOLD:
                self._refuse("not read from here on, after so many problems", key, str(index))
                break
        return not wrong

    def _listed(self, values: list[Any]) -> Factor | None:
        if not self._check_all("values", values):
            return None
        made = tuple(tidy(self.key, value) for value in values)
        if self.reader.said.design.method == "grid":  # otherwise the same runs would be asked for twice
            first: dict[Any, int] = {}
            for index, value in enumerate(made):
                if first.setdefault(value, index) != index:
                    self._refuse(f"{shown(value)} stands twice", "values", str(index))
        return listed_factor(self.key, made)

    def _spaced(self, how: str, first: Any, last: Any, count: int) -> Factor | None:
        """Values from a first to a last, evenly or by equal factors; whole numbers are rounded."""
        if not self.key.ordered:
            self._refuse(self._no_range(), how, at_key=True)
        elif self._check_all(how, (first, last)):
            first, last = tidy(self.key, first), tidy(self.key, last)
            log = how == "log"
            if count > MOST_POINTS or (log and min(first, last) <= 0) or first == last:
                why = "the first and last are equal" if first == last else "not above 0"
                self._refuse(f"{'too many points' if count > MOST_POINTS else why}; allowed: {spacing_rule(log)}", how)
                return None
            scale = "log" if log else "linear"
            made = tuple(_between(first, last, index / (count - 1), scale) for index in range(count))
            if self.key.kind == "whole":
                made = tuple(math.floor(value + 0.5) for value in made)
                if len(set(made)) < count:
                    self._refuse(f"rounded to whole numbers, some of the {count:,} values are equal; take fewer", how)
            return listed_factor(self.key, tuple(tidy(self.key, value) for value in made), scale)
        return None

    def _no_range(self) -> str:
        names = self.key.spec.choices if self.key.spec else ()
        values = " of true and false" if self.key.kind == "truth" else f" of {one_of(names)}" if names else ""
        return f"only numbers have a range; allowed: values = [...]{values}"

    def _choices(self, said: SampledFactor) -> Factor | None:
        known = (False, True) if self.key.kind == "truth" else self.key.spec.choices if self.key.spec else ()
        if said.model_fields_set or not known:
            self._refuse(self._no_range())
            return None
        return listed_factor(self.key, tuple(known))

    def _range(self, said: SampledFactor) -> Factor | None:
        likely = (self.key.spec and self.key.spec.likely) or (None, None)
        ends = []
        for name, usual in zip(("low", "high"), likely, strict=True):
            end = getattr(said, name) if name in said.model_fields_set else usual
            if end is None:
                self._refuse(f"no '{name}', and no range is known as likely; give low and high")
            elif name not in said.model_fields_set or self._check(end, name):
                ends.append(float(tidy(self.key, end)))
        if len(ends) < 2:
            return None
        low, high = ends
        if low >= high:
            self._refuse(f"low {number(low)} is not below high {number(high)}")
        if said.scale == "log" and low <= 0:
            self._refuse(f"low {number(low)} is not above 0, as scale = 'log' needs")
        return Factor(dotted(self.key.path), self.key.kind, (), low, high, said.scale)
