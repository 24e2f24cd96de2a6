"""What is read off a firm in more than one phase."""

from cxsim.model import finance, sales, service, strategy
from cxsim.model.features import count
from cxsim.model.params import PRODUCT, SALES, SERVICE, Finance, Params, Strategy
from cxsim.model.state import ALIVE, Firm, Table


def in_force(firm: Firm, strategies: Table[Table[Strategy]]) -> Strategy:
    """Strategy that a firm follows, from the table of all: by firm block, before and after the pivot."""
    return strategies[firm.group][firm.course]


def in_business(firm: Firm) -> bool:
    """Tell whether a firm takes part in the month."""
    return firm.status == ALIVE


def total(numbers: Table[int]) -> int:
    """Sum of whole numbers."""
    found = 0
    for n in range(len(numbers)):
        found += numbers[n]
    return found


def people(firm: Firm) -> int:
    """Founders and employees."""
    return firm.founders + total(firm.staff)


def wages(firm: Firm, rules: Finance) -> int:
    """Cents a month paid to staff and founders."""
    return finance.wage_bill(firm.founders, firm.staff[PRODUCT], firm.staff[SALES], firm.staff[SERVICE], rules)


def fixed_cost(firm: Firm, rules: Finance) -> int:
    """Cents a month that staff and founders cost, overhead included."""
    return finance.fixed_cost(firm.founders, firm.staff[PRODUCT], firm.staff[SALES], firm.staff[SERVICE], rules)


def mean_quality(firm: Firm) -> float:
    """Quality of service over all customers."""
    return service.mean_quality(firm.service_quality, firm.vip_quality, strategy.ratio(firm.vips, firm.customers))


def cash_flow(firm: Firm) -> int:
    """Cents that came in less those that went out, in the month whose books are kept."""
    return finance.cash_flow(firm.revenue, firm.wages, firm.marketing, firm.running_costs)


def accepted_price(firm: Firm, wtp: int, params: Params) -> float:
    """Price that a customer accepts of a firm for a full fit, in cents."""
    return sales.accepted_price(wtp, firm.reputation, params.service, params.mechanisms.reputation)


def shown_fit(firm: Firm, needs: int, promised: int, params: Params) -> float:
    """Fit that a firm's offer shows to a customer, with what it promises."""
    unproven_weight, promise_weight = params.product.unproven_weight, params.sales.promise_weight
    return sales.perceived_fit(needs, firm.standard, firm.validated, promised, unproven_weight, promise_weight)


def is_complete(firm: Firm, params: Params) -> bool:
    """Tell whether the product has every feature there is, so that nobody can miss one."""
    return count(firm.standard) >= params.market.features
