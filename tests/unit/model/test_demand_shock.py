"""Good and bad times, by hand and over many draws (M19)."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.model.chance import split
from cxsim.model.demand_shock import multiplier, next_deviate
from cxsim.model.params import Market

LUCK = np.random.default_rng(1).random(200_000).tolist()
ABOVE = 0.8413447460685429  # one standard deviation above the middle


def test_the_next_deviate_by_hand() -> None:
    half_year = Market(shock_memory=6.0)
    assert next_deviate(0.0, 0.5, half_year) == pytest.approx(0.0, abs=1e-12)
    assert next_deviate(1.2, 0.5, half_year) == pytest.approx(1.0)  # 1.2 x 5 / 6
    assert next_deviate(0.0, ABOVE, half_year) == pytest.approx(math.sqrt(11 / 36))
    assert next_deviate(-1.2, ABOVE, half_year) == pytest.approx(-1.0 + math.sqrt(11 / 36))
    assert next_deviate(9.0, ABOVE, Market(shock_memory=1.0)) == pytest.approx(1.0)  # each month on its own
    for edge in (0.0, 1 - 2**-53):
        assert math.isfinite(next_deviate(0.0, edge, half_year))


def deviates(market: Market) -> list[float]:
    found, deviate = [], 0.0
    for u in LUCK:
        deviate = next_deviate(deviate, u, market)
        found.append(deviate)
    return found[500:]


@pytest.mark.parametrize("memory", [1.0, 2.0, 6.0])
def test_deviates_are_stationary_and_forget(memory: float) -> None:
    """Mean 0, standard deviation 1, and next month like this one by 1 - 1 / memory."""
    market = Market(shock_memory=memory)
    found = np.array(deviates(market))
    error = math.sqrt((2 * memory - 1) / len(found))  # of a mean over months that are alike
    assert abs(found.mean()) < 4 * error
    assert found.std() == pytest.approx(1.0, abs=4 * error)
    assert np.corrcoef(found[:-1], found[1:])[0, 1] == pytest.approx(1 - 1 / memory, abs=4 * error)


@pytest.mark.parametrize("shock", [0.05, 0.15, 0.5])
def test_demand_shocks_have_mean_one(shock: float) -> None:
    market = Market(shock=shock, shock_memory=2.0)
    found = np.array([multiplier(deviate, market, True) for deviate in deviates(market)])
    assert found.mean() == pytest.approx(1.0, abs=4 * shock * math.sqrt(3 / len(found)) * 1.3)
    assert np.log(found).std() == pytest.approx(shock, rel=0.02)


def test_multiplier_by_hand() -> None:
    market = Market(shock=0.2)
    assert multiplier(0.0, market, True) == pytest.approx(math.exp(-0.02))
    assert multiplier(1.0, market, True) == pytest.approx(math.exp(0.18))
    assert multiplier(0.1, market, True) == pytest.approx(1.0)
    assert multiplier(-3.0, Market(shock=0.0), True) == 1.0
    assert multiplier(-3.0, market, False) == multiplier(2.0, market, False) == 1.0


@given(deviate=st.floats(-9, 9), higher=st.floats(0, 3), shock=st.floats(0, 2))
def test_a_demand_shock_is_above_zero_and_rises_with_its_deviate(deviate: float, higher: float, shock: float) -> None:
    market = Market(shock=shock)
    assert 0.0 < multiplier(deviate, market, True) <= multiplier(deviate + higher, market, True) * (1 + 1e-12)


def test_the_first_months_are_as_uncertain_as_their_deviates() -> None:
    """A run starts in ordinary times; after many months it is anywhere: variance 1 - r^(2n)."""
    market, ends = Market(shock_memory=3.0), []
    for run in range(4_000):
        deviate = 0.0
        for month in range(3):
            deviate = next_deviate(deviate, (split(split(7, run), month) >> 11) / 2**53, market)
        ends.append(deviate)
    variance = 1 - (2 / 3) ** 6
    assert np.var(ends) == pytest.approx(variance, abs=4 * variance * math.sqrt(2 / len(ends)))
