"""``cxsim run``: run every arm of a scenario on the same seeds, keep the results, and answer the scenario's question."""

from dataclasses import dataclass, replace
from typing import Any

import click

from cxsim.cli.options import (
    ScenarioOptions,
    result_options,
    scenario_argument,
    setting_options,
    take_short,
    workers_option,
)
from cxsim.cli.studies import carry_out
from cxsim.engine import EngineName
from cxsim.studies.run.execute import Failure
from cxsim.studies.run.study import RunStudy


@dataclass(frozen=True, kw_only=True)
class Options(ScenarioOptions):
    """What the user asked for."""

    engine: EngineName

    @property
    def again(self) -> str:
        """The command that makes the same results again."""
        engine = None if self.engine == "fast" else self.engine
        given = {"set": self.settings, **self.short, "engine": engine, "out": self.out}
        return self.command(["run", self.path], given)

    def repeat(self, failure: Failure) -> str:
        """The command that comes to a failed run again; the replicates before it come first."""
        settings = tuple(setting for setting in self.settings if not setting.startswith("replicates="))
        short = self.short | {"replicates": str(failure.replicate + 1)}
        out = f"results/again_{failure.arm}_{failure.replicate}"
        return f"{replace(self, settings=settings, short=short, out=out, plots=False).again} --workers 1"


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
    options = Options(short=take_short(given), **given)
    carry_out(RunStudy(options.load(), options.engine, options.again, options.repeat), options, options.workers)
