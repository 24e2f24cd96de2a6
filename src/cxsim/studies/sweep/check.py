"""Checks of a sweep before anything is run: the measures that it keeps, and values that contradict one another at a point."""

import itertools
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from cxsim.errors import Problem, ScenarioError
from cxsim.measures.registry import RUN_MEASURES
from cxsim.scenario import Scenario
from cxsim.scenario.dollars import Cents
from cxsim.scenario.layers import Setting
from cxsim.scenario.load import in_order
from cxsim.scenario.messages import MOST_TOLD, nearest, short
from cxsim.scenario.money import doubtful_amounts
from cxsim.scenario.points import Points
from cxsim.scenario.unused_levers import unused_levers
from cxsim.scenario.variants import described

if TYPE_CHECKING:
    from cxsim.studies.sweep.design import Design

MOST_CHECKED = 10_000
MOST_POINTS_TOLD = 20
MOST_WARNED = 200  # points of a design of which each is looked at for warnings
MOST_CORNERS = 4096
_GOLDEN = 0.6180339887498949  # steps of this share fall in no pattern with the rows of a grid


class Checked(NamedTuple):
    """How many points there are, how many were checked and how many of these cannot be run, with the first problems."""

    points: int
    checked: int
    wrong: int
    problems: tuple[Problem, ...]

    @property
    def all_checked(self) -> bool:
        """Tell whether every point was checked; otherwise the rest is found when it is run."""
        return self.checked == self.points


def check(design: "Design") -> Checked:
    """Refuse a sweep with measures that there are not, or with points that contradict themselves: ScenarioError with all."""
    check_measures(design, RUN_MEASURES)
    found = check_points(design)
    if found.problems:
        raise ScenarioError(list(found.problems))
    return found


def check_measures(design: "Design", allowed: Collection[str]) -> None:
    """Raise :class:`ScenarioError` when a measure to keep is not among those that there are."""
    strange = [(index, name) for index, name in enumerate(design.measures) if name not in allowed]
    problems = [
        Problem(
            design.where(f"measures.{index}"),
            "measures",
            f"no measure '{short(name)}'; docs/data.md lists them{nearest(name, allowed)}",
        )
        for index, name in strange[:MOST_TOLD]
    ]
    if problems:
        raise ScenarioError(problems)


def check_points(design: "Design", most: int = MOST_CHECKED) -> Checked:
    """Check every point, or of more than ``most`` a spread of them and the corners of a grid.

    At most 20 different problems are told, each with the values of the first point that has it. Raises
    :class:`ScenarioError` when points cannot be made at all.
    """
    points = design.points
    numbers = range(len(points)) if len(points) <= most else spread_over(points, most)
    problems: dict[tuple[str, str], Problem] = {}
    wrong = 0
    for number in numbers:
        values = points[number]
        faults = faults_at(design, values, number)
        wrong += bool(faults)
        for one in faults if len(problems) < MOST_POINTS_TOLD else ():
            told = one._replace(message=f"{one.message} (point {number:,}{described(values, ': ')})")
            problems.setdefault((one.key, one.message), told)
    return Checked(len(points), len(numbers), wrong, tuple(problems.values())[:MOST_POINTS_TOLD])


def faults_at(design: "Design", values: Mapping[str, Any], number: int = 0) -> list[Problem]:
    """List what is wrong with a point in the arms of a sweep, at the place where its factor or its line stands."""
    try:
        scenario_at(design, values, number)
    except ScenarioError as error:
        return error.problems
    return []


def scenario_at(design: "Design", values: Mapping[str, Any], number: int) -> Scenario:
    """Return the scenario of a point in the arms of a sweep. Raises ScenarioError, at the place of its factor or its line."""
    line = f"{design.where('points')}:{design.lines[number]}:1" if design.lines else ""
    return design.variants.placed(_settings(design, values, line), design.arms)


def _settings(design: "Design", values: Mapping[str, Any], line: str = "") -> list[Setting]:
    """Put the values of a point where they stand; whole amounts that are written in dollars are known as such."""
    dollars = {key: Cents(values[key]) for key in design.in_dollars if values[key] == int(values[key])}
    placed = {**values, **dollars}
    return [Setting(tuple(key.split(".")), value, *[line or design.where(key)] * 2) for key, value in placed.items()]


def warnings(design: "Design") -> list[Problem]:
    """Warn, once, of what a scenario with the values of a point would be warned of: of a large design, at a spread of points.

    A lever is told that does nothing at any point, an amount that is doubtful at some.
    """
    points = design.points
    numbers = range(len(points)) if len(points) <= MOST_WARNED else spread_over(points, MOST_WARNED)
    unused: set[Problem] | None = None
    doubtful: dict[str, Problem] = {}
    for number in numbers:
        try:
            drafts = design.variants.assembled(_settings(design, points[number]), design.arms).drafts
        except ScenarioError:
            continue
        idle = unused_levers(drafts, "")  # a scenario may have levers for other arms or points than these
        unused = set(idle) if unused is None else unused.intersection(idle)
        for one in doubtful_amounts(drafts, design.variants.label):
            doubtful.setdefault(one.key, one)
    return in_order([*sorted(unused or ()), *doubtful.values()])


def spread_over(points: Points, most: int) -> list[int]:
    """Numbers of points that lie everywhere in a design, with the corners of a grid and each of its values."""
    size = len(points)
    spread = {int(index * _GOLDEN % 1 * size) for index in range(most)}
    extremes = set(itertools.islice(_extremes(points), MOST_CORNERS)) if points.spec.method == "grid" else set()
    return sorted(spread | extremes | {0, size - 1})


def _extremes(grid: Points) -> Iterator[int]:
    strides, sizes = [], [len(factor.values) for factor in grid.factors]
    stride = len(grid)
    for size in sizes:
        stride //= size
        strides.append(stride)
    for size, step in zip(sizes, strides, strict=True):
        yield from (index * step for index in range(size))
    ends = [(0, (size - 1) * step) for size, step in zip(sizes, strides, strict=True)]
    yield from (sum(corner) for corner in itertools.product(*ends))
