"""Units of the figures of claims, and how figures are written and drawn in them.

A level of a share is told in per cent, a difference of two shares in points (percentage points), and a ratio as the change in
per cent that it stands for, with its sign.
"""

import math
from typing import NamedTuple

from cxsim.charts.content import Unit
from cxsim.narrative.formatting import dollars
from cxsim.statistics.intervals import Estimate

DOLLARS, PLAIN = "cents", "-"
SHARE, MONTHLY = "share", "share/month"
POINTS, MONTHLY_POINTS = "difference of shares", "difference of shares/month"
LOG, LOG_PERCENT = "log ratio", "log of per cent"
OF_VALUE = "share of mean value"
CASH = "multiples of starting cash"
CUSTOMERS, HOURS, DEALS = "customers", "hours", "customers/person-month"

APART = {SHARE: POINTS, MONTHLY: MONTHLY_POINTS, LOG_PERCENT: LOG}  # unit of the difference of two figures, where it is another


class Style(NamedTuple):
    """How figures of a unit are told: the word behind them, what an axis says of the unit, as what it is drawn.

    They are written ``times`` so much, with so many ``digits`` after the point, and one more below ``fine``.
    """

    word: str = ""
    axis: str = ""
    drawn: Unit = "number"
    times: int = 1
    digits: int = 2
    fine: float = 0.0


STYLES = {
    DOLLARS: Style("", "dollars", "cents"),
    SHARE: Style("%", "", "share", 100, 0, 0.1),
    MONTHLY: Style("%", "", "share", 100),
    POINTS: Style("points", "points", "points", 100, 0, 0.1),
    MONTHLY_POINTS: Style("points", "points", "points", 100),
    OF_VALUE: Style("%", "share of the mean value", "share", 100, 0, 0.1),
    LOG: Style("%", "change in per cent, log scale", "ratio"),
    LOG_PERCENT: Style("%"),
    CASH: Style("times the starting cash", "times the starting cash"),
    CUSTOMERS: Style("customers", "", "count", 1, 0, 100),
    HOURS: Style("hours", "hours"),
    DEALS: Style("customers", "", "number", 1, 0, 100),
    PLAIN: Style(),
}


def amount(value: float, unit: str) -> str:
    """Write a figure in its unit, without the word for it; nothing is 0 without a sign.

    >>> amount(-0.0004, "share"), amount(0.0312, "share/month"), amount(-6089.9, "customers"), amount(11.92, "customers")
    ('0.0', '3.12', '-6,090', '11.9')
    """
    if unit == DOLLARS:
        return dollars(value)
    if unit == LOG:
        return f"{100 * math.expm1(value):+,.0f}"
    if unit == LOG_PERCENT:
        return f"{math.exp(value):.1f}"
    style = STYLES[unit]
    digits = style.digits + (abs(value) < style.fine)
    return f"{round(style.times * value, digits) + 0.0:,.{digits}f}"


def figure(value: float, unit: str) -> str:
    """Write a figure in its unit.

    >>> figure(0.5, "share"), figure(0.5, "difference of shares"), figure(math.log(2), "log ratio"), figure(12_345, "cents")
    ('50 %', '50 points', '+100 %', '$123')
    """
    return f"{amount(value, unit)} {STYLES[unit].word}".rstrip()


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
