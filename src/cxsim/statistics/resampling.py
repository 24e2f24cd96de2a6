"""Intervals by drawing seeds again: one set of draws for all figures of an audit, so that differences between them pair up.

Figures such as the place of a maximum are no means over seeds. They are worked out from the means of the seeds as they are
(row 0) and of seeds drawn with replacement (all other rows), and their interval holds the middle 95 % of what comes out. For
few seeds such intervals are too narrow, since drawn seeds vary less than new ones would, by (n - 1) / n, and since a normal
quantile stands for that of Student's t. The levels are moved out by both (Hesterberg 2015, The American Statistician 69(4)).
"""

from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxsim.statistics.intervals import Estimate, Floats, t_quantile

DRAWS = 999
SALT = 0x5E41  # keeps these draws apart from others with the same seed


class Resamples:
    """Weights of seeds: row 0 takes each once, each other row as often as it was drawn."""

    def __init__(self, seeds: int, seed: int) -> None:
        drawn = np.random.default_rng([seed, SALT]).multinomial(seeds, np.full(seeds, 1 / seeds), DRAWS)
        self.seeds = seeds
        self.weights: Floats = np.vstack([np.ones(seeds), drawn]) / seeds

    def means(self, values: NDArray[Any]) -> Floats:
        """Mean over seeds, the last axis, for every row: shape (rows, ...)."""
        found: Floats = np.moveaxis(np.asarray(values, float) @ self.weights.T, -1, 0)
        return found

    def interval(self, found: Floats) -> Estimate:
        """Figure of row 0 with the interval of all others; infinite values (*never*) count as the largest."""
        low, high = self.bounds(found[:, None])
        return Estimate(float(found[0]), float(low[0]), float(high[0]), self.seeds)

    def bounds(self, found: Floats) -> tuple[Floats, Floats]:
        """Lower and upper bound of each column of rows; NaN when one seed is all there is."""
        if self.seeds < 2:
            return np.full(found.shape[1:], np.nan), np.full(found.shape[1:], np.nan)
        tail = NormalDist().cdf(-np.sqrt(self.seeds / (self.seeds - 1)) * t_quantile(self.seeds - 1))
        ranked = np.sort(found[1:], axis=0)
        return ranked[int(tail * DRAWS)], ranked[DRAWS - 1 - int(tail * DRAWS)]
