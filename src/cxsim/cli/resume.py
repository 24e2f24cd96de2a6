"""``cxsim resume``: go on with a sweep that was interrupted."""

from typing import Any

import click

from cxsim import store
from cxsim.cli.sweeping import carry_out_sweep, sweep_options
from cxsim.studies.sweep.folder import read_design
from cxsim.studies.sweep.run import Execution


@click.command(
    "resume",
    help="Go on with the sweep in the folder DIR: do the runs that are left, then write its tables. What is finished is not "
    "run again, and the tables are those of a sweep that was never interrupted, byte by byte.",
    epilog="Example: cxsim resume results/sweep_homogeneity",
)
@click.argument("folder", metavar="DIR")
@sweep_options
def command(folder: str, quiet: bool, **execution: Any) -> None:
    """Go on."""
    place = store.existing_folder(folder)
    carry_out_sweep(read_design(place), Execution(**execution), place, quiet)
