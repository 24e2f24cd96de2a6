"""Rules give the same bits compiled and interpreted, on any input."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cxsim.engine.fast import shortcuts
from cxsim.engine.fast.compile import kernel
from cxsim.engine.fast.simulation_state import make_guide
from cxsim.model import (
    arithmetic,
    churn,
    demand,
    demand_shock,
    features,
    finance,
    loyalty,
    product,
    sales,
    service,
    service_rules,
    strategy,
)
from cxsim.model.params import VIP, Loyalty, Market, Mechanisms, Params, Product, Sales, Service, Staffing, Strategy

SHARES = st.floats(0, 1)
MONEY = st.integers(0, 10**13)
PARAMS = Params()


def bits(values: Any) -> bytes:
    return np.asarray(values, np.float64).tobytes()


@kernel
def compiled_functions(x: float, y: float, u: float, out: Any) -> None:
    out[0] = arithmetic.exp(x)
    out[1] = arithmetic.log(y)
    out[2] = arithmetic.power(y, x / 100.0)
    out[3] = arithmetic.normal_quantile(u)
    out[4] = arithmetic.clamp(x, -1.0, y)


@given(x=st.floats(-800, 800), y=st.floats(1e-300, 1e300), u=st.floats(2**-60, 1, exclude_max=True))
def test_functions(x: float, y: float, u: float) -> None:
    out = np.empty(5)
    compiled_functions(x, y, u, out)
    plain = arithmetic.exp(x), arithmetic.log(y), arithmetic.power(y, x / 100.0), arithmetic.normal_quantile(u)
    assert out.tobytes() == bits([*plain, arithmetic.clamp(x, -1.0, y)])


def test_functions_at_their_ends() -> None:
    out = np.empty(5)
    for x in (0.0, -0.0, 1e-300, -1e-300, 699.99, 700.0, 700.01, -699.99, -700.0, -701.0, 0.34657359027997264, 1e308):
        for y in (5e-324, 2.0**-1040, 2.0**-1022, 0.5, 0.7071067811865476, 1.0, 1.0 - 2.0**-53, 1.0 + 2.0**-52, 1.7e308):
            compiled_functions(x, y, 0.5, out)
            assert out[:2].tobytes() == bits([arithmetic.exp(x), arithmetic.log(y)]), (x, y)


@kernel
def compiled_words(word: Any, other: Any, n: int, out: Any) -> None:
    out[0] = features.bit(n)
    out[1] = features.count(word)
    out[2] = features.without(word, other)
    out[3] = features.first(word, n)
    out[4] = features.has(word, n)
    if word != 0:
        out[5] = features.lowest(word)
        out[6] = features.nth(word, n % features.count(word))
    out[7] = features.no_features()


@given(word=st.integers(0, 2**64 - 1), other=st.integers(0, 2**64 - 1), n=st.integers(0, 63))
def test_words(word: int, other: int, n: int) -> None:
    out = np.zeros(8, np.uint64)
    compiled_words(np.uint64(word), np.uint64(other), n, out)
    whole = [features.lowest(word), features.nth(word, n % features.count(word))] if word else [0, 0]
    plain = [features.bit(n), features.count(word), features.without(word, other), features.first(word, n)]
    assert out.tolist() == [*plain, features.has(word, n), *whole, features.no_features()]


@kernel
def compiled_service(servers: float, load: float, work: int, backlog: int, vips: float, rules: Any, out: Any) -> None:
    out[0] = service.erlang_c(servers, load)
    out[1] = service.answered_in_time(servers, load, rules)
    served = service.serve_month(work, backlog, servers, vips, rules, True)
    out[2] = served.backlog
    out[3] = served.quality
    out[4] = served.vip_quality
    out[5] = service.ticket_count(backlog, work, vips, rules)
    out[6] = service.service_load(work, load, rules)
    out[7] = service.staff_for(load, vips, rules)
    out[8] = service.next_reputation(vips, served.quality, work, rules)
    out[9] = service.mean_quality(served.quality, served.vip_quality, vips)
    out[10] = service.quality_aimed_at(served.quality, vips, rules)
    out[11] = service.next_goal(vips, served.quality, True, rules)


@given(
    servers=st.floats(0, 400), load=st.floats(0, 400), work=st.integers(0, 10**9), backlog=st.integers(0, 10**6), vips=SHARES,
    team=st.integers(0, 60),
)  # fmt: skip
def test_service(servers: float, load: float, work: int, backlog: int, vips: float, team: int) -> None:
    rules = Service(team=team)
    out = np.empty(12)
    compiled_service(servers, load, work, backlog, vips, rules, out)
    served = service.serve_month(work, backlog, servers, vips, rules, True)
    plain = [
        service.erlang_c(servers, load), service.answered_in_time(servers, load, rules), *served,
        service.ticket_count(backlog, work, vips, rules), service.service_load(work, load, rules),
        service.staff_for(load, vips, rules), service.next_reputation(vips, served.quality, work, rules),
        service.mean_quality(served.quality, served.vip_quality, vips),
        service.quality_aimed_at(served.quality, vips, rules), service.next_goal(vips, served.quality, True, rules),
    ]  # fmt: skip
    assert out.tobytes() == bits(plain)


@kernel
def compiled_service_rules(staff: int, load: int, months: int, share: float, outlook: Any, params: Any, out: Any) -> None:
    rules, habits, mechanisms = params.service, params.loyalty, params.mechanisms
    known = service_rules.Outlook(outlook.customers, outlook.margin, load, share, outlook.satisfaction, outlook.quality, share)
    out[0] = service_rules.staff_for_goal(load, share, 0.5, share, rules)
    out[1] = service_rules.expected_profit(staff, share, 700_000, known, months, rules, habits, mechanisms)
    out[2] = service_rules.profitable_staff(staff, share, 700_000, known, months, rules, habits, mechanisms)
    out[3] = service_rules.months_ahead(months, staff, mechanisms.short_horizon)


@given(
    staff=st.integers(0, 500), load=st.integers(0, 10**9), months=st.integers(1, 100), share=st.floats(0, 0.999), felt=SHARES,
    margin=st.floats(-1e6, 1e6),
)  # fmt: skip
def test_service_rules(staff: int, load: int, months: int, share: float, felt: float, margin: float) -> None:
    rules = PARAMS.service, PARAMS.loyalty, PARAMS.mechanisms
    outlook = service_rules.Outlook(400, margin, load, share, felt, 1.0 - felt, share)
    out = np.empty(4)
    compiled_service_rules(staff, load, months, share, outlook, PARAMS, out)
    plain = [
        service_rules.staff_for_goal(load, share, 0.5, share, PARAMS.service),
        service_rules.expected_profit(staff, share, 700_000, outlook, months, *rules),
        service_rules.profitable_staff(staff, share, 700_000, outlook, months, *rules),
        service_rules.months_ahead(months, staff, True),
    ]
    assert out.tobytes() == bits(plain)


@kernel
def compiled_shocks(deviate: float, u: float, size: int, vips: int, market: Any, out: Any) -> None:
    out[0] = demand_shock.next_deviate(deviate, u, market)
    out[1] = demand_shock.multiplier(out[0], market, True)
    out[2] = demand_shock.multiplier(out[0], market, False)
    out[3] = finance.invoices(size, vips, u, 50_000, out[1])


@given(
    deviate=st.floats(-9, 9), u=st.floats(0, 1, exclude_max=True), size=st.integers(0, 10**9), shock=st.floats(0, 2),
    memory=st.floats(1, 120),
)  # fmt: skip
def test_demand_shocks(deviate: float, u: float, size: int, shock: float, memory: float) -> None:
    market = Market(shock=shock, shock_memory=memory)
    out = np.empty(4)
    compiled_shocks(deviate, u, size, size // 3, market, out)
    moved = demand_shock.next_deviate(deviate, u, market)
    shocked = demand_shock.multiplier(moved, market, True)
    assert out.tobytes() == bits([moved, shocked, 1.0, finance.invoices(size, size // 3, u, 50_000, shocked)])


@kernel
def compiled_sales(p: float, u: float, deals: int, changes: int, customers: int, rules: Any, out: Any) -> None:
    out[0] = sales.next_playbook(p, deals, changes, customers, rules)
    out[1] = sales.sales_yield(p, rules, True)
    out[2] = sales.win_chance(p, u, 0.2, rules)
    out[3] = sales.signs(u, p, u, 0.2, rules)
    out[4] = sales.sales_reach(100.0 * p, u, deals, p - u, u, rules)
    out[5] = sales.sales_effort(out[4], u, 7)
    out[6] = sales.surplus(p, deals, customers)
    out[7] = sales.told_contacts(deals - changes, rules, True)
    out[8] = sales.reach_elsewhere(customers, rules)


@given(p=SHARES, u=SHARES, deals=st.integers(0, 10**6), changes=st.integers(0, 10**4), customers=st.integers(1, 10**7))
def test_sales(p: float, u: float, deals: int, changes: int, customers: int) -> None:
    rules = Sales()
    out = np.empty(9)
    compiled_sales(p, u, deals, changes, customers, rules, out)
    reach = sales.sales_reach(100.0 * p, u, deals, p - u, u, rules)
    plain = [
        sales.next_playbook(p, deals, changes, customers, rules), sales.sales_yield(p, rules, True),
        sales.win_chance(p, u, 0.2, rules), sales.signs(u, p, u, 0.2, rules), reach, sales.sales_effort(reach, u, 7),
        sales.surplus(p, deals, customers), sales.told_contacts(deals - changes, rules, True),
        sales.reach_elsewhere(customers, rules),
    ]  # fmt: skip
    assert out.tobytes() == bits(plain)


@kernel
def compiled_tiers(u: float, sensitivity: int, products: int, reach: Any, chosen: Any, params: Any, out: Any) -> None:
    accepted = sales.accepted_price(90_000, u, params.service, True)
    out[0] = accepted
    out[1] = sales.wants_vip(u, sensitivity, 0.5 * u, accepted, chosen)
    out[2] = sales.offered_more(u, products, chosen, params.product, True)
    out[3] = sales.offered_price(1, chosen)
    out[4] = demand.billed_size(sensitivity, products, params.product)
    out[5] = sales.pick_by_reach(reach, sensitivity, u)
    out[6] = sales.inclination(u - 0.5, params.sales)


@given(
    u=st.floats(0, 1, exclude_max=True), sensitivity=st.integers(0, 10**6), products=st.integers(1, 5),
    reach=st.lists(st.integers(0, 10**6), min_size=1, max_size=9), premium=st.floats(0, 10),
)  # fmt: skip
def test_tiers(u: float, sensitivity: int, products: int, reach: list[int], premium: float) -> None:
    chosen, cumulative = Strategy(tiers=VIP, vip_share=0.9, vip_premium=premium, expansion=0.5), np.cumsum(reach)
    out = np.empty(7)
    compiled_tiers(u, sensitivity, products, cumulative, chosen, PARAMS, out)
    accepted = sales.accepted_price(90_000, u, PARAMS.service, True)
    plain = [
        accepted, sales.wants_vip(u, sensitivity, 0.5 * u, accepted, chosen),
        sales.offered_more(u, products, chosen, PARAMS.product, True), sales.offered_price(1, chosen),
        demand.billed_size(sensitivity, products, PARAMS.product), sales.pick_by_reach(cumulative, sensitivity, u),
        sales.inclination(u - 0.5, PARAMS.sales),
    ]  # fmt: skip
    assert out.tobytes() == bits(plain)


@kernel
def compiled_loyalty(a: float, b: float, u: float, weight: int, base: int, params: Any, rules: Any, out: Any) -> None:
    out[0] = loyalty.experience(a, b, weight, u, rules)
    out[1] = loyalty.next_satisfaction(a, b, rules, True)
    out[2] = churn.churns(u, base, a, 0.5 + b, rules, True)
    out[3] = churn.churns(u, base, a, 0.5 + b, rules, False)
    out[4] = loyalty.asks(u, b, -1, rules)
    out[5] = product.product_condition(a, b, params.product)
    out[6] = loyalty.praise(a)
    out[7] = loyalty.talk(3, weight, base % 500_000, params.sales)


@given(a=SHARES, b=SHARES, u=SHARES, weight=st.integers(0, 10**6), base=st.integers(0, 10**9), slope=st.floats(0, 20))
def test_loyalty(a: float, b: float, u: float, weight: int, base: int, slope: float) -> None:
    rules = Loyalty(leave_slope=slope)
    out = np.empty(8)
    compiled_loyalty(a, b, u, weight, base, PARAMS, rules, out)
    plain = [
        loyalty.experience(a, b, weight, u, rules), loyalty.next_satisfaction(a, b, rules, True),
        churn.churns(u, base, a, 0.5 + b, rules, True), churn.churns(u, base, a, 0.5 + b, rules, False),
        loyalty.asks(u, b, -1, rules), product.product_condition(a, b, PARAMS.product), loyalty.praise(a),
        loyalty.talk(3, weight, base % 500_000, PARAMS.sales),
    ]  # fmt: skip
    assert out.tobytes() == bits(plain)


@kernel
def compiled_product(custom: int, standard: int, share: float, rules: Any, row: Any, guide: Any, out: Any) -> None:
    factor = product.variety_factor(custom, standard, rules, True)
    out[0] = factor
    out[1] = product.upkeep_work(custom, standard, factor, rules)
    out[2] = product.custom_job(factor, rules)
    out[3] = product.standard_job(factor, 0.99 * share, rules)
    out[4] = product.open_work(standard, share, True)
    out[5] = demand.pick_feature(row, share)
    out[6] = product.founder_guess(row, share, share, 0.5)
    out[7] = product.mean_polish(share, standard, custom, 0.3)
    out[8] = shortcuts.guided_feature(row, guide, share)


@given(custom=st.integers(0, 10**6), standard=st.integers(0, 64), share=st.floats(0, 1, exclude_max=True), cost=st.floats(0, 1))
def test_product(custom: int, standard: int, share: float, cost: float) -> None:
    rules = Product(variety_cost=cost)
    table = demand.popularity_table(custom, PARAMS.market._replace(features=9))
    row, guide = table[0], make_guide(table)[0]
    out = np.empty(9)
    compiled_product(custom, standard, share, rules, row, guide, out)
    factor = product.variety_factor(custom, standard, rules, True)
    plain = [
        factor, product.upkeep_work(custom, standard, factor, rules), product.custom_job(factor, rules),
        product.standard_job(factor, 0.99 * share, rules), product.open_work(standard, share, True),
        demand.pick_feature(row, share), product.founder_guess(row, share, share, 0.5),
        product.mean_polish(share, standard, custom, 0.3), shortcuts.guided_feature(row, guide, share),
    ]  # fmt: skip
    assert out.tobytes() == bits(plain)


@kernel
def compiled_customers(u: float, needs: Any, have: Any, params: Any, out: Any) -> None:
    out[0] = demand.account_size(u, params.market, True)
    out[1] = demand.willingness_to_pay(u, params.market)
    out[2] = demand.service_sensitivity(u, params.market)
    out[3] = demand.fit(needs, have)
    out[4] = demand.fit_millionths(needs, have)
    out[5] = sales.perceived_fit(needs, have, have & needs, needs & have, 0.5, 0.7)


@given(u=st.floats(0, 1, exclude_max=True), needs=st.integers(1, 2**64 - 1), have=st.integers(0, 2**64 - 1))
def test_customers(u: float, needs: int, have: int) -> None:
    out = np.empty(6)
    compiled_customers(u, np.uint64(needs), np.uint64(have), PARAMS, out)
    market = PARAMS.market
    plain = [
        demand.account_size(u, market, True), demand.willingness_to_pay(u, market), demand.service_sensitivity(u, market),
        demand.fit(needs, have), demand.fit_millionths(needs, have),
        sales.perceived_fit(needs, have, have & needs, needs & have, 0.5, 0.7),
    ]  # fmt: skip
    assert out.tobytes() == bits(plain)


@kernel
def compiled_staff(budget: int, cost: int, staff: int, people: int, skill: float, chosen: Any, rules: Any, out: Any) -> None:
    out[0] = strategy.planned_change(strategy.affordable_people(budget, cost), staff, 1, people, rules)
    out[1] = strategy.role_capacity(people, 2, staff, skill, 0.3, rules)
    out[2] = strategy.skill_after_month(strategy.skill_after_arrivals(skill, staff, 2), rules)
    out[3] = strategy.role_share(chosen, 1)
    out[4] = strategy.ratio(budget, cost)
    out[5] = finance.caution(budget, cost, rules)


@given(
    budget=st.integers(0, 10**13),
    cost=st.integers(0, 10**8),
    staff=st.integers(0, 10**5),
    more=st.integers(1, 1000),
    skill=SHARES,
)
def test_staff(budget: int, cost: int, staff: int, more: int, skill: float) -> None:
    rules, chosen = Staffing(), Strategy()
    out = np.empty(6)
    compiled_staff(budget, cost, staff, staff + more, skill, chosen, rules, out)
    plain = [
        strategy.planned_change(strategy.affordable_people(budget, cost), staff, 1, staff + more, rules),
        strategy.role_capacity(staff + more, 2, staff, skill, 0.3, rules),
        strategy.skill_after_month(strategy.skill_after_arrivals(skill, staff, 2), rules), strategy.role_share(chosen, 1),
        strategy.ratio(budget, cost), finance.caution(budget, cost, rules),
    ]  # fmt: skip
    assert out.tobytes() == bits(plain)


def test_promises_and_targets() -> None:
    """Rules that take sets and tallies, over all their branches."""
    tally = np.arange(6)[::-1].copy()
    row = np.cumsum(np.full(6, 1 / 6))
    for roadmap in range(3):
        for standard in range(64):
            for on in (Mechanisms(), Mechanisms(validation=False)):
                plain = product.next_target(roadmap, standard, tally, 2, 4, row, on)
                assert compiled_target(roadmap, np.uint64(standard), tally, 2, 4, row, on) == plain


@kernel
def compiled_target(roadmap: int, standard: Any, tally: Any, loudest: int, guess: int, row: Any, mechanisms: Any) -> int:
    return product.next_target(roadmap, standard, tally, loudest, guess, row, mechanisms)
