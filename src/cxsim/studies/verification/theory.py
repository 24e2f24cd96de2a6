"""Closed forms that the model is held against: what theory says of a firm, a market or a queue with all else switched off.

Nothing here is part of the model, and no rule of it is used here. Times are in periods of whatever length the rates have.
"""

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import NamedTuple

SIEGMUND = 0.5826  # -zeta(1/2) / sqrt(2 pi): how far a walk with normal steps overshoots a bound, in standard deviations


def stationary_customers(arrivals: float, leaving: float, referrals: float = 0.0) -> float:
    """Customers at which arrivals balance leaving: a / (c - w), with w arrivals per customer brought by referral.

    >>> stationary_customers(20, 0.04), round(stationary_customers(20, 0.04, 0.02))
    (500.0, 1000)
    """
    return arrivals / (leaving - referrals)


def half_life(leaving: float) -> float:
    """Periods in which a gap from the stationary number of customers halves: ln 2 / -ln(1 - c).

    >>> round(half_life(0.04), 2)
    16.98
    """
    return math.log(2) / -math.log1p(-leaving)


def customer_multiple(retention: float, discount: float) -> float:
    """Value of a customer over the margin of a period: r / (1 + i - r). Source: Gupta and Lehmann 2003.

    >>> round(customer_multiple(0.8, 0.12), 2)
    2.5
    """
    return retention / (1 + discount - retention)


def retention_elasticity(retention: float, discount: float) -> float:
    """Per cent by which a customer's value rises with one per cent of retention: (1 + i) / (1 + i - r).

    >>> round(retention_elasticity(0.8, 0.12), 3)
    3.5
    """
    return (1 + discount) / (1 + discount - retention)


class Spending(NamedTuple):
    """What winning and keeping customers responds to. Source: Blattberg and Deighton 1996, HBR 74(4).

    Acquisition a(A) = Ca (1 - exp(-ka A)) for A spent on a prospect; retention r(R) = Cr (1 - exp(-kr R)) for R spent on a
    customer and period. ``margin`` is money per customer and period.
    """

    margin: float
    acquisition_ceiling: float
    acquisition_slope: float
    retention_ceiling: float
    retention_slope: float
    discount: float


def retention(spend: float, spending: Spending) -> float:
    """Share of customers kept at a spend a period on each."""
    return spending.retention_ceiling * (1 - math.exp(-spending.retention_slope * spend))


def won_customer_value(spend: float, spending: Spending) -> float:
    """Value of a customer on the day it is won: V = M + (M r - R) / (1 + d - r)."""
    kept = retention(spend, spending)
    return spending.margin + (spending.margin * kept - spend) / (1 + spending.discount - kept)


def best_retention_spend(spending: Spending) -> float:
    """Spend R with the highest value: Cr kr exp(-kr R) [M (1 + d) - R] = 1 + d - r(R)."""
    ceiling, slope, growth = spending.retention_ceiling, spending.retention_slope, 1 + spending.discount

    def gain(spend: float) -> float:
        better = ceiling * slope * math.exp(-slope * spend) * (spending.margin * growth - spend)
        return better - (growth - retention(spend, spending))

    return root(gain, 0.0, spending.margin * growth)


def one_period_spend(spending: Spending) -> float:
    """Spend of a manager who sees the next period only, and so maximises M r(R) - R: ln(kr Cr M) / kr, or nothing."""
    response = spending.retention_slope * spending.retention_ceiling * spending.margin
    return math.log(response) / spending.retention_slope if response > 1 else 0.0


def best_acquisition_spend(value: float, spending: Spending) -> float:
    """Spend A on a prospect that is worth most, for customers of a value V: ln(ka Ca V) / ka, 0 if ka Ca V <= 1."""
    response = spending.acquisition_slope * spending.acquisition_ceiling * value
    return math.log(response) / spending.acquisition_slope if response > 1 else 0.0


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Place where a falling function passes zero, by halving.

    >>> round(root(lambda x: 2 - x * x, 0, 2), 6)
    1.414214
    """
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) > 0 else (low, middle)
    return (low + high) / 2


def market_shares(attraction: Sequence[float], leaving: Sequence[float]) -> list[float]:
    """Shares when customers leave firm i at rate c_i and choose by A_j: (A_i / c_i) / sum(A_k / c_k)."""
    weights = [a / c for a, c in zip(attraction, leaving, strict=True)]
    return [weight / sum(weights) for weight in weights]


def beta_survival(a: float, b: float, periods: int) -> float:
    """Share of a cohort left when propensities to leave are beta(a, b): B(a, b + t) / B(a, b). Source: Fader, Hardie 2007.

    >>> round(beta_survival(0.668, 3.806, 12), 3)
    0.378
    """
    return math.prod((b + k) / (a + b + k) for k in range(periods))


def fitted_beta(left: Sequence[int]) -> tuple[float, float]:
    """Most likely a and b of a beta distribution of propensities, from the number left after 0, 1, 2 ... periods.

    Compass search in the logarithms of a and b: any step that helps is taken, else steps are halved.
    """

    def likelihood(log_a: float, log_b: float) -> float:
        a, b = math.exp(log_a), math.exp(log_b)
        survival, total = 1.0, 0.0
        for t in range(len(left) - 1):
            total += (left[t] - left[t + 1]) * math.log(survival * a / (a + b + t))
            survival *= (b + t) / (a + b + t)
        return total + left[-1] * math.log(survival)

    at, step = (0.0, 0.0), 1.0
    best = likelihood(*at)
    while step > 1e-6:
        around = [(at[0] + x * step, at[1] + y * step) for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1))]
        value, place = max((likelihood(*one), one) for one in around)
        if value > best:
            best, at = value, place
        else:
            step /= 2
    return math.exp(at[0]), math.exp(at[1])


class Peak(NamedTuple):
    """The month of most adoptions: when, adoptions a period over all who may adopt, and the share adopted by then."""

    time: float
    height: float
    adopted: float


def bass_peak(innovation: float, imitation: float) -> Peak:
    """Peak of F' = (p + q F)(1 - F). Source: Bass 1969, Management Science 15(5).

    >>> [round(x, 4) for x in bass_peak(0.03, 0.38)]
    [6.1926, 0.1106, 0.4605]
    """
    p, q = innovation, imitation
    return Peak(math.log(q / p) / (p + q), (p + q) ** 2 / (4 * q), 0.5 - p / (2 * q))


def ruin_chance(cash: float, drift: float, spread: float, months: float) -> float:
    """Chance that money seen once a month falls below zero: Brownian first passage with the bound moved by .5826 sd.

    Source: Siegmund 1979, Advances in Applied Probability 11(4), for checks at whole months.

    >>> round(ruin_chance(10, 0.5, 2, 120), 4)
    0.0611
    """
    bound, scale = cash + SIEGMUND * spread, spread * math.sqrt(months)
    phi = NormalDist().cdf
    mirrored = math.exp(-2 * drift * bound / spread**2) * phi((-bound + drift * months) / scale)
    return phi((-bound - drift * months) / scale) + mirrored


def floating_goal(adjust: float, erode: float, service: float, goal: float) -> float:
    """Where service and a goal that follows it meet: (ts S0 + tg D0) / (ts + tg). Source: Oliva and Sterman 2001.

    >>> round(floating_goal(8, 26, 80, 100), 3)
    95.294
    """
    return (adjust * service + erode * goal) / (adjust + erode)


class Trade(NamedTuple):
    """A firm that can customize or sell a standard product; money per customer and month, ``reached`` a share."""

    price: float
    custom_cost: float
    standard_cost: float
    fixed_cost: float
    capacity: float
    reached: float


def switch_point(trade: Trade) -> float:
    """Market size from which the standard product earns more than customizing.

    Custom earns min(L, K)(v - kc), standard phi L (v - ks) - F: L* = F / (phi (v - ks) - (v - kc)) while L* <= K, else
    (F + K (v - kc)) / (phi (v - ks)).

    >>> round(switch_point(Trade(100, 80, 30, 2000, 20, 0.4)), 1)
    85.7
    """
    custom, standard = trade.price - trade.custom_cost, trade.reached * (trade.price - trade.standard_cost)
    unlimited = trade.fixed_cost / (standard - custom) if standard > custom else math.inf
    if unlimited <= trade.capacity:
        return unlimited
    return (trade.fixed_cost + trade.capacity * custom) / standard
