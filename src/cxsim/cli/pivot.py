"""``cxsim pivot``: when a firm should change from its first strategy to its second, and what would have told it."""

import hashlib
import json
import math
import shlex
import textwrap
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cxsim.cli.failures import leave_if_failed

if TYPE_CHECKING:
    from cxsim.experiments.pivot.phase_map import Axis, Cell
    from cxsim.experiments.pivot.report import Findings
    from cxsim.experiments.pivot.study import Asked, Sample
    from cxsim.scenario import Scenario
    from cxsim.store import Origin, Place

NAME = "pivot"
TABLE = "moments.csv"
ANSWER = "answer.txt"
WIDTH = 110


class Options(NamedTuple):
    """What the user asked for, beside the scenario."""

    path: str
    settings: tuple[str, ...]
    short: dict[str, str]  # seed, replicates and months, when given as options of their own
    asked: "Asked"
    maps: tuple[str, ...]
    map_replicates: int | None
    verbose: bool
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
@click.argument("scenario")
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
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change one value, such as market.customers=5000.")
@click.option("--seed", metavar="N", help="Seed from which those of all replicates follow.")
@click.option("--replicates", metavar="N", help="Seeds to begin with, instead of the scenario's.")
@click.option("--months", metavar="N", help="Length of a run.")
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
@click.option("--workers", type=click.IntRange(1, 1024), metavar="N", help="Runs at a time; as many as there are processors.")
@click.option("--out", metavar="DIR", help="Folder of the results, instead of results/pivot_SCENARIO.")
@click.option("--force", is_flag=True, help="Replace results that are in that folder.")
@click.option("--no-plots", is_flag=True, help="Draw no figures.")
@click.option("--no-report", is_flag=True, help="Write no report.html.")
@click.option("--quiet", is_flag=True, help="Tell only what goes wrong.")
def command(
    scenario: str, settings: tuple[str, ...], maps: tuple[str, ...], no_plots: bool, no_report: bool, **more: Any
) -> None:
    """Parse the options, and leave with 3 when some runs failed."""
    from cxsim.experiments.pivot.study import Asked

    if more["step"] is not None and more["by"] != "month":
        raise click.UsageError("--step is about months; leave it out, or take --by month")
    if more["map_replicates"] is not None and not maps:
        raise click.UsageError("--map-replicates is about a map; add --map KEY=LO:HI:N")
    if not math.isfinite(more["precision"] or 0.0):
        raise click.UsageError("--precision must be a finite number")
    short = {name: more[name] for name in ("seed", "replicates", "months") if more[name] is not None}
    asked = Asked(*(more[name] for name in Asked._fields))
    rest = {name: more[name] for name in ("map_replicates", "verbose", "workers", "out", "force", "quiet")}
    options = Options(scenario, settings, short, asked, maps, plots=not no_plots, report=not no_report, **rest)
    _run(options)


def _run(options: Options) -> None:
    """Do the whole job."""
    from cxsim import store
    from cxsim.cli.options import load_with
    from cxsim.cli.report import add_report
    from cxsim.experiments.pivot.phase_map import axes_of, load_cells
    from cxsim.experiments.pivot.study import ask

    scenario = load_with(options.path, options.settings, options.short)
    ask(scenario, options.asked)
    axes = axes_of(options.maps)

    def load(more: Sequence[str]) -> "Scenario":
        return load_with(options.path, [*options.settings, *more], _unless_set(options.short, more))

    cells = load_cells(axes, load, options.map_replicates) if axes else []
    place = store.default_place(f"{NAME}_{scenario.name}") if options.out is None else store.chosen_place(options.out)
    origin = _origin(scenario, [cell for _, cell in cells], options)
    there = store.find(place, store.identity(origin.scenario_digest, origin.seeds), options.force)
    if there is None:
        _make(scenario, axes, cells, origin, place, options)
        return
    options.say(f"These results are already in {place.shown}: nothing was run. Add --force to run again.\n")
    if options.report and not store.has_report(place):
        options.say(f"{add_report(place)}\n")
    options.say(store.read_text(place, ANSWER))
    leave_if_failed(list(map(_told, there["failures"])))


def _unless_set(short: dict[str, str], settings: Sequence[str]) -> dict[str, str]:
    """Leave out options that a cell of the map says otherwise."""
    return {name: value for name, value in short.items() if not any(text.startswith(f"{name}=") for text in settings)}


def _origin(scenario: "Scenario", cells: "Sequence[Scenario]", options: Options) -> "Origin":
    """Say where the results come from; the digest covers what was asked, and how it is answered."""
    from cxsim import store
    from cxsim.experiments.execute import seeds_of

    asked = {
        "scenario": scenario.digest,
        **options.asked._asdict(),
        "map": list(options.maps),
        "map_replicates": options.map_replicates,
        "verbose": options.verbose,
        "cells": [cell.digest for cell in cells],
        "answered_by": store.sources_digest(("experiments/pivot", "experiments/intervals.py", "experiments/measures.py")),
    }
    return store.Origin(
        scenario={"asked": asked, **scenario.resolved},
        scenario_digest=hashlib.sha256(json.dumps(asked).encode()).hexdigest(),
        name=f"{NAME}_{scenario.name}",
        seed=scenario.seed,
        seeds=seeds_of(scenario),
        engine="fast",
        command=shlex.join(_command(options)),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=0.0,
        notes=scenario.notes,
    )


def _command(options: Options) -> list[str]:
    """Words of the command that makes the same results again."""
    words = ["cxsim", NAME, options.path]
    for setting in options.settings:
        words += ["--set", setting]
    asked: dict[str, Any] = {**options.short, **options.asked._asdict(), "map-replicates": options.map_replicates}
    for name, value in asked.items():
        if value is not None and (name, value) not in (("by", "month"), ("most", 2_000)):
            words += [f"--{name}", str(value)]
    for axis in options.maps:
        words += ["--map", axis]
    words += ["--verbose"] if options.verbose else []
    words += ["--out", options.out] if options.out is not None else []
    words += [] if options.plots else ["--no-plots"]
    return words if options.report else [*words, "--no-report"]


def _make(
    scenario: "Scenario",
    axes: "list[Axis]",
    cells: "list[tuple[tuple[float, ...], Scenario]]",
    origin: "Origin",
    place: "Place",
    options: Options,
) -> None:
    """Run everything, write the results, and tell them."""
    from cxsim.cli.report import add_report
    from cxsim.cli.run import say_where

    clock = time.perf_counter()
    done, failures = _find(scenario, axes, cells, options)
    if done is None:
        click.echo("No run came to its end, so nothing was written.", err=True)
        leave_if_failed(list(map(_told, failures)), kept=False)
        return
    lines = list(_lines(scenario, done))
    seconds = time.perf_counter() - clock
    _keep(scenario.title, done, lines, origin._replace(seconds=seconds, failures=failures), place, options)
    made = add_report(place) if options.report else ""
    with say_where(place):
        for line in lines:
            options.say(line)
        options.say(f"\nResults: {place.shown} ({len(done.sample.trials)} seeds in {seconds:.1f} s)")
        if made:
            options.say(made)
    leave_if_failed(list(map(_told, failures)))


def _find(
    scenario: "Scenario", axes: "list[Axis]", cells: "list[tuple[tuple[float, ...], Scenario]]", options: Options
) -> tuple[Done | None, list[dict[str, object]]]:
    """Run the study, and the map; nothing when no run came to its end."""
    from cxsim.cli.progress import say_whether_compiling, show_progress
    from cxsim.experiments.pivot.phase_map import run_cells
    from cxsim.experiments.pivot.report import report
    from cxsim.experiments.pivot.study import notes_on, study

    say_whether_compiling(not options.quiet)
    sample = study(scenario, options.asked, options.workers, lambda total: show_progress(total, options.quiet))
    failures = list(sample.failures)
    if not sample.trials:
        return None, failures
    notes = [*scenario.notes, *notes_on(scenario, sample.question, options.asked)]
    found = report(sample, options.asked, notes, options.verbose)
    mapped: list[Cell] = []
    if cells:
        with show_progress(sum(one.replicates for _, one in cells), options.quiet) as progress:
            mapped = run_cells(cells, options.asked, options.workers, progress)
        failures += [failure for cell in mapped for failure in cell.sample.failures]
    return Done(found, sample, axes, mapped), failures


def _lines(scenario: "Scenario", done: Done) -> "Sequence[str]":
    """Write the answer as the terminal shows it."""
    from cxsim.experiments.pivot.phase_map import sentences_on

    lines = [f"{scenario.title}: when should {done.found.firm} pivot?", ""]
    sentences = [*done.found.sentences, *(sentences_on(done.axes, done.cells) if done.cells else [])]
    lines += [textwrap.fill(sentence, WIDTH) for sentence in sentences]
    lines += ["", *done.found.table]
    return [*lines, *(textwrap.fill(f"Note: {note}", WIDTH) for note in done.found.notes)]


def _keep(title: str, done: Done, lines: Sequence[str], origin: "Origin", place: "Place", options: Options) -> None:
    from cxsim import store
    from cxsim.experiments.pivot.phase_map import cells_table
    from cxsim.report.pivots import pivot_report
    from cxsim.report.stored import PAGE, to_json

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
    from cxsim.cli.run import png
    from cxsim.pivot_plots import figures, phase_map

    made = figures(done.found)
    if done.cells:
        made["map"] = phase_map(tables["map"], [axis.key for axis in done.axes], done.found.firm, done.found.by)
    return {name: png(figure) for name, figure in made.items()}


def _told(failure: "Mapping[str, Any]") -> str:
    return f"replicate {failure['replicate']}, seed {failure['seed']}: {failure['error']}"
