"""The life of any study: find what is there, go on from a checkpoint, run, write whole or not at all, read back.

Nothing else knows how a question becomes a digest, and what stands in which folder.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cxsim import store
from cxsim.errors import StoreError
from cxsim.report import library
from cxsim.report.render import page
from cxsim.store.checkpoint import checkpoint, drop_checkpoint, hold
from cxsim.store.rows import from_cells
from cxsim.studies.base import Findings, Runner, Study, Watch
from cxsim.studies.pages import read_report
from cxsim.studies.result import Result


def asked_of(study: Study[Any]) -> dict[str, Any]:
    """The question, with the digest of the sources that answer it."""
    by = {"answered_by": store.sources_digest(study.answered_by)} if study.answered_by else {}
    return {**study.question, **by}


def digest_of(asked: Mapping[str, Any]) -> str:
    """SHA-256 of a question."""
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def perform(
    study: Study[Any],
    folder: store.ResultFolder | None = None,
    *,
    force: bool = False,
    workers: int | None = None,
    plots: bool = False,
    report: bool = False,
    watch: Watch | None = None,
) -> Result:
    """Answer a study's question, or find the answer in ``folder``; without one nothing is kept.

    Results that are there and answer something else are replaced with ``force`` only. ``plots`` and ``report`` are what the
    folder is to hold beside the tables. Raises StoreError for a folder that cannot be used, FailedRunsError when there is
    no answer, and KeyboardInterrupt, which tells where finished runs are kept.
    """
    runner, origin = Runner(workers, watch), origin_of(study)
    if folder is None:
        return _made(study, runner, origin)
    study.check(folder)
    if study.grows:
        done = _grown(study, folder, force, runner, origin)
        with hold(folder) if report else nullcontext():
            return _reported(done, folder, report)
    with hold(folder) as note:
        if note:
            runner.watch.tell(f"Note: {note}")
        return _reported(_kept(study, folder, force, runner, origin, plots), folder, report)


def _reported(done: Result, folder: store.ResultFolder, report: bool) -> Result:
    return replace(done, place=folder, reported=add_report(folder) if report and not store.has_report(folder) else "")


def _kept(
    study: Study[Any], folder: store.ResultFolder, force: bool, runner: Runner, origin: store.Origin, plots: bool
) -> Result:
    there = store.find(folder, _identity(origin), force, lambda kept: study.differences(origin.scenario, kept["scenario"]))
    if there is not None:
        drop_checkpoint(folder)
        plots_there = any(name.startswith(f"{store.PLOTS}/") for name in there["files"])
        return Result(study, recall(study, folder, there), origin, made=False, plots=plots_there)
    with checkpoint(folder, _identity(origin)) if study.keeps_finished else nullcontext() as runner.journal:
        return _made(study, runner, origin).write(folder, plots)


def _grown(study: Study[Any], folder: store.ResultFolder, force: bool, runner: Runner, origin: store.Origin) -> Result:
    clock = time.perf_counter()
    made = study.fill(folder, force, runner)
    seconds, found = time.perf_counter() - clock, study.read(folder)
    return Result(study, found, origin._replace(seconds=seconds, failures=found.failures), made)


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


def _made(study: Study[Any], runner: Runner, origin: store.Origin) -> Result:
    if study.engine == "fast" and study.total > 0 and not study.grows:
        runner.watch.tell_of_compiling()
    for note in study.notes:
        runner.watch.tell(f"Note: {note}")
    if runner.journal is not None:
        runner.watch.tell_of_lost_lines(runner.journal)
    if runner.journal:
        runner.watch.tell(f"Going on: {len(runner.journal):,} runs were finished before.")
    clock = time.perf_counter()
    found = study.conduct(runner)
    found = replace(found, notes=[*study.notes, *found.notes])
    seconds = time.perf_counter() - clock
    return Result(study, found, origin._replace(seconds=seconds, failures=found.failures, notes=found.notes), True)


class Tables(Mapping[str, store.Table]):
    """Tables of a folder by their names, each read when it is asked for."""

    def __init__(self, names: Iterable[str], read: Callable[[str], store.Table]) -> None:
        self.names, self.read = list(names), read

    def __getitem__(self, name: str) -> store.Table:
        if name not in self.names:
            raise KeyError(name)
        return self.read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def recall(study: Study[Any], folder: store.ResultFolder, manifest: store.Manifest) -> Findings[Any]:
    """Read back what a study found, from the folder that holds it."""
    rows = store.read_summary(folder, manifest, study.table)
    names = [name.removesuffix(".parquet") for name in manifest["files"] if name.endswith(".parquet")]
    return Findings(
        rows=[tuple(one.values()) if study.kind is tuple else from_cells(study.kind, one) for one in rows],
        columns=list(rows[0]) if rows else (),
        tables=Tables(names, lambda name: store.Table(store.read(folder, manifest, name))),
        texts={name: store.read_text(folder, manifest, name) for name in study.texts},
        notes=manifest.get("notes", ()),
        failures=manifest["failures"],
    )


def add_report(folder: store.ResultFolder) -> str:
    """Put the report into a folder of results, and say where it is, or why it is not and how to get it."""
    if gone := library.missing():
        return f"No {store.REPORT}, which needs {' and '.join(gone)}: {library.HINT}, then cxsim report {folder.shown}"
    try:
        store.add_file(folder, store.REPORT, page([read_report(folder)]).encode())
    except StoreError as error:
        return f"No {store.REPORT}: {error}; the results are there"
    return f"Report: {folder.shown}/{store.REPORT}"
