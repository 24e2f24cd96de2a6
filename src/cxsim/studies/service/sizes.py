"""The same firm from 1 to 1,000 people: what it should spend on service, and what it does."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cxsim.charts.content import Series
from cxsim.statistics.figures import Figure
from cxsim.statistics.intervals import Estimate
from cxsim.statistics.resampling import Resamples
from cxsim.studies.service.cases import Subject
from cxsim.studies.service.charts import banded
from cxsim.studies.service.curve import FULL, SHORTER, Sweep, Top, best, equal_share, spend_per_customer, sweep
from cxsim.studies.service.runs import Runs

SIZES = (1, 3, 10, 30, 100, 300, 1000)
MONTHS = 36  # that a firm is followed, so that it is still about as large as it began


class Size(NamedTuple):
    """What was found of a firm that begins with so many people."""

    people: int
    share: Estimate
    own: Estimate
    spend: Estimate  # cents for each customer and month at the best share
    value: Estimate
    curve: Series | None  # value at each share over that at the best; none where that may not be above 0


def sizes(runs: Runs, subject: Subject, seeds: Sequence[int], draws: Resamples) -> list[Size]:
    """Search for the best spend at each size, over the first months and the worth of customers at their end."""
    short = subject._replace(months=min(subject.months, subject.plan.founded + MONTHS))
    found = []
    for people in SIZES:
        firm = short.of_size(people)
        grid = sweep(runs, firm, seeds, [FULL], SHORTER)
        (own,) = runs.table([firm], seeds)
        top = best(grid.shares, draws.means(grid.values(FULL)))
        spend = spend_per_customer(grid, draws)
        at_best = np.array([np.interp(top.share[k], grid.shares, spend[k]) for k in range(len(spend))])
        mine = equal_share(grid, own, draws)
        share, sure, spent, value = (draws.interval(one) for one in (top.share, mine, at_best, top.value))
        found.append(Size(people, share, sure, spent, value, _curve(people, grid, top, draws)))
    return found


def name_of(people: int) -> str:
    """Words for a size."""
    return f"{people:,} people" if people > 1 else "1 person"


def _curve(people: int, grid: Sweep, top: Top, draws: Resamples) -> Series | None:
    """Value at each share over that at the best, the difference paired; nothing where the best may be worth nothing."""
    if not draws.interval(top.value).low > 0:
        return None
    over = 1 + (draws.means(grid.values(FULL)) - top.value[:, None]) / top.value[0]
    return banded(name_of(people), grid.shares.tolist(), over, draws)


def rows(found: Sequence[Size]) -> list[Figure]:
    """Figures of each size."""
    lines = []
    for one in found:
        name = name_of(one.people)
        lines += [
            Figure("size", name, "share", one.share),
            Figure("size own", name, "share", one.own),
            Figure("size spend", name, "cents/customer/month", one.spend),
            Figure("size value", name, "cents", one.value),
        ]
    return lines
