"""Build: upkeep first, then promises, then single requests, then the roadmap."""

from cxsim.engine.fast.compile import inlined, kernel
from cxsim.engine.fast.phases.buyers import drop_features, fit_now, next_buyer
from cxsim.engine.fast.simulation_state import SimulationState
from cxsim.model import chance, firm_month, product
from cxsim.model.chance import draw, stream_key
from cxsim.model.features import bit, count, lowest
from cxsim.model.firm_month.build import can_grant_requests, can_keep_promises, grants_request, keeps_promise
from cxsim.model.firm_month.figures import in_business, in_force
from cxsim.model.state import Firm


@kernel
def build(state: SimulationState, month: int) -> None:
    """Keep what exists, then deliver promises, then single requests, then the roadmap."""
    firms, strategies = state.firms, state.plans.strategies
    market_row = state.popularity[state.popularity.shape[0] - 1]
    first = int(draw(stream_key(state.seed, chance.WORK_ORDER_DRAWS, month), 0) * state.customers.needs.shape[0])
    for f in range(firms.shape[0]):
        if in_business(firms[f]):
            firm_month.build.keep_up(firms[f], in_force(firms[f], strategies), state.params)
    deliver_promises(state, first)
    for f in range(firms.shape[0]):
        if in_business(firms[f]):
            firm_month.build.open_custom_work(firms[f], in_force(firms[f], strategies), state.params)
    deliver_requests(state, first)
    for f in range(firms.shape[0]):
        if in_business(firms[f]):
            firm_month.build.close_custom_work(firms[f])
            chosen = in_force(firms[f], strategies)
            firm_month.build.advance_roadmap(firms[f], f, chosen, market_row, state.params, state.seed, month)
    hand_over(state, first)


@inlined
def deliver_promises(state: SimulationState, first: int) -> None:
    """Build promised features, customer by customer from a drawn start, while the firm has time for a whole one."""
    customers, firms = state.customers, state.firms
    able = 0
    for f in range(firms.shape[0]):
        able += can_keep_promises(firms[f])
    number: int = customers.needs.shape[0]
    for start, end in ((first, number), (0, first)):
        c = next_buyer(customers.supplier, start, end) if able > 0 else end
        while able > 0 and c < end:
            firm = firms[customers.supplier[c]]
            while keeps_promise(firm, customers.promised[c]):
                deliver_custom(state, firm, c, lowest(customers.promised[c]))
                able -= not can_keep_promises(firm)
            c = next_buyer(customers.supplier, c + 1, end)


@inlined
def deliver_custom(state: SimulationState, firm: Firm, c: int, feature: int) -> None:
    """Hand one custom feature to one customer; a promise of it, and a request for it, are thereby met."""
    customers = state.customers
    drop_features(customers, firm, c, bit(feature))
    firm.fit_sum -= fit_now(customers, firm, c)
    customers.custom[c] |= bit(feature)
    firm.fit_sum += fit_now(customers, firm, c)
    firm_month.build.deliver_custom(firm, in_force(firm, state.plans.strategies))


@inlined
def deliver_requests(state: SimulationState, first: int) -> None:
    """Build what single customers asked for, from the same start, while there is time."""
    customers, firms = state.customers, state.firms
    able = 0
    for f in range(firms.shape[0]):
        able += can_grant_requests(firms[f])
    number: int = customers.needs.shape[0]
    for start, end in ((first, number), (0, first)):
        c = next_buyer(customers.supplier, start, end) if able > 0 else end
        while able > 0 and c < end:
            firm = firms[customers.supplier[c]]
            if grants_request(firm, customers.asked[c]):
                deliver_custom(state, firm, c, int(customers.asked[c]))
                able -= not can_grant_requests(firm)
            c = next_buyer(customers.supplier, c + 1, end)


@inlined
def hand_over(state: SimulationState, first: int) -> None:
    """Bring finished standard features to customers; they replace custom ones, promises and requests for the same.

    M4 off: each goes to a single customer who needs it, and stays custom.
    """
    customers, firms = state.customers, state.firms
    sharing = state.params.mechanisms.sharing
    anything = False
    for f in range(firms.shape[0]):
        if firms[f].fresh != 0:
            anything = True
            firm_month.build.release(firms[f], in_force(firms[f], state.plans.strategies), state.params)
            if sharing:  # fits change for all its customers, and are summed afresh
                firms[f].fit_sum = 0
    number: int = customers.needs.shape[0]
    for start, end in ((first, number), (0, first)):
        c = next_buyer(customers.supplier, start, end) if anything else end
        while anything and c < end:
            firm = firms[customers.supplier[c]]
            if firm.fresh != 0:
                firm.fit_sum -= 0 if sharing else fit_now(customers, firm, c)
                shared, own = product.handed_over(customers.needs[c], firm.fresh, firm.standard | customers.custom[c], sharing)
                drop_features(customers, firm, c, shared | own)
                customers.custom[c] |= own
                firm.custom_features += count(own)
                firm.fresh ^= own
                firm.fit_sum += fit_now(customers, firm, c)
            c = next_buyer(customers.supplier, c + 1, end)
