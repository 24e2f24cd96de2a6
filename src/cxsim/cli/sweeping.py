"""What the commands around sweeps share: doing the runs that are left, and telling what came out."""

from collections.abc import Sequence

import click

from cxsim.cli.options import together, workers_option
from cxsim.cli.studies import carry_out
from cxsim.errors import CxsimError, ScenarioError
from cxsim.scenario import load_scenario
from cxsim.store import ResultFolder
from cxsim.studies.sweep.check import warnings
from cxsim.studies.sweep.design import Design, load_sweep
from cxsim.studies.sweep.run import Execution
from cxsim.studies.sweep.study import SweepStudy

FOUND = "These results are already in {}: nothing was run. Add --force to 'cxsim sweep' to run again."
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


def load(file: str, settings: Sequence[str]) -> Design:
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


def tell_warnings(design: Design) -> None:
    """Tell of levers that do nothing and of doubtful amounts, which is no error."""
    for warning in warnings(design):
        click.echo(warning, err=True)


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


def carry_out_sweep(
    design: Design, execution: Execution, folder: ResultFolder, quiet: bool, force: bool = False, found: str = FOUND
) -> None:
    """Do the runs that are left, tell what came out, and leave with 3 when some failed."""
    given = {"force": force, "quiet": quiet, "no_plots": True, "no_report": True}
    carry_out(SweepStudy(design, execution), given, found, folder)


def duration(seconds: float) -> str:
    """Write a time as people say it.

    >>> duration(3.2), duration(200), duration(7300), duration(400_000)
    ('3 s', '3.3 min', '2.0 h', '4.6 days')
    """
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size or (unit != "min" and seconds >= size * 1.5):
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
