"""``cxsim compare``: hold results against each other, seed by seed where seeds match."""

from typing import Any

import click

from cxsim.cli.options import again, result_options
from cxsim.cli.studies import carry_out
from cxsim.store import existing_folder
from cxsim.studies.compare.study import CompareStudy

FOUND = "This comparison is already in {}: nothing was done. Add --force to make it again."


@click.command(
    "compare",
    help="Compare the results of cxsim run in each DIR with those in the first.\n\n"
    "Arms are held against those of the same name. Where the replicate seeds are the same, differences are taken seed by seed; "
    "where they are not, the samples are independent, which is told. Runs must be of the same length.",
    epilog="Example: cxsim compare results/survive_to_thrive results/cheaper_variety",
)
@click.argument("dirs", nargs=-1, required=True, metavar="DIR DIR...")
@click.option("--firm", metavar="NAME", help="The firm to answer about, instead of the focal firm of the first DIR.")
@result_options(out="Folder of the comparison, instead of results/compare_A_B.")
def command(dirs: tuple[str, ...], firm: str | None, **given: Any) -> None:
    """Read the results, compare them, keep that, and tell it."""
    if len(dirs) < 2:
        raise click.UsageError("a comparison needs at least two folders of results")
    carry_out(CompareStudy([existing_folder(one) for one in dirs], firm, again()), given, FOUND)
