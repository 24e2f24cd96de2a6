"""The report of ``cxsim service``: the verdict, its figures, and a section for each chart of the audit."""

from cxsim.charts.content import Chart
from cxsim.model.case import FirmPlan
from cxsim.report.content import Report, Section, Table
from cxsim.studies.service.answer import Rows, Spender, answer, best_table, rule_of, split_table
from cxsim.studies.service.audit import Audit

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


def page(title: str, plan: FirmPlan, made: Audit) -> Report:
    """Say what an audit found of a firm, for the page; what the manifest tells is left out (see ``stored``)."""
    rows, told = Rows(made.rows), answer(made.rows, Spender(plan.name, rule_of(plan)))
    note = "means with 95 % intervals; shares are of the money that budgets divide; lacks: best share less own"
    best = Table("Best spend, and what the own rule lacks", *best_table(rows), note)
    return Report(
        title=title,
        question=f"How much service is too little for {plan.name}?",
        answer=told.sentences,
        sections=[Section("The best spend", [best]), *(_section(chart, rows) for chart in made.charts)],
        methods=[METHODS, *([SPLIT] if rows.names("split") else [])],
        notes=[f"Note: {note}" for note in told.notes],
    )


def _section(chart: Chart, rows: Rows) -> Section:
    """Show a chart, and what a split hangs on."""
    header, lines = split_table(rows)
    note = "points of the budget; over all orders: least and most that it takes off, whatever was switched off before"
    split = [Table("What lowers spend", header, lines, note)] if chart.name == "split" and lines else []
    return Section(chart.title, [chart, *split])
