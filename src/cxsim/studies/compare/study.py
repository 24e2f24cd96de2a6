"""``compare``: results of several folders held against those of the first."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from cxsim.charts.content import Chart
from cxsim.errors import CxsimError
from cxsim.measures.series import RunTables
from cxsim.narrative.tables import grid
from cxsim.store import ResultFolder, Table, read_manifest
from cxsim.store.folder import SAFE_NAME
from cxsim.studies.base import Findings, Runner, Study
from cxsim.studies.compare.charts import capacities, charts, difference
from cxsim.studies.compare.comparison import (
    ComparisonRow,
    Counted,
    compare,
    differing,
    firm_of,
    overlay,
    pairs_of,
    remarks,
    series_table,
    sides,
    values_table,
)
from cxsim.studies.compare.sentences import fields_table, sentences, table
from cxsim.studies.run.stored import RunResults, read_run

MOST_NAME = 120
SHOWN_FIELDS = 12


class CompareStudy(Study[ComparisonRow]):
    """Folders of results of ``run``, and the firm to answer about: that of the first scenario, unless named."""

    kind = ComparisonRow
    name, table, engine = "compare", "comparison.csv", "none"
    answered_by = ("studies/compare", "statistics")

    def __init__(self, places: Sequence[ResultFolder], firm: str | None = None, command: str = "") -> None:
        self.compared = sides([read_run(place, read_manifest(place)) for place in places])
        self.pairs, self.firm = pairs_of(self.compared), firm_of(self.compared, firm)
        self.labels = [side.label for side in self.compared]
        self.months = self.compared[0].scope.months
        self.differing = differing(self.compared, self.pairs)
        self.seed = self.compared[0].manifest["seed"]
        self.seeds = list(dict.fromkeys(seed for side in self.compared for seed in side.manifest["replicate_seeds"]))
        self.command = command

    @property
    def folder(self) -> str:
        """Name the results that are compared, as far as there is room."""
        name = "_".join([self.name, *(side.place.path.name for side in self.compared)])
        safe = len(name) <= MOST_NAME and SAFE_NAME.fullmatch(name)
        return name if safe else f"{self.name}_{len(self.compared)}_results"

    def check(self, place: ResultFolder) -> None:
        """Refuse a folder that would replace what is compared."""
        if any(side.place.path.resolve() == place.path.resolve() for side in self.compared):
            raise CxsimError(f"--out {place.shown} is one of the results that are compared; name another folder")

    @property
    def question(self) -> Mapping[str, Any]:
        """The content of every folder, and what is held against what."""
        return {
            "firm": self.firm,
            "months": self.months,
            "results": [_source(side) for side in self.compared],
            "pairs": [pair._asdict() for pair in self.pairs],
            "differing": [field._asdict() for field in self.differing],
            "counted": [one._asdict() for one in self._counted],
        }

    @cached_property
    def _overlaid(self) -> dict[str, tuple[RunTables, list[Counted]]]:
        return {pair.name: overlay(self.compared, pair, self.firm) for pair in self.pairs}

    @property
    def _pictures(self) -> dict[str, RunTables]:
        return {pair: picture for pair, (picture, _) in self._overlaid.items()}

    @property
    def _counted(self) -> list[Counted]:
        return [one for _, counted in self._overlaid.values() for one in counted]

    def conduct(self, runner: Runner) -> Findings[ComparisonRow]:
        """Compare, and lay the results of each pair over each other."""
        laid = self._pictures
        return Findings(
            rows=compare(laid),
            tables={"series": Table(series_table(laid)), "values": Table(values_table(laid))},
            notes=list(remarks(self.compared, self.pairs)),
        )

    def sentences(self, found: Findings[ComparisonRow]) -> list[str]:
        """Say how much more or less the firm is worth, and how sure that is."""
        return sentences(found.rows, self.firm, self.months, self._counted)

    def lines(self, found: Findings[ComparisonRow], width: int) -> Iterator[str]:
        """What differs, the answer in words, and the table."""
        yield f"\n{' and '.join(self.labels[1:])} compared with {self.labels[0]}\n"
        shown = fields_table(self.differing[:SHOWN_FIELDS], self.labels)
        yield from grid(*shown) if self.differing else ["The scenarios have the same values in all results."]
        if (more := len(self.differing) - SHOWN_FIELDS) > 0:
            yield f"... and {more} more values that differ; manifest.json lists all"
        yield from ("", *self.sentences(found), "", *grid(*table(found.rows, self.firm)))
        yield "Means with 95 % intervals, closed firms included; * the interval of the difference leaves out zero."
        yield from (f"Note: {note}" for note in found.notes)

    def charts(self, found: Findings[ComparisonRow]) -> Sequence[Chart]:
        """Draw how much more each result is worth than the first, and all laid over each other."""
        laid = charts(self.firm, self.months, found.tables["series"].columns, found.tables["values"].columns)
        return [difference(found.rows, self.firm), *chain(*laid.values()), *capacities(self._pictures)]


def _source(side: RunResults) -> dict[str, Any]:
    manifest = side.manifest
    about = {name: manifest[name] for name in ("name", "command", "identity", "seed")}
    return {"label": side.label, **about, "replicates": len(manifest["replicate_seeds"])}
