"""``cxsim init``: the example scenarios, to start from."""

from pathlib import Path

import click

from cxsim.scenario.examples import ConflictError, copy_examples


@click.command(name="init")
@click.argument("folder", type=click.Path(file_okay=False), metavar="DIR")
def command(folder: str) -> None:
    """Copy the example scenarios to DIR. Files that are there already are never overwritten.

    Example: cxsim init my_study
    """
    if not folder:
        raise click.ClickException("the path is empty; name a folder, or . for this one")
    try:
        written, there = copy_examples(Path(folder))
    except ConflictError as conflict:
        names = "\n".join(f"  {click.format_filename(file)}" for file in conflict.files)
        raise click.ClickException(f"these files exist and are not the examples; nothing was written:\n{names}") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.ClickException(f"{click.format_filename(folder)} cannot be written: {reason}") from None
    name = click.format_filename(folder)
    if written:
        click.echo(f"{name}: {len(written)} files written")
    if there:
        click.echo(f"{name}: {len(there)} files already there, unchanged")
    click.echo(f"Next: cxsim scenarios {name}")
