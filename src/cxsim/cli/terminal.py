"""How wide text may be."""

import shutil

from cxsim.narrative import sentences


def width() -> int:
    """Columns of the terminal; those of a page where there is none."""
    return shutil.get_terminal_size((sentences.PROSE, 24)).columns


def folded(text: str, indent: str = "") -> str:
    """Fold prose to the terminal, with an indent from its second line on."""
    return sentences.folded(text, width(), indent)
