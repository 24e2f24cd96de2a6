"""Deciding: when to pivot, whom to hire, and who does which work."""

from cxsim.model.params import (
    AT_CUSTOMERS,
    AT_MONTH,
    CASH_FLOW,
    DEALS_PER_REP,
    ON_SIGNAL,
    PRODUCT,
    PROSPECT_FIT,
    REQUEST_FOCUS,
    SALES,
    UPKEEP_SHARE,
    WHEN_VIABLE,
    Pivot,
    Staffing,
    Strategy,
)  # fmt: skip
from cxsim.model.state import NOTHING

MOST_STAFF = 10_000_000  # employees of a role that a firm hires: the largest employers of the world have 2 million


def pivots(pivot: Pivot, month: int, customers: int, viable_months: int, signal: float) -> bool:
    """Tell whether the trigger of a firm's pivot is met this month."""
    if pivot.when == AT_MONTH:
        return month >= pivot.month
    if pivot.when == AT_CUSTOMERS:
        return customers >= pivot.customers
    if pivot.when == WHEN_VIABLE:
        return viable_months >= pivot.viable_months
    if pivot.when == ON_SIGNAL and month > 0:
        return signal >= pivot.threshold if pivot.above else signal <= pivot.threshold
    return False


def ratio(part: float, whole: float) -> float:
    """Part over whole, 0 when there is no whole."""
    return part / whole if whole > 0 else 0.0


def signal_value(
    signal: int, upkeep: float, focus: float, deals_per_rep: float, cash_flow: int, prospect_fit: float
) -> float:  # fmt: skip
    """Return the one of last month's figures that a firm watches, in its own unit."""
    if signal == UPKEEP_SHARE:
        return upkeep
    if signal == REQUEST_FOCUS:
        return focus
    if signal == DEALS_PER_REP:
        return deals_per_rep
    if signal == CASH_FLOW:
        return float(cash_flow)
    return prospect_fit if signal == PROSPECT_FIT else 0.0


def role_share(strategy: Strategy, role: int) -> float:
    """Share of general work that goes to a role: as the budgets for staff are divided; a third each when there are none."""
    total = strategy.product_budget + strategy.sales_budget + strategy.service_budget
    if total <= 0.0:
        return 1.0 / 3.0
    return role_budget(strategy, role) / total


def role_budget(strategy: Strategy, role: int) -> float:
    """Share of spendable money for the staff of a role."""
    if role == PRODUCT:
        return strategy.product_budget
    return strategy.sales_budget if role == SALES else strategy.service_budget


def role_capacity(people: int, founders: int, staff: int, skill: float, share: float, staffing: Staffing) -> float:
    """Effective person-months of a role this month.

    Up to ``generalists`` people everyone does every kind of work; beyond, employees keep to their role and only founders
    divide their time. Source: A-GENERALISTS.
    """
    if people <= staffing.generalists:
        return people * share
    return staff * skill + founders * share


def affordable_people(budget: int, cost: int) -> int:
    """People that a budget pays, given the full cost of one, both in cents."""
    return budget // max(cost, 1)


def whole_people(needed: float) -> int:
    """Fewest people for an amount of work that is not below 0."""
    people = int(needed)
    return people + 1 if people < needed else people


def product_limit(staff: int, coming: int, used: int, capacity: int, complete: bool) -> int:
    """Most product employees that there is work for; -1 while there are features to build.

    ``used`` and ``capacity``: product work of last month. A firm that has nothing left to build lets go of idle people, and
    takes on one at a time when all are busy.
    """
    if not complete or capacity <= 0:
        return NOTHING
    return whole_people(staff * (max(used, 0) / capacity)) if used < capacity else staff + coming + 1


def planned_change(target: int, staff: int, coming: int, people: int, staffing: Staffing) -> int:
    """People to hire (> 0) or to dismiss (< 0) in a role to reach a target. Source: A-GROWTH, A-CUT, A-EMPLOYER."""
    if target > staff + coming:
        room = max(MOST_STAFF - staff - coming, 0)
        return min(target - staff - coming, max(int(staffing.growth_limit * people), 1), room)
    if target < staff:
        return -min(staff - target, max(int(staffing.cut_limit * staff), 1))
    return 0


def skill_after_arrivals(skill: float, staff: int, arrivals: int) -> float:
    """Mean skill of a role when people with none arrive."""
    return skill * staff / (staff + arrivals) if staff + arrivals > 0 else 0.0


def skill_after_month(skill: float, staffing: Staffing) -> float:
    """Mean skill of a role after a month of practice: it moves to 1 by 1 / ramp. Source: M7, A-RAMP."""
    return min(skill + (1.0 - skill) / staffing.ramp, 1.0)
