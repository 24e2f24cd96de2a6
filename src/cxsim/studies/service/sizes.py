"""The same firm from 1 to 1,000 people: what it should spend on service, and what it does."""

from collections.abc import Sequence
from typing import NamedTuple

from cxsim.charts.content import Series
from cxsim.statistics.figures import Figure
from cxsim.statistics.intervals import Estimate
from cxsim.studies.service.cases import Subject
from cxsim.studies.service.curve import FULL, Curve
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


def sizes(runs: Runs, subject: Subject) -> list[Size]:
    """Search for the best spend at each size, over the first months and the worth of customers at their end."""
    short, sure = subject._replace(months=min(subject.months, subject.plan.founded + MONTHS)), runs.draws.interval
    found = []
    for people in SIZES:
        grid = Curve(runs, short.of_size(people))
        top = grid.tops[FULL]
        share, own, spend, value = map(sure, (top.share, grid.own_share, grid.spend_at(top.share), top.value))
        found.append(Size(people, share, own, spend, value, _curve(people, grid)))
    return found


def name_of(people: int) -> str:
    """Words for a size."""
    return f"{people:,} people" if people > 1 else "1 person"


def _curve(people: int, grid: Curve) -> Series | None:
    """Value at each share over that at the best, the difference paired; nothing where the best may be worth nothing."""
    best = grid.tops[FULL].value
    if not grid.draws.interval(best).low > 0:
        return None
    over = 1 + (grid.means[FULL] - best[:, None]) / best[0]
    return Series.of(name_of(people), grid.shares.tolist(), grid.draws.intervals(over))


def rows(found: Sequence[Size]) -> list[Figure]:
    """Figures of each size."""
    units = {"share": "share", "own": "share", "spend": "cents/customer/month", "value": "cents"}
    return [
        Figure("size" if part == "share" else f"size {part}", name_of(one.people), unit, getattr(one, part))
        for one in found
        for part, unit in units.items()
    ]
