"""``cxsim claims``: test what the source texts claim, each on scenarios of its own, with its mechanism on and off."""

import hashlib
import json
import shlex
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import click

from cxsim.cli.claims_folder import NAME, differences, folder_name
from cxsim.cli.failures import leave_if_failed
from cxsim.cli.terminal import folded, width

if TYPE_CHECKING:
    from cxsim.experiments.claims.claim import Claim
    from cxsim.experiments.claims.execute import Setting
    from cxsim.experiments.claims.report import Row
    from cxsim.store import Origin, Place

TABLE = "claims.csv"
DETAILED = 4  # claims whose other figures are printed too
POINTS = 16  # of the sample, so that one claim takes less than half a minute


class Options(NamedTuple):
    """What the user asked for."""

    ids: tuple[str, ...]
    replicates: int | None
    robustness: int
    knockouts: bool
    workers: int | None
    out: str | None
    force: bool
    plots: bool
    report: bool
    quiet: bool

    def say(self, text: str = "") -> None:
        """Tell something that is not an error."""
        if not self.quiet:
            click.echo(text)


@click.command(
    NAME,
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
@click.option("--workers", type=click.IntRange(1, 1024), metavar="N", help="Runs at a time; as many as there are processors.")
@click.option(
    "--out",
    metavar="DIR",
    help="Folder of the results, instead of results/claims, results/claims-C03-C12 or results/knockouts.",
)
@click.option("--force", is_flag=True, help="Replace results that are in that folder.")
@click.option("--no-plots", is_flag=True, help="Draw no figures.")
@click.option("--no-report", is_flag=True, help="Write no report.html.")
@click.option("--quiet", is_flag=True, help="Tell only what goes wrong.")
def command(
    ids: tuple[str, ...],
    replicates: int | None,
    robustness: int | None,
    knockouts: bool,
    workers: int | None,
    out: str | None,
    force: bool,
    no_plots: bool,
    no_report: bool,
    quiet: bool,
) -> None:
    """Parse the options, and do the whole job."""
    from cxsim import store
    from cxsim.cli.report import add_report
    from cxsim.experiments.claims.report import from_cells
    from cxsim.experiments.claims.study import knockout_plans, plans
    from cxsim.experiments.claims.table import CLAIMS
    from cxsim.experiments.named import chosen

    if knockouts and robustness:
        raise click.UsageError("--knockouts and --robustness ask for different tables; give one of them")
    points = robustness if robustness is not None else 0 if knockouts else POINTS
    options = Options(ids, replicates, points, knockouts, workers, out, force, not no_plots, not no_report, quiet)
    claims = list(chosen(ids, CLAIMS, "claim").values())
    usual = folder_name([claim.id for claim in claims], len(CLAIMS), knockouts)
    place = store.default_place(usual) if out is None else store.chosen_place(out)
    planned = knockout_plans(claims, replicates) if knockouts else plans(claims, replicates, points)
    origin = _origin(planned, options)
    wanted = store.identity(origin.scenario_digest, origin.seeds)
    there = store.find(place, wanted, force, lambda manifest: differences(origin.scenario, manifest["scenario"]))
    if there is None:
        _make(claims, planned, origin, place, options)
        return
    options.say(f"These results are already in {place.shown}: nothing was run. Add --force to run again.")
    if options.report and not store.has_report(place):
        options.say(add_report(place))
    _tell(claims, [from_cells(cells) for cells in store.read_summary(place, TABLE)], options)
    leave_if_failed([failure["error"] for failure in there["failures"]])


def _origin(planned: "Sequence[list[Setting]]", options: Options) -> "Origin":
    """Say where the results come from; the digest covers every case that is run, and how runs are judged."""
    from cxsim import store

    asked = {
        "claims": [part[0].claim.id for part in planned],
        "replicates": options.replicates,
        "robustness": options.robustness,
        "knockouts": options.knockouts,
        "judged_by": store.sources_digest(("experiments/claims",)),
    }
    digest = hashlib.sha256(json.dumps(asked).encode())
    seeds: dict[int, None] = {}
    for part in planned:
        for one in part:
            digest.update(repr((one.variant, one.months, one.seeds, one.arms)).encode())
            seeds |= dict.fromkeys(one.seeds)
    return store.Origin(
        scenario=asked,
        scenario_digest=digest.hexdigest(),
        name=NAME,
        seed=0,
        seeds=list(seeds),
        engine="fast",
        command=shlex.join(_command(options)),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=0.0,
    )


def _command(options: Options) -> list[str]:
    words = ["cxsim", NAME, *options.ids]
    if options.replicates is not None:
        words += ["--replicates", str(options.replicates)]
    if not options.knockouts:
        words += ["--robustness", str(options.robustness)]
    if options.knockouts:
        words += ["--knockouts"]
    if options.out is not None:
        words += ["--out", options.out]
    words += [] if options.plots else ["--no-plots"]
    return words if options.report else [*words, "--no-report"]


def _make(
    claims: "list[Claim]",
    planned: "list[list[Setting]]",
    origin: "Origin",
    place: "Place",
    options: Options,
) -> None:
    """Run everything, write the results, and tell them."""
    from cxsim import store
    from cxsim.cli.progress import say_whether_compiling, show_progress
    from cxsim.cli.report import add_report
    from cxsim.cli.run import say_where
    from cxsim.experiments.claims import report
    from cxsim.experiments.claims.study import knock_out, number_of_runs, run_plans, study

    clock = time.perf_counter()
    say_whether_compiling(not options.quiet)
    with show_progress(number_of_runs(planned), options.quiet) as progress:
        outcome = run_plans(planned, options.workers, progress)
    if options.knockouts:
        rows = list(report.knockout_rows(knock_out(planned, outcome)))
    else:
        rows = [row for finding in study(planned, options.robustness, outcome) for row in report.rows_of(finding)]
    plots = _draw(claims, rows, options.knockouts) if options.plots else {}
    seconds = time.perf_counter() - clock
    origin = origin._replace(seconds=seconds, failures=[{"error": text} for text in outcome.failures])
    store.write(place, origin, {}, (report.Row._fields, rows), plots, TABLE)
    made = add_report(place) if options.report else ""
    with say_where(place):
        _tell(claims, rows, options)
        options.say(f"\nResults: {place.shown} ({number_of_runs(planned):,} runs in {seconds:.1f} s)")
        if made:
            options.say(made)
    leave_if_failed(outcome.failures)


def _draw(claims: "list[Claim]", rows: "list[Row]", knockouts: bool) -> dict[str, bytes]:
    from cxsim.claim_plots import claim_figure, heat_map
    from cxsim.cli.run import png
    from cxsim.experiments.claims.study import mechanisms

    if knockouts:
        return {"knockouts": png(heat_map(rows, mechanisms()))}
    return {claim.id.lower(): png(claim_figure(rows, claim)) for claim in claims}


def _tell(claims: "list[Claim]", rows: "list[Row]", options: Options) -> None:
    """Print the table, and what the claims say."""
    from cxsim.experiments.claims import report
    from cxsim.experiments.claims.study import mechanisms

    options.say()
    wide = width()
    for line in report.knockout_table(rows, mechanisms(), wide) if options.knockouts else report.table(rows, wide):
        options.say(line)
    if options.knockouts:
        mark = "the 95 % interval of the paired change leaves out zero; ?: the effect itself cannot be told from zero."
        options.say(f"\n{folded(f'* {mark}')}")
    options.say("\nWhat is claimed:")
    for claim in claims:
        options.say(folded(f"{claim.id} {claim.text}", "    "))
    if not options.knockouts and len(claims) <= DETAILED:
        _tell_details(claims, rows, options)
    if not options.knockouts and (null := report.null_hypothesis(rows)):
        options.say(f"\n{folded(null)}")


def _tell_details(claims: "list[Claim]", rows: "list[Row]", options: Options) -> None:
    """Print the other figures of a few claims; those of many are left to ``claims.csv``."""
    from cxsim.experiments.claims import report

    for claim in claims:
        if lines := report.details(rows, claim.id, width()):
            options.say(f"\nOther figures of {claim.id}:")
            for line in lines:
                options.say(line)
