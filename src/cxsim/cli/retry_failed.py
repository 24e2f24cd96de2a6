"""``cxsim retry-failed``: try the failed runs of a sweep once more."""

from typing import Any

import click

from cxsim.cli.options import folder_argument
from cxsim.cli.sweeping import carry_out_sweep, sweep_options
from cxsim.errors import CxsimError
from cxsim.store import ResultFolder
from cxsim.studies.sweep.folder import failed_numbers, listed_failures, read_design
from cxsim.studies.sweep.run import Execution


@click.command(
    "retry-failed",
    help="Try the failed runs of the sweep in the folder DIR once more, and those that are left; then write its tables anew.",
    epilog="Example: cxsim retry-failed results/sweep_homogeneity --only 17",
)
@folder_argument
@click.option(
    "--only", "numbers", type=int, multiple=True, metavar="NUMBER", help="Try this failed run only; may be given often."
)
@sweep_options
def command(folder: ResultFolder, numbers: tuple[int, ...], quiet: bool, **execution: Any) -> None:
    """Try again."""
    design = read_design(folder)
    failed = failed_numbers(folder) | listed_failures(folder)
    if strange := sorted(set(numbers) - failed):
        raise CxsimError(
            f"--only: run {strange[0]} has not failed; failed: {', '.join(map(str, sorted(failed)[:20])) or 'none'}"
        )
    if not failed:
        if not quiet:
            click.echo(f"No run of {folder.shown} has failed: nothing was run.")
        return
    carry_out_sweep(design, Execution(**execution, again=set(numbers) or failed), folder, quiet)
