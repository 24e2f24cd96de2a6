"""Build: upkeep first, then promises, then single requests, then the roadmap."""

from cxsim.engine.fast.compile import inlined, kernel
from cxsim.engine.fast.phases.buyers import drop_features, fit_now, next_buyer
from cxsim.engine.fast.simulation_state import SimulationState
from cxsim.model import chance, firm_month, product
from cxsim.model.chance import draw, stream_key
from cxsim.model.features import bit, count, lowest
from cxsim.model.firm_month.build import can_grant_requests, can_keep_promises
from cxsim.model.firm_month.figures import in_force
from cxsim.model.state import ALIVE, NOTHING, Customers, Firm


@kernel
def build(state: SimulationState, month: int) -> None:
    """Keep what exists, then deliver promises, then single requests, then the roadmap."""
    firms, strategies = state.firms, state.plans.strategies
    market_row = state.popularity[state.popularity.shape[0] - 1]
    first = int(draw(stream_key(state.seed, chance.WORK_ORDER_DRAWS, month), 0) * state.customers.needs.shape[0])
    for f in range(firms.shape[0]):
        if firms[f].status == ALIVE:
            firm_month.build.keep_up(firms[f], in_force(firms[f], strategies), state.params)
    deliver_promises(state, first)
    for f in range(firms.shape[0]):
        if firms[f].status == ALIVE:
            firm_month.build.open_custom_work(firms[f], in_force(firms[f], strategies), state.params)
    deliver_requests(state, first)
    for f in range(firms.shape[0]):
        if firms[f].status == ALIVE:
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
    number = customers.needs.shape[0]
    for start, end in ((first, number), (0, first)):
        c = next_buyer(customers.supplier, start, end) if able > 0 else end
        while able > 0 and c < end:
            firm = firms[customers.supplier[c]]
            while customers.promised[c] != 0 and can_keep_promises(firm):
                feature = lowest(int(customers.promised[c]))
                customers.promised[c] ^= bit(feature)
                firm.promised_features -= 1
                deliver_custom(state, firm, c, feature)
                able -= not can_keep_promises(firm)
            c = next_buyer(customers.supplier, c + 1, end)


@inlined
def deliver_custom(state: SimulationState, firm: Firm, c: int, feature: int) -> None:
    """Hand one custom feature to one customer; a request for it is thereby met."""
    customers = state.customers
    firm.fit_sum -= fit_now(customers, firm, c)
    customers.custom[c] |= bit(feature)
    firm.fit_sum += fit_now(customers, firm, c)
    if customers.asked[c] == feature:
        customers.asked[c] = NOTHING
        firm.open_requests -= 1
    firm_month.build.deliver_custom(firm, in_force(firm, state.plans.strategies))


@inlined
def deliver_requests(state: SimulationState, first: int) -> None:
    """Build what single customers asked for, from the same start, while there is time."""
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
            if sharing:
                firm_month.build.release(firms[f], in_force(firms[f], state.plans.strategies))
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
def grant_one(customers: Customers, firm: Firm, c: int) -> None:
    """M4 off: give one finished feature to this customer, if it lacks one of them."""
    feature = product.granted_feature(customers.needs[c], firm.fresh, firm.standard | customers.custom[c])
    drop_features(customers, firm, c, feature)
    firm.fit_sum -= fit_now(customers, firm, c)
    customers.custom[c] |= feature
    firm.fit_sum += fit_now(customers, firm, c)
    firm.custom_features += count(feature)
    firm.fresh ^= feature
