"""What is read off a firm, by hand."""

import pytest

from cxsim.model.firm_month.figures import (
    accepted_price,
    cash_flow,
    fixed_cost,
    in_business,
    in_force,
    is_complete,
    mean_quality,
    people,
    shown_fit,
    total,
    wages,
)  # fmt: skip
from cxsim.model.params import Finance, Market, Mechanisms, Params, Product, Sales, Service, Strategy
from cxsim.model.state import ALIVE, CLOSED, DORMANT
from plain_firms import plain_firm

FINANCE = Finance(wage_product=1_200, wage_sales=1_000, wage_service=600, founder_pay=400, overhead=100)


def test_the_strategy_in_force_is_that_of_block_and_course() -> None:
    table = [[Strategy(price=10 * group + course + 1) for course in (0, 1)] for group in range(3)]
    found = [in_force(plain_firm(group=group, course=course), table).price for group in range(3) for course in (0, 1)]
    assert found == [1, 2, 11, 12, 21, 22]


def test_in_business() -> None:
    assert [in_business(plain_firm(status=status)) for status in (DORMANT, ALIVE, CLOSED)] == [False, True, False]


def test_people_and_what_they_cost() -> None:
    firm = plain_firm(founders=2, staff=[3, 1, 4])
    assert total([]) == 0
    assert total([3, 1, 4]) == 8
    assert people(firm) == 10
    assert wages(firm, FINANCE) == 2 * 400 + 3 * 1_200 + 1_000 + 4 * 600 == 7_800
    assert fixed_cost(firm, FINANCE) == 7_800 + 10 * 100


def test_mean_quality_weighs_vips_by_their_share() -> None:
    firm = plain_firm(customers=10, vips=2, service_quality=0.5, vip_quality=1.0)
    assert mean_quality(firm) == pytest.approx(0.6)
    firm.customers = 0
    assert mean_quality(firm) == 0.5


def test_cash_flow() -> None:
    assert cash_flow(plain_firm(revenue=100, wages=60, marketing=7, running_costs=3)) == 30


def test_accepted_price_and_shown_fit() -> None:
    params = Params(service=Service(premium=0.1), product=Product(unproven_weight=0.5), sales=Sales(promise_weight=0.75))
    firm = plain_firm(reputation=0.5, standard=0b0011, validated=0b0001)
    assert accepted_price(firm, 1_000, params) == pytest.approx(1_050.0)
    assert accepted_price(firm, 1_000, params._replace(mechanisms=Mechanisms(reputation=False))) == 1_000.0
    assert shown_fit(firm, 0b1111, 0, params) == pytest.approx((1 + 0.5) / 4)
    assert shown_fit(firm, 0b1111, 0b0100, params) == pytest.approx((1 + 0.5 + 0.75) / 4)


def test_is_complete() -> None:
    params = Params(market=Market(features=4))
    assert is_complete(plain_firm(standard=0b1111), params)
    assert not is_complete(plain_firm(standard=0b0111), params)
