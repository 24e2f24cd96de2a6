"""``cxsim run``: run every arm of a scenario on the same seeds, keep the results, and answer the scenario's question."""

from typing import Any

import click

from cxsim.cli.options import again, load, result_options, scenario_argument, setting_options, workers_option
from cxsim.cli.studies import carry_out
from cxsim.studies.run.execute import Failure
from cxsim.studies.run.study import RunStudy


@click.command(
    "run",
    help="Run every arm of SCENARIO on the same seeds, keep the results, and answer its question.\n\n"
    "The first run compiles the fast engine, for about a minute. Compiled code is kept in the folder CXSIM_CACHE_DIR, or "
    "else in your cache folder (~/.cache/cxsim).",
    epilog="Example: cxsim run scenarios/survive_to_thrive.toml --set market.customers=50000 --replicates 40",
)
@scenario_argument
@setting_options(
    settings="Change one value, such as market.customers=5000, in every arm, also where an arm says otherwise; "
    "arms.NAME.KEY=VALUE changes it in one arm.",
    replicates="Runs of each arm.",
)
@click.option(
    "--engine", type=click.Choice(["fast", "reference"]), default="fast", show_default=True, help="Same bits, other speed."
)
@workers_option
@result_options(out="Folder of the results, instead of results/SCENARIO.")
def command(**given: Any) -> None:
    """Run the scenario, or find its results, and leave with 3 when some runs failed."""

    def repeat(failure: Failure) -> str:
        """The command that comes to a failed run again; the replicates before it come first."""
        settings = tuple(setting for setting in given["settings"] if not setting.startswith("replicates="))
        out = f"results/again_{failure.arm}_{failure.replicate}"
        return f"{again(settings=settings, replicates=failure.replicate + 1, out=out, no_plots=True)} --workers 1"

    carry_out(RunStudy(load(given), given["engine"], again(), repeat), given)
