"""From readings to effects: each effect is one number per seed, so that intervals rest on seeds and effects pair up.

Which arm of several is the best must not be judged on the runs that it was picked on: seeds are split into even and odd
ones, and for each half the arm is picked that is best on the other half.

A figure that is no mean over seeds, such as the place of a maximum, is given as its jackknife pseudo-values (Tukey 1958): for
a mean they are the seeds' own values.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cxsim.statistics.intervals import Floats
from cxsim.studies.claims.readings import VALUE, Reading
from cxsim.studies.claims.units import APART, LOG, OF_VALUE

Runs: TypeAlias = Mapping[tuple[str, str], Floats]  # of an experiment: for each arm and name of a reading one number per seed


@dataclass(frozen=True)
class Effect:
    """One number per seed, in a unit, ``of`` the runs; from which readings, and ``what``: a level, a difference or a ratio.

    A difference of two shares is in points, one of logarithms is that of a ratio.
    """

    unit: str
    readings: tuple[Reading, ...]
    of: Callable[[Runs], Floats]
    what: str = "level"

    def __add__(self, other: "Effect") -> "Effect":
        return Effect(self.unit, self.readings + other.readings, lambda runs: self.of(runs) + other.of(runs), self.what)

    def __sub__(self, other: "Effect") -> "Effect":
        unit, readings = APART.get(self.unit, self.unit), self.readings + other.readings
        return Effect(unit, readings, lambda runs: self.of(runs) - other.of(runs), "difference")


def _told(arm: str) -> str:
    return arm.replace("_", " ")


def level(arm: str, reading: Reading) -> Effect:
    """One reading of one arm."""
    return Effect(reading.unit, (reading,), lambda runs: runs[arm, reading.name], f"level, {_told(arm)}")


def difference(treatment: str, control: str, reading: Reading) -> Effect:
    """Treatment less control."""
    what = f"difference, {_told(treatment)} less {_told(control)}"
    return replace(level(treatment, reading) - level(control, reading), what=what)


def log_ratio(treatment: str, control: str, reading: Reading) -> Effect:
    """Logarithm of treatment over control; seeds in which either is not positive are left out."""

    def measure(runs: Runs) -> Floats:
        one, other = runs[treatment, reading.name], runs[control, reading.name]
        good = (one > 0) & (other > 0)
        return np.log(np.where(good, one, np.nan)) - np.log(np.where(good, other, np.nan))

    return Effect(LOG, (reading,), measure, f"ratio, {_told(treatment)} over {_told(control)}")


def picks(options: Sequence[Floats], worst: bool = False) -> NDArray[np.intp]:
    """For each seed the option that is best (or worst) on the other half of the seeds."""
    table = np.array(options)
    seeds = np.arange(table.shape[1])
    chosen = np.zeros(len(seeds), dtype=np.intp)
    for mine, others in ((seeds[::2], seeds[1::2]), (seeds[1::2], seeds[::2])):
        if len(others):
            means = np.nan_to_num(table[:, others].mean(axis=1), nan=math.inf if worst else -math.inf)
            chosen[mine] = means.argmin() if worst else means.argmax()
    return chosen


def best_of(*options: Effect, worst: bool = False) -> Effect:
    """Value under the option that is best (or worst) on the other half of the seeds."""

    def measure(runs: Runs) -> Floats:
        table = [option.of(runs) for option in options]
        chosen: Floats = np.array(table)[picks(table, worst), np.arange(len(table[0]))]
        return chosen

    return Effect(options[0].unit, tuple(one for option in options for one in option.readings), measure)


def interior(arms: Sequence[str], reading: Reading) -> Effect:
    """Best arm within a grid less the better one of its two ends."""

    def higher(runs: Runs) -> Floats:
        return max((runs[arm, reading.name] for arm in (arms[0], arms[-1])), key=lambda values: float(np.mean(values)))

    return best_of(*(level(arm, reading) for arm in arms[1:-1])) - Effect(reading.unit, (reading,), higher)


def one_for_all(sizes: Sequence[str], strategies: Sequence[str], reading: Reading) -> Effect:
    """Loss by using at every size the strategy that is best over all sizes, instead of the best for each; mean over sizes.

    At each size values are counted in the mean of their absolute values over all strategies and seeds, so that sizes weigh
    the same.
    """

    def measure(runs: Runs) -> Floats:
        table = np.array([[runs[size + strategy, reading.name] for strategy in strategies] for size in sizes])
        table = table / np.abs(table).mean(axis=(1, 2), keepdims=True)
        seeds = np.arange(table.shape[2])
        common = picks(list(table.sum(axis=0)))
        own = [part[picks(list(part)), seeds] - part[common, seeds] for part in table]
        losses: Floats = np.mean(own, axis=0)
        return losses

    return Effect(OF_VALUE, (reading,), measure, "difference")


def jackknifed(statistic: Callable[[Runs], float], runs: Runs) -> Floats:
    """Pseudo-values of a figure that is no mean over seeds."""
    seeds, whole = len(next(iter(runs.values()))), statistic(runs)
    if seeds < 2:
        return np.full(seeds, whole)
    others = ({key: np.delete(values, seed) for key, values in runs.items()} for seed in range(seeds))
    return np.array([seeds * whole - (seeds - 1) * statistic(left) for left in others])


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


def best_log_level(arms: Sequence[str], levels: Sequence[float], reading: Reading, unit: str = LOG) -> Effect:
    """Logarithm of the level at which the mean of a reading is highest."""

    def measure(runs: Runs) -> float:
        return best_point([math.log(x) for x in levels], [float(np.mean(runs[arm, reading.name])) for arm in arms])

    return Effect(unit, (reading,), partial(jackknifed, measure))


def best_arms(*grids: Sequence[str], reading: Reading = VALUE, between: str = ", ") -> Callable[[Runs], str]:
    """Names of the arms with the highest mean of a reading, one of each grid: to be told, not to be tested."""

    def mean(values: Floats) -> float:
        known = values[~np.isnan(values)]
        return float(known.mean()) if len(known) else -math.inf

    return lambda runs: between.join(max(arms, key=lambda arm: mean(runs[arm, reading.name])) for arms in grids)
