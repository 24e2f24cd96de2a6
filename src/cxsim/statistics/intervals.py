"""Means, shares and medians with their 95 % intervals."""

import math
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from statistics import NormalDist
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

LEVEL = 0.95
MANY = 2_000  # degrees of freedom beyond which Student's t is normal to four digits


BOUNDS = ("mean", "low", "high")  # of an estimate, as columns name them


class Estimate(NamedTuple):
    """A figure with its interval and the number of runs behind it. Bounds are NaN when too few runs allow one."""

    mean: float
    low: float
    high: float
    n: int

    @property
    def has_interval(self) -> bool:
        """Whether the bounds are numbers."""
        return not math.isnan(self.low)

    @property
    def significant(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.has_interval and not self.low <= 0 <= self.high

    def negated(self) -> "Estimate":
        """Return the same figure with the other sign."""
        return Estimate(-self.mean, -self.high, -self.low, self.n)


NOTHING_KNOWN = Estimate(math.nan, math.nan, math.nan, 0)


def known(values: Floats) -> list[float]:
    """Leave out what is missing."""
    return [float(value) for value in values[~np.isnan(values)]]


def t_between(t: float, freedom: int) -> float:
    """Chance that Student's t with whole degrees of freedom lies within plus and minus ``t``.

    Abramowitz and Stegun 1964, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.

    >>> round(t_between(12.7062, 1), 4)
    0.95
    """
    angle = math.atan(t / math.sqrt(freedom))
    square = math.cos(angle) ** 2
    odd = freedom % 2
    term = total = math.cos(angle) if odd and freedom > 1 else float(not odd)
    for k in range(2 + odd, freedom - 1, 2):
        term *= square * (k - 1) / k
        total += term
    if odd:
        return 2 / math.pi * (angle + math.sin(angle) * total)
    return math.sin(angle) * total


@cache
def t_quantile(freedom: int, level: float = LEVEL) -> float:
    """Bound within which (plus and minus) Student's t falls with the chance ``level``.

    >>> round(t_quantile(19), 3)
    2.093
    """
    if freedom > MANY:
        return NormalDist().inv_cdf((1 + level) / 2)
    low, high = 0.0, 1_000.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if t_between(middle, freedom) < level else (low, middle)
    return high


def mean_interval(values: Sequence[float]) -> Estimate:
    """Mean with Student's t interval; one value has no interval.

    >>> [round(x, 3) for x in mean_interval([1, 2, 3])[:3]]
    [2.0, -0.484, 4.484]
    """
    n = len(values)
    if n == 0:
        return NOTHING_KNOWN
    mean = math.fsum(values) / n
    if n == 1:
        return Estimate(mean, math.nan, math.nan, 1)
    half = t_quantile(n - 1) * math.sqrt(_variance_of_mean(values, mean))
    return Estimate(mean, mean - half, mean + half, n)


def _variance_of_mean(values: Sequence[float], mean: float) -> float:
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values)


def share_interval(successes: int, n: int) -> Estimate:
    """Share with Wilson's interval, which stays within 0 and 1 and has a width at both ends.

    >>> [round(x, 3) for x in share_interval(20, 20)[:3]]
    [1.0, 0.839, 1.0]
    """
    if n == 0:
        return NOTHING_KNOWN
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return Estimate(share, low, high, n)


def median_interval(values: Sequence[float]) -> Estimate:
    """Median with the interval between two of the values themselves (binomial ranks); five values have none.

    >>> median_interval([1, 2, 3, 4, 5, 6])
    Estimate(mean=3.5, low=1, high=6, n=6)
    """
    n = len(values)
    if n == 0:
        return NOTHING_KNOWN
    ordered = sorted(values)
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    below = accumulate(math.comb(n, k) / 2**n for k in range(n // 2))  # chances that the median lies below each rank
    rank = sum(chance <= (1 - LEVEL) / 2 for chance in below) - 1
    if rank < 0:
        return Estimate(middle, math.nan, math.nan, n)
    return Estimate(middle, ordered[rank], ordered[n - 1 - rank], n)


def welch_interval(values: Sequence[float], others: Sequence[float]) -> Estimate:
    """Mean of ``values`` less that of ``others``, two independent samples, by Student's t with Welch's degrees of freedom.

    Welch 1947, Biometrika 34. Degrees are rounded down, which makes the interval no narrower. ``n`` counts both samples.

    >>> [round(x, 3) for x in welch_interval([1, 2, 3, 4, 5], [2, 4, 6, 8, 10])[:3]]
    [-3.0, -7.064, 1.064]
    """
    one, other = mean_interval(values), mean_interval(others)
    gap, n = one.mean - other.mean, len(values) + len(others)
    if min(len(values), len(others)) < 2:
        return Estimate(gap, math.nan, math.nan, n)
    here, there = _variance_of_mean(values, one.mean), _variance_of_mean(others, other.mean)
    if here + there == 0:
        return Estimate(gap, gap, gap, n)
    freedom = (here + there) ** 2 / (here**2 / (len(values) - 1) + there**2 / (len(others) - 1))
    half = t_quantile(max(math.floor(freedom), 1)) * math.sqrt(here + there)
    return Estimate(gap, gap - half, gap + half, n)


def share_gap_interval(successes: int, n: int, others: int, of: int) -> Estimate:
    """Share ``successes / n`` less the share ``others / of``, two independent samples, from Wilson's intervals of both.

    Newcombe 1998, Statistics in Medicine 17, method 10; the figures below are the first example of its table II.

    >>> [round(x, 4) for x in share_gap_interval(56, 70, 48, 80)[:3]]
    [0.2, 0.0524, 0.3339]
    """
    one, other = share_interval(successes, n), share_interval(others, of)
    gap = one.mean - other.mean
    below = math.hypot(one.mean - one.low, other.high - other.mean)
    above = math.hypot(one.high - one.mean, other.mean - other.low)
    return Estimate(gap, gap - below, gap + above, n + of)
