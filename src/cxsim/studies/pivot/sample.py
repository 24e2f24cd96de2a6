"""Trials of one question, and all that they say: the best moment, how surely it is that, and what each moment is worth."""

import math
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cxsim.measures.tables import Columns
from cxsim.narrative.sentences import plural
from cxsim.statistics.best import FEWEST, best_place, window
from cxsim.statistics.intervals import NOTHING_KNOWN, Estimate, Floats, mean_interval, median_interval, share_interval
from cxsim.statistics.ranks import carriers
from cxsim.statistics.resampling import resampled_means
from cxsim.studies.pivot.trials import PATHS, Question, Trial
from cxsim.studies.run.answer import MOST_CARRIERS

LEAST_RUNS = 30  # replicates from which an interval is trusted
DIES = 0.05  # share of firms that live, below which a firm is said to die anyway
AWAY = {"month": (6, 12, 24), "customers": (2, 4), "cash": ()}  # months, or times as many customers
BAND = (50, 10, 90)  # percentiles


class Sample:
    """Trials of one question, in order of seeds, and what they say of the moments that at least one of them came to.

    Columns are these moments (by month all, also those after the end of every firm) and never, which is last; ``kept`` are
    their columns in a trial, ``levels`` the moments, ``labels`` the names of all. ``value`` (cents) and ``survived`` have a row
    a seed.
    """

    def __init__(self, question: Question, seeds: Sequence[int], results: Sequence[Trial | str]) -> None:
        numbered = list(enumerate(zip(seeds, results, strict=True)))
        self.question, self.trials = question, [trial for trial in results if not isinstance(trial, str)]
        self.replicates = [number for number, (_, trial) in numbered if not isinstance(trial, str)]
        self.failures = [
            {"replicate": number, "seed": seed, "error": error} for number, (seed, error) in numbered if isinstance(error, str)
        ]
        self.moments, self.by, self.months = question.moments, question.moments.by, question.months
        self.plan = question.case.firms[question.plan]
        self.firm, self.runs, columns = self.plan.name, len(self.trials), np.arange(len(self.moments.levels))
        if self.by != "month" and self.trials:
            columns = columns[np.array([trial.pivoted[: len(columns)] >= 0 for trial in self.trials]).any(axis=0)]
        self.kept: NDArray[np.intp] = np.append(columns, question.columns - 1)
        self.levels = [self.moments.levels[column] for column in columns]
        self.labels, self.never = [*map(self.moments.word, self.levels), "never"], len(self.levels)
        self.value, self.survived = self.table("value"), self.table("survived")

    def table(self, name: str) -> Floats:
        """One figure of all trials, a row a seed."""
        return np.array([getattr(trial, name)[self.kept] for trial in self.trials], float)

    @cached_property
    def at_pivot(self) -> dict[str, Floats]:
        """Tables of month, customers, heads and cash at the pivot; NaN where the moment never came."""
        month = self.table("pivoted")
        month[month < 0] = math.nan
        return {"month": month} | {name: self.table(name) for name in ("customers", "heads", "cash")}

    @cached_property
    def best(self) -> int:
        """Column of the best moment by mean value."""
        return int(self.value.mean(axis=0).argmax())

    @cached_property
    def place(self) -> Estimate:
        """Where the best moment lies among the columns."""
        return best_place(self.value, self._means)

    @cached_property
    def window(self) -> NDArray[np.bool_]:
        """Which columns may be the best."""
        return window(self.value, self._means)

    @cached_property
    def _means(self) -> Floats:
        return resampled_means(self.value) if self.runs > 1 else self.value

    @cached_property
    def verdict(self) -> str:
        """``same`` (the pivot changes nothing), ``open`` (the best is not to be told), ``never``, ``at once`` or ``moment``.

        It is open while the first moment and never may both be the best, or some moment and never may.
        """
        if (self.value == self.value[:, [-1]]).all():
            return "same"
        if self.runs < FEWEST or (self.window[-1] and self.window[:-1].any()):
            return "open"
        return {self.never: "never", 0: "at once"}.get(self.best, "moment")

    @property
    def dies(self) -> bool:
        """Whether hardly a firm is in business at the end, whatever the moment."""
        return bool(self.survived.mean(axis=0).max() < DIES)

    @cached_property
    def level(self) -> Estimate:
        """Level at the best place; infinite for never and beyond the last moment, NaN bounds where there is no interval."""
        last = self.never - 1
        place, low, high = (
            math.inf if place > last else float(np.interp(place, range(last + 1), self.levels)) for place in self.place[:3]
        )
        return Estimate(place, low, high, self.runs)

    @property
    def moment(self) -> Estimate:
        """Level of the best moment; nothing known where the pivot changes nothing."""
        return NOTHING_KNOWN if self.verdict == "same" else self.level

    @property
    def width(self) -> float:
        """Width of the interval of the best moment: months, customers, or dollars; infinite when never may be the best."""
        _, low, high, _ = self.level
        if math.isnan(low):
            return math.inf
        return 0.0 if low == high else (high - low) / (100 if self.by == "cash" else 1)

    @property
    def trusted(self) -> bool:
        """Whether enough seeds stand behind the interval: resamples of a few lucky seeds are all alike, and too narrow."""
        return self.runs >= LEAST_RUNS and carriers(self.value[:, self.best].tolist()).mean > MOST_CARRIERS

    def less(self, k: int, other: int) -> tuple[Estimate, Estimate]:
        """Value and survival of a column less those of another, paired by seed."""
        value, survived = (mean_interval((one[:, k] - one[:, other]).tolist()) for one in (self.value, self.survived))
        return value, survived

    @cached_property
    def rows(self) -> list["MomentRow"]:
        """Every moment, never last."""
        return [MomentRow(self, k) for k in range(self.never + 1)]

    @property
    def best_row(self) -> "MomentRow":
        """The best moment."""
        return self.rows[self.best]

    @cached_property
    def costs(self) -> list["CostRow"]:
        """What it costs to miss the best moment: at once, never, and some time before and after it."""
        return [CostRow(self, what, k) for what, k in self._others()]

    def _others(self) -> Iterator[tuple[str, int]]:
        levels = np.array(self.levels, float)
        if self.best > 0:
            yield "at once" if self.by == "month" else "earliest", 0
        if self.best == self.never:
            return
        yield "never", self.never
        here, taken = levels[self.best], {0, self.best}
        for away in AWAY[self.by]:
            for there in (here - away, here + away) if self.by == "month" else (here / away, here * away):
                k = int(np.abs(levels - there).argmin())
                if k not in taken and levels[0] <= there <= levels[-1]:
                    taken.add(k)
                    yield self._apart(levels[k] - here, k), k

    def _apart(self, gap: float, k: int) -> str:
        side = "early" if gap < 0 else "late"
        return f"{plural(int(abs(gap)), 'month')} {side}" if self.by == "month" else f"{side}, at {self.labels[k]}"

    def path(self, k: int, measure: str) -> Floats:
        """A measure month by month: mean, median and the band from the 10th to the 90th percentile, shape (4, months).

        ``customers`` and ``cash`` (cents) count closed firms, with 0 each; ``in_business``, a share, has a mean alone.
        """
        if measure in PATHS:
            paths = np.array([trial.paths[PATHS.index(measure), self.kept[k]] for trial in self.trials], float)
            return np.vstack([paths.mean(axis=0), np.percentile(paths, BAND, axis=0)])
        ends = self.table("lived")[:, [k]] + self.plan.founded
        share = (ends > np.arange(self.months)).mean(axis=0)
        return np.vstack([share, np.full((3, self.months), math.nan)])


class MomentRow:
    """A moment: value and survival, alone and as paired differences from the best and from never. Money in cents.

    ``month``, ``customers``, ``heads`` and ``cash`` are medians at the pivot, over runs that ``came`` to it.
    """

    def __init__(self, sample: Sample, k: int) -> None:
        values, lives = sample.value[:, k], sample.survived[:, k]
        self.moment = sample.labels[k]
        self.level = float(sample.levels[k]) if k < sample.never else math.nan
        self.n = sample.runs
        self.came = float((~np.isnan(sample.at_pivot["month"][:, k])).mean())
        self.month, self.customers, self.heads, self.cash = (_middle(table[:, k]) for table in sample.at_pivot.values())
        self.value, self.median = mean_interval(values.tolist()), median_interval(values.tolist())
        self.carriers = carriers(values.tolist()).mean
        self.in_window = bool(sample.window[k])
        self.best = k == sample.best and sample.verdict != "same"
        self.survived = share_interval(int(lives.sum()), self.n)
        self.value_less_best, self.survived_less_best = sample.less(k, sample.best)
        self.value_less_never, self.survived_less_never = sample.less(k, sample.never)
        self.beats_never = share_interval(int((values > sample.value[:, -1]).sum()), self.n)

    @property
    def mark(self) -> str:
        """Whether it is in the window, as a cell says it."""
        return "best" if self.best else "yes" if self.in_window else ""


class CostRow:
    """What it costs to be early or late: value and survival of another moment, less those of the best one."""

    def __init__(self, sample: Sample, what: str, k: int) -> None:
        self.what, self.moment, self.column = what, sample.labels[k], k
        self.value_less_best, self.survived_less_best = sample.less(k, sample.best)


def _middle(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else math.nan


def paths_table(sample: Sample) -> Columns:
    """Months of every future: mean, median and the band over seeds (see ``Sample.path``)."""
    measures = (*PATHS, "in_business")
    figures = np.concatenate([sample.path(k, measure) for k in range(len(sample.labels)) for measure in measures], axis=1)
    return {
        "moment": np.repeat(np.array(sample.labels, object), len(measures) * sample.months),
        "measure": np.tile(np.repeat(np.array(measures, object), sample.months), len(sample.labels)),
        "month": np.tile(np.arange(sample.months), len(measures) * len(sample.labels)),
    } | dict(zip(("mean", "median", "low", "high"), figures, strict=True))


def runs_table(sample: Sample) -> Columns:
    """Every future of every seed; ``pivoted`` and what goes with it are missing where the moment never came."""
    columns, (month, *at_pivot) = len(sample.labels), sample.at_pivot
    return {
        "replicate": np.repeat(sample.replicates, columns),
        "seed": np.repeat(np.array([trial.seed for trial in sample.trials], np.uint64), columns),
        "moment": np.tile(np.array(sample.labels, object), sample.runs),
        **{name: sample.table(name).ravel().astype(np.int64) for name in ("value", "value_cash", "lived")},
        "survived": sample.survived.ravel().astype(bool),
        "pivoted": sample.at_pivot[month].ravel(),
        **{f"{name}_at_pivot": sample.at_pivot[name].ravel() for name in at_pivot},
    }
