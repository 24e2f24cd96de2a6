"""What common random numbers were worth, in sentences."""

from collections.abc import Iterator

import numpy as np

from cxsim.narrative.formatting import percent, with_interval
from cxsim.narrative.sentences import listed
from cxsim.statistics.best import FEWEST
from cxsim.statistics.intervals import Floats
from cxsim.statistics.pairing import most_ratio, ratio_interval, variance_ratio
from cxsim.studies.pivot.context import ReportContext

AIM = 5  # times that pairing should narrow a variance
MAIN = 4  # differences told one by one: at once, never, and the nearest moments before and after the best


def sentences(told: ReportContext) -> Iterator[str]:
    """What common random numbers were worth, in sentences."""
    if told.runs < FEWEST:
        return
    tables = [(subject, told.sample.table(name)) for subject, name in (("value", "value"), ("survival", "survived"))]
    parts = [part for subject, table in tables if (part := _main(told, table, subject))]
    if parts:
        yield (
            "What common luck is worth: with independent seeds the variance of the difference from the best moment would be so "
            f"many times that on the same seeds, and no luck could make it more than the figure after 'of': {'; '.join(parts)}."
        )
    for subject, table in tables:
        middles = [middle for end in ((told.best, "the best"), (told.never, "never")) if (middle := _middle(table, *end))]
        if middles:
            yield f"Over all moments, in the median, for {subject}: {listed(middles)}."


def _main(told: ReportContext, table: Floats, subject: str) -> str:
    """What common random numbers were worth, in sentences."""
    most, parts = most_ratio(table, told.best), []
    for _, row in told.tables["costs"].head(MAIN).iterrows():
        k = int(row["column"])
        found = ratio_interval(table, k, told.best)
        if not np.isnan(found.mean):
            parts.append(f"{row['what']} {with_interval(found, _times)} of {_times(most[k])}")
    return f"{subject}, {listed(parts)}" if parts else ""


def _middle(table: Floats, other: int, words: str) -> str:
    """What common random numbers were worth, in sentences."""
    ratio, most = variance_ratio(table, other), most_ratio(table, other)
    known = ~np.isnan(ratio)
    if not known.any():
        return ""
    reached, possible = (percent(float((ratios[known] >= AIM).mean())) for ratios in (ratio, most))
    middle = f"{_times(np.median(ratio[known]))} of {_times(np.median(most[known]))}"
    return f"from {words} {middle} ({AIM} or more for {reached} of moments, possible for {possible})"


def _times(ratio: float) -> str:
    """What common random numbers were worth, in sentences."""
    return "any number" if np.isinf(ratio) else f"{ratio:.1f}"
