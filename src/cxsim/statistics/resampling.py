"""The bootstrap over seeds: what figures become when seeds are drawn again, with replacement (Efron 1979).

Seeds are drawn whole, so whatever the futures of one seed have in common stays in common.
"""

from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cxsim.statistics.intervals import LEVEL, Estimate, Floats, t_quantile

RESAMPLES = 2_000
AT_A_TIME = 200  # resamples that are held in memory together
DRAWS = 999
SALT = 0x5E41  # keeps the draws of ``Resamples`` apart from others with the same seed


def times_drawn(chance: np.random.Generator, seeds: int, resamples: int) -> NDArray[np.int64]:
    """How often each of some seeds is drawn in each resample: shape (resamples, seeds), each row with the sum ``seeds``."""
    return chance.multinomial(seeds, np.full(seeds, 1 / seeds), resamples)


def resampled_means(values: Floats, resamples: int = RESAMPLES, seed: int = 0) -> Floats:
    """Mean of each column over resamples of the rows, which are seeds: shape (resamples, columns)."""
    chance, n = np.random.default_rng(seed), len(values)
    sizes = (min(AT_A_TIME, resamples - first) for first in range(0, resamples, AT_A_TIME))
    return np.concatenate([times_drawn(chance, n, size) @ values / n for size in sizes])


def middle(found: Any, method: Literal["linear", "nearest"] = "linear") -> tuple[float, float]:
    """Bounds of the middle 95 % of what came out of resamples, NaN left out."""
    low, high = np.nanquantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method=method)
    return float(low), float(high)


class Resamples:
    """One set of draws for all figures of an audit, so that differences between them pair up: weights of seeds by row.

    Row 0 takes each seed once, each other row as often as it was drawn. Figures such as the place of a maximum are no means
    over seeds: they are worked out from the means of every row, and their interval holds the middle 95 % of what comes out.
    For few seeds such intervals are too narrow, since drawn seeds vary less than new ones would, by (n - 1) / n, and since a
    normal quantile stands for that of Student's t. The levels are moved out by both (Hesterberg 2015, The American
    Statistician 69(4)).
    """

    def __init__(self, seeds: int, seed: int) -> None:
        drawn = times_drawn(np.random.default_rng([seed, SALT]), seeds, DRAWS)
        self.seeds = seeds
        self.weights: Floats = np.vstack([np.ones(seeds), drawn]) / seeds

    def means(self, values: NDArray[Any]) -> Floats:
        """Mean over seeds, the last axis, for every row: shape (rows, ...)."""
        found: Floats = np.moveaxis(np.asarray(values, float) @ self.weights.T, -1, 0)
        return found

    def interval(self, found: Floats) -> Estimate:
        """Figure of row 0 with the interval of all others; infinite values (*never*) count as the largest."""
        return self.intervals(found[:, None])[0]

    def intervals(self, found: Floats) -> list[Estimate]:
        """Figure of row 0 for each column, with its interval."""
        low, high = self.bounds(found)
        columns = zip(found[0].tolist(), low.tolist(), high.tolist(), strict=True)
        return [Estimate(*column, self.seeds) for column in columns]

    def bounds(self, found: Floats) -> tuple[Floats, Floats]:
        """Lower and upper bound of each column of rows; NaN when one seed is all there is."""
        if self.seeds < 2:
            return np.full(found.shape[1:], np.nan), np.full(found.shape[1:], np.nan)
        tail = NormalDist().cdf(-np.sqrt(self.seeds / (self.seeds - 1)) * t_quantile(self.seeds - 1))
        ranked = np.sort(found[1:], axis=0)
        return ranked[int(tail * DRAWS)], ranked[DRAWS - 1 - int(tail * DRAWS)]
