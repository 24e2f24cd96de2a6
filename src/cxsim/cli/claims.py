"""``cxsim claims``: test what the source texts claim, each on scenarios of its own, with its mechanism on and off."""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from cxsim.cli.claims_folder import NAME, differences, folder_name
from cxsim.cli.failures import leave_if_failed
from cxsim.cli.options import ResultOptions, result_options, workers_option
from cxsim.cli.results import add_lacking_report, kept_until_written, png, recall, say_end, say_where
from cxsim.cli.terminal import folded, width

if TYPE_CHECKING:
    from cxsim.store import Origin, ResultFolder
    from cxsim.studies.claims.claim import Claim
    from cxsim.studies.claims.execute import Setting
    from cxsim.studies.claims.report import ClaimRow

TABLE = "claims.csv"
DETAILED = 4  # claims whose other figures are printed too
POINTS = 16  # of the sample, so that one claim takes less than half a minute


@dataclass(frozen=True, kw_only=True)
class Options(ResultOptions):
    """What the user asked for."""

    ids: tuple[str, ...]
    replicates: int | None
    robustness: int
    knockouts: bool
    workers: int | None


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
@workers_option
@result_options(out="Folder of the results, instead of results/claims, results/claims-C03-C12 or results/knockouts.")
def command(robustness: int | None, **given: Any) -> None:
    """Parse the options, and do the whole job."""
    from cxsim import store
    from cxsim.studies.claims.report import ClaimRow
    from cxsim.studies.claims.study import knockout_plans, plans
    from cxsim.studies.claims.table import CLAIMS
    from cxsim.studies.named import chosen

    knockouts = given["knockouts"]
    if knockouts and robustness:
        raise click.UsageError("--knockouts and --robustness ask for different tables; give one of them")
    points = robustness if robustness is not None else 0 if knockouts else POINTS
    options = Options(robustness=points, **given)
    claims = list(chosen(options.ids, CLAIMS, "claim").values())
    place = options.place(folder_name([claim.id for claim in claims], len(CLAIMS), knockouts))
    planned = knockout_plans(claims, options.replicates) if knockouts else plans(claims, options.replicates, points)
    origin = _origin(planned, options)
    wanted = store.identity(origin.scenario_digest, origin.seeds)
    there = store.find(place, wanted, options.force, lambda manifest: differences(origin.scenario, manifest["scenario"]))
    if there is None:
        _make(claims, planned, origin, place, options)
        return
    for line in recall(place, options):
        options.say(line)
    _tell(claims, store.read_rows(place, ClaimRow, TABLE), options)
    leave_if_failed([failure["error"] for failure in there["failures"]])


def _origin(planned: "Sequence[list[Setting]]", options: Options) -> "Origin":
    """Say where the results come from; the digest covers every case that is run, and how runs are judged."""
    from cxsim import store

    asked = {
        "claims": [part[0].claim.id for part in planned],
        "replicates": options.replicates,
        "robustness": options.robustness,
        "knockouts": options.knockouts,
        "judged_by": store.sources_digest(("studies/claims",)),
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
        command=_again(options),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=0.0,
    )


def _again(options: Options) -> str:
    """Write the command that makes the same results again."""
    robustness = None if options.knockouts else options.robustness
    given = {"replicates": options.replicates, "robustness": robustness, "knockouts": options.knockouts, "out": options.out}
    return options.command([NAME, *options.ids], given)


def _make(
    claims: "list[Claim]",
    planned: "list[list[Setting]]",
    origin: "Origin",
    place: "ResultFolder",
    options: Options,
) -> None:
    """Run everything, write the results, and tell them."""
    from cxsim import store
    from cxsim.cli.progress import say_whether_compiling, show_progress
    from cxsim.studies.claims import report
    from cxsim.studies.claims.study import knock_out, number_of_runs, run_plans, study

    clock = time.perf_counter()
    say_whether_compiling(not options.quiet)
    with kept_until_written(place, origin, options) as journal:
        with show_progress(number_of_runs(planned), options.quiet) as progress:
            outcome = run_plans(planned, options.workers, progress, journal)
        if options.knockouts:
            rows = list(report.knockout_rows(knock_out(planned, outcome)))
        else:
            rows = [row for finding in study(planned, options.robustness, outcome) for row in report.rows_of(finding)]
        plots = _draw(claims, rows, options.knockouts) if options.plots else {}
        seconds = time.perf_counter() - clock
        origin = origin._replace(seconds=seconds, failures=[{"error": text} for text in outcome.failures])
        store.write(place, origin, {}, store.to_cells(report.ClaimRow, rows), plots, TABLE)
    made = add_lacking_report(place, options)
    with say_where(place):
        _tell(claims, rows, options)
        say_end(place, options, made, f"{number_of_runs(planned):,} runs in {seconds:.1f} s")
    leave_if_failed(outcome.failures)


def _draw(claims: "list[Claim]", rows: "list[ClaimRow]", knockouts: bool) -> dict[str, bytes]:
    from cxsim.claim_plots import claim_figure, heat_map
    from cxsim.studies.claims.study import mechanisms

    if knockouts:
        return {"knockouts": png(heat_map(rows, mechanisms()))}
    return {claim.id.lower(): png(claim_figure(rows, claim)) for claim in claims}


def _tell(claims: "list[Claim]", rows: "list[ClaimRow]", options: Options) -> None:
    """Print the table, and what the claims say."""
    from cxsim.studies.claims import report
    from cxsim.studies.claims.study import mechanisms

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


def _tell_details(claims: "list[Claim]", rows: "list[ClaimRow]", options: Options) -> None:
    """Print the other figures of a few claims; those of many are left to ``claims.csv``."""
    from cxsim.studies.claims import report

    for claim in claims:
        if lines := report.details(rows, claim.id, width()):
            options.say(f"\nOther figures of {claim.id}:")
            for line in lines:
                options.say(line)
