"""What common random numbers are worth: how much less a difference varies on the same seeds than on independent ones.

However draws are shared, each future keeps its own spread of outcomes; luck can only change which outcomes meet. A difference
varies least when they meet rank by rank, the best with the best (Hoeffding 1940; Frechet 1951), so ``most_ratio`` is the most
that pairing can be worth for these outcomes, whatever the streams are keyed by.
"""

import numpy as np

from cxsim.statistics.intervals import Estimate, Floats
from cxsim.statistics.resampling import middle, resampled_means

SAME = 1e-12  # share of the variance below which a difference is rounding


def variance_ratio(values: Floats, reference: int) -> Floats:
    """How much smaller the variance of the difference from a column is than with independent seeds, for each column.

    ``values`` has a row for each seed. NaN where both columns are equal.
    """
    variance, gaps = values.var(axis=0), (values - values[:, [reference]]).var(axis=0)
    ratios: Floats = np.divide(variance + variance[reference], gaps, out=np.full(len(variance), np.nan), where=gaps > 0)
    return ratios


def most_ratio(values: Floats, reference: int) -> Floats:
    """Return the highest ``variance_ratio`` that any luck could give to these outcomes; infinite where they are all alike."""
    ratios = variance_ratio(np.sort(values, axis=0), reference)
    ratios[np.isnan(ratios)] = np.inf
    return ratios


def ratio_interval(values: Floats, column: int, reference: int) -> Estimate:
    """One ``variance_ratio`` with the middle 95 % of the same in resamples of the seeds; infinite where these tell no gap."""
    pair = values[:, [column, reference]]
    parts = np.column_stack([pair, pair[:, 0] - pair[:, 1]])
    parts -= parts.mean(axis=0)
    first, second = np.split(resampled_means(np.column_stack([parts, parts**2])), 2, axis=1)
    one, other, gap = np.maximum(second - first**2, 0.0).T
    ratios = np.divide(one + other, gap, out=np.full(len(gap), np.inf), where=gap > SAME * (one + other))
    low, high = middle(ratios, "nearest")
    return Estimate(float(variance_ratio(pair, 1)[0]), low, high, len(pair))
