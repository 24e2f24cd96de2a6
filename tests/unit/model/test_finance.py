"""Money, by hand: whole cents."""

import pytest

from cxsim.model.finance import (
    cash_flow,
    caution,
    fixed_cost,
    insolvent,
    invoices,
    next_trend,
    next_viable_months,
    role_cost,
    running_cost,
    spendable,
    subscriptions,
    wage_bill,
)  # fmt: skip
from cxsim.model.params import PRODUCT, SALES, SERVICE, Finance, Staffing

FINANCE = Finance(wage_product=1_200, wage_sales=1_000, wage_service=600, founder_pay=400, overhead=100, hosting=30)
STAFFING = Staffing(reserve_months=4.0)


def test_viable_months() -> None:
    assert [next_viable_months(5, flow) for flow in (-1, 0, 1)] == [0, 0, 6]


def test_wages_and_costs() -> None:
    assert wage_bill(2, 3, 1, 4, FINANCE) == 2 * 400 + 3 * 1_200 + 1_000 + 4 * 600
    assert wage_bill(0, 0, 0, 0, FINANCE) == 0
    assert fixed_cost(2, 3, 1, 4, FINANCE) == 7_800 + 10 * 100
    assert [role_cost(role, FINANCE) for role in (PRODUCT, SALES, SERVICE)] == [1_300, 1_100, 700]
    assert running_cost(10, 50, FINANCE) == 1_000 + 1_500
    assert running_cost(0, 0, FINANCE) == 0


def test_spendable() -> None:
    assert spendable(5_000, 4_000, 1_000, 0.1, STAFFING) == 5_000  # cash is just the reserve
    assert spendable(5_000, 2_000, 1_000, 0.1, STAFFING) == 2_500
    assert spendable(5_000, 14_000, 1_000, 0.1, STAFFING) == 6_000
    assert spendable(5_000, 0, 1_000, 0.1, STAFFING) == 0
    assert spendable(5_000, 700, 0, 0.1, STAFFING) == 5_070  # no costs: no reserve
    assert spendable(0, 0, 0, 1.0, STAFFING) == 0


def test_caution() -> None:
    assert caution(4_000, 1_000, STAFFING) == 1.0  # cash is just the reserve
    assert caution(9_000, 1_000, STAFFING) == 1.0
    assert caution(1_000, 1_000, STAFFING) == 0.25
    assert caution(0, 1_000, STAFFING) == 0.0
    assert caution(0, 0, STAFFING) == 1.0  # no costs: no reserve
    assert caution(0, 1_000, Staffing(reserve_months=0.0)) == 1.0


def test_trend() -> None:
    assert next_trend(900, 1_200, 3) == 1_000
    assert next_trend(1_200, 900, 3) == 1_100
    assert next_trend(900, 1_200, 1) == 1_200
    assert next_trend(1_000, 999, 3) == 999  # rounds down, so that it ends at the truth from above


def test_subscriptions_are_whole_cents() -> None:
    assert subscriptions(2_500, 50_000) == 125_000
    assert subscriptions(1, 999) == 0
    assert subscriptions(0, 50_000) == 0
    assert subscriptions(10**10, 10**8) == 10**15


def test_invoices() -> None:
    assert invoices(2_500, 0, 0.15, 50_000, 1.0) == 125_000
    assert invoices(2_500, 1_000, 0.15, 50_000, 1.0) == 132_500  # a standard account of VIPs pays 7,500 more
    assert invoices(2_500, 1_000, 0.0, 50_000, 1.0) == 125_000
    assert invoices(2_500, 1_000, 0.15, 50_000, 0.5) == 66_250
    assert invoices(2_500, 1_000, 0.15, 50_000, 1.1) == 145_750
    assert invoices(0, 0, 0.15, 50_000, 1.2) == 0
    assert invoices(10**10, 0, 0.0, 10**8, 1.0) == 10**15  # exact as far as a real number holds whole ones


@pytest.mark.parametrize(("cash", "closes"), [(-1, True), (0, False), (1, False)])
def test_insolvent(cash: int, closes: bool) -> None:
    assert insolvent(cash) is closes


def test_cash_flow_is_what_comes_in_less_what_goes_out() -> None:
    assert cash_flow(1_000, 300, 20, 5) == 675
    assert cash_flow(0, 300, 20, 5) == -325
