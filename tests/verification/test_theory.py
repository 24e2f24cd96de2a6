"""Closed forms against printed values."""

import math
import random

import pytest

from cxsim.studies.verification import theory
from cxsim.studies.verification.formulas import MULTIPLES, STAFF, WAITS
from cxsim.studies.verification.theory import Spending, Trade

BLATTBERG = [
    (Spending(50, 0.4, 0.10, 0.85, 0.15, 0.15), (17.644, 0.7897, 110.63, 14.873, 19.379)),
    (Spending(100, 0.4, 0.05, 0.7, 0.1, 0.1), (25.657, 0.6462, 185.86, 26.259, 28.084)),
    (Spending(100, 0.4, 0.05, 0.9, 0.1, 0.1), (33.923, 0.8697, 330.38, 37.765, 74.389)),
    (Spending(100, 0.2, 0.02, 0.8, 0.05, 0.12), (38.139, 0.6812, 168.31, 0, 0)),
]


def test_stationary_customers() -> None:
    assert theory.stationary_customers(20, 0.04) == 500
    assert theory.stationary_customers(20, 0.04, 0.02) == pytest.approx(1000)
    assert 0.96 ** theory.half_life(0.04) == pytest.approx(0.5)


@pytest.mark.parametrize(("retention", "printed"), MULTIPLES.items())
def test_customer_multiples(retention: float, printed: tuple[float, ...]) -> None:
    assert [round(theory.customer_multiple(retention, i), 2) for i in (0.10, 0.12, 0.14, 0.16)] == list(printed)
    term = [(retention / 1.12) ** t for t in range(1, 2_000)]
    assert math.fsum(term) == pytest.approx(theory.customer_multiple(retention, 0.12), rel=1e-9)


def test_elasticity_is_the_slope_of_the_multiple() -> None:
    step = 1e-6
    ratio = theory.customer_multiple(0.8 * (1 + step), 0.12) / theory.customer_multiple(0.8, 0.12)
    assert math.log(ratio) / math.log(1 + step) == pytest.approx(theory.retention_elasticity(0.8, 0.12), rel=1e-4)


def customer_equity(spending: Spending) -> float:
    """Worth of a prospect when both spends are best: a(A) V - A."""
    value = theory.won_customer_value(theory.best_retention_spend(spending), spending)
    spend = theory.best_acquisition_spend(value, spending)
    return spending.acquisition_ceiling * (1 - math.exp(-spending.acquisition_slope * spend)) * value - spend


@pytest.mark.parametrize(("spending", "printed"), BLATTBERG)
def test_blattberg_and_deighton(spending: Spending, printed: tuple[float, ...]) -> None:
    spend = theory.best_retention_spend(spending)
    value = theory.won_customer_value(spend, spending)
    found = (
        spend, theory.retention(spend, spending), value, theory.best_acquisition_spend(value, spending),
        customer_equity(spending),
    )  # fmt: skip
    assert found == pytest.approx(printed, rel=1e-4)
    for other in (0.98 * spend, 1.02 * spend):
        assert theory.won_customer_value(other, spending) < value


def test_a_manager_who_sees_one_period() -> None:
    spending = BLATTBERG[2][0]
    short, best = theory.one_period_spend(spending), theory.best_retention_spend(spending)
    later = [theory.won_customer_value(spend, spending) - spending.margin for spend in (short, best)]
    assert short == pytest.approx(21.97, abs=0.01)
    assert 1 - short / best == pytest.approx(0.35, abs=0.005)
    assert 1 - later[0] / later[1] == pytest.approx(0.16, abs=0.005)  # of what a customer is worth after its first period
    assert theory.one_period_spend(spending._replace(margin=10)) == 0


def waiting_chance(load: float, servers: int) -> float:
    """Chance that a call waits, by Erlang's recursion (Erlang C), for load < servers in Erlang."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


def fewest_servers(load: float, goal: float, wait: float, handle: float) -> int:
    """Fewest servers that answer a share ``goal`` within ``wait``, in the unit of ``handle``, the mean time of a call."""
    servers = int(load) + 1
    while 1 - waiting_chance(load, servers) * math.exp(-(servers - load) * wait / handle) < goal:
        servers += 1
    return servers


def test_printed_chances_to_wait_and_numbers_of_staff_follow_from_erlang() -> None:
    assert waiting_chance(1, 2) == pytest.approx(1 / 3)
    for (load, servers), printed in WAITS.items():
        assert waiting_chance(load, servers) == pytest.approx(printed, abs=1e-5)
    assert {load: fewest_servers(load, 0.8, 20, 180) for load in STAFF} == STAFF


def test_market_shares() -> None:
    shares = theory.market_shares((1, 1, 2, 0.5), (0.02, 0.05, 0.04, 0.03))
    assert shares == pytest.approx((0.3659, 0.1463, 0.3659, 0.1220), abs=1e-4)


@pytest.mark.parametrize(("a", "b", "left"), [(0.668, 3.806, 0.378), (0.704, 1.182, 0.170)])
def test_beta_survival(a: float, b: float, left: float) -> None:
    assert theory.beta_survival(a, b, 12) == pytest.approx(left, abs=1e-3)
    log_beta = [math.lgamma(a) + math.lgamma(y) - math.lgamma(a + y) for y in (b + 12, b)]
    assert theory.beta_survival(a, b, 12) == pytest.approx(math.exp(log_beta[0] - log_beta[1]))


def test_a_beta_distribution_is_recovered_from_its_survivors() -> None:
    luck = random.Random(1)
    tempers = [luck.betavariate(0.7, 1.2) for _ in range(40_000)]
    left = [len(tempers)]
    for _ in range(12):
        tempers = [temper for temper in tempers if luck.random() >= temper]
        left.append(len(tempers))
    assert theory.fitted_beta(left) == pytest.approx((0.7, 1.2), rel=0.05)
    exact = [round(1e9 * theory.beta_survival(2.0, 5.0, t)) for t in range(13)]
    assert theory.fitted_beta(exact) == pytest.approx((2.0, 5.0), rel=1e-4)


@pytest.mark.parametrize(
    ("p", "q", "printed"),
    [(0.03, 0.38, (6.193, 0.1106, 0.4605)), (0.01, 0.4, (8.997, 0.10506, 0.4875)), (0.1, 0.3, (2.7465, 0.1333, 0.3333))],
)
def test_bass_peak(p: float, q: float, printed: tuple[float, ...]) -> None:
    assert theory.bass_peak(p, q) == pytest.approx(printed, rel=1e-3)


def test_ruin_chance_against_a_walk() -> None:
    chance = theory.ruin_chance(10, 0.5, 2, 120)
    assert chance == pytest.approx(0.0611, abs=5e-5)
    assert theory.ruin_chance(10, 0.5, 2, 1e9) == pytest.approx(0.0613, abs=5e-5)  # given for ever, not for 120 months
    luck = random.Random(1)
    ruined = 0
    for _ in range(10_000):
        cash = 10.0
        for _ in range(120):
            cash += luck.gauss(0.5, 2)
            if cash < 0:
                ruined += 1
                break
    assert ruined / 10_000 == pytest.approx(chance, abs=3 * math.sqrt(chance * (1 - chance) / 10_000))


def test_floating_goal_against_its_steps() -> None:
    service, goal = 80.0, 100.0
    for _ in range(300):
        service, goal = service + (goal - service) / 8, goal + (service - goal) / 26
    assert service == pytest.approx(theory.floating_goal(8, 26, 80, 100), rel=1e-9)


@pytest.mark.parametrize(("reached", "size"), [(0.4, 85.7), (0.6, 57.1), (0.25, 137.1)])
def test_switch_point(reached: float, size: float) -> None:
    trade = Trade(100, 80, 30, 2000, 20, reached)
    assert theory.switch_point(trade) == pytest.approx(size, abs=0.05)


def test_switch_point_below_capacity() -> None:
    assert theory.switch_point(Trade(100, 80, 30, 2000, 500, 0.6)) == pytest.approx(2000 / 22)
