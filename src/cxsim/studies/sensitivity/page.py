"""The report of ``cxsim sensitivity``: which factors matter, and a section for each measure."""

from collections.abc import Sequence

from cxsim.report.content import Mark, Marks, Part, Report, Section, Table, Unit
from cxsim.studies.sensitivity import Group, IndexRow, answer, groups, notes, short_names, strongest_pairs, table

METHODS = (
    "The scenario was run at points that a design of Morris or Saltelli chose in the ranges of the factors, at every point on "
    "the same seeds. Indices are those of SALib, computed from the mean over the seeds at each point. Intervals come from "
    "drawing again both the groups of points and the seeds. The scenario below is that of the first point and the first arm. "
    "docs/sensitivity.md of cxsim has more."
)
LABELS = {
    "mu_star": "mu*: mean size of the effect over the whole range",
    "total": "total: share of the variance between points",
}
UNITS: dict[str, Unit] = {"cents": "cents", "share": "share"}


def sensitivity_report(title: str, question: str, rows: Sequence[IndexRow]) -> Report:
    """Say what an analysis found, for the page; what the manifest tells is left out (see ``stored``)."""
    found = groups(rows)
    measures = dict.fromkeys(group.measure for group in found)
    return Report(
        title=f"Sensitivity: {title}",
        question=question,
        answer=answer(rows),
        sections=[_section(measure, [group for group in found if group.measure == measure]) for measure in measures],
        methods=[METHODS, *notes(rows)],
        scenario="",
        provenance=[],
        command="",
    )


def _section(measure: str, found: Sequence[Group]) -> Section:
    parts: list[Part] = []
    for group in found:
        parts += [_marks(group), _table(group)]
    return Section(measure.replace("_", " ").capitalize(), parts)


def _marks(group: Group) -> Marks:
    names = short_names([row.factor for row in group.main])
    marks = [Mark(names[row.factor], row.value, row.low, row.high) for row in group.main]
    first = group.main[0]
    unit: Unit = UNITS.get(first.unit, "number")
    if unit == "share" and max(row.high for row in group.main) > 1:
        unit = "number"
    return Marks(f"{group.measure}, {group.title}", "95 % intervals over points and seeds", LABELS[first.kind], unit, marks)


def _table(group: Group) -> Table:
    pairs = strongest_pairs(group)
    note = f"together beyond alone: {'; '.join(pairs)}" if pairs else ""
    return Table(f"Indices for {group.measure}, {group.title}", *table(group, len(group.main)), note, texts=2)
