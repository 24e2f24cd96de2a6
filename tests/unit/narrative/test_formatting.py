"""How figures, keys and tables are written."""

import itertools

import pytest

from cxsim.narrative.formatting import (
    count,
    dollars,
    each_dollar,
    fine_dollars,
    fine_percent,
    percent,
    points_apart,
    short_names,
    style_of,
)


def test_keys_are_told_apart_by_as_few_words_as_do() -> None:
    keys = ["market.drift", "market.zipf", "arms.pivot.market.drift"]
    assert short_names(keys) == {
        "market.drift": "market.drift",
        "market.zipf": "zipf",
        "arms.pivot.market.drift": "pivot.market.drift",
    }
    assert short_names(["months"]) == {"months": "months"}
    assert short_names([]) == {}


@pytest.mark.parametrize("number", [2, 3])
def test_short_names_never_mean_two_keys(number: int) -> None:
    words = ["a", "b", "a.a", "b.a", "a.b", "a.b.a", "b.b.a"]
    for keys in itertools.permutations(words, number):
        found = short_names(keys)
        assert list(found) == list(keys)
        assert all(f".{key}".endswith(f".{name}") for key, name in found.items())
        assert len(set(found.values())) == len(keys)


def test_the_style_follows_the_unit() -> None:
    assert [style_of(unit) for unit in ("cents", "share", "customers", "share/month", "")] == [
        dollars,
        percent,
        count,
        count,
        count,
    ]


def test_small_figures_keep_their_digits() -> None:
    assert [fine_percent(x) for x in (0.0512, -0.0001, 1.0)] == ["5.1 %", "0.0 %", "100.0 %"]
    assert [points_apart(x) for x in (-0.0123, -0.0001, 0.5)] == ["-1.2", "0.0", "50.0"]
    assert [fine_dollars(x) for x in (-1234, 99_999, 100_000)] == ["-$12.34", "$999.99", "$1.00k"]
    assert [each_dollar(x) for x in (-0.5, 1.234)] == ["-$0.50", "$1.23"]
