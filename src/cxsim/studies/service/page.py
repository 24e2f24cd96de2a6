"""The report of ``cxsim service``: the verdict, its figures, and a section for each chart of the audit."""

import math
from collections.abc import Iterator

from cxsim.model.case import FirmPlan
from cxsim.narrative.formatting import Style, count, dollars, with_interval
from cxsim.report.content import Line, Lines, Mark, Marks, Part, Report, Section, Table, Unit
from cxsim.statistics.intervals import Estimate
from cxsim.studies.service import Asked, Audit, Chart, Panel, Series, answer, rule_of
from cxsim.studies.service.answer import Rows, best_table, points, split_table
from cxsim.studies.service.sizes import name_of

UNITS: dict[str, Unit] = {"share": "share", "cents": "cents", "month": "count", "people": "count"}
METHODS = (
    "The firm was run with many fixed shares of its budget for service, on the same seeds, and once with its own rule. The "
    "best share is the top of a smooth curve through the best one tried and its neighbours; its interval, and those of all "
    "that follows from it, come from drawing seeds again. Own spend is told as the fixed share that costs as much for each "
    "customer. docs/service.md of cxsim has more."
)
SPLIT = (
    "What lowers spend was switched off in every order: queues that pool and leavers who return are rational, a short horizon "
    "and a goal that drifts are not."
)


def service_report(title: str, plan: FirmPlan, made: Audit) -> Report:
    """Say what an audit found of a firm, for the page; what the manifest tells is left out (see ``stored``)."""
    told = answer(made.rows, Asked(plan.name, rule_of(plan)))
    rows = Rows(made.rows)
    return Report(
        title=title,
        question=f"How much service is too little for {plan.name}?",
        answer=told.sentences,
        sections=[_figures(rows), *(_section(chart, rows) for chart in made.charts)],
        methods=[METHODS, *([SPLIT] if rows.names("split") else [])],
        scenario="",
        provenance=[],
        command="",
        notes=[f"Note: {note}" for note in told.notes],
    )


def _figures(rows: Rows) -> Section:
    note = "means with 95 % intervals; shares are of the money that budgets divide; lacks: best share less own"
    return Section("The best spend", [Table("Best spend, and what the own rule lacks", *best_table(rows), note)])


def _section(chart: Chart, rows: Rows) -> Section:
    """Show every panel of a chart, and what a split hangs on."""
    parts = [_bars(panel) if chart.kind == "bars" else _panel(panel) for panel in chart.panels]
    header, lines = split_table(rows)
    note = "points of the budget; over all orders: least and most that it takes off, whatever was switched off before"
    split = [Table("What lowers spend", header, lines, note)] if chart.name == "split" and lines else []
    return Section(chart.title, [*parts, *split], f"{chart.note[0].upper()}{chart.note[1:]}.")


def _bars(panel: Panel) -> Marks:
    """List shares of the budget in points, since they are small."""
    first = panel.series[0]
    marks = list(_marks(first, [str(name) for name in first.x], scale=100))
    return Marks("Points of the budget taken off", "means with 95 % intervals", "points of the budget", "number", marks)


def _marks(series: Series, names: list[str], weight: int = 0, scale: float = 1.0) -> Iterator[Mark]:
    for name, mean, low, high in zip(names, series.mean, series.low, series.high, strict=True):
        yield Mark(name, scale * float(mean), scale * float(low), scale * float(high), weight)


def _panel(panel: Panel) -> Part:
    """Draw lines; sizes of firms grow by factors, so that they are listed instead."""
    named = panel.title or panel.y_label
    title, note = f"{named[0].upper()}{named[1:]}", "; ".join(_told(panel)) or "mean with 95 % interval"
    if panel.x_unit != "people":
        lines = [_line(series) for series in panel.series if len(series.x) > 1]
        x_unit = UNITS[panel.x_unit]
        return Lines(title, note, panel.x_label, panel.y_label, _unit(panel), lines, x_unit=x_unit, from_zero=False)
    marks = []
    for weight, series in enumerate(panel.series):
        names = [f"{name_of(int(people))}, {series.name}" for people in series.x]
        marks.append(list(_marks(series, names, weight)))
    ordered = [mark for size in zip(*marks, strict=True) for mark in size]
    return Marks(title, "means with 95 % intervals, by people on the first day", panel.y_label, UNITS[panel.y_unit], ordered)


def _unit(panel: Panel) -> Unit:
    """Unit of a panel's lines; what goes beyond a whole is no share of it."""
    ends = [value for series in panel.series for value in (*series.low, *series.high) if math.isfinite(value)]
    return "number" if panel.y_unit == "share" and (min(ends) < 0 or max(ends) > 1) else UNITS[panel.y_unit]


def _line(series: Series) -> Line:
    x = [float(one) for one in series.x]
    return Line(series.name, x, series.mean.tolist(), series.low.tolist(), series.high.tolist())


def _told(panel: Panel) -> Iterator[str]:
    """Say in words what is a point or an upright in a plot."""
    style = _month if panel.x_unit == "month" else points
    for mark in panel.marks:
        yield f"{mark.name}: {with_interval(mark.at, style)}"
    for series in panel.series:
        if len(series.x) == 1:
            value = Estimate(float(series.mean[0]), float(series.low[0]), float(series.high[0]), 0)
            figure: Style = dollars if panel.y_unit == "cents" else points
            yield f"{series.name}: {style(float(series.x[0]))}, {panel.y_label} {with_interval(value, figure)}"


def _month(month: float) -> str:
    return "never" if math.isinf(month) else f"month {count(month)}"
