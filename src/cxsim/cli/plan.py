"""``cxsim plan``: what a sweep would take, before anything starts."""

import math
import time

import click

from cxsim.cli.options import workers_option
from cxsim.cli.screen import Screen, leave_if_failed, width
from cxsim.cli.sweeping import duration, load, shard_of, tell_warnings
from cxsim.narrative.sentences import folded, plural
from cxsim.processors import cores
from cxsim.studies.sweep.alike import words
from cxsim.studies.sweep.check import Checked, check
from cxsim.studies.sweep.design import Design
from cxsim.studies.sweep.plan import Forecast, Pilot, forecast, pilot

INDENT = 9
STEPS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


@click.command(
    "plan",
    help="Tell what the sweep file SWEEP would take: runs, time, disk and memory. A pilot of two seconds does some of its "
    "runs, spread over all points. Nothing is written.\n\n"
    "Figures are those of this machine, as busy as it is now; compiling on the first run is left out.",
    epilog="Example: cxsim plan scenarios/sweeps/best_moment.toml --workers 8",
)
@click.argument("sweep")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change one value at every point, as in 'sweep'.")
@click.option("--shard", metavar="I/N", help="Plan the I-th of N parts only.")
@workers_option
def command(sweep: str, settings: tuple[str, ...], shard: str | None, workers: int | None) -> None:
    """Check the points, do a pilot, and scale it up."""
    design = load(sweep, settings).part(shard_of(shard))
    clock = time.perf_counter()
    checked = check(design)
    checking = time.perf_counter() - clock
    tell_warnings(design)
    Screen().tell_of_compiling()
    seen = pilot(design)
    processes = min(workers or cores(), max(len(design.numbers), 1))
    told = {
        "runs": _runs(design),
        **_figures(seen, forecast(design, seen, processes, checking), processes),
        "checked": _checked(checked),
    }
    if alike := words(design):
        told["alike"] = "; ".join(alike)
    click.echo(f"{folded(f'{design.title}: {design.question}', width())}\n")
    for name, text in told.items():
        click.echo(folded(f"{name.ljust(INDENT)}{text}", width(), " " * INDENT))
    leave_if_failed([f"run {number} of the pilot: {error}" for number, error in seen.errors.items()], kept=False)


def _runs(design: Design) -> str:
    part = "" if design.shard[1] == 1 else f"; {len(design.numbers):,} of them in part {design.shard[0]}/{design.shard[1]}"
    months = plural(design.variants.run.months, "month") if "months" not in design.points.keys else "differing length"
    return f"{design.counts} = {plural(design.total, 'run')} of {months}{part}"


def _figures(seen: Pilot, cast: Forecast | None, workers: int) -> dict[str, str]:
    if cast is None:
        return {"time": f"cannot be told: all {plural(len(seen.errors), 'run')} of the pilot failed"}
    runs = f"{plural(len(seen.seconds), 'run')} of the pilot took {short(seen.mean)} each"
    slowest = f", the slowest {short(max(seen.seconds))}" if len(seen.seconds) > 1 else ""
    few = f"; this machine has only {plural(cores(), 'processor')}" if workers > cores() else ""
    return {
        "time": f"about {duration(cast.seconds)} with {plural(workers, 'worker')}, start-up included ({runs}{slowest}){few}",
        "disk": f"about {size(cast.journal + cast.results)} while it runs, of which the journal is {size(cast.journal)}; "
        f"{size(cast.results)} of results at the end",
        "memory": f"about {size(cast.worker)} for each worker and {size(cast.parent)} for the process that leads them",
    }


def _checked(checked: Checked) -> str:
    if checked.all_checked:
        return f"all {plural(checked.points, 'point')} can be run" if checked.points > 1 else "the point can be run"
    rest = "a bad one among the others fails when it is run, and costs no other"
    return f"{checked.checked:,} of {plural(checked.points, 'point')} can be run; {rest}"


def size(number: float) -> str:
    """Write bytes as people say them.

    >>> size(999), size(2_340_000), size(float("nan"))
    ('999 bytes', '2.3 MB', 'an unknown amount')
    """
    if math.isnan(number):
        return "an unknown amount"
    for step, unit in STEPS:
        if number >= step:
            return f"{number / step:.1f} {unit}" if number < 10 * step else f"{number / step:.0f} {unit}"
    return f"{number:.0f} bytes"


def short(seconds: float) -> str:
    """Write a time that may be very short.

    >>> short(0.0023), short(0.25), short(12.3)
    ('2.3 ms', '250 ms', '12 s')
    """
    if seconds >= 1:
        return duration(seconds)
    return f"{1000 * seconds:.1f} ms" if seconds < 0.0995 else f"{1000 * seconds:.0f} ms"
