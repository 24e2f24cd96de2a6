"""Founding: firms that open their doors, on the first day or later."""

from cxsim.model import chance, finance, product
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import count
from cxsim.model.firm_month import settle
from cxsim.model.params import PRODUCT, SALES, SERVICE, Params, Start, Strategy
from cxsim.model.state import ALIVE, DORMANT, Firm, Table


def is_due(firm: Firm, planned: int, month: int) -> bool:
    """Tell whether a firm opens its doors in a month for which it is planned."""
    return firm.status == DORMANT and planned == month


def is_free(firm: Firm) -> bool:
    """Tell whether a slot waits for a firm to enter."""
    return firm.status == DORMANT


def wants_more(firm: Firm, wanted: int) -> bool:
    """Tell whether a firm has fewer customers than it is to start with."""
    return firm.customers < wanted


def entrants(params: Params, seed: int, month: int) -> int:
    """Firms that enter after this month: the rate, rounded without bias. Source: A-ENTRY."""
    return int(params.entry.rate + draw(stream_key(seed, chance.ENTRY_DRAWS, month), 0))


def open_doors(
    firm: Firm, number: int, start: Start, chosen: Strategy, market_row: Table[float], seed: int, month: int
) -> None:
    """Begin with the people, money and product of a plan. ``market_row``: popularity in the whole market."""
    key = split(stream_key(seed, chance.BORN_FEATURE_DRAWS, chance.BEFORE_START), number)
    firm.status = ALIVE
    firm.founded = month
    firm.founders = start.founders
    firm.cash = start.cash
    firm.insight = start.insight
    firm.playbook = start.playbook
    firm.reputation = start.reputation
    firm.polish = chosen.polish
    firm.service_goal = chosen.service_goal
    firm.staff[PRODUCT] = start.product_staff
    firm.staff[SALES] = start.sales_staff
    firm.staff[SERVICE] = start.service_staff
    for role in range(len(firm.skill)):
        firm.skill[role] = 1.0
    firm.standard = product.born_features(market_row, key, start.features, start.insight)
    firm.standard_features = count(firm.standard)


def open_books(firm: Firm, chosen: Strategy, params: Params) -> None:
    """See what the first customers validate, and what revenue to expect of them."""
    settle.validate(firm, params)
    firm.trend = finance.subscriptions(firm.account_size, chosen.price)
