"""Sell: prospects met, offers weighed, customers won and lost."""

from typing import Any

from cxsim.engine.compile import phase
from cxsim.engine.phases.buyers import accepted_price, attach, detach, hold
from cxsim.model import chance, demand, loyalty, sales
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import count, nth, without
from cxsim.model.state import ALIVE, NOBODY


@phase
def sell(world: Any, month: int) -> None:
    """See how far each firm reaches, review accounts, then meet prospects, firm by firm from a drawn start."""
    number = world.firms.shape[0]
    for f in range(number):
        if world.firms[f].status == ALIVE:
            plan_reach(world, f, month)
    review_accounts(world, month)
    first = int(draw(stream_key(world.seed, chance.FIRM_ORDER_DRAWS, month), 0) * number)
    for i in range(number):
        f = (first + i) % number
        if world.firms[f].status == ALIVE:
            work_prospects(world, f, month)


@phase
def plan_reach(world: Any, f: int, month: int) -> None:
    """See how much selling effort there is this month: sellers, marketing, and what customers say."""
    firm, params = world.firms[f], world.params
    rules, mechanisms = params.sales, params.mechanisms
    firm.sales_yield = sales.sales_yield(firm.playbook, rules, mechanisms.sales_learning)
    told = sales.told_contacts(firm.talk, rules, mechanisms.word_of_mouth)
    contacts = sales.sales_reach(firm.sales_capacity, firm.sales_yield, firm.marketing_plan, told, firm.tide, rules)
    firm.reach = sales.sales_effort(contacts, draw(stream_key(world.seed, chance.REACH_DRAWS, month), f))
    firm.effort = firm.reach


@phase
def review_accounts(world: Any, month: int) -> None:
    """Customers whose yearly review is due become VIPs or not, and hear of a further product."""
    supplier = world.customers.supplier
    tiers = stream_key(world.seed, chance.TIER_DRAWS, chance.BEFORE_START)
    reviews = stream_key(world.seed, chance.REVIEW_DRAWS, month)
    add_ons = stream_key(world.seed, chance.ADD_ON_DRAWS, month)
    for c in range(month % demand.REVIEW_MONTHS, supplier.shape[0], demand.REVIEW_MONTHS):
        if supplier[c] != NOBODY:
            firm = world.firms[supplier[c]]
            chosen = world.plans.strategies[firm.group, firm.course]
            review_account(world.customers, firm, chosen, world.params, c, draw(tiers, c), draw(reviews, c), draw(add_ons, c))


@phase
def review_account(
    customers: Any, firm: Any, chosen: Any, params: Any, c: int, tier_luck: float, offer_luck: float, choice: float
) -> None:
    """Review one account."""
    accepted = accepted_price(customers, firm, c, params)
    tier = 1 if sales.wants_vip(tier_luck, int(customers.sensitivity[c]), firm.reputation, accepted, chosen) else 0
    products = int(customers.products[c])
    if sales.offered_more(offer_luck, products, chosen, params.product, params.mechanisms.expansion):
        firm.reviews += 1
        firm.effort -= sales.EFFORT
        offer = sales.surplus(customers.satisfaction[c], sales.price_paid(tier, chosen), accepted)
        if sales.signs(choice, offer, 0.0, 0.0, params.sales):
            firm.expansions += 1
            products += 1
    if products != customers.products[c] or tier != customers.tier[c]:
        hold(customers, firm, c, products, tier, params.product)


@phase
def work_prospects(world: Any, f: int, month: int) -> None:
    """Spend a firm's selling effort: look at drawn customers, let go those who do not fit, make an offer to the others."""
    firm, customers, params = world.firms[f], world.customers, world.params
    supplier, needs = customers.supplier, customers.needs
    qualification = world.plans.strategies[firm.group, firm.course].qualification
    effort = firm.effort
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
    firm.effort = effort


@phase
def accepts(strategies: Any, firms: Any, customers: Any, params: Any, f: int, c: int, luck: float) -> bool:
    """A customer weighs the firm's offer against what it has."""
    if not sales.may_sign(luck, params.sales):
        return False
    firm = firms[f]
    chosen = strategies[firm.group, firm.course]
    seen = seen_fit(chosen, firm, customers.needs[c], params)
    present, bound = 0.0, 0.0
    if customers.supplier[c] != NOBODY:
        rival = firms[customers.supplier[c]]
        kept = loyalty.felt_loyalty(customers.satisfaction[c], params.mechanisms.loyalty)
        price = sales.price_paid(customers.tier[c], strategies[rival.group, rival.course])
        present = sales.surplus(kept, price, accepted_price(customers, rival, c, params))
        bound = params.sales.switching_cost
    offer = sales.surplus(seen, chosen.price, accepted_price(customers, firm, c, params))
    return sales.signs(luck, offer, present, bound, params.sales)


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
        detach(customers, rival, c, params.product)
    chosen = world.plans.strategies[firm.group, firm.course]
    needs = customers.needs[c]
    promised = sales.promised_features(needs, firm.standard, chosen, params.sales, params.mechanisms)
    first_impression = min(seen_fit(chosen, firm, needs, params), 1.0)
    due = month + params.sales.promise_months
    attach(customers, firm, f, c, promised, due, first_impression, month, params.product)
    firm.deals += 1


@phase
def hear_loss(firm: Any, needs: int, luck: float, rules: Any) -> None:
    """A lost prospect says, perhaps, which feature it missed."""
    if luck < rules.lost_tells:
        missing = without(needs, firm.standard)
        if missing != 0:
            firm.tally[nth(missing, int(luck / rules.lost_tells * count(missing)))] += 1
