"""``cxsim parity``: hold the fast engine against the reference engine, bit by bit."""

from typing import Any

import click

from cxsim.cli.options import load, scenario_argument
from cxsim.cli.screen import Screen, show_progress
from cxsim.engine.parity import first_difference
from cxsim.model.chance import replicate_seed
from cxsim.model.schedule import PHASES
from cxsim.scenario import Arm

DEFAULT_MONTHS = 24  # the reference engine takes seconds for a month of a large market
OUR_BUG = 1


@click.command(name="parity")
@scenario_argument
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change one value, such as market.customers=2000.")
@click.option("--arm", metavar="NAME", help="Only this arm; all of them otherwise.")
@click.option("--seed", metavar="N", help="Seed from which those of all replicates follow.")
@click.option("--replicate", type=click.IntRange(0), default=0, show_default=True, metavar="N", help="Which replicate to run.")
@click.option(
    "--months", type=click.IntRange(1), metavar="N", help=f"Months to compare; at most {DEFAULT_MONTHS} unless given."
)
def command(arm: str | None, replicate: int, **given: Any) -> None:
    """Run SCENARIO in both engines side by side and compare every field of every customer and firm after every phase.

    Leaves with 0 when every bit is equal, and with 1 at the first difference, told by month, phase, field and entity.

    Example: cxsim parity scenarios/baseline.toml --set market.customers=2000 --months 36
    """
    asked = load(given)
    span = given["months"] or min(asked.months, DEFAULT_MONTHS)
    arms = asked.arms if arm is None else (asked.arm(arm),)
    luck = replicate_seed(asked.seed, replicate)
    Screen().tell_of_compiling()
    different = [one for one in arms if not _equal(one, luck, span)]
    if different:
        raise click.exceptions.Exit(OUR_BUG)


def _equal(arm: Arm, seed: int, months: int) -> bool:
    """Compare one arm and tell the outcome."""
    click.echo(f"{arm.name}: comparing {months} months; the reference engine takes its time ...", err=True)
    with show_progress(months, False, "months", arm.name) as progress:
        progress(0, months)
        found = first_difference(arm.case, seed, months, lambda done: progress(done, months))
    if found is None:
        customers = arm.case.params.market.customers
        click.echo(f"{arm.name}: equal to the bit after each of {months} x {len(PHASES)} phases ({customers:,} customers)")
        return True
    click.echo(f"{arm.name}: DIFFERENT at {found}", err=True)
    return False
