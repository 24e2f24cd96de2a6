"""Value against service spend: a grid of fixed shares on the same seeds, refined around each maximum, and a smooth top.

The place of the highest point of a grid is no finer than the grid, and which point that is hangs on luck. So a polynomial is
laid through the highest point and its neighbours, and its top taken: neighbours share the noise out, and runs on the same
seeds make what is left of it small. It has the fourth degree, since curves fall more steeply on the side of too little
service, and steps of the grid differ: one of the third puts the one-period spend of P3 1 % too low.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cxsim.statistics.intervals import Floats
from cxsim.statistics.resampling import Resamples
from cxsim.studies.service.cases import Subject
from cxsim.studies.service.runs import Runs, Track, discounts, rate_of

GRID = (0.0, 0.01, 0.02, 0.03, 0.04, 0.055, 0.075, 0.1, 0.14, 0.19, 0.25, 0.35, 0.5)  # shares, finer where they are low
BEYOND = (0.7, 1.0)  # looked at when the best lies at the end of the grid
SHORTER = GRID[:-2]  # where a search is one of many
PARTS = 3  # into which the steps on both sides of a maximum are divided
REACH = 3  # neighbours on each side through which a curve is laid
DEGREE = 4
FINE = 501  # points at which a laid curve is looked at
FULL = 0  # stands for a horizon without end: the value of the firm, its last customers included


class Sweep(NamedTuple):
    """Runs of a grid of shares: ``tracks[share][seed]``."""

    subject: Subject
    shares: Floats
    tracks: list[list[Track]]

    def values(self, horizon: int) -> Floats:
        """Value counted to a horizon in months, shape (shares, seeds)."""
        return np.array([counted(row, self.subject, horizon) for row in self.tracks])

    def total(self, name: str, discounted: bool = False) -> Floats:
        """Sum of a monthly series over each run, shape (shares, seeds)."""
        weights = discounts(rate_of(self.subject), self.subject.months) if discounted else np.ones(self.subject.months)
        return np.array([[getattr(track, name) @ weights for track in row] for row in self.tracks])

    def on(self, seeds: int) -> "Sweep":
        """Keep the first seeds only."""
        return self._replace(tracks=[row[:seeds] for row in self.tracks])


def counted(tracks: Sequence[Track], subject: Subject, horizon: int) -> Floats:
    """Value of each run: cash flow to the horizon, or for :data:`FULL` that of the run and the worth of its last customers."""
    if horizon == FULL:
        return np.array([track.value for track in tracks])
    first = subject.plan.founded
    return np.array([track.counted(first + horizon, rate_of(subject)) for track in tracks])


def sweep(runs: Runs, subject: Subject, seeds: Sequence[int], horizons: Sequence[int], grid: Sequence[float] = GRID) -> Sweep:
    """Run a grid of shares with those that the firm's own rule fixes, and refine it around the best for each horizon."""
    shares = sorted({*grid, *subject.own_shares})
    found = _run(runs, subject, seeds, shares)
    if any(int(top) == len(shares) - 1 for top in _tops(found, horizons)):
        shares += [share for share in (*GRID, *BEYOND) if share > shares[-1]]
        found = _run(runs, subject, seeds, shares)
    finer = {share for top in _tops(found, horizons) for share in _around(shares, int(top))}
    return _run(runs, subject, seeds, sorted({*shares, *finer}))


def _run(runs: Runs, subject: Subject, seeds: Sequence[int], shares: Sequence[float]) -> Sweep:
    return Sweep(subject, np.array(shares), runs.table([subject.spending(share) for share in shares], seeds))


def _tops(found: Sweep, horizons: Sequence[int]) -> list[int]:
    return [int(found.values(horizon).mean(axis=1).argmax()) for horizon in horizons]


def _around(shares: Sequence[float], top: int) -> list[float]:
    """Points that divide the steps below and above a place in the grid."""
    steps = [(shares[k], shares[k + 1]) for k in (top - 1, top) if 0 <= k < len(shares) - 1]
    return [round(low + (high - low) * part / PARTS, 6) for low, high in steps for part in range(1, PARTS)]


class Top(NamedTuple):
    """Best share and the value there, a row for each draw of seeds."""

    share: Floats
    value: Floats


def best(shares: Floats, means: Floats) -> Top:
    """Top of a smooth curve through the highest mean and its neighbours; ``means`` has the shape (rows, shares)."""
    share, value = np.empty(len(means)), np.empty(len(means))
    highest = means.argmax(axis=1)
    for place in np.unique(highest):
        rows = highest == place
        near, beside = _near(len(shares), int(place), REACH), _near(len(shares), int(place), 1)
        fine = np.linspace(shares[beside][0], shares[beside][-1], FINE)  # beyond it the curve may swing between wide steps
        curves = means[rows][:, near] @ _laid(shares[near], fine).T
        where = curves.argmax(axis=1)
        share[rows], value[rows] = fine[where], curves[np.arange(len(curves)), where]
    return Top(share, value)


def _near(points: int, place: int, reach: int) -> slice:
    return slice(max(place - reach, 0), min(place + reach + 1, points))


def _laid(at: Floats, fine: Floats, slope: bool = False) -> Floats:
    """Matrix that turns values at some places into those (or the slopes) of their least-squares polynomial at others."""
    middle, span = (at[0] + at[-1]) / 2, (at[-1] - at[0]) / 2
    degree = DEGREE if len(at) > DEGREE + 1 else min(2, len(at) - 1)
    powers = np.arange(degree + 1)
    x, y = (at - middle) / span, (fine - middle) / span
    into = y[:, None] ** powers if not slope else powers * y[:, None] ** np.maximum(powers - 1, 0) / span
    matrix: Floats = into @ np.linalg.pinv(x[:, None] ** powers)
    return matrix


def slope(shares: Floats, means: Floats, at: Floats) -> Floats:
    """Slope of the smooth curve at a share for each row."""
    near = _near(len(shares), int(np.abs(shares - at[0]).argmin()), REACH)
    return np.array([_laid(shares[near], at[row : row + 1], True)[0] @ means[row, near] for row in range(len(means))])


def spend_per_customer(found: Sweep, draws: Resamples) -> Floats:
    """Cents of service for each customer and month, shape (rows, shares); customers as they are at the start of months."""
    return draws.means(found.total("spend")) / np.maximum(draws.means(found.total("served")), 1e-9)


def equal_share(found: Sweep, own: Sequence[Track], draws: Resamples) -> Floats:
    """Fixed share at which as much is spent on a customer as by the own rule on the same seeds, for each row."""
    shares = set(found.subject.own_shares)
    if len(shares) == 1 and not found.subject.moves:
        return np.full(draws.means(np.zeros(draws.seeds)).shape, shares.pop())
    rule = Sweep(found.subject, np.zeros(1), [list(own)])
    grid, mine = spend_per_customer(found, draws), spend_per_customer(rule, draws)[:, 0]
    rising = np.maximum.accumulate(grid, axis=1)
    return np.array([np.interp(mine[row], rising[row], found.shares) for row in range(len(mine))])
