"""The phase map: the best moment over one or two parameters, with regions never, at once, and dies anyway."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from cxsim.errors import Problem, ScenarioError
from cxsim.measures.tables import Columns
from cxsim.model.params import specs
from cxsim.narrative.formatting import Style, percent, with_interval
from cxsim.scenario import Scenario
from cxsim.scenario.messages import nearest, short
from cxsim.scenario.schema import FIRM_GROUPS, GROUPS
from cxsim.statistics.figures import columns_of
from cxsim.statistics.intervals import Estimate, Floats
from cxsim.statistics.resampling import middle, resampled_means
from cxsim.studies.base import Runner
from cxsim.studies.pivot.sample import Sample
from cxsim.studies.pivot.search import Query, search

MOST_CELLS = 2_500
MOST_AXES = 2
CANDIDATES = 12  # months that are tried in each cell, unless a step is asked for
CELL_RUNS = 40  # replicates in each cell, unless there are fewer in all
RESAMPLES = 500

Load = Callable[[Sequence[str]], Scenario]


class Axis(NamedTuple):
    """A parameter and the values that it takes."""

    key: str
    values: Sequence[float]


class Cell:
    """What was found at one point of the map. Money in cents.

    It is not ``sure`` where never to pivot and some moment may both be the best.
    """

    def __init__(self, sample: Sample) -> None:
        value, survived, best = sample.value, sample.survived, sample.best
        self.region, self.n, self.sure, self.moment = _region(sample), sample.runs, sample.verdict != "open", sample.level
        self.value_best, self.value_never = float(value[:, best].mean()), float(value[:, -1].mean())
        self.lead_over_never, _ = sample.less(int(value[:, :-1].mean(axis=0).argmax()), sample.never)
        self.survived_best, self.survived_never = float(survived[:, best].mean()), float(survived[:, -1].mean())

    def word(self, figure: Style) -> str:
        """Name the best moment, or the region; with a question mark while never may be as good."""
        named = self.region == "moment" and math.isfinite(self.moment.mean)
        return (figure(round(self.moment.mean)) if named else self.region) + ("" if self.sure else " ?")


def _region(sample: Sample) -> str:
    if sample.verdict == "same":
        return "no difference"
    if sample.dies:
        return "dies anyway"
    return {sample.never: "never", 0: "at once"}.get(sample.best, "moment")


class PhaseMap:
    """Samples at points, which have a value for each key, and a cell for each."""

    def __init__(self, keys: Sequence[str], found: Mapping[tuple[float, ...], Sample]) -> None:
        self.keys, self.points, self.samples = keys, list(found), list(found.values())
        self.cells = [Cell(sample) for sample in self.samples]

    def columns(self) -> Columns:
        """One row a point."""
        at = [dict(zip(self.keys, point, strict=True)) for point in self.points]
        return columns_of(place | vars(cell) for place, cell in zip(at, self.cells, strict=True))


def axis_of(text: str) -> Axis:
    """Read ``key=low:high:number``. Raises ScenarioError when it says something else, or no number of the scenario."""
    where, (key, _, numbers) = f"--map {short(text)}", text.partition("=")
    try:
        low, high, number = (kind(part) for kind, part in zip((float, float, int), numbers.split(":"), strict=True))
        good = -math.inf < low < high < math.inf and number > 1
    except ValueError:
        good = False
    if not good:
        message = "not an axis; allowed: key=low:high:number, such as market.homogeneity=0:1:9"
        raise ScenarioError([Problem(where, "", message)])
    if number > MOST_CELLS:
        raise ScenarioError([Problem(where, "", f"too many values; allowed: at most {MOST_CELLS:,} cells in all")])
    values = np.linspace(low, high, int(number)).tolist()
    whole = _kind(key.strip(), where) is int
    return Axis(key.strip(), list(dict.fromkeys(map(round, values))) if whole else values)


def _kind(key: str, where: str) -> type:
    """Type of the parameter that a key names."""
    groups = GROUPS | FIRM_GROUPS
    *_, group, name = ("", "", *key.split("."))
    if group not in groups:
        message = f"no such group of parameters; allowed: {', '.join(groups)}{nearest(group, groups)}"
        raise ScenarioError([Problem(where, key, message)])
    known = {one: kind for one, (kind, spec) in specs(groups[group]).items() if kind is not bool and not spec.choices}
    if name not in known:
        message = f"no such number; allowed: {', '.join(known)}{nearest(name, known)}"
        raise ScenarioError([Problem(where, key, message)])
    return known[name]


def axes_of(texts: Sequence[str]) -> list[Axis]:
    """Read every axis. Raises ScenarioError for more than two, for one that comes twice, and for too many cells."""
    axes = [axis_of(text) for text in texts]
    names = [axis.key for axis in axes]
    cells = math.prod(len(axis.values) for axis in axes)
    for wrong, message in (
        (len(axes) > MOST_AXES, f"{len(axes)} parameters; allowed: at most {MOST_AXES}"),
        (len(set(names)) < len(names), f"{next(iter(names), '')} comes twice"),
        (cells > MOST_CELLS, f"{cells:,} cells; allowed: at most {MOST_CELLS:,}"),
    ):
        if wrong:
            raise ScenarioError([Problem("--map", "", message)])
    return axes


def load_cells(axes: Sequence[Axis], load: Load, runs: int | None) -> dict[tuple[float, ...], Scenario]:
    """Load the scenario of every point, so that a value out of bounds is found before anything is run."""
    number = runs or min(load([]).replicates, CELL_RUNS)
    settings = product(*([f"{axis.key}={value!r}" for value in axis.values] for axis in axes))
    points = product(*(map(float, axis.values) for axis in axes))
    return {point: load([*values, f"replicates={number}"]) for point, values in zip(points, settings, strict=True)}


def run_cells(
    axes: Sequence[Axis], cells: Mapping[tuple[float, ...], Scenario], query: Query, runner: Runner
) -> PhaseMap | None:
    """Find the best moment in every cell, on the same seeds in all; None when no run of any cell came to its end."""
    found: dict[tuple[float, ...], Sample] = {}
    with runner.stage(sum(scenario.replicates for scenario in cells.values())):
        for at, scenario in cells.items():
            step = query.step or (max(math.ceil(scenario.months / CANDIDATES), 1) if query.by == "month" else None)
            sample = search(scenario, query._replace(precision=None, step=step), runner)
            if sample.trials:
                found[at] = sample
    return PhaseMap([axis.key for axis in axes], found) if found else None


def sentences_on(found: PhaseMap) -> Iterator[str]:
    """Say which regions there are, and, over one parameter, from where on pivoting pays."""
    regions = [cell.region for cell in found.cells]
    names = {"moment": "some moment in between"}
    shares = [
        f"{names.get(region, region)} in {percent(regions.count(region) / len(regions))}" for region in dict.fromkeys(regions)
    ]
    yield f"Over {' and '.join(found.keys)} ({len(regions)} cells): {', '.join(shares)}."
    if len(found.keys) == 1:
        for up, where in turning_points(found):
            verb = "pays" if up else "no longer pays"
            yield f"From {found.keys[0]} = {with_interval(where, lambda x: f'{x:.4g}')} on, pivoting {verb}, against never."


def turning_points(found: PhaseMap) -> Iterator[tuple[bool, Estimate]]:
    """Where along one parameter the best pivot comes to lead never, or falls behind, by straight lines between cells.

    Intervals come from seeds resampled alike in all cells, which have the same seeds.
    """
    at = np.array([point[0] for point in found.points])
    leads = np.array([_lead(sample.value.mean(axis=0, keepdims=True)) for sample in found.samples])[:, 0]
    again = np.array([_lead(resampled_means(sample.value, RESAMPLES)) for sample in found.samples])
    for k in np.flatnonzero((leads[:-1] > 0) != (leads[1:] > 0)):
        up = bool(leads[k + 1] > 0)
        where, *others = (_nearest_crossing(at, one, up, float(at[k])) for one in (leads, *again.T))
        yield up, Estimate(where, *middle(others), found.samples[int(k)].runs)


def _lead(means: Floats) -> Floats:
    lead: Floats = means[:, :-1].max(axis=1) - means[:, -1]
    return lead


def _nearest_crossing(at: Floats, lead: Floats, up: bool, near: float) -> float:
    before, after = lead[:-1], lead[1:]
    k = np.flatnonzero((before <= 0) & (after > 0) if up else (before > 0) & (after <= 0))
    places = at[k] + (at[k + 1] - at[k]) * lead[k] / (lead[k] - lead[k + 1])
    return float(places[np.abs(places - near).argmin()]) if len(k) else math.nan
