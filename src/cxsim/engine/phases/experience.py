"""Experience: satisfaction, leaving, requests for features, and needs that drift."""

from typing import Any

import numpy as np

from cxsim.engine.compile import phase
from cxsim.engine.phases.buyers import accepted_price, anyone_buys, attach, count_users, detach, drop_features, fit_now
from cxsim.engine.world import BLOCK, CHUNK, LANES
from cxsim.model import chance, demand, loyalty, sales
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import count, no_features, nth, without
from cxsim.model.state import ALIVE, MILLION, NOBODY


@phase
def experience(world: Any, month: int) -> None:
    """Satisfaction moves; some leave; some ask for what they miss; then needs drift.

    Buyers are taken in blocks. Those of a block are listed and go through short loops without branches, one for each
    rule, which a compiler turns into vector instructions; only the few who may leave or ask are then looked at one by one.
    The order within a month does not matter, since each customer depends on its own state and on what its firm offers.
    """
    world.reach[:] = 0
    add_up_reach(world.firms, world.reach)
    first = 0
    while first < world.customers.supplier.shape[0]:
        buyers, first = list_buyers(world.customers.supplier, first, world.block.buyers)
        live_month(world, buyers, month)
        part_with(world, buyers, month)
        hear_requests(world, buyers, month)
        let_choose_again(world, buyers, month)
    join_lanes(world.lanes, world.firms)
    sum_up_talk(world.firms, world.params.sales)
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
    feel(block, buyers, params.loyalty)
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
        block.condition[k] = firm.condition
        block.tide[k] = firm.tide
        block.quality[k] = firm.vip_quality if customers.tier[c] else firm.service_quality
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
def feel(block: Any, buyers: int, rules: Any) -> None:
    """Experience of each buyer."""
    for k in range(buyers):
        worth = block.fit[k] * block.condition[k]
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
        block.leaves[k] = loyalty.may_leave(luck, block.leave_base[k], block.satisfaction[k], block.tide[k], rules, on)


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
        lanes[LANES + k % LANES, customers.supplier[c]] += loyalty.praise(block.satisfaction[k])


@phase
def join_lanes(lanes: Any, firms: Any) -> None:
    """Move the lanes' sums to the firms."""
    for f in range(firms.shape[0]):
        for lane in range(LANES):
            firms[f].satisfaction_sum += lanes[lane, f]
            firms[f].praise_sum += lanes[LANES + lane, f]
            lanes[lane, f] = 0
            lanes[LANES + lane, f] = 0


@phase
def add_up_reach(firms: Any, reach: Any) -> None:
    """Add up the selling effort of the firms, in order."""
    total = 0
    for f in range(firms.shape[0]):
        total += firms[f].reach
        reach[f] = total


@phase
def sum_up_talk(firms: Any, rules: Any) -> None:
    """See what the customers of each firm say of it."""
    for f in range(firms.shape[0]):
        firm = firms[f]
        if firm.status == ALIVE:
            firm.talk = loyalty.talk(firm.customers, firm.satisfaction_sum, firm.praise_sum, rules)


@phase
def count_satisfaction(firm: Any, satisfaction: float, sign: int) -> None:
    """Add a customer's satisfaction to the sums of the month, or take it out."""
    firm.satisfaction_sum += sign * int(satisfaction * MILLION)
    firm.praise_sum += sign * loyalty.praise(satisfaction)


@phase
def let_choose_again(world: Any, buyers: int, month: int) -> None:
    """M17: those of a block who left look around; off: they buy from nobody."""
    if not world.params.mechanisms.choosing_again:
        return
    block = world.block
    marked = list_marked(block.leaves, buyers, block.listed)
    for i in range(marked):
        k = block.listed[i]
        c = int(block.buyers[k])
        if world.customers.supplier[c] == NOBODY:
            choose_again(world, c, int(block.former[k]), month)


@phase
def choose_again(world: Any, c: int, former: int, month: int) -> None:
    """Look at the offers of some firms, the former supplier's included, and take the first that is good enough.

    What is found elsewhere, outside the simulation, is good enough.
    """
    customers, params = world.customers, world.params
    own = split(stream_key(world.seed, chance.SEARCH_DRAWS, month), c)
    elsewhere = sales.reach_elsewhere(customers.supplier.shape[0], params.sales)
    for n in range(params.sales.search):
        f = sales.pick_by_reach(world.reach, elsewhere, draw(own, 2 * n))
        if f == NOBODY:
            return
        firm = world.firms[f]
        chosen = world.plans.strategies[firm.group, firm.course]
        seen = customers.satisfaction[c] if f == former else plain_fit(customers, firm, c, params)
        quality = loyalty.felt_loyalty(seen, params.mechanisms.loyalty) if f == former else seen
        offer = sales.surplus(quality, chosen.price, accepted_price(customers, firm, c, params))
        if draw(own, 2 * n + 1) < sales.inclination(offer, params.sales):
            firm.walk_ins += 1
            firm.returned += f == former
            attach(customers, firm, f, c, no_features(), 0, min(seen, 1.0), month, params.product)
            count_satisfaction(firm, customers.satisfaction[c], 1)
            return


@phase
def plain_fit(customers: Any, firm: Any, c: int, params: Any) -> float:
    """Fit that a firm's offer shows to a customer, without promises."""
    needs = customers.needs[c]
    weights = params.product.unproven_weight, params.sales.promise_weight
    return sales.perceived_fit(needs, firm.standard, firm.validated, no_features(), weights[0], weights[1])


@phase
def part_with(world: Any, buyers: int, month: int) -> None:
    """Let go of those marked who do leave."""
    customers, rules, on = world.customers, world.params.loyalty, world.params.mechanisms.loyalty
    key = stream_key(world.seed, chance.LEAVE_DRAWS, month)
    marked = list_marked(world.block.leaves, buyers, world.block.listed)
    for i in range(marked):
        c = int(world.block.buyers[world.block.listed[i]])
        firm = world.firms[customers.supplier[c]]
        if loyalty.leaves(draw(key, c), customers.leave_base[c], customers.satisfaction[c], firm.tide, rules, on):
            firm.churned += 1
            count_satisfaction(firm, customers.satisfaction[c], -1)
            world.block.former[world.block.listed[i]] = customers.supplier[c]
            detach(customers, firm, c, world.params.product)


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
