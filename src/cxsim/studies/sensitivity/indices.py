"""Indices of sensitivity by SALib, with intervals that cover both which points were sampled and which seeds were drawn.

Replicates share their seeds over all points, so seeds and groups of points are drawn anew together (Owen 2007, Annals of
Applied Statistics 1: the two-way bootstrap, whose intervals are rather too wide than too narrow). What luck alone would add
to an index is told beside it, from how much the same step differs between seeds.
"""

import math
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeAlias

import numpy as np

from cxsim.errors import CxsimError
from cxsim.measures.registry import RUN_MEASURES
from cxsim.scenario.points import Points
from cxsim.statistics.designs import EXTRA, problem
from cxsim.statistics.intervals import Floats, t_quantile
from cxsim.statistics.resampling import times_drawn
from cxsim.studies.sensitivity.reading import Response
from cxsim.studies.sensitivity.rows import NOISE_SHARE, SPREAD, IndexRow

RESAMPLES = 1_000
SEED = 1  # of resampling; SALib takes 0 for none
HALF_NORMAL = math.sqrt(2 / math.pi)  # mean size of a standard normal number
Bounds: TypeAlias = tuple[float, float]
UNKNOWN = (math.nan, math.nan)
SHARES = ("total", "first", "second", NOISE_SHARE)  # the other indices have the unit of the measure


def require() -> str:
    """Return the version of SALib. Raises CxsimError when it, or what it needs, is not installed."""
    try:
        import SALib.analyze.morris
        import SALib.analyze.sobol  # noqa: F401
    except ImportError as error:
        package = (error.name or "SALib").partition(".")[0]
        raise CxsimError(f"sensitivity needs the package {package}, which is not there: {EXTRA}") from None
    try:
        return version("SALib")
    except PackageNotFoundError:  # pragma: no cover - installed by hand
        return "unknown"


def analyse(points: Points, responses: Iterable[Response]) -> Iterator[IndexRow]:
    """Compute every index of every response. Raises CxsimError when SALib is not there.

    Morris: ``mu_star``, ``mu`` and ``sigma``, in the unit of the values for a step over the whole range of a factor. Saltelli:
    ``total``, ``first`` and perhaps ``second``, as shares of the variance of the means at points. ``spread`` is the standard
    deviation of these means, and ``noise_share`` the share of their variance that is luck of seeds (NaN with one replicate).
    """
    require()
    for response in responses:
        found = (_Morris if points.spec.method == "morris" else _Sobol)(points, response)
        yield found.row(SPREAD, float(found.means.std()))
        yield found.row(NOISE_SHARE, noise_share(found.values))
        yield from found.indices()


def means(values: Floats) -> Floats:
    """Mean of the known replicates at every point."""
    found: Floats = np.nansum(values, axis=1) / (~np.isnan(values)).sum(axis=1)
    return found


def noise_share(values: Floats) -> float:
    """Share of the variance of means at points that is luck: what is left when each point and each seed has its own level."""
    known = ~np.isnan(values)
    freedom = int(known.sum()) - sum(values.shape) + 1
    at_points = means(values)
    if values.shape[1] < 2 or freedom < 1:
        return math.nan
    if not at_points.var():
        return 0.0
    left = np.where(known, values - at_points[:, None], 0.0)
    left -= np.where(known, left.sum(axis=0) / np.maximum(known.sum(axis=0), 1), 0.0)
    of_a_mean = (left**2).sum() / freedom * (1 / known.sum(axis=1)).mean()
    return min(float(of_a_mean / at_points.var(ddof=1)), 1.0)


class _Resampled:
    """Means at points, and what they become when groups of points and seeds are drawn again."""

    def __init__(self, points: Points, response: Response) -> None:
        self.response, self.values = response, response.values
        self.spec, self.unit, self.keys = points.spec, points.unit, points.keys
        self.block = self.spec.block(len(self.keys))  # points that belong together
        self.blocks = len(self.unit) // self.block
        self.problem = problem(len(self.keys)) | {"names": list(self.keys)}
        self.means = means(self.values)
        chance = np.random.default_rng(SEED)
        self.rows = chance.integers(self.blocks, size=(self.blocks, RESAMPLES))
        self.weights = times_drawn(chance, self.values.shape[1], RESAMPLES).T.astype(np.float64)

    def row(
        self, kind: str, value: float, factor: str = "", other: str = "", bounds: Bounds = UNKNOWN, noise: float = math.nan
    ) -> IndexRow:
        """Tell an index of a factor, or of two."""
        measure, arm, versus, _ = self.response
        unit = "share" if kind in SHARES else RUN_MEASURES[measure].unit_of_mean
        return IndexRow(measure, arm, versus, kind, factor, other, unit, value, *bounds, noise)

    def drawn(self, points: Any) -> Floats:
        """Means at one point of each group, drawn again: shape (groups, resamples)."""
        values = self.values[points]
        known = ~np.isnan(values)
        sums, counts = np.nan_to_num(values) @ self.weights, known.astype(np.float64) @ self.weights
        drawn = np.where(counts > 0, sums / np.maximum(counts, 1), self.means[points, None])
        return np.take_along_axis(drawn, self.rows, axis=0)

    def luck(self, points: Any, others: Any) -> Floats:
        """Variance, through luck of seeds, of the difference between two points of each group; NaN when it cannot be told."""
        steps = self.values[points] - self.values[others]
        known = (~np.isnan(steps)).sum(axis=1)
        mean = np.nansum(steps, axis=1) / np.maximum(known, 1)
        squares = np.nansum((steps - mean[:, None]) ** 2, axis=1)
        return np.where(known > 1, squares / np.maximum(known - 1, 1) / np.maximum(known, 1), np.nan)

    def interval(self, value: float, drawn: Floats, least: float = -math.inf) -> Bounds:
        """Interval of a figure from what it is when drawn again; ``least`` is what it cannot fall below."""
        half = t_quantile(self.blocks - 1) * float(drawn.std(ddof=1))
        return max(value - half, least), value + half


def _mean_known(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan


class _Morris(_Resampled):
    """Elementary effects: Morris 1991; mu*: Campolongo, Cariboni and Saltelli 2007."""

    def indices(self) -> Iterator[IndexRow]:
        from SALib.analyze.morris import analyze

        found = analyze(self.problem, self.unit, self.means, num_resamples=2, num_levels=self.spec.levels, seed=SEED)
        for number, key in enumerate(self.keys):
            before, after, step = self._steps(number)
            effects = (self.drawn(after) - self.drawn(before)) / step[self.rows]
            noise = math.sqrt(_mean_known(self.luck(after, before) / step**2))
            for name, drawn, least, luck in (
                ("mu_star", np.abs(effects).mean(axis=0), 0.0, HALF_NORMAL * noise),
                ("mu", effects.mean(axis=0), -math.inf, math.nan),
                ("sigma", effects.std(axis=0, ddof=1), 0.0, noise),
            ):
                value = float(found[name][number])
                yield self.row(name, value, key, "", self.interval(value, drawn, least), luck)

    def _steps(self, factor: int) -> tuple[Any, Any, Floats]:
        """Points before and after the step of a factor in each trajectory, and how long that step is."""
        paths = self.unit[:, factor].reshape(self.blocks, self.block)
        steps = np.diff(paths, axis=1)
        at = np.abs(steps).argmax(axis=1)
        before = np.arange(self.blocks) * self.block + at
        return before, before + 1, steps[np.arange(self.blocks), at]


class _Sobol(_Resampled):
    """Shares of variance. First order: Saltelli et al. 2010; total: Jansen 1999; second order: Saltelli 2002."""

    def indices(self) -> Iterator[IndexRow]:
        from SALib.analyze import sobol

        variance = self.means[np.r_[self._of(0), self._of(-1)]].var()
        if not self.means.var() or not variance:
            yield from self._nothing()
            return
        names, second = self.keys, self.spec.second_order
        found = sobol.analyze(self.problem, self.means, second, num_resamples=2, seed=SEED)
        first, last = self._of(0), self._of(-1)
        a, b = self.drawn(first), self.drawn(last)
        centre = (a.mean(axis=0) + b.mean(axis=0)) / 2
        size = np.sqrt(((a - centre) ** 2 + (b - centre) ** 2).mean(axis=0) / 2)
        size = np.where(size > 0, size, 1.0)

        def at(place: int) -> Floats:
            found: Floats = (self.drawn(self._of(place)) - centre) / size
            return found

        a, b = at(0), at(-1)
        for number, key in enumerate(names):
            noise = _mean_known(self.luck(first, self._of(1 + number))) / 2 / variance
            total, own = float(found["ST"][number]), float(found["S1"][number])
            crossed = at(1 + number)
            yield self.row("total", total, key, "", self.interval(total, sobol.total_order(a, crossed, b), 0.0), noise)
            yield self.row("first", own, key, "", self.interval(own, sobol.first_order(a, crossed, b)))
        for one, other in self._pairs():
            drawn = sobol.second_order(a, at(1 + one), at(1 + other), at(1 + len(names) + one), b)
            value = float(found["S2"][one, other])
            yield self.row("second", value, names[one], names[other], self.interval(value, drawn))

    def _nothing(self) -> Iterator[IndexRow]:
        """Give zeros: nothing varies, so that nothing can be shared out."""
        for key in self.keys:
            yield self.row("total", 0.0, key, "", (0.0, 0.0), 0.0)
            yield self.row("first", 0.0, key, "", (0.0, 0.0))
        for one, other in self._pairs():
            yield self.row("second", 0.0, self.keys[one], self.keys[other], (0.0, 0.0))

    def _pairs(self) -> list[tuple[int, int]]:
        """Pairs of factors of which a second-order index was sampled."""
        factors = range(len(self.keys)) if self.spec.second_order else range(0)
        return [(one, other) for one in factors for other in factors if one < other]

    def _of(self, place: int) -> Any:
        """Numbers of the points at one place of every group."""
        return np.arange(self.blocks) * self.block + place % self.block
