"""The bootstrap: the draws themselves, what is made of them, and that no number of theirs ever moves."""

import math

import numpy as np
import pytest

from cxsim.statistics.intervals import mean_interval, t_quantile
from cxsim.statistics.resampling import AT_A_TIME, DRAWS, RESAMPLES, Resamples, middle, resampled_means, times_drawn

VALUES = np.array([[1.0, 4.0], [2.0, 0.0], [6.0, 5.0]])


def test_each_resample_draws_as_many_seeds_as_there_are() -> None:
    drawn = times_drawn(np.random.default_rng(3), 4, 3)
    assert drawn.tolist() == [[0, 1, 2, 1], [1, 0, 1, 2], [1, 0, 2, 1]]
    many = times_drawn(np.random.default_rng(3), 7, 5_000)
    assert (many.sum(axis=1) == 7).all()
    assert many.mean(axis=0) == pytest.approx(np.ones(7), abs=0.05)


def test_means_of_resamples_are_those_of_the_drawn_rows() -> None:
    found = resampled_means(VALUES, 4)
    assert found.tolist() == [[3.0, 3.0], [6.0, 5.0], [4 / 3, 8 / 3], [3.0, 3.0]]
    assert resampled_means(VALUES, 4, seed=1).tolist() != found.tolist()
    assert resampled_means(VALUES).shape == (RESAMPLES, 2)


def test_resamples_that_are_made_in_parts_are_the_same() -> None:
    resamples = AT_A_TIME + 50
    drawn = times_drawn(np.random.default_rng(0), 3, resamples)
    assert resampled_means(VALUES, resamples) == pytest.approx(drawn @ VALUES / 3)
    assert resampled_means(VALUES, AT_A_TIME).shape == (AT_A_TIME, 2)


def test_the_middle_leaves_out_a_fortieth_at_each_end_and_what_is_missing() -> None:
    assert middle(np.arange(101.0)) == pytest.approx((2.5, 97.5))
    assert middle(np.arange(100.0), "nearest") == (2.0, 97.0)
    assert middle([1.0, math.nan, 2.0]) == pytest.approx((1.025, 1.975))


def test_the_first_row_takes_each_seed_once() -> None:
    draws = Resamples(4, 1)
    assert (draws.weights[:4] * 4).tolist() == [[1, 1, 1, 1], [1, 2, 1, 0], [1, 2, 1, 0], [2, 0, 2, 0]]
    assert draws.weights.shape == (1 + DRAWS, 4)
    assert draws.weights.sum(axis=1) == pytest.approx(np.ones(1 + DRAWS))
    assert draws.means(np.array([1.0, 2.0, 3.0, 6.0]))[:2].tolist() == [3.0, 2.0]


def test_means_go_over_the_last_axis() -> None:
    values = np.arange(24.0).reshape(2, 3, 4)
    found = Resamples(4, 2).means(values)
    assert found.shape == (1 + DRAWS, 2, 3)
    assert found[0] == pytest.approx(values.mean(axis=-1))


@pytest.mark.parametrize(("seeds", "below"), [(2, 0), (4, 0), (20, 15), (1000, 24)])
def test_intervals_of_few_seeds_are_moved_out(seeds: int, below: int) -> None:
    """Of 999 draws so many lie below: the normal share beyond t of the seeds, times the root of n / (n - 1)."""
    tail = 0.5 * math.erfc(math.sqrt(seeds / (seeds - 1)) * t_quantile(seeds - 1) / math.sqrt(2))
    assert int(tail * DRAWS) == below
    found = Resamples(seeds, 1).interval(np.append(-5.0, np.random.default_rng(1).permutation(DRAWS)))
    assert found == (-5.0, below, DRAWS - 1 - below, seeds)


def test_bounds_are_those_of_each_column() -> None:
    rows = np.column_stack([np.arange(1000.0), -np.arange(1000.0)])
    low, high = Resamples(20, 1).bounds(rows)
    assert low.tolist() == [16.0, -984.0]
    assert high.tolist() == [984.0, -16.0]


def test_one_seed_has_no_interval() -> None:
    low, high = Resamples(1, 1).bounds(np.zeros((1000, 2)))
    assert np.isnan([low, high]).all()
    assert low.shape == high.shape == (2,)


def test_the_interval_of_a_mean_is_close_to_that_of_student() -> None:
    values = np.random.default_rng(3).normal(10, 2, 20)
    draws = Resamples(20, 1)
    found, exact = draws.interval(draws.means(values)), mean_interval(values.tolist())
    assert found.mean == pytest.approx(exact.mean)
    assert found.low == pytest.approx(exact.low, abs=0.25)
    assert found.high == pytest.approx(exact.high, abs=0.25)
    assert found == Resamples(20, 1).interval(Resamples(20, 1).means(values))
    assert Resamples(20, 2).interval(Resamples(20, 2).means(values)) != found


def test_months_that_never_come_count_as_the_largest() -> None:
    draws = Resamples(4, 1)
    months = np.where(np.arange(1000) % 2, math.inf, 7.0)
    found = draws.interval(months)
    assert (found.mean, found.low, found.high) == (7.0, 7.0, math.inf)
    assert not Resamples(1, 1).interval(np.zeros(1000)).has_interval
