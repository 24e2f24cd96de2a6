"""``cxsim sensitivity``: which factors of a sweep matter, and which can be left alone."""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cxsim.cli.options import ResultOptions, result_options
from cxsim.cli.results import add_lacking_report, png, recall, say_end, say_where
from cxsim.cli.sweeping import do_runs, failure_words, worker_options
from cxsim.cli.terminal import folded, width

if TYPE_CHECKING:
    from cxsim.store import Origin, ResultFolder
    from cxsim.studies.sensitivity import IndexRow, Subject
    from cxsim.studies.sweep.folder import SweepQuery

NAME = "sensitivity"
TABLE = "sensitivity.csv"
MADE_BY = ("studies/sensitivity/indices.py", "studies/sensitivity/reading.py", "statistics/intervals.py")


@dataclass(frozen=True, kw_only=True)
class Options(ResultOptions):
    """What the user asked for."""

    sweep: str
    measures: tuple[str, ...]
    workers: int | None
    retries: int
    cluster: str | None


@click.command(
    NAME,
    help="Tell which factors of a sweep matter, and which can be left alone, for each measure in each arm and for the "
    "difference between two arms.\n\nSWEEP is the folder of a finished sweep, or a sweep file, which is run first as "
    "'cxsim sweep' does it. Its design is method = 'morris' or 'saltelli'. docs/sensitivity.md says how to read the figures.",
    epilog="Example: cxsim sensitivity scenarios/sweeps/pivot_screening.toml --measure value",
)
@click.argument("sweep", metavar="DIR|SWEEP")
@click.option(
    "--measure",
    "measures",
    multiple=True,
    metavar="NAME",
    help="Analyse this measure instead of value and survived; repeatable.",
)
@worker_options
@result_options(out="Folder of the analysis, instead of results/sensitivity_NAME.")
def command(**given: Any) -> None:
    """Read or run the sweep, analyse it, keep that, and tell it."""
    from cxsim import store
    from cxsim.studies.sensitivity import IndexRow, read_subjects, require

    options = Options(**given)
    require()
    source = store.existing_folder(options.sweep) if Path(options.sweep).is_dir() else _swept(options)
    asked, subjects = read_subjects(source, options.measures)
    place = options.place(f"{NAME}_{asked.name}")
    if place.path.resolve() == source.path.resolve():
        raise click.UsageError(f"--out {place.shown} is the sweep itself; name another folder")
    origin = _origin(source, asked, subjects, options)
    there = store.find(place, store.identity(origin.scenario_digest, origin.seeds), options.force)
    if there is None:
        rows, report = _make(asked, subjects, origin, place, options)
    else:
        report = ""
        rows = store.read_rows(place, IndexRow, TABLE)
        for line in recall(place, options):
            options.say(line)
    with say_where(place):
        _tell(asked, rows, options)
        say_end(place, options, report)


def _swept(options: Options) -> "ResultFolder":
    """Run a sweep file, or go on with it, and return its folder; leave with 3 when some runs failed."""
    from cxsim import store
    from cxsim.cli.failures import leave_if_failed
    from cxsim.cli.sweep import asked_of
    from cxsim.errors import CxsimError, StoreError
    from cxsim.scenario.sweep import load_sweep
    from cxsim.studies.sensitivity import check_method
    from cxsim.studies.sweep.folder import begin
    from cxsim.studies.sweep.run import Execution

    loaded = load_sweep(options.sweep)
    check_method(loaded.method, options.sweep)
    asked = asked_of(loaded, command=f"cxsim sweep {options.sweep}")
    _check_measures(options.measures, loaded.measures)
    place = store.default_folder(f"sweep_{loaded.name}")
    try:
        finished = begin(place, asked, force=False)
    except StoreError as error:
        reason = str(error).partition("; ")[0]
        raise CxsimError(f"{reason}; run the sweep first: cxsim sweep {options.sweep} --force, or --out DIR") from None
    if not finished:
        do_runs(place, asked, Execution(options.workers, options.retries, options.cluster), options.quiet)
    leave_if_failed([failure_words(failure) for failure in store.read_manifest(place)["failures"]])
    return place


def _check_measures(asked: Sequence[str], kept: Sequence[str]) -> None:
    """Refuse measures that the sweep does not keep, before it is run."""
    from cxsim.errors import CxsimError
    from cxsim.measures.registry import RUN_MEASURES
    from cxsim.scenario.messages import no_such

    for name in asked:
        if name not in (kept or RUN_MEASURES):
            raise CxsimError(f"--measure: {no_such('measure', name, list(kept or RUN_MEASURES))}")


def _origin(source: "ResultFolder", asked: "SweepQuery", subjects: "Sequence[Subject]", options: Options) -> "Origin":
    """Say what was analysed; the digest covers the sweep's tables, what is asked of them, and how it is computed."""
    from cxsim import store
    from cxsim.studies.sensitivity import require

    manifest, design = store.read_manifest(source), asked.design
    what = {
        "sweep": asked.identity["design"],
        "tables": {name: about["sha256"] for name, about in manifest["files"].items() if name.endswith(".parquet")},
        "measures": list(dict.fromkeys(subject.measure for subject in subjects)),
        "method": design.method,
        "SALib": require(),
        "made_by": store.sources_digest(MADE_BY),
    }
    again = {"measure": options.measures, "out": options.out}
    return store.Origin(
        scenario=design.scenario(0, design.arms[0]).resolved | {NAME: what},
        scenario_digest=hashlib.sha256(json.dumps(what).encode()).hexdigest(),
        name=f"{NAME}_{asked.name}",
        seed=manifest["seed"],
        seeds=[],
        engine="fast",
        command=options.command([NAME, options.sweep], again),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=0.0,
        notes=[f"made from {source.shown}: {manifest['command']}"],
    )


def _make(
    asked: "SweepQuery", subjects: "Sequence[Subject]", origin: "Origin", place: "ResultFolder", options: Options
) -> "tuple[list[IndexRow], str]":
    """Compute the indices, and write the results; returns the line that tells where the report is."""
    from cxsim import store
    from cxsim.report.stored import PAGE, to_json
    from cxsim.studies.sensitivity import IndexRow, analyse, sample_of
    from cxsim.studies.sensitivity.page import sensitivity_report

    clock = time.perf_counter()
    rows = list(analyse(sample_of(asked.design), subjects))
    plots = _draw(rows) if options.plots else {}
    page = to_json(sensitivity_report(asked.title, asked.question, rows))
    origin = origin._replace(seconds=time.perf_counter() - clock)
    store.write(place, origin, {}, store.to_cells(IndexRow, rows), plots, TABLE, {PAGE: page})
    return rows, add_lacking_report(place, options)


def _draw(rows: "Sequence[IndexRow]") -> dict[str, bytes]:
    from cxsim.sensitivity_plots import figures

    return {name: png(figure) for name, figure in figures(rows).items()}


def _tell(asked: "SweepQuery", rows: "Sequence[IndexRow]", options: Options) -> None:
    """Print the question, the answer in sentences, the tables, and what stands in them."""
    from cxsim.studies.sensitivity import answer, notes, tables

    options.say(f"\n{asked.title}: {asked.question}\n")
    for sentence in answer(rows):
        options.say(folded(sentence))
    options.say()
    for line in tables(rows, width()):
        options.say(line)
    for note in notes(rows):
        options.say(folded(note))
