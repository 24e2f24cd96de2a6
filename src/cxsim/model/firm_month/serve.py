"""Serve: requests for help, and the queue they wait in."""

from cxsim.model import product, service, strategy
from cxsim.model.params import Params
from cxsim.model.state import Firm


def serve(firm: Firm, params: Params) -> None:
    """Requests for help arise, wait for service staff, and leave a backlog when there are too few."""
    rules = params.service
    polish = product.polish_in_force(firm.polish, params.mechanisms.polish)
    smooth = service.smoothness(polish, params.product)
    firm.tickets = service.ticket_count(firm.customers, firm.fit_sum, smooth, rules)
    load = service.service_load(firm.tickets, firm.variety, rules)
    vips = strategy.ratio(firm.vips, firm.customers)
    served = service.serve_month(load, firm.backlog, firm.service_capacity, vips, rules, params.mechanisms.queue)
    firm.backlog = served.backlog
    firm.service_quality = served.quality
    firm.vip_quality = served.vip_quality
