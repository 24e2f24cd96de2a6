"""What the answer, the charts and the page of a pivot study are made from."""

from typing import Any

import pandas as pd

from cxsim.statistics.figures import estimate_in
from cxsim.statistics.intervals import NOTHING_KNOWN, Estimate
from cxsim.studies.pivot.search import Query, Sample, best_of, level_of, verdict
from cxsim.studies.pivot.tables import costs_table, moments_table, paths_table, runs_table, signals_table


class ReportContext:
    """A sample with at least one trial, its best moment, and every table.

    ``tables``: moments, costs, signals (when there are enough seeds), paths (a band a month for every moment), runs; all
    money in cents. ``labels`` name the moments, never last; ``best`` is the column of the best one, and ``moment`` its level,
    with NaN bounds where there is no interval.
    """

    def __init__(self, sample: Sample, query: Query) -> None:
        self.sample, self.query, self.optimum = sample, query, best_of(sample)
        self.by, self.months, self.labels = sample.question.moments.by, sample.question.months, sample.labels
        self.firm: str = sample.question.case.firms[sample.question.plan].name
        self.best, self.never, self.runs = self.optimum.column, len(self.labels) - 1, len(sample.trials)
        self.verdict = verdict(sample, self.optimum)
        scored = signals_table(sample)
        self.tables: dict[str, pd.DataFrame] = {
            "moments": moments_table(sample, self.optimum),
            "costs": costs_table(sample, self.optimum),
            **({} if scored is None else {"signals": scored}),
            "paths": paths_table(sample),
            "runs": runs_table(sample),
        }

    @property
    def moment(self) -> Estimate:
        """Level of the best moment; nothing known where the pivot changes nothing."""
        return NOTHING_KNOWN if self.verdict == "same" else level_of(self.sample, self.optimum)

    @property
    def best_row(self) -> Any:
        """The best moment in the table of moments."""
        return self.tables["moments"].iloc[self.best]

    def figure(self, name: str) -> Estimate:
        """Figure of the best moment, with its interval."""
        return estimate_in(self.best_row, name)
