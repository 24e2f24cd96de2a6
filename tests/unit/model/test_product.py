"""Building, by hand (M3 to M6, M18)."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.model.chance import draw, split
from cxsim.model.features import bit, count
from cxsim.model.params import CROWD, FOUNDER, LOUDEST, Mechanisms, Product
from cxsim.model.product import (
    born_features,
    custom_job,
    founder_guess,
    free_from,
    handed_over,
    mean_polish,
    most_requested,
    next_target,
    open_work,
    polish_cost,
    polish_in_force,
    product_condition,
    standard_job,
    upkeep_work,
    upkept_share,
    validated_features,
    variety_factor,
)  # fmt: skip

PRODUCT = Product(custom_cost=0.25, standard_factor=3.0, upkeep=0.02, variety_cost=0.25)
ROW = np.array([0.5, 0.75, 0.875, 1.0])
ON, OFF = Mechanisms(), Mechanisms(validation=False)


def test_variety_costs_a_quarter_more_for_each_doubling() -> None:
    assert variety_factor(0, 10, PRODUCT, True) == 1.0
    assert variety_factor(10, 10, PRODUCT, True) == pytest.approx(1.25, rel=1e-13)
    assert variety_factor(30, 10, PRODUCT, True) == pytest.approx(1.25**2, rel=1e-13)
    assert variety_factor(5, 10, PRODUCT, True) == pytest.approx(1.5 ** math.log2(1.25), rel=1e-13)
    assert variety_factor(3, 0, PRODUCT, True) == pytest.approx(1.5625, rel=1e-13)
    assert variety_factor(30, 10, PRODUCT._replace(variety_cost=0.0), True) == 1.0
    assert variety_factor(30, 10, PRODUCT, False) == 1.0


def test_work() -> None:
    assert upkeep_work(0, 0, 1.0, PRODUCT) == 0
    assert upkeep_work(4, 8, 1.0, PRODUCT) == 140_000  # (4 x 0.25 + 8 x 0.75) x 0.02
    assert upkeep_work(4, 8, 1.25, PRODUCT) == 175_000
    assert custom_job(1.0, PRODUCT) == 250_000
    assert custom_job(1.25, PRODUCT) == 312_500
    assert standard_job(1.0, 0.0, PRODUCT) == 750_000
    assert standard_job(1.25, 0.0, PRODUCT) == 937_500
    assert standard_job(1.0, 0.5, PRODUCT) == 1_500_000  # half polished: twice the work
    assert standard_job(1.0, 0.75, PRODUCT._replace(polish_curvature=0.0)) == 1_312_500
    tiny = Product(custom_cost=1e-9, standard_factor=0.1)
    assert (custom_job(1.0, tiny), standard_job(1.0, 0.3, tiny)) == (1, 1)


def test_open_work() -> None:
    assert open_work(1_000, 0.25, True) == 250
    assert open_work(1_000, 1.0, True) == 1_000
    assert open_work(1_000, 0.0, True) == 0
    assert open_work(2**53 - 1, 1.0, True) == 2**53 - 1
    assert open_work(1_000, 1.0, False) == 0


def test_neglected_upkeep_and_missing_polish_take_worth_away() -> None:
    assert upkept_share(3, 4) == 0.75
    assert upkept_share(0, 0) == 1.0
    assert upkept_share(0, 9) == 0.0
    rules = Product(rot=0.5, roughness=0.2)
    assert product_condition(1.0, 1.0, rules) == 1.0
    assert product_condition(0.0, 1.0, rules) == 0.5
    assert product_condition(0.5, 1.0, rules) == pytest.approx(0.75)
    assert product_condition(1.0, 0.0, rules) == pytest.approx(0.8)
    assert product_condition(1.0, 0.5, rules) == pytest.approx(0.9)
    assert product_condition(0.5, 0.5, rules) == pytest.approx(0.75 * 0.9)
    assert product_condition(0.0, 0.3, rules._replace(rot=1.0)) == 0.0
    assert product_condition(1.0, 0.0, rules._replace(roughness=0.0)) == 1.0


@given(upkept=st.floats(0, 1), polish=st.floats(0, 1), more=st.floats(0, 1), rot=st.floats(0, 1), rough=st.floats(0, 1))
def test_condition_is_a_share_that_rises_with_upkeep_and_polish(
    upkept: float, polish: float, more: float, rot: float, rough: float
) -> None:
    rules = Product(rot=rot, roughness=rough)
    now = product_condition(upkept, polish, rules)
    assert 0.0 <= now <= 1.0
    assert product_condition(max(upkept, more), polish, rules) >= now - 1e-15
    assert product_condition(upkept, max(polish, more), rules) >= now - 1e-15


@given(polish=st.floats(0, 0.99))
def test_polish_costs_the_more_the_more_there_is(polish: float) -> None:
    steep, straight = PRODUCT._replace(polish_curvature=1.0), PRODUCT._replace(polish_curvature=0.0)
    assert polish_cost(polish, steep) == pytest.approx(1.0 / (1.0 - polish), rel=1e-12)
    assert polish_cost(polish, straight) == 1.0 + polish
    half = PRODUCT._replace(polish_curvature=0.5)
    middle = (polish_cost(polish, steep) + polish_cost(polish, straight)) / 2
    assert polish_cost(polish, half) == pytest.approx(middle)
    assert polish_cost(0.5 * polish, half) <= polish_cost(polish, half)


def test_polish_cost_by_hand() -> None:
    assert polish_cost(0.0, PRODUCT._replace(polish_curvature=7.0)) == 1.0
    assert polish_cost(0.5, PRODUCT._replace(polish_curvature=2.0)) == 2.5  # 1 + 0.5 + 2 x 0.25 / 0.5
    assert polish_cost(0.99, PRODUCT) == pytest.approx(100.0)


def test_polish_in_force() -> None:
    assert polish_in_force(0.7, True) == 0.7
    assert polish_in_force(0.7, False) == 0.0


def test_mean_polish() -> None:
    assert mean_polish(0.2, 8, 2, 0.6) == pytest.approx(0.3)  # (6 x 0.2 + 2 x 0.6) / 8
    assert mean_polish(0.2, 8, 0, 0.6) == 0.2
    assert mean_polish(0.2, 1, 1, 0.6) == pytest.approx(0.6)
    assert mean_polish(0.2, 2, 3, 0.6) == pytest.approx(0.6)  # never more than all
    assert mean_polish(0.0, 0, 0, 0.6) == 0.6


@given(numbers=st.lists(st.tuples(st.integers(1, 9), st.floats(0, 0.99)), min_size=1, max_size=6))
def test_mean_polish_is_the_mean_over_all_features(numbers: list[tuple[int, float]]) -> None:
    mean, features = 0.0, 0
    for added, polish in numbers:
        features += added
        mean = mean_polish(mean, features, added, polish)
    assert mean == pytest.approx(sum(added * polish for added, polish in numbers) / features)


def test_next_target_of_the_crowd() -> None:
    tally = np.array([9, 3, 7, 0])
    assert next_target(CROWD, 0b0000, tally, -1, 3, ROW, ON) == 0
    assert next_target(CROWD, 0b0001, tally, -1, 3, ROW, ON) == 2
    assert next_target(CROWD, 0b0111, tally, -1, 1, ROW, ON) == 3  # nobody asked for more: the guess, or the next free
    assert next_target(CROWD, 0b1111, tally, -1, 1, ROW, ON) == -1
    assert next_target(CROWD, 0b0001, tally, -1, 3, ROW, OFF) == 1  # demand is known: the most popular


def test_next_target_of_the_loudest_and_of_founders() -> None:
    tally = np.array([9, 3, 7, 0])
    assert next_target(LOUDEST, 0b0001, tally, 3, 1, ROW, ON) == 3
    assert next_target(LOUDEST, 0b1001, tally, 3, 1, ROW, ON) == 1  # it is built already
    assert next_target(LOUDEST, 0b0001, tally, -1, 2, ROW, ON) == 2
    assert next_target(FOUNDER, 0b0001, tally, 3, 2, ROW, ON) == 2
    assert next_target(FOUNDER, 0b0100, tally, 3, 2, ROW, ON) == 3


def test_most_requested() -> None:
    tally = np.array([2, 5, 5, 0])
    assert most_requested(tally, 0, 4) == 1
    assert most_requested(tally, 0b0010, 4) == 2
    assert most_requested(tally, 0b0111, 4) == -1
    assert most_requested(np.zeros(4, np.int64), 0, 4) == -1
    assert most_requested(np.array([0, 0, 9]), 0, 2) == -1  # only the market's features count


def test_founder_guess() -> None:
    assert founder_guess(ROW, 0.6, 0.0, 0.5) == 1  # as customers draw their needs
    assert founder_guess(ROW, 0.6, 0.5, 0.5) == 2  # any of four features
    assert founder_guess(ROW, 0.99, 0.0, 0.0) == 3


def test_born_features() -> None:
    assert born_features(ROW, 1, 0, 0.5) == 0
    assert born_features(ROW, 1, 4, 0.5) == 0b1111
    assert born_features(ROW, 1, 60, 0.5) == 0b1111
    found = [born_features(ROW, split(3, firm), 2, 1.0) for firm in range(300)]
    assert {count(born) for born in found} == {2}
    assert np.mean([born & 1 for born in found]) > 0.7  # half of all needs are for it, and there are two tries


def test_each_born_feature_takes_two_draws_of_its_own() -> None:
    """What is picked comes from draws 0, 2, 4, ..., and whether it is a need from 1, 3, 5, ...."""
    for key in range(40):
        first, second = int(4 * draw(key, 0)), int(4 * draw(key, 2))
        assert born_features(ROW, key, 2, 0.0) == bit(first) | bit(free_from(second, bit(first), 4))
        first = founder_guess(ROW, draw(key, 0), draw(key, 1), 0.5)
        second = founder_guess(ROW, draw(key, 2), draw(key, 3), 0.5)
        assert born_features(ROW, key, 2, 0.5) == bit(first) | bit(free_from(second, bit(first), 4))


def test_free_from() -> None:
    assert free_from(1, 0b0000, 4) == 1
    assert free_from(1, 0b0010, 4) == 2
    assert free_from(3, 0b1000, 4) == 0
    assert free_from(0, 0b1111, 4) == -1


def test_validated_features() -> None:
    users = np.array([15, 14, 20, 99])
    assert validated_features(0b0111, 0, users, 15, True) == 0b0101
    assert validated_features(0b0111, 0b0010, users, 15, True) == 0b0111  # what was validated stays so
    assert validated_features(0b0111, 0, users, 15, False) == 0b0111
    assert validated_features(0, 0b0001, users, 15, True) == 0


def test_what_finished_features_mean_for_a_customer() -> None:
    assert handed_over(0b1110, 0b1101, 0b0100, True) == (0b1101, 0)
    assert handed_over(0b1110, 0b1101, 0b0100, False) == (0, 0b1000)  # it lacks one of the two that it needs
    assert handed_over(0b1110, 0b1100, 0, False) == (0, 0b0100)
    assert handed_over(0b1110, 0b0001, 0, False) == (0, 0)
