"""Figures as people read them: dollars, shares, counts, each with its interval."""

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from cxsim.statistics.intervals import Estimate

Style: TypeAlias = Callable[[float], str]
STEPS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))


def dollars(cents: float) -> str:
    """Money with three digits.

    >>> dollars(123_456_789), dollars(-99_950), dollars(0)
    ('$1.23M', '-$1.00k', '$0')
    """
    sign, amount = "-" if cents < 0 else "", abs(cents) / 100
    for step, letter in STEPS:
        if amount >= step * 0.9995:
            return f"{sign}${three_digits(amount / step)}{letter}"
    text = f"{amount:.0f}"
    return f"{sign if text != '0' else ''}${text}"


def three_digits(number: float) -> str:
    """Write a number from 1 up with three digits, larger ones in full.

    >>> [three_digits(x) for x in (1.234, 12.34, 123.4, 9.999)]
    ['1.23', '12.3', '123', '10.0']
    """
    return f"{number:.2f}" if number < 9.995 else f"{number:.1f}" if number < 99.95 else f"{number:,.0f}"


def percent(share: float) -> str:
    """Share in whole percent.

    >>> percent(0.954)
    '95 %'
    """
    return f"{100 * share + 0.0:.0f} %"


def count(number: float) -> str:
    """Count of things, with a digit after the point when it is small.

    >>> count(1234.4), count(3.14), count(7.0)
    ('1,234', '3.1', '7')
    """
    if abs(number) >= 10 or number == round(number):
        return f"{number:,.0f}"
    return f"{number:.1f}"


def fine_percent(share: float) -> str:
    """Share in percent, with three digits where it is small.

    >>> fine_percent(0.0512), fine_percent(0.3392), fine_percent(0)
    ('5.1 %', '33.9 %', '0.0 %')
    """
    return f"{100 * share + 0.0:.1f} %".replace("-0.0 %", "0.0 %")


def points_apart(share: float) -> str:
    """Difference of shares, in points.

    >>> points_apart(-0.0123)
    '-1.2'
    """
    return f"{100 * share:.1f}".replace("-0.0", "0.0")


def fine_dollars(cents: float) -> str:
    """Small sums to the cent.

    >>> fine_dollars(1234), fine_dollars(123_456_700)
    ('$12.34', '$1.23M')
    """
    return f"{'-' if cents < 0 else ''}${abs(cents) / 100:.2f}" if abs(cents) < 100_000 else dollars(cents)


def each_dollar(dollar: float) -> str:
    """Write dollars for a dollar.

    >>> each_dollar(-0.5)
    '-$0.50'
    """
    return f"{'-' if dollar < 0 else ''}${abs(dollar):.2f}"


def style_of(unit: str) -> Style:
    """How figures of a unit are written.

    >>> style_of("cents")(1_234), style_of("share")(0.5), style_of("customers")(3)
    ('$12', '50 %', '3')
    """
    return {"cents": dollars, "share": percent}.get(unit, count)


def with_interval(found: Estimate, style: Style) -> str:
    """Figure with its interval in brackets.

    >>> with_interval(Estimate(0.5, 0.3, 0.7, 20), percent)
    '50 % (30 % to 70 %)'
    """
    if not found.has_interval:
        return f"{style(found.mean)} (no interval)"
    return f"{style(found.mean)} ({style(found.low)} to {style(found.high)})"


def in_a_cell(found: Estimate | None, style: Style) -> str:
    """Figure with its interval, as short as a table needs it; a dash for nothing.

    >>> in_a_cell(Estimate(0.5, 0.3, 0.7, 20), percent), in_a_cell(None, percent)
    ('50 % (30 to 70 %)', '-')
    """
    return with_interval(found, style).replace(" % to ", " to ") if found else "-"


def starred(gap: Estimate | None, style: Style, write: Callable[[Estimate, Style], str] = in_a_cell) -> str:
    """Write a difference for a cell, with a star where it is significant; a dash for nothing.

    >>> starred(Estimate(0.5, 0.3, 0.7, 20), percent)
    '50 % (30 to 70 %) *'
    """
    return write(gap, style) + (" *" if gap.significant else "") if gap else "-"


def unless_nan(value: float, style: Style) -> str:
    """Write a figure, or a dash when it is not known."""
    return "-" if math.isnan(value) else style(value)


def short_names(keys: Sequence[str]) -> dict[str, str]:
    """Name each key by as few of its last parts as tell it from the others.

    >>> short_names(["market.drift", "firms.a.start.cash", "firms.b.start.cash"])
    {'market.drift': 'drift', 'firms.a.start.cash': 'a.start.cash', 'firms.b.start.cash': 'b.start.cash'}
    """
    parts = {key: key.split(".") for key in keys}

    def tail(key: str, length: int) -> str:
        return ".".join(parts[key][-length:])

    def shortest(key: str) -> str:
        lengths = range(1, len(parts[key]))
        alone = (length for length in lengths if all(tail(key, length) != tail(one, length) for one in keys if one != key))
        return tail(key, next(alone, len(parts[key])))

    return {key: shortest(key) for key in keys}
