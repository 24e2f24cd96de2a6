"""``sweep``: a scenario at many points, of which a folder or the memory keeps every run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cxsim.measures.registry import RUN_MEASURES
from cxsim.narrative.formatting import style_of, with_interval
from cxsim.narrative.sentences import folded, plural
from cxsim.store import SUMMARY, ResultFolder, Table, read_manifest
from cxsim.store.results import require_whole
from cxsim.studies.base import Findings, Runner, Study
from cxsim.studies.perform import Tables
from cxsim.studies.sweep.design import TEXTS, Design
from cxsim.studies.sweep.folder import begin
from cxsim.studies.sweep.results import MONTHS, RUNS, frame_of, lines_of
from cxsim.studies.sweep.run import Execution, work_on
from cxsim.studies.sweep.summary import Line, cells, header, table

MOST_LINES = 50
Cells = tuple[object, ...]


class SweepStudy(Study[Cells]):
    """A design, and by whom it is done. Its folder is filled run by run: see ``folder`` and ``run``."""

    answered_by = ("studies/sweep", "measures")
    grows = True
    seeds = ()

    def __init__(self, design: Design, execution: Execution = Execution()) -> None:  # noqa: B008 - it cannot be changed
        started = design.started or datetime.now(UTC).isoformat(timespec="seconds")
        self.design, self.execution, self.command = replace(design, started=started), execution, design.command
        self.name, self.seed, self.total = design.name, design.variants.run.seed, len(design.numbers)
        self.summary = SUMMARY  # and where it stands, once that is known

    @property
    def folder(self) -> str:
        """Name of the folder of results."""
        part, parts = self.design.shard
        return f"sweep_{self.name}" + (f"_{part}_of_{parts}" if parts > 1 else "")

    @property
    def question(self) -> Mapping[str, Any]:
        """The design."""
        return {"design": self.design.digest}

    def described(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Tell what the sweep file says of itself."""
        return {"sweep": {name: getattr(self.design, name) for name in TEXTS}}

    def conduct(self, runner: Runner) -> Findings[Cells]:
        """Do every run in a folder for the while, and read all of it."""
        with TemporaryDirectory() as temporary:
            folder = ResultFolder(Path(temporary) / "sweep", self.name)
            try:
                self.fill(folder, False, runner)
            except KeyboardInterrupt:
                raise KeyboardInterrupt from None  # without words on how to go on: nothing is kept
            found = self.read(folder)
            return replace(found, tables=dict(found.tables))

    def fill(self, folder: ResultFolder, force: bool, runner: Runner) -> bool:
        """Do the runs that a folder lacks; false when it lacked none. Raises StoreError for a folder of something else."""
        if begin(folder, self.design, force):
            require_whole(folder, read_manifest(folder))
            return False
        workers = self.execution.workers or runner.workers
        work_on(folder, self.design, self.execution._replace(workers=workers), runner.watch)
        return True

    def read(self, folder: ResultFolder) -> Findings[Cells]:
        """Read the folder of a finished sweep, its tables when they are asked for. Raises StoreError when it is damaged."""
        manifest, self.summary = read_manifest(folder), f"{folder.shown}/{SUMMARY}"
        failures = manifest["failures"]
        lines = lines_of(folder, manifest, self.design)
        names = ((RUNS, MONTHS) if self.design.detail == MONTHS else (RUNS,)) if lines else ()
        return Findings(
            rows=[tuple(cells(line)) for line in lines],
            columns=header(self.design, list(lines[0].means) if lines else []),
            tables=Tables(names, lambda name: Table.of(frame_of(folder, manifest, name))),
            notes=manifest.get("notes", ()),
            failures=failures,
            made=plural(self.total - len(failures), "run"),
            whole=lines,
        )

    def sentences(self, found: Findings[Cells]) -> list[str]:
        """Say how much was run, and where the first measure is highest."""
        lines: Sequence[Line] = found.whole
        told = [f"{self.design.counts}: {found.made} came to their end."]
        for name in list(lines[0].means)[:1]:
            best = max(lines, key=lambda line: line.means[name].mean)
            at = ", ".join(f"{key} = {value}" for key, value in best.factors.items())
            mean = with_interval(best.means[name], style_of(RUN_MEASURES[name].unit_of_mean))
            told.append(f"The mean of {name} is highest under {best.arm} at {at}: {mean}.")
        return told

    def lines(self, found: Findings[Cells], width: int) -> Iterator[str]:
        """The question, the summary, and what to look for."""
        design, lines = self.design, found.whole
        yield f"\n{folded(': '.join(text for text in (design.title, design.question) if text), width)}\n"
        yield from table(design, lines, MOST_LINES, width) if lines else ()
        if (more := len(lines) - MOST_LINES) > 0:
            yield f"... and {plural(more, 'more line')} in {self.summary}"
        yield from (folded(f"Note: {note}", width) for note in found.notes)
        if design.look_for:
            yield f"\n{folded(f'Look for: {design.look_for}', width)}"

    def failed(self, failure: Mapping[str, Any]) -> str:
        """Say which run failed, why, and how to repeat it."""
        where = f"point {failure['point']}, arm {failure['arm']}, replicate {failure['replicate']}"
        seed = "" if failure["seed"] is None else f", seed {failure['seed']}"
        return f"run {failure['number']} ({where}{seed}): {failure['error']}\n  again: {failure['command']}"
