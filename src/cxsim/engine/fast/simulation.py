"""A run of the fast engine: started, advanced, forked, read.

A fork copies what months write. It shares parameters, tables of popularity, and the traits that customers keep for life;
scratch space it has of its own.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from cxsim.engine.fast import run
from cxsim.engine.fast.simulation_state import SimulationState, history_of, make_block, make_offers, words_of
from cxsim.engine.interface import Simulation
from cxsim.model.case import Case, FirmPlan, History
from cxsim.model.schedule import PHASES, SCHEDULE
from cxsim.model.state import CUSTOMER_FIELDS, Customers, Record

WRITTEN = {field for phase in SCHEDULE for field in phase.writes}
CHANGING = tuple(name for name in CUSTOMER_FIELDS if f"customers.{name}" in WRITTEN)


class FastSimulation(Simulation):
    """A run whose state is arrays that compiled code works on; what is read of it are live views of them."""

    def __init__(self, case: Case, seed: int, months: int, state: SimulationState | None = None) -> None:
        super().__init__(case, seed, months)
        self.state = run.start_state(case, seed, months) if state is None else state
        self._show()

    def _show(self) -> None:
        """Make the views through which the state is seen."""
        self._firms: Record
        views: list[Any] = [column.view() for column in (*self.state.customers, self.state.firms)]
        for view in views:
            view.flags.writeable = False
        self._customers, self._firms = Customers(*views[:-1]), views[-1]

    def __getstate__(self) -> dict[str, object]:
        """Leave out the views: those of a copy are of its own state."""
        return {name: value for name, value in vars(self).items() if name not in ("_customers", "_firms")}

    def __setstate__(self, parts: dict[str, object]) -> None:
        """Take what was left, and see it."""
        vars(self).update(parts)
        self._show()

    @property
    def customers(self) -> Customers:
        """Live views of the columns, which cannot be written."""
        return self._customers

    @property
    def firms(self) -> Record:
        """Live view of the records, which cannot be written."""
        return self._firms

    @property
    def history(self) -> History:
        """Live view of what has been recorded so far; when each firm pivoted, was founded and closed is copied."""
        return history_of(self.state)

    def _run_months(self, end: int) -> None:
        run.run_months(self.state, self.month, end)

    def _run_phase(self, phase: str) -> None:
        run.run_phase(self.state, PHASES.index(phase), self.month)

    def _copy(self, into: Self | None) -> Self:
        branch = type(self)(self.case, self.seed, self.months, twin_of(self.state)) if into is None else into
        if branch is self or branch.state.customers.size is not self.state.customers.size:
            raise ValueError("a fork can only be written over another fork of the same run")
        copy_state(self.state, branch.state, self.month)
        branch.case, branch.month = self.case, self.month
        return branch

    def _take_plan(self, number: int, plan: FirmPlan) -> None:
        plans = self.state.plans
        plans.pivots[number] = tuple(plan.pivot)
        plans.strategies[number] = [tuple(plan.strategy), tuple(plan.after)]

    def _set_service_goal(self, firms: NDArray[np.intp], goal: float) -> None:
        self.state.firms.service_goal[firms] = goal


def copy_state(source: SimulationState, target: SimulationState, month: int) -> None:
    """Bring a state to that of another run of the same case and length, which has run ``month`` months.

    Nothing is allocated: a state that is filled again and again stays in memory that the system has given already.
    """
    for name in CHANGING:
        np.copyto(getattr(target.customers, name), getattr(source.customers, name))
    for mine, other in ((target.plans.pivots, source.plans.pivots), (target.plans.strategies, source.plans.strategies)):
        np.copyto(mine, other)
    np.copyto(target.firm_words, source.firm_words)
    np.copyto(target.history[:month], source.history[:month])
    target.history[month:] = 0


def twin_of(state: SimulationState) -> SimulationState:
    """Make a state that ``copy_state`` can fill; what no month writes and no fork changes is shared."""
    columns = {name: np.empty_like(getattr(state.customers, name)) for name in CHANGING}
    records = np.empty_like(state.firms)
    return state._replace(
        plans=state.plans._replace(pivots=state.plans.pivots.copy(), strategies=state.plans.strategies.copy()),
        customers=state.customers._replace(**columns),
        firms=records,
        firm_words=words_of(records),
        offers=make_offers(len(state.offers.condition)),
        block=make_block(),
        lanes=np.zeros_like(state.lanes),
        reach=np.zeros_like(state.reach),
        history=np.zeros_like(state.history),
    )
