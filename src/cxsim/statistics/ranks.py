"""What the order of values tells: how few of them hold most of a sum, and how surely two of them move together."""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from cxsim.statistics.intervals import LEVEL, Estimate, Floats


def carriers(values: Sequence[float]) -> Estimate:
    """Count the fewest values that together hold more than half of the sum of the positive ones; 0 when there are none.

    >>> carriers([-1, 2, 3, 10]).mean, carriers([5, 5, 5]).mean, carriers([-1, 0]).mean
    (1.0, 2.0, 0.0)
    """
    positive = np.sort([value for value in values if value > 0])[::-1]
    number = int(np.searchsorted(np.cumsum(positive), positive.sum() / 2, side="right")) + 1 if len(positive) else 0
    return Estimate(float(number), math.nan, math.nan, len(values))


def ranks(values: Floats) -> Floats:
    """Ranks from 0, ties by their mean.

    >>> ranks(np.array([5.0, 1.0, 5.0])).tolist()
    [1.5, 0.0, 1.5]
    """
    _, where, sizes = np.unique(values, return_inverse=True, return_counts=True)
    middle: Floats = (np.cumsum(sizes) - (sizes + 1) / 2)[where]
    return middle


def rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's rank correlation; 0 when either does not vary."""
    a, b = ranks(one), ranks(other)
    a, b = a - a.mean(), b - b.mean()
    scale = math.sqrt(float((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / scale if scale else 0.0


def largest_by_chance(n: int, tried: int) -> float:
    """Size of the largest of so many rank correlations over ``n`` points that chance exceeds in 5 % of cases (Bonferroni)."""
    return NormalDist().inv_cdf(1 - (1 - LEVEL) / (2 * tried)) / math.sqrt(n - 1)
