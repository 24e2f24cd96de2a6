"""``sweep``: a scenario at many points, of which a folder or the memory keeps every run."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cxsim.measures.registry import RUN_MEASURES
from cxsim.narrative.formatting import style_of, with_interval
from cxsim.narrative.sentences import folded, plural
from cxsim.store import ResultFolder, Table, read_manifest
from cxsim.studies.base import FailedRunsError, Findings, Runner, Study, Watch
from cxsim.studies.perform import Performed, origin_of
from cxsim.studies.sweep.folder import TEXTS, SweepQuery, begin
from cxsim.studies.sweep.results import MONTHS, RUNS, frame_of, lines_of
from cxsim.studies.sweep.run import Execution, work_on
from cxsim.studies.sweep.summary import Line, cells, header, table

MOST_LINES = 50
Cells = tuple[object, ...]


class SweepStudy(Study[Cells]):
    """What a sweep asks, and by whom it is done. Its folder is filled over time: see ``folder`` and ``run``."""

    answered_by = ("studies/sweep", "measures")

    def __init__(self, query: SweepQuery, execution: Execution = Execution()) -> None:  # noqa: B008 - it cannot be changed
        self.query, self.design, self.execution, self.command = query, query.design, execution, query.command
        self.name, self.seeds, self.total = query.name, (), len(query.design.numbers)
        self.seed = self.design.scenario(0, self.design.arms[0]).seed

    @property
    def question(self) -> Mapping[str, Any]:
        """The design."""
        return {"design": self.design.digest}

    def described(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Tell what the sweep file says of itself."""
        return {"sweep": {name: getattr(self.query, name) for name in TEXTS}}

    def conduct(self, runner: Runner) -> Findings[Cells]:
        """Do every run in a folder for the while, and read all of it."""
        with TemporaryDirectory() as folder:
            place = ResultFolder(Path(folder) / "sweep", self.name)
            self.fill(place, False, runner.watch)
            return self.read(place)

    def fill(self, place: ResultFolder, force: bool, watch: Watch) -> bool:
        """Do the runs that a folder lacks; false when it lacked none. Raises StoreError for a folder of something else."""
        if begin(place, self.query, force):
            return False
        with watch.progress(self.total) as progress:
            work_on(place, self.query, self.execution, lambda count: progress(count.done + count.failed, count.total))
        return True

    def read(self, place: ResultFolder) -> Findings[Cells]:
        """Read the folder of a finished sweep. Raises StoreError when it is damaged, FailedRunsError when no run was good."""
        failures = read_manifest(place)["failures"]
        if len(failures) == self.total:
            raise FailedRunsError("No run came to its end, so there is nothing to tell.", failures)
        lines = lines_of(place, self.design)
        names = (RUNS, MONTHS) if self.design.detail == MONTHS else (RUNS,)
        return Findings(
            rows=[tuple(cells(line)) for line in lines],
            columns=header(self.design, list(lines[0].means)),
            tables={name: Table.of(frame_of(place, name)) for name in names},
            failures=failures,
            made=plural(self.total - len(failures), "run"),
            whole=lines,
        )

    def sentences(self, found: Findings[Cells]) -> list[str]:
        """Say how much was run, and where the first measure is highest."""
        lines: Sequence[Line] = found.whole
        counts = plural(len(self.design.points), "point"), plural(len(self.design.arms), "arm")
        told = [f"{' x '.join(counts)} x {plural(self.design.replicates, 'replicate')}: {found.made} came to their end."]
        for name in list(lines[0].means)[:1]:
            best = max(lines, key=lambda line: line.means[name].mean)
            at = ", ".join(f"{key} = {value}" for key, value in best.factors.items())
            mean = with_interval(best.means[name], style_of(RUN_MEASURES[name].unit_of_mean))
            told.append(f"The mean of {name} is highest under {best.arm} at {at}: {mean}.")
        return told

    def lines(self, found: Findings[Cells], width: int) -> Iterator[str]:
        """The question, the summary, and what to look for."""
        return self._lines(found.whole, width, "summary.csv")

    def told(self, place: ResultFolder, width: int) -> Iterator[str]:
        """The same of a finished sweep in a folder, without reading more than it takes."""
        return self._lines(lines_of(place, self.design), width, f"{place.shown}/summary.csv")

    def _lines(self, lines: Sequence[Line], width: int, summary: str) -> Iterator[str]:
        yield f"\n{folded(': '.join(text for text in (self.query.title, self.query.question) if text), width)}\n"
        yield from table(self.design, lines, MOST_LINES, width) if lines else ()
        if (more := len(lines) - MOST_LINES) > 0:
            yield f"... and {plural(more, 'more line')} in {summary}"
        if self.query.look_for:
            yield f"\n{folded(f'Look for: {self.query.look_for}', width)}"

    def failed(self, failure: Mapping[str, Any]) -> str:
        """Say which run failed, why, and how to repeat it."""
        where = f"point {failure['point']}, arm {failure['arm']}, replicate {failure['replicate']}"
        seed = "" if failure["seed"] is None else f", seed {failure['seed']}"
        return f"run {failure['number']} ({where}{seed}): {failure['error']}\n  again: {failure['command']}"


def perform_sweep(study: SweepStudy, place: ResultFolder, force: bool = False, watch: Watch | None = None) -> Performed:
    """Fill the folder of a sweep, which keeps each run as soon as it is finished, and read it."""
    made = study.fill(place, force, watch or Watch())
    found = study.read(place)
    return Performed(found, origin_of(study)._replace(failures=found.failures), made)
