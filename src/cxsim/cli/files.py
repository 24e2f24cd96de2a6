"""Files that commands write on request."""

from contextlib import AbstractContextManager
from pathlib import Path

import click

from cxsim.errors import StoreError
from cxsim.store import files


def hold_file(out: Path | None) -> AbstractContextManager[str]:
    """Be the only one that makes a file, if one is asked for. Raises StoreError when another command does."""
    return files.hold_file(out, click.format_filename(out or ""))


def write_whole(out: Path, text: str, force: bool) -> None:
    """Write a file and tell so. It appears complete or not at all, and replaces something else only when forced."""
    if not out.name:
        raise click.ClickException("--out needs the name of a file")
    shown = click.format_filename(out)
    try:
        written = files.write_file(out, text, force, shown)
    except StoreError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{shown}: {'written' if written else 'already there, with the same content'}")
