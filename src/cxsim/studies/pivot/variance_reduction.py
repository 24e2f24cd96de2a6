"""What common random numbers were worth, in sentences."""

from collections.abc import Iterator

import numpy as np

from cxsim.narrative.formatting import percent, with_interval
from cxsim.narrative.sentences import listed
from cxsim.statistics.best import FEWEST
from cxsim.statistics.intervals import Floats
from cxsim.statistics.pairing import most_ratio, ratio_interval, variance_ratio
from cxsim.studies.pivot.sample import Sample

AIM = 5  # times that pairing should narrow a variance
MAIN = 4  # differences told one by one: at once, never, and the nearest moments before and after the best


def sentences(told: Sample) -> Iterator[str]:
    """Tell of the main differences, and of all moments in the median; nothing where seeds are too few or all is alike."""
    if told.runs < FEWEST:
        return
    tables = {"value": told.value, "survival": told.survived}
    if parts := [part for subject, table in tables.items() if (part := _main(told, table, subject))]:
        yield (
            "What common luck is worth: with independent seeds the variance of the difference from the best moment would be so "
            f"many times that on the same seeds, and no luck could make it more than the figure after 'of': {'; '.join(parts)}."
        )
    for subject, table in tables.items():
        middles = [middle for end in ((told.best, "the best"), (told.never, "never")) if (middle := _middle(table, *end))]
        if middles:
            yield f"Over all moments, in the median, for {subject}: {listed(middles)}."


def _main(told: Sample, table: Floats, subject: str) -> str:
    most = most_ratio(table, told.best)
    found = {cost: ratio_interval(table, cost.column, told.best) for cost in told.costs[:MAIN]}
    parts = [
        f"{cost.what} {with_interval(ratio, _times)} of {_times(most[cost.column])}"
        for cost, ratio in found.items()
        if not np.isnan(ratio.mean)
    ]
    return f"{subject}, {listed(parts)}" if parts else ""


def _middle(table: Floats, other: int, words: str) -> str:
    ratio, most = variance_ratio(table, other), most_ratio(table, other)
    known = ~np.isnan(ratio)
    if not known.any():
        return ""
    reached, possible = (percent(float((ratios[known] >= AIM).mean())) for ratios in (ratio, most))
    middle = f"{_times(np.median(ratio[known]))} of {_times(np.median(most[known]))}"
    return f"from {words} {middle} ({AIM} or more for {reached} of moments, possible for {possible})"


def _times(ratio: float) -> str:
    return "any number" if np.isinf(ratio) else f"{ratio:.1f}"
