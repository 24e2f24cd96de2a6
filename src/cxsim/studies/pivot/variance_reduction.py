"""What common luck is worth: how much less a difference of two futures varies on the same seeds than on independent ones.

However draws are shared, each future keeps its own spread of outcomes; luck can only change which outcomes meet. A difference
varies least when they meet rank by rank, the best with the best (Hoeffding 1940; Frechet 1951), so ``most_ratio`` is the most
that pairing can be worth for these outcomes, whatever the streams are keyed by.
"""

from collections.abc import Iterator

import numpy as np

from cxsim.narrative.formatting import listed, percent, with_interval
from cxsim.statistics.best import FEWEST, resampled_means
from cxsim.statistics.intervals import LEVEL, Estimate, Floats
from cxsim.studies.pivot.answer import Told

AIM = 5  # times that pairing should narrow a variance
MAIN = 4  # differences told one by one: at once, never, and the nearest moments before and after the best
SAME = 1e-12  # share of the variance below which a difference is rounding


def variance_ratio(values: Floats, reference: int) -> Floats:
    """How much smaller than with independent seeds the variance of the difference to a column is; NaN where both are equal."""
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
    low, high = np.quantile(ratios, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="nearest")
    return Estimate(float(variance_ratio(pair, 1)[0]), float(low), float(high), len(pair))


def sentences(told: Told) -> Iterator[str]:
    """Tell what common luck is worth for the main differences, what it could be worth at most, and how all moments fare."""
    if len(told.sample.trials) < FEWEST:
        return
    tables = [(subject, told.sample.table(name)) for subject, name in (("value", "value"), ("survival", "survived"))]
    parts = [part for subject, table in tables if (part := _main(told, table, subject))]
    if parts:
        yield (
            "What common luck is worth: with independent seeds the variance of the difference from the best moment would be so "
            f"many times that on the same seeds, and no luck could make it more than the figure after 'of': {'; '.join(parts)}."
        )
    for subject, table in tables:
        middles = [
            middle for end in ((told.best.column, "the best"), (told.never, "never")) if (middle := _middle(table, *end))
        ]
        if middles:
            yield f"Over all moments, in the median, for {subject}: {listed(middles)}."


def _main(told: Told, table: Floats, subject: str) -> str:
    """Ratios of the main differences from the best moment, with intervals and the most they could be."""
    most, parts = most_ratio(table, told.best.column), []
    for _, row in told.costs.head(MAIN).iterrows():
        k = int(row["column"])
        found = ratio_interval(table, k, told.best.column)
        if not np.isnan(found.mean):
            parts.append(f"{row['what']} {with_interval(found, _times)} of {_times(most[k])}")
    return f"{subject}, {listed(parts)}" if parts else ""


def _middle(table: Floats, other: int, words: str) -> str:
    """Median ratio of all differences from one moment, and the share of them that reach what was aimed at."""
    ratio, most = variance_ratio(table, other), most_ratio(table, other)
    known = ~np.isnan(ratio)
    if not known.any():
        return ""
    reached, possible = (percent(float((ratios[known] >= AIM).mean())) for ratios in (ratio, most))
    middle = f"{_times(np.median(ratio[known]))} of {_times(np.median(most[known]))}"
    return f"from {words} {middle} ({AIM} or more for {reached} of moments, possible for {possible})"


def _times(ratio: float) -> str:
    """Write how many times.

    >>> _times(3.24), _times(float("inf"))
    ('3.2', 'any number')
    """
    return "any number" if np.isinf(ratio) else f"{ratio:.1f}"
