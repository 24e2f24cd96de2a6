"""What all runs of a scenario say together: means, medians, and differences between arms on the same seeds.

A firm that closed counts in every mean with what it left behind: no customers, no staff, and the value of the cash flow it
had. Only what a closed firm cannot have (satisfaction, the month of a pivot that never came) is taken over fewer runs, and
``n`` says over how many. Where runs failed, all arms are summed up over the replicates that each of them has, so that the
difference of two means is the mean of the differences.

Value is a small loss in most runs and a fortune in a few, so its mean is told along with its median, with how many runs hold
most of it, and with how often one arm is worth more than another. Student's t intervals of means are rough for such values
unless runs are many. They know nothing of what is possible either: those of shares are cut at 0 and 1 and those of counts at
0, which makes them no surer than they were.
"""

from collections.abc import Sequence
from functools import reduce
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.measures.registry import HEAVY_TAILED, KNOWN, MEANS, MEDIANS, NEVER_NEGATIVE, YES_OR_NO
from cxsim.measures.tables import Columns
from cxsim.statistics.intervals import Estimate, known, mean_interval, median_interval, share_interval
from cxsim.statistics.ranks import carriers


class SummaryRow(NamedTuple):
    """One line of the summary. A difference is ``arm`` less ``versus`` for the same seeds.

    ``share_better`` is the share of seeds for which ``arm`` has more than ``versus``, and ``share_equal`` of those for which
    both have the same. ``carriers`` is the fewest runs that together hold more than half of the sum of all positive values.
    """

    kind: str
    measure: str
    unit: str
    firm: str
    arm: str
    versus: str
    estimate: Estimate
    significant: bool | None


class Plan(NamedTuple):
    """The runs of one arm and firm plan: replicates or seeds, and the mean of each measure over the plan's firms in each."""

    replicates: NDArray[Any]
    values: dict[str, NDArray[np.float64]]
    alone: bool  # one firm per run, so that shares of runs are counts


def of_all_arms(table: Columns, runs: Columns) -> Columns:
    """Leave the rows of a table that belong to replicates which every arm of ``runs`` has; all rows when there are none."""
    each = [np.unique(runs["replicate"][runs["arm"] == arm]) for arm in in_order(runs["arm"])]
    shared = reduce(np.intersect1d, each)
    if not len(shared) or all(len(one) == len(shared) for one in each):
        return table
    mine = np.isin(table["replicate"], shared)
    return {name: values[mine] for name, values in table.items()}


def left_out(runs: Columns) -> dict[str, list[int]]:
    """List by arm the replicates that it has and some other arm lacks, where figures leave them out."""
    counted = of_all_arms(runs, runs)["replicate"]
    each = {arm: np.setdiff1d(runs["replicate"][runs["arm"] == arm], counted).tolist() for arm in in_order(runs["arm"])}
    return {arm: replicates for arm, replicates in each.items() if replicates}


def summarize(runs: Columns) -> list[SummaryRow]:
    """All rows, in order of arm and firm as they come in the table of runs; see ``of_all_arms`` for which replicates count."""
    runs = of_all_arms(runs, runs)
    arms, plans = in_order(runs["arm"]), in_order(runs["plan"][~runs["entrant"]])
    data = {(arm, plan): found for arm in arms for plan in plans if (found := plan_runs(runs, arm, plan)) is not None}
    rows = [row for (arm, plan), found in data.items() for row in rows_of_one(arm, plan, found)]
    for plan in plans:
        for first, second in combinations(arms, 2):
            if (first, plan) in data and (second, plan) in data:
                rows += rows_of_two(plan, (second, data[second, plan]), (first, data[first, plan]))
    return rows


def in_order(names: NDArray[np.object_]) -> list[str]:
    """Names in the order in which they come first."""
    return list(dict.fromkeys(names.tolist()))


def plan_runs(runs: Columns, arm: str, plan: str, by: str = "replicate") -> Plan | None:
    """Take the runs of one arm and firm plan from the table of runs; None when there are none. ``seed`` may tell them apart."""
    mine = (runs["arm"] == arm) & (runs["plan"] == plan) & ~runs["entrant"]
    if not mine.any():
        return None
    replicates, where = np.unique(runs[by][mine], return_inverse=True)
    values = {}
    for measure in (*MEANS, *MEDIANS):
        source = ~np.isnan(runs[KNOWN[measure]]) if measure in KNOWN else runs[measure]
        values[measure] = _mean_by(source[mine].astype(float), where, len(replicates))
    return Plan(replicates, values, bool(np.bincount(where).max() == 1))


def _mean_by(values: NDArray[np.float64], where: NDArray[np.intp], groups: int) -> NDArray[np.float64]:
    known = ~np.isnan(values)
    count = np.bincount(where[known], minlength=groups)
    total = np.bincount(where[known], weights=values[known], minlength=groups)
    means = np.full(groups, np.nan)
    np.divide(total, count, out=means, where=count > 0)
    return means


def rows_of_one(arm: str, plan: str, data: Plan) -> list[SummaryRow]:
    """Means, medians and carriers of one arm."""

    def row(kind: str, measure: str, unit: str, found: Estimate) -> SummaryRow:
        return SummaryRow(kind, measure, unit, plan, arm, "", found, None)

    rows = []
    for measure, unit in MEANS.items():
        values = known(data.values[measure])
        counted = data.alone and measure in YES_OR_NO
        found = share_interval(round(sum(values)), len(values)) if counted else mean_interval(values)
        rows.append(row("mean", measure, unit, possible(found, unit)))
    rows += [row("carriers", measure, "runs", carriers(known(data.values[measure]))) for measure in HEAVY_TAILED]
    medians = (HEAVY_TAILED | MEDIANS).items()
    return rows + [row("median", measure, unit, median_interval(known(data.values[measure]))) for measure, unit in medians]


def possible(found: Estimate, unit: str, least: float = 0.0) -> Estimate:
    """Cut an interval at what can be: shares at 0 (``least``) and 1, counts at 0."""
    share, count = unit.startswith("share"), unit in NEVER_NEGATIVE and least == 0
    low = max(found.low, least) if found.has_interval and (share or count) else found.low
    return found._replace(low=low, high=min(found.high, 1.0) if found.has_interval and share else found.high)


def rows_of_two(plan: str, one: tuple[str, Plan], other: tuple[str, Plan]) -> list[SummaryRow]:
    """Differences between two arms over the replicates that both have."""
    (arm, mine), (versus, theirs) = one, other
    _, here, there = np.intersect1d(mine.replicates, theirs.replicates, return_indices=True)
    rows = []
    for measure, unit in MEANS.items():
        gaps = mean_interval(known(mine.values[measure][here] - theirs.values[measure][there]))
        rows.append(SummaryRow("difference", measure, unit, plan, arm, versus, possible(gaps, unit, -1.0), gaps.significant))
    for measure in HEAVY_TAILED:
        lead = np.sign(known(mine.values[measure][here] - theirs.values[measure][there]))
        for kind, sign in (("share_better", 1), ("share_equal", 0)):
            found = share_interval(int((lead == sign).sum()), len(lead))
            rows.append(SummaryRow(kind, measure, "share of seeds", plan, arm, versus, found, None))
    return rows


class Summary:
    """The rows of a summary, found by what they are about. None stands for what is not there: earlier versions had less."""

    def __init__(self, rows: Sequence[SummaryRow]) -> None:
        self.rows = {(row.kind, row.measure, row.firm, row.arm, row.versus): row for row in rows}

    def of_kind(self, kind: str, measure: str, firm: str, arm: str, versus: str = "") -> Estimate | None:
        """Figure of some kind."""
        row = self.rows.get((kind, measure, firm, arm, versus))
        return row.estimate if row and row.estimate.n else None

    def level(self, measure: str, firm: str, arm: str) -> Estimate | None:
        """Mean or median of a measure in one arm."""
        return self.of_kind("median" if measure in MEDIANS else "mean", measure, firm, arm)

    def equal(self, measure: str, firm: str, arm: str, versus: str) -> Estimate | None:
        """Share of seeds for which two arms have the same."""
        pairs = ((arm, versus), (versus, arm))
        return next((found for pair in pairs if (found := self.of_kind("share_equal", measure, firm, *pair))), None)

    def better(self, measure: str, firm: str, arm: str, versus: str) -> Estimate | None:
        """Share of seeds for which there is more in one arm than in another."""
        found = self.of_kind("share_better", measure, firm, arm, versus)
        other, equal = self.of_kind("share_better", measure, firm, versus, arm), self.equal(measure, firm, arm, versus)
        if found or other is None or equal is None:
            return found
        return share_interval(round(other.n * (1 - other.mean - equal.mean)), other.n)

    def difference(self, measure: str, firm: str, arm: str, versus: str) -> Estimate | None:
        """How much more there is in one arm than in another, on the same seeds."""
        other = self.of_kind("difference", measure, firm, versus, arm)
        return self.of_kind("difference", measure, firm, arm, versus) or (other.negated() if other else None)
