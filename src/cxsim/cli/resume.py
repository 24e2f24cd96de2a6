"""``cxsim resume``: go on with a sweep that was interrupted."""

from typing import Any

import click

from cxsim.cli.options import folder_argument
from cxsim.cli.sweeping import carry_out_sweep, sweep_options
from cxsim.store import ResultFolder
from cxsim.studies.sweep.folder import read_design
from cxsim.studies.sweep.run import Execution


@click.command(
    "resume",
    help="Go on with the sweep in the folder DIR: do the runs that are left, then write its tables. What is finished is not "
    "run again, and the tables are those of a sweep that was never interrupted, byte by byte.",
    epilog="Example: cxsim resume results/sweep_homogeneity",
)
@folder_argument
@sweep_options
def command(folder: ResultFolder, quiet: bool, **execution: Any) -> None:
    """Go on."""
    carry_out_sweep(read_design(folder), Execution(**execution), folder, quiet)
