"""Pieces that sentences are made of: counted nouns, lists of names, folded prose."""

import textwrap
from collections.abc import Sequence

PROSE = 110  # widest line of prose, and of all text that goes to a file


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
