"""Good and bad times, by hand and over many draws (M19)."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.model.chance import split
from cxsim.model.demand_shock import next_swell, tide
from cxsim.model.params import Market

LUCK = np.random.default_rng(1).random(200_000).tolist()
ABOVE = 0.8413447460685429  # one standard deviation above the middle


def test_next_swell_by_hand() -> None:
    half_year = Market(shock_memory=6.0)
    assert next_swell(0.0, 0.5, half_year) == pytest.approx(0.0, abs=1e-12)
    assert next_swell(1.2, 0.5, half_year) == pytest.approx(1.0)  # 1.2 x 5 / 6
    assert next_swell(0.0, ABOVE, half_year) == pytest.approx(math.sqrt(11 / 36))
    assert next_swell(-1.2, ABOVE, half_year) == pytest.approx(-1.0 + math.sqrt(11 / 36))
    assert next_swell(9.0, ABOVE, Market(shock_memory=1.0)) == pytest.approx(1.0)  # each month on its own
    for edge in (0.0, 1 - 2**-53):
        assert math.isfinite(next_swell(0.0, edge, half_year))


def swells(market: Market) -> list[float]:
    found, swell = [], 0.0
    for u in LUCK:
        swell = next_swell(swell, u, market)
        found.append(swell)
    return found[500:]


@pytest.mark.parametrize("memory", [1.0, 2.0, 6.0])
def test_swells_are_stationary_and_forget(memory: float) -> None:
    """Mean 0, standard deviation 1, and next month like this one by 1 - 1 / memory."""
    market = Market(shock_memory=memory)
    found = np.array(swells(market))
    error = math.sqrt((2 * memory - 1) / len(found))  # of a mean over months that are alike
    assert abs(found.mean()) < 4 * error
    assert found.std() == pytest.approx(1.0, abs=4 * error)
    assert np.corrcoef(found[:-1], found[1:])[0, 1] == pytest.approx(1 - 1 / memory, abs=4 * error)


@pytest.mark.parametrize("shock", [0.05, 0.15, 0.5])
def test_tides_have_mean_one(shock: float) -> None:
    market = Market(shock=shock, shock_memory=2.0)
    found = np.array([tide(swell, market, True) for swell in swells(market)])
    assert found.mean() == pytest.approx(1.0, abs=4 * shock * math.sqrt(3 / len(found)) * 1.3)
    assert np.log(found).std() == pytest.approx(shock, rel=0.02)


def test_tide_by_hand() -> None:
    market = Market(shock=0.2)
    assert tide(0.0, market, True) == pytest.approx(math.exp(-0.02))
    assert tide(1.0, market, True) == pytest.approx(math.exp(0.18))
    assert tide(0.1, market, True) == pytest.approx(1.0)
    assert tide(-3.0, Market(shock=0.0), True) == 1.0
    assert tide(-3.0, market, False) == tide(2.0, market, False) == 1.0


@given(swell=st.floats(-9, 9), higher=st.floats(0, 3), shock=st.floats(0, 2))
def test_a_tide_is_above_zero_and_rises_with_its_swell(swell: float, higher: float, shock: float) -> None:
    market = Market(shock=shock)
    assert 0.0 < tide(swell, market, True) <= tide(swell + higher, market, True) * (1 + 1e-12)


def test_the_first_months_are_as_uncertain_as_their_swells() -> None:
    """A run starts in ordinary times; after many months it is anywhere: variance 1 - r^(2n)."""
    market, ends = Market(shock_memory=3.0), []
    for run in range(4_000):
        swell = 0.0
        for month in range(3):
            swell = next_swell(swell, (split(split(7, run), month) >> 11) / 2**53, market)
        ends.append(swell)
    variance = 1 - (2 / 3) ** 6
    assert np.var(ends) == pytest.approx(variance, abs=4 * variance * math.sqrt(2 / len(ends)))
