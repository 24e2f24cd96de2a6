"""What a study found, for whoever works in Python: frames, figures, sentences, a report."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from cxsim.report.render import page
from cxsim.store import ResultFolder
from cxsim.store.rows import cells, header
from cxsim.studies.base import Study
from cxsim.studies.pages import read_report
from cxsim.studies.perform import Performed, write

if TYPE_CHECKING:
    import pandas as pd


class Result:
    """What came of a study. ``folder`` is where it is kept, None when it is in memory alone."""

    def __init__(self, study: Study[Any], done: Performed, place: ResultFolder | None) -> None:
        self.study, self.done, self._place = study, done, place

    def __repr__(self) -> str:
        return f"<{self.study.name}: {', '.join(self.frames)}>"

    @property
    def folder(self) -> Path | None:
        """Where the results are kept."""
        return None if self._place is None else self._place.path

    @cached_property
    def frames(self) -> "Mapping[str, pd.DataFrame]":
        """Every table by its name, such as ``summary`` and ``runs``; money in cents, shares from 0 to 1."""
        import pandas as pd

        found = self.done.findings
        main = pd.DataFrame([cells(row) for row in found.rows], columns=list(found.columns or header(self.study.kind)))
        tables = {name: pd.DataFrame(table.columns) for name, table in found.tables.items()}
        return {PurePath(self.study.table).stem: main, **tables}

    @property
    def failures(self) -> list[str]:
        """Which runs failed, and why."""
        return [self.study.failed(failure) for failure in self.done.findings.failures]

    def sentences(self) -> list[str]:
        """Give the answer in sentences."""
        return self.study.sentences(self.done.findings)

    def figures(self) -> Mapping[str, Any]:
        """Every figure of matplotlib, by its name."""
        from cxsim.charts.matplotlib import figure  # takes half a second to import

        return {chart.name: figure(chart) for chart in self.study.charts(self.done.findings)}

    def report(self, path: str | Path) -> Path:
        """Write the report as one page of HTML, and give back where it is. Raises ReportError without ``cxsim[report]``."""
        with TemporaryDirectory() as folder:
            place = self._place or self.written(Path(folder) / "results")
            text = page([read_report(place)])
        Path(path).write_text(text, encoding="utf-8")
        return Path(path)

    def written(self, folder: Path) -> ResultFolder:
        """Write results that are in memory alone to a folder, without plots."""
        place = ResultFolder(folder, self.study.name)
        write(self.study, self.done, place, plots=False)
        return place
