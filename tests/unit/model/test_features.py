"""Sets of features as words, against Python's own sets."""

from hypothesis import given
from hypothesis import strategies as st

from cxsim.model.features import bit, count, first, has, lowest, no_features, nth, pick, without

SETS = st.sets(st.integers(0, 63))


def word(members: set[int]) -> int:
    return sum(1 << member for member in members)


def test_hand_made_sets() -> None:
    assert no_features() == 0
    assert [bit(0), bit(3), bit(63)] == [1, 8, 2**63]
    assert has(0b1010, 1)
    assert not has(0b1010, 2)
    assert has(2**63, 63)
    assert [count(0), count(0b1011), count(2**64 - 1)] == [0, 3, 64]
    assert without(0b1110, 0b0100) == 0b1010
    assert without(0b1110, 0b0001) == 0b1110
    assert [lowest(0b1000), lowest(2**63)] == [3, 63]
    assert [nth(0b101100, n) for n in range(3)] == [2, 3, 5]
    assert [pick(0b101100, u) for u in (0.0, 0.33, 0.34, 0.66, 0.67, 1 - 2**-53)] == [2, 2, 3, 3, 5, 5]
    assert [first(0b101100, n) for n in range(5)] == [0, 0b100, 0b1100, 0b101100, 0b101100]


@given(members=SETS, others=SETS, n=st.integers(0, 64))
def test_words_are_sets(members: set[int], others: set[int], n: int) -> None:
    assert count(word(members)) == len(members)
    assert without(word(members), word(others)) == word(members - others)
    assert first(word(members), n) == word(set(sorted(members)[:n]))
    assert all(has(word(members), member) == (member in members) for member in range(64))
    assert [nth(word(members), rank) for rank in range(len(members))] == sorted(members)
    if members:
        assert lowest(word(members)) == min(members)
