"""Value against service spend: a grid of fixed shares on the same seeds, refined around each maximum, and a smooth top.

The place of the highest point of a grid is no finer than the grid, and which point that is hangs on luck. So a polynomial is
laid through the highest point and its neighbours, and its top taken: neighbours share the noise out, and runs on the same
seeds make what is left of it small. It has the fourth degree, since curves fall more steeply on the side of too little
service, and steps of the grid differ: one of the third puts the one-period spend of P3 1 % too low.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cxsim.measures.firms import discounts
from cxsim.statistics.intervals import Floats
from cxsim.studies.service.cases import Subject
from cxsim.studies.service.runs import Runs, Track

GRID = (0.0, 0.01, 0.02, 0.03, 0.04, 0.055, 0.075, 0.1, 0.14, 0.19, 0.25, 0.35, 0.5)  # shares, finer where they are low
BEYOND = (0.7, 1.0)  # looked at when the best lies at the end of the grid
SHORTER = GRID[:-2]  # where a search is one of many
PARTS = 3  # into which the steps on both sides of a maximum are divided
REACH = 3  # neighbours on each side through which a curve is laid
DEGREE = 4
FINE = 501  # points at which a laid curve is looked at
FULL = 0  # stands for a horizon without end: the value of the firm, its last customers included


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


def _around(shares: Sequence[float], top: int) -> list[float]:
    """Points that divide the steps below and above a place in the grid."""
    steps = [(shares[k], shares[k + 1]) for k in (top - 1, top) if 0 <= k < len(shares) - 1]
    return [round(low + (high - low) * part / PARTS, 6) for low, high in steps for part in range(1, PARTS)]


def slope(shares: Floats, means: Floats, at: Floats) -> Floats:
    """Slope of the smooth curve at a share for each row."""
    near = _near(len(shares), int(np.abs(shares - at[0]).argmin()), REACH)
    return np.array([_laid(shares[near], at[row : row + 1], True)[0] @ means[row, near] for row in range(len(means))])


class Curve:
    """Value against the share of the budget for service, and what the firm's own rule does, on the same seeds.

    A grid of shares is run (``tracks[share][seed]``) with those that the own rule fixes, and refined around the best for each
    horizon: months, or :data:`FULL`. What follows has a row for each draw of seeds: by horizon, ``means`` of the value for each
    share, its ``tops``, and the ``own_value``; ``spend``, cents for each customer and month, for each share; and ``own_share``.
    """

    def __init__(
        self, runs: Runs, subject: Subject, horizons: Sequence[int] = (FULL,), grid: Sequence[float] = SHORTER
    ) -> None:
        self.runs, self.subject, self.draws = runs, subject, runs.draws
        self.discounts = discounts(subject.months, subject.case.params.finance)
        shares = sorted({*grid, *subject.own_shares})
        self._run(shares)
        if len(shares) - 1 in self._highest(horizons):
            shares += [share for share in (*GRID, *BEYOND) if share > shares[-1]]
            self._run(shares)
        self._run(sorted({*shares, *(share for top in self._highest(horizons) for share in _around(shares, top))}))
        self.means = {horizon: self.draws.means(self.values(horizon)) for horizon in horizons}
        self.tops = {horizon: best(self.shares, means) for horizon, means in self.means.items()}
        self.spend = self._per_customer(self.tracks)
        (self.own,) = runs.of(subject)
        self.own_share = self.equal_share(subject)
        self.own_value = {horizon: self.draws.means(self.counted(self.own, horizon)) for horizon in horizons}

    def _run(self, shares: Sequence[float]) -> None:
        self.shares, self.tracks = np.array(shares), self.runs.of(*map(self.subject.spending, shares))

    def _highest(self, horizons: Sequence[int]) -> list[int]:
        return [int(self.values(horizon).mean(axis=1).argmax()) for horizon in horizons]

    def values(self, horizon: int) -> Floats:
        """Value counted to a horizon, shape (shares, seeds)."""
        return np.array([self.counted(row, horizon) for row in self.tracks])

    def counted(self, tracks: Sequence[Track], horizon: int) -> Floats:
        """Value of runs: cash flow to the horizon, or for :data:`FULL` that of the run and the worth of its last customers."""
        if horizon == FULL:
            return np.array([track.value for track in tracks])
        end = self.subject.plan.founded + horizon
        return np.array([track.flow[:end] @ self.discounts[:end] for track in tracks])

    def spent(self) -> Floats:
        """Cost of service of a run, discounted, shape (rows, shares)."""
        return self.draws.means(np.array([[track.spend @ self.discounts for track in row] for row in self.tracks]))

    def _per_customer(self, tracks: list[list[Track]]) -> Floats:
        """Cents of service for each customer and month, shape (rows, tracks); customers as at the start of months."""
        ones = np.ones(self.subject.months)
        spend, served = (
            self.draws.means(np.array([[getattr(track, name) @ ones for track in row] for row in tracks]))
            for name in ("spend", "served")
        )
        return spend / np.maximum(served, 1e-9)

    def spend_at(self, shares: Floats) -> Floats:
        """Spend for each customer and month at a share for each row."""
        return np.array([np.interp(one, self.shares, spend) for one, spend in zip(shares, self.spend, strict=True)])

    def equal_share(self, subject: Subject) -> Floats:
        """Fixed share at which as much is spent on a customer as by the own rule of a subject on the same seeds, by row."""
        fixed = set(subject.own_shares)
        if len(fixed) == 1 and not subject.moves:
            return np.full(len(self.spend), fixed.pop())
        rising, mine = np.maximum.accumulate(self.spend, axis=1), self._per_customer(self.runs.of(subject))[:, 0]
        return np.array([np.interp(one, spend, self.shares) for one, spend in zip(mine, rising, strict=True)])
