"""What came out at every point of a sweep: mean and interval of a few measures over the replicates, point by point."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby
from typing import Any, NamedTuple

import numpy as np

from cxsim.measures.registry import RUN_MEASURES
from cxsim.narrative.formatting import in_a_cell, short_names, style_of
from cxsim.narrative.sentences import plural
from cxsim.narrative.tables import GAP, grid
from cxsim.statistics.intervals import BOUNDS, Estimate, mean_interval, share_interval
from cxsim.store import SUMMARY
from cxsim.store.tables import Columns
from cxsim.studies.sweep.design import Design

USUAL = ("value", "survived")
MOST = 2  # measures that a summary tells of


class Line(NamedTuple):
    """One arm at one point: how many firms stand behind it, and the mean of each measure with its 95 % interval."""

    point: int
    arm: str
    factors: dict[str, Any]
    firms: int
    means: dict[str, Estimate]


def told_measures(design: Design, names: Sequence[str]) -> list[str]:
    """Measures that a summary tells of: the usual ones, or else the first ones kept."""
    usual = [name for name in USUAL if name in names]
    return usual or [name for name in design.measures if name in names][:MOST]


def needed(design: Design) -> list[str]:
    """Columns of the table of runs that a summary is made of: the others need not be read."""
    return ["point", "arm", *told_measures(design, design.measures or USUAL)]


def summarize(design: Design, batches: Iterable[Columns]) -> Iterator[Line]:
    """Sum up a table of runs that comes in order of the design, an arm at a point at a time."""
    for (point, arm), parts in groupby(_blocks(batches), key=lambda part: part[0]):
        columns = [columns for _, columns in parts]
        values = {name: np.concatenate([one[name] for one in columns]) for name in told_measures(design, list(columns[0]))}
        means = {name: _mean(found) for name, found in values.items()}
        yield Line(point, arm, design.points[point], sum(len(one["point"]) for one in columns), means)


def header(design: Design, names: Sequence[str]) -> list[str]:
    """Names of the columns of the summary as a file."""
    return ["point", "arm", *design.points.keys, "firms", *(f"{name}_{bound}" for name in names for bound in BOUNDS)]


def cells(line: Line) -> list[object]:
    """Row of the summary as a file; money in cents, shares from 0 to 1."""
    means = [getattr(found, bound) for found in line.means.values() for bound in BOUNDS]
    return [line.point, line.arm, *line.factors.values(), line.firms, *means]


def table(design: Design, lines: Sequence[Line], most: int, width: int) -> list[str]:
    """Lines of the summary for a terminal of that width, of the first so many arms at points.

    A point is its factors, with the last parts of their keys as names; where not all fit, its number as well. A column of
    arms, or of firms, that is the same everywhere is left out.
    """
    names = list(lines[0].means)
    keys = design.points.keys
    factors = [[name, *(_value(line.factors[key]) for line in lines[:most])] for key, name in short_names(keys).items()]
    arms = [["arm", *(line.arm for line in lines[:most])]] if len(design.arms) > 1 else []
    differ = len({line.firms for line in lines}) > 1
    ends = [["firms", *(str(line.firms) for line in lines[:most])]] if differ else []
    ends += [[name, *(_told(name, line.means[name]) for line in lines[:most])] for name in names]
    fitting = _fitting([*arms, *ends], factors, width)
    points = [["point", *(str(line.point) for line in lines[:most])]] if fitting < len(keys) else []
    fitting = _fitting([*points, *arms, *ends], factors, width)
    columns = [*points, *factors[:fitting], *arms, *ends]
    note = [f"(and {plural(len(keys) - fitting, 'more factor')} in {SUMMARY})"] if fitting < len(keys) else []
    header, *rows = (list(row) for row in zip(*columns, strict=True))
    return [*grid(header, rows), *note]


def _fitting(always: Sequence[Sequence[str]], factors: Sequence[Sequence[str]], width: int) -> int:
    """Count the factors whose columns have room beside the others; one is shown in any case."""
    room = width - sum(max(map(len, column)) + GAP for column in always) + GAP
    taken = list(accumulate(max(map(len, column)) + GAP for column in factors))
    return max(sum(total <= room for total in taken), 1)


def _value(value: Any) -> str:
    return str(value) if isinstance(value, str | bool | int) else f"{value:.4g}"


def _told(name: str, found: Estimate) -> str:
    return in_a_cell(found, style_of(RUN_MEASURES[name].unit_of_mean))


def _blocks(batches: Iterable[Columns]) -> Iterator[tuple[tuple[int, str], Columns]]:
    """Cut batches where the point or the arm changes."""
    for batch in batches:
        rows = len(batch["point"])
        starts = [
            0,
            *(np.flatnonzero((batch["point"][1:] != batch["point"][:-1]) | (batch["arm"][1:] != batch["arm"][:-1])) + 1),
        ]
        for start, end in zip(starts, [*starts[1:], rows], strict=True):
            if end > start:
                key = int(batch["point"][start]), str(batch["arm"][start])
                yield key, {name: column[start:end] for name, column in batch.items()}


def _mean(values: Any) -> Estimate:
    known = values[~np.isnan(values)] if values.dtype.kind == "f" else values
    if values.dtype.kind == "b":
        return share_interval(int(known.sum()), len(known))
    return mean_interval(known.astype(float).tolist())
