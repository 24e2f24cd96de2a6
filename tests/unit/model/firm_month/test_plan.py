"""How a firm plans its month, by hand."""

from copy import deepcopy
from typing import Any

import pytest

from cxsim.model import demand_shock, service_rules
from cxsim.model.chance import SHOCK_DRAWS, draw, stream_key
from cxsim.model.firm_month.plan import (
    assign_time,
    change_staff,
    consider_pivot,
    load_ahead,
    meet_demand,
    people_wanted,
    plan,
    plan_product,
    plan_service,
    profitable_service,
    role_time,
)  # fmt: skip
from cxsim.model.params import (
    AT_CUSTOMERS,
    FLOATING,
    GOAL,
    NEVER,
    ON_SIGNAL,
    PRODUCT,
    PROFIT,
    REQUEST_FOCUS,
    SALES,
    SERVICE,
    Finance,
    Market,
    Mechanisms,
    Params,
    Pivot,
    Service,
    Staffing,
    Strategy,
)  # fmt: skip
from cxsim.model.state import ALIVE, CLOSED, DORMANT, FLOWS
from plain_firms import changes, plain_firm

FINANCE = Finance(wage_product=900, wage_sales=900, wage_service=500, founder_pay=400, overhead=100, hosting=3)
STAFFING = Staffing(hiring_delay=2, ramp=4.0, growth_limit=0.5, cut_limit=0.25, generalists=4, reserve_months=4.0)
SERVICE_RULES = Service(handle_time=1.0, work_hours=100.0, adjust_months=2.0, erosion_months=10.0)
PARAMS = Params(finance=FINANCE, staffing=STAFFING, service=SERVICE_RULES, market=Market(features=8))
THIRDS = Strategy(product_budget=0.3, sales_budget=0.2, service_budget=0.1, marketing_budget=0.05, invest=0.0)


def planned(firm: Any, **more: Any) -> Any:
    """Plan month 5 of a firm, number 3 of its run of 24 months, with seed 7."""
    given = {"before": THIRDS, "after": THIRDS._replace(service_goal=0.9), "pivot": Pivot(NEVER), "params": PARAMS} | more
    plan(firm, 3, given["before"], given["after"], given["pivot"], given["params"], 7, 5, 24)
    return firm


def test_a_pivot_changes_course_and_goal() -> None:
    firm = plain_firm(customers=10)
    consider_pivot(firm, Pivot(AT_CUSTOMERS, customers=11), THIRDS, PARAMS, 5)
    assert (firm.course, firm.pivoted) == (0, 0)
    consider_pivot(firm, Pivot(AT_CUSTOMERS, customers=10), THIRDS._replace(service_goal=0.9), PARAMS, 5)
    assert (firm.course, firm.pivoted, firm.service_goal) == (1, 5, 0.9)


@pytest.mark.parametrize(
    ("tally", "pivots"), [([0] * 64, False), ([1, 5, *[0] * 60, 1, 3], True), ([5, 6, 2, *[0] * 61], False)]
)
def test_a_signal_may_be_the_share_of_the_most_requested_feature(tally: list[int], pivots: bool) -> None:
    firm = plain_firm(tally=tally)
    params = PARAMS._replace(market=Market(features=64))
    consider_pivot(firm, Pivot(ON_SIGNAL, signal=REQUEST_FOCUS, threshold=0.5), THIRDS, params, 5)
    assert firm.course == pivots


def test_meet_demand() -> None:
    firm = plain_firm(shock_deviate=1.2)
    market = Market(shock=0.2, shock_memory=6.0)
    meet_demand(firm, 0.5, PARAMS._replace(market=market))
    assert firm.shock_deviate == pytest.approx(1.0)
    assert firm.demand_shock == demand_shock.multiplier(firm.shock_deviate, market, True)
    meet_demand(firm, 0.5, PARAMS._replace(market=market, mechanisms=Mechanisms(shocks=False)))
    assert firm.demand_shock == 1.0


def test_load_ahead_grows_as_customers_did_and_clears_the_backlog() -> None:
    firm = plain_firm(
        tickets=100_000_000, variety=1.0, customers=100, deals=4, walk_ins=2, churned=3, poached=1, backlog=50_000
    )
    # 1,000,000 of load, two more customers of a hundred in each of three months, half of the backlog
    assert load_ahead(firm, PARAMS) == pytest.approx(1_060_000 + 25_000, abs=1)


def test_a_fixed_rule_asks_for_nobody() -> None:
    firm = plain_firm(customers=10, tickets=1_000_000, service_goal=0.5)
    assert plan_service(firm, THIRDS._replace(service_goal=0.8), PARAMS, 24) == -1
    assert firm.service_goal == 0.8


def serving(**more: Any) -> Any:
    """A firm of 100 customers with the load of ten people."""
    known = {"customers": 100, "tickets": 1_000_000_000, "variety": 1.0, "service_quality": 0.6, "vip_quality": 0.6}
    return plain_firm(**(known | {"cash": 10**9, "staff": [0, 0, 4], "skill": [1.0, 1.0, 0.8]} | more))


def test_a_goal_asks_for_staff_and_stays() -> None:
    firm, chosen = serving(), THIRDS._replace(service_rule=GOAL, service_goal=0.8)
    expected = service_rules.staff_for_goal(10_000_000, 0.7, 0.0, 0.8, SERVICE_RULES)  # half the way from 0.6 to 0.8
    assert plan_service(firm, chosen, PARAMS, 24) == expected > 10
    assert firm.service_goal == 0.8
    assert plan_service(serving(customers=0), chosen, PARAMS, 24) == plan_service(serving(tickets=0), chosen, PARAMS, 24) == -1


def test_founders_serve_too_and_little_cash_asks_for_fewer() -> None:
    chosen = THIRDS._replace(service_rule=GOAL, service_goal=0.8)
    own = service_rules.staff_for_goal(10_000_000, 0.7, 6 * (0.1 / 0.6), 0.8, SERVICE_RULES)
    assert plan_service(serving(founders=6), chosen, PARAMS, 24) == own
    poor = serving(cash=4 * 2_400 // 2)  # four staff cost 600 each a month; half of the reserve of four months is there
    full = service_rules.staff_for_goal(10_000_000, 0.7, 0.0, 0.8, SERVICE_RULES)
    assert plan_service(poor, chosen, PARAMS, 24) == full // 2


def test_a_floating_goal_follows_what_was_achieved() -> None:
    chosen = THIRDS._replace(service_rule=FLOATING, service_goal=0.8)
    firm = serving(service_goal=0.7)
    plan_service(firm, chosen, PARAMS, 24)
    assert firm.service_goal == pytest.approx(0.7 + (0.6 - 0.7) / 10)
    held = serving(service_goal=0.7)
    plan_service(held, chosen, PARAMS._replace(mechanisms=Mechanisms(goal_erosion=False)), 24)
    assert held.service_goal == 0.8


@pytest.mark.parametrize(("short", "months"), [(True, 3), (False, 24)])
def test_profit_asks_for_the_staff_that_pays_within_the_horizon(short: bool, months: int) -> None:
    params = PARAMS._replace(mechanisms=Mechanisms(short_horizon=short))
    firm = serving(revenue=100_000, satisfaction_sum=70_000_000)
    firm.pipeline[SERVICE][4] = 2
    chosen = THIRDS._replace(service_rule=PROFIT, horizon=3)
    outlook = service_rules.Outlook(100, 997.0, 10_000_000, 0.8, 0.7, 0.6, 0.4)
    rules = params.service, params.loyalty, params.mechanisms
    best = service_rules.profitable_staff(6, 0.0, 600, outlook, months, *rules)
    assert profitable_service(firm, chosen, params, 24, 10_000_000, 0.0) == best
    assert plan_service(firm, chosen, params, 24) == best
    assert firm.service_goal == chosen.service_goal


def test_a_complete_product_needs_the_people_who_were_busy() -> None:
    firm = plain_firm(
        standard_features=8, staff=[10, 0, 0], work_capacity=1_000, work_upkeep=300, work_custom=100, work_roadmap=0
    )
    assert plan_product(firm, PARAMS) == 4
    firm.standard_features = 7
    assert plan_product(firm, PARAMS) == -1
    firm.standard_features, firm.work_roadmap = 8, 600
    firm.pipeline[PRODUCT][3] = 2
    assert plan_product(firm, PARAMS) == 13


def test_people_wanted() -> None:
    firm = plain_firm(staff=[1, 2, 3], service_target=7, product_limit=4)
    firm.pipeline[SERVICE][1] = 2
    goal = THIRDS._replace(service_rule=GOAL)
    assert people_wanted(firm, THIRDS, PRODUCT, 5_000, PARAMS) == 4  # 5 could be paid, there is work for 4
    assert people_wanted(firm, THIRDS, PRODUCT, 3_999, PARAMS) == 3
    assert people_wanted(firm, THIRDS, SALES, 5_000, PARAMS) == 5
    assert people_wanted(firm, THIRDS, SERVICE, 6_600, PARAMS) == 11
    assert people_wanted(firm, goal, SERVICE, 0, PARAMS) == 7
    firm.service_target = firm.product_limit = -1
    assert people_wanted(firm, goal, SERVICE, 0, PARAMS) == 5
    assert people_wanted(firm, THIRDS, PRODUCT, 5_000, PARAMS) == 5


def test_staff_is_hired_for_later_and_dismissed_at_once() -> None:
    firm = plain_firm(founders=2, staff=[2, 8, 0], skill=[1.0, 0.5, 0.0], trend=10_000, cash=10**9)
    firm.service_target = firm.product_limit = -1
    firm.pipeline[SERVICE][5] = 3
    before = deepcopy(firm)
    change_staff(firm, THIRDS, PARAMS, 17)  # slot 5 is due, slot 7 will be
    assert firm.marketing_plan == 500
    assert firm.staff == [2, 6, 3]  # 3 product people can be paid, 2 sellers; a quarter of 8 sellers goes
    assert firm.pipeline == [[0] * 7 + [1] + [0] * 4, [0] * 12, [0] * 12]
    assert firm.skill == [1.0, 0.625, 0.25]
    assert (firm.hires, firm.dismissals) == (3, 2)
    assert set(changes(firm, before)) == {"marketing_plan", "staff", "pipeline", "skill", "hires", "dismissals"}


def test_time_of_people() -> None:
    firm = plain_firm(founders=3, staff=[4, 2, 1], skill=[0.5, 1.0, 1.0])
    assert role_time(firm, THIRDS, STAFFING, PRODUCT) == pytest.approx(4 * 0.5 + 3 * 0.5)
    assign_time(firm, THIRDS, STAFFING)
    assert firm.work_capacity == 3_500_000
    assert [firm.sales_capacity, firm.service_capacity] == pytest.approx([2 + 3 / 3, 1 + 3 / 6])
    alone = plain_firm(founders=3, staff=[1, 0, 0])
    assign_time(alone, THIRDS, STAFFING)  # everyone does everything
    assert [alone.work_capacity / 1e6, alone.sales_capacity, alone.service_capacity] == pytest.approx([2.0, 4 / 3, 2 / 3])


def test_a_month_is_planned_on_last_months_figures_which_are_then_cleared() -> None:
    firm = serving(status=ALIVE, founders=1, revenue=100, churned=2, loudness=0.4)
    chosen = THIRDS._replace(service_rule=GOAL, service_goal=0.8)
    target = plan_service(deepcopy(firm), chosen, PARAMS, 24)
    planned(firm, before=chosen)
    assert firm.service_target == target > 0
    assert firm.product_limit == -1
    assert firm.loudness == -1.0
    luck = draw(stream_key(7, SHOCK_DRAWS, 5), 3)
    assert firm.shock_deviate == demand_shock.next_deviate(0.0, luck, PARAMS.market)
    written = {"service_target", "product_limit", "demand_shock", "dismissals", "work_capacity", "sales_capacity"}
    assert {name for name in FLOWS if getattr(firm, name) != 0} <= written | {"service_capacity", "marketing_plan", "hires"}
    assert firm.revenue == firm.churned == firm.tickets == 0


def test_the_new_strategy_rules_from_the_month_of_the_pivot_on() -> None:
    after = THIRDS._replace(marketing_budget=0.5)
    firm = planned(plain_firm(status=ALIVE, customers=9, trend=1_000, cash=10**9), pivot=Pivot(AT_CUSTOMERS), after=after)
    assert (firm.course, firm.pivoted, firm.marketing_plan) == (1, 5, 500)
    again = planned(firm, after=after, pivot=Pivot(AT_CUSTOMERS), before=THIRDS._replace(marketing_budget=0.1))
    assert (again.course, again.marketing_plan) == (1, 500)


@pytest.mark.parametrize("status", [CLOSED, DORMANT])
def test_a_firm_out_of_business_decides_nothing(status: int) -> None:
    firm = plain_firm(status=status, revenue=100 * (status == CLOSED), cash=-5, staff=[0, 0, 0])
    planned(firm)
    assert vars(firm) == vars(plain_firm(status=status, cash=-5))
