"""``cxsim merge``: put the parts of a sweep together that ran apart."""

import click

from cxsim import store
from cxsim.cli.sweeping import carry_out_sweep
from cxsim.studies.sweep.folder import read_design
from cxsim.studies.sweep.merge import merge
from cxsim.studies.sweep.run import Execution


@click.command(
    "merge",
    help="Put the parts of a sweep together that ran apart with --shard 1/N to --shard N/N, in any order. The tables are those "
    "of the sweep in one piece, byte by byte.",
    epilog="Example: cxsim merge results/sweep_best_moment_*_of_8",
)
@click.argument("folders", nargs=-1, required=True, metavar="DIR...")
@click.option("--out", metavar="DIR", help="Folder of the whole, instead of results/sweep_NAME.")
@click.option("--partial", is_flag=True, help="Merge also when some runs failed: their rows are missing.")
@click.option("--force", is_flag=True, help="Replace results that are in that folder.")
@click.option("--quiet", is_flag=True, help="Tell only what goes wrong.")
def command(folders: tuple[str, ...], out: str | None, partial: bool, force: bool, quiet: bool) -> None:
    """Merge."""
    places = [store.existing_folder(folder) for folder in folders]
    target = store.default_folder(f"sweep_{read_design(places[0]).name}") if out is None else store.chosen_folder(out)
    carry_out_sweep(merge(places, target, partial, force), Execution(), target, quiet, found="")
