"""Units of the figures of claims, and how figures are written in them.

A level of a share is told in per cent, a difference of two shares in points (percentage points), and a ratio as the change in
per cent that it stands for, with its sign.
"""

import math

from cxsim.narrative.formatting import dollars
from cxsim.statistics.intervals import Estimate

DOLLARS, PLAIN = "cents", "-"
SHARE, MONTHLY = "share", "share/month"
POINTS, MONTHLY_POINTS = "difference of shares", "difference of shares/month"
LOG, LOG_PERCENT = "log ratio", "log of per cent"
OF_VALUE = "share of mean value"
CASH = "multiples of starting cash"
CUSTOMERS, HOURS, DEALS = "customers", "hours", "customers/person-month"

APART = {SHARE: POINTS, MONTHLY: MONTHLY_POINTS}  # unit of the difference of two figures in a unit, where it is another
WORDS = {
    SHARE: "%",
    MONTHLY: "%",
    OF_VALUE: "%",
    LOG: "%",
    LOG_PERCENT: "%",
    POINTS: "points",
    MONTHLY_POINTS: "points",
    CASH: "times the starting cash",
    CUSTOMERS: "customers",
    HOURS: "hours",
    DEALS: "customers",
}
FINE = 0.1  # shares below it get a digit after the point


def amount(value: float, unit: str) -> str:
    """Write a figure in its unit, without the word for it.

    >>> amount(-0.0004, "share"), amount(0.0312, "share/month"), amount(-6089.9, "customers"), amount(11.92, "customers")
    ('0.0', '3.12', '-6,090', '11.9')
    """
    if unit == DOLLARS:
        return dollars(value)
    if unit == LOG:
        return f"{100 * math.expm1(value):+,.0f}"
    if unit == LOG_PERCENT:
        return f"{math.exp(value):.1f}"
    if unit in (SHARE, POINTS, OF_VALUE):
        return _rounded(100 * value, 1 if abs(value) < FINE else 0)
    if unit in (MONTHLY, MONTHLY_POINTS):
        return _rounded(100 * value, 2)
    if unit in (CUSTOMERS, DEALS):
        return _rounded(value, 1 if abs(value) < 100 else 0)
    return _rounded(value, 2)


def _rounded(value: float, digits: int) -> str:
    """Write a number with some digits, and nothing as 0 without a sign."""
    return f"{round(value, digits) + 0.0:,.{digits}f}"


def figure(value: float, unit: str) -> str:
    """Write a figure in its unit.

    >>> figure(0.5, "share"), figure(0.5, "difference of shares"), figure(math.log(2), "log ratio"), figure(12_345, "cents")
    ('50 %', '50 points', '+100 %', '$123')
    """
    return f"{amount(value, unit)} {WORDS.get(unit, '')}".rstrip()


def written(found: Estimate, unit: str) -> str:
    """Write a figure with its interval, and the word for its unit once.

    >>> written(Estimate(0.5, 0.43, 0.57, 200), "difference of shares")
    '50 points (43 to 57)'
    """
    if math.isnan(found.mean):
        return "not known"
    if not found.has_interval:
        return f"{figure(found.mean, unit)} (no interval)"
    return f"{figure(found.mean, unit)} ({amount(found.low, unit)} to {amount(found.high, unit)})"
