"""``cxsim run``: run every arm of a scenario on the same seeds, keep the results, and answer the scenario's question."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from cxsim.cli.failures import leave_if_failed
from cxsim.cli.options import (
    ScenarioOptions,
    result_options,
    scenario_argument,
    setting_options,
    take_short,
    workers_option,
)
from cxsim.cli.results import add_lacking_report, png, recall, say_end, say_where
from cxsim.cli.terminal import folded

if TYPE_CHECKING:
    from cxsim.scenario import Scenario
    from cxsim.store import ResultFolder
    from cxsim.studies.run.execute import Engine, Failure, Outcome, Tables
    from cxsim.studies.run.summary import Row


@dataclass(frozen=True, kw_only=True)
class Options(ScenarioOptions):
    """What the user asked for."""

    engine: "Engine"


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
    from cxsim import store
    from cxsim.studies.run.execute import seeds_of

    short = take_short(given)
    options = Options(short=short, **given)
    scenario = options.load()
    place = options.place(scenario.name)
    there = store.find(place, store.identity(scenario.digest, seeds_of(scenario)), options.force)
    if there is None:
        _make(scenario, place, options)
    else:
        _recall(scenario, place, options, there)


def _recall(scenario: "Scenario", place: "ResultFolder", options: Options, manifest: Mapping[str, Any]) -> None:
    """Answer from results that are there already."""
    from cxsim import store
    from cxsim.studies.run.execute import Failure
    from cxsim.studies.run.summary import from_cells

    lines = recall(place, options)
    with say_where(place):
        for line in lines:
            options.say(line)
        if options.plots and not any(name.startswith("plots/") for name in manifest["files"]):
            options.say("They hold no plots; add --force to draw them.")
        _tell(scenario, [from_cells(cells) for cells in store.read_summary(place)], manifest.get("notes", ()), options)
    failures = [Failure(**{name: failed[name] for name in Failure._fields}) for failed in manifest["failures"]]
    leave_if_failed([_failed(failure, options) for failure in failures])


def _make(scenario: "Scenario", place: "ResultFolder", options: Options) -> None:
    """Run everything and write the results."""
    from cxsim.cli.notes import start_notes
    from cxsim.cli.progress import say_whether_compiling, show_progress
    from cxsim.narrative.formatting import plural
    from cxsim.studies.run.execute import assemble, run_scenario
    from cxsim.studies.run.summary import summarize

    started, clock = datetime.now(UTC), time.perf_counter()
    say_whether_compiling(options.engine == "fast" and not options.quiet)
    asked = [*scenario.notes, *map(str, scenario.warnings)]
    for note in () if options.quiet else asked:  # told now as well: the work may take hours
        click.echo(f"Note: {note}", err=True)
    notes = [*asked, *start_notes(scenario)]
    runs = len(scenario.arms) * scenario.replicates
    with show_progress(runs, options.quiet) as progress:
        outcome = run_scenario(scenario, options.engine, options.workers, progress)
    failures = [_failed(failure, options) for failure in outcome.failures]
    if not outcome.records:
        click.echo("No run came to its end, so nothing was written.", err=True)
        leave_if_failed(failures, kept=False)
    tables = assemble(outcome.records)
    rows = summarize(tables.runs)
    plots = _draw(scenario, tables) if options.plots else {}
    _keep(scenario, place, options, outcome, tables, rows, plots, notes, (started, time.perf_counter() - clock))
    report = add_lacking_report(place, options)
    with say_where(place):
        _tell(scenario, rows, notes, options)
        made = plural(runs - len(outcome.failures), "run")
        say_end(place, options, report, f"{made} in {time.perf_counter() - clock:.1f} s")
    leave_if_failed(failures)


def _keep(
    scenario: "Scenario",
    place: "ResultFolder",
    options: Options,
    outcome: "Outcome",
    tables: "Tables",
    rows: "list[Row]",
    plots: Mapping[str, bytes],
    notes: Sequence[str],
    clock: tuple[datetime, float],
) -> None:
    from cxsim import store
    from cxsim.measures.tables import OPTIONAL
    from cxsim.studies.run.execute import seeds_of
    from cxsim.studies.run.summary import Row

    origin = store.Origin(
        scenario=scenario.resolved,
        scenario_digest=scenario.digest,
        name=scenario.name,
        seed=scenario.seed,
        seeds=seeds_of(scenario),
        engine=options.engine,
        command=_again(options),
        started=clock[0].isoformat(timespec="seconds"),
        seconds=clock[1],
        failures=[failure._asdict() | {"command": _repeat(options, failure)} for failure in outcome.failures],
        notes=notes,
    )
    parts = {"months": store.Table(tables.months), "runs": store.Table(tables.runs, OPTIONAL)}
    store.write(place, origin, parts, (Row._fields, rows), plots)


def _again(options: Options) -> str:
    """Write the command that makes the same results again."""
    engine = None if options.engine == "fast" else options.engine
    given = {"set": options.settings, **options.short, "engine": engine, "out": options.out}
    return options.command(["run", options.path], given)


def _repeat(options: Options, failure: "Failure") -> str:
    """Build the command that comes to a failed run again; the replicates before it come first."""
    settings = tuple(setting for setting in options.settings if not setting.startswith("replicates="))
    short = options.short | {"replicates": str(failure.replicate + 1)}
    out = f"results/again_{failure.arm}_{failure.replicate}"
    again = replace(options, settings=settings, short=short, out=out, plots=False)
    return f"{_again(again)} --workers 1"


def _draw(scenario: "Scenario", tables: "Tables") -> dict[str, bytes]:
    from cxsim.measures.series import Picture
    from cxsim.plots import figures

    plans = [plan.name for plan in scenario.arms[0].case.firms if plan.count]
    arms = [arm.name for arm in scenario.arms if (tables.runs["arm"] == arm.name).any()]
    focal = scenario.arms[0].case.firms[scenario.focal].name
    picture = Picture(tables.months, tables.runs, arms, focal, plans, scenario.months)
    return {name: png(figure) for name, figure in figures(picture).items()}


def _tell(scenario: "Scenario", rows: "Sequence[Row]", notes: Sequence[str], options: Options) -> None:
    """Print the question, the answer in sentences, the table, and what else to know and to look at."""
    from cxsim.studies.run.answer import answer, asked_of
    from cxsim.studies.run.summary import Summary

    told = answer(Summary(rows), asked_of(scenario.resolved))
    options.say(f"\n{scenario.title}: {scenario.question}")
    for arm in scenario.arms:
        if arm.title and arm.title != arm.name:
            options.say(f"  {arm.name}: {arm.title}")
    options.say()
    for sentence in told.sentences:
        options.say(sentence)
    options.say()
    for line in (*told.table, *told.notes):
        options.say(line)
    for note in notes:
        options.say(f"Note: {note}")
    if scenario.look_for:
        options.say(f"\n{folded(f'Look for: {scenario.look_for}')}")


def _failed(failure: "Failure", options: Options) -> str:
    """Say which run failed, why, and how to see it fail again."""
    which = f"arm {failure.arm}, replicate {failure.replicate}, seed {failure.seed}"
    return f"{which}: {failure.error}\n  again: {_repeat(options, failure)}"
