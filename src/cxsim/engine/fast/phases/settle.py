"""Settle: books, learning, validation, and the end of firms without money."""

from cxsim.engine.fast.compile import kernel
from cxsim.engine.fast.phases.buyers import detach
from cxsim.engine.fast.simulation_state import SimulationState
from cxsim.model import firm_month
from cxsim.model.state import CLOSED, NOBODY


@kernel
def settle(state: SimulationState, month: int) -> None:
    """Bill, pay, learn to sell, see what is validated; firms without money close and release their customers."""
    firms, customers, closing = state.firms, state.customers, False
    for f in range(firms.shape[0]):
        if firm_month.figures.in_business(firms[f]):
            chosen = firm_month.figures.in_force(firms[f], state.plans.strategies)
            firm_month.settle.settle(firms[f], chosen, state.params, month)
            closing |= firms[f].status == CLOSED
    if closing:
        for c in range(customers.needs.shape[0]):
            if customers.supplier[c] != NOBODY and firms[customers.supplier[c]].status == CLOSED:
                firms[customers.supplier[c]].released += 1
                detach(customers, firms[customers.supplier[c]], c, state.params.product)
