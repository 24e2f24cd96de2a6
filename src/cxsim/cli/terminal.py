"""How wide text may be."""

import shutil
import textwrap

TEXT = 110  # widest line of prose, and of all text that goes to a file


def width() -> int:
    """Columns of the terminal; those of a page where there is none."""
    return shutil.get_terminal_size((TEXT, 24)).columns


def folded(text: str, indent: str = "") -> str:
    """Fold prose, with an indent from its second line on."""
    return textwrap.fill(text, min(width(), TEXT), subsequent_indent=indent)
