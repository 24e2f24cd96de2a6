"""Settle: books, learning, validation, reputation, and the end of a firm without money."""

from cxsim.model import finance, product, sales, service
from cxsim.model.features import count
from cxsim.model.firm_month import figures
from cxsim.model.params import Params, Strategy
from cxsim.model.state import CLOSED, Firm


def settle(firm: Firm, chosen: Strategy, params: Params, month: int) -> None:
    """Bill, pay, learn to sell, see what is validated; close if there is no money left."""
    keep_books(firm, chosen, params)
    changes = firm.custom_built + firm.standard_built
    firm.playbook = sales.next_playbook(firm.playbook, firm.deals, changes, firm.customers, params.sales)
    validate(firm, params)
    quality = figures.mean_quality(firm)
    firm.reputation = service.next_reputation(firm.reputation, quality, firm.customers, params.service)
    if finance.insolvent(firm.cash):
        close(firm, month)


def keep_books(firm: Firm, chosen: Strategy, params: Params) -> None:
    """Bill customers, pay everyone, and smooth the revenue that next month's budgets rest on."""
    premium = sales.vip_premium(chosen)
    billed = finance.invoices(firm.account_size, firm.vip_size, premium, chosen.price, firm.demand_shock)
    firm.revenue = billed + firm.fees
    firm.wages = figures.wages(firm, params.finance)
    firm.marketing = firm.marketing_plan
    firm.running_costs = finance.running_cost(figures.people(firm), firm.customers, params.finance)
    flow = figures.cash_flow(firm)
    firm.cash += flow
    firm.viable_months = finance.next_viable_months(firm.viable_months, flow)
    firm.trend = finance.next_trend(firm.trend, firm.revenue, params.staffing.trend_months)


def validate(firm: Firm, params: Params) -> None:
    """Count as validated the standard features with enough paying users."""
    evidence, on = params.product.evidence, params.mechanisms.validation
    firm.validated = product.validated_features(firm.standard, firm.validated, firm.users, evidence, on)
    firm.validated_features = count(firm.validated)


def close(firm: Firm, month: int) -> None:
    """End: people go; its customers are released by whoever goes through them."""
    firm.status = CLOSED
    firm.closed = month
    firm.dismissals += figures.total(firm.staff)
    for role in range(len(firm.staff)):
        firm.staff[role] = 0
        for slot in range(len(firm.pipeline[role])):
            firm.pipeline[role][slot] = 0
    firm.founders = 0
    firm.backlog = 0
    firm.talk = 0
