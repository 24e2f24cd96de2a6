"""Plan: pivots, demand shocks, budgets, hiring, and whose time goes where."""

from cxsim.model import chance, demand, demand_shock, finance, product, service, service_rules, strategy
from cxsim.model.chance import draw, stream_key
from cxsim.model.features import no_features
from cxsim.model.firm_month import figures
from cxsim.model.params import FIXED, FLOATING, PRODUCT, PROFIT, SALES, SERVICE, Params, Pivot, Staffing, Strategy
from cxsim.model.state import ALIVE, CLOSED, MILLION, NOTHING, Firm, clear_flows


def plan(
    firm: Firm, number: int, before: Strategy, after: Strategy, pivot: Pivot, params: Params, seed: int, month: int, months: int
) -> None:
    """Pivot if the trigger is met; divide money; hire, dismiss, train; see whose time goes where.

    ``number`` is the firm's, ``months`` the length of the run. What was counted last month is looked at, then cleared, for
    a closed firm too.
    """
    if firm.status == ALIVE:
        if firm.course == 0:
            consider_pivot(firm, pivot, after, params, month)
        chosen = after if firm.course == 1 else before
        target = plan_service(firm, chosen, params, months)
        limit = plan_product(firm, params)
        clear_flows(firm)
        firm.service_target = target
        firm.product_limit = limit
        firm.loudness = -1.0
        meet_demand(firm, draw(stream_key(seed, chance.SHOCK_DRAWS, month), number), params)
        change_staff(firm, chosen, params, month)
        assign_time(firm, chosen, params.staffing)
    elif firm.status == CLOSED:
        clear_flows(firm)


def consider_pivot(firm: Firm, pivot: Pivot, after: Strategy, params: Params, month: int) -> None:
    """Change course when the trigger is met, on last month's figures."""
    top = product.most_requested(firm.tally, no_features(), params.market.features)
    focus = strategy.ratio(firm.tally[top], figures.total(firm.tally)) if top != NOTHING else 0.0
    signal = strategy.signal_value(
        pivot.signal,
        strategy.ratio(firm.work_upkeep, firm.work_capacity),
        focus,
        strategy.ratio(firm.deals, firm.sales_capacity),
        figures.cash_flow(firm),
        strategy.ratio(firm.prospect_fit_sum / MILLION, firm.contacts),
    )
    if strategy.pivots(pivot, month, firm.customers, firm.viable_months, signal):
        firm.course = 1
        firm.service_goal = after.service_goal
        firm.pivoted = month


def meet_demand(firm: Firm, luck: float, params: Params) -> None:
    """Good or bad times of the firm's product this month."""
    firm.shock_deviate = demand_shock.next_deviate(firm.shock_deviate, luck, params.market)
    firm.demand_shock = demand_shock.multiplier(firm.shock_deviate, params.market, params.mechanisms.shocks)


def plan_service(firm: Firm, chosen: Strategy, params: Params, months: int) -> int:
    """Service staff that a goal or expected profit asks for, on last month's figures; -1 when nothing asks."""
    floats = chosen.service_rule == FLOATING and params.mechanisms.goal_erosion
    goal = firm.service_goal if floats else chosen.service_goal
    firm.service_goal = goal
    if chosen.service_rule == FIXED or firm.tickets <= 0 or firm.customers <= 0:
        return NOTHING
    load = load_ahead(firm, params)
    own_time = firm.founders * strategy.role_share(chosen, SERVICE)
    if chosen.service_rule == PROFIT:
        target = profitable_service(firm, chosen, params, months, load, own_time)
    else:
        share = service.quality_aimed_at(figures.mean_quality(firm), goal, params.service)
        target = service_rules.staff_for_goal(load, share, own_time, firm.skill[SERVICE], params.service)
        firm.service_goal = service.next_goal(goal, figures.mean_quality(firm), floats, params.service)
    return int(target * finance.caution(firm.cash, figures.fixed_cost(firm, params.finance), params.staffing))


def load_ahead(firm: Firm, params: Params) -> int:
    """Service work to plan for, when those who are hired now will have come."""
    load = service.service_load(firm.tickets, firm.variety, params.service)
    gained, lost, months = firm.deals + firm.walk_ins, firm.churned + firm.poached, params.staffing.hiring_delay + 1
    return service_rules.expected_load(load, firm.backlog, gained, lost, firm.customers, months, params.service)


def profitable_service(firm: Firm, chosen: Strategy, params: Params, months: int, load: int, own_time: float) -> int:
    """Service staff of the highest profit expected within the strategy's horizon."""
    outlook = service_rules.Outlook(
        firm.customers,
        firm.revenue / firm.customers - params.finance.hosting,
        load,
        firm.skill[SERVICE],
        firm.satisfaction_sum / MILLION / firm.customers,
        figures.mean_quality(firm),
        demand.mean_sensitivity(params.market),
    )
    horizon = service_rules.months_ahead(chosen.horizon, months, params.mechanisms.short_horizon)
    staff, cost = firm.staff[SERVICE] + figures.total(firm.pipeline[SERVICE]), finance.role_cost(SERVICE, params.finance)
    rules, habits, mechanisms = params.service, params.loyalty, params.mechanisms
    return service_rules.profitable_staff(staff, own_time, cost, outlook, horizon, rules, habits, mechanisms)


def plan_product(firm: Firm, params: Params) -> int:
    """Most product employees that last month's work asks for; -1 when there is more to build than anyone could."""
    used = firm.work_upkeep + firm.work_custom + firm.work_roadmap
    complete = firm.standard_features >= params.market.features
    coming = figures.total(firm.pipeline[PRODUCT])
    return strategy.product_limit(firm.staff[PRODUCT], coming, used, firm.work_capacity, complete)


def change_staff(firm: Firm, chosen: Strategy, params: Params, month: int) -> None:
    """Give each role its budget, then hire (later) or dismiss (now) towards it; newcomers of this month arrive and learn."""
    staffing = params.staffing
    fixed = figures.fixed_cost(firm, params.finance)
    money = finance.spendable(firm.trend, firm.cash, fixed, chosen.invest, staffing)
    firm.marketing_plan = int(money * chosen.marketing_budget)
    people = figures.people(firm)
    for role in range(len(firm.staff)):
        target = people_wanted(firm, chosen, role, int(money * strategy.role_budget(chosen, role)), params)
        coming = firm.pipeline[role]
        change = strategy.planned_change(target, firm.staff[role], figures.total(coming), people, staffing)
        if change > 0:
            coming[(month + staffing.hiring_delay) % len(coming)] += change
        else:
            firm.staff[role] += change
            firm.dismissals -= change
        arrivals = coming[month % len(coming)]
        coming[month % len(coming)] = 0
        skill = strategy.skill_after_arrivals(firm.skill[role], firm.staff[role], arrivals)
        firm.skill[role] = strategy.skill_after_month(skill, staffing)
        firm.staff[role] += arrivals
        firm.hires += arrivals


def people_wanted(firm: Firm, chosen: Strategy, role: int, budget: int, params: Params) -> int:
    """Employees of a role that the budget pays, or that the service rule asks for; those there are when it cannot tell."""
    affordable = strategy.affordable_people(budget, finance.role_cost(role, params.finance))
    if role == PRODUCT and firm.product_limit != NOTHING:
        return min(affordable, firm.product_limit)
    if role != SERVICE or chosen.service_rule == FIXED:
        return affordable
    if firm.service_target == NOTHING:
        return firm.staff[role] + figures.total(firm.pipeline[role])
    return firm.service_target


def assign_time(firm: Firm, chosen: Strategy, staffing: Staffing) -> None:
    """Turn people into effective person-months of product, sales and service work."""
    firm.work_capacity = int(MILLION * role_time(firm, chosen, staffing, PRODUCT))
    firm.sales_capacity = role_time(firm, chosen, staffing, SALES)
    firm.service_capacity = role_time(firm, chosen, staffing, SERVICE)


def role_time(firm: Firm, chosen: Strategy, staffing: Staffing, role: int) -> float:
    """Effective person-months of one role."""
    share = strategy.role_share(chosen, role)
    return strategy.role_capacity(figures.people(firm), firm.founders, firm.staff[role], firm.skill[role], share, staffing)
