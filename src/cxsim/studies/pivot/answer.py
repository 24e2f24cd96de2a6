"""The answer of a pivot study in a few plain sentences and a small table."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from cxsim.narrative.formatting import count, dollars, in_a_cell, percent, unless_nan, with_interval
from cxsim.narrative.sentences import few, listed, plural
from cxsim.narrative.tables import grid
from cxsim.statistics.best import FEWEST, runs_needed
from cxsim.studies.pivot import variance_reduction
from cxsim.studies.pivot.candidates import UNITS
from cxsim.studies.pivot.sample import DIES, Sample
from cxsim.studies.pivot.signals import SignalRow
from cxsim.studies.run.answer import MOST_CARRIERS, Answer

MOST_ROWS = 16
SOME = 6  # ranges of moments named one by one
RIVALS = {  # of a signal
    "less_fixed": "the best fixed month",
    "less_viable": "'pivot when viable'",
    "less_hindsight": "the best moment of each seed known afterwards",
}


def answer(
    found: Sample,
    signals: Sequence[SignalRow] = (),
    precision: float | None = None,
    notes: Sequence[str] = (),
    verbose: bool = False,
) -> Answer:
    """Say when to pivot, and what goes with it, with the width of the interval that was asked for.

    ``verbose``: what common random numbers were worth too.
    """
    sentences = [*_headline(found), *(_details(found, signals, precision) if found.verdict != "same" else [])]
    sentences += variance_reduction.sentences(found) if verbose else []
    return Answer(sentences, _table(found), [*_notes(found), *notes])


def _headline(told: Sample) -> Iterator[str]:
    """Answer the question by the kind of the verdict."""
    firm, runs, kind = told.firm, plural(told.runs, "run"), told.verdict
    if kind == "same":
        every = "each of" if told.runs > 1 else "in"
        yield f"There is no best moment: in {every} {runs} {firm} is worth the same whenever it pivots, and when it never does."
    elif kind == "open":
        yield f"No best moment can be told: in {runs}, {_words_of_window(told)} may each be the best for {firm}."
        yield f"By mean value alone it would be {_best_words(told)}."
    elif kind == "never":
        yield f"There is no best moment: {firm} does best never to pivot."
    elif kind == "at once":
        first = "at once" if told.by == "month" else f"at the earliest, at {told.labels[0]}"
        yield f"The best moment is no later one: {firm} is worth most when it pivots {first}{_interval(told)}."
    else:
        yield f"The best moment for {firm} to pivot is {_best_words(told)}."
    if told.dies:
        yield f"It dies anyway: whatever the moment, less than {percent(DIES)} of firms are in business at the end."


def _best_words(told: Sample) -> str:
    """Name the vertex with its interval, and the moment that was tried nearest to it where that is another one."""
    if told.best == told.never:
        return "never to pivot"
    named, tried = told.moments.word(round(told.moment.mean)), told.labels[told.best]
    return f"{named}{_interval(told)}" + (f"; of those tried, {tried}" if tried != named else "")


def _interval(told: Sample) -> str:
    """Bounds of the best moment, in brackets."""
    moment = told.moment
    if not moment.has_interval:
        return " (no interval)"
    start, end = ("never" if math.isinf(bound) else told.moments.figure(round(bound)) for bound in (moment.low, moment.high))
    return f" (95 % interval {start} to {end})" if start != end else f" (95 % interval: {start} alone)"


def _details(told: Sample, signals: Sequence[SignalRow], precision: float | None) -> Iterator[str]:
    """Say what goes with the answer: how surely, when that is, what it is worth, what it costs to miss it, what tells it."""
    if told.runs >= FEWEST:
        yield f"The window, in which nothing is significantly worse than the best: {_words_of_window(told)}."
    yield from _worth_of_never(told) if told.best == told.never else _worth(told)
    if told.best < told.never:
        yield from _early_and_late(told)
        yield from _told_by(told, signals)
        yield from _precision(told, precision) if told.runs >= FEWEST else ()


def _words_of_window(told: Sample) -> str:
    """Name what may be the best: neighbours as a range, and never by itself."""
    kept = [k for k in np.flatnonzero(told.window).tolist() if k < told.never]
    ends = zip([k for k in kept if k - 1 not in kept], [k for k in kept if k + 1 not in kept], strict=True)
    many = "months " if told.by == "month" else ""
    names = [
        told.labels[one]
        if one == last
        else f"{many}{told.moments.figure(told.levels[one])} to {told.labels[last].removeprefix('month ')}"
        for one, last in ends
    ]
    return few([*names, *(["never"] if told.window[-1] else [])], SOME)


def _worth(told: Sample) -> Iterator[str]:
    """Say what the best moment looks like, what the firm is then worth, and how often it lives."""
    row, survived = told.best_row, [row.survived.mean for row in told.rows]
    if row.came > 0:
        people = f"{count(row.heads)} {'person' if row.heads == 1 else 'people'}"
        yield (
            f"In the middle of the {percent(row.came)} of runs that come to it, that is month {count(row.month)}, with "
            f"{count(row.customers)} customers, {people} and {dollars(row.cash)} in the bank."
        )
    value, more = with_interval(row.value, dollars), with_interval(row.value_less_never, dollars)
    yield f"Then {told.firm} is worth {value} on average, {more} more than without a pivot, on the same seeds."
    yield f"It is worth more than without a pivot in {with_interval(row.beats_never, percent)} of runs."
    yield from _typical(told)
    longest, other = survived.index(max(survived)), ""
    if survived[longest] > row.survived.mean:
        most = "without a pivot" if longest == told.never else f"at {told.labels[longest]}"
        other = f"; survival is highest {most}, {percent(survived[longest])}"
    lives, gap = with_interval(row.survived, percent), with_interval(row.survived_less_never, _bare_points)
    yield f"In business at the end: {lives}, {gap} points against never{other}."


def _worth_of_never(told: Sample) -> Iterator[str]:
    yield f"Without a pivot {told.firm} is worth {with_interval(told.best_row.value, dollars)} on average."
    yield from _typical(told)
    yield f"In business after {plural(told.months, 'month')}: {with_interval(told.best_row.survived, percent)}."


def _typical(told: Sample) -> Iterator[str]:
    yield f"The median run is worth {with_interval(told.best_row.median, dollars)}."
    number = int(told.best_row.carriers)
    if 0 < number <= min(MOST_CARRIERS, told.runs / 3):
        yield f"That mean rests on {number} of {plural(told.runs, 'run')}, so more replicates are needed to trust it."


def _bare_points(share: float) -> str:
    """Write a difference of shares.

    >>> _bare_points(-0.034), _bare_points(0)
    ('-3', '+0')
    """
    return f"{round(100 * share) + 0:+d}"


def _early_and_late(told: Sample) -> Iterator[str]:
    parts = [
        f"{cost.what}, value {with_interval(cost.value_less_best, dollars)}, survival "
        f"{_bare_points(cost.survived_less_best.mean)} points"
        for cost in told.costs
        if cost.what != "never"
    ]
    if parts:
        yield f"What it costs to miss the best moment: {'; '.join(parts)}."


def _told_by(told: Sample, signals: Sequence[SignalRow]) -> Iterator[str]:
    """Say what would have told the firm, as scored on seeds that the rule was not found on."""
    for kind, words in (("single", "The signal that would have told it best"), ("pair", "The best two together")):
        for row in signals:
            if row.kind == kind and row.best_of_its_kind:
                against = [f"{with_interval(getattr(row, name), _signed)} against {other}" for name, other in RIVALS.items()]
                yield f"{words}, found on half of the seeds: {row.rule}. " + (
                    f"On the other half ({plural(told.runs // 2, 'seed')}) it is worth {listed(against)}."
                )


def _signed(cents: float) -> str:
    return dollars(cents) if cents < 0 else f"+{dollars(cents)}"


def _precision(told: Sample, wanted: float | None) -> Iterator[str]:
    """Say whether the interval is as narrow as asked, and how many runs would make it so."""
    width, unit, runs = told.width, UNITS[told.by], plural(told.runs, "run")
    if wanted is None:
        if 0 < width < math.inf and not told.window[-1]:
            more = _more_runs(told.runs, width, width / 2)
            yield f"An interval half as wide would need about {more} more replicates (--precision {width / 2:.3g})."
    elif width <= wanted and not told.trusted:
        yield f"The interval is {count(width)} {unit} wide, but it rests on too few runs to be trusted: allow more (--most N)."
    elif width <= wanted:
        yield f"The interval of the best moment is {count(width)} {unit} wide, as asked, after {runs}."
    elif math.isinf(width):
        yield f"After {runs} never to pivot may still be the best, so no number of replicates can be foretold."
    else:
        yield (
            f"After {runs} the interval of the best moment is {count(width)} {unit} wide, not {count(wanted)}: "
            f"about {_more_runs(told.runs, width, wanted)} more replicates would be needed (--most N)."
        )


def _more_runs(n: int, width: float, wanted: float) -> str:
    """Write how many more runs an interval needs, rounded up to two digits.

    >>> _more_runs(1_000, 1.495, 1.0)
    '1,300'
    """
    number = runs_needed(n, width, wanted) - n
    step = 10 ** max(len(str(number)) - 2, 0)
    return count(math.ceil(number / step) * step)


def _table(told: Sample) -> list[str]:
    """Show the moments around the best, the first and never; the table of moments holds all."""
    header, shown = (
        [told.by, "window", "mean value", "median", "against the best", "in business", "came", "customers"],
        _shown(told),
    )
    rows = [
        [
            told.moments.figure(row.level) if k < told.never else "never",
            row.mark,
            in_a_cell(row.value, dollars),
            dollars(row.median.mean),
            "-" if k == told.best else in_a_cell(row.value_less_best, dollars),
            in_a_cell(row.survived, percent),
            percent(row.came),
            unless_nan(row.customers, count),
        ]
        for k, row in enumerate(told.rows)
        if k in shown
    ]
    return grid(header, rows)


def _shown(told: Sample) -> set[int]:
    """Rows that fit on a screen: ends, best, window's bounds, and others evenly between them."""
    if told.never < MOST_ROWS:
        return {*range(told.never + 1)}
    kept = np.flatnonzero(told.window)
    wanted = {0, told.best, told.never, int(kept[0]), int(kept[-1])}
    return wanted | set(np.linspace(0, told.never - 1, MOST_ROWS - len(wanted)).round().astype(int).tolist())


def _notes(told: Sample) -> Iterator[str]:
    """Say how figures are to be read."""
    yield (
        f"{plural(told.runs, 'run')} with 95 % intervals, closed firms included; every moment on the same seeds, "
        "as forks of the run that never pivots. Value: discounted cash flow and worth of the last customers. A few runs can "
        "hold most of it: then intervals of its mean are rough, and often too narrow."
    )
    yield (
        "The interval of the best moment comes from resampled seeds; the window is corrected for picking the best (Hsu's "
        "multiple comparisons with the best), single differences in the table are not."
    )
    if told.by == "cash":
        yield "A level below the cash of the first day is one that it falls to; one above it, one that it rises to."
