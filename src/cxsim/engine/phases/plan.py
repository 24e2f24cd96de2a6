"""Plan: pivots, budgets, hiring, and whose time goes where."""

from typing import Any

from cxsim.engine.compile import phase
from cxsim.model import finance, product, strategy
from cxsim.model.features import no_features
from cxsim.model.params import PRODUCT, SALES, SERVICE
from cxsim.model.state import ALIVE, CLOSED, FLOW_WORDS, MILLION, NOTHING


@phase
def plan(world: Any, month: int) -> None:
    """Pivot if the trigger is met; divide money; hire, dismiss, train; see whose time goes where."""
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status == ALIVE:
            if firm.course == 0:
                consider_pivot(world, firm, month)
            clear_flows(world, f)
            firm.loudness = -1.0
            chosen = world.plans.strategies[firm.group, firm.course]
            change_staff(world.params, firm, chosen, month)
            assign_time(world.params.staffing, firm, chosen)
        elif firm.status == CLOSED:
            clear_flows(world, f)


@phase
def clear_flows(world: Any, f: int) -> None:
    """Start a firm's month: what is counted within a month starts at zero, for a closed firm too."""
    for word in FLOW_WORDS:
        world.firm_words[f, word] = 0


@phase
def consider_pivot(world: Any, firm: Any, month: int) -> None:
    """Change course when the trigger is met, on last month's figures."""
    pivot = world.plans.pivots[firm.group]
    features = world.popularity.shape[1]
    top = product.most_requested(firm.tally, no_features(), features)
    focus = strategy.ratio(firm.tally[top], firm.tally.sum()) if top != NOTHING else 0.0
    flow = finance.cash_flow(firm.revenue, firm.wages, firm.marketing, firm.running_costs)
    signal = strategy.signal_value(
        pivot.signal,
        strategy.ratio(firm.work_upkeep, firm.work_capacity),
        focus,
        strategy.ratio(firm.deals, firm.sales_capacity),
        flow,
        strategy.ratio(firm.prospect_fit_sum / MILLION, firm.contacts),
    )
    if strategy.pivots(pivot, month, firm.customers, firm.viable_months, signal):
        firm.course = 1
        firm.pivoted = month


@phase
def change_staff(params: Any, firm: Any, chosen: Any, month: int) -> None:
    """Give each role its budget, then hire (later) or dismiss (now) towards it; newcomers of this month arrive and learn."""
    staff = firm.staff
    fixed = finance.fixed_cost(firm.founders, staff[PRODUCT], staff[SALES], staff[SERVICE], params.finance)
    money = finance.spendable(firm.trend, firm.cash, fixed, chosen.invest, params.staffing)
    firm.marketing_plan = int(money * chosen.marketing_budget)
    people = firm.founders + staff.sum()
    slots = firm.pipeline.shape[1]
    for role in range(staff.shape[0]):
        budget = int(money * strategy.role_budget(chosen, role))
        cost = finance.role_cost(role, params.finance)
        change = strategy.planned_change(budget, cost, staff[role], firm.pipeline[role].sum(), people, params.staffing)
        if change > 0:
            firm.pipeline[role, (month + params.staffing.hiring_delay) % slots] += change
        else:
            staff[role] += change
            firm.dismissals -= change
        arrivals = firm.pipeline[role, month % slots]
        firm.pipeline[role, month % slots] = 0
        firm.skill[role] = strategy.skill_after_arrivals(firm.skill[role], staff[role], arrivals)
        firm.skill[role] = strategy.skill_after_month(firm.skill[role], params.staffing)
        staff[role] += arrivals
        firm.hires += arrivals


@phase
def assign_time(staffing: Any, firm: Any, chosen: Any) -> None:
    """Turn people into effective person-months of product, sales and service work."""
    people = firm.founders + firm.staff.sum()
    firm.work_capacity = int(MILLION * role_time(staffing, firm, chosen, people, PRODUCT))
    firm.sales_capacity = role_time(staffing, firm, chosen, people, SALES)
    firm.service_capacity = role_time(staffing, firm, chosen, people, SERVICE)


@phase
def role_time(staffing: Any, firm: Any, chosen: Any, people: int, role: int) -> float:
    """Effective person-months of one role."""
    share = strategy.role_share(chosen, role)
    return strategy.role_capacity(people, firm.founders, firm.staff[role], firm.skill[role], share, staffing)
