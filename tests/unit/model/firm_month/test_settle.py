"""How a firm settles its month, by hand."""

from copy import deepcopy
from typing import Any

import pytest

from cxsim.model.firm_month.settle import close, keep_books, settle, validate
from cxsim.model.params import VIP, Finance, Mechanisms, Params, Product, Sales, Service, Staffing, Strategy
from cxsim.model.state import ALIVE, CLOSED
from plain_firms import changes, plain_firm

FINANCE = Finance(wage_product=900, wage_sales=800, wage_service=500, founder_pay=400, overhead=100, hosting=3)
PARAMS = Params(
    finance=FINANCE, staffing=Staffing(trend_months=4), product=Product(evidence=3), service=Service(reputation_months=10.0),
    sales=Sales(learning_deals=2.0, forgetting=0.0),
)  # fmt: skip


def firm_in_business(**more: Any) -> Any:
    known = {"status": ALIVE, "founders": 2, "staff": [1, 1, 1], "customers": 20, "demand_shock": 1.0, "cash": 50_000}
    return plain_firm(**(known | more))


def test_books() -> None:
    firm = firm_in_business(account_size=30_000, vip_size=10_000, fees=70, marketing_plan=250, trend=2_000, demand_shock=0.5)
    before = deepcopy(firm)
    keep_books(firm, Strategy(price=1_000, tiers=VIP, vip_premium=0.2), PARAMS)
    revenue = (30 * 1_000 + 10 * 1_000 * 0.2) * 0.5 + 70
    flow = revenue - 3_000 - 250 - 560
    assert changes(firm, before) == {
        "revenue": revenue, "wages": 2 * 400 + 900 + 800 + 500, "marketing": 250, "running_costs": 5 * 100 + 20 * 3,
        "cash": 50_000 + flow, "viable_months": 1, "trend": 2_000 + (revenue - 2_000) // 4,
    }  # fmt: skip


@pytest.mark.parametrize(("price", "months"), [(10_000, 6), (0, 0)])
def test_viable_months_are_counted_in_a_row(price: int, months: int) -> None:
    firm = firm_in_business(account_size=1_000, viable_months=5)
    keep_books(firm, Strategy(price=price), PARAMS)
    assert firm.viable_months == months


def test_features_with_enough_users_are_validated_and_stay_so() -> None:
    firm = plain_firm(standard=0b0111, validated=0b0001, users=[0, 3, 2, 9, *[0] * 60])
    validate(firm, PARAMS)
    assert (firm.validated, firm.validated_features) == (0b0011, 2)
    validate(firm, PARAMS._replace(mechanisms=Mechanisms(validation=False)))
    assert (firm.validated, firm.validated_features) == (0b0111, 3)


def test_a_month_is_learned_from() -> None:
    firm = firm_in_business(deals=2, custom_built=1, standard_built=2, playbook=0.5, reputation=0.5, service_quality=1.0)
    forgetful = PARAMS._replace(sales=Sales(learning_deals=2.0, forgetting=1.0))
    settle(firm, Strategy(), PARAMS, 5)
    assert firm.playbook == pytest.approx(0.75)
    assert firm.reputation == pytest.approx(0.55)
    assert firm.status == ALIVE
    forgot = firm_in_business(custom_built=1, standard_built=2, playbook=0.5)
    settle(forgot, Strategy(), forgetful, 5)
    assert forgot.playbook == pytest.approx(0.5 * 2.718281828 ** (-3 / 20))


@pytest.mark.parametrize(("cash", "status"), [(3_560, ALIVE), (3_559, CLOSED)])
def test_a_firm_closes_when_it_cannot_pay(cash: int, status: int) -> None:
    firm = firm_in_business(cash=cash, founders=4, customers=20)  # 3,800 of wages, 760 of costs, 1,000 of revenue
    firm.account_size = 1_000
    settle(firm, Strategy(price=1_000), PARAMS, 5)
    assert (firm.status, firm.cash) == (status, cash - 3_560)
    assert firm.closed == (5 if status == CLOSED else 0)


def test_whoever_worked_for_a_firm_that_closes_goes() -> None:
    firm = firm_in_business(dismissals=1, backlog=7, talk=-3)
    firm.pipeline[1][4] = 2
    before = deepcopy(firm)
    close(firm, 5)
    assert changes(firm, before) == {
        "status": CLOSED, "closed": 5, "dismissals": 4, "staff": [0, 0, 0], "pipeline": [[0] * 12] * 3, "founders": 0,
        "backlog": 0, "talk": 0,
    }  # fmt: skip
