"""Build: upkeep first, then promises, then single requests, then the roadmap."""

from typing import Any

from cxsim.engine.fast.compile import inlined, kernel
from cxsim.engine.fast.phases.buyers import drop_features, fit_now, next_buyer
from cxsim.model import chance, product
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import bit, count, lowest, without
from cxsim.model.state import ALIVE, NOTHING


@kernel
def build(state: Any, month: int) -> None:
    """Keep what exists, then deliver promises, then single requests, then the roadmap."""
    firms = state.firms
    key = stream_key(state.seed, chance.WORK_ORDER_DRAWS, month)
    first = int(draw(key, 0) * state.customers.needs.shape[0])
    for f in range(firms.shape[0]):
        if firms[f].status == ALIVE:
            keep_up(state.params, firms[f], state.plans.strategies[firms[f].group, firms[f].course])
    deliver_promises(state, first)
    for f in range(firms.shape[0]):
        if firms[f].status == ALIVE:
            open_requests(state, firms[f])
    deliver_requests(state, first)
    for f in range(firms.shape[0]):
        if firms[f].status == ALIVE:
            advance_roadmap(state, f, month)
    hand_over(state, first)


@inlined
def keep_up(params: Any, firm: Any, chosen: Any) -> None:
    """Spend product time on upkeep first; what is left is open to promised work, with what was begun last month."""
    on = params.mechanisms.variety
    firm.variety = product.variety_factor(firm.custom_features, firm.standard_features, params.product, on)
    due = product.upkeep_work(firm.custom_features, firm.standard_features, firm.variety, params.product)
    firm.work_upkeep = min(due, firm.work_capacity)
    firm.upkept = product.upkept_share(firm.work_upkeep, due)
    polished = params.mechanisms.polish
    firm.condition = product.product_condition(firm.upkept, product.polish_in_force(firm.polish, polished), params.product)
    polish = product.polish_in_force(chosen.polish, polished)
    firm.feature_job = product.standard_job(firm.variety, polish, params.product)
    firm.job = product.custom_job(firm.variety, params.product)
    firm.custom_work_open = firm.work_capacity - firm.work_upkeep + firm.custom_bank
    firm.work_custom = -firm.custom_bank
    firm.custom_bank = 0


@inlined
def deliver_promises(state: Any, first: int) -> None:
    """Build promised features, customer by customer from a drawn start, while the firm has time for a whole one."""
    customers, firms = state.customers, state.firms
    able = 0
    for f in range(firms.shape[0]):
        able += can_keep_promises(firms[f])
    number = customers.needs.shape[0]
    for start, end in ((first, number), (0, first)):
        c = next_buyer(customers.supplier, start, end) if able > 0 else end
        while able > 0 and c < end:
            firm = firms[customers.supplier[c]]
            while customers.promised[c] != 0 and can_keep_promises(firm):
                feature = lowest(customers.promised[c])
                customers.promised[c] ^= bit(feature)
                firm.promised_features -= 1
                deliver_custom(state, firm, c, feature)
                able -= not can_keep_promises(firm)
            c = next_buyer(customers.supplier, c + 1, end)


@inlined
def can_keep_promises(firm: Any) -> bool:
    """Tell whether a firm owes a promised feature and has time for one."""
    return firm.status == ALIVE and firm.promised_features > 0 and firm.custom_work_open >= firm.job


@inlined
def deliver_custom(state: Any, firm: Any, c: int, feature: int) -> None:
    """Hand one custom feature to one customer; a request for it is thereby met."""
    customers = state.customers
    firm.fit_sum -= fit_now(customers, firm, c)
    customers.custom[c] |= bit(feature)
    firm.fit_sum += fit_now(customers, firm, c)
    if state.customers.asked[c] == feature:
        state.customers.asked[c] = NOTHING
        firm.open_requests -= 1
    firm.custom_work_open -= firm.job
    firm.work_custom += firm.job
    firm.custom_features += 1
    firm.custom_built += 1
    firm.fees += state.plans.strategies[firm.group, firm.course].custom_fee


@inlined
def open_requests(state: Any, firm: Any) -> None:
    """Keep unfinished promised work; when all promises are kept, open the strategy's share of time to single requests."""
    spare = firm.custom_work_open
    firm.custom_work_open = 0
    if firm.promised_features > 0:
        firm.custom_bank = spare
        firm.work_custom += spare
    else:
        share = state.plans.strategies[firm.group, firm.course].custom_share
        firm.custom_work_open = product.open_work(spare, share, state.params.mechanisms.custom_work)
        firm.work_left = spare - firm.custom_work_open


@inlined
def deliver_requests(state: Any, first: int) -> None:
    """Build what single customers asked for, from the same start, while there is time; the rest goes to the roadmap."""
    customers, firms = state.customers, state.firms
    able = 0
    for f in range(firms.shape[0]):
        able += can_grant_requests(firms[f])
    number = customers.needs.shape[0]
    for start, end in ((first, number), (0, first)):
        c = next_buyer(customers.supplier, start, end) if able > 0 else end
        while able > 0 and c < end:
            firm = firms[customers.supplier[c]]
            if customers.asked[c] != NOTHING and can_grant_requests(firm):
                deliver_custom(state, firm, c, int(customers.asked[c]))
                able -= not can_grant_requests(firm)
            c = next_buyer(customers.supplier, c + 1, end)
    for f in range(firms.shape[0]):
        close_custom_work(firms[f])


@inlined
def can_grant_requests(firm: Any) -> bool:
    """Tell whether a firm has an open request and time for one."""
    return firm.status == ALIVE and firm.open_requests > 0 and firm.custom_work_open >= firm.job


@inlined
def close_custom_work(firm: Any) -> None:
    """Keep what is begun for those who still wait; with nobody waiting the time goes to the roadmap."""
    if firm.open_requests > 0:
        firm.custom_bank += firm.custom_work_open
        firm.work_custom += firm.custom_work_open
    else:
        firm.work_left += firm.custom_work_open
    firm.custom_work_open = 0


@inlined
def advance_roadmap(state: Any, f: int, month: int) -> None:
    """Spend what is left on standard features, one after the other."""
    firm = state.firms[f]
    cost = firm.feature_job
    firm.work_roadmap = firm.work_left
    firm.roadmap_bank += firm.work_left
    firm.work_left = 0
    guesses = split(stream_key(state.seed, chance.FOUNDER_GUESS_DRAWS, month), f)
    while True:
        if firm.target == NOTHING:
            firm.target = choose_target(state, firm, guesses)
        if firm.target == NOTHING or firm.roadmap_bank < cost:
            break
        firm.roadmap_bank -= cost
        firm.fresh |= bit(firm.target)
        firm.standard_built += 1
        firm.target = NOTHING
    if firm.target == NOTHING:  # nothing left to build: the time is lost
        firm.work_roadmap -= firm.roadmap_bank
        firm.roadmap_bank = 0


@inlined
def choose_target(state: Any, firm: Any, guesses: int) -> int:
    """Next standard feature by the firm's roadmap."""
    market_row = state.popularity[state.popularity.shape[0] - 1]
    n = firm.standard_built
    guess = product.founder_guess(market_row, draw(guesses, 2 * n), draw(guesses, 2 * n + 1), firm.insight)
    roadmap = state.plans.strategies[firm.group, firm.course].roadmap
    built = firm.standard | firm.fresh
    return product.next_target(roadmap, built, firm.tally, firm.loudest, guess, market_row, state.params.mechanisms)


@inlined
def hand_over(state: Any, first: int) -> None:
    """Bring finished standard features to customers; they replace custom ones, promises and requests for the same.

    M4 off: each goes to a single customer who needs it, and stays custom.
    """
    customers, firms = state.customers, state.firms
    sharing = state.params.mechanisms.sharing
    anything = False
    for f in range(firms.shape[0]):
        if firms[f].fresh != 0:
            anything = True
            if sharing:
                firms[f].standard |= firms[f].fresh
                firms[f].standard_features = count(firms[f].standard)
                polish = state.plans.strategies[firms[f].group, firms[f].course].polish
                added = firms[f].standard_built
                firms[f].polish = product.mean_polish(firms[f].polish, firms[f].standard_features, added, polish)
                firms[f].fit_sum = 0
    number = customers.needs.shape[0]
    for start, end in ((first, number), (0, first)):
        c = next_buyer(customers.supplier, start, end) if anything else end
        while anything and c < end:
            firm = firms[customers.supplier[c]]
            if firm.fresh != 0:
                if sharing:
                    drop_features(customers, firm, c, firm.fresh)
                    firm.fit_sum += fit_now(customers, firm, c)
                else:
                    grant_one(customers, firm, c)
            c = next_buyer(customers.supplier, c + 1, end)


@inlined
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
