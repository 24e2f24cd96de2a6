"""What every command does when some of its runs, or targets, failed."""

from collections.abc import Sequence

import click

SOME_FAILED = 3  # exit code
SHOWN = 5


def leave_if_failed(failures: Sequence[str], kept: bool = True) -> None:
    """List what failed on the error stream, and leave with 3; do nothing when nothing did.

    ``kept``: whether a manifest lists them all.
    """
    for text in failures[:SHOWN]:
        click.echo(f"Failed: {text}", err=True)
    if len(failures) > SHOWN:
        where = "; manifest.json lists all" if kept else ""
        click.echo(f"... and {len(failures) - SHOWN} more{where}", err=True)
    if failures:
        raise click.exceptions.Exit(SOME_FAILED)
