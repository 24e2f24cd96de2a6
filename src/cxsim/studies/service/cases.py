"""Cases of an audit: the scenario's case with one firm changed, and nothing else."""

from collections.abc import Callable
from typing import NamedTuple

from cxsim.model.case import Case, FirmPlan
from cxsim.model.finance import role_cost
from cxsim.model.params import FIXED, FLOATING, GOAL, PROFIT, ROLES, Finance, Start, Strategy
from cxsim.model.strategy import role_budget

POOLING, LEAVERS, HORIZON, DRIFT = "pooled queues", "returning leavers", "short horizon", "drifting goal"
RATIONAL = (POOLING, LEAVERS)  # they lower the best spend
FAULTS = (HORIZON, DRIFT)  # they lower what a firm spends below it
MECHANISMS = {POOLING: "M9", LEAVERS: "M17", HORIZON: "M16", DRIFT: "M15"}
ROLE_NUMBERS = range(len(ROLES))


class Subject(NamedTuple):
    """The firm that is audited, in a case, for so many months."""

    case: Case
    focal: int  # number of its block
    months: int

    @property
    def plan(self) -> FirmPlan:
        """Block of the firm."""
        return self.case.firms[self.focal]

    @property
    def slot(self) -> int:
        """Number of the firm among all firms."""
        return sum(plan.count for plan in self.case.firms[: self.focal])

    def changed(self, plan: FirmPlan) -> "Subject":
        """Put another block in its place."""
        return self._replace(case=self.case.with_firm(self.focal, plan))

    def _deciding(self, change: Callable[[Strategy], Strategy]) -> "Subject":
        """Change how the firm decides, before and after a pivot."""
        return self.changed(self.plan._replace(strategy=change(self.plan.strategy), after=change(self.plan.after)))

    def spending(self, share: float) -> "Subject":
        """Let the firm give a fixed share of its budget to service."""
        return self._deciding(lambda one: one._replace(service_rule=FIXED, service_budget=share))

    def without(self, mechanisms: frozenset[str]) -> "Subject":
        """Switch mechanisms of low spend off; where one has no part in the case, the case stays as it is.

        M15 and M16 are off for this firm alone: its goal stays, its horizon is the run.
        """

        def clear_sighted(strategy: Strategy) -> Strategy:
            if HORIZON in mechanisms and strategy.service_rule == PROFIT:
                return strategy._replace(horizon=self.months)
            if DRIFT in mechanisms and strategy.service_rule == FLOATING:
                return strategy._replace(service_rule=GOAL)
            return strategy

        params = self.case.params
        if POOLING in mechanisms and params.mechanisms.queue:
            params = params._replace(service=params.service._replace(team=1))
        if LEAVERS in mechanisms:
            params = params._replace(mechanisms=params.mechanisms._replace(choosing_again=False))
        return self._replace(case=self.case._replace(params=params))._deciding(clear_sighted)

    def of_size(self, people: int) -> "Subject":
        """Let the firm begin with so many people, and customers and money in proportion; product and market stay."""
        return self.changed(self.plan._replace(start=_start_of(self.plan, people, self.case.params.finance)))

    @property
    def strategies(self) -> tuple[Strategy, ...]:
        """Strategies that may come into force: the second one only with a pivot."""
        plan = self.plan
        return (plan.strategy, plan.after) if plan.pivot.when else (plan.strategy,)

    @property
    def own_shares(self) -> list[float]:
        """Shares that the firm's own rule fixes, if it does."""
        return [one.service_budget for one in self.strategies if one.service_rule == FIXED]

    @property
    def moves(self) -> bool:
        """Whether anything but a fixed share may set what the firm spends."""
        return any(one.service_rule != FIXED for one in self.strategies)


def people_of(start: Start) -> int:
    """Count founders and employees on the first day."""
    return start.founders + start.product_staff + start.sales_staff + start.service_staff


def _start_of(plan: FirmPlan, people: int, finance: Finance) -> Start:
    """First day of the same firm with other people: roles as they are, or, without employees, as budgets divide."""
    start, factor = plan.start, people / people_of(plan.start)
    founders = min(start.founders, people)
    kinds: list[float] = [start.product_staff, start.sales_staff, start.service_staff]
    if not sum(kinds):
        kinds = [role_budget(plan.strategy, role) / max(role_cost(role, finance), 1) for role in ROLE_NUMBERS]
    staff = _divided(people - founders, kinds)
    paid = founders * (finance.founder_pay + finance.overhead)
    paid += sum(number * role_cost(role, finance) for role, number in enumerate(staff))
    budgets = sum(role_budget(plan.strategy, role) for role in ROLE_NUMBERS) or 1.0
    customers = start.customers * factor if start.customers else paid / (budgets * plan.strategy.price)
    product, sales, service = staff
    return start._replace(
        founders=founders, product_staff=product, sales_staff=sales, service_staff=service, customers=round(customers),
        cash=round(start.cash * factor),
    )  # fmt: skip


def _divided(total: int, weights: list[float]) -> list[int]:
    """Whole numbers in proportion to weights that add up to a total: largest remainders first."""
    whole = sum(weights)
    if whole <= 0:
        return [total, *(0 for _ in weights[1:])]
    exact = [total * weight / whole for weight in weights]
    parts = [int(one) for one in exact]
    for role in sorted(range(len(parts)), key=lambda role: parts[role] - exact[role])[: total - sum(parts)]:
        parts[role] += 1
    return parts
