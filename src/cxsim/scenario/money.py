"""Amounts of money that were hardly meant so: dollars where cents were asked for, or percent where a share was."""

from collections.abc import Iterator

from cxsim.errors import Problem
from cxsim.model.case import FirmPlan
from cxsim.model.finance import fixed_cost
from cxsim.model.params import Finance, Strategy
from cxsim.scenario.build import Draft
from cxsim.scenario.dollars import Cents, written
from cxsim.scenario.layers import found
from cxsim.scenario.messages import Path, dotted

FAR = 20  # times the default, up or down, at which an amount looks like one in the other unit
_WAGES = ("wage_product", "wage_sales", "wage_service", "founder_pay")
_BUDGETS = ("product_budget", "sales_budget", "service_budget", "marketing_budget")


def doubtful_amounts(drafts: list[Draft], label: str) -> list[Problem]:
    """Warn of amounts that the file itself (``label``) or a setting gives and that were hardly meant so, with both readings.

    What is written in dollars is beyond doubt.
    """
    told = []
    for draft in drafts:
        for paths, message in _doubts(draft):
            in_doubt = [path for path in paths if not isinstance(found(draft.layer.data, path), Cents)]
            origins = [draft.layer.origins[path] for path in in_doubt if path in draft.layer.origins]
            mine = [origin for origin in origins if origin.source in (label, "--set")]
            if mine:
                told.append(Problem(mine[0].value_at, dotted(mine[0].written), f"warning: {message}"))
    return list(dict.fromkeys(told))


def _doubts(draft: Draft) -> Iterator[tuple[list[Path], str]]:
    finance = draft.case.params.finance
    for key in _WAGES:
        yield from _far(("finance", key), getattr(finance, key), getattr(Finance(), key))
    for plan in draft.case.firms:
        firm = ("firms", plan.name)
        for block, chosen in (("strategy", plan.strategy), ("after", plan.after)):
            yield from _far((*firm, block, "price"), chosen.price, Strategy().price)
            share = sum(getattr(chosen, key) for key in _BUDGETS)
            if share > 1 + 1e-9:
                keys: list[Path] = [(*firm, block, key) for key in _BUDGETS]
                yield keys, f"budgets add up to {share * 100:.0f} % of revenue; each is a share, 0.3 for 30 %"
        yield from _poor(plan, finance)


def _far(path: Path, value: int, default: int) -> Iterator[tuple[list[Path], str]]:
    """Tell of an amount that is far from its default; nothing at all is meant so."""
    if value and not default / FAR <= value <= default * FAR:
        yield [path], f"far from the default, {written(default)}; {_readings(value)}"


def _poor(plan: FirmPlan, finance: Finance) -> Iterator[tuple[list[Path], str]]:
    start = plan.start
    month = fixed_cost(start.founders, start.product_staff, start.sales_staff, start.service_staff, finance)
    if start.cash < month:
        message = f"less than the {written(month)} that staff costs in the first month; {_readings(start.cash)}"
        yield [("firms", plan.name, "start", "cash")], message


def _readings(cents: int) -> str:
    return f"{cents:,} cents are {written(cents)}; write '${cents:,}' if {cents:,} dollars are meant"
