"""Plan: pivots, budgets, hiring, and whose time goes where."""

from typing import Any

from cxsim.engine.fast.compile import inlined, kernel
from cxsim.model import chance, demand, demand_shock, finance, product, service, service_rules, strategy
from cxsim.model.chance import draw, stream_key
from cxsim.model.features import no_features
from cxsim.model.params import FIXED, FLOATING, PRODUCT, PROFIT, SALES, SERVICE
from cxsim.model.state import ALIVE, CLOSED, FLOW_WORDS, MILLION, NOTHING


@kernel
def plan(state: Any, month: int) -> None:
    """Pivot if the trigger is met; divide money; hire, dismiss, train; see whose time goes where."""
    for f in range(state.firms.shape[0]):
        firm = state.firms[f]
        if firm.status == ALIVE:
            if firm.course == 0:
                consider_pivot(state, firm, month)
            chosen = state.plans.strategies[firm.group, firm.course]
            target, limit = plan_service(state, firm, chosen), plan_product(state, firm)
            clear_flows(state, f)
            firm.service_target = target
            firm.product_limit = limit
            firm.loudness = -1.0
            see_tide(state, firm, f, month)
            change_staff(state.params, firm, chosen, month)
            assign_time(state.params.staffing, firm, chosen)
        elif firm.status == CLOSED:
            clear_flows(state, f)


@inlined
def clear_flows(state: Any, f: int) -> None:
    """Start a firm's month: what is counted within a month starts at zero, for a closed firm too."""
    for word in FLOW_WORDS:
        state.firm_words[f, word] = 0


@inlined
def consider_pivot(state: Any, firm: Any, month: int) -> None:
    """Change course when the trigger is met, on last month's figures."""
    pivot = state.plans.pivots[firm.group]
    features = state.popularity.shape[1]
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
        firm.service_goal = state.plans.strategies[firm.group, 1].service_goal
        firm.pivoted = month


@inlined
def see_tide(state: Any, firm: Any, f: int, month: int) -> None:
    """Good or bad times of the firm's product this month."""
    market = state.params.market
    firm.swell = demand_shock.next_swell(firm.swell, draw(stream_key(state.seed, chance.TIDE_DRAWS, month), f), market)
    firm.tide = demand_shock.tide(firm.swell, market, state.params.mechanisms.shocks)


@inlined
def plan_service(state: Any, firm: Any, chosen: Any) -> int:
    """Service staff that a goal or expected profit asks for, on last month's figures; -1 when nothing asks."""
    params = state.params
    floats = chosen.service_rule == FLOATING and params.mechanisms.goal_erosion
    goal = firm.service_goal if floats else chosen.service_goal
    firm.service_goal = goal
    if chosen.service_rule == FIXED or firm.tickets <= 0 or firm.customers <= 0:
        return NOTHING
    load = load_ahead(params, firm)
    own_time = firm.founders * strategy.role_share(chosen, SERVICE)
    if chosen.service_rule == PROFIT:
        target = profitable_service(state, firm, chosen, load, own_time)
    else:
        share = service.quality_aimed_at(quality_of(firm), goal, params.service)
        target = service_rules.staff_for_goal(load, share, own_time, firm.skill[SERVICE], params.service)
        firm.service_goal = service.next_goal(goal, quality_of(firm), floats, params.service)
    staff = firm.staff
    fixed = finance.fixed_cost(firm.founders, staff[PRODUCT], staff[SALES], staff[SERVICE], params.finance)
    return int(target * finance.caution(firm.cash, fixed, params.staffing))


@inlined
def load_ahead(params: Any, firm: Any) -> int:
    """Service work to plan for, when those who are hired now will have come."""
    load = service.service_load(firm.tickets, firm.variety, params.service)
    gained, lost, months = firm.deals + firm.walk_ins, firm.churned + firm.poached, params.staffing.hiring_delay + 1
    return service_rules.expected_load(load, firm.backlog, gained, lost, firm.customers, months, params.service)


@inlined
def plan_product(state: Any, firm: Any) -> int:
    """Most product employees that last month's work asks for; -1 when there is more to build than anyone could."""
    used = firm.work_upkeep + firm.work_custom + firm.work_roadmap
    complete = firm.standard_features >= state.popularity.shape[1]
    return strategy.product_limit(firm.staff[PRODUCT], firm.pipeline[PRODUCT].sum(), used, firm.work_capacity, complete)


@inlined
def quality_of(firm: Any) -> float:
    """Quality of service over all customers of a firm."""
    return service.mean_quality(firm.service_quality, firm.vip_quality, strategy.ratio(firm.vips, firm.customers))


@inlined
def profitable_service(state: Any, firm: Any, chosen: Any, load: int, own_time: float) -> int:
    """Service staff of the highest profit expected within the strategy's horizon."""
    params = state.params
    months = service_rules.months_ahead(chosen.horizon, state.history.shape[0], params.mechanisms.short_horizon)
    outlook = service_rules.Outlook(
        firm.customers,
        firm.revenue / firm.customers - params.finance.hosting,
        load,
        firm.skill[SERVICE],
        firm.satisfaction_sum / MILLION / firm.customers,
        quality_of(firm),
        demand.mean_sensitivity(params.market),
    )
    people, cost = firm.staff[SERVICE] + firm.pipeline[SERVICE].sum(), finance.role_cost(SERVICE, params.finance)
    rules, habits, mechanisms = params.service, params.loyalty, params.mechanisms
    return service_rules.profitable_staff(people, own_time, cost, outlook, months, rules, habits, mechanisms)


@inlined
def people_wanted(params: Any, firm: Any, chosen: Any, role: int, budget: int) -> int:
    """Employees of a role that the budget pays, or that the service rule asks for; those there are when it cannot tell."""
    affordable = strategy.affordable_people(budget, finance.role_cost(role, params.finance))
    if role == PRODUCT and firm.product_limit != NOTHING:
        return min(affordable, firm.product_limit)
    if role != SERVICE or chosen.service_rule == FIXED:
        return affordable
    if firm.service_target == NOTHING:
        return firm.staff[role] + firm.pipeline[role].sum()
    return firm.service_target


@inlined
def change_staff(params: Any, firm: Any, chosen: Any, month: int) -> None:
    """Give each role its budget, then hire (later) or dismiss (now) towards it; newcomers of this month arrive and learn."""
    staff = firm.staff
    fixed = finance.fixed_cost(firm.founders, staff[PRODUCT], staff[SALES], staff[SERVICE], params.finance)
    money = finance.spendable(firm.trend, firm.cash, fixed, chosen.invest, params.staffing)
    firm.marketing_plan = int(money * chosen.marketing_budget)
    people = firm.founders + staff.sum()
    slots = firm.pipeline.shape[1]
    for role in range(staff.shape[0]):
        coming = firm.pipeline[role].sum()
        target = people_wanted(params, firm, chosen, role, int(money * strategy.role_budget(chosen, role)))
        change = strategy.planned_change(target, staff[role], coming, people, params.staffing)
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


@inlined
def assign_time(staffing: Any, firm: Any, chosen: Any) -> None:
    """Turn people into effective person-months of product, sales and service work."""
    people = firm.founders + firm.staff.sum()
    firm.work_capacity = int(MILLION * role_time(staffing, firm, chosen, people, PRODUCT))
    firm.sales_capacity = role_time(staffing, firm, chosen, people, SALES)
    firm.service_capacity = role_time(staffing, firm, chosen, people, SERVICE)


@inlined
def role_time(staffing: Any, firm: Any, chosen: Any, people: int, role: int) -> float:
    """Effective person-months of one role."""
    share = strategy.role_share(chosen, role)
    return strategy.role_capacity(people, firm.founders, firm.staff[role], firm.skill[role], share, staffing)
