"""Results of several folders held against those of the first: which arms pair up, what differs, and by how much.

The runs of each pair are laid over each other in one table, in which results stand in place of arms.

Where runs have the same replicate seeds, differences are taken within each seed, and everything that stands beside them is of
these seeds too: the difference of two means is the mean of the differences. Where they share none, samples are independent, and
intervals are Welch's, or Newcombe's for shares of runs.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cxsim.errors import StoreError
from cxsim.measures.registry import MEANS, YES_OR_NO
from cxsim.measures.series import RunTables, bands, few_from, over_time, run_values
from cxsim.measures.tables import Columns
from cxsim.statistics.intervals import Estimate, known, share_gap_interval, welch_interval
from cxsim.studies.run.stored import RunResults
from cxsim.studies.run.summary import Plan, SummaryRow, plan_runs, possible, rows_of_one, rows_of_two

Way: TypeAlias = Literal["paired", "unpaired"]
Seeds: TypeAlias = NDArray[Any]
FEWEST_PAIRS = 2
RUN = ("seed", "replicates")
SERIES = {"status": 0.0, "customers": 0.0, "cash": 0.0, "satisfaction": math.nan}  # what a closed firm counts as
SATISFACTION = "satisfaction"


class Pair(NamedTuple):
    """Arms that are held against each other, one of each side that has it, the first side's first."""

    name: str
    arms: dict[str, str]  # by label of the side


class ComparisonRow(NamedTuple):
    """One line of ``comparison.csv``: a row of a summary whose arms are results, of the pair ``pair``.

    ``way`` says how a difference was taken: ``paired`` on the same seeds, or ``unpaired``.
    """

    pair: str
    way: str
    kind: str
    measure: str
    unit: str
    firm: str
    result: str
    versus: str
    estimate: Estimate
    significant: bool | None

    @property
    def row(self) -> SummaryRow:
        """The row, with results in place of arms."""
        return SummaryRow(*self[2:])


class Field(NamedTuple):
    """A value of the scenario that is not the same in all results; ``where`` names the arms, all of them if empty."""

    key: str
    where: str
    values: Sequence[str]


def sides(kept: Sequence[RunResults]) -> list[RunResults]:
    """Name each side by its folder, by its whole path where folders share a name. Raises :class:`StoreError`."""
    if len({one.place.path.resolve() for one in kept}) < len(kept):
        raise StoreError("a folder is named twice; name different folders of results")
    months = {one.place.shown: one.scope.months for one in kept}
    if len(set(months.values())) > 1:
        told = ", ".join(f"{shown} over {number}" for shown, number in months.items())
        raise StoreError(f"results over different numbers of months cannot be compared: {told}; run one again with --months")
    names = [one.place.path.name for one in kept]
    alone = len(set(names)) == len(names)
    return [one._replace(label=name if alone else one.place.shown) for name, one in zip(names, kept, strict=True)]


def pairs_of(compared: Sequence[RunResults]) -> list[Pair]:
    """Pair arms by name; results of one arm each pair up whatever their names. Raises :class:`StoreError` when none does."""
    arms = {side.label: side.picture.arms for side in compared}
    first = compared[0].label
    if all(len(names) == 1 for names in arms.values()):
        only = {label: names[0] for label, names in arms.items()}
        return [Pair(" / ".join(dict.fromkeys(only.values())), only)]
    found = [Pair(name, {label: name for label, names in arms.items() if name in names}) for name in arms[first]]
    found = [pair for pair in found if len(pair.arms) > 1]
    if not found:
        told = "; ".join(f"{label} has {', '.join(names)}" for label, names in arms.items())
        raise StoreError(f"no arm of {first} has a namesake to be compared with: {told}")
    return found


def firm_of(compared: Sequence[RunResults], wanted: str | None) -> str:
    """Choose the firm to answer about: the one asked for, else the focal firm of the first. Raises :class:`StoreError`."""
    plans = {side.label: side.plans for side in compared}
    firm = wanted or compared[0].scope.firm
    lacking = [label for label, names in plans.items() if firm not in names]
    if lacking:
        told = "; ".join(f"{label} has {', '.join(names)}" for label, names in plans.items())
        raise StoreError(f"no firm {firm!r} in {', '.join(lacking)}: {told}; name one that all have with --firm")
    return firm


class Counted(NamedTuple):
    """How many of the runs of a result, in a pair of arms, are counted: those whose seeds all have that pair up with it."""

    pair: str
    result: str
    runs: int
    of: int


def overlay(compared: Sequence[RunResults], pair: Pair, firm: str) -> tuple[RunTables, list[Counted]]:
    """Lay the runs of one pair over each other, results in place of arms, and say how many of each are counted."""
    mine = [side for side in compared if side.label in pair.arms]
    labels = [side.label for side in mine]
    seeds = [np.unique(side.runs["seed"][side.runs["arm"] == pair.arms[side.label]]) for side in mine]
    counted = dict(zip(labels, sample(seeds), strict=True))

    def laid(name: str) -> Columns:
        return stacked([_part(getattr(side, name), pair.arms[side.label], side.label, counted[side.label]) for side in mine])

    picture = RunTables(laid("months_table"), laid("runs"), labels, firm, mine[0].plans, mine[0].scope.months)
    return picture, [
        Counted(pair.name, label, len(counted[label]), len(every)) for label, every in zip(labels, seeds, strict=True)
    ]


def sample(seeds: Sequence[Seeds]) -> list[Seeds]:
    """Choose the seeds of each result that count: those that all have which pair up with the first; of the others, all."""
    shared, paired = seeds[0], [True]
    for one in seeds[1:]:
        paired.append(way_of(one, shared) == "paired")
        shared = np.intersect1d(shared, one) if paired[-1] else shared
    return [shared if together else one for one, together in zip(seeds, paired, strict=True)]


def _part(table: Columns, arm: str, label: str, seeds: Seeds) -> Columns:
    mine = (table["arm"] == arm) & np.isin(table["seed"], seeds)
    return labelled({"arm": label}, {name: values[mine] for name, values in table.items() if name != "arm"})


def labelled(names: Mapping[str, str], columns: Columns) -> Columns:
    """Put columns of one name each before others."""
    rows = len(next(iter(columns.values())))
    return {name: np.full(rows, text, dtype=object) for name, text in names.items()} | columns


def stacked(parts: Sequence[Columns]) -> Columns:
    """Put tables under each other, with the columns that all have."""
    shared = [name for name in parts[0] if all(name in part for part in parts)]
    return {name: np.concatenate([part[name] for part in parts]) for name in shared}


def series_table(overlaid: Mapping[str, RunTables]) -> Columns:
    """Mean and band of each measure, month by month; satisfaction only while enough firms are left to tell of it."""
    parts = []
    for pair, picture in overlaid.items():
        for (measure, missing), result in product(SERIES.items(), picture.arms):
            low, mean, high = band = bands(over_time(picture, result, picture.focal, measure, missing))
            if measure == SATISFACTION:
                band[:, few_from(picture, result) :] = np.nan
            columns = {"month": np.arange(picture.months, dtype=np.int32), "low": low, "mean": mean, "high": high}
            parts.append(labelled({"pair": pair, "measure": measure, "result": result}, columns))
    return stacked(parts)


def values_table(overlaid: Mapping[str, RunTables]) -> Columns:
    """Value of every run."""
    every = [(pair, picture, result) for pair, picture in overlaid.items() for result in picture.arms]
    return stacked(
        [labelled({"pair": pair, "result": result}, {"value": run_values(picture, result)}) for pair, picture, result in every]
    )


def compare(overlaid: Mapping[str, RunTables]) -> list[ComparisonRow]:
    """Rows of every pair and of every firm plan that both sides have, each result held against the first."""
    return [row for pair, picture in overlaid.items() for plan in picture.plans for row in _rows(pair, picture, plan)]


def _rows(pair: str, picture: RunTables, plan: str) -> Iterator[ComparisonRow]:
    found = {label: plan_runs(picture.runs, label, plan, by="seed") for label in picture.arms}
    data = {label: one for label, one in found.items() if one}
    for label, one in data.items():
        yield from (ComparisonRow(pair, "", *row) for row in rows_of_one(label, plan, one))
    first = picture.arms[0]
    for label in [label for label in data if label != first and first in data]:
        way = way_of(data[label].replicates, data[first].replicates)
        rows = (rows_of_two if way == "paired" else _rows_unpaired)(plan, (label, data[label]), (first, data[first]))
        yield from (ComparisonRow(pair, way, *row) for row in rows)


def way_of(one: Seeds, other: Seeds) -> Way:
    """Say whether runs pair up: some must have the same seed."""
    return "paired" if len(np.intersect1d(one, other)) >= min(FEWEST_PAIRS, len(one), len(other)) else "unpaired"


def _rows_unpaired(plan: str, one: tuple[str, Plan], other: tuple[str, Plan]) -> list[SummaryRow]:
    """Differences between two independent samples."""
    (result, mine), (versus, theirs) = one, other
    rows = []
    for measure, unit in MEANS.items():
        here, there = known(mine.values[measure]), known(theirs.values[measure])
        if not here or not there:
            continue
        if measure in YES_OR_NO and mine.alone and theirs.alone:
            gap = share_gap_interval(round(sum(here)), len(here), round(sum(there)), len(there))
        else:
            gap = possible(welch_interval(here, there), unit, -1.0)
        rows.append(SummaryRow("difference", measure, unit, plan, result, versus, gap, gap.significant))
    return rows


def differing(compared: Sequence[RunResults], pairs: Sequence[Pair]) -> list[Field]:
    """Every value of the scenarios that is not the same in all results; what differs alike in all arms is told once."""
    found = [Field(name, "", [_text(side.scenario[name]) for side in compared]) for name in RUN]
    by_key: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for pair in pairs:
        arms = [_flat(side.scenario["arms"].get(pair.arms.get(side.label), {})) for side in compared]
        for key in dict.fromkeys(key for arm in arms for key in arm):
            values = tuple(_text(arm.get(key)) for arm in arms)
            if len({value for value, arm in zip(values, arms, strict=True) if arm}) > 1:
                by_key.setdefault((key, values), []).append(pair.name)
    for (key, values), names in by_key.items():
        found.append(Field(key, "" if len(names) == len(pairs) else ", ".join(names), values))
    return [field for field in found if len(set(field.values)) > 1]


def _flat(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            out |= _flat(value, (*path, key))
        elif (*path, key) != ("title",):
            out[".".join((*path, key))] = value
    return out


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:,}" if isinstance(value, int) else str(value)


def remarks(compared: Sequence[RunResults], pairs: Sequence[Pair]) -> Iterator[str]:
    """Say what else to know: the same content, other versions of the model, arms that are left out, runs that failed."""
    first = compared[0]
    for side in compared[1:]:
        mine, theirs = side.manifest["identity"], first.manifest["identity"]
        if mine == theirs:
            yield f"{side.label} and {first.label} hold the same results: the same scenario, seeds and model"
        for part in ("model", "tables"):
            if mine[part] != theirs[part]:
                made = f"{side.label} and {first.label} were made by different versions of the {part}"
                yield f"{made}: that too may make a difference"
    paired = {(label, arm) for pair in pairs for label, arm in pair.arms.items()}
    for side in compared:
        left = [arm for arm in side.scope.arms if (side.label, arm) not in paired]
        if left:
            yield f"only in {side.label}, or without a finished run, and left out: {', '.join(left)}"
        if failures := side.manifest["failures"]:
            yield f"{len(failures)} runs of {side.label} failed and are missing"
    for pair in pairs:
        if len(set(pair.arms.values())) > 1:
            yield "one arm each, so these are compared: " + ", ".join(f"{arm} of {label}" for label, arm in pair.arms.items())
