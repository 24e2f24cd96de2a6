"""Draws: the same bits compiled and interpreted, independent streams, and the right spread between seeds, not only the mean."""

from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cxsim.engine.fast.compile import kernel
from cxsim.model import chance
from cxsim.model.arithmetic import normal_quantile
from cxsim.model.chance import (
    beta_quantity,
    draw,
    gamma_attempt,
    gamma_boost,
    gamma_quantity,
    gamma_scale,
    inner,
    mix,
    normal_deviate,
    replicate_seed,
    share_of,
    skip,
    split,
    stream_key,
    uniform,
)

Counts = NDArray[np.int64]
WORDS = st.integers(0, 2**64 - 1)


@kernel
def compiled_draws(seed: int, stream: int, month: int, found: Any) -> None:
    key = stream_key(seed, stream, month)
    for entity in range(found.shape[0]):
        found[entity] = draw(key, entity)


@kernel
def compiled_words(key: Any, found: Any) -> None:
    for entity in range(found.shape[0]):
        found[entity] = split(key, entity)


@kernel
def compiled_skips(key: Any, found: Any) -> None:
    for entities in range(found.shape[0]):
        found[entities] = skip(key, entities)


@kernel
def compiled_quantities(key: Any, a: float, b: float, found: Any) -> None:
    for entity in range(found.shape[0]):
        found[entity] = beta_quantity(split(key, entity), a, b)


@kernel
def count_below(seeds: Any, entities: int, months: int, odds: float, counts: Any) -> None:
    for i in range(seeds.shape[0]):
        for month in range(months):
            key = stream_key(seeds[i], chance.LEAVE_DRAWS, month)
            for entity in range(entities):
                counts[i] += draw(key, entity) < odds


@kernel
def count_below_naively(seeds: Any, entities: int, months: int, odds: float, counts: Any) -> None:
    """The trap: month and entity are added before they are mixed, so that agents share draws along diagonals."""
    for i in range(seeds.shape[0]):
        for month in range(months):
            for entity in range(entities):
                counts[i] += draw(split(0, seeds[i]), month + entity) < odds


def some_seeds(number: int) -> NDArray[np.int64]:
    return np.array([replicate_seed(2024, replicate) for replicate in range(number)])


# --- the same bits ---------------------------------------------------------------------------------------------------


@given(seed=st.integers(0, 2**63 - 1), stream=st.integers(1, 40), month=st.integers(-1, 1200))
def test_compiled_draws_have_the_same_bits(seed: int, stream: int, month: int) -> None:
    found = np.empty(8)
    compiled_draws(seed, stream, month, found)
    assert found.tolist() == [uniform(seed, stream, month, entity) for entity in range(8)]


@given(key=WORDS)
def test_many_draws_at_once_have_the_same_bits(key: int) -> None:
    assert chance.draws(key, 70).tolist() == [draw(key, entity) for entity in range(70)]


@given(key=WORDS)
def test_compiled_words_have_the_same_bits(key: int) -> None:
    found = np.empty(8, np.uint64)
    compiled_words(np.uint64(key), found)
    assert found.tolist() == [split(key, entity) for entity in range(8)]


@given(key=WORDS, far=st.integers(0, 2**31))
def test_a_key_that_skips_entities_has_the_draws_of_later_ones(key: int, far: int) -> None:
    assert draw(skip(key, far), 0) == draw(key, far)
    assert draw(skip(key, far), 3) == draw(key, far + 3)
    found = np.empty(8, np.uint64)
    compiled_skips(np.uint64(key), found)
    assert found.tolist() == [skip(key, entities) for entities in range(8)]


@given(key=WORDS, a=st.floats(1e-3, 60), b=st.floats(1e-3, 60))
def test_compiled_beta_has_the_same_bits(key: int, a: float, b: float) -> None:
    found = np.empty(3)
    compiled_quantities(np.uint64(key), a, b, found)
    assert found.tolist() == [beta_quantity(split(key, entity), a, b) for entity in range(3)]


# --- known values and ranges -----------------------------------------------------------------------------------------


def test_the_scrambler_is_that_of_splitmix64() -> None:
    """First outputs of the published generator from state 0: mix(n x golden)."""
    published = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert [mix(n * chance.GOLDEN) for n in (1, 2, 3)] == published
    assert [split(0, n) for n in (1, 2, 3)] == published


@given(key=WORDS, entity=st.integers(0, 2**40))
def test_draws_are_in_the_unit_interval(key: int, entity: int) -> None:
    u = draw(key, entity)
    assert 0.0 <= u < 1.0
    assert u * 2**53 == int(u * 2**53)


def test_draws_at_the_ends_are_moved_inside() -> None:
    assert 0.0 < inner(0.0) < 1e-15
    assert inner(0.5) - 0.5 < 1e-15
    largest = 1.0 - 2**-53
    assert inner(largest) < 1.0
    assert normal_quantile(inner(largest)) == pytest.approx(8.2095, abs=1e-4)


def test_streams_have_numbers_of_their_own() -> None:
    streams = [value for name, value in vars(chance).items() if name.endswith("_DRAWS")]
    assert streams == list(range(1, len(streams) + 1))
    assert chance.SEARCH_DRAWS == 28  # a new stream comes after it and moves none


def test_replicate_seeds_are_63_bit_and_do_not_repeat() -> None:
    seeds = some_seeds(2_000).tolist()
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert seeds[:10] == some_seeds(10).tolist()
    assert replicate_seed(0, 0) != replicate_seed(1, 0)


# --- independence ----------------------------------------------------------------------------------------------------


def draws(seed: int, stream: int, month: int, number: int) -> NDArray[np.float64]:
    found = np.empty(number)
    compiled_draws(seed, stream, month, found)
    return found


def test_more_customers_change_no_draw() -> None:
    assert draws(5, chance.ASK_DRAWS, 3, 100).tolist() == draws(5, chance.ASK_DRAWS, 3, 5_000)[:100].tolist()


@pytest.mark.compiled
@pytest.mark.parametrize(
    "other",
    [(7, chance.LEAVE_DRAWS, 12), (8, chance.ASK_DRAWS, 12), (7, chance.ASK_DRAWS, 13), (7, chance.ASK_DRAWS, 11)],
    ids=["another stream", "another seed", "next month", "last month"],
)
def test_neighbouring_streams_are_uncorrelated(other: tuple[int, int, int]) -> None:
    number = 200_000
    left, right = draws(7, chance.ASK_DRAWS, 12, number), draws(*other, number)
    for shift in range(4):  # shared draws would show along a diagonal
        correlation = np.corrcoef(left[: number - shift], right[shift:])[0, 1]
        assert abs(correlation) < 5 / np.sqrt(number)


@pytest.mark.compiled
def test_draws_are_uniform_and_unlike_their_neighbours() -> None:
    u = draws(1, chance.LEAVE_DRAWS, 0, 400_000)
    counts, _ = np.histogram(u, 100, (0, 1))
    chi_square = ((counts - 4_000.0) ** 2 / 4_000.0).sum()
    assert abs(chi_square - 99) < 5 * np.sqrt(2 * 99)
    assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 5 / np.sqrt(len(u))
    assert not np.array_equal(u, draws(2, chance.LEAVE_DRAWS, 0, 400_000))


# --- the spread between seeds ----------------------------------------------------------------------------------------

SEEDS, ENTITIES, MONTHS, ODDS = 4_000, 60, 24, 0.07
EXPECTED_MEAN = ENTITIES * MONTHS * ODDS
EXPECTED_VARIANCE = EXPECTED_MEAN * (1 - ODDS)


def off(counts: Counts) -> tuple[float, float]:
    """Distance of mean and variance over seeds from the binomial, in standard errors."""
    mean_error = np.sqrt(EXPECTED_VARIANCE / SEEDS)
    variance_error = EXPECTED_VARIANCE * np.sqrt(2 / (SEEDS - 1))
    return abs(counts.mean() - EXPECTED_MEAN) / mean_error, abs(counts.var(ddof=1) - EXPECTED_VARIANCE) / variance_error


def counted(count: Any, odds: float = ODDS) -> Counts:
    counts = np.zeros(SEEDS, np.int64)
    count(some_seeds(SEEDS), ENTITIES, MONTHS, odds, counts)
    return counts


@pytest.mark.compiled
def test_mean_and_variance_between_seeds_are_binomial() -> None:
    """Leavers over two years: their mean and, above all, their spread between seeds."""
    mean_off, variance_off = off(counted(count_below))
    assert mean_off < 4
    assert variance_off < 4


@pytest.mark.compiled
def test_the_spread_is_that_of_an_independent_generator() -> None:
    independent = np.random.default_rng(12).binomial(ENTITIES * MONTHS, ODDS, SEEDS)
    assert max(off(independent)) < 4
    assert counted(count_below).var() / independent.var() == pytest.approx(1.0, abs=0.15)


@pytest.mark.compiled
def test_adding_month_and_entity_before_mixing_would_fail() -> None:
    """The same test finds the trap: the mean looks right and the spread is many times too large."""
    naive = counted(count_below_naively)
    assert naive.mean() == pytest.approx(EXPECTED_MEAN, rel=0.02)
    assert off(naive)[1] > 100
    assert naive.var() / EXPECTED_VARIANCE > 7


@pytest.mark.compiled
@pytest.mark.parametrize("months", [1, 12])
def test_the_spread_within_one_month_and_one_entity(months: int) -> None:
    """One entity over many months, and many entities in one month, are binomial too."""
    for entities, length in ((1, 300 * months), (300 * months, 1)):
        counts = np.zeros(SEEDS, np.int64)
        count_below(some_seeds(SEEDS), entities, length, 0.3, counts)
        variance = entities * length * 0.3 * 0.7
        assert abs(counts.var(ddof=1) / variance - 1.0) < 4 * np.sqrt(2 / SEEDS)


# --- beta and gamma --------------------------------------------------------------------------------------------------


@pytest.mark.compiled
@pytest.mark.parametrize(("a", "b"), [(0.72, 5.28), (0.05, 0.4), (0.006, 0.044), (2.0, 3.0), (30.0, 12.0), (1.0, 1.0)])
def test_beta_has_its_mean_and_variance(a: float, b: float) -> None:
    found = np.empty(60_000)
    compiled_quantities(np.uint64(99), a, b, found)
    mean, variance = a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))
    kurtosis = ((found - found.mean()) ** 4).mean() / found.var() ** 2
    assert abs(found.mean() - mean) < 4 * np.sqrt(variance / len(found))
    assert abs(found.var() - variance) < 4 * variance * np.sqrt((kurtosis - 1) / len(found))
    assert found.min() >= 0.0
    assert found.max() <= 1.0


@pytest.mark.parametrize("shape", [0.3, 1.0, 7.5])
def test_gamma_has_its_mean_and_variance(shape: float) -> None:
    found = np.array([gamma_quantity(split(5, entity), shape) for entity in range(6_000)])
    assert abs(found.mean() - shape) < 4 * np.sqrt(shape / len(found))
    assert found.var() == pytest.approx(shape, rel=0.15)


def test_parts_of_a_gamma_draw() -> None:
    assert [gamma_scale(shape) for shape in (1.0 / 3.0, 1.0, 4.0 / 3.0)] == pytest.approx([1.0, 2.0 / 3.0, 1.0])
    assert gamma_boost(5, 1.0) == 1.0
    assert gamma_boost(5, 0.5) == pytest.approx((1.0 - draw(5, 0)) ** 2)
    assert [gamma_attempt(x, 4.0 / 3.0) for x in (-6.0, -3.0, 0.0, 3.0)] == pytest.approx([-1.0, 0.0, 1.0, 8.0])
    assert [share_of(1.0, 3.0, 2.0, 2.0), share_of(0.0, 0.0, 1.0, 3.0)] == [0.25, 0.25]


def test_uniform_draws_make_normal_quantities() -> None:
    """Ties draws to the quantile that sizes are made of: the share below each decile is a tenth."""
    values = np.array([normal_deviate(u) for u in draws(3, chance.SIZE_DRAWS, -1, 20_000)])
    deciles = [NormalDist().inv_cdf(q / 10) for q in range(1, 10)]
    assert np.searchsorted(np.sort(values), deciles) / len(values) == pytest.approx(np.arange(1, 10) / 10, abs=0.015)
