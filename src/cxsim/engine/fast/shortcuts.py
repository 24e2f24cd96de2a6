"""Shortcuts of the fast engine: ways to the answer of a rule that cost less. A test holds each to its rule."""

import numpy as np
from numpy.typing import NDArray

from cxsim.engine.fast.compile import inlined
from cxsim.model import loyalty
from cxsim.model.arithmetic import INV_3
from cxsim.model.params import Loyalty, Sales
from cxsim.model.state import BILLION

SQUEEZE = 0.0331  # accepts most gamma draws without a logarithm (Marsaglia and Tsang 2000, step 3)


@inlined
def may_churn(u: float, leave_base: int, satisfaction: float, demand_shock: float, rules: Loyalty, on: bool) -> bool:
    """Rule out most of whom ``churn.churns`` says that they stay: exp(-x) is at most 1 / (1 + x + x^2 / 2 + x^3 / 6)."""
    x = rules.leave_slope * loyalty.felt_loyalty(satisfaction, on)
    return u * (demand_shock * BILLION) * (1.0 + x * (1.0 + x * (0.5 + x * INV_3))) < leave_base


@inlined
def may_sign(u: float, rules: Sales) -> bool:
    """Rule out most of whom ``sales.signs`` says that they do not: the chance to win never passes ``close_rate``."""
    return u < rules.close_rate


@inlined
def surely_gamma(x: float, u: float) -> bool:
    """Accept most of the attempts above 0 that ``chance.gamma_quantity`` accepts, by deviate x and draw u alone."""
    return u < 1.0 - SQUEEZE * x * x * x * x


@inlined
def guided_feature(cumulative: NDArray[np.float64], guide: NDArray[np.int8], u: float) -> int:
    """The answer of ``demand.pick_feature``, found faster: the guide tells how many features are passed at least.

    ``guide``: row of ``simulation_state.make_guide``. Its length is a power of two, so that ``int`` finds the entry exactly.
    """
    last = len(cumulative) - 1
    target = u * cumulative[last]
    passed = int(guide[int(u * len(guide))])
    while passed < last and target >= cumulative[passed]:
        passed += 1
    return passed
