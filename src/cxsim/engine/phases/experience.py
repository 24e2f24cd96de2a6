"""Experience: satisfaction, leaving, requests for features, and needs that drift."""

from typing import Any

from cxsim.engine.compile import phase
from cxsim.engine.phases.buyers import (
    accepted_price,
    attach,
    count_buyers,
    count_users,
    detach,
    drop_features,
    fit_now,
    list_marked,
)
from cxsim.engine.world import BLOCK, CHUNK, DENSE, FEW, LANES, Traits
from cxsim.model import chance, demand, loyalty, sales
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import count, no_features, nth, without
from cxsim.model.state import ALIVE, MILLION, NOBODY


@phase
def experience(world: Any, month: int) -> None:
    """Satisfaction moves; some leave, and choose again; some ask for what they miss; word goes round; then needs drift.

    Customers are taken in blocks. Where most buy, a block is a stretch of the columns as they are; where few buy, buyers are
    first laid side by side. Either goes through short loops without branches, one for each rule, which a compiler turns into
    vector instructions; only the few who may leave or ask are then looked at one by one. The order within a month does not
    matter, since each customer depends on its own state and on what its firm offers.
    """
    seller = lay_out_offers(world)
    add_up_reach(world.firms, world.reach)
    at = 0
    while at < world.customers.supplier.shape[0]:
        size, at, whole = next_block(world.customers.supplier, at, world.block.numbers)
        live_month(world, size, whole, seller, month)
        left = part_with(world, size, month)
        hear_requests(world, size, month)
        let_choose_again(world, left, month)
    join_lanes(world.lanes, world.firms)
    sum_up_talk(world.firms, world.params.sales)
    drift(world, month)


@phase
def lay_out_offers(world: Any) -> int:
    """Lay out what each firm offers; returns the one firm that has customers, or -1 when several have.

    A single seller's offer fills the block once, and need not be looked up again.
    """
    firms, offers, block = world.firms, world.offers, world.block
    for f in range(firms.shape[0]):
        offers.standard[f] = firms[f].standard
        offers.condition[f] = firms[f].condition
        offers.tide[f] = firms[f].tide
        offers.quality[f] = firms[f].service_quality
        offers.vip_quality[f] = firms[f].vip_quality
    seller = only_seller(firms)
    if seller != NOBODY:
        block.offers.standard[:] = offers.standard[seller]
        block.offers.condition[:] = offers.condition[seller]
        block.offers.tide[:] = offers.tide[seller]
        block.offers.quality[:] = offers.quality[seller]
        block.offers.vip_quality[:] = offers.vip_quality[seller]
    return seller


@phase
def only_seller(firms: Any) -> int:
    """Return the one firm that has customers; -1 when none or several have."""
    found, sellers = NOBODY, 0
    for f in range(firms.shape[0]):
        if firms[f].customers > 0:
            found = f
            sellers += 1
    return found if sellers == 1 else NOBODY


@phase
def next_block(supplier: Any, first: int, numbers: Any) -> Any:
    """Number the next customers to look at; returns how many, where to go on, and whether they are a whole stretch.

    A stretch in which most buy is taken whole. The few buyers of others are listed, until the list is full.
    """
    size, start = 0, first
    while start < supplier.shape[0]:
        stop = min(start + BLOCK, supplier.shape[0])
        buyers = count_buyers(supplier, start, stop)
        if buyers > 0 and buyers * DENSE >= stop - start:
            if size > 0:
                break
            for k in range(stop - start):
                numbers[k] = start + k
            return stop - start, stop, True
        if size + buyers > BLOCK:
            break
        if buyers > 0:
            size = list_buyers(supplier, start, stop, numbers, size)
        start = stop
    return size, start, False


@phase
def list_buyers(supplier: Any, first: int, end: int, numbers: Any, size: int) -> int:
    """Add the customers of a stretch who have a supplier to a list; returns its length."""
    for start in range(first, end, CHUNK):
        stop = min(start + CHUNK, end)
        if count_buyers(supplier, start, stop) > 0:
            for c in range(start, stop):  # no branch: most that are not buyers are overwritten by the next
                numbers[size] = c
                size += supplier[c] >= 0
    return size


@phase
def live_month(world: Any, size: int, whole: bool, seller: int, month: int) -> None:
    """Move the satisfaction of the buyers of a block, and mark who may leave and who asks."""
    params, block, mechanisms = world.params, world.block, world.params.mechanisms
    leaving = stream_key(world.seed, chance.LEAVE_DRAWS, month)
    asking = stream_key(world.seed, chance.ASK_DRAWS, month)
    if whole:
        traits = stretch(world.customers, block.numbers[0], block.numbers[0] + size)
    else:
        traits = bring_together(block, size, world.customers)
    if seller == NOBODY:
        look_up_offers(block.offers, size, traits.supplier, world.offers)
    see_fit(block, size, traits)
    see_delay(block, size, traits, month)
    feel(block, size, traits, params.loyalty)
    remember(block, size, traits, params.loyalty, mechanisms.memory)
    mark_leavers(block, size, traits, leaving, params.loyalty, mechanisms.loyalty)
    mark_askers(block, size, traits, asking, params.loyalty)
    add_up(block, size, traits, world.lanes)
    if not whole:
        for k in range(size):
            world.customers.satisfaction[block.numbers[k]] = traits.satisfaction[k]


@phase
def stretch(customers: Any, first: int, end: int) -> Any:
    """Traits of consecutive customers, where they are."""
    return Traits(
        customers.supplier[first:end],
        customers.needs[first:end],
        customers.custom[first:end],
        customers.promised[first:end],
        customers.satisfaction[first:end],
        customers.wtp[first:end],
        customers.sensitivity[first:end],
        customers.leave_base[first:end],
        customers.due[first:end],
        customers.asked[first:end],
        customers.tier[first:end],
    )


@phase
def bring_together(block: Any, size: int, customers: Any) -> Any:
    """Copies of the traits of scattered customers, side by side."""
    traits = block.traits
    for k in range(size):
        c = block.numbers[k]
        traits.supplier[k] = customers.supplier[c]
        traits.needs[k] = customers.needs[c]
        traits.custom[k] = customers.custom[c]
        traits.promised[k] = customers.promised[c]
        traits.satisfaction[k] = customers.satisfaction[c]
        traits.sensitivity[k] = customers.sensitivity[c]
        traits.leave_base[k] = customers.leave_base[c]
        traits.due[k] = customers.due[c]
        traits.asked[k] = customers.asked[c]
        traits.tier[k] = customers.tier[c]
    return traits


@phase
def look_up_offers(seen: Any, size: int, supplier: Any, offers: Any) -> None:
    """Lay the offer of each customer's firm beside its traits; what stands beside those without a firm does not matter."""
    firms = offers.standard.shape[0]
    if firms > FEW:
        for k in range(size):
            seen.standard[k] = offers.standard[supplier[k]]
            seen.condition[k] = offers.condition[supplier[k]]
            seen.tide[k] = offers.tide[supplier[k]]
            seen.quality[k] = offers.quality[supplier[k]]
            seen.vip_quality[k] = offers.vip_quality[supplier[k]]
    else:
        for f in range(firms):
            standard, condition, tide = offers.standard[f], offers.condition[f], offers.tide[f]
            quality, vip_quality = offers.quality[f], offers.vip_quality[f]
            for k in range(size):
                seen.standard[k] = standard if supplier[k] == f else seen.standard[k]
                seen.condition[k] = condition if supplier[k] == f else seen.condition[k]
                seen.tide[k] = tide if supplier[k] == f else seen.tide[k]
                seen.quality[k] = quality if supplier[k] == f else seen.quality[k]
                seen.vip_quality[k] = vip_quality if supplier[k] == f else seen.vip_quality[k]


@phase
def see_fit(block: Any, size: int, traits: Any) -> None:
    """Fit of each customer with what it has."""
    for k in range(size):
        block.fit[k] = demand.fit(traits.needs[k], block.offers.standard[k] | traits.custom[k])


@phase
def see_delay(block: Any, size: int, traits: Any, month: int) -> None:
    """Share of needs that were promised to each customer and are overdue."""
    for k in range(size):
        block.late[k] = loyalty.late_share(traits.needs[k], traits.promised[k], traits.due[k], month)


@phase
def feel(block: Any, size: int, traits: Any, rules: Any) -> None:
    """Experience of each customer."""
    for k in range(size):
        worth = block.fit[k] * block.offers.condition[k]
        quality = block.offers.vip_quality[k] if traits.tier[k] else block.offers.quality[k]
        block.felt[k] = loyalty.experience(worth, quality, traits.sensitivity[k], block.late[k], rules)


@phase
def remember(block: Any, size: int, traits: Any, rules: Any, on: bool) -> None:
    """Move the satisfaction of each buyer by its experience; those who buy from nobody keep what they have."""
    for k in range(size):
        before = traits.satisfaction[k]
        after = loyalty.next_satisfaction(before, block.felt[k], rules, on)
        traits.satisfaction[k] = after if traits.supplier[k] >= 0 else before


@phase
def mark_leavers(block: Any, size: int, traits: Any, key: int, rules: Any, on: bool) -> None:
    """Mark the buyers who may leave."""
    for k in range(size):
        luck, tide = draw(key, block.numbers[k]), block.offers.tide[k]
        may = loyalty.may_leave(luck, traits.leave_base[k], traits.satisfaction[k], tide, rules, on)
        block.leaves[k] = may & (traits.supplier[k] >= 0)


@phase
def mark_askers(block: Any, size: int, traits: Any, key: int, rules: Any) -> None:
    """Mark the buyers who ask for a feature."""
    for k in range(size):
        asks = loyalty.asks(draw(key, block.numbers[k]), block.fit[k], traits.asked[k], rules)
        block.asks[k] = asks & (traits.supplier[k] >= 0)


@phase
def add_up(block: Any, size: int, traits: Any, lanes: Any) -> None:
    """Add up satisfaction and praise by firm; with many firms in lanes, so that one sum need not wait for the one before."""
    for k in range(size):
        block.millionths[k] = int(traits.satisfaction[k] * MILLION) if traits.supplier[k] >= 0 else 0
        block.praise[k] = loyalty.praise(traits.satisfaction[k]) if traits.supplier[k] >= 0 else 0
    if lanes.shape[1] > FEW:
        for k in range(size):  # those without a supplier add nothing, to the last firm
            lanes[k % LANES, traits.supplier[k]] += block.millionths[k]
            lanes[LANES + k % LANES, traits.supplier[k]] += block.praise[k]
    else:
        for f in range(lanes.shape[1]):
            total, praise = 0, 0
            for k in range(size):
                total += block.millionths[k] if traits.supplier[k] == f else 0
                praise += block.praise[k] if traits.supplier[k] == f else 0
            lanes[0, f] += total
            lanes[LANES, f] += praise


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
def part_with(world: Any, size: int, month: int) -> int:
    """Let go of those marked who do leave, and list them with the firm they left; returns how many."""
    customers, rules, on = world.customers, world.params.loyalty, world.params.mechanisms.loyalty
    key = stream_key(world.seed, chance.LEAVE_DRAWS, month)
    marked = list_marked(world.block.leaves, size, world.block.listed)
    left = 0
    for i in range(marked):
        c = world.block.numbers[world.block.listed[i]]
        firm = world.firms[customers.supplier[c]]
        if loyalty.leaves(draw(key, c), customers.leave_base[c], customers.satisfaction[c], firm.tide, rules, on):
            firm.churned += 1
            count_satisfaction(firm, customers.satisfaction[c], -1)
            world.block.gone[left] = c
            world.block.former[left] = customers.supplier[c]
            left += 1
            detach(customers, firm, c, world.params.product)
    return left


@phase
def let_choose_again(world: Any, left: int, month: int) -> None:
    """M17: those of a block who left look around; off: they buy from nobody."""
    if world.params.mechanisms.choosing_again:
        for i in range(left):
            choose_again(world, world.block.gone[i], world.block.former[i], month)


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
def hear_requests(world: Any, size: int, month: int) -> None:
    """Hear those marked who ask and have not left."""
    marked = list_marked(world.block.asks, size, world.block.listed)
    for i in range(marked):
        c = world.block.numbers[world.block.listed[i]]
        if world.customers.supplier[c] != NOBODY:
            ask(world.customers, world.firms[world.customers.supplier[c]], c, world.seed, month)


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
    """Accounts whose yearly review is due may exchange a need for another.

    The few who do are listed first, a block at a time: then what is known of them is fetched without waiting for each.
    """
    market, block, number = world.params.market, world.block, world.customers.needs.shape[0]
    odds = demand.drift_chance(market)
    if odds <= 0.0 or not world.params.mechanisms.needs:
        return
    key = stream_key(world.seed, chance.DRIFT_DRAWS, month)
    review = demand.REVIEW_MONTHS
    for first in range(month % review, number, review * BLOCK):
        size = min((number - first + review - 1) // review, BLOCK)
        for k in range(size):
            block.asks[k] = draw(key, first + review * k) < odds
        marked = list_marked(block.asks, size, block.listed)
        for i in range(marked):
            c = first + review * block.listed[i]
            block.numbers[i] = c
            block.traits.needs[i] = world.customers.needs[c]
            block.traits.supplier[i] = world.customers.supplier[c]
        review_needs(world, marked, key)


@phase
def review_needs(world: Any, size: int, key: int) -> None:
    """Exchange a need of each customer listed in the block."""
    customers, block = world.customers, world.block
    for i in range(size):
        c, needs = block.numbers[i], block.traits.needs[i]
        own = split(key, c)
        dropped = nth(needs, int(draw(own, 0) * count(needs)))
        segment = customers.segment[c]
        added = demand.guided_feature(world.popularity[segment], world.guide[segment], draw(own, 1))
        after = demand.exchanged_needs(needs, dropped, added)
        if after != needs:
            customers.needs[c] = after
            if block.traits.supplier[i] != NOBODY:
                change_service(customers, world.firms[block.traits.supplier[i]], c, needs, after)


@phase
def change_service(customers: Any, firm: Any, c: int, before: int, after: int) -> None:
    """Keep a firm's counts right when a customer's needs change; what served only a lost need is dropped."""
    lost = without(before, after)
    count_users(firm, lost, -1)
    count_users(firm, without(after, before), 1)
    firm.fit_sum -= demand.fit_millionths(before, firm.standard | customers.custom[c])
    drop_features(customers, firm, c, lost)
    firm.fit_sum += fit_now(customers, firm, c)
