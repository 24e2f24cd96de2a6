"""Demand shocks: good and bad times that all customers of one product share (M19), as an AR(1) process."""

from math import sqrt

from cxsim.model.arithmetic import exp
from cxsim.model.chance import normal_deviate
from cxsim.model.params import Market


def next_deviate(deviate: float, u: float, market: Market) -> float:
    """Standard normal deviate of a product's demand shock, an AR(1) process: r x deviate + sqrt(1 - r^2) x z.

    r = 1 - 1 / shock_memory, so that with ``shock_memory`` = 1 every month is its own; z from the draw u. Source: A-SHOCK.
    """
    kept = 1.0 - 1.0 / market.shock_memory
    return kept * deviate + sqrt(1.0 - kept * kept) * normal_deviate(u)


def multiplier(deviate: float, market: Market, on: bool) -> float:
    """What multiplies reach and invoices and divides the chance to leave: exp(shock x deviate - shock^2 / 2), mean 1. Off: 1.

    Source: M19, A-SHOCK.
    """
    return exp(market.shock * deviate - 0.5 * market.shock * market.shock) if on else 1.0
