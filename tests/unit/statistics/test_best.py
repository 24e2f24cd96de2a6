"""Where the best lies, how surely, and what may be as good: on values whose best is known."""

import math

import numpy as np
import pytest

from cxsim.statistics.best import FEWEST, best_place, peaks, runs_needed, window
from cxsim.statistics.intervals import Estimate, mean_interval
from cxsim.statistics.resampling import resampled_means


def test_places_of_maxima() -> None:
    means = np.array([[3.0, 1.0, 0.0, 2.0], [0.0, 1.0, 1.0, 0.0], [0.0, 1.0, 0.5, 2.0], [1.0, 1.0, 1.0, 1.0]])
    assert peaks(means).tolist() == [0.0, 1.5, 3.0, 0.0]
    around = np.arange(8.0)
    assert peaks(np.append(-((around - 3.3) ** 2), -99.0)[None]) == pytest.approx(3.3), "a parabola is found exactly"
    assert peaks(np.append(-((around - 6.3) ** 2), -99.0)[None]) == pytest.approx(6.3), "also with one neighbour on a side"


def curves(rng: np.random.Generator, n: int, columns: int = 40, at: float = 0.45) -> np.ndarray:
    """Values with a known best place: every seed has its own size (heavy-tailed), luck and best place."""
    place = np.arange(columns) / (columns - 1)
    size, own, luck = np.exp(rng.normal(0, 1, (n, 1))), at + 0.25 * rng.normal(size=(n, 1)), rng.normal(0, 2, (n, 1))
    pivots = luck + size * (1 - 6 * (place - own) ** 2) + rng.normal(0, 0.3, (n, columns))
    return np.hstack([pivots, luck - 0.5 + rng.normal(0, 0.3, (n, 1))])


def test_the_best_place_and_its_window_are_found() -> None:
    values = curves(np.random.default_rng(2), 400)
    place, kept = best_place(values), window(values)
    assert place.low < 0.45 * 39 < place.high
    assert place.high - place.low < 6
    assert kept[round(0.45 * 39)]
    assert not kept[0]
    assert not kept[-1]


def test_equal_columns_are_all_in_the_window_and_a_sure_loss_is_not() -> None:
    luck = np.random.default_rng(1).normal(size=(50, 1))
    assert window(np.hstack([luck, luck, luck])).all()
    assert window(np.hstack([luck, luck, luck - 1e-3])).tolist() == [True, True, False]
    assert window(luck[:1] + np.array([[0.0, 1.0]])).all(), "one seed tells nothing"


def test_runs_needed_follow_the_square_root() -> None:
    assert runs_needed(100, 10, 5) == 400
    assert runs_needed(100, 10, 20) == 100


@pytest.mark.slow
def test_intervals_of_the_best_moment_hold_what_they_promise() -> None:
    """They cover a known best place, and a known difference, in 93 to 97 % of 1,000 repetitions; the window keeps the best."""
    rng, truth, covered, kept, gaps = np.random.default_rng(7), 0.45 * 39, [], [], []
    lead = 6 * np.exp(0.5) * ((10 / 39 - 0.45) ** 2 - (20 / 39 - 0.45) ** 2)
    for _ in range(1_000):
        values = curves(rng, 100)
        means = resampled_means(values, 1_000, int(rng.integers(2**31)))
        place = best_place(values, means)
        covered.append(place.low <= truth <= place.high)
        kept.append(window(values, means)[round(truth)])
        gap = mean_interval((values[:, 20] - values[:, 10]).tolist())
        gaps.append(gap.low <= lead <= gap.high)
    assert 0.93 <= np.mean(covered) <= 0.97
    assert 0.93 <= np.mean(gaps) <= 0.97
    assert np.mean(kept) >= 0.95


def test_a_peak_moves_no_further_than_one_place() -> None:
    narrow, wide = np.array([[0.0, 9.0, 9.0, 9.0, 0.0, -9.0]]), np.array([[0.0, 0.0, 5.0, 4.0, 0.0, -9.0]])
    assert peaks(narrow).tolist() == [1.5]
    assert peaks(wide)[0] == pytest.approx(2 + 0.4 / 2)  # slope (4 - 0) / 10, bend (-10 - 4) / 14
    clipped = np.array([[8.0, 9.0, 10.0, 9.0, 10.0, -99.0], [9.9, 9.0, 10.0, 9.0, 8.0, -99.0]])
    assert peaks(clipped).tolist() == [3.0, 1.0]
    assert peaks(np.array([[9.0, 0.0, 10.0, 0.0, 9.9, -99.0]])).tolist() == [2.0], "a valley on either side has no vertex"
    assert peaks(np.array([[0.0, 5.0, 5.0, 0.0]])).tolist() == [2.0 - 0.5], "between two equals"
    assert peaks(np.array([[1.0, 1.0, 1.0, 1.0]])).tolist() == [0.0], "the first of equals"


def test_few_seeds_have_a_place_and_no_interval() -> None:
    values = np.array([[0.0, 3.0, 0.0, -1.0]] * (FEWEST - 1))
    found = best_place(values)
    assert found.mean == 1.0
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert window(values).all()
    assert window(np.array([[0.0, 3.0]] * FEWEST)).tolist() == [False, True]
    assert best_place(np.array([[0.0, 3.0, 0.0, -1.0]] * FEWEST)) == Estimate(1.0, 1.0, 1.0, FEWEST)


def test_given_resamples_are_used() -> None:
    values = curves(np.random.default_rng(3), 30)
    means = resampled_means(values)
    assert best_place(values, means) == best_place(values)
    assert window(values, means).tolist() == window(values).tolist()
    assert best_place(values, means[:3]) != best_place(values)


def test_the_window_leaves_out_what_is_worse_by_more_than_chance() -> None:
    """One lead of 2 standard errors is within what the largest of many may be, and one of 4 is not."""
    rng = np.random.default_rng(5)
    noise = rng.normal(size=(400, 6))
    noise = (noise - noise.mean(axis=0)) / noise.std(axis=0)
    error = math.sqrt(2 / 400)
    assert window(noise + np.array([0, 0, 0, 0, 0, 2 * error])).all()
    assert window(noise + np.array([0, 0, 0, 0, 0, 4 * error])).tolist() == [False] * 5 + [True]


def test_the_window_does_not_hang_on_the_unit() -> None:
    """Columns of unlike spread: the noisy one may be the best, the steady one with the same lead to make up is not."""
    rng = np.random.default_rng(6)
    noise = rng.normal(size=(50, 4))
    noise = (noise - noise.mean(axis=0)) / noise.std(axis=0)
    values = noise * np.array([0.1, 0.1, 2.0, 0.3]) + np.array([0.0, -0.4, -0.4, -0.4])
    for unit in (0.01, 1.0, 37.0, 1_000.0):
        assert window(unit * values).tolist() == [True, False, True, False]


def test_differences_that_rounding_could_make_are_no_chance() -> None:
    """A lead of 2**-20 among differences of 2**-17 is one by chance between values about 1, and sure between millions."""
    luck = np.arange(50.0)[:, None]
    other = luck - 2.0**-20 + 2.0**-17 * np.where(luck % 2, 1.0, -1.0)
    assert window(np.hstack([luck, other])).tolist() == [True, True]
    assert window(np.hstack([luck, other]) + 2.0**30).tolist() == [True, False]


def test_runs_needed_when_nothing_is_wanted() -> None:
    assert runs_needed(10, 3, 2) == 23
    assert runs_needed(10, 3, 0) == runs_needed(10, 2, 2) == 10
