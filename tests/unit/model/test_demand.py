"""Needs, traits and fit, by hand (M1, M2)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.model.chance import draw, normal_deviate, split
from cxsim.model.demand import (
    account_size,
    billed_size,
    drift_chance,
    everyones_needs,
    exchanged_needs,
    filled_needs,
    fit,
    fit_millionths,
    in_millionths,
    leave_all_alike,
    leave_propensity,
    leave_shapes,
    mean_sensitivity,
    most_popular,
    needs_wanted,
    own_needs,
    pick_feature,
    pick_needs,
    popularity_table,
    reviews_now,
    service_sensitivity,
    willingness_to_pay,
)  # fmt: skip
from cxsim.model.features import bit, count
from cxsim.model.params import Loyalty, Market, Product
from cxsim.model.state import BILLION

MARKET = Market()
ROW = np.array([0.5, 0.75, 0.875, 1.0])  # shares 1/2, 1/4, 1/8, 1/8


@pytest.mark.parametrize(
    ("u", "feature"), [(0.0, 0), (0.49, 0), (0.5, 1), (0.74, 1), (0.75, 2), (0.875, 3), (1 - 2**-53, 3)]
)  # fmt: skip
def test_pick_feature(u: float, feature: int) -> None:
    assert pick_feature(ROW, u) == feature
    assert pick_feature(ROW * 3.0, u) == feature
    assert pick_feature(np.array([0.3]), u) == 0


@given(u=st.floats(0, 1, exclude_max=True), shares=st.lists(st.floats(0.001, 1), min_size=1, max_size=64))
def test_pick_feature_is_the_first_to_exceed(u: float, shares: list[float]) -> None:
    row = np.cumsum(shares)
    beyond = np.nonzero(u * row[-1] < row)[0]
    assert pick_feature(row, u) == (beyond[0] if len(beyond) else len(row) - 1)


def test_needs_wanted() -> None:
    market = Market(needs_min=4, needs_max=6)
    assert [needs_wanted(u, market) for u in (0.0, 0.33, 0.34, 0.66, 0.67, 1 - 2**-53)] == [4, 4, 5, 5, 6, 6]


def test_filled_needs() -> None:
    assert [filled_needs(0b1000, wanted, 4) for wanted in (1, 2, 3, 4)] == [0b1000, 0b1001, 0b1011, 0b1111]


def test_popularity_is_zipf_when_all_segments_agree() -> None:
    market = Market(features=8, segments=3, homogeneity=1.0, zipf=1.0)
    table = popularity_table(5, market)
    assert table.shape == (4, 8)
    shares = np.sort(np.diff(table[0], prepend=0.0))[::-1]
    assert shares == pytest.approx((1 / np.arange(1, 9)) / (1 / np.arange(1, 9)).sum())
    assert table[-1] == pytest.approx(table[0])
    assert table[:, -1] == pytest.approx(1.0)


def test_published_popularity() -> None:
    """With exponent 1.376 over 100 features 12 of them are 80 % of use; 64 features is the most a word holds."""
    weights = np.arange(1, 101) ** -1.376
    assert weights[:12].sum() / weights.sum() == pytest.approx(0.80, abs=0.005)
    table = popularity_table(1, Market(features=64, zipf=1.376, homogeneity=1.0))
    shares = np.sort(np.diff(table[0], prepend=0.0))[::-1]
    assert shares == pytest.approx(np.arange(1, 65) ** -1.376 / (np.arange(1, 65) ** -1.376).sum())


def test_segments_have_rankings_of_their_own() -> None:
    mixed = popularity_table(5, Market(features=16, segments=4, homogeneity=0.0, zipf=1.2))
    tops = {int(np.argmax(np.diff(row, prepend=0.0))) for row in mixed[:-1]}
    assert len(tops) > 1
    assert np.diff(mixed[-1], prepend=0.0) == pytest.approx(np.diff(mixed[:-1], prepend=0.0, axis=1).mean(axis=0))
    flat = popularity_table(5, Market(features=16, zipf=0.0))
    assert np.diff(flat[0], prepend=0.0) == pytest.approx(1 / 16)
    assert not np.array_equal(mixed, popularity_table(6, Market(features=16, segments=4, homogeneity=0.0, zipf=1.2)))


def test_pick_needs() -> None:
    market = Market(features=4, needs_min=2, needs_max=3)
    numbers = [count(pick_needs(ROW, split(1, c), market)) for c in range(3_000)]
    assert set(numbers) == {2, 3}
    assert numbers.count(2) == pytest.approx(1_500, abs=150)
    assert pick_needs(ROW, 7, Market(features=4, needs_min=4, needs_max=4)) == 0b1111


def test_needs_are_the_first_features_that_draws_pick() -> None:
    """Draw 0 tells how many; 1, 2, 3, ... pick one each, and whatever is there already is drawn again."""
    for key in range(60):
        picked = [pick_feature(ROW, draw(key, attempt)) for attempt in range(1, 100)]
        one, two = list(dict.fromkeys(picked))[:2]
        assert pick_needs(ROW, key, Market(features=4, needs_min=1, needs_max=1)) == bit(one)
        assert pick_needs(ROW, key, Market(features=4, needs_min=2, needs_max=2)) == bit(one) | bit(two)


def test_pick_needs_fills_up_with_the_lowest_when_draws_repeat() -> None:
    almost_one = np.array([0.0, 0.0, 1.0, 1.0])
    assert pick_needs(almost_one, 3, Market(features=4, needs_min=3, needs_max=3)) == 0b0111


def test_everyones_needs_are_the_most_popular() -> None:
    assert everyones_needs(ROW, Market(features=4, needs_min=1, needs_max=3)) == 0b0011
    assert everyones_needs(np.array([0.1, 0.2, 1.0]), Market(features=4, needs_min=1, needs_max=1)) == 0b100


def test_own_needs() -> None:
    market, rows = Market(features=4, segments=2, needs_min=1, needs_max=3), [ROW, ROW[::-1].cumsum(), ROW]
    assert own_needs(rows, 1, 7, market, True) == pick_needs(rows[1], 7, market)
    assert own_needs(rows, 1, 7, market, False) == everyones_needs(ROW, market) == 0b0011


def test_most_popular() -> None:
    assert [most_popular(ROW, taken) for taken in (0, 0b1, 0b11, 0b111, 0b1111)] == [0, 1, 2, 3, -1]


def size_drawn(u: float, market: Market, on: bool) -> int:
    return account_size(normal_deviate(u), market, on)


def wtp_drawn(u: float, market: Market) -> int:
    return willingness_to_pay(normal_deviate(u), market)


def test_account_size() -> None:
    assert size_drawn(0.5, Market(size_spread=0.0), True) == 1_000
    assert size_drawn(0.5, Market(size_spread=0.8), True) == 726  # exp(-0.32) = 0.72615
    assert size_drawn(0.975, Market(size_spread=0.5), True) == 2_351  # exp(0.5 x 1.959964 - 0.125) = 2.35131
    assert size_drawn(0.0, Market(size_spread=2.5), True) == 1
    mean = np.mean([size_drawn((i + 0.5) / 20_000, Market(size_spread=0.8), True) for i in range(20_000)])
    assert mean == pytest.approx(1_000, rel=0.01)


def test_traits_that_stand_at_a_normal_deviate() -> None:
    assert account_size(0.0, Market(size_spread=0.8), True) == 726
    assert willingness_to_pay(0.0, Market(wtp_median=90_000)) == 90_000


def test_without_shocks_all_accounts_are_of_one_size() -> None:
    assert {size_drawn(u, Market(size_spread=2.5), False) for u in (0.0, 0.5, 0.975, 1 - 2**-53)} == {1_000}


def test_billed_size() -> None:
    line = Product(line=3, add_on=0.3)
    assert [billed_size(1_000, products, line) for products in (1, 2, 3)] == [1_000, 1_300, 1_600]
    assert billed_size(726, 2, line) == 943  # 726 + 217.8, rounded down
    assert billed_size(5, 3, line._replace(add_on=0.0)) == 5
    assert billed_size(2_000, 2, line._replace(add_on=1.5)) == 5_000
    assert billed_size(2_000, 0, line) == 0


def test_no_trait_is_larger_than_its_column_holds() -> None:
    assert account_size(9.0, Market(size_spread=2.5), True) == 2_147_483_647
    assert willingness_to_pay(9.0, Market(wtp_median=100_000_000, wtp_spread=2.0)) == 2_147_483_647


def test_willingness_to_pay() -> None:
    assert wtp_drawn(0.5, Market(wtp_median=90_000)) == 90_000
    assert wtp_drawn(0.9, Market(wtp_median=90_000, wtp_spread=0.0)) == 90_000
    assert wtp_drawn(0.975, Market(wtp_median=1_000, wtp_spread=0.4)) == 2_190  # exp(0.783986) = 2.19018
    assert wtp_drawn(1 - 2**-53, Market(wtp_median=100_000_000, wtp_spread=2.0)) == 2_147_483_647


def test_service_sensitivity() -> None:
    market = Market(sensitivity_low=0.2, sensitivity_high=0.6)
    assert [service_sensitivity(u, market) for u in (0.0, 0.5, 0.25)] == [200_000, 400_000, 300_000]
    assert service_sensitivity(1 - 2**-53, Market(sensitivity_low=1.0, sensitivity_high=1.0)) == 1_000_000
    assert mean_sensitivity(market) == pytest.approx(0.4)
    assert mean_sensitivity(market) == pytest.approx(np.mean([service_sensitivity(u / 100, market) for u in range(101)]) / 1e6)


def test_leave_shapes() -> None:
    assert leave_shapes(Loyalty(leave_base=0.25, leave_concentration=8.0)) == (2.0, 6.0)
    assert [leave_all_alike(Loyalty(leave_base=mean)) for mean in (0.0, 0.12, 1.0)] == [True, False, True]


def test_leave_propensity() -> None:
    assert leave_propensity(1, Loyalty(leave_base=0.0)) == 0
    assert leave_propensity(1, Loyalty(leave_base=1.0)) == BILLION
    found = np.array([leave_propensity(split(2, c), Loyalty(leave_base=0.12, leave_concentration=6.0)) for c in range(4_000)])
    assert found.mean() / BILLION == pytest.approx(0.12, abs=0.008)
    assert found.var() / BILLION**2 == pytest.approx(0.12 * 0.88 / 7, rel=0.12)


def test_fit() -> None:
    assert fit(0b1111, 0b0101) == 0.5
    assert fit(0b111, 0) == 0.0
    assert fit(0b1, 2**64 - 1) == 1.0
    assert fit_millionths(0b111, 0b011) == 666_666
    assert fit_millionths(2**63, 2**63) == 1_000_000
    assert [in_millionths(share) for share in (0.0, 0.25, 2 / 3, 1.0)] == [0, 250_000, 666_666, 1_000_000]
    for needed in range(1, 65):  # rounding of the quotient never reaches the next millionth
        exact = [met * 1_000_000 // needed for met in range(needed + 1)]
        assert [in_millionths(met / needed) for met in range(needed + 1)] == exact


def test_reviews_come_once_a_year() -> None:
    for customer in (0, 5, 17):
        assert [month for month in range(36) if reviews_now(customer, month)] == [
            customer % 12 + 12 * year for year in range(3)
        ]


def test_drift_chance() -> None:
    assert drift_chance(Market(drift=0.0), True) == 0.0
    assert drift_chance(Market(drift=0.005), True) == pytest.approx(1 - 0.995**12, rel=1e-12)
    assert drift_chance(Market(drift=0.5), True) == pytest.approx(1 - 0.5**12)
    assert drift_chance(MARKET._replace(drift=1.0), True) == 1.0
    assert drift_chance(MARKET._replace(drift=1.0), False) == 0.0


def test_exchanged_needs() -> None:
    assert exchanged_needs(0b0110, 1, 3) == 0b1100
    assert exchanged_needs(0b0110, 1, 2) == 0b0110  # it is needed already: nothing is dropped
    assert exchanged_needs(0b0110, 1, 1) == 0b0110
