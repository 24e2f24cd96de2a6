"""Churn: the chance that a customer leaves of its own accord (M11, M19)."""

from cxsim.model.arithmetic import exp
from cxsim.model.loyalty import felt_loyalty
from cxsim.model.params import Loyalty
from cxsim.model.state import BILLION


def hazard(base: float, satisfaction: float, loyalty: Loyalty, on: bool) -> float:
    """Chance a month to leave in ordinary times, in the unit of ``base``: base x exp(-leave_slope x satisfaction).

    Source: M11, A-LEAVE, A-LEAVE-SLOPE.
    """
    return base * exp(-loyalty.leave_slope * felt_loyalty(satisfaction, on))


def churns(u: float, leave_base: int, satisfaction: float, demand_shock: float, loyalty: Loyalty, on: bool) -> bool:
    """Tell whether a customer leaves, for a uniform draw u: with the chance hazard / demand_shock.

    ``leave_base`` in billionths a month. Source: M11, M19.
    """
    return u * (demand_shock * BILLION) < hazard(leave_base, satisfaction, loyalty, on)
