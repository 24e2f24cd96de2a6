"""Figures as people read them: dollars, shares, counts, each with its interval."""

import textwrap
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import TypeAlias

from cxsim.statistics.intervals import Estimate

Style: TypeAlias = Callable[[float], str]
PROSE = 110  # widest line of prose, and of all text that goes to a file
GAP = 2  # blanks between columns
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


def in_a_cell(found: Estimate, style: Style) -> str:
    """Figure with its interval, as short as a table needs it.

    >>> in_a_cell(Estimate(0.5, 0.3, 0.7, 20), percent)
    '50 % (30 to 70 %)'
    """
    return with_interval(found, style).replace(" % to ", " to ")


def listed(parts: list[str]) -> str:
    """Join parts as a sentence does.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def few(parts: Sequence[str], most: int, noun: str = "other") -> str:
    """Join as many names as a sentence bears, and count the others.

    >>> few(["a", "b", "c"], 3), few(["a", "b", "c", "d"], 2), few(["a", "b"], 1, "other arm")
    ('a, b and c', 'a, b and 2 others', 'a and 1 other arm')
    """
    left = len(parts) - most
    return listed([*parts[:most], *([plural(left, noun)] if left > 0 else [])])


def first_few(parts: Sequence[str], most: int, where: str, noun: str = "more arm") -> str:
    """Join as many figures as a sentence bears; of the others say where they are, so that no figure seems to be theirs.

    >>> first_few(["1 under a", "2 under b"], 2, "in the table"), first_few(["1 under a", "2 under b"], 1, "in the table")
    ('1 under a and 2 under b', '1 under a (1 more arm in the table)')
    """
    left = len(parts) - most
    return listed(list(parts[:most])) + (f" ({plural(left, noun)} {where})" if left > 0 else "")


def folded(text: str, width: int = PROSE, indent: str = "") -> str:
    """Fold prose to at most so many columns, with an indent from its second line on."""
    return textwrap.fill(text, min(width, PROSE), subsequent_indent=indent)


def plural(number: int, noun: str) -> str:
    """Count things by their name.

    >>> plural(1, "run"), plural(20, "run")
    ('1 run', '20 runs')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


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


def grid(header: list[str], rows: list[list[str]]) -> list[str]:
    """Lines of a table: the first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]

    def line(row: list[str]) -> str:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        return "  ".join(cells).rstrip()

    return [line(header), "  ".join("-" * width for width in widths), *(line(row) for row in rows)]


def folded_grid(header: list[str], rows: list[list[str]], width: int) -> list[str]:
    """Lines of a table of words, all to the left, whose cells are folded so that it fits a width, as far as words allow.

    >>> folded_grid(["id", "what"], [["a", "one two"]], 9)
    ['id  what', '--  -----', 'a   one', '    two']
    """
    columns = list(zip(header, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    least = [max(len(word) for cell in column for word in cell.split() or [""]) for column in columns]
    while sum(widths) + GAP * (len(widths) - 1) > width and widths != least:
        spare = [have if have > need else 0 for have, need in zip(widths, least, strict=True)]
        widths[spare.index(max(spare))] -= 1
    lines = [line for row in [header, *rows] for line in _folded(row, widths)]
    height = len(_folded(header, widths))
    return [*lines[:height], (" " * GAP).join("-" * width for width in widths), *lines[height:]]


def _folded(row: list[str], widths: list[int]) -> list[str]:
    cells = [textwrap.wrap(cell, width, break_on_hyphens=False) for cell, width in zip(row, widths, strict=True)]
    lines = zip_longest(*cells, fillvalue="")
    return [(" " * GAP).join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines]


def split_grid(header: list[str], rows: list[list[str]], width: int) -> list[str]:
    """Lines of a table of figures, in parts below one another when it is wider than that; each repeats the first column.

    >>> split_grid(["id", "a", "b"], [["x", "1", "2"]], 6)
    ['id  a', '--  -', 'x   1', '', 'id  b', '--  -', 'x   2']
    """
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    parts: list[list[int]] = [[0]]
    for column in range(1, len(header)):
        used = sum(widths[one] + GAP for one in parts[-1]) + widths[column]
        if used > width and len(parts[-1]) > 1:
            parts.append([0])
        parts[-1].append(column)
    tables = [grid([header[i] for i in part], [[row[i] for i in part] for row in rows]) for part in parts]
    return [line for number, lines in enumerate(tables) for line in ([""] if number else []) + lines]
