"""Sell: how far a firm reaches, and what it counts of those it met, won and lost."""

from cxsim.model import chance, sales
from cxsim.model.chance import draw, stream_key
from cxsim.model.features import no_features, without
from cxsim.model.firm_month import figures
from cxsim.model.params import UNIFORM, Params, Sales, Strategy
from cxsim.model.state import Firm


def plan_reach(firm: Firm, number: int, params: Params, seed: int, month: int) -> None:
    """See how much selling effort there is this month: sellers, marketing, and what customers say."""
    rules, mechanisms = params.sales, params.mechanisms
    firm.sales_yield = sales.sales_yield(firm.playbook, rules, mechanisms.sales_learning)
    told = sales.told_contacts(firm.talk, rules, mechanisms.word_of_mouth)
    leads = firm.marketing_plan
    contacts = sales.sales_reach(firm.sales_capacity, firm.sales_yield, leads, told, firm.demand_shock, rules)
    luck = draw(stream_key(seed, chance.REACH_DRAWS, month), number)
    firm.reach = sales.sales_effort(contacts, luck, params.market.customers)
    firm.effort = firm.reach


def promises(firm: Firm, needs: int, chosen: Strategy, params: Params) -> int:
    """Missing features that a firm promises to a prospect."""
    return sales.promised_features(needs, firm.standard, chosen, params.sales, params.mechanisms)


def hear_loss(firm: Firm, needs: int, luck: float, rules: Sales) -> None:
    """A lost prospect says, perhaps, which feature it missed. ``luck``: a uniform draw."""
    missing = without(needs, firm.standard)
    if missing != no_features() and sales.tells_loss(luck, rules):
        firm.tally[sales.missed_feature(missing, luck, rules)] += 1


def surplus(firm: Firm, seen: float, wtp: int, chosen: Strategy, params: Params) -> float:
    """What a firm's offer, of a quality that is seen, leaves a customer who is new to it."""
    return sales.surplus(seen, sales.offered_price(UNIFORM, chosen), figures.accepted_price(firm, wtp, params))


def convinces(firm: Firm, seen: float, wtp: int, luck: float, chosen: Strategy, params: Params) -> bool:
    """Tell whether a customer with no supplier takes an offer whose fit it sees."""
    return sales.signs(luck, surplus(firm, seen, wtp, chosen, params), 0.0, 0.0, params.sales)
