"""Churn, as part of the month's experience: who leaves, and who chooses again among all firms (M11, M17)."""

import numpy as np
from numpy.typing import NDArray

from cxsim.engine.fast.compile import inlined
from cxsim.engine.fast.phases.buyers import attach, detach, list_marked, number_at, place
from cxsim.engine.fast.simulation_state import SimulationState
from cxsim.model import chance, churn
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import no_features
from cxsim.model.firm_month import choice
from cxsim.model.firm_month.experience import count_satisfaction
from cxsim.model.state import NOBODY, Record


@inlined
def add_up_reach(firms: Record, reach: NDArray[np.int64]) -> None:
    """Add up the selling effort of the firms, in order."""
    total = 0
    for f in range(firms.shape[0]):
        total += firms[f].reach
        reach[f] = total


@inlined
def let_churn(state: SimulationState, size: int, whole: bool, month: int) -> int:
    """Let go of those marked who do leave, and list them with the firm they left; returns how many."""
    customers, rules, on = state.customers, state.params.loyalty, state.params.mechanisms.loyalty
    key = stream_key(state.seed, chance.LEAVE_DRAWS, month)
    marked = list_marked(state.block.churns, size, state.block.listed)
    left = 0
    for i in range(marked):
        c = place(number_at(state.block, whole, state.block.listed[i]))
        firm = state.firms[customers.supplier[c]]
        if churn.churns(draw(key, c), customers.leave_base[c], customers.satisfaction[c], firm.demand_shock, rules, on):
            firm.churned += 1
            count_satisfaction(firm, customers.satisfaction[c], -1)
            state.block.churned[left] = c
            state.block.former[left] = customers.supplier[c]
            left += 1
            detach(customers, firm, c, state.params.product)
    return left


@inlined
def let_choose_again(state: SimulationState, left: int, month: int) -> None:
    """Those of a block who left look around."""
    for i in range(left):
        choose_again(state, place(state.block.churned[i]), state.block.former[i], month)


@inlined
def choose_again(state: SimulationState, c: int, former: int, month: int) -> None:
    """One who left looks around, and starts to buy from the firm it finds, if any."""
    customers, params, strategies = state.customers, state.params, state.plans.strategies
    key = split(stream_key(state.seed, chance.SEARCH_DRAWS, month), c)
    satisfaction, needs, wtp = customers.satisfaction[c], customers.needs[c], int(customers.wtp[c])
    f, expected = choice.choose_again(state.firms, strategies, state.reach, former, satisfaction, needs, wtp, key, params)
    if f != NOBODY:
        choice.win_back(state.firms[f], f == former)
        attach(customers, state.firms[f], f, c, no_features(), 0, expected, month, params.product)
        count_satisfaction(state.firms[f], expected, 1)
