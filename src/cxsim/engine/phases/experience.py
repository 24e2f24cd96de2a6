"""Experience: satisfaction, leaving, requests for features, and needs that drift."""

from typing import Any

import numpy as np

from cxsim.engine.compile import phase
from cxsim.engine.phases.buyers import anyone_buys, count_users, detach, drop_features, fit_now
from cxsim.engine.world import BLOCK, CHUNK, LANES
from cxsim.model import chance, demand, loyalty, product
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import count, nth, without
from cxsim.model.state import MILLION, NOBODY


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
