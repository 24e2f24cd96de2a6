"""From the text of a TOML file to plain data in which every key and value knows its line and column.

``tomllib`` decides what the text means; a syntax tree only says where things stand. The text is scanned for absurd nesting
first, because ``tomllib`` would answer that with a ``RecursionError`` or with minutes of work.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Any, NamedTuple

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from cxsim.errors import Problem
from cxsim.scenario.messages import Path, dotted, short

MAX_DEPTH = 12
MAX_KEYS = 10_000
MOST_ENTRIES = 1_000  # of one list; what is further on has the place of the list
_MOST_REPAIRS = 20
_LONG_TEXT = 100_000

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\\?\Z)|'
    + r"'''.*?(?:'''|\Z)|"
    + r'"(?:\\[^\n]|[^"\\\n])*+"?|'
    + r"'[^'\n]*+'?|#[^\n]*+|[\[\]{}.=,\n]",
    re.DOTALL,
)
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_BARE_WORD = re.compile(r"\s*([A-Za-z_][\w-]*)\s*(?:#.*)?$")
_DOLLARS = re.compile(r"-?\$[\d.,]+[A-Za-z]?")
_TABLES = ("table", "table_array_element")


class Position(NamedTuple):
    """Line and column, from 1, of a key and of its value."""

    key: tuple[int, int]
    value: tuple[int, int]


class Parsed(NamedTuple):
    """What a text says. ``problems`` are errors of syntax; when ``sound`` is false the rest is not worth reading."""

    data: dict[str, Any]
    places: dict[Path, Position]
    problems: list[Problem]
    sound: bool


def parse(text: str, label: str, lists: bool = False, placed: bool = True) -> Parsed:
    """Read a TOML text; a line that is not TOML is reported and left out, so that the other lines are still checked.

    With ``lists`` the entries of lists have places too, under their number: ``("values", "0")``.
    Unless ``placed``, nothing has a place, which is quicker.
    """
    text = text.replace("\r\n", "\n")
    absurd = absurdity(text)
    if absurd:
        offset, message = absurd
        return Parsed({}, {}, [Problem(_where(label, text, offset), "", message)], False)
    lines = text.split("\n")
    problems: list[Problem] = []
    for _ in range(_MOST_REPAIRS if len(text) <= _LONG_TEXT else 1):
        data, error = _load("\n".join(lines))
        if data is not None:
            return Parsed(data, locate("\n".join(lines), lists) if placed else {}, problems, True)
        line, column, message = _position(error, lines)
        problem, repairable = _explain(lines[line - 1], line, column, message, label)
        problems.append(problem)
        if not repairable:
            break
        lines[line - 1] = ""
    return Parsed({}, {}, problems, False)


def absurdity(text: str) -> tuple[int, str] | None:
    """Offset and reason when a text is nested too deep or holds too many keys."""
    depth = dots = keys = 0
    for token in _TOKEN.finditer(text):
        char = token.group()
        dots = dots + 1 if char == "." else dots if char[0] in "\"'" else 0
        keys += char == "=" or (char == "[" and depth == 0)  # a header costs as much as a key
        depth += (char in ("[", "{")) - (char in ("]", "}"))
        depth = max(depth, 0)
        if max(depth, dots + 1) > MAX_DEPTH:
            return token.start(), f"nested too deep; allowed: {MAX_DEPTH} levels"
        if keys > MAX_KEYS:
            return token.start(), f"too many keys; allowed: {MAX_KEYS:,}"
    return None


def _load(text: str) -> tuple[dict[str, Any] | None, str]:
    try:
        return tomllib.loads(text), ""
    except RecursionError:
        return None, "nested too deep"
    except ValueError as error:  # also what int() says of a number with thousands of digits
        return None, str(error)


def _position(error: str, lines: list[str]) -> tuple[int, int, str]:
    found = _AT.search(error)
    message = _AT.sub("", error)
    if found and found.group(1):
        line, column = int(found.group(1)), int(found.group(2))
        return (line, column, message) if line <= len(lines) else (len(lines), 1, message)
    if found or not (long := _long_number(lines)):
        return len(lines), len(lines[-1]) + 1, message
    return (*long, "the number is too long")


def _long_number(lines: list[str]) -> tuple[int, int] | None:
    for line, text in enumerate(lines, 1):
        if found := re.search(r"[0-9_]{1000,}", text):
            return line, found.start() + 1
    return None


def _explain(text: str, line: int, column: int, message: str, label: str) -> tuple[Problem, bool]:
    """Problem for one line, and whether the file makes sense without that line."""
    key, equals, value = text.partition("=")
    twice = message.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate", "Cannot redefine"))
    bare = _BARE_WORD.match(value)
    if twice:
        column = len(text) - len(text.lstrip()) + 1
        message = _said_twice(message, short(text.partition("#")[0].strip()))
    elif message == "Invalid value" and bare:
        message = f'text must stand in quotes: "{short(bare.group(1))}"'
    else:
        message = f"not valid TOML: {short(message)}"
    statement = bool(equals) and not text.lstrip().startswith("[")
    broken_alone = _load(text)[0] is None and '"""' not in text and "'''" not in text
    closed = text.count("[") <= text.count("]") and text.count("{") <= text.count("}")
    problem = Problem(f"{label}:{line}:{column}", short(key.strip()) if statement else "", message)
    return problem, statement and closed and (twice or broken_alone)


def _said_twice(message: str, line: str) -> str:
    """Say what ``tomllib`` says of a name for the second time, without its words for tables."""
    if message.startswith("Cannot overwrite"):
        return "given twice"
    if message.startswith("Cannot declare"):
        return f"cannot declare {line}: it is there already, or the table around it is complete"
    return "cannot add to a table that is complete where it was written first"


def _where(label: str, text: str, offset: int) -> str:
    return f"{label}:{text.count(chr(10), 0, offset) + 1}:{offset - text.rfind(chr(10), 0, offset)}"


def locate(text: str, lists: bool = False) -> dict[Path, Position]:
    """Place of every key of a valid TOML text, found in its syntax tree; with ``lists`` also of entries of lists."""
    source, places = text.encode(), dict[Path, Position]()
    root = Parser(Language(tree_sitter_toml.language())).parse(source).root_node
    _locate(root, (), source.split(b"\n"), places, lists)
    return places


def _locate(table: Node, above: Path, lines: list[bytes], places: dict[Path, Position], lists: bool) -> None:
    """Add the places of all keys in a table, which stand below the path ``above``."""
    for node in table.children:
        if node.type not in ("pair", *_TABLES) or not node.named_children:
            continue
        name, *values = node.named_children  # a comment at the end of a line comes after its value
        value = values[0] if node.type == "pair" and values else None
        path = above if node.type == "pair" else ()
        for part in _key_parts(name) if value or node.type in _TABLES else ():
            path = (*path, _key_text(part))
            places.setdefault(path, Position(_point(part, lines), _point(value or part, lines)))
        if node.type in _TABLES:
            _locate(node, path, lines, places, lists)
        elif value and value.type == "inline_table":
            _locate(value, path, lines, places, lists)
        elif value and lists and value.type == "array":
            entries = [child for child in value.named_children if child.type != "comment"]
            for number, entry in enumerate(entries[:MOST_ENTRIES]):
                places[*path, str(number)] = Position(_point(entry, lines), _point(entry, lines))


def _key_parts(node: Node) -> Iterator[Node]:
    if node.type == "dotted_key":
        for child in node.named_children:
            yield from _key_parts(child)
    elif node.type in ("bare_key", "quoted_key"):
        yield node


def _key_text(node: Node) -> str:
    text = (node.text or b"").decode()
    return next(iter(tomllib.loads(f"{text} = 0"))) if node.type == "quoted_key" else text


def _point(node: Node, lines: list[bytes]) -> tuple[int, int]:
    row, column = node.start_point
    return row + 1, len(lines[row][:column].decode()) + 1


def key_path(key: str) -> Path:
    """Split a dotted key such as ``market.customers``; empty when it is none."""
    path = tuple(part.strip() for part in key.split("."))
    return path if all(re.fullmatch(r"[A-Za-z0-9_-]+", part) for part in path) else ()


def setting(text: str) -> tuple[Path, Any] | Problem:
    """Read ``a.b=1`` from the command line: a dotted key and a TOML value; a bare word counts as text."""
    where = f"--set {short(text)}"
    key, equals, value = text.partition("=")
    path = key_path(key)
    if not equals or not path:
        return Problem(where, "", "not a setting; allowed: key=value, such as market.customers=5000")
    if path == ("extends",):
        return Problem(where, "extends", "can only stand in a file")
    if not value.strip():
        return Problem(where, dotted(path), "no value; allowed: key=value, such as market.customers=5000")
    if absurd := absurdity(value) or absurdity(key):
        return Problem(where, dotted(path), absurd[1])
    data, error = _load(f"value = {value}")
    if data is not None and list(data) == ["value"]:
        return path, data["value"]
    if (_BARE_WORD.fullmatch(value) and "#" not in value) or _DOLLARS.fullmatch(value.strip()):
        return path, value.strip()
    reason = _AT.sub("", error) if data is None else "more than one value"
    return Problem(where, dotted(path), f"not a TOML value: {short(reason)}; text of several words must stand in quotes")
