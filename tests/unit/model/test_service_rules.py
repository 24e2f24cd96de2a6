"""How many people serve: by a goal, or by expected profit, by hand and against brute force (M15, M16)."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.model.params import Loyalty, Mechanisms, Service
from cxsim.model.service import answered_in_time, serve_month, staff_for
from cxsim.model.service_rules import (
    STEPS,
    Outlook,
    able_staff,
    expected_load,
    expected_profit,
    months_ahead,
    profitable_staff,
    staff_for_goal,
)  # fmt: skip
from cxsim.model.strategy import whole_people

SERVICE = Service(handle_time=1.5, goal_wait=4.0, adjust_months=4.0)
LOYALTY = Loyalty(memory=4.0, leave_base=0.12, leave_slope=3.0)
ON = Mechanisms()
COST = 700_000
OUTLOOK = Outlook(customers=400, margin=47_000.0, load=8_000_000, skill=1.0, satisfaction=0.6, quality=0.8, sensitivity=0.4)


def profit(staff: int, months: int = 12, outlook: Outlook = OUTLOOK, own_time: float = 0.5, **changed: Any) -> float:
    rules = {"service": SERVICE, "loyalty": LOYALTY, "mechanisms": ON} | changed
    return expected_profit(staff, own_time, COST, outlook, months, **rules)


def climb(staff: int, months: int, outlook: Outlook = OUTLOOK, own_time: float = 0.5) -> int:
    """Where the profit rule ends, month after month."""
    for _ in range(200):
        last, staff = staff, profitable_staff(staff, own_time, COST, outlook, months, SERVICE, LOYALTY, ON)
        if staff == last:
            return staff
    raise AssertionError("it goes on for ever")


def test_expected_load() -> None:
    assert expected_load(8_000_000, 0, 0, 0, 400, 3, SERVICE) == 8_000_000
    assert expected_load(8_000_000, 4_000_000, 0, 0, 400, 3, SERVICE) == 9_000_000  # a quarter of the backlog a month
    assert expected_load(8_000_000, 0, 30, 10, 400, 3, SERVICE) == 9_200_000  # 5 % a month, three months on
    assert expected_load(8_000_000, 0, 10, 30, 400, 3, SERVICE) == 6_800_000
    assert expected_load(8_000_000, 0, 0, 400, 400, 3, SERVICE) == 0


def test_able_staff() -> None:
    assert [able_staff(10, skill) for skill in (1.0, 0.8, 0.5, 0.0)] == [10.0, 8.0, 5.0, 5.0]


def test_staff_for_goal() -> None:
    enough = staff_for(8.0, 0.8, SERVICE)
    assert staff_for_goal(8_000_000, 0.8, 0.0, 1.0, SERVICE) == enough
    assert staff_for_goal(8_000_000, 0.8, 1.25, 1.0, SERVICE) == enough - 1  # founders help, by whole people
    assert staff_for_goal(8_000_000, 0.8, 99.0, 1.0, SERVICE) == 0
    assert staff_for_goal(8_000_000, 0.8, 0.0, 0.5, SERVICE) == 2 * enough  # newcomers do half
    assert staff_for_goal(0, 0.8, 0.0, 1.0, SERVICE) == 0


@given(load=st.integers(1, 10**8), share=st.floats(0, 0.999), own=st.floats(0, 20))
def test_staff_for_goal_is_enough(load: int, share: float, own: float) -> None:
    staff = staff_for_goal(load, share, own, 1.0, SERVICE)
    assert answered_in_time(staff + own + 1e-9, load / 1e6, SERVICE) >= share - 1e-9
    assert staff_for_goal(2 * load, share, own, 1.0, SERVICE) >= staff


def test_expected_profit_of_one_month_by_hand() -> None:
    """Nobody has left yet: 400 x 47,000 less wages."""
    assert profit(10, 1) == pytest.approx(400 * 47_000 - 10 * COST)
    assert profit(0, 1) == pytest.approx(400 * 47_000)
    assert profit(10, 0) == 0.0


def test_expected_profit_of_two_months_by_hand() -> None:
    quality = serve_month(8_000_000, 0, 10.5, 0.0, SERVICE, True).quality
    aim = 0.6 + 0.4 * (quality - 0.8)
    felt = 0.6 + (aim - 0.6) / 4
    stay = 1 - 0.12 * math.exp(-3 * felt)
    assert profit(10, 2) == pytest.approx((400 + 400 * stay) * (47_000 - 10 * COST / 400))
    neutral = 1 - 0.12 * math.exp(-1.5)
    assert profit(10, 2, mechanisms=Mechanisms(loyalty=False)) == pytest.approx(
        (400 + 400 * neutral) * (47_000 - 10 * COST / 400)
    )


def test_profit_without_loyalty_or_without_waiting_falls_with_each_person() -> None:
    """Where service changes nothing, the best number is none at all."""
    for off in (Mechanisms(loyalty=False), Mechanisms(queue=False)):
        profits = [profit(staff, 60, mechanisms=off) for staff in range(20)]
        assert profits == sorted(profits, reverse=True)
        best = profitable_staff(9, 0.5, COST, OUTLOOK, 60, SERVICE, LOYALTY, off)
        assert best == 8


@given(staff=st.integers(0, 40), months=st.integers(1, 120), margin=st.floats(5_000, 200_000), more=st.floats(0, 100_000))
def test_profit_rises_with_margin_satisfaction_and_time(staff: int, months: int, margin: float, more: float) -> None:
    outlook = OUTLOOK._replace(margin=margin)
    here = profit(staff, months, outlook)
    slack = 1e-9 * (1 + abs(here))
    assert profit(staff, months, outlook._replace(margin=margin + more)) >= here - slack
    gain = margin - staff * COST / outlook.customers
    happier = profit(staff, months, outlook._replace(satisfaction=0.8))
    longer = profit(staff, months + 1, outlook)
    if gain >= 0:
        assert happier >= here - slack
        assert longer >= here - slack
    else:
        assert happier <= here + slack
        assert longer <= here + slack


def test_profit_of_the_first_month_falls_with_staff() -> None:
    """A firm that sees one month only sees costs: what service saves comes later."""
    profits = [profit(staff, 1) for staff in range(30)]
    assert profits == sorted(profits, reverse=True)
    assert climb(12, 1) == 0


def test_the_dearer_service_the_less_profit() -> None:
    rules = SERVICE, LOYALTY, ON
    dear, cheap = (expected_profit(9, 0.5, cost, OUTLOOK, 24, *rules) for cost in (900_000, 500_000))
    assert cheap > dear


PAYING = OUTLOOK._replace(margin=100_000.0, sensitivity=0.6)


def best_of_all(months: int, outlook: Outlook, most: int) -> int:
    """The most profitable number of service staff, by trying all."""
    return max(range(most), key=lambda staff: profit(staff, months, outlook))


@pytest.mark.parametrize("start", [5, 7, 12, 25, 60])
@pytest.mark.parametrize("months", [12, 24, 60, 240])
def test_profitable_staff_climbs_to_the_maximum(start: int, months: int) -> None:
    best = best_of_all(months, PAYING, 80)
    assert best > 0
    assert climb(start, months, PAYING) == best


@pytest.mark.parametrize("months", [12, 60])
def test_a_large_firm_climbs_to_within_a_step_of_the_maximum(months: int) -> None:
    large = PAYING._replace(customers=20_000, load=400_000_000)
    best = best_of_all(months, large, 800)
    for start in (420, 700):
        assert abs(climb(start, months, large) - best) <= best // STEPS + 1


def test_who_has_nobody_to_serve_does_not_stay_there() -> None:
    """One person for the work of nine changes nothing that customers would feel: no small step leads away from none."""
    assert profit(9, 24, PAYING) > profit(0, 24, PAYING) > profit(1, 24, PAYING)
    best = best_of_all(24, PAYING, 80)
    assert climb(0, 24, PAYING) == climb(1, 24, PAYING) == best > 0


def test_a_long_horizon_keeps_more_staff() -> None:
    found = [best_of_all(months, PAYING, 80) for months in (1, 6, 12, 24, 60, 240)]
    assert found == sorted(found)
    assert found[0] == 0
    assert found[-1] > 8
    assert [climb(12, months, PAYING) for months in (1, 6, 12, 24, 60, 240)] == found


@given(
    staff=st.integers(0, 300), months=st.integers(1, 60), load=st.integers(0, 3 * 10**8),
    margin=st.floats(-5_000, 100_000), satisfaction=st.floats(0, 1), quality=st.floats(0, 1), own=st.floats(0, 5),
)  # fmt: skip
def test_profitable_staff_is_the_best_of_four(
    staff: int, months: int, load: int, margin: float, satisfaction: float, quality: float, own: float
) -> None:
    outlook = Outlook(2_000, margin, load, 1.0, satisfaction, quality, 0.4)
    step = max(staff // STEPS, 1)
    enough = whole_people(max(load / 1e6 - own, 0.0)) + 1
    choices = (staff, max(staff - step, 0), staff + step, enough)
    chosen = profitable_staff(staff, own, COST, outlook, months, SERVICE, LOYALTY, ON)
    assert chosen in choices
    assert profit(chosen, months, outlook, own) == max(profit(choice, months, outlook, own) for choice in choices)


def test_months_ahead() -> None:
    assert months_ahead(12, 96, True) == 12
    assert months_ahead(12, 96, False) == 96
