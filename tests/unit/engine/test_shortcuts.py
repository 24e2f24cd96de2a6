"""Each shortcut of the fast engine agrees with the rule that it stands for."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cxsim.engine.fast.shortcuts import guided_feature, may_churn, may_sign, surely_gamma
from cxsim.engine.fast.simulation_state import GUIDE, make_guide
from cxsim.model.arithmetic import log
from cxsim.model.chance import gamma_attempt, gamma_scale
from cxsim.model.churn import churns
from cxsim.model.demand import pick_feature
from cxsim.model.params import Loyalty, Sales
from cxsim.model.sales import signs


@given(
    u=st.floats(0, 1),
    base=st.integers(0, 10**9),
    satisfaction=st.floats(0, 1),
    shock=st.floats(0.01, 100),
    slope=st.floats(0, 20),
)
def test_whoever_churns_may_churn(u: float, base: int, satisfaction: float, shock: float, slope: float) -> None:
    rules = Loyalty(leave_slope=slope)
    chance = base / 1e9 * math.exp(-slope * satisfaction) / shock
    if u < chance * (1 - 1e-12):
        assert may_churn(u, base, satisfaction, shock, rules, True)
        assert churns(u, base, satisfaction, shock, rules, True)
    if u > chance * (1 + 1e-12):
        assert not churns(u, base, satisfaction, shock, rules, True)


@given(
    u=st.floats(0, 1, exclude_max=True),
    step=st.integers(0, GUIDE - 1),
    shares=st.lists(st.floats(0, 1), min_size=1, max_size=64).filter(any),
)
def test_guided_feature_is_the_same_feature(u: float, step: int, shares: list[float]) -> None:
    row = np.cumsum(shares)
    guide = make_guide(row[np.newaxis])[0]
    edges = [edge / row[-1] for edge in row[:-1]]
    for at in [u, step / GUIDE, *edges, *(float(np.nextafter(edge, 0)) for edge in edges)]:
        if at < 1.0:
            assert guided_feature(row, guide, at) == pick_feature(row, at)


def test_nobody_may_sign_beyond_the_close_rate() -> None:
    assert may_sign(0.34, Sales(close_rate=0.35))
    assert not may_sign(0.35, Sales(close_rate=0.35))


@given(u=st.floats(0, 1), offer=st.floats(-5, 5), present=st.floats(-5, 5), rate=st.floats(0, 1))
def test_whoever_signs_may_sign(u: float, offer: float, present: float, rate: float) -> None:
    rules = Sales(close_rate=rate)
    assert may_sign(u, rules) or not signs(u, offer, present, 0.0, rules)


def test_surely_gamma() -> None:
    assert [surely_gamma(x, 0.5) for x in (0.0, 1.9, 2.1, -2.1)] == [True, True, False, False]


@given(x=st.floats(-9, 9), u=st.floats(2**-53, 1, exclude_max=True), shape=st.floats(0.006, 500))
def test_what_is_surely_gamma_is_accepted(x: float, u: float, shape: float) -> None:
    """The full test of Marsaglia and Tsang accepts whatever the squeeze accepts, but for rounding."""
    v, d = gamma_attempt(x, shape), gamma_scale(shape)
    if v > 0.0 and surely_gamma(x, u):
        assert log(u) < 0.5 * x * x + d - d * v + d * log(v) + 1e-12 * (1.0 + d)
