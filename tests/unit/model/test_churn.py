"""Who leaves, by hand (M11, M19)."""

import math

import pytest

from cxsim.model.churn import churns, hazard
from cxsim.model.params import Loyalty

LOYALTY = Loyalty(leave_slope=3.0)


def test_hazard() -> None:
    assert hazard(0.2, 0.5, LOYALTY, True) == pytest.approx(0.2 * math.exp(-1.5))
    assert hazard(200_000_000, 0.5, LOYALTY, True) == pytest.approx(200_000_000 * math.exp(-1.5))
    assert hazard(0.2, 0.0, LOYALTY, True) == 0.2
    assert hazard(0.2, 0.9, LOYALTY, False) == hazard(0.2, 0.1, LOYALTY, False) == pytest.approx(0.2 * math.exp(-1.5))
    assert hazard(0.2, 0.9, LOYALTY._replace(leave_slope=0.0), True) == 0.2


def test_churns() -> None:
    chance = 0.2 * math.exp(-3.0 * 0.5)
    base = 200_000_000
    assert churns(chance - 1e-9, base, 0.5, 1.0, LOYALTY, True)
    assert not churns(chance + 1e-9, base, 0.5, 1.0, LOYALTY, True)
    assert churns(chance - 1e-9, base, 0.99, 1.0, LOYALTY, False)  # satisfaction has no effect: everyone is neutral
    assert not churns(chance + 1e-9, base, 0.0, 1.0, LOYALTY, False)
    assert churns(0.1999, base, 0.0, 1.0, LOYALTY, True)
    assert not churns(0.2, base, 0.0, 1.0, LOYALTY, True)
    assert not churns(0.0, 0, 0.0, 1.0, LOYALTY, True)


def test_good_times_keep_customers_and_bad_times_drive_them_away() -> None:
    chance = 0.2 * math.exp(-3.0 * 0.5)
    base = 200_000_000
    for shock in (0.5, 1.25, 2.0):
        assert churns(chance / shock - 1e-9, base, 0.5, shock, LOYALTY, True)
        assert not churns(chance / shock + 1e-9, base, 0.5, shock, LOYALTY, True)
