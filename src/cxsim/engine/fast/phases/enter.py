"""Enter: firms that open their doors, on the first day or later."""

from cxsim.engine.fast.compile import inlined, kernel
from cxsim.engine.fast.phases.buyers import attach
from cxsim.engine.fast.simulation_state import SimulationState
from cxsim.model import chance, demand, firm_month
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import no_features
from cxsim.model.state import FIRST_TRIES, NOBODY


@kernel
def enter(state: SimulationState, month: int) -> None:
    """Found the firms that the scenario sets for next month, and entrants drawn this month while there are slots."""
    firms = state.firms
    for f in range(state.first_entrant):
        if firm_month.founding.is_due(firms[f], state.plans.founded[firms[f].group], month + 1):
            found(state, f, month + 1)
    coming = firm_month.founding.entrants(state.params, state.seed, month)
    for f in range(state.first_entrant, firms.shape[0]):
        if coming > 0 and firm_month.founding.is_free(firms[f]):
            found(state, f, month + 1)
            coming -= 1


@inlined
def found(state: SimulationState, f: int, month: int) -> None:
    """A firm opens its doors with the people, money, product and customers of its plan."""
    firm = state.firms[f]
    start, chosen = state.plans.starts[firm.group], state.plans.strategies[firm.group, 0]
    market_row = state.popularity[state.popularity.shape[0] - 1]
    firm_month.founding.open_doors(firm, f, start, chosen, market_row, state.seed, month)
    win_first_customers(state, f, start.customers, month)
    firm_month.founding.open_books(firm, chosen, state.params)


@inlined
def win_first_customers(state: SimulationState, f: int, wanted: int, month: int) -> None:
    """Draw the customers that a firm starts with from those free, by the same choice that later ones make."""
    firm, customers, params = state.firms[f], state.customers, state.params
    chosen = state.plans.strategies[firm.group, 0]
    picks = split(stream_key(state.seed, chance.FIRST_CUSTOMER_DRAWS, chance.BEFORE_START), f)
    choices = split(stream_key(state.seed, chance.FIRST_CHOICE_DRAWS, chance.BEFORE_START), f)
    number = customers.needs.shape[0]
    for attempt in range(wanted * FIRST_TRIES):
        if not firm_month.founding.wants_more(firm, wanted):
            break
        c = int(draw(picks, attempt) * number)
        if customers.supplier[c] == NOBODY:
            seen = demand.fit(customers.needs[c], firm.standard)
            if firm_month.sell.convinces(firm, seen, int(customers.wtp[c]), draw(choices, attempt), chosen, params):
                attach(customers, firm, f, c, no_features(), 0, seen, month, params.product)
