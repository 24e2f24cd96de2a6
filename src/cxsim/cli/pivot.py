"""``cxsim pivot``: when a firm should change from its first strategy to its second, and what would have told it."""

import math
from functools import partial
from typing import Any

import click

from cxsim.cli.options import again, load, result_options, scenario_argument, setting_options, workers_option
from cxsim.cli.studies import carry_out
from cxsim.studies.pivot.search import Query
from cxsim.studies.pivot.study import PivotStudy


@click.command(
    "pivot",
    help="Find the moment at which a firm of SCENARIO should change to its second strategy ('after').\n\n"
    "A run that never pivots is forked at every candidate moment, so that all futures share their past and their luck. The "
    "answer is the best moment with its interval, the window in which nothing is significantly worse, what it costs to be "
    "early or late, and which of the figures that the firm can see would have told it. docs/pivot.md explains the methods.",
    epilog="Example: cxsim pivot scenarios/survive_to_thrive.toml --by customers --map market.homogeneity=0:1:5",
)
@scenario_argument
@setting_options(
    settings="Change one value, such as market.customers=5000.", replicates="Seeds to begin with, instead of the scenario's."
)
@click.option("--firm", metavar="NAME", help="Firm that pivots, instead of the scenario's focal firm.")
@click.option(
    "--arm", metavar="NAME", help="Arm whose market and strategies are taken, instead of the first; its trigger is not."
)
@click.option(
    "--by", type=click.Choice(["month", "customers", "cash"]), default="month", show_default=True, help="What moments are."
)
@click.option(
    "--step", type=click.IntRange(1, 1200), metavar="N", help="Months between candidates, of which there are some 40."
)
@click.option(
    "--precision",
    type=click.FloatRange(min=0, min_open=True),
    metavar="X",
    help="Add replicates until the interval of the best moment is at most X wide: months, customers, or dollars.",
)
@click.option(
    "--most", type=click.IntRange(2, 100_000), default=2_000, show_default=True, metavar="N", help="Replicates to stop at."
)
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="KEY=LO:HI:N",
    help="Also find the best moment over N values of a parameter; twice for a map over two.",
)
@click.option(
    "--map-replicates", type=click.IntRange(2, 100_000), metavar="N", help="Seeds in each cell, instead of at most 40."
)
@click.option("--verbose", is_flag=True, help="Tell how much narrower common luck makes differences.")
@workers_option
@result_options(out="Folder of the results, instead of results/pivot_SCENARIO.")
def command(**given: Any) -> None:
    """Parse the options, and leave with 3 when some runs failed."""
    if given["step"] is not None and given["by"] != "month":
        raise click.UsageError("--step is about months; leave it out, or take --by month")
    if given["map_replicates"] is not None and not given["maps"]:
        raise click.UsageError("--map-replicates is about a map; add --map KEY=LO:HI:N")
    if not math.isfinite(given["precision"] or 0.0):
        raise click.UsageError("--precision must be a finite number")
    query = Query(*(given[name] for name in Query._fields))
    maps = given["maps"], given["map_replicates"]
    carry_out(PivotStudy(partial(load, given), query, *maps, given["verbose"], command=again()), given)
