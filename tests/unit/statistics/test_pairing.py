"""What common luck is worth: ratios of variances that are known, their intervals, and the most that any luck could give."""

import numpy as np
import pytest

from cxsim.statistics.pairing import most_ratio, ratio_interval, variance_ratio


def normals(seed: int, n: int, correlation: float, scale: float = 1.0) -> np.ndarray:
    """Two normal columns, the second with another scale."""
    one, other = np.random.default_rng(seed).normal(size=(2, n))
    return np.column_stack([one, scale * (correlation * one + np.sqrt(1 - correlation**2) * other)])


def test_the_ratio_is_that_of_the_variances() -> None:
    assert variance_ratio(normals(1, 200_000, 0.8), 0)[1] == pytest.approx(5, rel=0.02)
    assert variance_ratio(normals(2, 200_000, 0.0), 0)[1] == pytest.approx(1, rel=0.02)
    assert np.isnan(variance_ratio(np.ones((5, 2)), 0)).all()


def test_no_luck_gives_more_than_outcomes_that_meet_rank_by_rank() -> None:
    """Scales 1 and 10 allow (1 + 100) / 81 and no more; it hangs on what each future brings, not on which seeds bring it."""
    values = normals(3, 200_000, 0.3, 10.0)
    assert most_ratio(values, 0)[1] == pytest.approx(101 / 81, rel=0.01)
    rng, small = np.random.default_rng(4), normals(4, 40, 0.5, 3.0) ** 3
    shuffled = np.column_stack([rng.permutation(column) for column in small.T])
    assert most_ratio(shuffled, 0)[1] == pytest.approx(most_ratio(small, 0)[1])
    for _ in range(500):
        pairing = np.column_stack([small[:, 0], rng.permutation(small[:, 1])])
        assert variance_ratio(pairing, 0)[1] <= most_ratio(small, 0)[1]


def test_outcomes_that_are_all_alike_may_meet_in_any_way() -> None:
    alike = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]])
    assert most_ratio(alike, 0).tolist() == [np.inf, np.inf]


def test_intervals_of_a_ratio_hold_what_they_promise() -> None:
    held = []
    for seed in range(200):
        found = ratio_interval(normals(seed, 200, 0.8), 1, 0)
        assert found.low < found.mean < found.high
        held.append(found.low <= 5 <= found.high)
    assert 0.89 <= np.mean(held) <= 0.99


def test_an_interval_is_open_where_resamples_see_no_difference() -> None:
    values = np.column_stack([np.arange(4.0), np.arange(4.0)])
    values[0, 1] = 0.5
    assert ratio_interval(values, 1, 0).high == np.inf


def test_ratios_by_hand() -> None:
    values = np.array([[0.0, 1.0], [2.0, 2.0], [4.0, 6.0]])  # variances 8/3 and 14/3, of the difference 2/3
    assert variance_ratio(values, 0)[1] == pytest.approx(11)
    assert variance_ratio(values, 1)[0] == pytest.approx(11)
    assert most_ratio(values[:, [0, 1]], 0).tolist() == [np.inf, pytest.approx(11)]
    turned = np.column_stack([values[:, 0], values[::-1, 1]])
    assert variance_ratio(turned, 0)[1] == pytest.approx(22 / 3 / 14)
    assert most_ratio(turned, 0)[1] == pytest.approx(11)


def test_an_interval_is_always_the_same() -> None:
    found = ratio_interval(np.array([[0.0, 1.0], [2.0, 2.0], [4.0, 6.0], [1.0, 0.0]]), 1, 0)
    assert found == (pytest.approx(5.9), pytest.approx(0.5), pytest.approx(41), 4)
