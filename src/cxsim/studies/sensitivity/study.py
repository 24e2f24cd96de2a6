"""``sensitivity``: which factors of a sweep matter, and which can be left alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxsim.charts.content import Chart
from cxsim.errors import CxsimError
from cxsim.narrative.sentences import folded
from cxsim.report.stored import PAGE, to_json
from cxsim.store import ResultFolder
from cxsim.studies.base import Findings, Runner, Study
from cxsim.studies.sensitivity.charts import charts
from cxsim.studies.sensitivity.indices import analyse, require
from cxsim.studies.sensitivity.page import page
from cxsim.studies.sensitivity.reading import read_responses
from cxsim.studies.sensitivity.rows import IndexRow
from cxsim.studies.sensitivity.words import answer, notes, tables


class SensitivityStudy(Study[IndexRow]):
    """The finished sweep in a folder, and the measures to analyse: those of its summary, unless named. Raises CxsimError."""

    kind = IndexRow
    table = "sensitivity.csv"
    answered_by = ("studies/sensitivity", "statistics")
    seeds = ()

    def __init__(self, source: ResultFolder, measures: Sequence[str] = (), command: str = "") -> None:
        self.software = require()
        self.source, self.command = source, command
        self.sweep, self.manifest, self.responses = read_responses(source, measures)
        self.name, self.seed = f"sensitivity_{self.sweep.name}", self.manifest["seed"]

    def check(self, folder: ResultFolder) -> None:
        """Refuse the folder of the sweep itself."""
        if folder.path.resolve() == self.source.path.resolve():
            raise CxsimError(f"--out {folder.shown} is the sweep itself; name another folder")

    @property
    def question(self) -> Mapping[str, Any]:
        """The sweep's tables, and what is asked of them."""
        files = self.manifest["files"].items()
        return {
            "sweep": self.sweep.digest,
            "tables": {name: about["sha256"] for name, about in files if name.endswith(".parquet")},
            "measures": list(dict.fromkeys(response.measure for response in self.responses)),
            "method": self.sweep.method,
            "SALib": self.software,
        }

    def described(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Tell every value of the first point too."""
        return self.sweep.scenario(0, self.sweep.arms[0]).resolved | {"sensitivity": asked}

    def conduct(self, runner: Runner) -> Findings[IndexRow]:
        """Compute the indices."""
        rows = list(analyse(self.sweep.points, self.responses))
        text = to_json(page(self.sweep.title, self.sweep.question, rows))
        made_from = f"made from {self.source.shown}: {self.manifest['command']}"
        return Findings(rows=rows, texts={PAGE: text}, notes=[made_from])

    def sentences(self, found: Findings[IndexRow]) -> list[str]:
        """Say which factors matter most, which can be left alone, and what luck hides."""
        return answer(found.rows)

    def lines(self, found: Findings[IndexRow], width: int) -> Iterator[str]:
        """The question, the answer in sentences, the tables, and what stands in them."""
        yield f"\n{self.sweep.title}: {self.sweep.question}\n"
        yield from (folded(sentence, width) for sentence in answer(found.rows))
        yield from ("", *tables(found.rows, width))
        yield from (folded(note, width) for note in notes(found.rows))

    def charts(self, found: Findings[IndexRow]) -> Sequence[Chart]:
        """Draw how much each factor matters."""
        return charts(found.rows)
