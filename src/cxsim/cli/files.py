"""Files that commands write on request."""

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from cxsim.store import ResultFolder, disk
from cxsim.store.checkpoint import hold


def hold_file(out: Path | None) -> AbstractContextManager[str]:
    """Be the only one that makes a file, if one is asked for. Raises StoreError when another command does."""
    if out is None or not out.name or not out.parent.is_dir():
        return nullcontext("")
    return hold(ResultFolder(Path(os.path.abspath(out)), click.format_filename(out)))


def write_whole(out: Path, text: str, force: bool) -> None:
    """Write a file and tell so. It appears complete or not at all, and replaces something else only when forced."""
    if not out.name:
        raise click.ClickException("--out needs the name of a file")
    try:
        written = _write(out, text, force)
    except OSError as error:
        raise click.ClickException(f"{click.format_filename(out)} cannot be written: {disk.reason(error)}") from None
    click.echo(f"{click.format_filename(out)}: {'written' if written else 'already there, with the same content'}")


def _write(out: Path, text: str, force: bool) -> bool:
    """Let the file appear complete or not at all; false when it was there already."""
    if out.is_file() and out.read_bytes() == text.encode():
        return False
    if out.exists() and not force:
        raise click.ClickException(f"{click.format_filename(out)} exists and holds something else; --force replaces it")
    disk.replace_file(out, text.encode())
    return True
