"""Serve: requests for help, and the queue they wait in."""

from cxsim.engine.fast.compile import kernel
from cxsim.engine.fast.simulation_state import SimulationState
from cxsim.model import firm_month


@kernel
def serve(state: SimulationState, month: int) -> None:
    """Requests for help arise, wait for service staff, and leave a backlog when there are too few."""
    for f in range(state.firms.shape[0]):
        if firm_month.figures.in_business(state.firms[f]):
            firm_month.serve.serve(state.firms[f], state.params)
