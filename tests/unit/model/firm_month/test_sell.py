"""How far a firm reaches and what it offers, by hand."""

import pytest

from cxsim.model.chance import REACH_DRAWS, draw, stream_key
from cxsim.model.firm_month.sell import convinces, hear_loss, plan_reach, promises, surplus
from cxsim.model.params import VIP, Mechanisms, Params, Sales, Service, Strategy
from plain_firms import plain_firm

RULES = Sales(contacts_per_rep=10.0, lead_cost=100.0, yield_floor=0.5, word=2.0, close_rate=0.4, noise=0.1)
PARAMS = Params(sales=RULES, service=Service(premium=0.1))


def test_reach_is_sellers_marketing_and_word_times_the_demand_shock() -> None:
    firm = plain_firm(playbook=1.0, sales_capacity=3.0, marketing_plan=500, talk=1_500_000, demand_shock=0.5)
    plan_reach(firm, 4, PARAMS, 7, 5)
    assert firm.sales_yield == 1.0
    luck = draw(stream_key(7, REACH_DRAWS, 5), 4)
    assert firm.reach == firm.effort == int((30 + 5 + 3) * 0.5 + luck) * 1_000


def test_bad_word_takes_from_reach_down_to_nothing() -> None:
    firm = plain_firm(playbook=1.0, sales_capacity=1.0, talk=-9_000_000, demand_shock=1.0)
    plan_reach(firm, 4, PARAMS, 7, 5)
    assert firm.reach == firm.effort == 0
    silent = PARAMS._replace(mechanisms=Mechanisms(word_of_mouth=False))
    plan_reach(firm, 4, silent, 7, 5)
    assert firm.reach == 10_000


def test_a_new_product_is_sold_less_well_until_selling_it_is_learned() -> None:
    firm = plain_firm(playbook=0.0, sales_capacity=1.0, demand_shock=1.0)
    plan_reach(firm, 4, PARAMS, 7, 5)
    assert firm.sales_yield == 0.5
    plan_reach(firm, 4, PARAMS._replace(mechanisms=Mechanisms(sales_learning=False)), 7, 5)
    assert firm.sales_yield == 1.0


def test_promises() -> None:
    firm, chosen = plain_firm(standard=0b0011), Strategy(promise=True)
    assert promises(firm, 0b0111, chosen, PARAMS) == 0b0100
    assert promises(firm, 0b0111, Strategy(promise=False), PARAMS) == 0


def test_new_customers_are_offered_the_standard_price() -> None:
    firm, chosen = plain_firm(reputation=1.0), Strategy(price=550, tiers=VIP, vip_premium=0.5)
    assert surplus(firm, 0.9, 1_000, chosen, PARAMS) == pytest.approx(0.9 - 550 / 1_100)


def test_convinces() -> None:
    firm, chosen = plain_firm(), Strategy(price=500)
    assert convinces(firm, 0.5, 1_000, 0.19, chosen, PARAMS)  # nothing gained, nothing lost: half of the close rate
    assert not convinces(firm, 0.5, 1_000, 0.21, chosen, PARAMS)
    assert convinces(firm, 1.0, 1_000, 0.39, chosen, PARAMS)
    assert not convinces(firm, 1.0, 1_000, 0.41, chosen, PARAMS)


def test_a_lost_prospect_tells_perhaps_what_it_missed() -> None:
    firm, rules = plain_firm(standard=0b0011), Sales(lost_tells=0.2)
    hear_loss(firm, 0b1111, 0.2, rules)
    hear_loss(firm, 0b0011, 0.0, rules)  # it missed nothing
    assert sum(firm.tally) == 0
    hear_loss(firm, 0b1111, 0.05, rules)
    hear_loss(firm, 0b1111, 0.15, rules)
    hear_loss(firm, 0b1111, 0.19, rules)
    assert firm.tally == [0, 0, 1, 2, *[0] * 60]
