"""``pivot``: when a firm should change from its first strategy to its second, and what would have told it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxsim.narrative.sentences import folded, plural
from cxsim.report.stored import PAGE, to_json
from cxsim.statistics.figures import columns_of
from cxsim.store import Table
from cxsim.studies.base import FailedRunsError, Findings, Runner, Study
from cxsim.studies.pivot.answer import answer
from cxsim.studies.pivot.page import page
from cxsim.studies.pivot.phase_map import Load, axes_of, load_cells, run_cells, sentences_on
from cxsim.studies.pivot.sample import Sample, paths_table, runs_table
from cxsim.studies.pivot.search import Query, ask, notes_on, search
from cxsim.studies.pivot.signals import score_signals
from cxsim.studies.run.answer import Answer
from cxsim.studies.run.execute import seeds_of
from cxsim.studies.run.notes import alike_notes

ANSWER = "answer.txt"
Cells = tuple[object, ...]


class PivotStudy(Study[Cells]):
    """A query of a scenario, with a map over the parameters of ``maps``, such as ``market.homogeneity=0:1:5``.

    ``load`` gives the scenario with some further settings. ``verbose`` tells what common random numbers are worth.
    Raises ScenarioError.
    """

    table, texts = "moments.csv", (ANSWER, PAGE)
    answered_by = ("studies/pivot", "statistics", "measures")

    def __init__(
        self,
        load: Load,
        query: Query,
        maps: Sequence[str] = (),
        map_replicates: int | None = None,
        verbose: bool = False,
        command: str = "",
    ) -> None:
        self.scenario = scenario = load([])
        self.query, self.verbose, self.command = query, verbose, command
        ask(scenario, query)
        self.maps, self.map_replicates, self.axes = list(maps), map_replicates, axes_of(maps)
        self.cells = load_cells(self.axes, load, map_replicates) if maps else {}
        self.name, self.seed, self.seeds = f"pivot_{scenario.name}", scenario.seed, seeds_of(scenario)
        self.total = scenario.replicates + sum(cell.replicates for cell in self.cells.values())

    @property
    def question(self) -> Mapping[str, Any]:
        """The scenario, the query, and the map."""
        return {
            "scenario": self.scenario.digest,
            **self.query._asdict(),
            "map": self.maps,
            "map_replicates": self.map_replicates,
            "verbose": self.verbose,
            "cells": [cell.digest for cell in self.cells.values()],
        }

    def described(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Tell every value of the scenario too."""
        return {"asked": asked, **self.scenario.resolved}

    def conduct(self, runner: Runner) -> Findings[Cells]:
        """Find the best moment, then that of every cell of the map."""
        scenario = self.scenario
        sample = search(scenario, self.query, runner)
        if not sample.trials:
            raise FailedRunsError("No run came to its end, so nothing was written.", sample.failures)
        signals, known = score_signals(sample), [*scenario.notes, *alike_notes(scenario, "")]
        notes = [*known, *notes_on(scenario, sample.question, self.query)]
        told = answer(sample, signals, self.query.precision, notes, self.verbose)
        over = run_cells(self.axes, self.cells, self.query, runner)
        told.sentences.extend(sentences_on(over) if over else ())
        tables = {
            "moments": columns_of(map(vars, sample.rows)),
            "costs": columns_of(map(vars, sample.costs)),
            "signals": columns_of(map(vars, signals)),
            "paths": paths_table(sample),
            "runs": runs_table(sample),
            "map": over.columns() if over else {},
        }
        return Findings(
            columns=list(tables["moments"]),
            rows=list(zip(*(column.tolist() for column in tables["moments"].values()), strict=True)),
            tables={name: Table(columns) for name, columns in tables.items() if columns or name == "costs"},
            texts={ANSWER: self._text(sample, told), PAGE: to_json(page(scenario.title, sample, signals, told, over))},
            notes=known,
            failures=[*sample.failures, *(failure for one in (over.samples if over else ()) for failure in one.failures)],
            made=plural(sample.runs, "seed"),
        )

    def _text(self, found: Sample, told: Answer) -> str:
        """The answer as a text."""
        sentences, notes = map(folded, told.sentences), (folded(f"Note: {note}") for note in told.notes)
        title = f"{self.scenario.title}: when should {found.firm} pivot?"
        return "\n".join([title, "", *sentences, "", *told.table, *notes]) + "\n"

    def lines(self, found: Findings[Cells], width: int) -> Iterator[str]:
        """The answer as it was written."""
        yield from found.texts[ANSWER].splitlines()

    def failed(self, failure: Mapping[str, Any]) -> str:
        """Say which replicate failed, and why."""
        return f"replicate {failure['replicate']}, seed {failure['seed']}: {failure['error']}"
