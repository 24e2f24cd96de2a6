"""How keys, values and suggestions are written in messages. Nothing from a file reaches a terminal unescaped."""

import json
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

Path = tuple[str, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST = 60
MOST_TOLD = 200  # problems of one kind and place; of more, only how many there are: nobody reads them


def plain(text: str) -> str:
    """Escape what is not printable, so that a file cannot move the cursor of a terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode() for char in text)


def short(text: str) -> str:
    """Cut a long text and make it printable."""
    return plain(text if len(text) <= _LONGEST else text[:_LONGEST] + "...")


def dotted(path: Iterable[str]) -> str:
    """Write a key as TOML would."""
    return ".".join(short(part if _BARE.fullmatch(part) else json.dumps(part, ensure_ascii=False)) for part in path)


def shown(value: object) -> str:
    """Write a value as TOML would, as far as a reader needs it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 64:
        return "a number of more than 64 bits"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return short(f"'{value}'")
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else f"the date or time {value}"


def kind(value: object) -> str:
    """Name the TOML type of a value."""
    names = {
        bool: "a truth value",
        int: "a whole number",
        float: "a number with a fraction",
        str: "text",
        dict: "a table",
        list: "a list",
    }
    return names.get(type(value), "a date or time")


def number(value: float) -> str:
    """Write a bound with separators between thousands."""
    return f"{int(value):,}" if value == int(value) else f"{value:,}"


def one_of(words: Iterable[str]) -> str:
    """Join words the way a sentence does."""
    quoted = [f"'{word}'" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def nearest(word: str, words: Iterable[str]) -> str:
    """Suggest the nearest of the words, as the tail of a message; nothing when none is near."""
    near = get_close_matches(word[:200], list(words), 1, 0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def no_such(noun: str, name: str, known: Sequence[str]) -> str:
    """Say that a name is none of those that there are, and suggest the nearest.

    >>> no_such("firm", "foundrs", ["founders", "rivals"])
    "no firm 'foundrs'; allowed: founders, rivals; did you mean 'founders'?"
    """
    return f"no {noun} '{short(name)}'; allowed: {', '.join(known)}{nearest(name, known)}"
