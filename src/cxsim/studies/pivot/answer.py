"""The answer of a pivot study in a few plain sentences and a small table."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from cxsim.narrative.formatting import count, dollars, in_a_cell, percent, unless_nan, with_interval
from cxsim.narrative.sentences import few, listed, plural
from cxsim.narrative.tables import grid
from cxsim.statistics.best import FEWEST, runs_needed
from cxsim.statistics.figures import estimate_in
from cxsim.studies.pivot import variance_reduction
from cxsim.studies.pivot.candidates import UNITS
from cxsim.studies.pivot.context import ReportContext
from cxsim.studies.pivot.search import DIES, can_be_trusted, width_of
from cxsim.studies.run.answer import MOST_CARRIERS, Answer

MOST_ROWS = 16
SOME = 6  # ranges of moments named one by one
RIVALS = {  # of a signal
    "fixed": "the best fixed month",
    "viable": "'pivot when viable'",
    "hindsight": "the best moment of each seed known afterwards",
}


def answer(found: ReportContext, notes: Sequence[str] = (), verbose: bool = False) -> Answer:
    """Say when to pivot, and what goes with it; ``verbose``: what common random numbers were worth too."""
    sentences = [*_headline(found), *(_details(found) if found.verdict != "same" else [])]
    sentences += variance_reduction.sentences(found) if verbose else []
    return Answer(sentences, _table(found), [*_notes(found), *notes])


def _headline(told: ReportContext) -> Iterator[str]:
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
    if told.tables["moments"]["survived"].max() < DIES:
        yield f"It dies anyway: whatever the moment, less than {percent(DIES)} of firms are in business at the end."


def _best_words(told: ReportContext) -> str:
    """Name the vertex with its interval, and the moment that was tried nearest to it where that is another one."""
    if told.best == told.never:
        return "never to pivot"
    named, tried = told.sample.question.moments.word(_whole(told.moment.mean)), told.labels[told.best]
    return f"{named}{_interval(told)}" + (f"; of those tried, {tried}" if tried != named else "")


def _interval(told: ReportContext) -> str:
    """Bounds of the best moment, in brackets."""
    moment, figure = told.moment, told.sample.question.moments.figure
    if not moment.has_interval:
        return " (no interval)"
    start, end = ("never" if math.isinf(bound) else figure(_whole(bound)) for bound in (moment.low, moment.high))
    return f" (95 % interval {start} to {end})" if start != end else f" (95 % interval: {start} alone)"


def _whole(level: float) -> float:
    return float(round(level))


def _details(told: ReportContext) -> Iterator[str]:
    """Say what goes with the answer: how surely, when that is, what it is worth, what it costs to miss it, what tells it."""
    if told.runs >= FEWEST:
        yield f"The window, in which nothing is significantly worse than the best: {_words_of_window(told)}."
    yield from _at_that_moment(told)
    yield from _worth(told)
    yield from _survival(told)
    yield from _early_and_late(told)
    yield from _signal(told)
    yield from _precision(told)


def _words_of_window(told: ReportContext) -> str:
    """Name what may be the best: neighbours as a range, and never by itself."""
    kept = [k for k in np.flatnonzero(told.optimum.window).tolist() if k < told.never]
    firsts = [k for k in kept if k - 1 not in kept]
    lasts = [k for k in kept if k + 1 not in kept]
    moments, labels = told.sample.question.moments, told.labels
    names = [
        labels[one] if one == other else f"{moments.figure(told.sample.levels[one])} to {labels[other].removeprefix('month ')}"
        for one, other in zip(firsts, lasts, strict=True)
    ]
    if moments.by == "month":
        names = [name if name.startswith("month") else f"months {name}" for name in names]
    return few([*names, *(["never"] if told.optimum.window[-1] else [])], SOME)


def _at_that_moment(told: ReportContext) -> Iterator[str]:
    """Say what the best moment looks like by month, customers and staff."""
    if told.best == told.never:
        return
    row = told.best_row
    if row["came"] > 0:
        people = f"{count(row['heads'])} {'person' if row['heads'] == 1 else 'people'}"
        yield (
            f"In the middle of the {percent(row['came'])} of runs that come to it, that is month {count(row['month'])}, with "
            f"{count(row['customers'])} customers, {people} and {dollars(row['cash'])} in the bank."
        )


def _worth(told: ReportContext) -> Iterator[str]:
    value = f"{with_interval(told.figure('value'), dollars)} on average"
    if told.best == told.never:
        yield f"Without a pivot {told.firm} is worth {value}."
    else:
        more = with_interval(told.figure("value_less_never"), dollars)
        wins = with_interval(told.figure("beats_never"), percent)
        yield f"Then {told.firm} is worth {value}, {more} more than without a pivot, on the same seeds."
        yield f"It is worth more than without a pivot in {wins} of runs."
    yield f"The median run is worth {with_interval(told.figure('median'), dollars)}."
    number = int(told.best_row["carriers"])
    if 0 < number <= min(MOST_CARRIERS, told.runs / 3):
        yield f"That mean rests on {number} of {plural(told.runs, 'run')}, so more replicates are needed to trust it."


def _survival(told: ReportContext) -> Iterator[str]:
    lives, survived = with_interval(told.figure("survived"), percent), told.tables["moments"]["survived"].to_numpy()
    if told.best == told.never:
        yield f"In business after {plural(told.months, 'month')}: {lives}."
        return
    gap, longest, other = with_interval(told.figure("survived_less_never"), _bare_points), int(survived.argmax()), ""
    if survived[longest] > survived[told.best]:
        most = "without a pivot" if longest == told.never else f"at {told.labels[longest]}"
        other = f"; survival is highest {most}, {percent(survived[longest])}"
    yield f"In business at the end: {lives}, {gap} points against never{other}."


def _bare_points(share: float) -> str:
    """Write a difference of shares.

    >>> _bare_points(-0.034), _bare_points(0)
    ('-3', '+0')
    """
    return f"{round(100 * share) + 0:+d}"


def _early_and_late(told: ReportContext) -> Iterator[str]:
    if told.best == told.never:
        return
    parts = [
        f"{row['what']}, value {with_interval(estimate_in(row, 'value_less_best'), dollars)}, survival "
        f"{_bare_points(row['survived_less_best'])} points"
        for _, row in told.tables["costs"].iterrows()
        if row["what"] != "never"
    ]
    if parts:
        yield f"What it costs to miss the best moment: {'; '.join(parts)}."


def _signal(told: ReportContext) -> Iterator[str]:
    """Say what would have told the firm, as scored on seeds that the rule was not found on."""
    if "signals" not in told.tables or told.best == told.never:
        return
    signals, half = told.tables["signals"], told.runs // 2
    for kind, words in (("single", "The signal that would have told it best"), ("pair", "The best two together")):
        for _, row in signals[(signals["kind"] == kind) & signals["best_of_its_kind"]].iterrows():
            against = [
                f"{with_interval(estimate_in(row, f'less_{name}'), _signed)} against {other}" for name, other in RIVALS.items()
            ]
            found = f"{words}, found on half of the seeds: {row['rule']}"
            yield f"{found}. On the other half ({plural(half, 'seed')}) it is worth {listed(against)}."


def _signed(cents: float) -> str:
    return dollars(cents) if cents < 0 else f"+{dollars(cents)}"


def _precision(told: ReportContext) -> Iterator[str]:
    """Say whether the interval is as narrow as asked, and how many runs would make it so."""
    width, wanted, n = width_of(told.sample, told.optimum.place), told.query.precision, told.runs
    unit = UNITS[told.by]
    if n < FEWEST or told.best == told.never:
        return
    if wanted is None:
        if 0 < width < math.inf and not told.optimum.window[-1]:
            more = runs_needed(n, width, width / 2) - n
            number = count(_rough(more))
            yield f"An interval half as wide would need about {number} more replicates (--precision {width / 2:.3g})."
    elif width <= wanted and not can_be_trusted(told.sample, told.optimum):
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


def _table(told: ReportContext) -> list[str]:
    """Show the moments around the best, the first and never; the table of moments holds all."""
    header = [told.by, "window", "mean value", "median", "against the best", "in business", "came", "customers"]
    return grid(header, [list(_cells(told, k)) for k in _shown(told)])


def _cells(told: ReportContext, k: int) -> Iterator[str]:
    row = told.tables["moments"].iloc[k]
    yield told.sample.question.moments.figure(row["level"]) if k < told.never else "never"
    yield "best" if row["best"] else "yes" if row["in_window"] else ""
    yield in_a_cell(estimate_in(row, "value"), dollars)
    yield dollars(row["median"])
    yield "-" if k == told.best else in_a_cell(estimate_in(row, "value_less_best"), dollars)
    yield in_a_cell(estimate_in(row, "survived"), percent)
    yield percent(row["came"])
    yield unless_nan(row["customers"], count)


def _shown(told: ReportContext) -> list[int]:
    """Rows that fit on a screen: ends, best, window's bounds, and others evenly between them."""
    if told.never < MOST_ROWS:
        return list(range(told.never + 1))
    kept = np.flatnonzero(told.optimum.window)
    wanted = {0, told.best, told.never, int(kept[0]), int(kept[-1])}
    wanted |= set(np.linspace(0, told.never - 1, MOST_ROWS - len(wanted)).round().astype(int).tolist())
    return sorted(wanted)


def _notes(told: ReportContext) -> list[str]:
    """Say how figures are to be read."""
    notes = [
        f"{plural(told.runs, 'run')} with 95 % intervals, closed firms included; every moment on the same seeds, "
        "as forks of the run that never pivots. Value: discounted cash flow and worth of the last customers. A few runs can "
        "hold most of it: then intervals of its mean are rough, and often too narrow.",
        "The interval of the best moment comes from resampled seeds; the window is corrected for picking the best (Hsu's "
        "multiple comparisons with the best), single differences in the table are not.",
    ]
    if told.by == "cash":
        notes.append("A level below the cash of the first day is one that it falls to; one above it, one that it rises to.")
    return notes
