"""Intervals, held against printed tables, numbers worked out by hand, and scipy."""

import math

import numpy as np
import pytest
from scipy import stats

from cxsim.statistics.intervals import (
    MANY,
    NOTHING_KNOWN,
    Estimate,
    mean_interval,
    median_interval,
    share_gap_interval,
    share_interval,
    t_between,
    t_quantile,
    welch_interval,
)


@pytest.mark.parametrize(
    ("freedom", "expected"),
    [(1, 12.7062), (2, 4.30265), (3, 3.18245), (10, 2.22814), (19, 2.09302), (60, 2.00030), (1000, 1.96234)],
)
def test_students_t_agrees_with_printed_tables(freedom: int, expected: float) -> None:
    assert t_quantile(freedom) == pytest.approx(expected, abs=6e-6 if freedom > 1 else 6e-5)


def test_mean_interval_by_hand() -> None:
    found = mean_interval([2.0, 4.0, 6.0, 8.0])  # s = sqrt(20 / 3), t(3) = 3.18245
    assert found.mean == 5.0
    assert found.high - 5.0 == pytest.approx(3.18245 * math.sqrt(20 / 3 / 4), abs=1e-4)
    assert 5.0 - found.low == pytest.approx(found.high - 5.0)
    assert found.significant


def test_one_value_has_no_interval_and_is_never_significant() -> None:
    found = mean_interval([3.0])
    assert (found.mean, found.n, found.has_interval, found.significant) == (3.0, 1, False, False)


def test_wilson_by_hand() -> None:
    found = share_interval(7, 10)  # (0.7 + z2/20) / (1 + z2/10) plus and minus, z2 = 3.84146
    assert found.low == pytest.approx(0.39677, abs=1e-5)
    assert found.high == pytest.approx(0.89221, abs=1e-5)
    assert share_interval(0, 10)[1:3] == pytest.approx((0.0, 0.27753), abs=1e-5)
    assert share_interval(10, 10)[1:3] == pytest.approx((0.72247, 1.0), abs=1e-5)


def test_median_interval_takes_the_binomial_ranks() -> None:
    found = median_interval([float(x) for x in range(1, 21)])  # 20 values: 6th and 15th
    assert found[:3] == (10.5, 6.0, 15.0)
    assert not median_interval([1.0, 2.0, 3.0, 4.0, 5.0]).has_interval


def test_an_estimate_knows_whether_it_is_sure() -> None:
    assert Estimate(1.0, 0.5, 1.5, 9).significant
    assert Estimate(-1.0, -1.5, -0.5, 9).significant
    assert not Estimate(1.0, 0.0, 2.0, 9).significant
    assert not Estimate(-1.0, -2.0, 0.0, 9).significant
    assert not NOTHING_KNOWN.has_interval
    assert not NOTHING_KNOWN.significant
    assert NOTHING_KNOWN.n == 0


def test_the_other_sign_turns_the_bounds_round() -> None:
    assert Estimate(2.0, 1.0, 4.0, 7).negated() == Estimate(-2.0, -4.0, -1.0, 7)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 8, 17, 40, 501])
def test_students_t_agrees_with_scipy(freedom: int) -> None:
    for t in (0.1, 1.0, 2.5, 12.0):
        assert t_between(t, freedom) == pytest.approx(2 * stats.t.cdf(t, freedom) - 1, abs=1e-12)
    for level in (0.5, 0.95, 0.99):
        assert t_quantile(freedom, level) == pytest.approx(stats.t.ppf((1 + level) / 2, freedom), rel=1e-9)


def test_students_t_is_normal_for_many() -> None:
    assert t_quantile(MANY + 1) == pytest.approx(stats.norm.ppf(0.975), rel=1e-14)
    assert t_quantile(MANY) > t_quantile(MANY + 1)


def test_no_values_tell_nothing() -> None:
    assert mean_interval([]) is share_interval(0, 0) is median_interval([]) is NOTHING_KNOWN


def test_two_values_have_a_wide_interval() -> None:
    assert mean_interval([0.0, 2.0]) == Estimate(1.0, pytest.approx(1 - 12.7062047), pytest.approx(1 + 12.7062047), 2)


def test_a_share_keeps_a_width_at_both_ends() -> None:
    z2 = stats.norm.ppf(0.975) ** 2
    assert share_interval(0, 4) == (0.0, 0.0, pytest.approx(z2 / (4 + z2)), 4)
    assert share_interval(4, 4) == (1.0, pytest.approx(4 / (4 + z2)), 1.0, 4)
    assert share_interval(1, 2) == (0.5, pytest.approx(0.5 - 0.40546876), pytest.approx(0.5 + 0.40546876), 2)


def test_a_median_of_few_and_of_unsorted_values() -> None:
    assert median_interval([3.0, 1.0, 2.0])[::3] == (2.0, 3)
    assert not median_interval([4.0]).has_interval
    assert median_interval([6.0, 5.0, 4.0, 3.0, 2.0, 1.0]) == (3.5, 1.0, 6.0, 6)  # 2 / 2**6 lies without
    assert median_interval([float(x) for x in range(9)]) == (4.0, 1.0, 7.0, 9)  # 2 * (1 + 9) / 2**9 does, 46 more do not


def test_welch_by_scipy() -> None:
    one, other = [1.0, 2.0, 4.0, 7.0], [3.0, 3.5, 9.0, 11.0, 2.0, 0.5]
    found = welch_interval(one, other)
    test = stats.ttest_ind(one, other, equal_var=False)
    spread = math.sqrt(np.var(one, ddof=1) / 4 + np.var(other, ddof=1) / 6)
    half = t_quantile(math.floor(test.df)) * spread
    assert found == (pytest.approx(3.5 - 29 / 6), pytest.approx(found.mean - half), pytest.approx(found.mean + half), 10)


def test_welch_of_samples_with_the_same_spread() -> None:
    half = 4.3026527 * math.sqrt(2)  # variances of means 1 and 1: 4 / (1 + 1) degrees of freedom
    assert welch_interval([0.0, 2.0], [1.0, 3.0]) == (-1.0, pytest.approx(-1 - half), pytest.approx(-1 + half), 4)


def test_welch_without_spread_and_with_too_few() -> None:
    assert welch_interval([5.0, 5.0], [2.0, 2.0, 2.0]) == (3.0, 3.0, 3.0, 5)
    for few in (welch_interval([1.0, 2.0, 3.0], [5.0]), welch_interval([5.0], [8.0, 7.0, 9.0])):
        assert (few.mean, few.n, few.has_interval) == (-3.0, 4, False)


def test_welch_with_one_degree_of_freedom() -> None:
    found = welch_interval([0.0, 2.0], [0.0, 1e-9])
    assert found.high - found.mean == pytest.approx(t_quantile(1))


def test_a_gap_of_shares_lies_within_those_of_both() -> None:
    one, other, found = share_interval(9, 10), share_interval(3, 10), share_gap_interval(9, 10, 3, 10)
    assert found.low == pytest.approx(0.6 - math.hypot(one.mean - one.low, other.high - other.mean))
    assert found.high == pytest.approx(0.6 + math.hypot(one.high - one.mean, other.mean - other.low))
    assert found[::3] == (pytest.approx(0.6), 20)
    assert share_gap_interval(3, 10, 9, 10) == pytest.approx(found.negated()), "the other way round"
