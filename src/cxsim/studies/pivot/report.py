"""What a pivot study found, as plain data for the terminal, the result folder and the report."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from cxsim.statistics.intervals import NOTHING_KNOWN, Estimate
from cxsim.studies.pivot import answer, variance_reduction
from cxsim.studies.pivot.search import Query, Sample, best_of, level_at, verdict
from cxsim.studies.pivot.tables import costs_table, moments_table, paths_table, runs_table, signals_table


class Findings(NamedTuple):
    """All that a study found, for the terminal, the result folder and the report.

    ``tables``: moments, costs, signals, paths (a band a month for every moment), runs; all money in cents. ``by`` and
    ``labels`` tell the moments, never last; ``best`` is the column of the best one, NaN bounds where there is no interval.
    """

    firm: str
    by: str
    months: int
    labels: list[str]
    best: int
    moment: Estimate
    verdict: str
    sentences: list[str]
    table: list[str]
    notes: list[str]
    tables: Mapping[str, pd.DataFrame]


def report(sample: Sample, query: Query, notes: list[str], verbose: bool = False) -> Findings:
    """Make every table of a sample with at least one trial, and say what they say."""
    best = best_of(sample)
    plan = sample.question.case.firms[sample.question.plan]
    scored = signals_table(sample)
    tables = {"moments": moments_table(sample, best), "costs": costs_table(sample, best)}
    tables |= {"signals": scored.table} if scored else {}
    told = answer.ReportContext(
        sample, best, plan.name, tables["moments"], tables["costs"], scored.table if scored else None, query
    )
    kind = verdict(told.sample, best)
    place = best.place
    levels = (level_at(sample, place.place), level_at(sample, place.low), level_at(sample, place.high))
    moment = Estimate(*levels, len(sample.trials)) if kind != "same" else NOTHING_KNOWN
    sentences = [*answer.headline(told, kind), *(answer.details(told) if kind != "same" else [])]
    sentences += variance_reduction.sentences(told) if verbose else []
    return Findings(
        firm=plan.name,
        by=sample.question.moments.by,
        months=sample.question.months,
        labels=sample.labels,
        best=best.column,
        moment=moment,
        verdict=kind,
        sentences=sentences,
        table=answer.table(told),
        notes=[*answer.notes(told), *notes],
        tables=tables | {"paths": paths_table(sample), "runs": runs_table(sample)},
    )
