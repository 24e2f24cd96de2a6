"""What the commands around sweeps share: doing the runs that are left, and telling what came out."""

import time
from collections.abc import Collection, Sequence
from contextlib import ExitStack

import click

from cxsim.cli.failures import leave_if_failed
from cxsim.cli.options import together, workers_option
from cxsim.cli.progress import Progress, say_whether_compiling, show_progress
from cxsim.cli.studies import say_where
from cxsim.cli.terminal import width
from cxsim.errors import CxsimError, ScenarioError
from cxsim.narrative.sentences import plural
from cxsim.scenario import load_scenario
from cxsim.scenario.sweep import Sweep, load_sweep
from cxsim.store import ResultFolder, read_manifest
from cxsim.studies.sweep.folder import SweepQuery, is_complete
from cxsim.studies.sweep.run import Count, Execution, work_on
from cxsim.studies.sweep.study import SweepStudy

worker_options = together(
    workers_option,
    click.option(
        "--retries",
        type=click.IntRange(0, 100),
        default=2,
        show_default=True,
        help="How often a run that lost its worker is tried again.",
    ),
    click.option("--cluster", metavar="ADDRESS", help="Let the workers of a Dask scheduler do it, such as tcp://host:8786."),
)
sweep_options = together(worker_options, click.option("--quiet", is_flag=True, help="Tell only what goes wrong."))


def load(file: str, settings: Sequence[str]) -> Sweep:
    """Read a sweep file; a scenario in its place is told to be one."""
    try:
        return load_sweep(file, settings)
    except ScenarioError:
        try:
            load_scenario(file)
        except ScenarioError:
            pass
        else:
            message = "is a scenario, not a sweep: it has no [factors]; run it with: cxsim run"
            raise CxsimError(f"{click.format_filename(file)} {message} {click.format_filename(file)}") from None
        raise


def shard_of(text: str | None) -> tuple[int, int]:
    """Read ``2/8``: the second of eight parts."""
    if text is None:
        return 1, 1
    number, slash, total = text.partition("/")
    if not (slash and number.isascii() and number.isdigit() and total.isascii() and total.isdigit() and len(text) < 12):
        raise CxsimError(f"--shard: '{text[:60]}' is not a part; give I/N, such as 1/8 for the first of eight parts")
    if int(total) < 1:
        raise CxsimError(f"--shard: there is no part {int(number)} of {int(total)}; N is at least 1")
    if not 1 <= int(number) <= int(total):
        raise CxsimError(f"--shard: there is no part {int(number)} of {int(total)}; allowed: 1/{total} to {total}/{total}")
    return int(number), int(total)


def work(
    place: ResultFolder, asked: SweepQuery, execution: Execution, quiet: bool, again: Collection[int] | None = None
) -> None:
    """Do the runs that are left, or failed ones again, tell what came out, and leave with 3 when some failed."""
    clock = time.perf_counter()
    if is_complete(place):
        read_manifest(place)  # which tells when it is damaged
        say_complete(place, quiet)
        tell_results(place, asked, quiet)
        return
    do_runs(place, asked, execution, quiet, again)
    tell_results(place, asked, quiet, f"{time.perf_counter() - clock:.1f} s")


def do_runs(
    place: ResultFolder, asked: SweepQuery, execution: Execution, quiet: bool, again: Collection[int] | None = None
) -> None:
    """Do the runs that are left, or failed ones again, and tell how far it has come."""
    last = Count(0, 0, len(asked.design.numbers))
    progress: Progress | None = None
    with ExitStack() as shown:

        def tell(count: Count) -> None:
            nonlocal last, progress
            if progress is None and not quiet:
                _say_how(count)
            if progress is None and count.workers:  # what is said comes before a bar
                progress = shown.enter_context(show_progress(count.total, quiet))
            last = count
            if progress is not None:
                progress(count.done + count.failed, count.total, count.failed)

        try:
            work_on(place, asked, execution, tell, again)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                f"Interrupted. {last.done:,} of {last.total:,} runs are kept; go on with: cxsim resume {place.shown}"
            ) from None


def _say_how(count: Count) -> None:
    """Tell what is there already, once the journal is read, and who does the rest, once the workers are there."""
    if count.workers:
        click.echo(f"{plural(count.left, 'run')} left for {plural(count.workers, 'worker')}", err=True)
        return
    if count.damaged:
        damaged = plural(count.damaged, "line")
        click.echo(f"{damaged} of the journal cannot be read; what stood there is done again", err=True)
    if count.done or count.failed:
        failed = f", and {count.failed:,} failed" if count.failed else ""
        click.echo(f"Going on: {count.done:,} of {count.total:,} runs were finished before{failed}", err=True)
    say_whether_compiling(bool(count.left))


def say_complete(place: ResultFolder, quiet: bool) -> None:
    """Tell that nothing is left to do."""
    if not quiet:
        click.echo(f"These results are already in {place.shown}: nothing was run. Add --force to 'cxsim sweep' to run again.")


def tell_results(place: ResultFolder, query: SweepQuery, quiet: bool, took: str = "") -> None:
    """Tell what came out of a finished sweep, and leave with 3 when some runs failed."""
    failures, study = read_manifest(place)["failures"], SweepStudy(query)
    if not quiet:
        with say_where(place):
            for line in study.told(place, width()):
                click.echo(line)
            done = plural(study.total - len(failures), "run")
            click.echo(f"\nResults: {place.shown} ({done}{f' in {took}' if took else ''})")
    leave_if_failed([study.failed(failure) for failure in failures])


def duration(seconds: float) -> str:
    """Write a time as people say it.

    >>> duration(3.2), duration(200), duration(7300), duration(400_000)
    ('3 s', '3.3 min', '2.0 h', '4.6 days')
    """
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size or (unit != "min" and seconds >= size * 1.5):
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
