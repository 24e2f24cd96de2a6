"""The report of ``cxsim sensitivity``: which factors matter, and a section for each measure."""

from collections.abc import Sequence

from cxsim.charts.content import Chart
from cxsim.report.content import Report, Section, Table
from cxsim.studies.sensitivity.charts import charts
from cxsim.studies.sensitivity.rows import Group, IndexRow, groups
from cxsim.studies.sensitivity.words import answer, notes, strongest_pairs, table

METHODS = (
    "The scenario was run at points that a design of Morris or Saltelli chose in the ranges of the factors, at every point on "
    "the same seeds. Indices are those of SALib, computed from the mean over the seeds at each point. Intervals come from "
    "drawing again both the groups of points and the seeds. The scenario below is that of the first point and the first arm. "
    "docs/sensitivity.md of cxsim has more."
)


def page(title: str, question: str, rows: Sequence[IndexRow]) -> Report:
    """Say what an analysis found, for the page; what the manifest tells is left out (see ``stored``)."""
    found = groups(rows)
    measures = dict.fromkeys(group.measure for group in found)
    return Report(
        title=f"Sensitivity: {title}",
        question=question,
        answer=answer(rows),
        sections=[
            _section(measure, [group for group in found if group.measure == measure], charts(rows)) for measure in measures
        ],
        methods=[METHODS, *notes(rows)],
    )


def _section(measure: str, found: Sequence[Group], drawn: Sequence[Chart]) -> Section:
    mine = [chart for chart in drawn if chart.name in (f"factors_{measure}", f"mu_sigma_{measure}")]
    return Section(measure.replace("_", " ").capitalize(), [*mine, *map(_table, found)])


def _table(group: Group) -> Table:
    pairs = strongest_pairs(group)
    note = f"together beyond alone: {'; '.join(pairs)}" if pairs else ""
    return Table(f"Indices for {group.measure}, {group.title}", *table(group, len(group.main)), note, texts=2)
