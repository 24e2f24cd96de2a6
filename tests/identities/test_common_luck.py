"""A treatment changes only what it causes: everything else keeps its luck, bit for bit."""

import numpy as np
import pytest

from cxsim.engine import simulate, start
from cxsim.model.case import Case, FirmPlan, History
from cxsim.model.params import AT_MONTH, FOUNDER, Entry, Market, Params, Pivot, Start, Strategy
from cxsim.model.state import CUSTOMER_FIELDS

MARKET = Market(customers=900)
PARAMS = Params(market=MARKET)
START = Start(customers=60, cash=90_000_000, product_staff=3)
BEFORE = Strategy(custom_share=0.7, promise=True, custom_fee=1_000)
AFTER = Strategy(roadmap=FOUNDER, qualification=0.6, price=70_000)
FOCAL = FirmPlan("focal", start=START, strategy=BEFORE, after=AFTER)
RIVAL = FirmPlan("rival", 2, start=START._replace(customers=30))
TRAITS = ("needs", "size", "wtp", "sensitivity", "leave_base", "segment")


def same_until(month: int, left: History, right: History) -> bool:
    return left.measures[:month].tobytes() == right.measures[:month].tobytes()


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
def test_a_pivot_changes_nothing_before_its_month(seed: int) -> None:
    never = simulate(Case(PARAMS, (FOCAL, RIVAL)), seed, 30)
    pivot = simulate(Case(PARAMS, (FOCAL._replace(pivot=Pivot(AT_MONTH, month=12)), RIVAL)), seed, 30)
    assert same_until(12, never, pivot)
    assert not same_until(13, never, pivot)
    assert pivot.pivoted.tolist() == [12, -1, -1]


def test_length_of_run_changes_nothing() -> None:
    case = Case(PARAMS, (FOCAL, RIVAL))
    assert same_until(10, simulate(case, 5, 10), simulate(case, 5, 25))


def test_traits_do_not_depend_on_how_many_customers_there_are() -> None:
    few = start(Case(PARAMS, (FOCAL,)), 3, 1)
    many = start(Case(PARAMS._replace(market=MARKET._replace(customers=1500)), (FOCAL,)), 3, 1)
    for name in TRAITS:
        left, right = getattr(few.customers, name), getattr(many.customers, name)
        assert np.array_equal(left, right[: len(left)]), name


def test_traits_do_not_depend_on_the_firms() -> None:
    one = start(Case(PARAMS, (FOCAL,)), 3, 1)
    two = start(Case(PARAMS, (RIVAL, FOCAL)), 3, 1)
    for name in TRAITS:
        assert np.array_equal(getattr(one.customers, name), getattr(two.customers, name)), name


def test_the_size_of_a_trait_does_not_move_the_others() -> None:
    """A wider spread of sizes changes sizes alone, and each customer keeps its rank."""
    plain = start(Case(PARAMS, (FOCAL,)), 3, 1).customers
    wider = start(Case(PARAMS._replace(market=MARKET._replace(size_spread=1.4)), (FOCAL,)), 3, 1).customers
    for name in TRAITS:
        assert np.array_equal(getattr(plain, name), getattr(wider, name)) == (name != "size"), name
    order = np.argsort(plain.size, kind="stable")
    assert np.all(np.diff(wider.size[order].astype(np.int64)) >= -1)  # equal but for rounding to a thousandth


def test_a_firm_founded_later_changes_nothing_before_its_founding() -> None:
    """All the same slots exist in both runs; the last firm is founded in month 9, or never in this run."""
    late = FirmPlan("late", founded=9, start=START)
    never = late._replace(founded=40)
    with_it, without_it = (simulate(Case(PARAMS, (FOCAL, RIVAL, plan)), 4, 20) for plan in (late, never))
    assert same_until(8, with_it, without_it)  # it opens its doors at the end of month 8
    assert not same_until(9, with_it, without_it)


def test_a_firm_that_never_comes_changes_nothing() -> None:
    """Firms meet prospects in a drawn order of slots, so a slot more may turn that order; with one firm there is none."""
    alone = simulate(Case(PARAMS, (FOCAL,)), 4, 20)
    beside = simulate(Case(PARAMS, (FOCAL, FirmPlan("never", founded=50))), 4, 20)
    assert alone.measures[:, 0].tobytes() == beside.measures[:, 0].tobytes()


def test_slots_for_entrants_that_never_come_change_nothing() -> None:
    alone = simulate(Case(PARAMS, (FOCAL,)), 4, 20)
    empty = simulate(Case(PARAMS._replace(entry=Entry(rate=0.0, limit=3)), (FOCAL,), entrant=0), 4, 20)
    assert alone.measures[:, 0].tobytes() == empty.measures[:, 0].tobytes()


def test_a_price_changes_nobody_else_s_luck() -> None:
    """Two firms with customers of their own: who leaves the rival is the same whatever the other one does."""
    idle = Strategy(sales_budget=0.0, marketing_budget=0.0, service_budget=0.5, product_budget=0.5)
    plans = [FirmPlan("a", start=START, strategy=idle._replace(price=price)) for price in (30_000, 30_001)]
    rival = FirmPlan("b", start=START, strategy=idle)
    histories = [simulate(Case(PARAMS, (plan, rival)), 6, 24) for plan in plans]
    opening = [start(Case(PARAMS, (plan, rival)), 6, 1).firms.customers.tolist() for plan in plans]
    assert opening[0] == opening[1]
    left, right = (history.measures[:, 1] for history in histories)
    assert left["churned"].sum() > 0
    assert left.tobytes() == right.tobytes()


def test_months_can_be_run_in_pieces() -> None:
    case = Case(PARAMS, (FOCAL, RIVAL))
    whole, pieces = start(case, 8, 12), start(case, 8, 12)
    whole.advance()
    for end in (1, 7, 12):
        pieces.advance(end)
    for name, left, right in zip(CUSTOMER_FIELDS, whole.customers, pieces.customers, strict=True):
        assert left.tobytes() == right.tobytes(), name
    assert whole.firms.tobytes() == pieces.firms.tobytes()
    assert whole.history.measures.tobytes() == pieces.history.measures.tobytes()
