"""What order tells, by hand and by scipy."""

import numpy as np
import pytest
from scipy import stats

from cxsim.statistics.ranks import carriers, largest_by_chance, rank_correlation, ranks


def test_carriers_by_hand() -> None:
    assert carriers([-9.0, 1.0, 1.0, 1.0, 1.0]).mean == 3  # two hold no more than half
    assert carriers([-9.0, 3.0, 1.0, 1.0]).mean == 1
    assert carriers([-9.0, 0.0])[::3] == (0.0, 2)


def test_carriers_hold_more_than_half_and_count_all_runs() -> None:
    assert carriers([])[::3] == (0.0, 0)
    assert carriers([1.0, 1.0])[::3] == (2.0, 2)
    assert carriers([1.0, 2.0, 3.0, 4.0]).mean == 2.0
    assert not carriers([1.0]).has_interval


def test_ties_share_their_ranks() -> None:
    assert ranks(np.array([2.0, 7.0, 2.0, 2.0, 9.0])).tolist() == [1.0, 3.0, 1.0, 1.0, 4.0]
    assert ranks(np.array([3.0])).tolist() == [0.0]


def test_rank_correlation_is_spearmans() -> None:
    one, other = np.random.default_rng(1).integers(0, 6, (2, 40)).astype(float)
    assert rank_correlation(one, other) == pytest.approx(stats.spearmanr(one, other).statistic)
    assert rank_correlation(np.arange(5.0), np.arange(5.0) ** 3) == pytest.approx(1.0)
    assert rank_correlation(np.arange(5.0), -np.arange(5.0)) == pytest.approx(-1.0)
    assert rank_correlation(np.ones(4), np.arange(4.0)) == 0.0


def test_the_bound_of_chance_grows_with_what_is_tried() -> None:
    assert largest_by_chance(101, 1) == pytest.approx(1.959964 / 10)
    assert largest_by_chance(10, 3) == pytest.approx(stats.norm.ppf(1 - 0.05 / 6) / 3)
