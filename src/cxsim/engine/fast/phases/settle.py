"""Settle: books, learning, validation, and the end of firms without money."""

from typing import Any

from cxsim.engine.fast.compile import inlined, kernel
from cxsim.engine.fast.phases.buyers import detach
from cxsim.engine.fast.phases.plan import quality_of
from cxsim.model import finance, product, sales, service
from cxsim.model.features import count
from cxsim.model.params import PRODUCT, SALES, SERVICE
from cxsim.model.state import ALIVE, CLOSED, NOBODY


@kernel
def settle(state: Any, month: int) -> None:
    """Bill, pay, learn to sell, see what is validated; firms without money close and release their customers."""
    closing = False
    for f in range(state.firms.shape[0]):
        firm = state.firms[f]
        if firm.status == ALIVE:
            keep_books(state, firm)
            learn(state.params, firm)
            firm.reputation = service.next_reputation(firm.reputation, quality_of(firm), firm.customers, state.params.service)
            if finance.insolvent(firm.cash):
                close_firm(firm, month)
                closing = True
    if closing:
        customers = state.customers
        for c in range(customers.needs.shape[0]):
            if customers.supplier[c] != NOBODY and state.firms[customers.supplier[c]].status == CLOSED:
                firm = state.firms[customers.supplier[c]]
                firm.released += 1
                detach(customers, firm, c, state.params.product)


@inlined
def keep_books(state: Any, firm: Any) -> None:
    """Bill customers, pay everyone, and smooth the revenue that next month's budgets rest on."""
    params, staff = state.params, firm.staff
    chosen = state.plans.strategies[firm.group, firm.course]
    premium = sales.vip_premium(chosen)
    firm.revenue = finance.invoices(firm.account_size, firm.vip_size, premium, chosen.price, firm.tide) + firm.fees
    firm.wages = finance.wage_bill(firm.founders, staff[PRODUCT], staff[SALES], staff[SERVICE], params.finance)
    firm.marketing = firm.marketing_plan
    firm.running_costs = finance.running_cost(firm.founders + staff.sum(), firm.customers, params.finance)
    flow = finance.cash_flow(firm.revenue, firm.wages, firm.marketing, firm.running_costs)
    firm.cash += flow
    firm.viable_months = firm.viable_months + 1 if flow > 0 else 0
    firm.trend = finance.next_trend(firm.trend, firm.revenue, params.staffing.trend_months)


@inlined
def learn(params: Any, firm: Any) -> None:
    """The playbook moves with deals and product changes; features with enough users count as validated."""
    changes = firm.custom_built + firm.standard_built
    firm.playbook = sales.next_playbook(firm.playbook, firm.deals, changes, firm.customers, params.sales)
    on = params.mechanisms.validation
    firm.validated = product.validated_features(firm.standard, firm.validated, firm.users, params.product.evidence, on)
    firm.validated_features = count(firm.validated)


@inlined
def close_firm(firm: Any, month: int) -> None:
    """End a firm: its people go, its customers are released by the caller."""
    firm.status = CLOSED
    firm.closed = month
    firm.dismissals += firm.staff.sum()
    firm.staff[:] = 0
    firm.pipeline[:] = 0
    firm.founders = 0
    firm.backlog = 0
    firm.talk = 0
