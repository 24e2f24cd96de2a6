"""Leaving, as part of the month's experience: who goes, and who chooses again among all firms (M11, M17)."""

from typing import Any

from cxsim.engine.fast.compile import inlined
from cxsim.engine.fast.phases.buyers import accepted_price, attach, detach, list_marked, number_at, place, shown_fit
from cxsim.model import chance, loyalty, sales
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import no_features
from cxsim.model.state import MILLION, NOBODY


@inlined
def add_up_reach(firms: Any, reach: Any) -> None:
    """Add up the selling effort of the firms, in order."""
    total = 0
    for f in range(firms.shape[0]):
        total += firms[f].reach
        reach[f] = total


@inlined
def count_satisfaction(firm: Any, satisfaction: float, sign: int) -> None:
    """Add a customer's satisfaction to the sums of the month, or take it out."""
    firm.satisfaction_sum += sign * int(satisfaction * MILLION)
    firm.praise_sum += sign * loyalty.praise(satisfaction)


@inlined
def churn(state: Any, size: int, whole: bool, month: int) -> int:
    """Let go of those marked who do leave, and list them with the firm they left; returns how many."""
    customers, rules, on = state.customers, state.params.loyalty, state.params.mechanisms.loyalty
    key = stream_key(state.seed, chance.LEAVE_DRAWS, month)
    marked = list_marked(state.block.churns, size, state.block.listed)
    left = 0
    for i in range(marked):
        c = place(number_at(state.block, whole, state.block.listed[i]))
        firm = state.firms[customers.supplier[c]]
        if loyalty.leaves(draw(key, c), customers.leave_base[c], customers.satisfaction[c], firm.tide, rules, on):
            firm.churned += 1
            count_satisfaction(firm, customers.satisfaction[c], -1)
            state.block.churned[left] = c
            state.block.former[left] = customers.supplier[c]
            left += 1
            detach(customers, firm, c, state.params.product)
    return left


@inlined
def let_choose_again(state: Any, left: int, month: int) -> None:
    """M17: those of a block who left look around; off: they buy from nobody."""
    if state.params.mechanisms.choosing_again:
        for i in range(left):
            choose_again(state, place(state.block.churned[i]), state.block.former[i], month)


@inlined
def choose_again(state: Any, c: int, former: int, month: int) -> None:
    """Look at the offers of some firms, the former supplier's included, and take the first that is good enough.

    What is found elsewhere, outside the simulation, is good enough.
    """
    customers, params = state.customers, state.params
    own = split(stream_key(state.seed, chance.SEARCH_DRAWS, month), c)
    elsewhere = sales.reach_elsewhere(customers.supplier.shape[0], params.sales)
    for n in range(params.sales.search):
        f = sales.pick_by_reach(state.reach, elsewhere, draw(own, 2 * n))
        if f == NOBODY:
            return
        firm = state.firms[f]
        chosen = state.plans.strategies[firm.group, firm.course]
        seen = customers.satisfaction[c] if f == former else shown_fit(firm, customers.needs[c], no_features(), params)
        quality = loyalty.felt_loyalty(seen, params.mechanisms.loyalty) if f == former else seen
        offer = sales.surplus(quality, chosen.price, accepted_price(customers, firm, c, params))
        if draw(own, 2 * n + 1) < sales.inclination(offer, params.sales):
            firm.walk_ins += 1
            firm.returned += f == former
            attach(customers, firm, f, c, no_features(), 0, min(seen, 1.0), month, params.product)
            count_satisfaction(firm, customers.satisfaction[c], 1)
            return
