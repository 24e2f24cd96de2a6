"""The model's own elementary functions, against the C library's and the standard library's."""

import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.model.arithmetic import central_quantile, clamp, exp, log, normal_quantile, power


@given(x=st.floats(-699.0, 699.0))
def test_exp(x: float) -> None:
    assert exp(x) == pytest.approx(math.exp(x), rel=1e-15)


def test_exp_at_its_edges() -> None:
    assert exp(0.0) == 1.0
    assert exp(1.0) == pytest.approx(math.e, rel=4e-16)
    assert exp(1e300) == exp(700.0) == pytest.approx(math.exp(700.0), rel=1e-15)
    assert exp(-1e300) == exp(-700.0) == pytest.approx(math.exp(-700.0), rel=1e-15)
    assert exp(1e-20) == 1.0


@given(x=st.floats(-600.0, 600.0))
def test_exp_of_the_opposite_is_the_reciprocal(x: float) -> None:
    assert exp(x) * exp(-x) == pytest.approx(1.0, rel=4e-15)


@given(x=st.floats(1e-300, 1e300))
def test_log(x: float) -> None:
    assert log(x) == pytest.approx(math.log(x), rel=1e-15, abs=1e-16)


@given(distance=st.floats(1e-12, 0.3))
def test_log_near_one(distance: float) -> None:
    for x in (1.0 + distance, 1.0 - distance):
        assert log(x) == pytest.approx(math.log(x), rel=1e-15, abs=1e-16)


def test_log_of_powers_of_two_is_exact_to_a_bit() -> None:
    assert log(1.0) == 0.0
    for k in (-1000, -3, 1, 10, 1000):
        assert log(math.ldexp(1.0, k)) == pytest.approx(k * math.log(2.0), rel=2e-16)


@given(x=st.floats(-500.0, 500.0))
def test_log_undoes_exp(x: float) -> None:
    assert log(exp(x)) == pytest.approx(x, rel=1e-15, abs=1e-15)


@pytest.mark.parametrize(("base", "exponent"), [(2.0, 10.0), (10.0, -3.0), (1.25, 0.5), (7.3, 0.0), (1.0, 55.0), (0.5, 3.0)])
def test_power(base: float, exponent: float) -> None:
    assert power(base, exponent) == pytest.approx(base**exponent, rel=1e-14)


@given(base=st.floats(1e-3, 1e3), exponent=st.floats(-20, 20))
def test_power_on_any_values(base: float, exponent: float) -> None:
    assert power(base, exponent) == pytest.approx(base**exponent, rel=1e-13)


@pytest.mark.parametrize(("x", "expected"), [(-1.0, 0.0), (0.0, 0.0), (0.4, 0.4), (1.0, 1.0), (7.0, 1.0)])
def test_clamp(x: float, expected: float) -> None:
    assert clamp(x, 0.0, 1.0) == expected


@given(u=st.floats(0.02425, 1.0 - 0.02425))
def test_central_quantile_is_all_but_the_tails(u: float) -> None:
    assert central_quantile(u) == normal_quantile(u)


@given(u=st.floats(1e-12, 1 - 1e-12))
def test_normal_quantile(u: float) -> None:
    assert normal_quantile(u) == pytest.approx(NormalDist().inv_cdf(u), rel=2e-9, abs=2e-9)


@pytest.mark.parametrize("u", [0.02425, 1 - 0.02425])
def test_normal_quantile_is_continuous_where_its_formulas_meet(u: float) -> None:
    assert normal_quantile(u - 1e-12) == pytest.approx(normal_quantile(u + 1e-12), abs=1e-8)


@given(u=st.floats(1e-9, 0.5))
def test_normal_quantile_is_symmetric(u: float) -> None:
    assert normal_quantile(1.0 - u) == pytest.approx(-normal_quantile(u), rel=1e-6, abs=1e-8)


def test_normal_quantile_known_values() -> None:
    assert normal_quantile(0.5) == 0.0
    assert normal_quantile(0.975) == pytest.approx(1.959963984540054, rel=1.5e-9)
    assert normal_quantile(0.001) == pytest.approx(-3.090232306167813, rel=1.5e-9)
