"""Serve: requests for help, and the queue they wait in."""

from typing import Any

from cxsim.engine.fast.compile import kernel
from cxsim.model import product, service, strategy
from cxsim.model.state import ALIVE


@kernel
def serve(state: Any, month: int) -> None:
    """Requests for help arise, wait for service staff, and leave a backlog when there are too few."""
    firms, params = state.firms, state.params
    for f in range(firms.shape[0]):
        firm = firms[f]
        if firm.status == ALIVE:
            polish = product.polish_in_force(firm.polish, params.mechanisms.polish)
            smooth = service.smoothness(polish, params.product)
            firm.tickets = service.ticket_count(firm.customers, firm.fit_sum, smooth, params.service)
            load = service.service_load(firm.tickets, firm.variety, params.service)
            on = params.mechanisms.queue
            vips = strategy.ratio(firm.vips, firm.customers)
            served = service.serve_month(load, firm.backlog, firm.service_capacity, vips, params.service, on)
            firm.backlog = served.backlog
            firm.service_quality = served.quality
            firm.vip_quality = served.vip_quality
