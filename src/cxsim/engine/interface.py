"""What the rest of cxsim knows of an engine: a simulation is started, advanced, forked, and read.

A fork is a run stopped at a month, copied, and gone on with under other plans with the same luck. Draws depend on seed,
decision, month and entity alone, so a copy of the state is all that a future needs: until the first month in which the plans
differ in effect, both futures are equal to the bit.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from copy import deepcopy
from difflib import get_close_matches
from typing import Any, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from cxsim.model.case import Case, FirmPlan, History
from cxsim.model.params import AT_MONTH, Pivot, Spec, Strategy, specs
from cxsim.model.schedule import PHASES
from cxsim.model.state import ALIVE, Customers, Record

Group = TypeVar("Group", Strategy, Pivot)


class Simulation(ABC):
    """One run under way, which can be stopped at any month, looked at, and forked there.

    ``seed`` is the replicate's (see ``chance.replicate_seed``), ``months`` the length of the run, ``month`` how many of them
    have been run. ``case`` tells how the firms behave, and what a fork changed in that.
    """

    def __init__(self, case: Case, seed: int, months: int) -> None:
        self.case, self.seed, self.months, self.month = case, seed, months, 0

    def __copy__(self) -> Self:
        """Copy all of it: two runs over one state would overtake each other."""
        return deepcopy(self)

    @property
    @abstractmethod
    def customers(self) -> Customers:
        """All customers as they are now, one array (customers,) for each trait; not to be written."""

    @property
    @abstractmethod
    def firms(self) -> Record:
        """Records (firms,) of all firms as they are now, of type ``FIRM_DTYPE``; not to be written."""

    @property
    @abstractmethod
    def history(self) -> History:
        """What has been recorded so far, one row a month; months to come are zero.

        Measures may be the simulation's own, which change when it goes on, or is written over by a fork.
        """

    def advance(self, month: int | None = None) -> Self:
        """Run up to, but not including, a month; to the end when None. ValueError for a month that has passed."""
        end = self.months if month is None else month
        if not self.month <= end <= self.months:
            raise ValueError(f"cannot run to month {end}: the run has {self.months} months, of which {self.month} have passed")
        if end > self.month:
            self._run_months(end)
            self.month = end
        return self

    def run_phase(self, phase: str) -> None:
        """Run a single phase of this month, for those who look between phases. They come in order; the last ends the month."""
        self._run_phase(phase)
        self.month += phase == PHASES[-1]

    def fork(
        self,
        month: int | None = None,
        *,
        firm: str | int = 0,
        strategy: Strategy | Mapping[str, object] | None = None,
        after: Strategy | Mapping[str, object] | None = None,
        pivot: Pivot | Mapping[str, object] | None = None,
        into: Self | None = None,
    ) -> Self:
        """Copy the state at the start of a month (now, when None); from there on the copy follows other plans.

        ``firm`` is the name or number of a firm block. ``strategy`` is what it decides before its pivot, ``after`` what it
        decides after it, ``pivot`` what triggers it: a whole group, or the fields that change, in the words of scenario
        files. A run that has not come to the month yet is run up to it. ``into`` is an earlier fork of the same run that is
        needed no more: it is written over and returned, which spares new memory. ValueError for a month that has passed, a
        firm or a field that does not exist, a value out of bounds, or a strategy that no firm of the block follows any more.
        """
        self.advance(self.month if month is None else month)
        number = _numbered([plan.name for plan in self.case.firms], firm)
        before = self.case.firms[number]
        plan = before._replace(
            strategy=edited(before.strategy, strategy), after=edited(before.after, after), pivot=edited(before.pivot, pivot)
        )
        if plan.strategy != before.strategy and plan.after == before.after:
            members = self.firms[self.firms.group == number]
            if bool((members.course == 1).all()):
                raise ValueError(f"{plan.name} has pivoted, so its strategy before the pivot changes nothing; change after=")
        branch = self._copy(into)
        branch._follow(number, plan)
        return branch

    def _follow(self, number: int, plan: FirmPlan) -> None:
        """Let a firm block follow another plan. A goal of service that is changed takes hold at once, as it does on a pivot."""
        before = self.case.firms[number]
        self.case = self.case.with_firm(number, plan)
        self._take_plan(number, plan)
        for course, (old, new) in enumerate(((before.strategy, plan.strategy), (before.after, plan.after))):
            if old.service_goal != new.service_goal:
                firms = self.firms
                those = (firms.group == number) & (firms.course == course) & (firms.status == ALIVE)
                self._set_service_goal(np.flatnonzero(those), new.service_goal)

    @abstractmethod
    def _run_months(self, end: int) -> None:
        """Run the months up to, but not including, ``end``."""

    @abstractmethod
    def _run_phase(self, phase: str) -> None:
        """Run a phase of the current month."""

    @abstractmethod
    def _copy(self, into: Self | None) -> Self:
        """Give a simulation in the same state, written over ``into`` where that spares memory."""

    @abstractmethod
    def _take_plan(self, number: int, plan: FirmPlan) -> None:
        """Put the plan of a firm block where the engine looks for it."""

    @abstractmethod
    def _set_service_goal(self, firms: NDArray[np.intp], goal: float) -> None:
        """Give firms, by number, another goal of service."""


class Engine(Protocol):
    """What runs cases."""

    def __call__(self, case: Case, seed: int, months: int) -> Simulation:
        """Give a run on its first day."""


def pivot_now(month: int) -> Pivot:
    """Trigger that pivots in a month, or on the first day of a firm that is founded later."""
    return Pivot(AT_MONTH, month=month)


def _numbered(names: list[str], firm: str | int) -> int:
    if isinstance(firm, str):
        if firm not in names:
            raise ValueError(f"no firm block {firm!r}; there are {', '.join(names)}{_nearest(firm, names)}")
        return names.index(firm)
    return range(len(names))[firm]


def _nearest(name: str, names: list[str]) -> str:
    near = get_close_matches(name, names, 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def edited(group: Group, changes: Group | Mapping[str, object] | None) -> Group:
    """Change some fields of a group, given by name in the words of scenario files. ValueError for what is not allowed.

    >>> edited(Strategy(), {"custom_share": 0.5, "roadmap": "loudest"}).roadmap
    1
    """
    if changes is None:
        return group
    if not isinstance(changes, Mapping):
        return changes
    known = specs(type(group))
    for name in changes:
        if name not in known:
            raise ValueError(f"no field {name!r}; there are {', '.join(known)}{_nearest(name, list(known))}")
    checked: dict[str, Any] = {name: _checked(name, value, *known[name]) for name, value in changes.items()}
    return group._replace(**checked)


def _checked(name: str, value: object, kind: type, spec: Spec) -> int | float:
    if spec.choices:
        if value not in spec.choices:
            raise ValueError(f"{name} must be one of {', '.join(spec.choices)}, not {value!r}")
        return spec.choices.index(str(value))
    if isinstance(value, int | float | np.integer | np.floating) and isinstance(value, bool) == (kind is bool):
        number: int | float = kind(value)
        if number == value and spec.low <= number <= spec.high:
            return number
    raise ValueError(f"{name} must be {kind.__name__} from {spec.low:g} to {spec.high:g}, not {value!r}")
