"""Tides: good and bad times that all customers of one product share (M19)."""

from math import sqrt

from cxsim.model.arithmetic import exp, normal_quantile
from cxsim.model.chance import inner
from cxsim.model.params import Market


def next_swell(swell: float, u: float, market: Market) -> float:
    """Where a product's tide stands, as a standard normal deviate that forgets: r x swell + sqrt(1 - r^2) x z.

    r = 1 - 1 / shock_memory, so that with ``shock_memory`` = 1 every month is its own; z from the draw u. Source: A-SHOCK.
    """
    kept = 1.0 - 1.0 / market.shock_memory
    return kept * swell + sqrt(1.0 - kept * kept) * normal_quantile(inner(u))


def tide(swell: float, market: Market, on: bool) -> float:
    """What multiplies reach and invoices and divides the chance to leave: exp(shock x swell - shock^2 / 2), mean 1. Off: 1.

    Source: M19, A-SHOCK.
    """
    return exp(market.shock * swell - 0.5 * market.shock * market.shock) if on else 1.0
