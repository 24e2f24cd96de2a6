"""Sell: prospects met, offers weighed, customers won and lost."""

from typing import Any

from cxsim.engine.compile import phase
from cxsim.engine.phases.buyers import attach, detach
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


@phase
def hear_loss(firm: Any, needs: int, luck: float, rules: Any) -> None:
    """A lost prospect says, perhaps, which feature it missed."""
    if luck < rules.lost_tells:
        missing = without(needs, firm.standard)
        if missing != 0:
            firm.tally[nth(missing, int(luck / rules.lost_tells * count(missing)))] += 1
