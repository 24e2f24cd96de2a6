"""The first day: every customer gets its traits, and the firms of month 0 are founded.

Customers are taken in blocks, one trait after the other. Rules that need a normal deviate use the formula of its middle for
a whole block at once, which a compiler turns into vector instructions; only the few in the tails are then done one by one.
"""

import numpy as np
from numpy.typing import NDArray

from cxsim.engine.fast.compile import inlined, kernel
from cxsim.engine.fast.phases.buyers import list_marked
from cxsim.engine.fast.phases.enter import found
from cxsim.engine.fast.shortcuts import guided_feature, surely_gamma
from cxsim.engine.fast.simulation_state import BLOCK, Block, SimulationState
from cxsim.model import chance, demand, firm_month
from cxsim.model.arithmetic import TAIL, central_quantile, normal_quantile
from cxsim.model.chance import draw, inner, split, stream_key
from cxsim.model.features import bit, count, no_features
from cxsim.model.state import BILLION


@kernel
def begin(state: SimulationState) -> None:
    """Give every customer its traits and found the firms of month 0."""
    number = state.customers.needs.shape[0]
    for first in range(0, number, BLOCK):
        end = min(first + BLOCK, number)
        need(state, first, end)
        weigh_purses(state, first, end)
        incline(state, first, end)
    for f in range(state.first_entrant):
        if firm_month.founding.is_due(state.firms[f], state.plans.founded[state.firms[f].group], 0):
            found(state, f, 0)


@inlined
def need(state: SimulationState, first: int, end: int) -> None:
    """Draw segments and needs: ``demand.pick_needs``, one attempt of all customers after the other."""
    block, market, size = state.block, state.params.market, end - first
    segment, needs = state.customers.segment[first:end], state.customers.needs[first:end]
    groups = stream_key(state.seed, chance.SEGMENT_DRAWS, chance.BEFORE_START)
    key = stream_key(state.seed, chance.NEED_DRAWS, chance.BEFORE_START)
    for k in range(size):
        segment[k] = int(draw(groups, first + k) * market.segments)
    if not state.params.mechanisms.needs:
        needs[:] = demand.everyones_needs(state.popularity[market.segments], market)
        return
    for k in range(size):
        needs[k] = no_features()
        block.keys[k] = split(key, first + k)
        block.numbers[k] = demand.needs_wanted(draw(block.keys[k], 0), market)
        block.listed[k] = k
    waiting, attempt = size, 1
    while waiting > 0 and attempt < demand.NEED_ATTEMPTS:
        waiting = add_needs(state, waiting, attempt, segment, needs)
        attempt += 1
    for i in range(waiting):
        k = block.listed[i]
        needs[k] = demand.filled_needs(needs[k], block.numbers[k], market.features)


@inlined
def add_needs(state: SimulationState, waiting: int, attempt: int, segment: NDArray[np.uint8], needs: NDArray[np.uint64]) -> int:
    """Draw a feature for each customer listed, and keep in the list those who need more; returns how many."""
    block, popularity, guide = state.block, state.popularity, state.guide
    for i in range(waiting):
        block.luck[i] = draw(block.keys[block.listed[i]], attempt)
    kept = 0
    for i in range(waiting):  # no branch: who needs no more is overwritten by the next
        k = block.listed[i]
        group = segment[k]
        more = needs[k] | bit(guided_feature(popularity[group], guide[group], block.luck[i]))
        needs[k] = more
        block.listed[kept] = k
        kept += count(more) < block.numbers[k]
    return kept


@inlined
def weigh_purses(state: SimulationState, first: int, end: int) -> None:
    """Draw sizes, willingness to pay and the weight of service."""
    block, market, on = state.block, state.params.market, state.params.mechanisms.shocks
    size, wtp = state.customers.size[first:end], state.customers.wtp[first:end]
    sensitivity = state.customers.sensitivity[first:end]
    draw_deviates(block, first, end, stream_key(state.seed, chance.SIZE_DRAWS, chance.BEFORE_START))
    for k in range(end - first):
        size[k] = demand.account_size(block.deviate[k], market, on)
    draw_deviates(block, first, end, stream_key(state.seed, chance.WTP_DRAWS, chance.BEFORE_START))
    for k in range(end - first):
        wtp[k] = demand.willingness_to_pay(block.deviate[k], market)
    tempers = stream_key(state.seed, chance.SENSITIVITY_DRAWS, chance.BEFORE_START)
    for k in range(end - first):
        sensitivity[k] = demand.service_sensitivity(draw(tempers, first + k), market)


@inlined
def incline(state: SimulationState, first: int, end: int) -> None:
    """Draw propensities to leave."""
    block, rules, leave_base = state.block, state.params.loyalty, state.customers.leave_base[first:end]
    key = stream_key(state.seed, chance.LEAVE_BASE_DRAWS, chance.BEFORE_START)
    if demand.leave_all_alike(rules):
        leave_base[:] = demand.leave_propensity(key, rules)
        return
    a, b = demand.leave_shapes(rules)
    draw_gammas(block, block.gammas, first, end, key, 1, a)
    draw_gammas(block, block.others, first, end, key, 2, b)
    for k in range(end - first):
        leave_base[k] = int(chance.share_of(block.gammas[k], block.others[k], a, b) * BILLION)


@inlined
def draw_deviates(block: Block, first: int, end: int, key: int) -> None:
    """Draw a normal deviate of each customer from 0 < u < 1."""
    for k in range(end - first):
        block.luck[k] = inner(draw(key, first + k))
    find_deviates(block, end - first)


@inlined
def find_deviates(block: Block, size: int) -> None:
    """Find the normal deviates of the uniform draws in ``luck``."""
    for k in range(size):
        block.deviate[k] = central_quantile(block.luck[k])
    for k in range(size):
        block.signs[k] = (block.luck[k] < TAIL) | (block.luck[k] > 1.0 - TAIL)
    marked = list_marked(block.signs, size, block.listed)
    for i in range(marked):
        k = block.listed[i]
        block.deviate[k] = normal_quantile(block.luck[k])


@inlined
def draw_gammas(block: Block, gammas: NDArray[np.float64], first: int, end: int, key: int, part: int, shape: float) -> None:
    """Draw a gamma quantity of each customer: most succeed at the first attempt, the others follow the rule one by one."""
    size, scale = end - first, chance.gamma_scale(shape)
    for k in range(size):
        block.keys[k] = split(split(key, first + k), part)
    for k in range(size):
        block.luck[k] = inner(draw(block.keys[k], 2))
    find_deviates(block, size)
    for k in range(size):
        block.luck[k] = inner(draw(block.keys[k], 3))
    for k in range(size):
        attempt = chance.gamma_attempt(block.deviate[k], shape)
        gammas[k] = scale * attempt * chance.gamma_boost(block.keys[k], shape)
        block.signs[k] = (attempt <= 0.0) | (not surely_gamma(block.deviate[k], block.luck[k]))
    marked = list_marked(block.signs, size, block.listed)
    for i in range(marked):
        k = block.listed[i]
        gammas[k] = chance.gamma_quantity(block.keys[k], shape)
