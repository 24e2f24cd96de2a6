"""What a study found: frames, figures, sentences, a report, and files."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from cxsim import store
from cxsim.report.render import page
from cxsim.store.files import hold_file, write_file
from cxsim.store.rows import cells, header
from cxsim.studies.base import Findings, Study
from cxsim.studies.pages import read_report

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False, eq=False)
class Result:
    """What came of a study: ``made`` now or found in its folder ``place``, with plots or without.

    Without a place it is in memory alone. ``reported`` says what became of the report, if one was to be made.
    """

    study: Study[Any]
    findings: Findings[Any]
    origin: store.Origin
    made: bool
    plots: bool = False
    place: store.ResultFolder | None = None
    reported: str = ""

    def __repr__(self) -> str:
        return f"<{self.study.name}: {', '.join(self.frames)}>"

    @property
    def folder(self) -> Path | None:
        """Where the results are kept."""
        return None if self.place is None else self.place.path

    @property
    def summary(self) -> tuple[list[str], list[list[object]]]:
        """Header and cells of the main table."""
        return list(self.findings.columns or header(self.study.kind)), [cells(row) for row in self.findings.rows]

    @cached_property
    def frames(self) -> "Mapping[str, pd.DataFrame]":
        """Every table by its name, such as ``summary`` and ``runs``; money in cents, shares from 0 to 1."""
        import pandas as pd

        columns, rows = self.summary
        tables = {name: pd.DataFrame(table.columns) for name, table in self.findings.tables.items()}
        return {PurePath(self.study.table).stem: pd.DataFrame(rows, columns=columns), **tables}

    @property
    def failures(self) -> list[str]:
        """Which runs failed, and why."""
        return [self.study.failed(failure) for failure in self.findings.failures]

    def sentences(self) -> list[str]:
        """Give the answer in sentences."""
        return self.study.sentences(self.findings)

    def figures(self) -> Mapping[str, Any]:
        """Every figure of matplotlib, by its name."""
        from cxsim.charts.matplotlib import figure  # takes half a second to import

        return {chart.name: figure(chart) for chart in self.study.charts(self.findings)}

    def report(self, path: str | Path, force: bool = False) -> Path:
        """Write the report as one page of HTML, and give back where it is; ``force`` replaces something else that is there.

        Raises ReportError without ``cxsim[report]``, and StoreError when the file cannot be written.
        """
        out = Path(path)
        with TemporaryDirectory() as folder:
            place = self.place or self.written(Path(folder) / "results")
            text = page([read_report(place)])
        with hold_file(out, str(path)):
            write_file(out, text, force, str(path))
        return out

    def written(self, folder: Path) -> store.ResultFolder:
        """Write results that are in memory alone to a folder, without plots."""
        place = store.ResultFolder(folder, self.study.name)
        self.write(place, plots=False)
        return place

    def write(self, place: store.ResultFolder, plots: bool) -> "Result":
        """Write what was found to a folder, whole or not at all."""
        clock = time.perf_counter()
        images = self._images() if plots else {}
        origin = self.origin._replace(seconds=self.origin.seconds + time.perf_counter() - clock)
        found = self.findings
        store.write(place, origin, found.tables, self.summary, images, self.study.table, found.texts)
        return replace(self, origin=origin, plots=bool(images))

    def _images(self) -> dict[str, bytes]:
        from cxsim.charts.matplotlib import png  # takes half a second to import

        return {chart.name: png(chart) for chart in self.study.charts(self.findings)}
