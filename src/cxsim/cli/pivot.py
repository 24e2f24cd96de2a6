"""``cxsim pivot``: when a firm should change from its first strategy to its second, and what would have told it."""

import hashlib
import json
import math
import textwrap
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cxsim.cli.failures import leave_if_failed
from cxsim.cli.options import (
    ScenarioOptions,
    load_with,
    result_options,
    scenario_argument,
    setting_options,
    take_short,
    workers_option,
)
from cxsim.cli.results import add_lacking_report, kept_until_written, png, recall, say_end, say_where
from cxsim.narrative.formatting import PROSE

if TYPE_CHECKING:
    from cxsim.scenario import Scenario
    from cxsim.store import Origin, ResultFolder
    from cxsim.store.journal import Journal
    from cxsim.studies.pivot.phase_map import Axis, Cell
    from cxsim.studies.pivot.report import Findings
    from cxsim.studies.pivot.study import Asked, Sample

NAME = "pivot"
TABLE = "moments.csv"
ANSWER = "answer.txt"


@dataclass(frozen=True, kw_only=True)
class Options(ScenarioOptions):
    """What the user asked for."""

    asked: "Asked"
    maps: tuple[str, ...]
    map_replicates: int | None
    verbose: bool


class Done(NamedTuple):
    """All that came out: findings, and the map if one was asked for."""

    found: "Findings"
    sample: "Sample"
    axes: "list[Axis]"
    cells: "list[Cell]"


@click.command(
    NAME,
    help="Find the moment at which a firm of SCENARIO should change to its second strategy ('after').\n\n"
    "A run that never pivots is forked at every candidate moment, so that all futures share their past and their luck. The "
    "answer is the best moment with its interval, the window in which nothing is significantly worse, what it costs to be "
    "early or late, and which of the figures that the firm can see would have told it. docs/pivot.md explains the methods.",
    epilog="Example: cxsim pivot scenarios/survive_to_thrive.toml --by customers --map market.homogeneity=0:1:5",
)
@scenario_argument
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
@setting_options(
    settings="Change one value, such as market.customers=5000.", replicates="Seeds to begin with, instead of the scenario's."
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
    from cxsim.studies.pivot.study import Asked

    if given["step"] is not None and given["by"] != "month":
        raise click.UsageError("--step is about months; leave it out, or take --by month")
    if given["map_replicates"] is not None and not given["maps"]:
        raise click.UsageError("--map-replicates is about a map; add --map KEY=LO:HI:N")
    if not math.isfinite(given["precision"] or 0.0):
        raise click.UsageError("--precision must be a finite number")
    asked, short = Asked(*(given.pop(name) for name in Asked._fields)), take_short(given)
    _run(Options(short=short, asked=asked, **given))


def _run(options: Options) -> None:
    """Do the whole job."""
    from cxsim import store
    from cxsim.studies.pivot.phase_map import axes_of, load_cells
    from cxsim.studies.pivot.study import ask

    scenario = options.load()
    ask(scenario, options.asked)
    axes = axes_of(options.maps)

    def load(more: Sequence[str]) -> "Scenario":
        return load_with(options.path, [*options.settings, *more], _unless_set(options.short, more))

    cells = load_cells(axes, load, options.map_replicates) if axes else []
    place = options.place(f"{NAME}_{scenario.name}")
    origin = _origin(scenario, [cell for _, cell in cells], options)
    there = store.find(place, store.identity(origin.scenario_digest, origin.seeds), options.force)
    if there is None:
        _make(scenario, axes, cells, origin, place, options)
        return
    for line in recall(place, options):
        options.say(f"{line}\n")
    options.say(store.read_text(place, ANSWER))
    leave_if_failed(list(map(_told, there["failures"])))


def _unless_set(short: dict[str, str], settings: Sequence[str]) -> dict[str, str]:
    """Leave out options that a cell of the map says otherwise."""
    return {name: value for name, value in short.items() if not any(text.startswith(f"{name}=") for text in settings)}


def _origin(scenario: "Scenario", cells: "Sequence[Scenario]", options: Options) -> "Origin":
    """Say where the results come from; the digest covers what was asked, and how it is answered."""
    from cxsim import store
    from cxsim.studies.run.execute import seeds_of

    asked = {
        "scenario": scenario.digest,
        **options.asked._asdict(),
        "map": list(options.maps),
        "map_replicates": options.map_replicates,
        "verbose": options.verbose,
        "cells": [cell.digest for cell in cells],
        "answered_by": store.sources_digest(("studies/pivot", "statistics/intervals.py", "measures/firms.py")),
    }
    return store.Origin(
        scenario={"asked": asked, **scenario.resolved},
        scenario_digest=hashlib.sha256(json.dumps(asked).encode()).hexdigest(),
        name=f"{NAME}_{scenario.name}",
        seed=scenario.seed,
        seeds=seeds_of(scenario),
        engine="fast",
        command=_again(options),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=0.0,
        notes=scenario.notes,
    )


def _again(options: Options) -> str:
    """Write the command that makes the same results again."""
    usual = (("by", "month"), ("most", 2_000))
    asked = {name: value for name, value in options.asked._asdict().items() if (name, value) not in usual}
    maps = {"map-replicates": options.map_replicates, "map": options.maps, "verbose": options.verbose}
    given = {"set": options.settings, **options.short, **asked, **maps, "out": options.out}
    return options.command([NAME, options.path], given)


def _make(
    scenario: "Scenario",
    axes: "list[Axis]",
    cells: "list[tuple[tuple[float, ...], Scenario]]",
    origin: "Origin",
    place: "ResultFolder",
    options: Options,
) -> None:
    """Run everything, write the results, and tell them."""
    clock = time.perf_counter()
    with kept_until_written(place, origin, options) as journal:
        done, failures = _find(scenario, axes, cells, options, journal)
        if done is None:
            click.echo("No run came to its end, so nothing was written.", err=True)
            leave_if_failed(list(map(_told, failures)), kept=False)
            return
        lines = list(_lines(scenario, done))
        seconds = time.perf_counter() - clock
        _keep(scenario.title, done, lines, origin._replace(seconds=seconds, failures=failures), place, options)
    made = add_lacking_report(place, options)
    with say_where(place):
        for line in lines:
            options.say(line)
        say_end(place, options, made, f"{len(done.sample.trials)} seeds in {seconds:.1f} s")
    leave_if_failed(list(map(_told, failures)))


def _find(
    scenario: "Scenario",
    axes: "list[Axis]",
    cells: "list[tuple[tuple[float, ...], Scenario]]",
    options: Options,
    journal: "Journal",
) -> tuple[Done | None, list[dict[str, object]]]:
    """Run the study, and the map; nothing when no run came to its end."""
    from cxsim.cli.progress import say_whether_compiling, show_progress
    from cxsim.studies.pivot.phase_map import run_cells
    from cxsim.studies.pivot.report import report
    from cxsim.studies.pivot.study import notes_on, study

    say_whether_compiling(not options.quiet)
    sample = study(scenario, options.asked, options.workers, lambda total: show_progress(total, options.quiet), journal)
    failures = list(sample.failures)
    if not sample.trials:
        return None, failures
    notes = [*scenario.notes, *notes_on(scenario, sample.question, options.asked)]
    found = report(sample, options.asked, notes, options.verbose)
    mapped: list[Cell] = []
    if cells:
        with show_progress(sum(one.replicates for _, one in cells), options.quiet) as progress:
            mapped = run_cells(cells, options.asked, options.workers, progress, journal)
        failures += [failure for cell in mapped for failure in cell.sample.failures]
    return Done(found, sample, axes, mapped), failures


def _lines(scenario: "Scenario", done: Done) -> "Sequence[str]":
    """Write the answer as the terminal shows it."""
    from cxsim.studies.pivot.phase_map import sentences_on

    lines = [f"{scenario.title}: when should {done.found.firm} pivot?", ""]
    sentences = [*done.found.sentences, *(sentences_on(done.axes, done.cells) if done.cells else [])]
    lines += [textwrap.fill(sentence, PROSE) for sentence in sentences]
    lines += ["", *done.found.table]
    return [*lines, *(textwrap.fill(f"Note: {note}", PROSE) for note in done.found.notes)]


def _keep(title: str, done: Done, lines: Sequence[str], origin: "Origin", place: "ResultFolder", options: Options) -> None:
    from cxsim import store
    from cxsim.report.stored import PAGE, to_json
    from cxsim.studies.pivot.page import pivot_report
    from cxsim.studies.pivot.phase_map import cells_table

    tables = dict(done.found.tables)
    if done.cells:
        tables["map"] = cells_table(done.axes, done.cells)
    parts = {name: store.Table({str(column): frame[column].to_numpy() for column in frame}) for name, frame in tables.items()}
    moments = tables["moments"]
    summary = (list(moments.columns), [list(row) for row in moments.itertuples(index=False)])
    plots = _draw(done, tables) if options.plots else {}
    page = to_json(pivot_report(title, *done))
    store.write(place, origin, parts, summary, plots, TABLE, {ANSWER: "\n".join(lines) + "\n", PAGE: page})


def _draw(done: Done, tables: dict[str, Any]) -> dict[str, bytes]:
    from cxsim.pivot_plots import figures, phase_map

    made = figures(done.found)
    if done.cells:
        made["map"] = phase_map(tables["map"], [axis.key for axis in done.axes], done.found.firm, done.found.by)
    return {name: png(figure) for name, figure in made.items()}


def _told(failure: "Mapping[str, Any]") -> str:
    return f"replicate {failure['replicate']}, seed {failure['seed']}: {failure['error']}"
