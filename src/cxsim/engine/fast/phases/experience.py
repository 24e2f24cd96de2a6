"""Experience: satisfaction, leaving, requests for features, and needs that drift."""

from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from cxsim.engine.fast.columns import bring_together, stretch
from cxsim.engine.fast.compile import inlined, kernel
from cxsim.engine.fast.phases.buyers import count_buyers, list_marked, number_at
from cxsim.engine.fast.phases.churn import add_up_reach, let_choose_again, let_churn
from cxsim.engine.fast.phases.drift import drift
from cxsim.engine.fast.shortcuts import may_churn
from cxsim.engine.fast.simulation_state import BLOCK, CHUNK, DENSE, FEW, LANES, Block, Offers, SimulationState
from cxsim.model import chance, demand, loyalty, service
from cxsim.model.chance import draw, skip, stream_key
from cxsim.model.features import pick, without
from cxsim.model.firm_month import figures
from cxsim.model.firm_month.experience import hear_request, hear_talk
from cxsim.model.params import Loyalty, Sales
from cxsim.model.state import MILLION, NOBODY, Customers, Firm, Record

Quantity = TypeVar("Quantity", np.float64, np.uint64)
Shared: TypeAlias = tuple[bool, bool, bool, bool, bool]  # of standard, condition, demand shock, quality, quality for VIPs
Special: TypeAlias = tuple[bool, bool, bool]  # promises are open; there are VIPs; someone may miss a feature


@kernel
def experience(state: SimulationState, month: int) -> None:
    """Satisfaction moves; some leave, and choose again; some ask for what they miss; word goes round; then needs drift.

    Customers are taken in blocks. Where most buy, a block is a stretch of the columns as they are; where few buy, buyers are
    first laid side by side. Either goes through short loops without branches, few rules in each, which a compiler turns into
    vector instructions; only the few who may leave or ask are then looked at one by one. The order within a month does not
    matter, since each customer depends on its own state and on what its firm offers.
    """
    shared, special = lay_out_offers(state), find_special(state)
    add_up_reach(state.firms, state.reach)
    at = 0
    while at < state.customers.supplier.shape[0]:
        size, at, whole = next_block(state.customers.supplier, at, state.block.numbers)
        live_month(state, size, whole, shared, special, month)
        left = let_churn(state, size, whole, month)
        hear_requests(state, size, whole, month)
        let_choose_again(state, left, month)
    join_lanes(state.lanes, state.firms)
    sum_up_talk(state.firms, state.params.sales)
    drift(state, month)


@inlined
def lay_out_offers(state: SimulationState) -> Shared:
    """Lay out what each firm offers; tells of each quantity whether all firms that have customers offer the same."""
    firms, offers, seen = state.firms, state.offers, state.block.offers
    for f in range(firms.shape[0]):
        offers.standard[f] = firms[f].standard
        offers.condition[f] = firms[f].condition
        offers.demand_shock[f] = firms[f].demand_shock
        offers.quality[f] = firms[f].service_quality
        offers.vip_quality[f] = firms[f].vip_quality
    return (
        share(firms, offers.standard, seen.standard),
        share(firms, offers.condition, seen.condition),
        share(firms, offers.demand_shock, seen.demand_shock),
        share(firms, offers.quality, seen.quality),
        share(firms, offers.vip_quality, seen.vip_quality),
    )


@inlined
def share(firms: Record, offered: NDArray[Quantity], seen: NDArray[Quantity]) -> bool:
    """Fill the block with what all firms that have customers offer alike: it need not be looked up for each customer."""
    common = NOBODY
    for f in range(firms.shape[0]):
        if firms[f].customers > 0:
            if common != NOBODY and offered[f] != offered[common]:
                return False
            common = f
    seen[:] = offered[max(common, 0)]
    return True


@inlined
def find_special(state: SimulationState) -> Special:
    """Tell whether any firm has promises open, VIPs, and customers who may miss a feature.

    What nobody has need not be looked at: its place in the block is filled once.
    """
    firms, block = state.firms, state.block
    promises, vips, wanting = 0, 0, False
    for f in range(firms.shape[0]):
        promises += firms[f].promised_features
        vips += firms[f].vips
        wanting |= firms[f].customers > 0 and not figures.is_complete(firms[f], state.params)
    if promises == 0:
        block.late[:] = 0.0
    if not wanting:
        block.fit[:] = 1.0
        block.asks[:] = 0
    return promises > 0, vips > 0, wanting


@inlined
def next_block(supplier: NDArray[np.int32], first: int, numbers: NDArray[np.int64]) -> tuple[int, int, bool]:
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
            numbers[0] = start
            return stop - start, stop, True
        if size + buyers > BLOCK:
            break
        if buyers > 0:
            size = list_buyers(supplier, start, stop, numbers, size)
        start = stop
    return size, start, False


@inlined
def list_buyers(supplier: NDArray[np.int32], first: int, end: int, numbers: NDArray[np.int64], size: int) -> int:
    """Add the customers of a stretch who have a supplier to a list; returns its length."""
    for start in range(first, end, CHUNK):
        stop = min(start + CHUNK, end)
        if count_buyers(supplier, start, stop) > 0:
            for c in range(start, stop):  # no branch: most that are not buyers are overwritten by the next
                numbers[size] = c
                size += supplier[c] >= 0
    return size


@inlined
def live_month(state: SimulationState, size: int, whole: bool, shared: Shared, special: Special, month: int) -> None:
    """Move the satisfaction of the buyers of a block, and mark who may leave and who asks."""
    params, block, mechanisms = state.params, state.block, state.params.mechanisms
    promises, vips, wanting = special
    leaving = stream_key(state.seed, chance.LEAVE_DRAWS, month)
    asking = stream_key(state.seed, chance.ASK_DRAWS, month)
    if whole:
        traits = stretch(state.customers, block.numbers[0], block.numbers[0] + size)
    else:
        traits = block.traits
        bring_together(traits, size, state.customers, block.numbers)
    look_up_offers(block.offers, size, traits.supplier, state.offers, shared, vips)
    if wanting:
        see_fit(block, size, traits)
    if promises:
        see_delay(block, size, traits, month)
    feel(block, size, traits, vips, params.loyalty, mechanisms.memory)
    draw_luck(block, size, whole, leaving)
    mark_churn(block, size, traits, params.loyalty, mechanisms.loyalty)
    if wanting:
        draw_luck(block, size, whole, asking)
        mark_askers(block, size, traits, params.loyalty)
    add_up(block, size, traits, state.lanes, state.firms)
    if not whole:
        for k in range(size):
            state.customers.satisfaction[block.numbers[k]] = traits.satisfaction[k]


@inlined
def look_up_offers(seen: Offers, size: int, supplier: NDArray[np.int32], offers: Offers, shared: Shared, vips: bool) -> None:
    """Lay the offer of each customer's firm beside its traits; what stands beside those without a firm does not matter."""
    same_standard, same_condition, same_shock, same_quality, same_vip_quality = shared
    if not same_standard:
        look_up(seen.standard, size, supplier, offers.standard)
    if not same_condition:
        look_up(seen.condition, size, supplier, offers.condition)
    if not same_shock:
        look_up(seen.demand_shock, size, supplier, offers.demand_shock)
    if not same_quality:
        look_up(seen.quality, size, supplier, offers.quality)
    if vips and not same_vip_quality:
        look_up(seen.vip_quality, size, supplier, offers.vip_quality)


@inlined
def look_up(seen: NDArray[Quantity], size: int, supplier: NDArray[np.int32], offered: NDArray[Quantity]) -> None:
    """Lay one quantity beside each customer; among few firms comparisons are faster than looking it up."""
    if offered.shape[0] > FEW:
        for k in range(size):
            seen[k] = offered[supplier[k]]
    else:
        choose_among_few(seen, size, supplier, offered)


@inlined
def choose_among_few(seen: NDArray[Quantity], size: int, supplier: NDArray[np.int32], offered: NDArray[Quantity]) -> None:
    """Lay what ``FEW`` firms offer beside each customer; comparisons are faster than looking it up."""
    one, two, three, four = offered[0], offered[1], offered[2], offered[3]
    for k in range(size):
        first_half = one if supplier[k] == 0 else two
        second_half = three if supplier[k] == 2 else four
        seen[k] = first_half if supplier[k] < 2 else second_half


@inlined
def see_fit(block: Block, size: int, traits: Customers) -> None:
    """Fit of each customer with what it has."""
    for k in range(size):
        block.fit[k] = demand.fit(traits.needs[k], block.offers.standard[k] | traits.custom[k])


@inlined
def see_delay(block: Block, size: int, traits: Customers, month: int) -> None:
    """Share of needs that were promised to each customer and are overdue."""
    for k in range(size):
        block.late[k] = loyalty.late_share(traits.needs[k], traits.promised[k], traits.due[k], month)


@inlined
def feel(block: Block, size: int, traits: Customers, vips: bool, rules: Loyalty, memory: bool) -> None:
    """Move the satisfaction of each buyer by its experience, and see what that adds to its firm's sums.

    Those who buy from nobody keep what they have and add nothing.
    """
    quality = block.offers.quality
    if vips:
        quality = block.present
        for k in range(size):
            quality[k] = service.quality_of_tier(traits.tier[k], block.offers.quality[k], block.offers.vip_quality[k])
    for k in range(size):
        worth = block.fit[k] * block.offers.condition[k]
        felt = loyalty.experience(worth, quality[k], traits.sensitivity[k], block.late[k], rules)
        before, buys = traits.satisfaction[k], traits.supplier[k] >= 0
        after = loyalty.next_satisfaction(before, felt, rules, memory)
        traits.satisfaction[k] = after if buys else before
        block.millionths[k] = int(after * MILLION) if buys else 0
        block.praise[k] = loyalty.praise(after) if buys else 0


@inlined
def draw_luck(block: Block, size: int, whole: bool, key: int) -> None:
    """Draw for each customer of a block. Along a stretch the key moves on, which is faster than finding each one's place."""
    if whole:
        own = skip(key, block.numbers[0])
        for k in range(size):
            block.luck[k] = draw(own, 0)
            own = skip(own, 1)
    else:
        for k in range(size):
            block.luck[k] = draw(key, block.numbers[k])


@inlined
def mark_churn(block: Block, size: int, traits: Customers, rules: Loyalty, on: bool) -> None:
    """Mark the buyers who may leave."""
    for k in range(size):
        shock = block.offers.demand_shock[k]
        may = may_churn(block.luck[k], traits.leave_base[k], traits.satisfaction[k], shock, rules, on)
        block.churns[k] = may & (traits.supplier[k] >= 0)


@inlined
def mark_askers(block: Block, size: int, traits: Customers, rules: Loyalty) -> None:
    """Mark the buyers who ask for a feature."""
    for k in range(size):
        asks = loyalty.asks(block.luck[k], block.fit[k], traits.asked[k], rules)
        block.asks[k] = asks & (traits.supplier[k] >= 0)


@inlined
def add_up(block: Block, size: int, traits: Customers, lanes: NDArray[np.int64], firms: Record) -> None:
    """Add up satisfaction and praise by firm; with many firms in lanes, so that one sum need not wait for the one before."""
    if lanes.shape[1] > FEW:
        for k in range(size):  # those without a supplier add nothing, to the last firm
            lanes[k % LANES, traits.supplier[k]] += block.millionths[k]
            lanes[LANES + k % LANES, traits.supplier[k]] += block.praise[k]
        return
    for f in range(lanes.shape[1]):
        if firms[f].customers > 0:
            total, praise = 0, 0
            for k in range(size):
                total += block.millionths[k] if traits.supplier[k] == f else 0
                praise += block.praise[k] if traits.supplier[k] == f else 0
            lanes[0, f] += total
            lanes[LANES, f] += praise


@inlined
def join_lanes(lanes: NDArray[np.int64], firms: Record) -> None:
    """Move the lanes' sums to the firms."""
    for f in range(firms.shape[0]):
        for lane in range(LANES):
            firms[f].satisfaction_sum += lanes[lane, f]
            firms[f].praise_sum += lanes[LANES + lane, f]
            lanes[lane, f] = 0
            lanes[LANES + lane, f] = 0


@inlined
def sum_up_talk(firms: Record, rules: Sales) -> None:
    """See what the customers of each firm say of it."""
    for f in range(firms.shape[0]):
        if figures.in_business(firms[f]):
            hear_talk(firms[f], rules)


@inlined
def hear_requests(state: SimulationState, size: int, whole: bool, month: int) -> None:
    """Hear those marked who ask and have not left."""
    marked = list_marked(state.block.asks, size, state.block.listed)
    for i in range(marked):
        c = number_at(state.block, whole, state.block.listed[i])
        if state.customers.supplier[c] != NOBODY:
            ask(state.customers, state.firms[state.customers.supplier[c]], c, state.seed, month)


@inlined
def ask(customers: Customers, firm: Firm, c: int, seed: int, month: int) -> None:
    """A customer asks for one of the features it misses; the firm counts it and remembers the loudest."""
    missing = without(customers.needs[c], firm.standard | customers.custom[c])
    feature = pick(missing, draw(stream_key(seed, chance.ASK_FEATURE_DRAWS, month), c))
    customers.asked[c] = feature
    hear_request(firm, feature, draw(stream_key(seed, chance.LOUDNESS_DRAWS, month), c))
