"""The phase map: the best moment over one or two parameters, with regions never, at once, and dies anyway."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from cxsim.errors import Problem, ScenarioError
from cxsim.model.params import specs
from cxsim.narrative.formatting import percent, with_interval
from cxsim.scenario import Scenario
from cxsim.scenario.messages import nearest, short
from cxsim.scenario.schema import FIRM_GROUPS, GROUPS
from cxsim.statistics.figures import columns_of
from cxsim.statistics.intervals import Estimate, Floats, mean_interval
from cxsim.statistics.resampling import middle, resampled_means
from cxsim.studies.base import Runner
from cxsim.studies.pivot.search import DIES, Best, Query, Sample, best_of, level_of, search, verdict

MOST_CELLS = 2_500
MOST_AXES = 2
CANDIDATES = 12  # months that are tried in each cell, unless a step is asked for
CELL_RUNS = 40  # replicates in each cell, unless there are fewer in all
RESAMPLES = 500

Load = Callable[[Sequence[str]], Scenario]


class Axis(NamedTuple):
    """A parameter and the values that it takes."""

    key: str
    values: tuple[float, ...]
    whole: bool = False

    def settings(self) -> list[str]:
        """One setting of the scenario a value."""
        return [f"{self.key}={int(value) if self.whole else value!r}" for value in self.values]


class Cell(NamedTuple):
    """What was found at one point of the map."""

    at: tuple[float, ...]
    sample: Sample
    best: Best
    region: str


def axis_of(text: str) -> Axis:
    """Read ``key=low:high:number``. Raises ScenarioError when it says something else, or no number of the scenario."""
    where = f"--map {short(text)}"
    key, equals, numbers = text.partition("=")
    parts = numbers.split(":")
    try:
        low, high, number = float(parts[0]), float(parts[1]), int(parts[2])
    except (ValueError, IndexError):
        equals = ""
    if not equals or len(parts) != 3 or not (math.isfinite(low) and math.isfinite(high)) or not (low < high and number > 1):
        message = "not an axis; allowed: key=low:high:number, such as market.homogeneity=0:1:9"
        raise ScenarioError([Problem(where, "", message)])
    values = np.linspace(low, high, number).tolist() if number <= MOST_CELLS else []
    if not values:
        raise ScenarioError([Problem(where, "", f"too many values; allowed: at most {MOST_CELLS:,} cells in all")])
    if _kind(key.strip(), where) is int:
        return Axis(key.strip(), tuple(float(value) for value in dict.fromkeys(round(value) for value in values)), True)
    return Axis(key.strip(), tuple(values))


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


def load_cells(axes: Sequence[Axis], load: Load, runs: int | None) -> list[tuple[tuple[float, ...], Scenario]]:
    """Load the scenario of every point, so that a value out of bounds is found before anything is run."""
    cells = []
    for point in product(*(zip(axis.values, axis.settings(), strict=True) for axis in axes)):
        scenario = load([setting for _, setting in point])
        number = runs or min(scenario.replicates, CELL_RUNS)
        cells.append((tuple(value for value, _ in point), load([*(text for _, text in point), f"replicates={number}"])))
    return cells


def run_cells(cells: Sequence[tuple[tuple[float, ...], Scenario]], query: Query, runner: Runner) -> list[Cell]:
    """Find the best moment in every cell, on the same seeds in all."""
    found: list[Cell] = []
    with runner.stage(sum(scenario.replicates for _, scenario in cells)):
        for at, scenario in cells:
            step = query.step or (max(math.ceil(scenario.months / CANDIDATES), 1) if query.by == "month" else None)
            sample = search(scenario, query._replace(precision=None, step=step), runner)
            if sample.trials:
                found.append(_cell(at, sample))
    return found


def _cell(at: tuple[float, ...], sample: Sample) -> Cell:
    best = best_of(sample)
    last = len(sample.labels) - 1
    if verdict(sample, best) == "same":
        region = "no difference"
    elif sample.table("survived").mean(axis=0).max() < DIES:
        region = "dies anyway"
    else:
        region = "never" if best.column == last else "at once" if best.column == 0 else "moment"
    return Cell(at, sample, best, region)


def cells_table(axes: Sequence[Axis], cells: Sequence[Cell]) -> pd.DataFrame:
    """One row a cell. ``sure`` is false where never to pivot and some moment may both be the best. Money in cents."""
    rows = []
    for cell in cells:
        value, lives = cell.sample.table("value"), cell.sample.table("survived")
        pivot = int(value[:, :-1].mean(axis=0).argmax())
        lead = mean_interval((value[:, pivot] - value[:, -1]).tolist())
        rows.append(
            {axis.key: at for axis, at in zip(axes, cell.at, strict=True)}
            | {"region": cell.region, "n": len(value), "sure": verdict(cell.sample, cell.best) != "open"}
            | columns_of("moment", level_of(cell.sample, cell.best))
            | {"value_best": value[:, cell.best.column].mean(), "value_never": value[:, -1].mean()}
            | columns_of("lead_over_never", lead)
            | {"survived_best": lives[:, cell.best.column].mean(), "survived_never": lives[:, -1].mean()}
        )
    return pd.DataFrame(rows)


def sentences_on(axes: Sequence[Axis], cells: Sequence[Cell]) -> Iterator[str]:
    """Say which regions there are, and, over one parameter, from where on pivoting pays."""
    regions = [cell.region for cell in cells]
    names = {"moment": "some moment in between"}
    shares = [
        f"{names.get(region, region)} in {percent(regions.count(region) / len(regions))}" for region in dict.fromkeys(regions)
    ]
    keys = " and ".join(axis.key for axis in axes)
    yield f"Over {keys} ({len(cells)} cells): {', '.join(shares)}."
    if len(axes) == 1:
        for up, found in turning_points(cells):
            verb = "pays" if up else "no longer pays"
            yield f"From {axes[0].key} = {with_interval(found, lambda x: f'{x:.4g}')} on, pivoting {verb}, against never."


def turning_points(cells: Sequence[Cell]) -> Iterator[tuple[bool, Estimate]]:
    """Where along one parameter the best pivot comes to lead never, or falls behind, by straight lines between cells.

    Intervals come from seeds resampled alike in all cells, which have the same seeds.
    """
    at = np.array([cell.at[0] for cell in cells])
    leads = np.array([_lead(cell.sample.table("value").mean(axis=0, keepdims=True)) for cell in cells])[:, 0]
    again = np.array([_lead(resampled_means(cell.sample.table("value"), RESAMPLES)) for cell in cells])
    for k in np.flatnonzero((leads[:-1] > 0) != (leads[1:] > 0)):
        up = bool(leads[k + 1] > 0)
        found = [_nearest_crossing(at, one, up, float(at[k])) for one in again.T]
        where = _nearest_crossing(at, leads, up, float(at[k]))
        yield up, Estimate(where, *middle(found), len(cells[int(k)].sample.trials))


def _lead(means: Floats) -> Floats:
    lead: Floats = means[:, :-1].max(axis=1) - means[:, -1]
    return lead


def _crossings(at: Floats, lead: Floats, up: bool) -> Floats:
    k = np.flatnonzero((lead[:-1] <= 0) & (lead[1:] > 0) if up else (lead[:-1] > 0) & (lead[1:] <= 0))
    places: Floats = at[k] + (at[k + 1] - at[k]) * lead[k] / (lead[k] - lead[k + 1])
    return places


def _nearest_crossing(at: Floats, lead: Floats, up: bool, near: float) -> float:
    found = _crossings(at, lead, up)
    return float(found[np.abs(found - near).argmin()]) if len(found) else math.nan
