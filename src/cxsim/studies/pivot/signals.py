"""What a firm can see, and which of it would have told the firm to pivot.

A rule is one threshold, or two that must hold together. It is looked at whenever a candidate month comes, and the firm
pivots the first time that it holds. What it is then worth is known from the fork of that month, so nothing is run again.
Rules are found on half of the seeds and scored on the other half.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cxsim.narrative.formatting import Style, count, dollars, percent
from cxsim.statistics.intervals import Floats, mean_interval
from cxsim.studies.pivot.sample import Sample

Mask: TypeAlias = NDArray[np.bool_]

THRESHOLDS = 24  # for a single signal; quantiles of what was seen
COARSE = 10  # for each of a pair
LEAST_SEEDS = 8  # fewer leave nothing to find a rule on

SIGNALS: dict[str, tuple[str, Style]] = {
    "request_focus": ("share of requests that name the most requested feature", percent),
    "request_breadth": ("features among which requests are spread", lambda x: f"{x:.1f}"),
    "custom_upkeep": ("share of product capacity eaten by upkeep of custom work", percent),
    "deals_per_rep": ("deals for each month of selling", lambda x: f"{x:.2f}"),
    "cash_flow": ("cash flow a month", dollars),
    "prospect_fit": ("fit of the prospects met", percent),
    "customers": ("customers", count),
    "viable_months": ("months in a row with money coming in", count),
}


class Rule(NamedTuple):
    """Pivot when every signal named has come to its threshold: from below (``above``) or from above."""

    signals: tuple[str, ...]
    above: tuple[bool, ...]
    thresholds: tuple[float, ...]

    def __str__(self) -> str:
        """Say the rule in words."""
        parts = [
            f"{SIGNALS[name][0]} at {'least' if above else 'most'} {SIGNALS[name][1](threshold)}"
            for name, above, threshold in zip(self.signals, self.above, self.thresholds, strict=True)
        ]
        return " and ".join(parts)


class Seen(NamedTuple):
    """What every firm sees at each candidate month, and what it is worth when it pivots then.

    ``signals`` hold arrays of shape (seeds, moments), NaN where there is nothing to see; ``values`` has one column more,
    for never.
    """

    signals: dict[str, Floats]
    values: Floats

    def of(self, seeds: slice) -> "Seen":
        """Keep some of the seeds."""
        return Seen({name: seen[seeds] for name, seen in self.signals.items()}, self.values[seeds])


def outcome(rule: Rule, seen: Seen) -> Floats:
    """Value of every seed's firm that follows the rule."""
    return _value_at(first_time(rule, seen), seen.values)


def first_time(rule: Rule, seen: Seen) -> NDArray[np.intp]:
    """Column of the moment at which every seed's firm pivots; the last one when it never does."""
    terms = zip(rule.signals, rule.thresholds, rule.above, strict=True)
    return _first(np.logical_and.reduce([_holds(seen.signals[name], threshold, above) for name, threshold, above in terms]))


def _holds(series: Floats, threshold: float, above: bool) -> Mask:
    return series >= threshold if above else series <= threshold  # nothing to see, and so NaN, is neither


def _first(holds: Mask) -> NDArray[np.intp]:
    columns: NDArray[np.intp] = np.where(holds.any(axis=1), holds.argmax(axis=1), holds.shape[1])
    return columns


def _value_at(columns: NDArray[np.intp], values: Floats) -> Floats:
    return np.take_along_axis(values, columns[:, None], axis=1)[:, 0]


def find_single(seen: Seen) -> list[Rule]:
    """Best threshold of each signal, by mean value over the seeds given, the best signal first."""
    best = []
    for name in SIGNALS:
        found = [(_value_at(_first(holds), seen.values).mean(), rule) for rule, holds in _candidates(seen, name, THRESHOLDS)]
        best += [max(found, key=lambda one: one[0])] if found else []
    return [rule for _, rule in sorted(best, key=lambda one: -one[0])]


def find_pair(seen: Seen) -> Rule | None:
    """Two thresholds that together are worth most over the seeds given."""
    options = {name: list(_candidates(seen, name, COARSE)) for name in SIGNALS}
    found = [
        (_value_at(_first(holds & also), seen.values).mean(), first, second)
        for one, other in combinations(SIGNALS, 2)
        for first, holds in options[one]
        for second, also in options[other]
    ]
    if not found:
        return None
    _, first, second = max(found, key=lambda one: one[0])
    return Rule(first.signals + second.signals, first.above + second.above, first.thresholds + second.thresholds)


def _candidates(seen: Seen, name: str, number: int) -> Iterator[tuple[Rule, Mask]]:
    series = seen.signals[name]
    known = series[~np.isnan(series)]
    if not len(known):
        return
    for threshold in np.unique(np.quantile(known, np.linspace(0, 1, number), method="nearest")):
        for above in (True, False):
            yield Rule((name,), (above,), (float(threshold),)), _holds(series, threshold, above)


class SignalRow:
    """What following a rule is worth, in the mean over seeds that it was not found on. Money in cents.

    Differences are from the best moment known afterwards for each seed, from a pivot when viable, and from the fixed month that
    was best on the seeds that rules were found on. ``comes`` is the share of seeds in which the rule holds some time, ``month``
    the median of when it does; both are NaN for what is no signal.
    """

    def __init__(
        self, kind: str, rule: str, values: Floats, where_found: float, rivals: Sequence[Floats], best: bool = False
    ) -> None:
        self.kind, self.rule, self.n, self.value_where_found = kind, rule, len(values), where_found
        self.comes, self.month = math.nan, math.nan
        self.best_of_its_kind, self.value = best, mean_interval(values.tolist())
        self.less_hindsight, self.less_viable, self.less_fixed = (mean_interval((values - one).tolist()) for one in rivals)


def score_signals(sample: Sample) -> list[SignalRow]:
    """Score visible signals; nothing when the candidates are no months, or seeds are too few to be halved."""
    if sample.by != "month" or sample.runs < 2 * LEAST_SEEDS:
        return []
    signals = {name: np.array([trial.seen[name][sample.levels] for trial in sample.trials]) for name in SIGNALS}
    found, scored = (Seen(signals, sample.value).of(slice(first, None, 2)) for first in (0, 1))
    viable, month = np.array([trial.value[-2] for trial in sample.trials], float), int(found.values.mean(axis=0).argmax())
    rivals = hindsight, late, fixed = scored.values.max(axis=1), viable[1::2], scored.values[:, month]
    rows = [
        SignalRow("fixed month", sample.labels[month], fixed, float(found.values[:, month].mean()), rivals),
        SignalRow("when viable", "pivot when viable", late, float(viable[::2].mean()), rivals),
        SignalRow("hindsight", "the best moment of each seed", hindsight, math.nan, rivals),
    ]
    single, pair = find_single(found), find_pair(found)
    for rule in [*single, *([pair] if pair else [])]:
        kind, best, there = "pair" if rule is pair else "single", rule in (pair, single[0]), float(outcome(rule, found).mean())
        rows.append(row := SignalRow(kind, str(rule), outcome(rule, scored), there, rivals, best))
        columns = first_time(rule, scored)
        comes = columns < sample.never
        row.comes = float(comes.mean())
        row.month = float(np.median(np.array(sample.levels, float)[columns[comes]])) if comes.any() else math.nan
    return rows
