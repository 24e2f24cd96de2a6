"""How figures of a unit are written, and as which numbers they are drawn."""

import math
import re
from collections.abc import Iterable, Sequence

from cxsim.charts.content import Unit
from cxsim.narrative.formatting import count, dollars, percent

DRAWN: dict[Unit, float] = {"cents": 0.01, "points": 100.0}  # units that are drawn in others: dollars, points


def shown(value: float, unit: Unit) -> str:
    """Write a figure in words.

    >>> shown(123_456, "cents"), shown(0.5, "share"), shown(math.nan, "count"), shown(0.01234, "number")
    ('$1.23k', '50 %', 'not known', '0.0123')
    >>> shown(2.0, "ratio"), shown(-0.0312, "points"), shown(math.inf, "month")
    ('+100 %', '-3.12 points', 'never')
    """
    if math.isnan(value):
        return "not known"
    if unit == "month":
        return "never" if math.isinf(value) else count(value)
    if unit == "cents":
        return dollars(value)
    if unit == "ratio":
        return f"{100 * (value - 1):+,.0f} %"
    if unit == "points":
        return f"{100 * value:.3g} points"
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
    return float(f"{value * DRAWN.get(unit, 1.0):.6g}")


def all_drawn(values: Iterable[float], unit: Unit) -> list[float]:
    """Scale figures as they are drawn; NaN where one is not known."""
    scaled = (drawn(value, unit) for value in values)
    return [math.nan if value is None else value for value in scaled]


def bounds(low: Sequence[float], high: Sequence[float], unit: Unit, number: int) -> tuple[list[float], list[float]]:
    """Scale the bounds of a number of figures as they are drawn; NaN where there are none."""
    nothing = [math.nan] * number
    return (all_drawn(low, unit), all_drawn(high, unit)) if len(low) else (nothing, nothing)


def tick(value: float, unit: Unit) -> str:
    """Write what is drawn at a tick, as short as an axis needs it.

    >>> tick(1500.0, "cents"), tick(0.25, "share"), tick(10.0, "ratio"), tick(12_345.0, "count"), tick(0.5, "number")
    ('$1.5k', '25 %', '+900 %', '12,345', '0.5')
    """
    if unit == "cents":
        return re.sub(r"\.0+(?=[kMB])|(?<=\.\d)0(?=[kMB])", "", dollars(100 * value))
    if unit == "share":
        return f"{100 * value + 0.0:.4g} %"
    if unit == "ratio":
        return f"{100 * (value - 1) + 0.0:+,.0f} %"
    return f"{value + 0.0:,.6g}"
