"""Sell: prospects met, offers weighed, customers won and lost."""

from typing import Any

from cxsim.engine.compile import phase
from cxsim.engine.phases.buyers import attach, detach, list_marked
from cxsim.engine.world import BLOCK
from cxsim.model import chance, demand, loyalty, sales
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import count, nth, without
from cxsim.model.state import ALIVE, NOBODY


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
    """Spend a firm's selling effort: look at drawn customers, let go those who do not fit, make an offer to the others.

    Contacts are taken in blocks. What a customer answers depends only on itself and on the firms' offers, which stay the
    same all month, so a block's answers can be worked out before the first of its winners signs.
    """
    firm, params = world.firms[f], world.params
    chosen = world.plans.strategies[firm.group, firm.course]
    firm.sales_yield = sales.sales_yield(firm.playbook, params.sales, params.mechanisms.sales_learning)
    luck = draw(stream_key(world.seed, chance.REACH_DRAWS, month), f)
    effort = sales.sales_effort(firm.sales_capacity, firm.sales_yield, firm.marketing_plan, luck, params.sales)
    contacts = split(stream_key(world.seed, chance.CONTACT_DRAWS, month), f)
    met = 0
    while effort > 0:
        size = min((effort + sales.EFFORT - 1) // sales.EFFORT, BLOCK)  # no contact takes more: so many are met in any case
        others = meet(world.block, world.customers.supplier, f, contacts, met, size)
        met += size
        effort -= (size - others) * sales.EFFORT  # reach falls on the whole market, own customers included
        effort -= look_at(world, firm, others, chosen.qualification)
        pursued = pick_out(world.block, others, chosen.qualification)
        firm.pursued += pursued
        weigh_offers(world, f, pursued, month)
        hear_losses(world, f, pursued, month)
        welcome(world, f, pursued, month)


@phase
def meet(block: Any, supplier: Any, f: int, key: int, met: int, size: int) -> int:
    """Draw the next contacts and list those who are not own customers already; returns how many."""
    for k in range(size):
        block.listed[k] = int(draw(key, met + k) * supplier.shape[0])
    others = 0
    for k in range(size):  # no branch: an own customer is overwritten by the next contact
        c = block.listed[k]
        block.numbers[others] = c
        others += supplier[c] != f
    return others


@phase
def look_at(world: Any, firm: Any, size: int, qualification: float) -> int:
    """See how the firm's product fits the prospects listed; returns the effort that takes."""
    block, rules = world.block, world.params.sales
    for k in range(size):
        block.traits.needs[k] = world.customers.needs[block.numbers[k]]
    for k in range(size):
        block.fit[k] = demand.fit(block.traits.needs[k], firm.standard)
    seen, effort = 0, 0
    for k in range(size):
        seen += demand.in_millionths(block.fit[k])
        effort += sales.contact_effort(block.fit[k], qualification, rules)
    firm.contacts += size
    firm.prospect_fit_sum += seen
    return effort


@phase
def pick_out(block: Any, size: int, qualification: float) -> int:
    """Keep in the list those worth an offer; returns how many."""
    kept = 0
    for k in range(size):
        block.numbers[kept] = block.numbers[k]
        block.traits.needs[kept] = block.traits.needs[k]
        kept += block.fit[k] >= qualification
    return kept


@phase
def weigh_offers(world: Any, f: int, size: int, month: int) -> None:
    """Mark the prospects listed who sign."""
    block, rules = world.block, world.params.sales
    key = split(stream_key(world.seed, chance.CHOICE_DRAWS, month), f)
    for k in range(size):
        block.signs[k] = sales.may_sign(draw(key, block.numbers[k]), rules)
    marked = list_marked(block.signs, size, block.listed)
    for i in range(marked):  # fetched in one go: the processor then need not wait for each
        k = block.listed[i]
        c = block.numbers[k]
        block.traits.supplier[k] = world.customers.supplier[c]
        block.traits.satisfaction[k] = world.customers.satisfaction[c]
        block.traits.wtp[k] = world.customers.wtp[c]
    for i in range(marked):
        k = block.listed[i]
        luck = draw(key, block.numbers[k])
        block.signs[k] = accepts(world.plans.strategies, world.firms, block.traits, world.params, f, k, luck)


@phase
def hear_losses(world: Any, f: int, size: int, month: int) -> None:
    """Lost prospects say, perhaps, which feature they missed."""
    block, rules, firm = world.block, world.params.sales, world.firms[f]
    key = split(stream_key(world.seed, chance.LOST_TELLS_DRAWS, month), f)
    for k in range(size):
        block.tells[k] = (draw(key, block.numbers[k]) < rules.lost_tells) & (block.signs[k] == 0)
    marked = list_marked(block.tells, size, block.listed)
    for i in range(marked):
        k = block.listed[i]
        missing = without(block.traits.needs[k], firm.standard)
        if missing != 0:
            luck = draw(key, block.numbers[k])
            firm.tally[nth(missing, int(luck / rules.lost_tells * count(missing)))] += 1


@phase
def welcome(world: Any, f: int, size: int, month: int) -> None:
    """Those marked sign, in order; one met again after it signed is an own customer by then, and no prospect."""
    block, firm = world.block, world.firms[f]
    marked = list_marked(block.signs, size, block.listed)
    for i in range(marked):
        k = block.listed[i]
        c = block.numbers[k]
        if world.customers.supplier[c] == f:
            firm.contacts -= 1
            firm.pursued -= 1
            firm.prospect_fit_sum -= demand.fit_millionths(block.traits.needs[k], firm.standard)
        else:
            win(world, f, c, month)


@phase
def accepts(strategies: Any, firms: Any, traits: Any, params: Any, f: int, k: int, luck: float) -> bool:
    """Customer k of the block weighs the firm's offer against what it has."""
    firm = firms[f]
    chosen = strategies[firm.group, firm.course]
    wtp = int(traits.wtp[k])
    seen = seen_fit(chosen, firm, traits.needs[k], params)
    present, bound = 0.0, 0.0
    if traits.supplier[k] != NOBODY:
        rival = firms[traits.supplier[k]]
        kept = loyalty.felt_loyalty(traits.satisfaction[k], params.mechanisms.loyalty)
        present, bound = sales.surplus(kept, strategies[rival.group, rival.course].price, wtp), params.sales.switching_cost
    return sales.signs(luck, sales.surplus(seen, chosen.price, wtp), present, bound, params.sales)


@phase
def seen_fit(chosen: Any, firm: Any, needs: int, params: Any) -> float:
    """Fit that the firm's offer, promises included, shows to a customer."""
    promised = sales.promised_features(needs, firm.standard, chosen, params.sales, params.mechanisms)
    unproven_weight, promise_weight = params.product.unproven_weight, params.sales.promise_weight
    return sales.perceived_fit(needs, firm.standard, firm.validated, promised, unproven_weight, promise_weight)


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
