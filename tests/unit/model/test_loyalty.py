"""Experience, satisfaction, requests and word of mouth, by hand (M8, M10, M11, M13)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.model.loyalty import (
    asks,
    experience,
    felt_loyalty,
    late_share,
    next_satisfaction,
    praise,
    talk,
)  # fmt: skip
from cxsim.model.params import Loyalty, Sales

LOYALTY = Loyalty(memory=4.0, bad_weight=1.5, late_penalty=0.6, leave_slope=3.0, ask_rate=0.4)


def test_experience() -> None:
    assert experience(0.8, 0.4, 0, 0.0, LOYALTY) == pytest.approx(0.8)
    assert experience(0.8, 0.4, 1_000_000, 0.0, LOYALTY) == pytest.approx(0.4)
    assert experience(0.8, 0.4, 250_000, 0.0, LOYALTY) == pytest.approx(0.7)
    assert experience(0.8, 0.4, 250_000, 0.5, LOYALTY) == pytest.approx(0.4)
    assert experience(0.1, 0.1, 250_000, 1.0, LOYALTY) == 0.0
    assert experience(1.0, 1.0, 400_000, 0.0, LOYALTY) == pytest.approx(1.0)


def test_late_share() -> None:
    assert late_share(0b1111, 0b0100, 6, 7) == 0.25
    assert late_share(0b1111, 0b0100, 6, 6) == 0.0
    assert late_share(0b1111, 0, 6, 7) == 0.0


def test_satisfaction_moves_faster_down() -> None:
    assert next_satisfaction(0.4, 0.8, LOYALTY, True) == pytest.approx(0.5)
    assert next_satisfaction(0.8, 0.4, LOYALTY, True) == pytest.approx(0.65)
    assert next_satisfaction(0.8, 0.4, LOYALTY._replace(memory=1.2, bad_weight=9.0), True) == pytest.approx(0.4)
    assert next_satisfaction(0.5, 0.5, LOYALTY, True) == 0.5


def test_satisfaction_without_memory_is_the_experience() -> None:
    assert next_satisfaction(0.8, 0.4, LOYALTY, False) == 0.4
    for memory in (0.0, 1.0):
        assert next_satisfaction(0.8, 0.4, LOYALTY._replace(memory=memory), True) == 0.4


@given(satisfaction=st.floats(0, 1), felt=st.floats(0, 1), memory=st.floats(0, 60), bad=st.floats(1, 10))
def test_satisfaction_stays_between_what_it_was_and_what_was_felt(
    satisfaction: float, felt: float, memory: float, bad: float
) -> None:
    moved = next_satisfaction(satisfaction, felt, LOYALTY._replace(memory=memory, bad_weight=bad), True)
    assert min(satisfaction, felt) - 1e-15 <= moved <= max(satisfaction, felt) + 1e-15


def test_felt_loyalty() -> None:
    assert felt_loyalty(0.9, True) == 0.9
    assert felt_loyalty(0.9, False) == felt_loyalty(0.0, False) == 0.5


def test_praise() -> None:
    assert [praise(s) for s in (0.0, 0.5, 0.75, 1.0)] == [0, 0, 250_000, 500_000]


def said(satisfactions: list[float], bad_word: float) -> int:
    """What customers of these satisfactions say, by the sums that a firm keeps."""
    total = sum(int(s * 1_000_000) for s in satisfactions)
    return talk(len(satisfactions), total, sum(map(praise, satisfactions)), Sales(bad_word=bad_word))


def test_talk() -> None:
    assert said([], 1.7) == 0
    assert said([1.0], 1.7) == 1_000_000  # wholly satisfied: one who tells others
    assert said([0.75], 1.7) == 500_000
    assert said([0.5], 1.7) == 0
    assert said([0.25], 1.7) == -850_000  # bad news is told 1.7 times as often
    assert said([0.0], 1.7) == -1_700_000
    assert said([1.0, 0.0], 1.7) == -700_000  # one of each: not what their mean would say
    assert said([1.0, 0.0], 1.0) == 0
    assert said([0.0, 0.25], 0.0) == 0  # bad news is not told


@given(satisfactions=st.lists(st.floats(0, 1), max_size=30), bad_word=st.floats(0, 10))
def test_talk_is_the_sum_of_what_each_says(satisfactions: list[float], bad_word: float) -> None:
    each = [2 * s - 1 if s > 0.5 else bad_word * (2 * s - 1) for s in satisfactions]
    rounding = 2e-6 * (1 + bad_word) * (len(satisfactions) + 1)
    assert said(satisfactions, bad_word) / 1e6 == pytest.approx(math.fsum(each), abs=rounding)


def test_asks() -> None:
    assert asks(0.19, 0.5, -1, LOYALTY)
    assert not asks(0.2, 0.5, -1, LOYALTY)
    assert not asks(0.0, 0.5, 3, LOYALTY)  # still waits for another
    assert not asks(0.0, 1.0, -1, LOYALTY)
