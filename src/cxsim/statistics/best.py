"""Where the best moment lies, how surely, and which other moments may be as good.

All of it works on one table: a row a seed, a column a moment in order, the last column "never". Rows are resampled whole
(Efron 1979), so whatever the futures of one seed have in common stays in common, and no shape of value is assumed.
"""

import math

import numpy as np
from numpy.typing import NDArray

from cxsim.statistics.intervals import LEVEL, Estimate, Floats
from cxsim.statistics.resampling import middle, resampled_means

FEWEST = 4  # seeds that can tell anything at all


def peaks(means: Floats) -> Floats:
    """Place of the maximum of each row: the vertex of a parabola fitted around the best moment, at most one place from it.

    It is fitted by least squares to the best moment and two neighbours on either side, or one where there are no two. The
    last column, "never", stands apart, so there is no parabola at either end. The first of equals counts.

    >>> peaks(np.array([[0.0, 3.0, 4.0, 1.0, 0.0], [5.0, 1.0, 0.0, 0.0, 6.0]])).tolist()
    [1.75, 4.0]
    """
    rows, at, last = np.arange(len(means)), means.argmax(axis=1), means.shape[1] - 2
    near, wide = (at > 0) & (at < last), (at > 1) & (at < last - 1)
    ends = [means[rows, np.where(wide, at + step, 0)] for step in (-2, 2)]
    left, top, right = (means[rows, np.where(near, at + step, 0)] for step in (-1, 0, 1))
    slope = np.where(wide, (2 * (ends[1] - ends[0]) + right - left) / 10, (right - left) / 2)
    bend = np.where(wide, (2 * (ends[0] + ends[1] - top) - left - right) / 14, (left + right) / 2 - top)
    shift = np.divide(-slope, 2 * bend, out=np.zeros(len(means)), where=near & (bend < 0))
    places: Floats = at + np.clip(shift, -1.0, 1.0)
    return places


def best_place(values: Floats, means: Floats | None = None) -> Estimate:
    """Best moment with its interval, as places among the columns, counted from 0; a fraction lies between two moments.

    The interval is the middle 95 % of the places of the maximum in resamples of the seeds; fewer than ``FEWEST`` have none.
    """
    place = float(peaks(values.mean(axis=0, keepdims=True))[0])
    if len(values) < FEWEST:
        return Estimate(place, math.nan, math.nan, len(values))
    found = peaks(resampled_means(values) if means is None else means)
    return Estimate(place, *middle(found), len(values))


def window(values: Floats, means: Floats | None = None) -> NDArray[np.bool_]:
    """Tell of each column whether it may be the best: no other one is significantly better.

    Multiple comparisons with the best (Hsu 1981, Annals of Statistics 9(5)): a column is left out when some other one is
    better by more than chance makes the largest of all such leads, at 5 %. That largest lead is taken from resamples, so
    that columns that move together count as the few that they are. The true best is left in with at least 95 %.
    """
    n, mean = len(values), values.mean(axis=0)
    if n < FEWEST:
        return np.ones(len(mean), np.bool_)
    deviation = (resampled_means(values) if means is None else means) - mean
    covariance = np.atleast_2d(np.cov(values.T))
    spread = covariance.diagonal()
    return np.array([_may_be_best(k, mean, deviation, spread + spread[k] - 2 * covariance[k], n) for k in range(len(mean))])


def _may_be_best(k: int, mean: Floats, deviation: Floats, variance: Floats, n: int) -> bool:
    error = np.sqrt(np.maximum(variance, 0.0) / n)
    lead, known = mean - mean[k], error > 1e-12 * (1.0 + np.abs(mean).max())
    if (lead[~known] > 0).any():
        return False
    if not known.any():
        return True
    chance = (deviation[:, known] - deviation[:, [k]]) / error[known]
    return bool((lead[known] / error[known]).max() <= max(np.quantile(chance.max(axis=1), LEVEL), 0.0))


def runs_needed(n: int, width: float, wanted: float) -> int:
    """Guess how many runs make an interval as narrow as wanted: widths shrink with the square root of runs.

    >>> runs_needed(200, 12.0, 6.0)
    800
    """
    return math.ceil(n * (width / wanted) ** 2) if width > wanted > 0 else n
