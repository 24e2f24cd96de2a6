"""Drift, as the end of the month's experience: accounts review what they need (M1)."""

from cxsim.engine.fast.compile import inlined
from cxsim.engine.fast.phases.buyers import drop_features, due_in_block, fit_now, list_marked
from cxsim.engine.fast.shortcuts import guided_feature
from cxsim.engine.fast.simulation_state import BLOCK, SimulationState
from cxsim.model import chance, demand
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import pick, without
from cxsim.model.firm_month import accounts
from cxsim.model.state import NOBODY, Customers, Firm


@inlined
def drift(state: SimulationState, month: int) -> None:
    """Accounts whose yearly review is due may exchange a need for another.

    The few who do are listed first, a block at a time: then what is known of them is fetched without waiting for each.
    """
    market, block, number = state.params.market, state.block, state.customers.needs.shape[0]
    odds = demand.drift_chance(market, state.params.mechanisms.needs)
    if odds <= 0.0:
        return
    key = stream_key(state.seed, chance.DRIFT_DRAWS, month)
    review = demand.REVIEW_MONTHS
    for first in range(month % review, number, review * BLOCK):
        size = due_in_block(first, number)
        for k in range(size):
            block.asks[k] = draw(key, first + review * k) < odds
        marked = list_marked(block.asks, size, block.listed)
        for i in range(marked):
            c = first + review * block.listed[i]
            block.numbers[i] = c
            block.traits.needs[i] = state.customers.needs[c]
            block.traits.supplier[i] = state.customers.supplier[c]
        review_needs(state, marked, key)


@inlined
def review_needs(state: SimulationState, size: int, key: int) -> None:
    """Exchange a need of each customer listed in the block."""
    customers, block = state.customers, state.block
    for i in range(size):
        c, needs = block.numbers[i], block.traits.needs[i]
        own = split(key, c)
        dropped = pick(needs, draw(own, 0))
        segment = customers.segment[c]
        added = guided_feature(state.popularity[segment], state.guide[segment], draw(own, 1))
        after = demand.exchanged_needs(needs, dropped, added)
        if after != needs:
            customers.needs[c] = after
            if block.traits.supplier[i] != NOBODY:
                change_service(customers, state.firms[block.traits.supplier[i]], c, needs, after)


@inlined
def change_service(customers: Customers, firm: Firm, c: int, before: int, after: int) -> None:
    """Keep a firm's counts right when a customer's needs change; what served only a lost need is dropped."""
    lost = without(before, after)
    accounts.count_users(firm, lost, -1)
    accounts.count_users(firm, without(after, before), 1)
    firm.fit_sum -= demand.fit_millionths(before, firm.standard | customers.custom[c])
    drop_features(customers, firm, c, lost)
    firm.fit_sum += fit_now(customers, firm, c)
