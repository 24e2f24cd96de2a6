"""Plan: pivots, budgets, hiring, and whose time goes where."""

from cxsim.engine.fast.compile import kernel
from cxsim.engine.fast.simulation_state import SimulationState
from cxsim.model import firm_month


@kernel
def plan(state: SimulationState, month: int) -> None:
    """Pivot if the trigger is met; divide money; hire, dismiss, train; see whose time goes where."""
    plans, months = state.plans, state.history.shape[0]
    for f in range(state.firms.shape[0]):
        firm = state.firms[f]
        before, after = plans.strategies[firm.group, 0], plans.strategies[firm.group, 1]
        pivot = plans.pivots[firm.group]
        firm_month.plan.plan(firm, f, before, after, pivot, state.params, state.seed, month, months)
