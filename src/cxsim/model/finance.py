"""Money: budgets, bills, the trend, and the end of a firm. All amounts are whole cents."""

from cxsim.model.arithmetic import clamp
from cxsim.model.params import PRODUCT, SALES, Finance, Staffing
from cxsim.model.state import THOUSAND


def fixed_cost(founders: int, product: int, sales: int, service: int, finance: Finance) -> int:
    """Cents a month that staff and founders cost, overhead included."""
    return wage_bill(founders, product, sales, service, finance) + (founders + product + sales + service) * finance.overhead


def wage_bill(founders: int, product: int, sales: int, service: int, finance: Finance) -> int:
    """Cents a month paid to staff and founders."""
    paid = product * finance.wage_product + sales * finance.wage_sales + service * finance.wage_service
    return paid + founders * finance.founder_pay


def role_cost(role: int, finance: Finance) -> int:
    """Cents a month that one more employee of a role costs, overhead included."""
    if role == PRODUCT:
        return finance.wage_product + finance.overhead
    return (finance.wage_sales if role == SALES else finance.wage_service) + finance.overhead


def spendable(trend: int, cash: int, fixed: int, invest: float, staffing: Staffing) -> int:
    """Cents that budgets divide this month: smoothed revenue, cut when cash is short, plus a part of cash to spare.

    trend x min(1, cash / reserve) + invest x max(0, cash - reserve), reserve = reserve_months x fixed. Source: A-RESERVE.
    """
    reserve = staffing.reserve_months * fixed
    return int(trend * caution(cash, fixed, staffing) + invest * max(cash - reserve, 0.0))


def caution(cash: int, fixed: int, staffing: Staffing) -> float:
    """Share of ordinary spending that a firm dares: min(1, cash / reserve). Source: A-RESERVE."""
    reserve = staffing.reserve_months * fixed
    return clamp(cash / reserve, 0.0, 1.0) if reserve > 0.0 else 1.0


def next_trend(trend: int, revenue: int, months: int) -> int:
    """Smoothed revenue: it moves to this month's by 1 / months. Source: A-TREND."""
    return trend + (revenue - trend) // months


def subscriptions(account_size: int, price: int) -> int:
    """Cents of a month's invoices in ordinary times: size of all accounts, in thousandths, times price."""
    return account_size * price // THOUSAND


def invoices(account_size: int, vip_size: int, premium: float, price: int, demand_shock: float) -> int:
    """Cents of this month's invoices: subscriptions, with the premium of VIPs, times the demand shock. Source: M19."""
    return int((subscriptions(account_size, price) + subscriptions(vip_size, price) * premium) * demand_shock)


def running_cost(people: int, customers: int, finance: Finance) -> int:
    """Cents for overhead and hosting."""
    return people * finance.overhead + customers * finance.hosting


def cash_flow(revenue: int, wages: int, marketing: int, running_costs: int) -> int:
    """Cents that come in less those that go out in a month."""
    return revenue - wages - marketing - running_costs


def next_viable_months(viable_months: int, flow: int) -> int:
    """Months in a row with positive cash flow, after one with this flow."""
    return viable_months + 1 if flow > 0 else 0


def insolvent(cash: int) -> bool:
    """Tell whether a firm must close: nobody lends to it."""
    return cash < 0
