"""The report of ``cxsim pivot``: two futures to guess from, then the best moment, what would have told it, and the map."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cxsim.charts.content import Unit
from cxsim.narrative.formatting import Style, count, dollars, in_a_cell, percent, unless_nan, with_interval
from cxsim.narrative.sentences import plural
from cxsim.report.content import Futures, Luck, Moment, Part, Path, Report, Section, Table
from cxsim.statistics.intervals import Estimate, Floats
from cxsim.studies.pivot.charts import charts, ranked
from cxsim.studies.pivot.phase_map import PhaseMap
from cxsim.studies.pivot.sample import MomentRow, Sample
from cxsim.studies.pivot.signals import SignalRow
from cxsim.studies.pivot.trials import PATHS, Trial
from cxsim.studies.run.answer import Answer

MOST_FIGURES = 200_000  # behind the slider, so that the page stays small
FEWEST_MOMENTS = 8
DIGITS = 4  # of a figure in a path
LUCKS = ((0.1, "poor"), (0.5, "middling"), (0.9, "good"))  # place among all seeds by value at the best moment
UNITS: dict[str, Unit] = {"customers": "count", "cash": "cents"}
METHODS = (
    "In every replicate the firm was run to the end without a pivot, and forked from that run at each candidate moment: two "
    "futures of one replicate share their past and all luck that the pivot does not touch. Value is the discounted cash flow "
    "to the end of the run and the worth of the last customers; closed firms are included. Intervals of means are Student's t, "
    "those of shares Wilson's; the interval of the best moment comes from resampled replicates, and the window holds every "
    "moment that no other is significantly better than (multiple comparisons with the best). docs/pivot.md of cxsim has more."
)
SCORED = (
    "A signal is one figure that the firm can see at the time, or two, at a threshold. Thresholds were found on half of the "
    "replicates and are scored on the other half, so that what fits by chance is not counted."
)


def page(title: str, found: Sample, signals: Sequence[SignalRow], told: Answer, over: PhaseMap | None) -> Report:
    """Say what a study found, with the map over parameters, if there is one; see ``cxsim.report.stored``."""
    drawn = {chart.name: chart for chart in charts(found, signals, over)}
    sections = [Section("Guess first", [_futures(found)])] if found.by == "month" else []
    best: list[Part] = [drawn["moments"], drawn["futures"], *_moments_tables(found), *_costs(found)]
    sections.append(Section("The best moment", best, covered=True))
    if signals:
        sections.append(Section("What would have told it", [drawn["signals"], _rules(signals)], SCORED, covered=True))
    if over is not None:
        lead = [_lead(over, found.moments.figure)] if len(over.keys) == 1 else []
        sections.append(Section("Over parameters", [drawn["map"], *lead], covered=True))
    return Report(
        title=title,
        question=f"When should {found.firm} pivot, and what would have told them?",
        answer=told.sentences,
        sections=sections,
        methods=[METHODS],
        notes=[f"Note: {note}" for note in told.notes],
        guess=True,
    )


def _futures(found: Sample) -> Futures:
    shown = _shown(found, max(MOST_FIGURES // (len(PATHS) * (1 + len(LUCKS)) * found.months), FEWEST_MOMENTS))
    left_out = found.never - len(shown)
    thin = f"; {left_out} of {found.never} moments are left out here" if left_out else ""
    return Futures(
        title=f"Two futures of {found.firm}",
        note="the same luck in both; closed firms count as 0; dashed: the moment of the pivot; poor, middling and good: seeds "
        f"whose value at the best moment is at the 10th, 50th and 90th percentile of all{thin}",
        question=f"{found.firm} can pivot now. What comes of it, and what if they never do?",
        slider="moment of the pivot",
        chosen="pivot then",
        without="never",
        moments=[_moment(found.rows[k]) for k in shown],
        lucks=list(_lucks(found, shown)),
    )


def _shown(found: Sample, most: int) -> list[int]:
    """Columns of moments: all, or some evenly apart, with the best one."""
    evenly = np.linspace(0, found.never - 1, min(most, found.never)).round().astype(int).tolist()
    return sorted({*evenly, found.best} - {found.never})


def _moment(row: MomentRow) -> Moment:
    """Tell what came of a moment over all seeds."""
    outcome = (
        f"Pivot in {row.moment}: worth {with_interval(row.value, dollars)} in the mean of {plural(row.n, 'seed')}, "
        f"{with_interval(row.value_less_never, dollars)} against never; {with_interval(row.survived, percent)} in business at "
        "the end."
    )
    return Moment(row.moment, row.level, outcome)


def _lucks(found: Sample, shown: Sequence[int]) -> Iterator[Luck]:
    """The mean of all seeds, and single seeds by where their value at the best moment stands among all."""
    columns = found.kept[[*shown, -1]]
    yield _luck(f"mean of {plural(found.runs, 'seed')}", found.trials, columns)
    order = found.value[:, found.best].argsort(kind="stable")
    chosen: dict[int, str] = {}
    for share, words in LUCKS:
        chosen.setdefault(int(order[round(share * (len(order) - 1))]), words)
    for number, words in chosen.items():
        trial = found.trials[number]
        yield _luck(f"seed {trial.seed}: {words}", [trial], columns)


def _luck(name: str, trials: Sequence[Trial], columns: NDArray[np.intp]) -> Luck:
    means = np.mean([trial.paths[:, columns] for trial in trials], axis=0, dtype=float)
    paths = [
        Path(measure, UNITS[measure], rounded(lines[-1]), [rounded(line) for line in lines[:-1]])
        for measure, lines in zip(PATHS, means, strict=True)
    ]
    return Luck(name, paths)


def rounded(values: Floats) -> list[float]:
    """Keep four digits, which is more than a line shows.

    >>> rounded(np.array([123456.0, 0.0, -1.23456]))
    [123500.0, 0.0, -1.235]
    """
    return [float(f"{value:.{DIGITS}g}") for value in values]


def _moments_tables(found: Sample) -> Iterator[Table]:
    """What comes of every moment, and what the firm is like at it."""
    rows = [found.rows[k] for k in _shown(found, 40)]
    note = "means with 95 % intervals, closed firms included; window: no other moment is significantly better"
    header = ["moment", "window", "value", "against the best", "against never", "in business at the end"]
    outcomes = [
        [row.moment, row.mark]
        + [_or_dash(one, dollars) for one in (row.value, row.value_less_best, row.value_less_never)]
        + [in_a_cell(row.survived, percent)]
        for row in [*rows, found.rows[-1]]
    ]
    yield Table("What comes of every moment", header, outcomes, note, texts=2)
    note = "came: share of seeds in which the firm came to the moment in business; the others: medians over these, at the pivot"
    header = ["moment", "came", "month", "customers", "people", "cash"]
    states = [
        [row.moment, percent(row.came)]
        + [unless_nan(one, count) for one in (row.month, row.customers, row.heads)]
        + [unless_nan(row.cash, dollars)]
        for row in rows
    ]
    yield Table(f"What {found.firm} is like at every moment", header, states, note)


def _or_dash(found: Estimate, style: Style) -> str:
    """Leave out what is zero by what it means: a moment less itself."""
    return "-" if found.mean == found.low == found.high == 0 else in_a_cell(found, style)


def _costs(found: Sample) -> Iterator[Table]:
    rows = [
        [cost.what, cost.moment, in_a_cell(cost.value_less_best, dollars), in_a_cell(cost.survived_less_best, percent)]
        for cost in found.costs
    ]
    note = "less the best moment on the same seeds, means with 95 % intervals; survival in points"
    if rows:
        yield Table("What it costs to miss the best moment", ["pivot", "moment", "value", "survival"], rows, note, texts=2)


def _rules(signals: Sequence[SignalRow]) -> Table:
    header = ["rule", "comes", "month", "against the fixed month", "against when viable", "against hindsight"]
    rows = [
        [name, unless_nan(row.comes, percent), unless_nan(row.month, count)]
        + [_or_dash(gap, dollars) for gap in (row.less_fixed, row.less_viable, row.less_hindsight)]
        for name, row in ranked(signals)
    ]
    note = "mean paired differences with 95 % intervals; comes: share of seeds in which the rule holds some time; month: median"
    return Table("Rules against each other", header, rows, note)


def _lead(over: PhaseMap, figure: Style) -> Table:
    cells = zip(over.points, over.cells, strict=True)
    rows = [[f"{value:.4g}", cell.word(figure), percent(cell.survived_best)] for (value,), cell in cells]
    header = [*over.keys, "best moment", "in business at the end"]
    return Table("The best moment of each", header, rows, "?: never may be as good", texts=2)
