"""``cxsim schedule``: the phases of a month."""

import textwrap

import click

from cxsim.model.schedule import SCHEDULE
from cxsim.narrative.sentences import PROSE


@click.command(name="schedule")
def command() -> None:
    """Print the phases of a month in order, with what each reads and writes: the table that both engines follow.

    Example: cxsim schedule
    """
    for number, phase in enumerate(SCHEDULE, 1):
        click.echo(f"{number}. {phase.name}: {phase.meaning}")
        for verb, fields in (("reads", phase.reads), ("writes", phase.writes)):
            text = ", ".join(sorted(set(fields)))
            click.echo(textwrap.fill(f"{verb:<6} {text}", PROSE, initial_indent="   ", subsequent_indent="          "))
