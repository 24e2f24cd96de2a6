"""Sell: prospects met, offers weighed, customers won and lost."""

import numpy as np
from numpy.typing import NDArray

from cxsim.engine.fast.compile import inlined, kernel
from cxsim.engine.fast.phases.buyers import (
    accepted_price,
    attach,
    detach,
    due_in_block,
    hold,
    list_many,
    list_marked,
    place,
)
from cxsim.engine.fast.shortcuts import may_sign
from cxsim.engine.fast.simulation_state import BLOCK, Block, Offers, SimulationState
from cxsim.model import chance, demand, firm_month, loyalty, sales
from cxsim.model.chance import draw, skip, split, stream_key
from cxsim.model.firm_month.figures import in_business, in_force, is_complete, shown_fit
from cxsim.model.params import UNIFORM, VIP, Params
from cxsim.model.state import NOBODY, Customers, Firm


@kernel
def sell(state: SimulationState, month: int) -> None:
    """See how far each firm reaches, review accounts, then meet prospects, firm by firm from a drawn start."""
    number = state.firms.shape[0]
    lay_out_prices(state)
    for f in range(number):
        if in_business(state.firms[f]):
            firm_month.sell.plan_reach(state.firms[f], f, state.params, state.seed, month)
    review_accounts(state, month)
    first = int(draw(stream_key(state.seed, chance.FIRM_ORDER_DRAWS, month), 0) * number)
    for i in range(number):
        f = (first + i) % number
        if in_business(state.firms[f]):
            work_prospects(state, f, month)


@inlined
def lay_out_prices(state: SimulationState) -> None:
    """Lay out what buyers of each firm pay, and its reputation."""
    firms, offers = state.firms, state.offers
    for f in range(firms.shape[0]):
        chosen = in_force(firms[f], state.plans.strategies)
        offers.price[f] = sales.offered_price(UNIFORM, chosen)
        offers.vip_price[f] = sales.offered_price(VIP, chosen)
        offers.reputation[f] = firms[f].reputation


@inlined
def review_accounts(state: SimulationState, month: int) -> None:
    """Customers whose yearly review is due become VIPs or not, and hear of a further product, a block of them at a time."""
    number, review = state.customers.supplier.shape[0], demand.REVIEW_MONTHS
    tiers, more = uses_tiers(state), state.params.mechanisms.expansion
    if tiers or more:
        for first in range(month % review, number, review * BLOCK):
            size = list_due(state, first, due_in_block(first, number))
            if tiers:
                review_tiers(state, size)
            if more:
                offer_more(state, offer_to(state, size, month), month)


@inlined
def uses_tiers(state: SimulationState) -> bool:
    """Tell whether any firm has VIPs or offers to serve some."""
    firms, found = state.firms, False
    for f in range(firms.shape[0]):
        offered = in_force(firms[f], state.plans.strategies).tiers == VIP
        found |= offered or firms[f].vips > 0
    return found


@inlined
def list_due(state: SimulationState, first: int, size: int) -> int:
    """Number the customers of a stretch who buy and have their yearly review this month; returns how many."""
    supplier, numbers, due = state.customers.supplier, state.block.numbers, 0
    for k in range(size):  # no branch: those who buy from nobody are overwritten by the next
        c = first + demand.REVIEW_MONTHS * k
        numbers[due] = c
        due += supplier[c] >= 0
    return due


@inlined
def review_tiers(state: SimulationState, size: int) -> None:
    """Those listed become VIPs, or stop to be some."""
    customers, params = state.customers, state.params
    key = stream_key(state.seed, chance.TIER_DRAWS, chance.BEFORE_START)
    for k in range(size):
        c = state.block.numbers[k]
        firm = state.firms[customers.supplier[c]]
        chosen = in_force(firm, state.plans.strategies)
        if chosen.tiers == VIP or customers.tier[c] == VIP:  # others neither are VIPs nor can become one
            accepted = accepted_price(customers, firm, c, params)
            wants = sales.wants_vip(draw(key, c), int(customers.sensitivity[c]), firm.reputation, accepted, chosen)
            tier = VIP if wants else UNIFORM
            if tier != customers.tier[c]:
                hold(customers, firm, c, int(customers.products[c]), tier, params.product)


@inlined
def offer_to(state: SimulationState, size: int, month: int) -> int:
    """Offer a further product to those listed whose turn it is; keeps in the list those who may take it, and counts them."""
    customers, params, numbers = state.customers, state.params, state.block.numbers
    turns = stream_key(state.seed, chance.REVIEW_DRAWS, month)
    choices = stream_key(state.seed, chance.ADD_ON_DRAWS, month)
    on, kept = params.mechanisms.expansion, 0
    for k in range(size):
        c = numbers[k]
        firm = state.firms[customers.supplier[c]]
        chosen = in_force(firm, state.plans.strategies)
        offered = sales.offered_more(draw(turns, c), int(customers.products[c]), chosen, params.product, on)
        firm.reviews += offered
        firm.effort -= offered * sales.EFFORT
        numbers[kept] = c
        kept += offered & may_sign(draw(choices, c), params.sales)
    return kept


@inlined
def offer_more(state: SimulationState, size: int, month: int) -> None:
    """Sell a further product to those listed who want it."""
    customers, params, block = state.customers, state.params, state.block
    key = stream_key(state.seed, chance.ADD_ON_DRAWS, month)
    for k in range(size):
        c = block.numbers[k]
        f = customers.supplier[c]
        price = sales.price_of_tier(customers.tier[c], state.offers.price[f], state.offers.vip_price[f])
        block.luck[k] = draw(key, c)
        block.offered[k] = sales.surplus(customers.satisfaction[c], price, accepted_price(customers, state.firms[f], c, params))
    for k in range(size):
        block.signs[k] = sales.signs(block.luck[k], block.offered[k], 0.0, 0.0, params.sales)
    marked = list_many(block.signs, size, block.listed)
    for i in range(marked):
        c = block.numbers[block.listed[i]]
        firm = state.firms[customers.supplier[c]]
        firm.expansions += 1
        hold(customers, firm, c, int(customers.products[c]) + 1, int(customers.tier[c]), params.product)


@inlined
def work_prospects(state: SimulationState, f: int, month: int) -> None:
    """Spend a firm's selling effort: look at drawn customers, let go those who do not fit, make an offer to the others.

    Contacts are taken in blocks. What a customer answers depends only on itself and on the firms' offers, which stay the
    same all month, so a block's answers can be worked out before the first of its winners signs.
    """
    firm = state.firms[f]
    chosen = in_force(firm, state.plans.strategies)
    effort = firm.effort
    contacts = split(stream_key(state.seed, chance.CONTACT_DRAWS, month), f)
    met = 0
    while effort > 0:
        size = min((effort + sales.EFFORT - 1) // sales.EFFORT, BLOCK)  # no contact takes more: so many are met in any case
        others = meet(state.block, state.customers.supplier, f, contacts, met, size)
        met += size
        effort -= (size - others) * sales.EFFORT  # reach falls on the whole market, own customers included
        effort -= look_at(state, firm, others, chosen.qualification)
        pursued = pick_out(state.block, others, chosen.qualification)
        firm.pursued += pursued
        weigh_offers(state, f, pursued, month)
        hear_losses(state, f, pursued, month)
        welcome(state, f, pursued, month)
    firm.effort = effort


@inlined
def meet(block: Block, supplier: NDArray[np.int32], f: int, key: int, met: int, size: int) -> int:
    """Draw the next contacts and list those who are not own customers already; returns how many."""
    own = skip(key, met)  # which moves on: faster than finding each contact's place
    for k in range(size):
        block.listed[k] = int(draw(own, 0) * supplier.shape[0])
        own = skip(own, 1)
    others = 0
    for k in range(size):  # no branch: an own customer is overwritten by the next contact
        c = block.listed[k]
        block.numbers[others] = c
        others += supplier[place(c)] != f
    return others


@inlined
def look_at(state: SimulationState, firm: Firm, size: int, qualification: float) -> int:
    """See how the firm's product fits the prospects listed; returns the effort that takes."""
    block, rules = state.block, state.params.sales
    for k in range(size):
        block.traits.needs[k] = state.customers.needs[place(block.numbers[k])]
    for k in range(size):
        block.fit[k] = demand.fit(block.traits.needs[k], firm.standard)
    seen, effort = 0, 0
    for k in range(size):
        seen += demand.in_millionths(block.fit[k])
        effort += sales.contact_effort(block.fit[k], qualification, rules)
    firm.contacts += size
    firm.prospect_fit_sum += seen
    return effort


@inlined
def pick_out(block: Block, size: int, qualification: float) -> int:
    """Keep in the list those worth an offer; returns how many."""
    if qualification <= 0.0:
        return size
    kept = 0
    for k in range(size):
        block.numbers[kept] = block.numbers[k]
        block.traits.needs[kept] = block.traits.needs[k]
        kept += sales.worth_an_offer(block.fit[k], qualification)
    return kept


@inlined
def weigh_offers(state: SimulationState, f: int, size: int, month: int) -> None:
    """Mark the prospects listed who sign: those who may are brought together and weigh the offer against what they have."""
    block, params = state.block, state.params
    key = split(stream_key(state.seed, chance.CHOICE_DRAWS, month), f)
    for k in range(size):
        block.luck[k] = draw(key, block.numbers[k])
        block.signs[k] = may_sign(block.luck[k], params.sales)
    marked = list_many(block.signs, size, block.listed)
    for i in range(marked):
        k = place(block.listed[i])
        c = place(block.numbers[k])
        block.luck[i] = block.luck[k]
        block.prospects.needs[i] = block.traits.needs[k]
        block.prospects.supplier[i] = state.customers.supplier[c]
        block.prospects.satisfaction[i] = state.customers.satisfaction[c]
        block.prospects.wtp[i] = state.customers.wtp[c]
        block.prospects.tier[i] = state.customers.tier[c]
    see_offer(state, f, marked)
    see_present(block, marked, state.offers, params)
    for i in range(marked):
        block.tells[i] = sales.signs(block.luck[i], block.offered[i], block.present[i], block.bound[i], params.sales)
    for i in range(marked):
        block.signs[block.listed[i]] = block.tells[i]


@inlined
def see_offer(state: SimulationState, f: int, size: int) -> None:
    """Surplus that the firm's offer, promises included, shows to each prospect who may sign."""
    block, firm, params = state.block, state.firms[f], state.params
    chosen = in_force(firm, state.plans.strategies)
    standard, validated, reputation = firm.standard, firm.validated, firm.reputation
    price = sales.offered_price(UNIFORM, chosen)
    unproven_weight, promise_weight = params.product.unproven_weight, params.sales.promise_weight
    needs, promised, wtp = block.prospects.needs, block.prospects.promised, block.prospects.wtp
    for i in range(size):
        promised[i] = sales.promised_features(needs[i], standard, chosen, params.sales, params.mechanisms)
    for i in range(size):
        seen = sales.perceived_fit(needs[i], standard, validated, promised[i], unproven_weight, promise_weight)
        accepted = sales.accepted_price(wtp[i], reputation, params.service, params.mechanisms.reputation)
        block.offered[i] = sales.surplus(seen, price, accepted)


@inlined
def see_present(block: Block, size: int, offers: Offers, params: Params) -> None:
    """Surplus that each prospect who may sign has now, and what it would cost to switch."""
    prospects, on, switching = block.prospects, params.mechanisms.loyalty, params.sales.switching_cost
    for i in range(size):
        kept = loyalty.felt_loyalty(prospects.satisfaction[i], on)
        f = prospects.supplier[i]
        price = sales.price_of_tier(prospects.tier[i], offers.price[f], offers.vip_price[f])
        accepted = sales.accepted_price(prospects.wtp[i], offers.reputation[f], params.service, params.mechanisms.reputation)
        surplus = sales.surplus(kept, price, accepted)
        block.present[i] = surplus if prospects.supplier[i] >= 0 else 0.0
        block.bound[i] = switching if prospects.supplier[i] >= 0 else 0.0


@inlined
def hear_losses(state: SimulationState, f: int, size: int, month: int) -> None:
    """Lost prospects say, perhaps, which feature they missed."""
    block, rules, firm = state.block, state.params.sales, state.firms[f]
    if is_complete(firm, state.params):
        return
    key = split(stream_key(state.seed, chance.LOST_TELLS_DRAWS, month), f)
    for k in range(size):
        block.tells[k] = sales.tells_loss(draw(key, block.numbers[k]), rules) & (block.signs[k] == 0)
    marked = list_many(block.tells, size, block.listed)
    for i in range(marked):
        k = block.listed[i]
        firm_month.sell.hear_loss(firm, block.traits.needs[k], draw(key, block.numbers[k]), rules)


@inlined
def welcome(state: SimulationState, f: int, size: int, month: int) -> None:
    """Those marked sign, in order; one met again after it signed is an own customer by then, and no prospect."""
    block, firm = state.block, state.firms[f]
    marked = list_marked(block.signs, size, block.listed)
    read_ahead(block.prospects, block, marked, state.customers)
    for i in range(marked):
        k = place(block.listed[i])
        c = place(block.numbers[k])
        if state.customers.supplier[c] == f:
            firm.contacts -= 1
            firm.pursued -= 1
            firm.prospect_fit_sum -= demand.fit_millionths(block.traits.needs[k], firm.standard)
        else:
            win(state, f, c, month)


@inlined
def read_ahead(prospects: Customers, block: Block, size: int, customers: Customers) -> None:
    """Read what a signature changes, all at once, so that the processor need not wait for each of those who sign."""
    for i in range(size):
        c = place(block.numbers[place(block.listed[i])])
        prospects.custom[i] = customers.custom[c]
        prospects.promised[i] = customers.promised[c]
        prospects.due[i] = customers.due[c] + customers.since[c]
        prospects.asked[i] = customers.asked[c]
        prospects.wtp[i] = customers.size[c]


@inlined
def win(state: SimulationState, f: int, c: int, month: int) -> None:
    """A customer signs, with what was promised to it, and leaves its former supplier."""
    customers, params, firm = state.customers, state.params, state.firms[f]
    if customers.supplier[c] != NOBODY:
        rival = state.firms[customers.supplier[c]]
        rival.poached += 1
        detach(customers, rival, c, params.product)
    chosen = in_force(firm, state.plans.strategies)
    needs = customers.needs[c]
    promised = sales.promised_features(needs, firm.standard, chosen, params.sales, params.mechanisms)
    first_impression = sales.first_impression(shown_fit(firm, needs, promised, params))
    due = month + params.sales.promise_months
    attach(customers, firm, f, c, promised, due, first_impression, month, params.product)
    firm.deals += 1
