"""Forks: a run stopped at a month, copied, and gone on with under another strategy with the same luck.

Draws depend on seed, decision, month and entity alone, so a copy of the state is all that a future needs: until the first
month in which the strategies differ in effect, both futures are equal to the bit. A fork copies what months write. It
shares parameters, tables of popularity, and the traits that customers keep for life; scratch space it has of its own.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

import numpy as np

from cxsim.engine.fast import run as fast
from cxsim.engine.fast.simulation_state import SimulationState, history_of, make_block, make_offers, make_plans
from cxsim.model.case import Case, FirmPlan, History
from cxsim.model.params import AT_MONTH, Pivot, Strategy, specs
from cxsim.model.schedule import SCHEDULE
from cxsim.model.state import ALIVE, CUSTOMER_FIELDS, Customers

Group = TypeVar("Group", Strategy, Pivot)

WRITTEN = {field for phase in SCHEDULE for field in phase.writes}
CHANGING = tuple(name for name in CUSTOMER_FIELDS if f"customers.{name}" in WRITTEN)


def copy_state(source: SimulationState, target: SimulationState, month: int) -> None:
    """Bring a state to where another one stands of the same case and length, which has run ``month`` months.

    Nothing is allocated: a state that is filled again and again stays in memory that the system has given already.
    """
    for name in CHANGING:
        np.copyto(getattr(target.customers, name), getattr(source.customers, name))
    np.copyto(target.firm_words, source.firm_words)
    np.copyto(target.history[:month], source.history[:month])


def twin_of(state: SimulationState, firms: tuple[FirmPlan, ...]) -> SimulationState:
    """Make a state that ``copy_state`` can fill, whose firms follow these plans; what never changes is shared."""
    columns = {name: np.empty_like(getattr(state.customers, name)) for name in CHANGING}
    records = np.empty_like(state.firms)
    return state._replace(
        plans=make_plans(firms),
        customers=Customers(**(state.customers._asdict() | columns)),
        firms=records,
        firm_words=records.view(np.int64).reshape(state.firm_words.shape).view(np.ndarray),
        offers=make_offers(len(state.offers.condition)),
        block=make_block(),
        lanes=np.zeros_like(state.lanes),
        reach=np.zeros_like(state.reach),
        history=np.zeros_like(state.history),
    )


class Run:
    """One run of the fast engine that can be stopped at any month and forked there.

    ``seed`` is the replicate's (see ``chance.replicate_seed``), ``months`` the length of the run, ``month`` how many of them
    have been run. ``case`` tells how the firms behave, and what a fork changed in that.
    """

    def __init__(self, case: Case, seed: int, months: int) -> None:
        self.case, self.months, self.month = case, months, 0
        self.state = fast.start_state(case, seed, months)

    def advance(self, month: int | None = None) -> "Run":
        """Run up to, but not including, a month; to the end when None. ValueError for a month that has passed."""
        end = self.months if month is None else month
        if not self.month <= end <= self.months:
            raise ValueError(f"cannot run to month {end}: the run has {self.months} months, of which {self.month} have passed")
        fast.run_months(self.state, self.month, end)
        self.month = end
        return self

    @property
    def history(self) -> History:
        """What has been recorded so far, one row a month; months to come are zero."""
        return history_of(self.state)

    def fork(
        self,
        month: int | None = None,
        *,
        firm: str | None = None,
        strategy: Strategy | Mapping[str, Any] | None = None,
        after: Strategy | Mapping[str, Any] | None = None,
        pivot: Pivot | Mapping[str, Any] | None = None,
    ) -> "Run":
        """Copy the state at the start of a month (now, when None); from there on the copy follows other plans.

        ``firm`` names a firm block, the first one when None. ``strategy`` is what it decides before its pivot, ``after`` what
        it decides after it, ``pivot`` what triggers it: a whole group, or the fields that change, in the words of scenario
        files. A run that has not come to the month yet is run up to it. ValueError for a month that has passed, a firm or a
        field that does not exist, a value out of bounds, or a strategy that no firm of the block follows any more.
        """
        self.advance(self.month if month is None else month)
        number = _numbered([plan.name for plan in self.case.firms], firm)
        before = self.case.firms[number]
        plan = before._replace(
            strategy=edited(before.strategy, strategy), after=edited(before.after, after), pivot=edited(before.pivot, pivot)
        )
        members = self.state.firms.group == number
        if plan.strategy != before.strategy and bool(((self.state.firms.course == 1) | ~members).all()):
            raise ValueError(f"{plan.name} has pivoted, so its strategy before the pivot changes nothing; change after=")
        return self._branch(number, before, plan)

    def _branch(self, number: int, before: FirmPlan, plan: FirmPlan) -> "Run":
        firms = (*self.case.firms[:number], plan, *self.case.firms[number + 1 :])
        branch = Run.__new__(Run)
        branch.case, branch.months, branch.month = self.case._replace(firms=firms), self.months, self.month
        branch.state = twin_of(self.state, firms)
        copy_state(self.state, branch.state, self.month)
        _take_new_goals(branch.state, number, before, plan)
        return branch


def pivot_now(month: int) -> Pivot:
    """Trigger that pivots in a month, or on the first day of a firm that is founded later."""
    return Pivot(AT_MONTH, month=month)


def _numbered(names: list[str], name: str | None) -> int:
    if name is None:
        return 0
    if name not in names:
        raise ValueError(f"no firm block {name!r}; there are {', '.join(names)}{_nearest(name, names)}")
    return names.index(name)


def _nearest(name: str, names: list[str]) -> str:
    near = get_close_matches(name, names, 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def edited(group: Group, changes: Group | Mapping[str, Any] | None) -> Group:
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
    return group._replace(**{name: _checked(name, value, *known[name]) for name, value in changes.items()})


def _checked(name: str, value: Any, kind: type, spec: Any) -> Any:
    if spec.choices:
        if value not in spec.choices:
            raise ValueError(f"{name} must be one of {', '.join(spec.choices)}, not {value!r}")
        return spec.choices.index(value)
    number = isinstance(value, int | float | np.integer | np.floating) and isinstance(value, bool) == (kind is bool)
    if not number or kind(value) != value or not spec.low <= value <= spec.high:
        raise ValueError(f"{name} must be {kind.__name__} from {spec.low:g} to {spec.high:g}, not {value!r}")
    return kind(value)


def _take_new_goals(state: SimulationState, number: int, before: FirmPlan, plan: FirmPlan) -> None:
    """Let a goal of service that was changed take hold at once, as it does on a pivot."""
    for course, (old, new) in enumerate(((before.strategy, plan.strategy), (before.after, plan.after))):
        if old.service_goal != new.service_goal:
            those = (state.firms.group == number) & (state.firms.course == course) & (state.firms.status == ALIVE)
            state.firms.service_goal[those] = new.service_goal
