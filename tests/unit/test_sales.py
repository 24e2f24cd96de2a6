"""Selling, by hand (M7, M8)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.model.params import Mechanisms, Sales, Strategy
from cxsim.model.sales import (
    contact_effort,
    may_sign,
    next_playbook,
    perceived_fit,
    promised_features,
    sales_effort,
    sales_yield,
    signs,
    surplus,
    win_chance,
)  # fmt: skip

SALES = Sales(contacts_per_rep=20.0, yield_floor=0.25, learning_deals=25.0, forgetting=2.0, lead_cost=10_000, promise_max=2)
PROMISING = Strategy(promise=True)


def test_yield_is_an_s_curve() -> None:
    assert [sales_yield(p, SALES, True) for p in (0.0, 0.5, 1.0)] == [0.25, 0.625, 1.0]
    assert sales_yield(0.25, SALES, True) == pytest.approx(0.25 + 0.75 * 0.15625)
    assert sales_yield(0.1, SALES, False) == 1.0


def test_effort() -> None:
    assert sales_effort(2.0, 0.5, 0, 0.0, SALES) == 20_000
    assert sales_effort(2.0, 0.5, 25_000, 0.0, SALES) == 22_000  # 22.5 contacts
    assert sales_effort(2.0, 0.5, 25_000, 0.5, SALES) == 23_000
    assert sales_effort(0.0, 1.0, 0, 0.999, SALES) == 0


def test_rounding_of_effort_is_without_bias() -> None:
    total = sum(sales_effort(0.33, 1.0, 0, (i + 0.5) / 1_000, SALES) for i in range(1_000))
    assert total / 1_000 == pytest.approx(6_600)


def test_screening() -> None:
    assert contact_effort(0.2, 0.5, Sales(screening=0.15)) == 150
    assert contact_effort(0.2, 0.5, Sales(screening=0.01)) == 10
    assert contact_effort(0.2, 0.5, Sales(screening=0.0001)) == 1
    assert contact_effort(0.5, 0.5, Sales(screening=0.15)) == 1_000
    assert contact_effort(0.0, 0.0, Sales(screening=0.15)) == 1_000


def test_nobody_signs_beyond_the_close_rate() -> None:
    assert may_sign(0.34, Sales(close_rate=0.35))
    assert not may_sign(0.35, Sales(close_rate=0.35))


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
