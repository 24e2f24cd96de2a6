"""Enter: firms that open their doors, on the first day or later."""

from typing import Any

from cxsim.engine.fast.compile import inlined, kernel
from cxsim.engine.fast.phases.buyers import accepted_price, attach
from cxsim.model import chance, demand, finance, product, sales
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import count, no_features
from cxsim.model.params import PRODUCT, SALES, SERVICE
from cxsim.model.state import ALIVE, DORMANT, FIRST_TRIES, NOBODY


@kernel
def enter(state: Any, month: int) -> None:
    """Found the firms that the scenario sets for next month, and entrants drawn this month while there are slots."""
    for f in range(state.first_entrant):
        if state.firms[f].status == DORMANT and state.plans.founded[state.firms[f].group] == month + 1:
            found(state, f, month + 1)
    luck = draw(stream_key(state.seed, chance.ENTRY_DRAWS, month), 0)
    coming = int(state.params.entry.rate + luck)
    for f in range(state.first_entrant, state.firms.shape[0]):
        if coming > 0 and state.firms[f].status == DORMANT:
            found(state, f, month + 1)
            coming -= 1


@inlined
def found(state: Any, f: int, month: int) -> None:
    """A firm opens its doors with the people, money, product and customers of its plan."""
    firm = state.firms[f]
    start = state.plans.starts[firm.group]
    market_row = state.popularity[state.popularity.shape[0] - 1]
    key = split(stream_key(state.seed, chance.BORN_FEATURE_DRAWS, chance.BEFORE_START), f)
    firm.status = ALIVE
    firm.founded = month
    firm.founders = start.founders
    firm.cash = start.cash
    firm.insight = start.insight
    firm.playbook = start.playbook
    firm.reputation = start.reputation
    firm.polish = state.plans.strategies[firm.group, 0].polish
    firm.service_goal = state.plans.strategies[firm.group, 0].service_goal
    firm.staff[PRODUCT] = start.product_staff
    firm.staff[SALES] = start.sales_staff
    firm.staff[SERVICE] = start.service_staff
    firm.skill[:] = 1.0
    firm.standard = product.born_features(market_row, key, start.features, start.insight)
    firm.standard_features = count(firm.standard)
    win_first_customers(state, f, start.customers, month)
    on = state.params.mechanisms.validation
    evidence = state.params.product.evidence
    firm.validated = product.validated_features(firm.standard, no_features(), firm.users, evidence, on)
    firm.validated_features = count(firm.validated)
    firm.trend = finance.subscriptions(firm.account_size, state.plans.strategies[firm.group, 0].price)


@inlined
def win_first_customers(state: Any, f: int, wanted: int, month: int) -> None:
    """Draw the customers that a firm starts with from those free, by the same choice that later ones make."""
    firm, customers, params = state.firms[f], state.customers, state.params
    price = state.plans.strategies[firm.group, 0].price
    picks = split(stream_key(state.seed, chance.FIRST_CUSTOMER_DRAWS, chance.BEFORE_START), f)
    choices = split(stream_key(state.seed, chance.FIRST_CHOICE_DRAWS, chance.BEFORE_START), f)
    number = customers.needs.shape[0]
    for attempt in range(wanted * FIRST_TRIES):
        if firm.customers >= wanted:
            break
        c = int(draw(picks, attempt) * number)
        if customers.supplier[c] == NOBODY:
            seen = demand.fit(customers.needs[c], firm.standard)
            offer = sales.surplus(seen, price, accepted_price(customers, firm, c, params))
            if sales.signs(draw(choices, attempt), offer, 0.0, 0.0, params.sales):
                attach(customers, firm, f, c, no_features(), 0, seen, month, params.product)
