"""Figures and axes of charts: how a number is written, scaled and marked off."""

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

from cxsim.charts.scales import month_ticks
from cxsim.narrative.formatting import count, dollars, percent
from cxsim.report.content import Unit

Spec: TypeAlias = dict[str, Any]

AXIS: dict[Unit, str] = {"cents": "$~s", "share": "~%", "count": ",~f", "number": "~g"}


def shown(value: float, unit: Unit) -> str:
    """Write a figure in words.

    >>> shown(123_456, "cents"), shown(0.5, "share"), shown(math.nan, "count"), shown(0.01234, "number")
    ('$1.23k', '50 %', 'not known', '0.0123')
    """
    if math.isnan(value):
        return "not known"
    if unit == "cents":
        return dollars(value)
    return percent(value) if unit == "share" else count(value) if unit == "count" else f"{value:.3g}"


def between(value: float, low: float, high: float, unit: Unit) -> str:
    """Write a figure with its bounds, if it has any."""
    if math.isnan(low):
        return shown(value, unit)
    return f"{shown(value, unit)} ({shown(low, unit)} to {shown(high, unit)})"


def drawn(value: float, unit: Unit) -> float | None:
    """Scale a figure as it is drawn, to six digits; nothing where it is not known."""
    if not math.isfinite(value):
        return None
    return float(f"{value / 100 if unit == 'cents' else value:.6g}")


def axis(label: str, unit: Unit) -> Spec:
    """Describe an axis; d3 says G for a billion."""
    look: Spec = {"title": label, "format": AXIS[unit]}
    plain = "datum.value == 0 ? '$0' : replace(datum.label, 'G', 'B')"
    return look | {"labelExpr": plain} if unit == "cents" else look


def upright(label: str, unit: Unit) -> Spec:
    """Put the title of a vertical axis above it, where it can be read without turning one's head."""
    place = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleBaseline": "bottom", "titleX": 0, "titleY": -10}
    return axis(label, unit) | place | {"tickCount": 6}


def months_axis(label: str, x: Sequence[float], unit: Unit) -> Spec:
    """Describe the horizontal axis: round months when there are months on it."""
    if label != "month" or not len(x):
        return axis(label, unit)
    return axis(label, unit) | {"values": month_ticks(int(max(x)) + 1)}
