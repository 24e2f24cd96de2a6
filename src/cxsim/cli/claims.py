"""``cxsim claims``: test what the source texts claim, each on scenarios of its own, with its mechanism on and off."""

from typing import Any

import click

from cxsim.cli.options import again, result_options, workers_option
from cxsim.cli.studies import carry_out
from cxsim.studies.claims.study import POINTS, ClaimsStudy


@click.command(
    "claims",
    help="Test the claims named by ID (C01 to C21), or all of them.\n\n"
    "Each claim is an experiment on scenarios of its own, below scenarios/claims: an effect with a 95 % interval over seeds, "
    "the same effect with its mechanism off, and a verdict by a rule that was fixed beforehand (docs/claims.md). A claim that "
    "fails is a result, not an error.",
    epilog="Example: cxsim claims C03 C12 --robustness 32",
)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--replicates", type=click.IntRange(2, 100_000), metavar="N", help="Runs of each arm, instead of the scenario's.")
@click.option(
    "--robustness",
    type=click.IntRange(0, 10_000),
    metavar="N",
    help=f"Measure each effect at N points of a space-filling sample of all uncertain parameters, instead of {POINTS}; "
    "0: at none.",
)
@click.option(
    "--knockouts", is_flag=True, help="Fill the matrix of claims and mechanisms instead, with each mechanism off in turn."
)
@workers_option
@result_options(out="Folder of the results, instead of results/claims, results/claims-C03-C12 or results/knockouts.")
def command(ids: tuple[str, ...], replicates: int | None, robustness: int | None, knockouts: bool, **given: Any) -> None:
    """Parse the options, and do the whole job."""
    if knockouts and robustness:
        raise click.UsageError("--knockouts and --robustness ask for different tables; give one of them")
    points = robustness if robustness is not None else 0 if knockouts else POINTS
    told = again(robustness=None if knockouts else points)
    carry_out(ClaimsStudy(ids, replicates, points, knockouts, told), given)
