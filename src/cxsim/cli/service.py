"""``cxsim service``: how much one firm of a scenario should spend on service, what it spends, and why the two differ."""

from typing import Any

import click

from cxsim.cli.options import again, load, result_options, scenario_argument, setting_options, workers_option
from cxsim.cli.studies import carry_out
from cxsim.studies.service.study import ServiceStudy


@click.command(
    "service",
    help="Audit the service of one firm of SCENARIO: what it spends, what would be best at each horizon, and why the two "
    "differ.\n\nThe best spend is searched for among fixed shares of the firm's budget, all on the same seeds. docs/service.md "
    "says how each figure is made.",
    epilog="Example: cxsim service scenarios/largeco_service.toml --arm high --horizons 3,12,36",
)
@scenario_argument
@click.option("--firm", metavar="NAME", help="Firm to audit, instead of the one that the scenario is about.")
@click.option("--arm", metavar="NAME", help="Arm in which the firm follows its own rule, instead of the first.")
@click.option(
    "--horizons", metavar="H,H,...", help="Months that a manager may count, instead of those of 3,12,36,120 that fit."
)
@click.option("--brief", is_flag=True, help="Only the best spend and the gap: no cut, no split, no sizes.")
@setting_options(
    settings="Change one value, such as mechanisms.queue=false.",
    replicates="Seeds for each share; the split and the sizes take two fifths of them.",
)
@workers_option
@result_options(out="Folder of the results, instead of results/service_SCENARIO.")
def command(firm: str | None, arm: str | None, horizons: str | None, brief: bool, **given: Any) -> None:
    """Parse the options, and do the whole job."""
    carry_out(ServiceStudy(load(given), firm, arm, horizons, brief, again()), given)
