"""Rows of named tuples as cells of a CSV file and back, by the types of their fields.

A field that is a named tuple itself, such as an estimate, is spread over as many columns, which have the names of its fields.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar, get_type_hints

from cxsim.store.tables import from_csv, to_csv

Row = TypeVar("Row", bound=tuple[Any, ...])

READERS: Mapping[Any, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: lambda cell: float(cell) if cell else math.nan,
    bool | None: lambda cell: bool(int(cell)) if cell else None,
}


@cache
def _types(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def header(kind: type) -> list[str]:
    """Names of the columns that rows of a kind have."""
    return [column for name, of in _types(kind).items() for column in (header(of) if hasattr(of, "_fields") else [name])]


def cells(row: Iterable[Any]) -> list[object]:
    """Values of a row, a cell each."""
    return [cell for value in row for cell in (cells(value) if hasattr(value, "_fields") else [value])]


def to_cells(kind: type, rows: Iterable[tuple[Any, ...]]) -> tuple[list[str], list[list[object]]]:
    """Header and cells of rows of a kind."""
    return header(kind), [cells(row) for row in rows]


def from_cells(kind: type[Row], found: Mapping[str, str]) -> Row:
    """Read a row back from the texts of its cells, by column. An empty cell is NaN for a number, None for a truth value."""
    types = _types(kind).items()
    return kind(*(from_cells(of, found) if hasattr(of, "_fields") else READERS[of](found[name]) for name, of in types))


def rows_to_csv(kind: type, rows: Iterable[tuple[Any, ...]]) -> str:
    """Rows of a kind as CSV text."""
    return to_csv(*to_cells(kind, rows))


def rows_from_csv(kind: type[Row], text: str) -> list[Row]:
    """Read rows of a kind back from CSV text."""
    return [from_cells(kind, found) for found in from_csv(text)]
