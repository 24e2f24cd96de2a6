"""Points of a sweep from a CSV file: a column for each key, a row for each point.

Commas between cells, cells with commas or quotes in quotes (RFC 4180), UTF-8 with or without a byte order mark. Cells are
read as what their key holds: a choice by its name, a truth value as true or false.
"""

import re
from array import array
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from cxsim.errors import Problem
from cxsim.scenario.dollars import starts_amount
from cxsim.scenario.factors import Factor, Key, checked, factor_key, listed_factor, tidy
from cxsim.scenario.files import UnreadableError, display, parent_file, read_text, territory
from cxsim.scenario.layers import Reading
from cxsim.scenario.messages import Path, dotted, number, short, shown
from cxsim.scenario.sweep_reader import SweepReader
from cxsim.scenario.sweep_schema import MOST_POINTS
from cxsim.scenario.syntax import key_path

MOST_BYTES = 1_000_000_000
MOST_TOLD = 50  # problems of one file; the rest is counted
PLACE = ("design", "file")

_CELL = re.compile(r'[ \t]*"((?:[^"]|"")*)"[ \t]*(,|\n|\Z)|([^",\n][^,\n]*|)(,|\n|\Z)')
_WHOLE = re.compile(r"[+-]?\d{1,30}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf)", re.IGNORECASE)
EMPTY = Problem("", "", "an empty cell; allowed: a value in every line")
_TRUTHS = {"true": True, "false": False}


class Cell(NamedTuple):
    """Text of a cell, and its line and column from 1."""

    text: str
    line: int
    column: int

    def at(self, label: str) -> str:
        """Say where it stands in a file."""
        return f"{label}:{self.line}:{self.column}"


class PointFile(NamedTuple):
    """Factors with the values of every point, the file as it is called in messages, and the line of every point.

    Keys ``in_dollars`` have all of their amounts in dollars.
    """

    factors: list[Factor]
    label: str
    lines: "array[int]"
    in_dollars: Collection[str] = ()

    @property
    def place(self) -> str:
        """Where its keys stand."""
        return f"{self.label}:1:1"


def read_points(reader: SweepReader) -> PointFile:
    """Read the file that a sweep names; problems go to its reader, with the line and column in the file of points."""
    named: str = reader.said.design.file
    label, nothing = display(reader.label, named), array("q")
    try:
        path = parent_file(reader.file, named, territory(reader.file), ".csv")
        text = read_text(path, MOST_BYTES)
    except UnreadableError as error:
        reader.refuse(PLACE, f"{shown(named)}: {error}")
        return PointFile([], label, nothing)
    rows = _rows(text.replace("\r\n", "\n").replace("\r", "\n"))
    table = _Table(reader.problems, label, reader.chain)
    header = next(rows, None)
    if isinstance(header, list) and table.read_header(header):
        table.read_rows(rows)
    elif not isinstance(header, list):
        wrong = header or Cell("empty; the first line names the keys", 1, 1)
        reader.problems.append(Problem(wrong.at(label), "", wrong.text))
    return PointFile(table.factors(), label, table.lines, table.in_dollars)


class _Table:
    """Columns of a file of points while it is read."""

    def __init__(self, problems: list[Problem], label: str, chain: Reading) -> None:
        self.problems, self.label, self.chain = problems, label, chain
        self.keys: list[Key] = []
        self.columns: list[list[Any]] = []
        self.known: list[dict[str, Any]] = []  # values of texts that have been read before, by column
        self.lines = array("q")
        self.untold, self.first_untold = 0, ""
        self.before = len(problems)
        self.in_dollars: set[str] = set()

    @property
    def sound(self) -> bool:
        """Tell whether nothing was refused."""
        return len(self.problems) == self.before

    def refuse(self, cell: Cell, key: str, message: str) -> None:
        if len(self.problems) - self.before < MOST_TOLD:
            self.problems.append(Problem(cell.at(self.label), key, message))
        else:
            self.untold, self.first_untold = self.untold + 1, self.first_untold or cell.at(self.label)

    def read_header(self, cells: list[Cell]) -> bool:
        seen: dict[Path, Cell] = {}
        for cell in cells:
            path = key_path(cell.text)
            if not path:
                tail = "; separate the columns by commas" if len(cells) == 1 and re.search(r"[;\t]", cell.text) else ""
                what = f"'{short(cell.text)}' is not a key" if cell.text else "a column without a name"
                self.refuse(cell, "", f"{what}; allowed: such as market.customers{tail}")
            elif path in seen:
                self.refuse(cell, dotted(path), f"given twice; first in column {seen[path].column}")
            elif key := factor_key(path, cell.at(self.label), self.chain, self.problems):
                self.keys.append(key)
            seen.setdefault(path, cell)
        self.in_dollars = {dotted(key.path) for key in self.keys}
        self.columns, self.known = [[] for _ in self.keys], [{} for _ in self.keys]
        return self.sound

    def read_rows(self, rows: "Iterator[list[Cell] | Cell]") -> None:
        for row in rows:
            if isinstance(row, Cell):
                self.refuse(row, "", row.text)
                break
            if len(self.lines) >= MOST_POINTS:
                self.refuse(row[0], "", f"too many points; allowed: at most {number(MOST_POINTS)}")
                break
            self.read_row(row)
        if not self.lines and self.sound:
            self.refuse(Cell("", 1, 1), "", "no points; below the line of keys stands a line for each point")
        if self.untold:
            self.problems.append(Problem(self.first_untold, "", f"and {self.untold:,} more problems from here on"))

    def read_row(self, row: list[Cell]) -> None:
        self.lines.append(row[0].line)
        if len(row) != len(self.keys):
            at = row[min(len(row) - 1, len(self.keys))]
            cells = f"{len(row)} cell{'s' if len(row) > 1 else ''}"
            self.refuse(at, "", f"{cells} in this line; allowed: {len(self.keys)}, one for each key in the first line")
            return
        for key, column, known, cell in zip(self.keys, self.columns, self.known, row, strict=True):
            if cell.text not in known:
                value = _read(key, cell.text)
                problems = checked(key, value, cell.at(self.label), self.chain) if cell.text else [EMPTY]
                for one in problems:
                    self.refuse(cell, dotted(key.path), one.message)
                if problems:
                    continue
                if len(known) > 10_000:  # columns of fractions hardly ever repeat a text
                    known.clear()
                if not starts_amount(value):
                    self.in_dollars.discard(dotted(key.path))
                known[cell.text] = tidy(key, value)
            column.append(known[cell.text])

    def factors(self) -> list[Factor]:
        columns = zip(self.keys, self.columns, strict=True)
        return [listed_factor(key, tuple(column)) for key, column in columns] if self.sound else []


def _read(key: Key, text: str) -> Any:
    if key.kind == "name":
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return _TRUTHS.get(text.lower(), text) if key.kind == "truth" else text


def _rows(text: str) -> Iterator[list[Cell] | Cell]:
    """Split a text into rows of cells, without empty lines; a lone cell tells of a mistake that ends the reading."""
    row: list[Cell] = []
    offset, line, start = 0, 1, 0
    while offset < len(text):
        found = _CELL.match(text, offset)
        if not found:
            yield Cell(_quote_fault(text, offset), line, offset - start + 1)
            return
        quoted, end, plain, plain_end = found.groups()
        row.append(Cell(plain.strip() if quoted is None else quoted.replace('""', '"'), line, offset - start + 1))
        if breaks := text.count("\n", offset, found.end()):
            line, start = line + breaks, found.end() if (end or plain_end) == "\n" else text.rfind("\n", 0, found.end()) + 1
        offset = found.end()
        if (end if quoted is not None else plain_end) != ",":
            if len(row) > 1 or row[0].text:
                yield row
            row = []
    if row:  # the text ends with a comma
        yield [*row, Cell("", line, offset - start + 1)]


def _quote_fault(text: str, offset: int) -> str:
    closed = re.compile(r'[ \t]*"(?:[^"]|"")*"').match(text, offset)
    return "text after the closing quote of a cell" if closed else "a quote that is not closed"
