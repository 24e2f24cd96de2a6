"""How a firm serves its customers, by hand."""

import pytest

from cxsim.model.firm_month.serve import serve
from cxsim.model.params import Mechanisms, Params, Product, Service
from cxsim.model.service import serve_month
from plain_firms import plain_firm

RULES = Service(tickets=0.5, misfit_tickets=2.0, handle_time=1.5, work_hours=150.0, lapse=0.5)
PARAMS = Params(service=RULES, product=Product(polish_tickets=0.5))


def test_requests_are_those_of_fit_polish_and_variety() -> None:
    firm = plain_firm(customers=100, fit_sum=75_000_000, polish=0.4, variety=2.0, service_capacity=3.0, backlog=400, vips=25)
    serve(firm, PARAMS)
    assert firm.tickets == pytest.approx(0.5 * (100 + 2 * 25) * 0.8 * 1e6)
    served = serve_month(int(firm.tickets * 0.01 * 2.0), 400, 3.0, 0.25, RULES, True)
    assert (firm.backlog, firm.service_quality, firm.vip_quality) == served
    assert firm.vip_quality > firm.service_quality > 0


def test_nobody_at_work_leaves_everything_undone() -> None:
    firm = plain_firm(customers=100, fit_sum=100_000_000, variety=1.0, backlog=400)
    serve(firm, PARAMS)
    assert (firm.tickets, firm.backlog) == (50_000_000, 500_000 + 200)
    assert (firm.service_quality, firm.vip_quality) == (0.0, 0.0)


def test_without_polish_and_queue() -> None:
    firm = plain_firm(customers=100, fit_sum=100_000_000, polish=0.4, variety=1.0, backlog=400)
    serve(firm, PARAMS._replace(mechanisms=Mechanisms(polish=False, queue=False)))
    assert (firm.tickets, firm.backlog, firm.service_quality, firm.vip_quality) == (50_000_000, 0, 1.0, 1.0)
