"""Decisions, by hand: pivots, hiring, and who does which work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.model.params import (
    AT_CUSTOMERS,
    AT_MONTH,
    NEVER,
    ON_SIGNAL,
    PRODUCT,
    SALES,
    SERVICE,
    SIGNALS,
    WHEN_VIABLE,
    Pivot,
    Staffing,
    Strategy,
)  # fmt: skip
from cxsim.model.strategy import (
    affordable_people,
    pivots,
    planned_change,
    product_limit,
    ratio,
    role_budget,
    role_capacity,
    role_share,
    signal_value,
    skill_after_arrivals,
    skill_after_month,
    whole_people,
)  # fmt: skip

STRATEGY = Strategy(product_budget=0.5, sales_budget=0.3, service_budget=0.2)
STAFFING = Staffing(growth_limit=0.2, cut_limit=0.25, generalists=8, ramp=4.0)


@pytest.mark.parametrize(
    ("pivot", "before", "at"),
    [
        (Pivot(AT_MONTH, month=12), (11, 99, 99), (12, 0, 0)),
        (Pivot(AT_CUSTOMERS, customers=40), (99, 39, 99), (0, 40, 0)),
        (Pivot(WHEN_VIABLE, viable_months=6), (99, 99, 5), (0, 0, 6)),
    ],
)
def test_pivots(pivot: Pivot, before: tuple[int, int, int], at: tuple[int, int, int]) -> None:
    assert not pivots(pivot, *before, 0.0)
    assert pivots(pivot, *at, 0.0)


def test_pivot_on_a_signal() -> None:
    above, below = Pivot(ON_SIGNAL, threshold=0.5, above=True), Pivot(ON_SIGNAL, threshold=0.5, above=False)
    assert [pivots(above, 3, 0, 0, signal) for signal in (0.4, 0.5, 0.6)] == [False, True, True]
    assert [pivots(below, 3, 0, 0, signal) for signal in (0.4, 0.5, 0.6)] == [True, True, False]
    assert not pivots(below, 0, 0, 0, 0.0)  # nothing has been seen before the first month


def test_never_pivots() -> None:
    assert not pivots(Pivot(NEVER), 999, 10**6, 999, 1e12)


def test_ratio() -> None:
    assert ratio(3, 4) == 0.75
    assert ratio(3, 0) == 0.0


def test_signal_value() -> None:
    figures = (0.1, 0.2, 0.3, 400, 0.5)
    assert [signal_value(signal, *figures) for signal in range(len(SIGNALS))] == [0.1, 0.2, 0.3, 400.0, 0.5]
    assert signal_value(len(SIGNALS), *figures) == 0.0


def test_role_shares() -> None:
    assert [role_budget(STRATEGY, role) for role in (PRODUCT, SALES, SERVICE)] == [0.5, 0.3, 0.2]
    assert [role_share(STRATEGY, role) for role in (PRODUCT, SALES, SERVICE)] == pytest.approx([0.5, 0.3, 0.2])
    half = Strategy(product_budget=0.2, sales_budget=0.1, service_budget=0.1)
    assert [role_share(half, role) for role in (PRODUCT, SALES, SERVICE)] == pytest.approx([0.5, 0.25, 0.25])
    none = Strategy(product_budget=0.0, sales_budget=0.0, service_budget=0.0)
    assert [role_share(none, role) for role in (PRODUCT, SALES, SERVICE)] == [1 / 3] * 3


def test_role_capacity() -> None:
    assert role_capacity(8, 2, 6, 0.1, 0.5, STAFFING) == 4.0  # generalists: everyone, unlearned or not
    assert role_capacity(9, 2, 4, 0.5, 0.5, STAFFING) == 3.0  # 4 x 0.5 + 2 x 0.5
    assert role_capacity(9, 2, 0, 0.0, 0.25, STAFFING) == 0.5


def test_affordable_people() -> None:
    assert [affordable_people(budget, 1_000) for budget in (0, 999, 1_000, 12_999)] == [0, 0, 1, 12]
    assert affordable_people(3, 0) == 3  # people who cost nothing


def test_planned_change() -> None:
    assert planned_change(10, 10, 0, 20, STAFFING) == 0
    assert planned_change(12, 10, 0, 20, STAFFING) == 2
    assert planned_change(90, 10, 0, 20, STAFFING) == 4  # no more than a fifth of all people
    assert planned_change(90, 1, 0, 3, STAFFING) == 1  # but always one
    assert planned_change(12, 10, 2, 20, STAFFING) == 0  # two are on their way
    assert planned_change(12, 10, 5, 20, STAFFING) == 0
    assert planned_change(9, 10, 0, 20, STAFFING) == -1
    assert planned_change(0, 10, 0, 20, STAFFING) == -2  # no more than a quarter of the role
    assert planned_change(0, 1, 0, 20, STAFFING) == -1
    assert planned_change(0, 0, 0, 1, STAFFING) == 0


@given(target=st.integers(0, 10**6), staff=st.integers(0, 10**5), coming=st.integers(0, 10**4), others=st.integers(1, 10**5))
def test_staff_never_overshoots_its_target(target: int, staff: int, coming: int, others: int) -> None:
    change = planned_change(target, staff, coming, staff + others, STAFFING)
    if change > 0:
        assert staff + coming + change <= target
    if change < 0:
        assert staff + change >= target
    assert (change == 0) == (staff <= target <= staff + coming)


def test_skill() -> None:
    assert skill_after_arrivals(0.8, 3, 1) == pytest.approx(0.6)
    assert skill_after_arrivals(0.8, 3, 0) == pytest.approx(0.8)
    assert skill_after_arrivals(0.8, 0, 2) == 0.0
    assert skill_after_arrivals(0.8, 0, 0) == 0.0
    assert skill_after_month(0.2, STAFFING) == pytest.approx(0.4)
    assert skill_after_month(1.0, STAFFING) == 1.0
    assert skill_after_month(0.2, Staffing(ramp=0.1)) == 1.0


def test_whole_people() -> None:
    assert [whole_people(x) for x in (0.0, 0.1, 1.0, 1.001, 7.0)] == [0, 1, 1, 2, 7]


def test_product_limit() -> None:
    """With features left to build, no limit; after that, those who have work, and one more when all are busy."""
    assert product_limit(20, 0, 5_000_000, 20_000_000, False) == -1
    assert product_limit(20, 0, 0, 0, True) == -1
    assert product_limit(20, 3, 5_000_000, 20_000_000, True) == 5
    assert product_limit(20, 3, 5_000_001, 20_000_000, True) == 6
    assert product_limit(20, 3, 20_000_000, 20_000_000, True) == 24
    assert product_limit(20, 0, -1, 20_000_000, True) == 0
