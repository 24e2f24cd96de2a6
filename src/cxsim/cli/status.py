"""``cxsim status``: how far a sweep has come, also while it runs."""

import math

import click


@click.command(
    "status",
    help="Tell how far the sweep in the folder DIR has come: done, failed and left, speed and time left. It may be running.",
    epilog="Example: cxsim status results/sweep_homogeneity",
)
@click.argument("folder", metavar="DIR")
def command(folder: str) -> None:
    """Look at the folder."""
    from cxsim import store
    from cxsim.experiments.sweep.folder import read_asked, status_of
    from cxsim.experiments.words import plural

    place = store.existing_place(folder)
    asked, now = read_asked(place), status_of(place)
    state = "running" if now.running else "finished" if now.finished else "not running"
    click.echo(f"{asked.title}: {state}")
    click.echo(f"{now.done:,} of {plural(now.total, 'run')} done, {now.failed:,} failed, {now.left:,} left")
    if now.running and not math.isnan(now.speed):
        click.echo(f"{now.speed:.3g} runs a second; {duration(now.left / now.speed)} left")
    if now.left and not now.running:
        click.echo(f"Go on with: cxsim resume {place.shown}")
    elif now.failed and not now.running:
        click.echo(f"Try the failed runs again with: cxsim retry-failed {place.shown}")
    for error, number in now.errors[:3]:
        click.echo(f"Failed: run {number}: {error}")


def duration(seconds: float) -> str:
    """Write a time as people say it.

    >>> duration(3.2), duration(200), duration(7300), duration(400_000)
    ('3 s', '3.3 min', '2.0 h', '4.6 days')
    """
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size or (unit != "min" and seconds >= size * 1.5):
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
