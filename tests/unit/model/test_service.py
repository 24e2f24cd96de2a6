"""Service, by hand and against exact values of Erlang C (M9, M14, M15, M18, tiers)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.model.params import Product, Service
from cxsim.model.service import (
    Served,
    answered_in_time,
    drag,
    erlang_c,
    in_time,
    inverse_blocking,
    mean_quality,
    next_goal,
    next_reputation,
    quality_aimed_at,
    quality_of_tier,
    queue_part,
    serve_month,
    service_load,
    smoothness,
    staff_for,
    ticket_count,
)  # fmt: skip

SERVICE = Service(
    lapse=0.0, tickets=0.5, misfit_tickets=2.0, handle_time=1.5, work_hours=150.0, goal_wait=4.0, busiest=0.97, patience=0.25
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
    assert staff_for(float(load), 0.8, call_centre) == staff


def test_staff_for_at_its_edges() -> None:
    assert staff_for(0.0, 0.8, SERVICE) == 0
    assert staff_for(-1.0, 0.8, SERVICE) == 0
    assert staff_for(0.2, 0.0, SERVICE) == 1  # never fewer than the load takes
    assert staff_for(5.0, 0.0, SERVICE) == 6
    slow = Service(handle_time=100.0, goal_wait=0.001)
    assert staff_for(0.5, 0.999, slow) == 5  # of those who wait hardly one in time; C(4, 0.5) = 0.18 %, C(5, 0.5) = 0.02 %


@given(load=st.floats(0.001, 400), share=st.floats(0, 0.999), handle=st.floats(0.01, 100), goal=st.floats(0.001, 500))
def test_staff_for_is_enough_and_one_less_is_not(load: float, share: float, handle: float, goal: float) -> None:
    rules = Service(handle_time=handle, goal_wait=goal)
    staff = staff_for(load, share, rules)
    assert staff > load
    assert answered_in_time(float(staff), load, rules) >= share
    assert staff - 1 <= load or answered_in_time(float(staff - 1), load, rules) < share


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
    assert in_time(0.5, 0.5, rules) == answered_in_time(1.0, 0.5, rules)
    assert in_time(1.0, 0.0, rules) == 0.0
    assert in_time(0.0, 0.0, rules) == 1.0


def test_tickets_grow_with_misfit_and_fall_with_polish() -> None:
    assert ticket_count(10, 10_000_000, 1.0, SERVICE) == 5_000_000
    assert ticket_count(10, 0, 1.0, SERVICE) == 15_000_000
    assert ticket_count(10, 5_000_000, 1.0, SERVICE) == 10_000_000
    assert ticket_count(10, 5_000_000, 0.85, SERVICE) == 8_500_000
    assert ticket_count(0, 0, 1.0, SERVICE) == 0


def test_smoothness() -> None:
    assert [smoothness(q, Product(polish_tickets=0.5)) for q in (0.0, 0.3, 1.0)] == [1.0, 0.85, 0.5]
    assert smoothness(0.9, Product(polish_tickets=0.0)) == 1.0


def test_load_grows_with_variety() -> None:
    assert service_load(10_000_000, 1.0, SERVICE) == 100_000  # 10 tickets of 1.5 hours, 150 hours a month
    assert service_load(10_000_000, 1.25, SERVICE) == 125_000


def first_come(load: int, backlog: int, capacity: float) -> tuple[int, float]:
    """What is left and the quality of service where all are served in turn."""
    left, quality, _ = serve_month(load, backlog, capacity, 0.0, SERVICE, True)
    return left, quality


def test_a_month_of_service() -> None:
    assert serve_month(0, 0, 1.0, 0.0, SERVICE, True) == Served(0, 1.0, 1.0)
    assert first_come(500_000, 0, 1.0) == (0, pytest.approx(1 - 0.5 * math.exp(-0.5 * 4.0 / 1.5)))
    assert serve_month(500_000, 0, 0.0, 0.3, SERVICE, True) == Served(500_000, 0.0, 0.0)
    assert serve_month(0, 5, 0.0, 0.3, SERVICE, True) == Served(5, 0.0, 0.0)


def test_overload_becomes_backlog() -> None:
    left, quality = first_come(1_500_000, 0, 1.0)
    assert left == 500_000
    assert quality == pytest.approx(answered_in_time(1.0, 0.97, SERVICE) / (1 + 0.5 / 0.25))
    assert first_come(500_000, left, 1.0) == (0, pytest.approx(1 - 0.5 * math.exp(-0.5 * 4.0 / 1.5)))


def test_without_the_queue_nothing_waits() -> None:
    assert serve_month(9_000_000, 5_000_000, 0.0, 0.3, SERVICE, False) == Served(0, 1.0, 1.0)


WORK = st.integers(0, 10**8)


@given(load=WORK, backlog=WORK, capacity=st.floats(0, 50), vips=st.floats(0, 1))
def test_quality_is_a_share_and_work_is_conserved(load: int, backlog: int, capacity: float, vips: float) -> None:
    served = serve_month(load, backlog, capacity, vips, SERVICE, True)
    assert 0.0 <= served.quality <= served.vip_quality <= 1.0  # those served first never wait longer
    assert served.backlog == max(load + backlog - int(capacity * 1_000_000), 0)


@given(load=WORK, backlog=WORK, capacity=st.floats(0.1, 50))
def test_with_no_vips_the_queue_is_that_of_erlang(load: int, backlog: int, capacity: float) -> None:
    able = int(capacity * 1_000_000)
    steady = capacity * min(load / able, SERVICE.busiest)
    slowed = 1 + max(load + backlog - able, 0) / (SERVICE.patience * able)
    assert first_come(load, backlog, capacity)[1] == pytest.approx(answered_in_time(capacity, steady, SERVICE) / slowed)


def test_a_backlog_of_patience_halves_the_quality() -> None:
    assert drag(0, 1_000_000, SERVICE) == 1.0
    assert drag(250_000, 1_000_000, SERVICE) == 2.0
    assert drag(250_000, 500_000, SERVICE) == 3.0


def test_vips_are_served_first() -> None:
    """Two busy servers, 1.6 Erlang: 0.4 of them of VIPs; by hand from the chance to wait, C = 0.7111."""
    served = serve_month(1_600_000, 0, 2.0, 0.25, SERVICE, True)
    waits = erlang_c(2.0, 1.6)
    assert waits == pytest.approx(0.7111, abs=1e-4)
    assert served.vip_quality == pytest.approx(1 - waits * math.exp(-(2.0 - 0.4) * 4.0 / 1.5))
    assert served.quality == pytest.approx(1 - waits * math.exp(-(2.0 - 1.6) * (1 - 0.2) * 4.0 / 1.5))


@given(load=WORK, backlog=WORK, capacity=st.floats(0.1, 50), vips=st.floats(0, 1), more=st.floats(0, 1))
def test_the_more_vips_the_longer_everyone_waits(load: int, backlog: int, capacity: float, vips: float, more: float) -> None:
    few, many = (serve_month(load, backlog, capacity, v, SERVICE, True) for v in sorted((vips, more)))
    assert many.quality <= few.quality + 1e-9
    assert many.vip_quality <= few.vip_quality + 1e-9


def test_vips_do_not_make_undone_work_go_away() -> None:
    """Half as much again as can be done: ordinary customers wait for all that is left, VIPs only for what is their own."""
    with_none, with_some, with_most = (serve_month(1_500_000, 0, 1.0, vips, SERVICE, True) for vips in (0.0, 0.5, 0.8))
    assert with_none.backlog == with_some.backlog == with_most.backlog == 500_000
    waits = erlang_c(1.0, 0.97)
    assert with_some.quality == pytest.approx((1 - waits * math.exp(-0.03 * (1 - 0.485) * 4.0 / 1.5)) / (1 + 0.5 / 0.25))
    assert with_some.vip_quality == pytest.approx(1 - waits * math.exp(-(1 - 0.485) * 4.0 / 1.5))  # 0.75 of 1 can be done
    alone = 1 - waits * math.exp(-(1 - 0.776) * 4.0 / 1.5)
    assert with_most.vip_quality == pytest.approx(alone / (1 + 0.2 / 0.25))  # 1.2 of 1 cannot
    assert with_most.quality < with_some.quality < with_none.quality


@given(load=WORK, backlog=WORK, capacity=st.floats(0.1, 50))
def test_where_everyone_is_a_vip_nobody_is(load: int, backlog: int, capacity: float) -> None:
    everyone = serve_month(load, backlog, capacity, 1.0, SERVICE, True)
    assert everyone.vip_quality == pytest.approx(first_come(load, backlog, capacity)[1], rel=1e-9, abs=1e-12)


def test_vips_get_a_quality_of_their_own() -> None:
    assert [quality_of_tier(tier, 0.5, 0.9) for tier in (0, 1)] == [0.5, 0.9]


def test_mean_quality() -> None:
    assert mean_quality(0.6, 0.9, 0.0) == 0.6
    assert mean_quality(0.6, 0.9, 1.0) == pytest.approx(0.9)
    assert mean_quality(0.6, 0.9, 0.2) == pytest.approx(0.66)


def test_reputation_follows_the_quality_of_service() -> None:
    year = Service(reputation_months=12.0)
    assert next_reputation(0.4, 1.0, 50, year) == pytest.approx(0.45)
    assert next_reputation(0.4, 0.1, 50, year) == pytest.approx(0.375)
    assert next_reputation(0.4, 1.0, 0, year) == 0.4  # nobody speaks of it
    assert next_reputation(0.4, 0.9, 1, Service(reputation_months=1.0)) == pytest.approx(0.9)
    reputation = 0.0
    for _ in range(12):
        reputation = next_reputation(reputation, 1.0, 1, year)
    assert reputation == pytest.approx(1 - (11 / 12) ** 12)


@given(before=st.floats(0, 1), quality=st.floats(0, 1), months=st.floats(1, 240))
def test_reputation_stays_between_what_it_was_and_what_was_felt(before: float, quality: float, months: float) -> None:
    after = next_reputation(before, quality, 1, Service(reputation_months=months))
    assert min(before, quality) - 1e-15 <= after <= max(before, quality) + 1e-15


def test_quality_aimed_at() -> None:
    assert quality_aimed_at(0.5, 0.8, Service(adjust_months=3.0)) == pytest.approx(0.6)
    assert quality_aimed_at(0.9, 0.6, Service(adjust_months=3.0)) == pytest.approx(0.8)
    assert quality_aimed_at(0.5, 0.8, Service(adjust_months=1.0)) == pytest.approx(0.8)


def test_next_goal() -> None:
    year = Service(erosion_months=12.0)
    assert next_goal(0.8, 0.5, True, year) == pytest.approx(0.775)
    assert next_goal(0.8, 0.92, True, year) == pytest.approx(0.81)
    assert next_goal(0.8, 0.5, False, year) == 0.8


@given(service=st.floats(0, 1), goal=st.floats(0, 1), adjust=st.floats(1.5, 24), erosion=st.floats(1, 120))
def test_a_floating_goal_ends_between_service_and_goal(service: float, goal: float, adjust: float, erosion: float) -> None:
    """Both move towards each other, by 1 / ts and 1 / tg of the gap: they meet at (ts S0 + tg D0) / (ts + tg)."""
    rules = Service(adjust_months=adjust, erosion_months=erosion)
    meeting = (adjust * service + erosion * goal) / (adjust + erosion)
    for _ in range(400):
        service, goal = quality_aimed_at(service, goal, rules), next_goal(goal, service, True, rules)
    assert service == pytest.approx(meeting, abs=1e-6)
    assert goal == pytest.approx(meeting, abs=1e-6)


def test_a_goal_that_does_not_float_is_reached() -> None:
    rules = Service(adjust_months=3.0, erosion_months=12.0)
    service, goal = 0.3, 0.8
    for _ in range(100):
        service, goal = quality_aimed_at(service, goal, rules), next_goal(goal, service, False, rules)
    assert goal == 0.8
    assert service == pytest.approx(0.8)


def test_what_is_given_up_is_not_left_over() -> None:
    """A quarter of eight months of work lapses; five and one are done, and none of it by those who gave up."""
    rules = SERVICE._replace(lapse=0.25)
    assert serve_month(1_000_000, 8_000_000, 5.0, 0.0, rules, True).backlog == 2_000_000
    assert serve_month(0, 8_000_000, 0.0, 0.0, rules, True).backlog == 6_000_000
    assert serve_month(0, 8_000_000, 0.0, 0.0, rules._replace(lapse=1.0), True).backlog == 0


def test_one_queue_for_all_or_one_for_each_team() -> None:
    apart, alone = SERVICE._replace(team=1), SERVICE._replace(team=0)
    assert [queue_part(servers, apart) for servers in (0.5, 1.0, 8.0)] == [1.0, 1.0, 0.125]
    assert queue_part(8.0, alone) == 1.0
    shares = [answered_in_time(10.0 * k, 8.0 * k, apart) for k in (1, 3, 30)]
    assert shares == pytest.approx([answered_in_time(1.0, 0.8, alone)] * 3)  # size is no help
    pooled = [answered_in_time(10.0 * k, 8.0 * k, alone) for k in (1, 3, 30)]
    assert pooled == sorted(pooled)
    assert pooled[0] > shares[0]
    assert answered_in_time(10.0, 8.0, SERVICE._replace(team=10)) == pooled[0]
    assert answered_in_time(10.0, 8.0, SERVICE._replace(team=99)) == pooled[0]


def test_a_team_waits_for_itself_alone() -> None:
    """Two of four people, half of the load: C(2, 1) = 1/3, and one goal of waiting is one handling time."""
    teams = SERVICE._replace(team=2, goal_wait=1.5, handle_time=1.5)
    served = serve_month(2_000_000, 0, 4.0, 0.5, teams, True)  # of those two, one works on VIPs
    assert served.quality == pytest.approx(1 - math.exp(-(4 - 2) * (1 - 1 / 4) / 2) / 3)
    assert served.vip_quality == pytest.approx(1 - math.exp(-(4 - 1) / 2) / 3)
    assert serve_month(2_000_000, 0, 4.0, 0.0, teams, True).quality == pytest.approx(1 - math.exp(-1) / 3)


@given(load=st.integers(1, 20_000_000), capacity=st.floats(0.1, 40), vips=st.floats(0, 1), team=st.integers(1, 50))
def test_teams_never_serve_better_than_one_queue(load: int, capacity: float, vips: float, team: int) -> None:
    pooled = serve_month(load, 0, capacity, vips, SERVICE, True)
    apart = serve_month(load, 0, capacity, vips, SERVICE._replace(team=team), True)
    assert apart.backlog == pooled.backlog
    assert apart.quality <= pooled.quality + 1e-9
    assert apart.vip_quality <= pooled.vip_quality + 1e-9
    if team >= capacity:
        assert apart == pooled
