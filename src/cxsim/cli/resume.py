"""``cxsim resume``: go on with a sweep that was interrupted."""

import click

from cxsim.cli.sweep import WORKERS
from cxsim.cli.sweeping import work


@click.command(
    "resume",
    help="Go on with the sweep in the folder DIR: do the runs that are left, then write its tables. What is finished is not run "
    "again, and the tables are those of a sweep that was never interrupted, byte by byte.",
    epilog="Example: cxsim resume results/sweep_homogeneity",
)
@click.argument("folder", metavar="DIR")
@click.option("--workers", type=WORKERS, metavar="N", help="Processes at a time; as many as there are processors.")
@click.option(
    "--retries",
    type=click.IntRange(0, 100),
    default=2,
    show_default=True,
    help="How often a run that lost its worker is tried again.",
)
@click.option("--cluster", metavar="ADDRESS", help="Let the workers of a Dask scheduler do it, such as tcp://host:8786.")
@click.option("--quiet", is_flag=True, help="Tell only what goes wrong.")
def command(folder: str, workers: int | None, retries: int, cluster: str | None, quiet: bool) -> None:
    """Go on."""
    from cxsim import store
    from cxsim.experiments.sweep.folder import read_asked
    from cxsim.experiments.sweep.run import Hands

    place = store.existing_place(folder)
    work(place, read_asked(place), Hands(workers, retries, cluster), quiet)
