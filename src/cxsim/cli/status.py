"""``cxsim status``: how far a sweep has come, also while it runs."""

import math

import click

from cxsim.cli.options import folder_argument
from cxsim.cli.sweeping import duration
from cxsim.narrative.sentences import plural
from cxsim.store import ResultFolder
from cxsim.studies.sweep.folder import read_design, status_of

MOST_TOLD = 3


@click.command(
    "status",
    help="Tell how far the sweep in the folder DIR has come: done, failed and left, speed and time left. It may be running.",
    epilog="Example: cxsim status results/sweep_homogeneity",
)
@folder_argument
def command(folder: ResultFolder) -> None:
    """Look at the folder."""
    design, now = read_design(folder), status_of(folder)
    state = "running" if now.running else "finished" if now.finished else "not running"
    click.echo(f"{design.title}: {state}")
    click.echo(f"{now.done:,} of {plural(now.total, 'run')} done, {now.failed:,} failed, {now.left:,} left")
    if now.running and not math.isnan(now.speed):
        click.echo(f"{now.speed:.3g} runs a second; {duration(now.left / now.speed)} left")
    if now.left and not now.running:
        click.echo(f"Go on with: cxsim resume {folder.shown}")
    elif now.failed and not now.running:
        click.echo(f"Try the failed runs again with: cxsim retry-failed {folder.shown}")
    for number, error in now.errors[:MOST_TOLD]:
        click.echo(f"Failed: run {number}: {error}")
    if len(now.errors) > MOST_TOLD:
        click.echo(f"... and {len(now.errors) - MOST_TOLD:,} more")
