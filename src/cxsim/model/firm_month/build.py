"""Build: upkeep first, then promises, then single requests, then the roadmap."""

from cxsim.model import chance, product
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import bit, count, no_features
from cxsim.model.params import Params, Strategy
from cxsim.model.state import NOTHING, Firm, Table


def keep_up(firm: Firm, chosen: Strategy, params: Params) -> None:
    """Spend product time on upkeep first; what is left is open to promised work, with what was begun last month."""
    rules, polishes = params.product, params.mechanisms.polish
    custom, standard = firm.custom_features, firm.standard_features
    firm.variety = product.variety_factor(custom, standard, rules, params.mechanisms.variety)
    due = product.upkeep_work(custom, standard, firm.variety, rules)
    firm.work_upkeep = min(due, firm.work_capacity)
    firm.upkept = product.upkept_share(firm.work_upkeep, due)
    firm.condition = product.product_condition(firm.upkept, product.polish_in_force(firm.polish, polishes), rules)
    firm.feature_job = product.standard_job(firm.variety, product.polish_in_force(chosen.polish, polishes), rules)
    firm.job = product.custom_job(firm.variety, rules)
    firm.custom_work_open = firm.work_capacity - firm.work_upkeep + firm.custom_bank
    firm.work_custom = -firm.custom_bank
    firm.custom_bank = 0


def can_keep_promises(firm: Firm) -> bool:
    """Tell whether a firm owes a promised feature and has time for one."""
    return firm.promised_features > 0 and firm.custom_work_open >= firm.job


def can_grant_requests(firm: Firm) -> bool:
    """Tell whether a firm has an open request and time for one."""
    return firm.open_requests > 0 and firm.custom_work_open >= firm.job


def keeps_promise(firm: Firm, promised: int) -> bool:
    """Tell whether a firm builds a feature for a customer to whom these are promised."""
    return promised != no_features() and can_keep_promises(firm)


def grants_request(firm: Firm, asked: int) -> bool:
    """Tell whether a firm builds what a customer asked for."""
    return asked != NOTHING and can_grant_requests(firm)


def deliver_custom(firm: Firm, chosen: Strategy) -> None:
    """Finish one feature for one customer, and charge for it."""
    firm.custom_work_open -= firm.job
    firm.work_custom += firm.job
    firm.custom_features += 1
    firm.custom_built += 1
    firm.fees += chosen.custom_fee


def open_custom_work(firm: Firm, chosen: Strategy, params: Params) -> None:
    """Keep unfinished promised work; when all promises are kept, open the strategy's share of time to single requests."""
    spare = firm.custom_work_open
    firm.custom_work_open = 0
    if firm.promised_features > 0:
        firm.custom_bank = spare
        firm.work_custom += spare
    else:
        firm.custom_work_open = product.open_work(spare, chosen.custom_share, params.mechanisms.custom_work)
        firm.work_left = spare - firm.custom_work_open


def close_custom_work(firm: Firm) -> None:
    """Keep what is begun for those who still wait; with nobody waiting the time goes to the roadmap."""
    if firm.open_requests > 0:
        firm.custom_bank += firm.custom_work_open
        firm.work_custom += firm.custom_work_open
    else:
        firm.work_left += firm.custom_work_open
    firm.custom_work_open = 0


def advance_roadmap(
    firm: Firm, number: int, chosen: Strategy, market_row: Table[float], params: Params, seed: int, month: int
) -> None:
    """Spend what is left on standard features, one after the other. ``market_row``: popularity in the whole market."""
    guesses = split(stream_key(seed, chance.FOUNDER_GUESS_DRAWS, month), number)
    firm.work_roadmap = firm.work_left
    firm.roadmap_bank += firm.work_left
    firm.work_left = 0
    while True:
        if firm.target == NOTHING:
            firm.target = choose_target(firm, chosen, market_row, params, guesses)
        if firm.target == NOTHING or firm.roadmap_bank < firm.feature_job:
            break
        firm.roadmap_bank -= firm.feature_job
        firm.fresh |= bit(firm.target)
        firm.standard_built += 1
        firm.target = NOTHING
    if firm.target == NOTHING:  # nothing left to build: the time is lost
        firm.work_roadmap -= firm.roadmap_bank
        firm.roadmap_bank = 0


def choose_target(firm: Firm, chosen: Strategy, market_row: Table[float], params: Params, guesses: int) -> int:
    """Next standard feature by the firm's roadmap."""
    n = firm.standard_built
    guess = product.founder_guess(market_row, draw(guesses, 2 * n), draw(guesses, 2 * n + 1), firm.insight)
    built = firm.standard | firm.fresh
    return product.next_target(chosen.roadmap, built, firm.tally, firm.loudest, guess, market_row, params.mechanisms)


def release(firm: Firm, chosen: Strategy, params: Params) -> None:
    """Make this month's features part of the standard product, which is as polished as its features on average. M4 off: not."""
    if params.mechanisms.sharing and firm.fresh != no_features():
        firm.standard |= firm.fresh
        firm.standard_features = count(firm.standard)
        firm.polish = product.mean_polish(firm.polish, firm.standard_features, firm.standard_built, chosen.polish)
