"""What the commands around sweeps share: doing the runs that are left, and telling what came out."""

import time
from collections.abc import Collection
from typing import TYPE_CHECKING

import click

from cxsim.cli.failures import leave_if_failed
from cxsim.cli.options import together, workers_option

if TYPE_CHECKING:
    from cxsim.experiments.sweep.folder import Asked
    from cxsim.experiments.sweep.run import Count, Hands
    from cxsim.store import Place

MOST_LINES = 16

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
hands_options = together(worker_options, click.option("--quiet", is_flag=True, help="Tell only what goes wrong."))


def shard_of(text: str | None) -> tuple[int, int]:
    """Read ``2/8``: the second of eight parts."""
    from cxsim.errors import CxsimError

    if text is None:
        return 1, 1
    number, slash, total = text.partition("/")
    if not (slash and number.isascii() and number.isdigit() and total.isascii() and total.isdigit() and len(text) < 12):
        raise CxsimError(f"--shard: '{text[:60]}' is not a part; give I/N, such as 1/8 for the first of eight parts")
    if not 1 <= int(number) <= int(total):
        raise CxsimError(f"--shard: there is no part {int(number)} of {int(total)}; allowed: 1/{total} to {total}/{total}")
    return int(number), int(total)


def work(place: "Place", asked: "Asked", hands: "Hands", quiet: bool, again: Collection[int] | None = None) -> None:
    """Do the runs that are left, or failed ones again, tell what came out, and leave with 3 when some failed."""
    clock = time.perf_counter()
    do_runs(place, asked, hands, quiet, again)
    tell_results(place, asked, quiet, f"{time.perf_counter() - clock:.1f} s")


def do_runs(place: "Place", asked: "Asked", hands: "Hands", quiet: bool, again: Collection[int] | None = None) -> None:
    """Do the runs that are left, or failed ones again, and tell how far it has come."""
    from cxsim.cli.progress import say_whether_compiling, show_progress
    from cxsim.experiments.sweep.run import Count, work_on

    last = Count(0, 0, len(asked.design.numbers))
    say_whether_compiling(not quiet)

    with show_progress(last.total, quiet) as progress:

        def tell(count: "Count") -> None:
            nonlocal last
            last = count
            progress(count.done + count.failed, count.total)

        try:
            work_on(place, asked, hands, tell, again)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                f"Interrupted. {last.done:,} of {last.total:,} runs are kept; go on with: cxsim resume {place.shown}"
            ) from None


def tell_results(place: "Place", asked: "Asked", quiet: bool, took: str = "") -> None:
    """Tell what came out of a finished sweep, and leave with 3 when some runs failed."""
    from cxsim.experiments.sweep.results import lines_of
    from cxsim.experiments.sweep.summary import table
    from cxsim.experiments.words import plural
    from cxsim.store import read_manifest

    failures = read_manifest(place)["failures"]
    done = len(asked.design.numbers) - len(failures)
    if not quiet:
        click.echo(f"\n{asked.title}: {asked.question}\n")
        lines = lines_of(place, asked.design) if done else []
        for line in table(asked.design, lines, MOST_LINES) if lines else []:
            click.echo(line)
        if len(lines) > MOST_LINES:
            click.echo(f"... and {plural(len(lines) - MOST_LINES, 'more line')} in {place.shown}/summary.csv")
        if asked.look_for:
            click.echo(f"\nLook for: {asked.look_for}")
        ended = f" ({plural(done, 'run')}{f' in {took}' if took else ''})"
        click.echo(f"\nResults: {place.shown}{ended}")
    leave_if_failed([failure_words(failure) for failure in failures])


def failure_words(failure: dict[str, object]) -> str:
    """Say which run failed, why, and how to repeat it."""
    seed = "" if failure["seed"] is None else f", seed {failure['seed']}"
    which = f"run {failure['number']} (point {failure['point']}, arm {failure['arm']}, replicate {failure['replicate']}{seed})"
    return f"{which}: {failure['error']}\n  again: {failure['command']}"
