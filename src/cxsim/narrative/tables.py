"""Tables as text: columns of figures, and columns of words that are folded to fit."""

import textwrap
from itertools import zip_longest

GAP = 2  # blanks between columns


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
    first, *others = zip(header, *rows, strict=True)
    parts = [[first]]
    for column in others:
        used = sum(max(map(len, one)) + GAP for one in parts[-1]) + max(map(len, column))
        if used > width and len(parts[-1]) > 1:
            parts.append([first])
        parts[-1].append(column)
    tables = [[list(row) for row in zip(*part, strict=True)] for part in parts]
    return [line for number, (top, *rest) in enumerate(tables) for line in [*([""] if number else []), *grid(top, rest)]]
