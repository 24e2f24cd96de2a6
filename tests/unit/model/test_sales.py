"""Selling, by hand (M7, M8, M12 to M14, M17)."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.model.params import UNIFORM, VIP, Mechanisms, Product, Sales, Service, Strategy
from cxsim.model.sales import (
    accepted_price,
    contact_effort,
    first_impression,
    inclination,
    missed_feature,
    next_playbook,
    offered_more,
    offered_price,
    perceived_fit,
    pick_by_reach,
    price_of_tier,
    promised_features,
    reach_elsewhere,
    sales_effort,
    sales_reach,
    sales_yield,
    signs,
    surplus,
    tells_loss,
    told_contacts,
    vip_premium,
    wants_vip,
    win_chance,
    worth_an_offer,
)  # fmt: skip

SALES = Sales(contacts_per_rep=20.0, yield_floor=0.25, learning_deals=25.0, forgetting=2.0, lead_cost=10_000, promise_max=2)
PROMISING = Strategy(promise=True)


def test_yield_is_an_s_curve() -> None:
    assert [sales_yield(p, SALES, True) for p in (0.0, 0.5, 1.0)] == [0.25, 0.625, 1.0]
    assert sales_yield(0.25, SALES, True) == pytest.approx(0.25 + 0.75 * 0.15625)
    assert sales_yield(0.1, SALES, False) == 1.0


def test_reach() -> None:
    assert sales_reach(2.0, 0.5, 0, 0.0, 1.0, SALES) == 20.0
    assert sales_reach(2.0, 0.5, 25_000, 0.0, 1.0, SALES) == 22.5
    assert sales_reach(2.0, 0.5, 25_000, 1.5, 1.0, SALES) == 24.0
    assert sales_reach(2.0, 0.5, 25_000, -2.5, 1.0, SALES) == 20.0
    assert sales_reach(2.0, 0.5, 25_000, 0.0, 1.2, SALES) == pytest.approx(27.0)
    assert sales_reach(0.0, 1.0, 0, 0.0, 1.2, SALES) == 0.0
    assert sales_reach(0.1, 1.0, 0, -50.0, 1.2, SALES) == 0.0  # bad word takes away no more than there is


def test_effort() -> None:
    assert sales_effort(22.5, 0.0, 100) == 22_000
    assert sales_effort(22.5, 0.5, 100) == 23_000
    assert sales_effort(0.0, 0.999, 100) == 0
    assert sales_effort(1e300, 0.5, 100) == 100 * 30 * 1_000  # one a day with each account


def test_rounding_of_effort_is_without_bias() -> None:
    total = sum(sales_effort(6.6, (i + 0.5) / 1_000, 100) for i in range(1_000))
    assert total / 1_000 == pytest.approx(6_600)


def test_told_contacts() -> None:
    rules = Sales(word=0.1)
    assert told_contacts(20_000_000, rules, True) == pytest.approx(2.0)
    assert told_contacts(-5_000_000, rules, True) == pytest.approx(-0.5)
    assert told_contacts(20_000_000, rules, False) == told_contacts(-5_000_000, rules, False) == 0.0


def test_screening() -> None:
    assert contact_effort(0.2, 0.5, Sales(screening=0.15)) == 150
    assert contact_effort(0.2, 0.5, Sales(screening=0.01)) == 10
    assert contact_effort(0.2, 0.5, Sales(screening=0.0001)) == 1
    assert contact_effort(0.5, 0.5, Sales(screening=0.15)) == 1_000
    assert contact_effort(0.0, 0.0, Sales(screening=0.15)) == 1_000


def test_nobody_signs_beyond_the_close_rate() -> None:
    assert signs(0.34, 99.0, 0.0, 0.0, Sales(close_rate=0.35))
    assert not signs(0.35, 99.0, 0.0, 0.0, Sales(close_rate=0.35))


def test_worth_an_offer() -> None:
    assert [worth_an_offer(fit, 0.5) for fit in (0.49, 0.5, 0.51)] == [False, True, True]
    assert worth_an_offer(0.0, 0.0)


def test_price_of_tier() -> None:
    assert [price_of_tier(tier, 100.0, 115.0) for tier in (UNIFORM, VIP)] == [100.0, 115.0]


def test_first_impression() -> None:
    assert [first_impression(seen) for seen in (0.0, 0.7, 1.0, 1.2)] == [0.0, 0.7, 1.0, 1.0]


def test_lost_prospects_tell_what_they_missed() -> None:
    rules = Sales(lost_tells=0.2)
    assert tells_loss(0.19, rules)
    assert not tells_loss(0.2, rules)
    assert [missed_feature(0b101100, u, rules) for u in (0.0, 0.06, 0.07, 0.13, 0.14, 0.199)] == [2, 2, 3, 3, 5, 5]


def test_promises() -> None:
    on = Mechanisms()
    assert promised_features(0b11110, 0b00010, PROMISING, SALES, on) == 0b01100
    assert promised_features(0b11110, 0b11111, PROMISING, SALES, on) == 0
    assert promised_features(0b11110, 0, PROMISING, SALES._replace(promise_max=0), on) == 0
    assert promised_features(0b11110, 0, Strategy(promise=False), SALES, on) == 0
    assert promised_features(0b11110, 0, PROMISING, SALES, on._replace(promises=False)) == 0
    assert promised_features(0b11110, 0, PROMISING, SALES, on._replace(custom_work=False)) == 0


def test_perceived_fit() -> None:
    assert perceived_fit(0b1111, 0b0011, 0b0001, 0, 0.5, 0.7) == 0.375  # (1 + 0.5 x 1) / 4
    assert perceived_fit(0b1111, 0b0011, 0b0001, 0b0100, 0.5, 0.7) == pytest.approx(0.55)
    assert perceived_fit(0b1111, 0b1111, 0b1111, 0, 0.5, 0.7) == 1.0
    assert perceived_fit(0b1111, 0b110000, 0b110000, 0, 0.5, 0.7) == 0.0


def test_surplus() -> None:
    assert surplus(0.9, 30_000, 60_000) == pytest.approx(0.4)
    assert surplus(0.0, 60_000, 60_000) == -1.0


def test_a_reputation_for_service_raises_the_price_that_is_accepted() -> None:
    rules = Service(premium=0.13)
    assert accepted_price(90_000, 0.0, rules, True) == 90_000.0
    assert accepted_price(90_000, 1.0, rules, True) == pytest.approx(101_700.0)
    assert accepted_price(90_000, 0.5, rules, True) == pytest.approx(95_850.0)
    assert accepted_price(90_000, 1.0, rules, False) == 90_000.0
    assert accepted_price(90_000, 1.0, rules._replace(premium=0.0), True) == 90_000.0


def test_vips_pay_more() -> None:
    vips_first = Strategy(price=50_000, tiers=VIP, vip_premium=0.15)
    alike = vips_first._replace(tiers=UNIFORM)
    assert [vip_premium(vips_first), vip_premium(alike)] == [0.15, 0.0]
    assert offered_price(0, vips_first) == 50_000.0
    assert offered_price(1, vips_first) == pytest.approx(57_500.0)
    assert offered_price(1, alike) == 50_000.0  # until the next review: nobody is served first any more


def test_wants_vip() -> None:
    vips_first = Strategy(price=50_000, tiers=VIP, vip_premium=0.15, vip_share=0.2)
    worth = 0.15 * 50_000 / 100_000  # the premium over the accepted price: 0.075
    assert wants_vip(0.0, 80_000, 0.0, 100_000.0, vips_first)
    assert not wants_vip(0.0, int(worth * 1_000_000), 0.0, 100_000.0, vips_first)
    assert wants_vip(0.199, 200_000, 0.6, 100_000.0, vips_first)  # 0.2 x 0.4 = 0.08
    assert not wants_vip(0.2, 200_000, 0.6, 100_000.0, vips_first)  # it is not offered
    assert not wants_vip(0.0, 200_000, 0.65, 100_000.0, vips_first)  # the service is good enough already
    assert not wants_vip(0.0, 200_000, 0.6, 90_000.0, vips_first)  # it accepts a lower price: 0.0833
    assert not wants_vip(0.0, 1_000_000, 0.0, 100_000.0, vips_first._replace(tiers=UNIFORM))


@given(u=st.floats(0, 1), sensitivity=st.integers(0, 10**6), reputation=st.floats(0, 1), premium=st.floats(0, 10))
def test_whoever_takes_vip_service_takes_it_cheaper_too(u: float, sensitivity: int, reputation: float, premium: float) -> None:
    offer = Strategy(tiers=VIP, vip_premium=premium, vip_share=0.5)
    if wants_vip(u, sensitivity, reputation, 90_000.0, offer):
        assert wants_vip(0.5 * u, sensitivity, 0.5 * reputation, 99_000.0, offer._replace(vip_premium=0.5 * premium))
        assert not wants_vip(u, sensitivity, 1.0, 90_000.0, offer)


def test_offered_more() -> None:
    half, line = Strategy(expansion=0.5), Product(line=3)
    assert [offered_more(0.4, products, half, line, True) for products in (1, 2, 3)] == [True, True, False]
    assert not offered_more(0.5, 1, half, line, True)
    assert not offered_more(0.0, 1, half, line, False)
    assert not offered_more(0.0, 1, Strategy(expansion=0.0), line, True)
    assert not offered_more(0.0, 1, half, line._replace(line=1), True)


def test_inclination() -> None:
    rules = Sales(noise=0.15)
    assert inclination(0.0, rules) == 0.5
    assert inclination(0.15, rules) == pytest.approx(1 / (1 + math.exp(-1)))
    assert inclination(-0.15, rules) == pytest.approx(1 - inclination(0.15, rules))
    assert inclination(-300.0, rules) < 1e-300
    assert inclination(300.0, rules) == 1.0


def test_reach_elsewhere() -> None:
    assert reach_elsewhere(20_000, Sales(elsewhere=0.5)) == 10_000_000
    assert reach_elsewhere(20_000, Sales(elsewhere=0.0)) == 0


def test_pick_by_reach_at_its_edges() -> None:
    reach = [0, 30, 30, 100, 100]  # of firms 1 and 3 alone
    below = 1 - 2**-53
    assert [pick_by_reach(reach, 0, u) for u in (0.0, 0.299, 0.3, below)] == [1, 1, 3, 3]
    assert [pick_by_reach(reach, 100, u) for u in (0.0, 0.149, 0.15, 0.499, 0.5, below)] == [1, 1, 3, 3, -1, -1]
    assert pick_by_reach([0, 0], 0, 0.0) == pick_by_reach([0], 7, 0.9) == -1  # nobody reaches out
    assert pick_by_reach([5], 0, below) == 0
    assert pick_by_reach(np.array(reach), 0, 0.5) == 3


@given(
    reach=st.lists(st.sampled_from([0, 0, 1, 7, 1_000, 25_500, 10**9]), min_size=1, max_size=40),
    elsewhere=st.integers(0, 10**7),
    u=st.floats(0, 1, exclude_max=True),
)
def test_firms_without_reach_are_never_picked(reach: list[int], elsewhere: int, u: float) -> None:
    cumulative = np.cumsum(reach)
    met = pick_by_reach(cumulative, elsewhere, u)
    beyond = np.nonzero(cumulative > int(u * (cumulative[-1] + elsewhere)))[0]
    assert met == (beyond[0] if len(beyond) else -1)
    assert met == -1 or reach[met] > 0


def shares_met(reach: Sequence[int], elsewhere: int, draws: int) -> list[float]:
    """Share of evenly spread draws in which each firm, and then none, is met."""
    cumulative = np.cumsum(reach)
    met = [pick_by_reach(cumulative, elsewhere, (i + 0.5) / draws) for i in range(draws)]
    return [met.count(f) / draws for f in (*range(len(reach)), -1)]


def test_firms_are_met_in_proportion_to_reach() -> None:
    assert shares_met([1_000, 0, 3_000, 4_000], 2_000, 10_000) == pytest.approx([0.1, 0.0, 0.3, 0.4, 0.2], abs=2e-4)
    assert shares_met([1_000, 3_000], 0, 10_000) == pytest.approx([0.25, 0.75, 0.0], abs=2e-4)


def test_win_chance() -> None:
    rules = Sales(close_rate=0.4, noise=0.15)
    assert win_chance(0.2, 0.2, 0.0, rules) == pytest.approx(0.2)
    assert win_chance(0.35, 0.0, 0.2, rules) == pytest.approx(0.4 / (1 + math.exp(-1)))
    assert win_chance(9.0, 0.0, 0.0, rules) == pytest.approx(0.4)
    assert win_chance(-300.0, 0.0, 0.0, rules) < 1e-300


@given(u=st.floats(0, 1), offer=st.floats(-3, 1), present=st.floats(-1, 1), bound=st.floats(0, 1))
def test_signs_when_the_draw_is_below_the_chance(u: float, offer: float, present: float, bound: float) -> None:
    assert signs(u, offer, present, bound, SALES) == (u < win_chance(offer, present, bound, SALES))


def test_signs_at_its_edges() -> None:
    assert not signs(SALES.close_rate, 99.0, 0.0, 0.0, SALES)
    assert signs(0.0, 0.0, 0.0, 0.0, SALES)
    assert not signs(0.0, 1.0, 0.0, 0.0, SALES._replace(close_rate=0.0))


def test_playbook_is_learned_by_deals_and_lost_by_changes() -> None:
    assert next_playbook(0.2, 0, 0, 50, SALES) == pytest.approx(0.2)
    assert next_playbook(0.0, 25, 0, 50, SALES) == pytest.approx(0.5)  # half of the gap
    assert next_playbook(0.5, 50, 0, 50, SALES) == pytest.approx(0.875)
    assert next_playbook(0.8, 0, 25, 50, SALES) == pytest.approx(0.8 * math.exp(-1.0))
    assert next_playbook(0.0, 25, 25, 50, SALES) == pytest.approx(0.5 * math.exp(-1.0))
    assert next_playbook(0.8, 0, 1, 0, SALES) == pytest.approx(0.8 * math.exp(-2.0))
    assert next_playbook(0.8, 0, 9, 1, SALES._replace(forgetting=0.0)) == pytest.approx(0.8)


@given(playbook=st.floats(0, 1), deals=st.integers(0, 10**6), changes=st.integers(0, 10**6), customers=st.integers(0, 10**6))
def test_playbook_stays_a_share(playbook: float, deals: int, changes: int, customers: int) -> None:
    assert 0.0 <= next_playbook(playbook, deals, changes, customers, SALES) <= 1.0
