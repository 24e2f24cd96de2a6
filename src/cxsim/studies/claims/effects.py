"""From readings to effects: each effect is one number per seed, so that intervals rest on seeds and effects pair up.

Which arm of several is the best must not be judged on the runs that it was picked on: seeds are split into even and odd
ones, and for each half the arm is picked that is best on the other half.

A figure that is no mean over seeds, such as the place of a maximum, is given as its jackknife pseudo-values (Tukey 1958): for
a mean they are the seeds' own values.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cxsim.statistics.intervals import Floats


class Runs(NamedTuple):
    """Readings of all runs of an experiment: for each arm and reading one number per seed."""

    found: Mapping[str, Mapping[str, Floats]]

    def get(self, arm: str, reading: str) -> Floats:
        """Return one number per seed."""
        return self.found[arm][reading]

    def without(self, seed: int) -> "Runs":
        """Leave out one seed."""
        return Runs({arm: {name: np.delete(x, seed) for name, x in part.items()} for arm, part in self.found.items()})


Effect: TypeAlias = Callable[[Runs], Floats]
Statistic: TypeAlias = Callable[[Runs], float]
Cell: TypeAlias = tuple[str, str]  # arm and reading


def level(arm: str, reading: str) -> Effect:
    """One reading of one arm."""
    return lambda runs: runs.get(arm, reading)


def difference(treatment: str, control: str, reading: str) -> Effect:
    """Treatment less control."""
    return lambda runs: runs.get(treatment, reading) - runs.get(control, reading)


def log_ratio(treatment: Cell, control: Cell) -> Effect:
    """Logarithm of the ratio of two readings; seeds in which either is not positive are left out."""

    def measure(runs: Runs) -> Floats:
        one, other = runs.get(*treatment), runs.get(*control)
        good = (one > 0) & (other > 0)
        return np.log(np.where(good, one, np.nan)) - np.log(np.where(good, other, np.nan))

    return measure


def added(*effects: Effect) -> Effect:
    """Sum of effects."""
    return lambda runs: np.sum([effect(runs) for effect in effects], axis=0)


def less(one: Effect, other: Effect) -> Effect:
    """Difference of two effects."""
    return lambda runs: one(runs) - other(runs)


def halves(seeds: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Even and odd seeds."""
    return np.arange(0, seeds, 2), np.arange(1, seeds, 2)


def picks(options: Sequence[Floats], worst: bool = False) -> NDArray[np.intp]:
    """For each seed the option that is best (or worst) on the other half of the seeds."""
    table = np.array(options)
    chosen = np.zeros(table.shape[1], dtype=np.intp)
    even, odd = halves(table.shape[1])
    for mine, others in ((even, odd), (odd, even)):
        if len(others):
            means = np.nan_to_num(table[:, others].mean(axis=1), nan=math.inf if worst else -math.inf)
            chosen[mine] = means.argmin() if worst else means.argmax()
    return chosen


def best_of(cells: Sequence[Cell], worst: bool = False) -> Effect:
    """Value under the cell that is best (or worst) on the other half of the seeds."""

    def measure(runs: Runs) -> Floats:
        table = [runs.get(*cell) for cell in cells]
        chosen: Floats = np.array(table)[picks(table, worst), np.arange(len(table[0]))]
        return chosen

    return measure


def interior(arms: Sequence[str], reading: str) -> Effect:
    """Best arm within a grid less the better one of its two ends."""

    def measure(runs: Runs) -> Floats:
        inner = best_of([(arm, reading) for arm in arms[1:-1]])(runs)
        ends = [runs.get(arms[0], reading), runs.get(arms[-1], reading)]
        higher: Floats = max(ends, key=lambda values: float(np.mean(values)))
        return inner - higher

    return measure


def one_for_all(sizes: Sequence[str], strategies: Sequence[str], reading: str) -> Effect:
    """Loss by using at every size the strategy that is best over all sizes, instead of the best for each; mean over sizes.

    At each size values are counted in the mean of their absolute values over all strategies and seeds, so that sizes weigh
    the same.
    """

    def measure(runs: Runs) -> Floats:
        table = np.array([[runs.get(size + strategy, reading) for strategy in strategies] for size in sizes])
        table = table / np.abs(table).mean(axis=(1, 2), keepdims=True)
        seeds = np.arange(table.shape[2])
        common = picks(list(table.sum(axis=0)))
        own = [part[picks(list(part)), seeds] - part[common, seeds] for part in table]
        losses: Floats = np.mean(own, axis=0)
        return losses

    return measure


def jackknifed(statistic: Statistic) -> Effect:
    """Pseudo-values of a figure that is no mean over seeds."""

    def measure(runs: Runs) -> Floats:
        seeds = len(next(iter(next(iter(runs.found.values())).values())))
        whole = statistic(runs)
        if seeds < 2:
            return np.full(seeds, whole)
        return np.array([seeds * whole - (seeds - 1) * statistic(runs.without(seed)) for seed in range(seeds)])

    return measure


def best_point(levels: Sequence[float], values: Sequence[float]) -> float:
    """Place of the maximum: the vertex of the parabola through the best point and its neighbours; an end when that is best.

    >>> best_point([0, 1, 2, 3], [0, 3, 4, 3]), best_point([0, 1, 2], [0, 1, 2])
    (2.0, 2.0)
    """
    best = int(np.argmax(values))
    if best in (0, len(levels) - 1):
        return float(levels[best])
    (a, b, c), (x, y, z) = levels[best - 1 : best + 2], values[best - 1 : best + 2]
    above = (b - a) ** 2 * (y - z) - (b - c) ** 2 * (y - x)
    below = (b - a) * (y - z) - (b - c) * (y - x)
    return float(b - above / (2 * below)) if below else float(b)


def best_log_level(arms: Sequence[str], levels: Sequence[float], reading: str) -> Statistic:
    """Logarithm of the level at which the mean of a reading is highest."""

    def measure(runs: Runs) -> float:
        return best_point([math.log(x) for x in levels], [float(np.mean(runs.get(arm, reading))) for arm in arms])

    return measure


def best_arms(*grids: Sequence[str], between: str = ", ") -> Callable[[Runs], str]:
    """Names of the arms with the highest mean value, one of each grid."""
    return lambda runs: between.join(best_arm(runs, arms, "value") for arms in grids)


def best_arm(runs: Runs, arms: Sequence[str], reading: str) -> str:
    """Arm with the highest mean, to be told, not to be tested."""
    return max(arms, key=lambda arm: _mean_or_least(runs.get(arm, reading)))


def _mean_or_least(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else -math.inf
