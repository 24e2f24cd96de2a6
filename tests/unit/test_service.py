"""Service, by hand and against exact values of Erlang C (M9)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.model.params import Service
from cxsim.model.service import (
    Served,
    answered_in_time,
    erlang_c,
    inverse_blocking,
    serve_month,
    service_load,
    ticket_count,
)  # fmt: skip

SERVICE = Service(
    tickets=0.5, misfit_tickets=2.0, handle_time=1.5, work_hours=150.0, goal_wait=4.0, busiest=0.97, patience=0.25
)

# Probability to wait, for (load, servers), from exact rational arithmetic.
EXACT = [
    (1, 2, 0.33333), (5, 6, 0.58752), (5, 8, 0.16727), (10, 12, 0.44939), (10, 14, 0.17413), (20, 24, 0.29807),
    (50, 55, 0.38455), (100, 110, 0.23701),
]  # fmt: skip
# Fewest servers that answer 80 % within 20 s at 180 s each, by load.
STAFF = {1: 3, 2: 4, 5: 8, 10: 14, 20: 24, 50: 56, 100: 107, 200: 208, 500: 510}


def textbook(servers: int, load: float) -> float:
    """Erlang C by its definition, in logarithms."""
    terms = [math.exp(k * math.log(load) - math.lgamma(k + 1) - load) for k in range(servers)]
    last = math.exp(servers * math.log(load) - math.lgamma(servers + 1) - load) * servers / (servers - load)
    return last / (math.fsum(terms) + last)


@pytest.mark.parametrize(("load", "servers", "chance"), EXACT)
def test_erlang_c_against_exact_values(load: int, servers: int, chance: float) -> None:
    assert erlang_c(float(servers), float(load)) == pytest.approx(chance, abs=1e-5)
    assert erlang_c(float(servers), float(load)) == pytest.approx(textbook(servers, load), rel=1e-11)


@pytest.mark.parametrize(("load", "staff"), STAFF.items())
def test_staff_for_a_service_level(load: int, staff: int) -> None:
    call_centre = Service(handle_time=180 / 3600, goal_wait=20 / 3600)
    fewest = next(n for n in range(load + 1, 2 * load + 9) if answered_in_time(float(n), float(load), call_centre) >= 0.8)
    assert fewest == staff


def test_inverse_blocking() -> None:
    assert inverse_blocking(0.0, 2.0) == 1.0
    assert inverse_blocking(1.0, 2.0) == 1.5  # B = 2/3
    assert inverse_blocking(2.0, 2.0) == 2.5  # B = 2/5
    assert inverse_blocking(0.5, 2.0) == 1.25
    assert inverse_blocking(1e6, 1.0) > 1e12


def test_erlang_c_at_its_edges() -> None:
    assert erlang_c(3.0, 0.0) == 0.0
    assert erlang_c(0.0, 0.0) == 0.0
    assert erlang_c(2.0, 2.0) == 1.0
    assert erlang_c(1.0, 5.0) == 1.0
    assert erlang_c(1.0, 0.3) == pytest.approx(0.3)  # one server waits as often as it is busy
    assert 0.0 <= erlang_c(1e5, 1.0) < 1e-9


@given(servers=st.floats(0.01, 300), load=st.floats(0.001, 300), more=st.floats(0, 5))
def test_more_staff_waits_less(servers: float, load: float, more: float) -> None:
    waits = erlang_c(servers, load)
    assert 0.0 <= waits <= 1.0
    assert erlang_c(servers + more, load) <= waits + 1e-12
    assert erlang_c(servers, load * (1 + more)) >= waits - 1e-12


@given(whole=st.integers(1, 150), share=st.floats(0.05, 0.999))
def test_erlang_c_has_no_jump_at_whole_numbers(whole: int, share: float) -> None:
    load = whole * share
    below, at, above = (erlang_c(whole + step, load) for step in (-1e-9, 0.0, 1e-9))
    assert below == pytest.approx(at, rel=1e-5)
    assert above == pytest.approx(at, rel=1e-5)


@given(servers=st.floats(1.0, 100), step=st.floats(0, 1e-7), share=st.floats(0.1, 0.99))
def test_erlang_c_is_continuous_in_staff(servers: float, step: float, share: float) -> None:
    load = servers * share
    assert erlang_c(servers + step, load) == pytest.approx(erlang_c(servers, load), abs=1e-5)


def test_answered_in_time() -> None:
    rules = Service(handle_time=1.0, goal_wait=2.0)
    assert answered_in_time(1.0, 0.5, rules) == pytest.approx(1 - 0.5 * math.exp(-1.0))
    assert answered_in_time(1.0, 1.0, rules) == 0.0
    assert answered_in_time(5.0, 0.0, rules) == 1.0


def test_tickets_grow_with_misfit() -> None:
    assert ticket_count(10, 10_000_000, SERVICE) == 5_000_000
    assert ticket_count(10, 0, SERVICE) == 15_000_000
    assert ticket_count(10, 5_000_000, SERVICE) == 10_000_000
    assert ticket_count(0, 0, SERVICE) == 0


def test_load_grows_with_variety() -> None:
    assert service_load(10_000_000, 1.0, SERVICE) == 100_000  # 10 tickets of 1.5 hours, 150 hours a month
    assert service_load(10_000_000, 1.25, SERVICE) == 125_000


def test_a_month_of_service() -> None:
    assert serve_month(0, 0, 1.0, SERVICE, True) == Served(0, 1.0)
    steady = serve_month(500_000, 0, 1.0, SERVICE, True)
    assert steady == Served(0, pytest.approx(1 - 0.5 * math.exp(-0.5 * 4.0 / 1.5)))
    assert serve_month(500_000, 0, 0.0, SERVICE, True) == Served(500_000, 0.0)
    assert serve_month(0, 5, 0.0, SERVICE, True) == Served(5, 0.0)


def test_overload_becomes_backlog() -> None:
    over = serve_month(1_500_000, 0, 1.0, SERVICE, True)
    full = answered_in_time(1.0, 0.97, SERVICE)
    assert over.backlog == 500_000
    assert over.quality == pytest.approx(full / (1 + 0.5 / 0.25))
    later = serve_month(500_000, over.backlog, 1.0, SERVICE, True)
    assert later == Served(0, pytest.approx(1 - 0.5 * math.exp(-0.5 * 4.0 / 1.5)))


def test_without_the_queue_nothing_waits() -> None:
    assert serve_month(9_000_000, 5_000_000, 0.0, SERVICE, False) == Served(0, 1.0)


@given(load=st.integers(0, 10**8), backlog=st.integers(0, 10**8), capacity=st.floats(0, 50))
def test_quality_is_a_share_and_work_is_conserved(load: int, backlog: int, capacity: float) -> None:
    served = serve_month(load, backlog, capacity, SERVICE, True)
    assert 0.0 <= served.quality <= 1.0
    assert served.backlog == max(load + backlog - int(capacity * 1_000_000), 0)
