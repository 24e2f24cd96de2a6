"""Single files that somebody asks for, such as a page."""

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from cxsim.errors import StoreError
from cxsim.store import disk
from cxsim.store.checkpoint import hold
from cxsim.store.folder import ResultFolder


def hold_file(out: Path | None, shown: str) -> AbstractContextManager[str]:
    """Be the only one that makes a file, if one is asked for. Raises StoreError when another one does."""
    if out is None or not out.name or not out.parent.is_dir():
        return nullcontext("")
    return hold(ResultFolder(Path(os.path.abspath(out)), shown))


def write_file(out: Path, text: str, force: bool, shown: str) -> bool:
    """Let a file appear complete or not at all; false when it was there already, with the same content.

    A link is replaced, never what it points to. Raises StoreError when something else is there and is not to be replaced.
    """
    try:
        if out.is_file() and out.read_bytes() == text.encode():
            return False
        if os.path.lexists(out) and not force:
            raise StoreError(f"{shown} exists and holds something else; --force replaces it")
        disk.replace_file(out, text.encode())
    except OSError as error:
        raise StoreError(f"{shown} cannot be written: {disk.reason(error)}") from None
    return True
