"""``cxsim sweep``: run a scenario at many points, so that nothing that is finished is ever lost."""

from dataclasses import replace
from typing import Any

import click

from cxsim import store
from cxsim.cli.options import again
from cxsim.cli.sweeping import carry_out_sweep, load, shard_of, sweep_options, tell_warnings
from cxsim.studies.sweep.check import check
from cxsim.studies.sweep.run import Execution
from cxsim.studies.sweep.study import SweepStudy


@click.command(
    "sweep",
    help="Run a scenario at every point of the sweep file SWEEP, in every arm, on the same seeds.\n\n"
    "Finished runs are on the disk within a second: a sweep that was interrupted, killed or out of room goes on with "
    "'cxsim resume DIR', or with the same command. A run that fails costs no other run.",
    epilog="Example: cxsim sweep scenarios/sweeps/homogeneity.toml --workers 8",
)
@click.argument("sweep")
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change one value at every point, such as months=60."
)
@click.option("--out", metavar="DIR", help="Folder of the results, instead of results/sweep_NAME.")
@click.option("--shard", metavar="I/N", help="Do the I-th of N parts only; 'cxsim merge' puts parts together.")
@click.option("--force", is_flag=True, help="Replace results that are in that folder.")
@sweep_options
def command(sweep: str, shard: str | None, out: str | None, force: bool, quiet: bool, **more: Any) -> None:
    """Parse the options, and begin or go on."""
    design = replace(load(sweep, more.pop("settings")), shard=shard_of(shard), command=again())
    check(design)
    tell_warnings(design)
    folder = store.default_folder(SweepStudy(design).folder) if out is None else store.chosen_folder(out)
    carry_out_sweep(design, Execution(**more), folder, quiet, force)
