"""The life of any study: find what is there, go on from a checkpoint, run, write whole or not at all, read back.

Nothing else knows how a question becomes a digest, and what stands in which folder.
"""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cxsim import store
from cxsim.charts.content import Chart
from cxsim.errors import StoreError
from cxsim.report import library
from cxsim.report.render import page
from cxsim.store.checkpoint import checkpoint, drop_checkpoint
from cxsim.store.journal import Journal
from cxsim.store.rows import cells, from_cells, header
from cxsim.studies.base import Findings, Runner, Study, Watch
from cxsim.studies.pages import read_report


class Performed(NamedTuple):
    """What came of a study: ``made`` now or found in its folder, with plots or without, and what became of the report."""

    findings: Findings[Any]
    origin: store.Origin
    made: bool
    plots: bool = False
    report: str = ""


def asked_of(study: Study[Any]) -> dict[str, Any]:
    """The question, with the digest of the sources that answer it."""
    by = {"answered_by": store.sources_digest(study.answered_by)} if study.answered_by else {}
    return {**study.question, **by}


def digest_of(asked: Mapping[str, Any]) -> str:
    """SHA-256 of a question."""
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def perform(
    study: Study[Any],
    place: store.ResultFolder | None = None,
    *,
    force: bool = False,
    workers: int | None = None,
    plots: bool = False,
    report: bool = False,
    watch: Watch | None = None,
) -> Performed:
    """Answer a study's question, or find the answer in the folder ``place``; without one nothing is kept.

    Results that are there and answer something else are replaced with ``force`` only. ``plots`` and ``report`` are what the
    folder is to hold beside the tables. Raises StoreError for a folder that cannot be used, FailedRunsError when there is
    no answer, and KeyboardInterrupt, which tells where finished runs are kept.
    """
    watch = watch or Watch()
    origin = origin_of(study)
    if place is None:
        watch.begins(study)
        return _made(study, Runner(workers, watch), origin)
    study.check(place)
    there = store.find(place, _identity(origin), force, lambda kept: study.differences(origin.scenario, kept["scenario"]))
    if there is not None:
        drop_checkpoint(place)
        plots_there = any(name.startswith(f"{store.PLOTS}/") for name in there["files"])
        done = Performed(recall(study, place, there), origin, made=False, plots=plots_there)
    else:
        watch.begins(study)
        with _checkpoint(study, place, origin, watch) as journal:
            done = _made(study, Runner(workers, watch, journal), origin)
            done = write(study, done, place, plots)
    return done._replace(report=add_report(place) if report and not store.has_report(place) else "")


def origin_of(study: Study[Any]) -> store.Origin:
    """What the manifest tells of a study before anything is run."""
    asked = asked_of(study)
    return store.Origin(
        scenario=study.described(asked),
        scenario_digest=digest_of(asked),
        name=study.name,
        seed=study.seed,
        seeds=list(study.seeds),
        engine=study.engine,
        command=study.command,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=0.0,
    )


def _identity(origin: store.Origin) -> dict[str, str]:
    return store.identity(origin.scenario_digest, origin.seeds)


@contextmanager
def _checkpoint(study: Study[Any], place: store.ResultFolder, origin: store.Origin, watch: Watch) -> Iterator[Journal | None]:
    if not study.keeps_finished:
        yield None
        return
    with checkpoint(place, _identity(origin)) as journal:
        if len(journal):
            watch.goes_on(len(journal))
        yield journal


def _made(study: Study[Any], runner: Runner, origin: store.Origin) -> Performed:
    clock = time.perf_counter()
    found = study.conduct(runner)
    found = replace(found, notes=[*study.notes, *found.notes])
    seconds = time.perf_counter() - clock
    return Performed(found, origin._replace(seconds=seconds, failures=found.failures, notes=found.notes), True)


def write(study: Study[Any], done: Performed, place: store.ResultFolder, plots: bool) -> Performed:
    """Write what a study found to a folder, whole or not at all."""
    clock = time.perf_counter()
    found = done.findings
    images = _drawn(study.charts(found)) if plots else {}
    origin = done.origin._replace(seconds=done.origin.seconds + time.perf_counter() - clock)
    summary = found.columns or header(study.kind), [cells(row) for row in found.rows]
    store.write(place, origin, found.tables, summary, images, study.table, found.texts)
    return done._replace(origin=origin, plots=bool(images))


def _drawn(charts: Sequence[Chart]) -> dict[str, bytes]:
    from cxsim.charts.matplotlib import png  # takes half a second to import

    return {chart.name: png(chart) for chart in charts}


class _Tables(Mapping[str, store.Table]):
    """Tables of a folder, each read when it is asked for."""

    def __init__(self, place: store.ResultFolder, files: Iterable[str]) -> None:
        self.place, self.names = place, [name.removesuffix(".parquet") for name in files if name.endswith(".parquet")]

    def __getitem__(self, name: str) -> store.Table:
        if name not in self.names:
            raise KeyError(name)
        return store.Table(store.read(self.place, name))

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def recall(study: Study[Any], place: store.ResultFolder, manifest: store.Manifest) -> Findings[Any]:
    """Read back what a study found, from the folder that holds it."""
    rows = store.read_summary(place, study.table)
    return Findings(
        rows=[tuple(one.values()) if study.kind is tuple else from_cells(study.kind, one) for one in rows],
        columns=list(rows[0]) if rows else (),
        tables=_Tables(place, manifest["files"]),
        texts={name: store.read_text(place, name) for name in study.texts},
        notes=manifest.get("notes", ()),
        failures=manifest["failures"],
    )


def add_report(place: store.ResultFolder) -> str:
    """Put the report into a folder of results, and say where it is, or why it is not and how to get it."""
    if gone := library.missing():
        return f"No {store.REPORT}, which needs {' and '.join(gone)}: {library.HINT}, then cxsim report {place.shown}"
    try:
        store.add_file(place, store.REPORT, page([read_report(place)]).encode())
    except StoreError as error:
        return f"No {store.REPORT}: {error}; the results are there"
    return f"Report: {place.shown}/{store.REPORT}"
