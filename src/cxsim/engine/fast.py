"""The fast engine: the same month as the reference engine, over arrays, in compiled code.

A *phase* here loops, gathers, calls rules of ``cxsim.model`` and scatters; it decides nothing itself. ``run_months`` keeps a
whole run inside one compiled call that does not hold the interpreter's lock, so replicates run in parallel threads.
"""

from typing import Any

import numpy as np

from cxsim.engine.compile import kernel, phase
from cxsim.engine.world import BLOCK, CHUNK, LANES, World, history_of, make_world
from cxsim.model import chance, demand, finance, loyalty, product, sales, service, strategy
from cxsim.model.case import Case, History
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import bit, count, has, lowest, no_features, nth, without
from cxsim.model.params import PRODUCT, SALES, SERVICE
from cxsim.model.schedule import BUILD, ENTER, EXPERIENCE, PLAN, RECORD, SELL, SERVE, SETTLE
from cxsim.model.state import (
    ALIVE,
    CLOSED,
    DORMANT,
    FIRST_TRIES,
    FLOW_WORDS,
    MEASURE_WORDS,
    MILLION,
    NOBODY,
    NOTHING,
)  # fmt: skip


def simulate(case: Case, seed: int, months: int) -> History:
    """Run a case from its first day; ``seed`` is the replicate's (see ``chance.replicate_seed``)."""
    world = start_world(case, seed, months)
    run_months(world, 0, months)
    return history_of(world)


def start_world(case: Case, seed: int, months: int) -> World:
    """Build the initial state: customers with their traits, firms founded at month 0 with their first customers."""
    world = make_world(case, seed, months)
    populate(world)
    return world


@kernel
def run_months(world: Any, first_month: int, end_month: int) -> None:
    """Run whole months, from ``first_month`` up to but not including ``end_month``."""
    for month in range(first_month, end_month):
        for step in range(RECORD + 1):
            one_phase(world, step, month)


@kernel
def run_phase(world: Any, step: int, month: int) -> None:
    """Run a single phase of a month, for the parity tool."""
    one_phase(world, step, month)


@phase
def one_phase(world: Any, step: int, month: int) -> None:
    """Dispatch to a phase by its place in the schedule."""
    if step == PLAN:
        plan(world, month)
    elif step == BUILD:
        build(world, month)
    elif step == SELL:
        sell(world, month)
    elif step == SERVE:
        serve(world)
    elif step == EXPERIENCE:
        experience(world, month)
    elif step == SETTLE:
        settle(world, month)
    elif step == ENTER:
        enter(world, month)
    elif step == RECORD:
        record(world, month)


# --- plan ------------------------------------------------------------------------------------------------------------


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
    flow = firm.revenue - firm.wages - firm.marketing - firm.running_costs
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


# --- build -----------------------------------------------------------------------------------------------------------


@phase
def build(world: Any, month: int) -> None:
    """Keep what exists, then deliver promises, then single requests, then the roadmap."""
    firms = world.firms
    key = stream_key(world.seed, chance.WORK_ORDER_DRAWS, month)
    first = int(draw(key, 0) * world.customers.needs.shape[0])
    for f in range(firms.shape[0]):
        if firms[f].status == ALIVE:
            keep_up(world.params, firms[f])
    deliver_promises(world, first)
    for f in range(firms.shape[0]):
        if firms[f].status == ALIVE:
            open_requests(world, firms[f])
    deliver_requests(world, first)
    for f in range(firms.shape[0]):
        if firms[f].status == ALIVE:
            advance_roadmap(world, f, month)
    hand_over(world, first)


@phase
def keep_up(params: Any, firm: Any) -> None:
    """Spend product time on upkeep first; what is left is open to promised work, with what was begun last month."""
    on = params.mechanisms.variety
    firm.variety = product.variety_factor(firm.custom_features, firm.standard_features, params.product, on)
    due = product.upkeep_work(firm.custom_features, firm.standard_features, firm.variety, params.product)
    firm.work_upkeep = min(due, firm.work_capacity)
    firm.upkept = product.upkept_share(firm.work_upkeep, due)
    firm.job = product.custom_job(firm.variety, params.product)
    firm.custom_work_open = firm.work_capacity - firm.work_upkeep + firm.custom_bank
    firm.work_custom = -firm.custom_bank
    firm.custom_bank = 0


@phase
def deliver_promises(world: Any, first: int) -> None:
    """Build promised features, customer by customer from a drawn start, while the firm has time for a whole one."""
    customers, firms = world.customers, world.firms
    able = 0
    for f in range(firms.shape[0]):
        able += can_keep_promises(firms[f])
    number = customers.needs.shape[0]
    for start, end in ((first, number), (0, first)):
        c = next_buyer(customers.supplier, start, end)
        while able > 0 and c < end:
            firm = firms[customers.supplier[c]]
            while customers.promised[c] != 0 and can_keep_promises(firm):
                feature = lowest(customers.promised[c])
                customers.promised[c] ^= bit(feature)
                firm.promised_features -= 1
                deliver_custom(world, firm, c, feature)
                able -= not can_keep_promises(firm)
            c = next_buyer(customers.supplier, c + 1, end)


@phase
def can_keep_promises(firm: Any) -> bool:
    """Tell whether a firm owes a promised feature and has time for one."""
    return firm.status == ALIVE and firm.promised_features > 0 and firm.custom_work_open >= firm.job


@phase
def deliver_custom(world: Any, firm: Any, c: int, feature: int) -> None:
    """Hand one custom feature to one customer; a request for it is thereby met."""
    customers = world.customers
    firm.fit_sum -= fit_now(customers, firm, c)
    customers.custom[c] |= bit(feature)
    firm.fit_sum += fit_now(customers, firm, c)
    if world.customers.asked[c] == feature:
        world.customers.asked[c] = NOTHING
        firm.open_requests -= 1
    firm.custom_work_open -= firm.job
    firm.work_custom += firm.job
    firm.custom_features += 1
    firm.custom_built += 1
    firm.fees += world.plans.strategies[firm.group, firm.course].custom_fee


@phase
def open_requests(world: Any, firm: Any) -> None:
    """Keep unfinished promised work; when all promises are kept, open the strategy's share of time to single requests."""
    spare = firm.custom_work_open
    firm.custom_work_open = 0
    if firm.promised_features > 0:
        firm.custom_bank = spare
        firm.work_custom += spare
    else:
        share = world.plans.strategies[firm.group, firm.course].custom_share
        firm.custom_work_open = product.open_work(spare, share, world.params.mechanisms.custom_work)
        firm.work_left = spare - firm.custom_work_open


@phase
def deliver_requests(world: Any, first: int) -> None:
    """Build what single customers asked for, from the same start, while there is time; the rest goes to the roadmap."""
    customers, firms = world.customers, world.firms
    able = 0
    for f in range(firms.shape[0]):
        able += can_grant_requests(firms[f])
    number = customers.needs.shape[0]
    for start, end in ((first, number), (0, first)):
        c = next_buyer(customers.supplier, start, end)
        while able > 0 and c < end:
            firm = firms[customers.supplier[c]]
            if customers.asked[c] != NOTHING and can_grant_requests(firm):
                deliver_custom(world, firm, c, int(customers.asked[c]))
                able -= not can_grant_requests(firm)
            c = next_buyer(customers.supplier, c + 1, end)
    for f in range(firms.shape[0]):
        close_custom_work(firms[f])


@phase
def can_grant_requests(firm: Any) -> bool:
    """Tell whether a firm has an open request and time for one."""
    return firm.status == ALIVE and firm.open_requests > 0 and firm.custom_work_open >= firm.job


@phase
def close_custom_work(firm: Any) -> None:
    """Keep what is begun for those who still wait; with nobody waiting the time goes to the roadmap."""
    if firm.open_requests > 0:
        firm.custom_bank += firm.custom_work_open
        firm.work_custom += firm.custom_work_open
    else:
        firm.work_left += firm.custom_work_open
    firm.custom_work_open = 0


@phase
def advance_roadmap(world: Any, f: int, month: int) -> None:
    """Spend what is left on standard features, one after the other."""
    firm = world.firms[f]
    cost = product.standard_job(firm.variety, world.params.product)
    firm.work_roadmap = firm.work_left
    firm.roadmap_bank += firm.work_left
    firm.work_left = 0
    guesses = split(stream_key(world.seed, chance.FOUNDER_GUESS_DRAWS, month), f)
    while True:
        if firm.target == NOTHING:
            firm.target = choose_target(world, firm, guesses)
        if firm.target == NOTHING or firm.roadmap_bank < cost:
            break
        firm.roadmap_bank -= cost
        firm.fresh |= bit(firm.target)
        firm.standard_built += 1
        firm.target = NOTHING
    if firm.target == NOTHING:  # nothing left to build: the time is lost
        firm.work_roadmap -= firm.roadmap_bank
        firm.roadmap_bank = 0


@phase
def choose_target(world: Any, firm: Any, guesses: int) -> int:
    """Next standard feature by the firm's roadmap."""
    market_row = world.popularity[world.popularity.shape[0] - 1]
    n = firm.standard_built
    guess = product.founder_guess(market_row, draw(guesses, 2 * n), draw(guesses, 2 * n + 1), firm.insight)
    roadmap = world.plans.strategies[firm.group, firm.course].roadmap
    built = firm.standard | firm.fresh
    return product.next_target(roadmap, built, firm.tally, firm.loudest, guess, market_row, world.params.mechanisms)


@phase
def hand_over(world: Any, first: int) -> None:
    """Bring finished standard features to customers; they replace custom ones, promises and requests for the same.

    M4 off: each goes to a single customer who needs it, and stays custom.
    """
    customers, firms = world.customers, world.firms
    sharing = world.params.mechanisms.sharing
    anything = False
    for f in range(firms.shape[0]):
        if firms[f].fresh != 0:
            anything = True
            if sharing:
                firms[f].standard |= firms[f].fresh
                firms[f].standard_features = count(firms[f].standard)
                firms[f].fit_sum = 0
    number = customers.needs.shape[0]
    for start, end in ((first, number), (0, first)):
        c = next_buyer(customers.supplier, start, end)
        while anything and c < end:
            firm = firms[customers.supplier[c]]
            if firm.fresh != 0:
                if sharing:
                    drop_features(customers, firm, c, firm.fresh)
                    firm.fit_sum += fit_now(customers, firm, c)
                else:
                    grant_one(customers, firm, c)
            c = next_buyer(customers.supplier, c + 1, end)


@phase
def grant_one(customers: Any, firm: Any, c: int) -> None:
    """M4 off: give one finished feature to this customer, if it lacks one of them."""
    wanted = without(customers.needs[c] & firm.fresh, firm.standard | customers.custom[c])
    if wanted != 0:
        feature = bit(lowest(wanted))
        drop_features(customers, firm, c, feature)
        firm.fit_sum -= fit_now(customers, firm, c)
        customers.custom[c] |= feature
        firm.fit_sum += fit_now(customers, firm, c)
        firm.custom_features += 1
        firm.fresh ^= feature


@phase
def drop_features(customers: Any, firm: Any, c: int, features: int) -> None:
    """Take features out of what was built for, promised to and asked by a customer."""
    firm.custom_features -= count(customers.custom[c] & features)
    firm.promised_features -= count(customers.promised[c] & features)
    customers.custom[c] = without(customers.custom[c], features)
    customers.promised[c] = without(customers.promised[c], features)
    if customers.asked[c] != NOTHING and has(features, customers.asked[c]):
        customers.asked[c] = NOTHING
        firm.open_requests -= 1


# --- who buys from whom ----------------------------------------------------------------------------------------------


@phase
def anyone_buys(supplier: Any, first: int, end: int) -> bool:
    """Tell whether any of a few neighbours has a supplier: while firms are small, most have none."""
    buyers = 0
    neighbours = supplier[first:end]  # seen from its start, which lets a compiler use vector instructions
    for k in range(neighbours.shape[0]):
        buyers += neighbours[k] >= 0
    return buyers > 0


@phase
def next_buyer(supplier: Any, c: int, end: int) -> int:
    """Find the first customer from c on who has a supplier; ``end`` when there is none."""
    while c < end and supplier[c] < 0:
        if c % CHUNK == 0 and not anyone_buys(supplier, c, min(c + CHUNK, end)):
            c += CHUNK
        else:
            c += 1
    return min(c, end)


@phase
def attach(customers: Any, firm: Any, f: int, c: int, promised: int, due: int, satisfaction: float, month: int) -> None:
    """Customer c starts to buy from firm f."""
    customers.supplier[c] = f
    customers.promised[c] = promised
    customers.due[c] = due
    customers.satisfaction[c] = satisfaction
    customers.since[c] = month
    firm.customers += 1
    firm.account_size += int(customers.size[c])
    firm.promised_features += count(promised)
    firm.fit_sum += fit_now(customers, firm, c)
    count_users(firm, customers.needs[c], 1)


@phase
def fit_now(customers: Any, firm: Any, c: int) -> int:
    """Fit of a customer with what it gets from its supplier, in millionths; the firm keeps the sum."""
    return demand.fit_millionths(customers.needs[c], firm.standard | customers.custom[c])


@phase
def detach(customers: Any, firm: Any, c: int) -> None:
    """Customer c stops buying from its supplier; what was built for it goes with it."""
    firm.customers -= 1
    firm.account_size -= int(customers.size[c])
    firm.fit_sum -= fit_now(customers, firm, c)
    firm.custom_features -= count(customers.custom[c])
    firm.promised_features -= count(customers.promised[c])
    if customers.asked[c] != NOTHING:
        firm.open_requests -= 1
    count_users(firm, customers.needs[c], -1)
    customers.supplier[c] = NOBODY
    customers.custom[c] = no_features()
    customers.promised[c] = no_features()
    customers.asked[c] = NOTHING
    customers.since[c] = NOTHING


@phase
def count_users(firm: Any, needs: int, change: int) -> None:
    """Add to the number of own customers who need each feature of a set."""
    rest = needs
    while rest != 0:
        feature = lowest(rest)
        firm.users[feature] += change
        rest ^= bit(feature)


# --- sell ------------------------------------------------------------------------------------------------------------


@phase
def sell(world: Any, month: int) -> None:
    """Meet prospects, firm by firm from a drawn start, and win some."""
    number = world.firms.shape[0]
    first = int(draw(stream_key(world.seed, chance.FIRM_ORDER_DRAWS, month), 0) * number)
    for i in range(number):
        f = (first + i) % number
        if world.firms[f].status == ALIVE:
            work_prospects(world, f, month)


@phase
def work_prospects(world: Any, f: int, month: int) -> None:
    """Spend a firm's selling effort: look at drawn customers, let go those who do not fit, make an offer to the others."""
    firm, customers, params = world.firms[f], world.customers, world.params
    supplier, needs = customers.supplier, customers.needs
    qualification = world.plans.strategies[firm.group, firm.course].qualification
    firm.sales_yield = sales.sales_yield(firm.playbook, params.sales, params.mechanisms.sales_learning)
    luck = draw(stream_key(world.seed, chance.REACH_DRAWS, month), f)
    effort = sales.sales_effort(firm.sales_capacity, firm.sales_yield, firm.marketing_plan, luck, params.sales)
    contacts = split(stream_key(world.seed, chance.CONTACT_DRAWS, month), f)
    choices = split(stream_key(world.seed, chance.CHOICE_DRAWS, month), f)
    tells = split(stream_key(world.seed, chance.LOST_TELLS_DRAWS, month), f)
    number = supplier.shape[0]
    standard = firm.standard
    met = 0
    while effort > 0:
        c = int(draw(contacts, met) * number)
        met += 1
        if supplier[c] == f:  # reach falls on the whole market, own customers included
            effort -= sales.EFFORT
        else:
            firm.contacts += 1
            fit = demand.fit(needs[c], standard)
            firm.prospect_fit_sum += demand.in_millionths(fit)
            effort -= sales.contact_effort(fit, qualification, params.sales)
            if fit >= qualification:
                firm.pursued += 1
                if accepts(world.plans.strategies, world.firms, customers, params, f, c, draw(choices, c)):
                    win(world, f, c, month)
                else:
                    hear_loss(firm, needs[c], draw(tells, c), params.sales)


@phase
def accepts(strategies: Any, firms: Any, customers: Any, params: Any, f: int, c: int, luck: float) -> bool:
    """A customer weighs the firm's offer against what it has."""
    if not sales.may_sign(luck, params.sales):
        return False
    firm = firms[f]
    chosen = strategies[firm.group, firm.course]
    wtp = int(customers.wtp[c])
    seen = seen_fit(chosen, firm, customers.needs[c], params)
    present, bound = 0.0, 0.0
    if customers.supplier[c] != NOBODY:
        rival = firms[customers.supplier[c]]
        kept = loyalty.felt_loyalty(customers.satisfaction[c], params.mechanisms.loyalty)
        present, bound = sales.surplus(kept, strategies[rival.group, rival.course].price, wtp), params.sales.switching_cost
    return sales.signs(luck, sales.surplus(seen, chosen.price, wtp), present, bound, params.sales)


@phase
def seen_fit(chosen: Any, firm: Any, needs: int, params: Any) -> float:
    """Fit that the firm's offer, promises included, shows to a customer."""
    promised = sales.promised_features(needs, firm.standard, chosen, params.sales, params.mechanisms)
    weights = params.product.unproven_weight, params.sales.promise_weight
    return sales.perceived_fit(needs, firm.standard, firm.validated, promised, weights[0], weights[1])


@phase
def win(world: Any, f: int, c: int, month: int) -> None:
    """A customer signs, with what was promised to it, and leaves its former supplier."""
    customers, params, firm = world.customers, world.params, world.firms[f]
    if customers.supplier[c] != NOBODY:
        rival = world.firms[customers.supplier[c]]
        rival.poached += 1
        detach(customers, rival, c)
    chosen = world.plans.strategies[firm.group, firm.course]
    needs = customers.needs[c]
    promised = sales.promised_features(needs, firm.standard, chosen, params.sales, params.mechanisms)
    first_impression = min(seen_fit(chosen, firm, needs, params), 1.0)
    attach(customers, firm, f, c, promised, month + params.sales.promise_months, first_impression, month)
    firm.deals += 1


@phase
def hear_loss(firm: Any, needs: int, luck: float, rules: Any) -> None:
    """A lost prospect says, perhaps, which feature it missed."""
    if luck < rules.lost_tells:
        missing = without(needs, firm.standard)
        if missing != 0:
            firm.tally[nth(missing, int(luck / rules.lost_tells * count(missing)))] += 1


# --- serve -----------------------------------------------------------------------------------------------------------


@phase
def serve(world: Any) -> None:
    """Requests for help arise, wait for service staff, and leave a backlog when there are too few."""
    firms, params = world.firms, world.params
    for f in range(firms.shape[0]):
        firm = firms[f]
        if firm.status == ALIVE:
            firm.tickets = service.ticket_count(firm.customers, firm.fit_sum, params.service)
            load = service.service_load(firm.tickets, firm.variety, params.service)
            on = params.mechanisms.queue
            served = service.serve_month(load, firm.backlog, firm.service_capacity, params.service, on)
            firm.backlog = served.backlog
            firm.service_quality = served.quality


# --- experience ------------------------------------------------------------------------------------------------------


@phase
def experience(world: Any, month: int) -> None:
    """Satisfaction moves; some leave; some ask for what they miss; then needs drift.

    Buyers are taken in blocks. Those of a block are listed and go through short loops without branches, one for each
    rule, which a compiler turns into vector instructions; only the few who may leave or ask are then looked at one by one.
    The order within a month does not matter, since each customer depends on its own state and on what its firm offers.
    """
    first = 0
    while first < world.customers.supplier.shape[0]:
        buyers, first = list_buyers(world.customers.supplier, first, world.block.buyers)
        live_month(world, buyers, month)
        part_with(world, buyers, month)
        hear_requests(world, buyers, month)
    join_lanes(world.lanes, world.firms)
    drift(world, month)


@phase
def list_buyers(supplier: Any, first: int, listed: Any) -> Any:
    """List the next customers with a supplier, until a block is full; returns how many, and where to go on."""
    number, start = 0, first
    while start < supplier.shape[0] and number <= BLOCK - CHUNK:
        stop = min(start + CHUNK, supplier.shape[0])
        if anyone_buys(supplier, start, stop):
            for c in range(start, stop):  # no branch: most that are not buyers are overwritten by the next
                listed[number] = c
                number += supplier[c] >= 0
        start = stop
    return number, start


@phase
def live_month(world: Any, buyers: int, month: int) -> None:
    """Move the satisfaction of the buyers of a block, and mark who may leave and who asks."""
    params, block, mechanisms = world.params, world.block, world.params.mechanisms
    leaving = stream_key(world.seed, chance.LEAVE_DRAWS, month)
    asking = stream_key(world.seed, chance.ASK_DRAWS, month)
    bring_together(block, buyers, world.customers, world.firms)
    see_fit(block, buyers)
    see_delay(block, buyers, month)
    feel(block, buyers, params.product, params.loyalty)
    remember(block, buyers, params.loyalty, mechanisms.memory)
    mark_leavers(block, buyers, leaving, params.loyalty, mechanisms.loyalty)
    mark_askers(block, buyers, asking, params.loyalty)
    take_back(block, buyers, world.customers, world.lanes)


@phase
def bring_together(block: Any, buyers: int, customers: Any, firms: Any) -> None:
    """Lay the traits of each buyer, and what its firm offers, side by side."""
    for k in range(buyers):
        c = block.buyers[k]
        firm = firms[customers.supplier[c]]
        block.needs[k] = customers.needs[c]
        block.have[k] = firm.standard | customers.custom[c]
        block.promised[k] = customers.promised[c]
        block.satisfaction[k] = customers.satisfaction[c]
        block.upkept[k] = firm.upkept
        block.quality[k] = firm.service_quality
        block.sensitivity[k] = customers.sensitivity[c]
        block.leave_base[k] = customers.leave_base[c]
        block.due[k] = customers.due[c]
        block.asked[k] = customers.asked[c]


@phase
def see_fit(block: Any, buyers: int) -> None:
    """Fit of each buyer."""
    for k in range(buyers):
        block.fit[k] = demand.fit(block.needs[k], block.have[k])


@phase
def see_delay(block: Any, buyers: int, month: int) -> None:
    """Share of needs that were promised to each buyer and are overdue."""
    for k in range(buyers):
        block.late[k] = loyalty.late_share(block.needs[k], block.promised[k], block.due[k], month)


@phase
def feel(block: Any, buyers: int, making: Any, rules: Any) -> None:
    """Experience of each buyer."""
    for k in range(buyers):
        worth = product.product_worth(block.fit[k], block.upkept[k], making.rot)
        block.felt[k] = loyalty.experience(worth, block.quality[k], block.sensitivity[k], block.late[k], rules)


@phase
def remember(block: Any, buyers: int, rules: Any, on: bool) -> None:
    """Move the satisfaction of each buyer by its experience."""
    for k in range(buyers):
        block.satisfaction[k] = loyalty.next_satisfaction(block.satisfaction[k], block.felt[k], rules, on)


@phase
def mark_leavers(block: Any, buyers: int, key: int, rules: Any, on: bool) -> None:
    """Mark the buyers who may leave."""
    for k in range(buyers):
        luck = draw(key, block.buyers[k])
        block.leaves[k] = loyalty.may_leave(luck, block.leave_base[k], block.satisfaction[k], rules, on)


@phase
def mark_askers(block: Any, buyers: int, key: int, rules: Any) -> None:
    """Mark the buyers who ask for a feature."""
    for k in range(buyers):
        block.asks[k] = loyalty.asks(draw(key, block.buyers[k]), block.fit[k], block.asked[k], rules)


@phase
def take_back(block: Any, buyers: int, customers: Any, lanes: Any) -> None:
    """Put satisfaction back, and add it up by firm, in lanes, so that one sum need not wait for the one before."""
    for k in range(buyers):
        c = block.buyers[k]
        customers.satisfaction[c] = block.satisfaction[k]
        lanes[k % LANES, customers.supplier[c]] += int(block.satisfaction[k] * MILLION)


@phase
def join_lanes(lanes: Any, firms: Any) -> None:
    """Move the lanes' sums to the firms."""
    for f in range(firms.shape[0]):
        for lane in range(LANES):
            firms[f].satisfaction_sum += lanes[lane, f]
            lanes[lane, f] = 0


@phase
def part_with(world: Any, buyers: int, month: int) -> None:
    """Let go of those marked who do leave."""
    customers, rules, on = world.customers, world.params.loyalty, world.params.mechanisms.loyalty
    key = stream_key(world.seed, chance.LEAVE_DRAWS, month)
    marked = list_marked(world.block.leaves, buyers, world.block.listed)
    for i in range(marked):
        c = int(world.block.buyers[world.block.listed[i]])
        if loyalty.leaves(draw(key, c), customers.leave_base[c], customers.satisfaction[c], rules, on):
            firm = world.firms[customers.supplier[c]]
            firm.churned += 1
            firm.satisfaction_sum -= int(customers.satisfaction[c] * MILLION)
            detach(customers, firm, c)


@phase
def hear_requests(world: Any, buyers: int, month: int) -> None:
    """Hear those marked who ask and have not left."""
    marked = list_marked(world.block.asks, buyers, world.block.listed)
    for i in range(marked):
        c = int(world.block.buyers[world.block.listed[i]])
        if world.customers.supplier[c] != NOBODY:
            ask(world.customers, world.firms[world.customers.supplier[c]], c, world.seed, month)


@phase
def list_marked(marks: Any, size: int, listed: Any) -> int:
    """List the places in a block that are marked; returns how many."""
    number = 0
    words = marks.view(np.uint64)  # few are marked: look at eight at a time
    for word in range((size + 7) // 8):
        if words[word] != 0:
            for k in range(8 * word, min(8 * word + 8, size)):
                if marks[k] != 0:
                    listed[number] = k
                    number += 1
    return number


@phase
def ask(customers: Any, firm: Any, c: int, seed: int, month: int) -> None:
    """A customer asks for one of the features it misses; the firm counts it and remembers the loudest."""
    missing = without(customers.needs[c], firm.standard | customers.custom[c])
    pick = draw(stream_key(seed, chance.ASK_FEATURE_DRAWS, month), c)
    feature = nth(missing, int(pick * count(missing)))
    customers.asked[c] = feature
    firm.open_requests += 1
    firm.requests += 1
    firm.tally[feature] += 1
    loud = draw(stream_key(seed, chance.LOUDNESS_DRAWS, month), c)
    if loud > firm.loudness:
        firm.loudness = loud
        firm.loudest = feature


@phase
def drift(world: Any, month: int) -> None:
    """Accounts whose yearly review is due may exchange a need for another."""
    customers, market = world.customers, world.params.market
    odds = demand.drift_chance(market)
    if odds <= 0.0 or not world.params.mechanisms.needs:
        return
    key = stream_key(world.seed, chance.DRIFT_DRAWS, month)
    for c in range(month % demand.REVIEW_MONTHS, customers.needs.shape[0], demand.REVIEW_MONTHS):
        if draw(key, c) < odds:
            own = split(key, c)
            needs = customers.needs[c]
            dropped = nth(needs, int(draw(own, 0) * count(needs)))
            added = demand.pick_feature(world.popularity[customers.segment[c]], draw(own, 1))
            change_needs(customers, world.firms, c, demand.exchanged_needs(needs, dropped, added))


@phase
def change_needs(customers: Any, firms: Any, c: int, needs: int) -> None:
    """Give a customer new needs and keep its supplier's counts right; what served only a lost need is dropped."""
    before = customers.needs[c]
    if customers.supplier[c] != NOBODY:
        firm = firms[customers.supplier[c]]
        lost = without(before, needs)
        count_users(firm, lost, -1)
        count_users(firm, without(needs, before), 1)
        firm.fit_sum -= fit_now(customers, firm, c)
        drop_features(customers, firm, c, lost)
    customers.needs[c] = needs
    if customers.supplier[c] != NOBODY:
        firm = firms[customers.supplier[c]]
        firm.fit_sum += fit_now(customers, firm, c)


# --- settle ----------------------------------------------------------------------------------------------------------


@phase
def settle(world: Any, month: int) -> None:
    """Bill, pay, learn to sell, see what is validated; firms without money close and release their customers."""
    closing = False
    for f in range(world.firms.shape[0]):
        firm = world.firms[f]
        if firm.status == ALIVE:
            keep_books(world, firm)
            learn(world.params, firm)
            if finance.insolvent(firm.cash):
                close_firm(firm, month)
                closing = True
    if closing:
        customers = world.customers
        for c in range(customers.needs.shape[0]):
            if customers.supplier[c] != NOBODY and world.firms[customers.supplier[c]].status == CLOSED:
                firm = world.firms[customers.supplier[c]]
                firm.released += 1
                detach(customers, firm, c)


@phase
def keep_books(world: Any, firm: Any) -> None:
    """Bill customers, pay everyone, and smooth the revenue that next month's budgets rest on."""
    params, staff = world.params, firm.staff
    price = world.plans.strategies[firm.group, firm.course].price
    firm.revenue = finance.subscriptions(firm.account_size, price) + firm.fees
    firm.wages = finance.wage_bill(firm.founders, staff[PRODUCT], staff[SALES], staff[SERVICE], params.finance)
    firm.marketing = firm.marketing_plan
    firm.running_costs = finance.running_cost(firm.founders + staff.sum(), firm.customers, params.finance)
    flow = firm.revenue - firm.wages - firm.marketing - firm.running_costs
    firm.cash += flow
    firm.viable_months = firm.viable_months + 1 if flow > 0 else 0
    firm.trend = finance.next_trend(firm.trend, firm.revenue, params.staffing.trend_months)


@phase
def learn(params: Any, firm: Any) -> None:
    """The playbook moves with deals and product changes; features with enough users count as validated."""
    changes = firm.custom_built + firm.standard_built
    firm.playbook = sales.next_playbook(firm.playbook, firm.deals, changes, firm.customers, params.sales)
    on = params.mechanisms.validation
    firm.validated = product.validated_features(firm.standard, firm.validated, firm.users, params.product.evidence, on)
    firm.validated_features = count(firm.validated)


@phase
def close_firm(firm: Any, month: int) -> None:
    """End a firm: its people go, its customers are released by the caller."""
    firm.status = CLOSED
    firm.closed = month
    firm.dismissals += firm.staff.sum()
    firm.staff[:] = 0
    firm.pipeline[:] = 0
    firm.founders = 0
    firm.backlog = 0


# --- enter and record ------------------------------------------------------------------------------------------------


@phase
def enter(world: Any, month: int) -> None:
    """Found the firms that the scenario sets for next month, and entrants drawn this month while there are slots."""
    for f in range(world.first_entrant):
        if world.firms[f].status == DORMANT and world.plans.founded[world.firms[f].group] == month + 1:
            found(world, f, month + 1)
    luck = draw(stream_key(world.seed, chance.ENTRY_DRAWS, month), 0)
    coming = int(world.params.entry.rate + luck)
    for f in range(world.first_entrant, world.firms.shape[0]):
        if coming > 0 and world.firms[f].status == DORMANT:
            found(world, f, month + 1)
            coming -= 1


@phase
def found(world: Any, f: int, month: int) -> None:
    """A firm opens its doors with the people, money, product and customers of its plan."""
    firm = world.firms[f]
    start = world.plans.starts[firm.group]
    market_row = world.popularity[world.popularity.shape[0] - 1]
    key = split(stream_key(world.seed, chance.BORN_FEATURE_DRAWS, chance.BEFORE_START), f)
    firm.status = ALIVE
    firm.founded = month
    firm.founders = start.founders
    firm.cash = start.cash
    firm.insight = start.insight
    firm.playbook = start.playbook
    firm.staff[PRODUCT] = start.product_staff
    firm.staff[SALES] = start.sales_staff
    firm.staff[SERVICE] = start.service_staff
    firm.skill[:] = 1.0
    firm.standard = product.born_features(market_row, key, start.features, start.insight)
    firm.standard_features = count(firm.standard)
    win_first_customers(world, f, start.customers, month)
    on = world.params.mechanisms.validation
    evidence = world.params.product.evidence
    firm.validated = product.validated_features(firm.standard, no_features(), firm.users, evidence, on)
    firm.validated_features = count(firm.validated)
    firm.trend = finance.subscriptions(firm.account_size, world.plans.strategies[firm.group, 0].price)


@phase
def win_first_customers(world: Any, f: int, wanted: int, month: int) -> None:
    """Draw the customers that a firm starts with from those free, by the same choice that later ones make."""
    firm, customers, params = world.firms[f], world.customers, world.params
    price = world.plans.strategies[firm.group, 0].price
    picks = split(stream_key(world.seed, chance.FIRST_CUSTOMER_DRAWS, chance.BEFORE_START), f)
    choices = split(stream_key(world.seed, chance.FIRST_CHOICE_DRAWS, chance.BEFORE_START), f)
    number = customers.needs.shape[0]
    for attempt in range(wanted * FIRST_TRIES):
        if firm.customers >= wanted:
            break
        c = int(draw(picks, attempt) * number)
        if customers.supplier[c] == NOBODY:
            seen = demand.fit(customers.needs[c], firm.standard)
            offer = sales.surplus(seen, price, int(customers.wtp[c]))
            if sales.signs(draw(choices, attempt), offer, 0.0, 0.0, params.sales):
                attach(customers, firm, f, c, no_features(), 0, seen, month)


@phase
def record(world: Any, month: int) -> None:
    """Write down the measures of every firm: the first words of its record."""
    for f in range(world.firm_words.shape[0]):
        for word in range(MEASURE_WORDS):
            world.history[month, f, word] = world.firm_words[f, word]


# --- the first day ---------------------------------------------------------------------------------------------------


@kernel
def populate(world: Any) -> None:
    """Give every customer its traits and found the firms of month 0."""
    customers, market, seed = world.customers, world.params.market, world.seed
    start = chance.BEFORE_START
    segments = stream_key(seed, chance.SEGMENT_DRAWS, start)
    needs = stream_key(seed, chance.NEED_DRAWS, start)
    sizes = stream_key(seed, chance.SIZE_DRAWS, start)
    purses = stream_key(seed, chance.WTP_DRAWS, start)
    tempers = stream_key(seed, chance.SENSITIVITY_DRAWS, start)
    habits = stream_key(seed, chance.LEAVE_BASE_DRAWS, start)
    common = demand.everyones_needs(world.popularity[market.segments], market)
    for c in range(customers.needs.shape[0]):
        segment = int(draw(segments, c) * market.segments)
        customers.segment[c] = segment
        own = demand.pick_needs(world.popularity[segment], split(needs, c), market)
        customers.needs[c] = own if world.params.mechanisms.needs else common
        customers.size[c] = demand.account_size(draw(sizes, c), market)
        customers.wtp[c] = demand.willingness_to_pay(draw(purses, c), market)
        customers.sensitivity[c] = demand.service_sensitivity(draw(tempers, c), market)
        customers.leave_base[c] = demand.leave_propensity(split(habits, c), world.params.loyalty)
    for f in range(world.first_entrant):
        if world.plans.founded[world.firms[f].group] == 0:
            found(world, f, 0)
