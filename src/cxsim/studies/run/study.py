"""``run``: every arm of a scenario on the same seeds, and the answer to the scenario's question."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cxsim.charts.content import Chart
from cxsim.engine import EngineName
from cxsim.measures.registry import WHOLE
from cxsim.narrative.sentences import folded, plural
from cxsim.scenario import Scenario
from cxsim.store import Table
from cxsim.studies.base import FailedRunsError, Findings, Runner, Study
from cxsim.studies.run.answer import Answer, answer, scope_of
from cxsim.studies.run.charts import charts
from cxsim.studies.run.execute import Failure, assemble, run_scenario, seeds_of
from cxsim.studies.run.notes import alike_notes, sample_notes, start_notes
from cxsim.studies.run.stored import run_tables
from cxsim.studies.run.summary import Summary, SummaryRow, summarize


class RunStudy(Study[SummaryRow]):
    """A scenario on one of the engines. ``again`` gives the command that comes to a failed run once more."""

    kind = SummaryRow
    keeps_finished = False  # months of all firms are much to write twice

    def __init__(self, scenario: Scenario, engine: EngineName, command: str, again: Callable[[Failure], str]) -> None:
        self.scenario, self.engine, self.command, self.again = scenario, engine, command, again
        self.simulated_by = engine
        self.name, self.seed, self.seeds = scenario.name, scenario.seed, seeds_of(scenario)
        self.total = len(scenario.arms) * scenario.replicates
        self.notes = [*scenario.notes, *map(str, scenario.warnings), *alike_notes(scenario)]

    @property
    def question(self) -> Mapping[str, Any]:
        """The scenario."""
        return {"scenario": self.scenario.digest}

    def described(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Tell every value of the scenario."""
        return self.scenario.resolved

    def conduct(self, runner: Runner) -> Findings[SummaryRow]:
        """Run all arms on all seeds; fails when no run comes to its end."""
        notes = start_notes(self.scenario)
        outcome = run_scenario(self.scenario, self.simulated_by, runner)
        failures = [failure._asdict() | {"command": self.again(failure)} for failure in outcome.failures]
        if not outcome.records:
            raise FailedRunsError("No run came to its end, so nothing was written.", failures)
        tables = assemble(outcome.records)
        return Findings(
            rows=summarize(tables.runs),
            tables={"months": Table(tables.months), "runs": Table(tables.runs, WHOLE)},
            notes=[*notes, *sample_notes(tables.runs)],
            failures=failures,
            made=plural(len(outcome.records), "run"),
        )

    def sentences(self, found: Findings[SummaryRow]) -> list[str]:
        """Say which arm is best, how sure that is, and what goes along with it."""
        return self._answer(found.rows).sentences

    def _answer(self, rows: Sequence[SummaryRow]) -> Answer:
        return answer(Summary(rows), scope_of(self.scenario.resolved))

    def lines(self, found: Findings[SummaryRow], width: int) -> Iterator[str]:
        """Question, answer, table, and what else to know and to look at."""
        told, scenario = self._answer(found.rows), self.scenario
        yield f"\n{scenario.title}: {scenario.question}"
        yield from (f"  {arm.name}: {arm.title}" for arm in scenario.arms if arm.title and arm.title != arm.name)
        yield from ("", *told.sentences, "", *told.table, *told.notes)
        yield from (f"Note: {note}" for note in found.notes)
        if scenario.look_for:
            yield f"\n{folded(f'Look for: {scenario.look_for}', width)}"

    def charts(self, found: Findings[SummaryRow]) -> Sequence[Chart]:
        """Draw the focal firm over months, what it is worth, and where its capacity went."""
        months, runs = found.tables["months"].columns, found.tables["runs"].columns
        return charts(run_tables(self.scenario.resolved, months, runs))

    def failed(self, failure: Mapping[str, Any]) -> str:
        """Say which run failed, why, and how to see it fail again."""
        which = f"arm {failure['arm']}, replicate {failure['replicate']}, seed {failure['seed']}"
        return f"{which}: {failure['error']}\n  again: {failure['command']}"
