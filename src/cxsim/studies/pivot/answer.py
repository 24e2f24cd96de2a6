"""The answer of a pivot study in a few plain sentences and a small table."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from cxsim.narrative.formatting import Style, count, dollars, in_a_cell, percent, with_interval
from cxsim.narrative.sentences import few, listed, plural
from cxsim.narrative.tables import grid
from cxsim.statistics.best import FEWEST, runs_needed
from cxsim.statistics.intervals import Estimate
from cxsim.studies.pivot.candidates import UNITS
from cxsim.studies.pivot.search import DIES, Best, Query, Sample, can_be_trusted, level_at, width_of
from cxsim.studies.pivot.tables import figure_of
from cxsim.studies.run.answer import MOST_CARRIERS

MOST_ROWS = 16
SOME = 6  # ranges of moments named one by one


class ReportContext(NamedTuple):
    """What sentences are made from."""

    sample: Sample
    best: Best
    firm: str
    moments: pd.DataFrame
    costs: pd.DataFrame
    signals: pd.DataFrame | None
    query: Query

    @property
    def never(self) -> int:
        """Column without a pivot."""
        return len(self.sample.labels) - 1

    def figure(self, row: int, name: str) -> Estimate:
        """Figure of a moment, with its interval."""
        return figure_of(self.moments.iloc[row], name)


def headline(told: ReportContext, kind: str) -> Iterator[str]:
    """Answer the question by the kind of the verdict."""
    sample, firm, runs = told.sample, told.firm, plural(len(told.sample.trials), "run")
    if kind == "same":
        every = "each of" if len(sample.trials) > 1 else "in"
        yield f"There is no best moment: in {every} {runs} {firm} is worth the same whenever it pivots, and when it never does."
    elif kind == "open":
        yield f"No best moment can be told: in {runs}, {_words_of_window(told)} may each be the best for {firm}."
        yield f"By mean value alone it would be {_best_words(told)}."
    elif kind == "never":
        yield f"There is no best moment: {firm} does best never to pivot."
    elif kind == "at once":
        first = "at once" if sample.question.moments.by == "month" else f"at the earliest, at {sample.labels[0]}"
        yield f"The best moment is no later one: {firm} is worth most when it pivots {first}{_interval(told)}."
    else:
        yield f"The best moment for {firm} to pivot is {_best_words(told)}."
    if told.moments["survived"].max() < DIES:
        yield f"It dies anyway: whatever the moment, less than {percent(DIES)} of firms are in business at the end."


def _best_words(told: ReportContext) -> str:
    """Name the vertex with its interval, and the moment that was tried nearest to it where that is another one."""
    if told.best.column == told.never:
        return "never to pivot"
    level = level_at(told.sample, told.best.place.place)
    named, tried = told.sample.question.moments.word(_whole(level)), told.sample.labels[told.best.column]
    return f"{named}{_interval(told)}" + (f"; of those tried, {tried}" if tried != named else "")


def _interval(told: ReportContext) -> str:
    """Bounds of the place of the best moment, in brackets."""
    place, moments = told.best.place, told.sample.question.moments
    if math.isnan(place.low):
        return " (no interval)"
    low, high = (level_at(told.sample, bound) for bound in (place.low, place.high))
    end = "never" if math.isinf(high) else moments.figure(_whole(high))
    start = "never" if math.isinf(low) else moments.figure(_whole(low))
    return f" (95 % interval {start} to {end})" if start != end else f" (95 % interval: {start} alone)"


def _whole(level: float) -> float:
    return float(round(level))


def details(told: ReportContext) -> Iterator[str]:
    """Say what goes with the answer: how surely, when that is, what it is worth, what it costs to miss it, what tells it."""
    if len(told.sample.trials) >= FEWEST:
        yield from _window(told)
    yield from _at_that_moment(told)
    yield from _worth(told)
    yield from _survival(told)
    yield from _early_and_late(told)
    yield from _signal(told)
    yield from _precision(told)


def _window(told: ReportContext) -> Iterator[str]:
    yield f"The window, in which nothing is significantly worse than the best: {_words_of_window(told)}."


def _words_of_window(told: ReportContext) -> str:
    """Name what may be the best: neighbours as a range, and never by itself."""
    kept = [k for k in np.flatnonzero(told.best.window).tolist() if k < told.never]
    firsts = [k for k in kept if k - 1 not in kept]
    lasts = [k for k in kept if k + 1 not in kept]
    moments, labels = told.sample.question.moments, told.sample.labels
    names = [
        labels[one] if one == other else f"{moments.figure(told.sample.levels[one])} to {labels[other].removeprefix('month ')}"
        for one, other in zip(firsts, lasts, strict=True)
    ]
    if moments.by == "month":
        names = [name if name.startswith("month") else f"months {name}" for name in names]
    return few([*names, *(["never"] if told.best.window[-1] else [])], SOME)


def _at_that_moment(told: ReportContext) -> Iterator[str]:
    """Say what the best moment looks like by month, customers and staff."""
    if told.best.column == told.never:
        return
    row = told.moments.iloc[told.best.column]
    if row["came"] > 0:
        people = f"{count(row['heads'])} {'person' if row['heads'] == 1 else 'people'}"
        yield (
            f"In the middle of the {percent(row['came'])} of runs that come to it, that is month {count(row['month'])}, with "
            f"{count(row['customers'])} customers, {people} and {dollars(row['cash'])} in the bank."
        )


def _worth(told: ReportContext) -> Iterator[str]:
    best, never = told.best.column, told.never
    value = f"{with_interval(told.figure(best, 'value'), dollars)} on average"
    if best == never:
        yield f"Without a pivot {told.firm} is worth {value}."
    else:
        more = with_interval(told.figure(best, "value_less_never"), dollars)
        wins = with_interval(told.figure(best, "beats_never"), percent)
        yield f"Then {told.firm} is worth {value}, {more} more than without a pivot, on the same seeds."
        yield f"It is worth more than without a pivot in {wins} of runs."
    yield f"The median run is worth {with_interval(told.figure(best, 'median'), dollars)}."
    runs = len(told.sample.trials)
    if 0 < told.moments["carriers"].iloc[best] <= min(MOST_CARRIERS, runs / 3):
        number = int(told.moments["carriers"].iloc[best])
        yield f"That mean rests on {number} of {plural(runs, 'run')}, so more replicates are needed to trust it."


def _survival(told: ReportContext) -> Iterator[str]:
    best, never = told.best.column, told.never
    lives = with_interval(told.figure(best, "survived"), percent)
    longest = int(told.moments["survived"].to_numpy().argmax())
    if best == never:
        yield f"In business after {plural(told.sample.question.months, 'month')}: {lives}."
        return
    gap = with_interval(told.figure(best, "survived_less_never"), _bare_points)
    other = ""
    if told.moments["survived"].iloc[longest] > told.moments["survived"].iloc[best]:
        most = "without a pivot" if longest == never else f"at {told.sample.labels[longest]}"
        other = f"; survival is highest {most}, {percent(told.moments['survived'].iloc[longest])}"
    yield f"In business at the end: {lives}, {gap} points against never{other}."


def _points(share: float) -> str:
    """Write a difference of shares.

    >>> _points(-0.034)
    '-3 points'
    """
    return f"{_bare_points(share)} points"


def _bare_points(share: float) -> str:
    return f"{round(100 * share) + 0:+d}"


def _early_and_late(told: ReportContext) -> Iterator[str]:
    if told.best.column == told.never or not len(told.costs):
        return
    rows = [row for _, row in told.costs.iterrows()]
    parts = [
        f"{row['what']}, value {with_interval(figure_of(row, 'value_less_best'), dollars)}, survival "
        f"{_points(row['survived_less_best'])}"
        for row in rows
        if row["what"] != "never"
    ]
    if parts:
        yield f"What it costs to miss the best moment: {'; '.join(parts)}."


def _signal(told: ReportContext) -> Iterator[str]:
    """Say what would have told the firm, as scored on seeds that the rule was not found on."""
    if told.signals is None or told.best.column == told.never:
        return
    half = len(told.sample.trials) // 2
    for kind, words in (("single", "The signal that would have told it best"), ("pair", "The best two together")):
        rows = told.signals[(told.signals["kind"] == kind) & told.signals["best_of_its_kind"]]
        for _, row in rows.iterrows():
            told_by = [
                f"{with_interval(figure_of(row, f'less_{name}'), _signed)} against {words}"
                for name, words in (
                    ("fixed", "the best fixed month"),
                    ("viable", "'pivot when viable'"),
                    ("hindsight", "the best moment of each seed known afterwards"),
                )
            ]
            found = f"{words}, found on half of the seeds: {row['rule']}"
            yield f"{found}. On the other half ({plural(half, 'seed')}) it is worth {listed(told_by)}."


def _signed(cents: float) -> str:
    return dollars(cents) if cents < 0 else f"+{dollars(cents)}"


def _precision(told: ReportContext) -> Iterator[str]:
    """Say whether the interval is as narrow as asked, and how many runs would make it so."""
    width, wanted, n = width_of(told.sample, told.best.place), told.query.precision, len(told.sample.trials)
    unit = UNITS[told.sample.question.moments.by]
    if n < FEWEST or told.best.column == told.never:
        return
    if wanted is None:
        if 0 < width < math.inf and not told.best.window[-1]:
            more = runs_needed(n, width, width / 2) - n
            number = count(_rough(more))
            yield f"An interval half as wide would need about {number} more replicates (--precision {width / 2:.3g})."
    elif width <= wanted and not can_be_trusted(told.sample, told.best):
        yield f"The interval is {count(width)} {unit} wide, but it rests on too few runs to be trusted: allow more (--most N)."
    elif width <= wanted:
        yield f"The interval of the best moment is {count(width)} {unit} wide, as asked, after {plural(n, 'run')}."
    elif math.isinf(width):
        yield f"After {plural(n, 'run')} never to pivot may still be the best, so no number of replicates can be foretold."
    else:
        more = runs_needed(n, width, wanted) - n
        yield (
            f"After {plural(n, 'run')} the interval of the best moment is {count(width)} {unit} wide, not {count(wanted)}: "
            f"about {count(_rough(more))} more replicates would be needed (--most N)."
        )


def _rough(number: int) -> int:
    """Round up to two digits.

    >>> _rough(1234), _rough(7)
    (1300, 7)
    """
    step = 10 ** max(len(str(number)) - 2, 0)
    return math.ceil(number / step) * step if step > 1 and number % step else number


def table(told: ReportContext) -> list[str]:
    """Show the moments around the best, the first and never; the table of moments holds all."""
    by = told.sample.question.moments.by
    header = [by, "window", "mean value", "median", "against the best", "in business", "came", "customers"]
    rows = []
    for k in _shown(told):
        row = told.moments.iloc[k]
        gap = figure_of(row, "value_less_best")
        rows.append(
            [
                told.sample.question.moments.figure(row["level"]) if k < told.never else "never",
                "best" if row["best"] else "yes" if row["in_window"] else "",
                in_a_cell(figure_of(row, "value"), dollars),
                dollars(row["median"]),
                "-" if k == told.best.column else in_a_cell(gap, dollars),
                in_a_cell(figure_of(row, "survived"), percent),
                percent(row["came"]),
                _or_dash(row["customers"], count),
            ]
        )
    return grid(header, rows)


def _or_dash(value: float, style: Style) -> str:
    return "-" if math.isnan(value) else style(value)


def _shown(told: ReportContext) -> list[int]:
    """Rows that fit on a screen: ends, best, window's bounds, and others evenly between them."""
    if told.never < MOST_ROWS:
        return list(range(told.never + 1))
    kept = np.flatnonzero(told.best.window)
    wanted = {0, told.best.column, told.never, int(kept[0]), int(kept[-1])}
    wanted |= set(np.linspace(0, told.never - 1, MOST_ROWS - len(wanted)).round().astype(int).tolist())
    return sorted(wanted)


def notes(told: ReportContext) -> list[str]:
    """Say how figures are to be read."""
    by = told.sample.question.moments.by
    notes = [
        f"{plural(len(told.sample.trials), 'run')} with 95 % intervals, closed firms included; every moment on the same seeds, "
        "as forks of the run that never pivots. Value: discounted cash flow and worth of the last customers. A few runs can "
        "hold most of it: then intervals of its mean are rough, and often too narrow.",
        "The interval of the best moment comes from resampled seeds; the window is corrected for picking the best (Hsu's "
        "multiple comparisons with the best), single differences in the table are not.",
    ]
    if by == "cash":
        notes.append("A level below the cash of the first day is one that it falls to; one above it, one that it rises to.")
    return notes
