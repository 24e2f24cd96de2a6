"""``service``: how much one firm of a scenario should spend on service, what it spends, and why the two differ."""

from collections.abc import Iterator, Mapping
from typing import Any

from cxsim.errors import CxsimError
from cxsim.narrative.sentences import folded, plural
from cxsim.report.stored import PAGE, to_json
from cxsim.scenario import Scenario
from cxsim.scenario.messages import no_such, short
from cxsim.statistics.figures import Figure
from cxsim.store import Table
from cxsim.studies.base import Findings, Runner, Study
from cxsim.studies.run.execute import seeds_of
from cxsim.studies.run.notes import alike_notes
from cxsim.studies.service.answer import Spender, answer, rule_of
from cxsim.studies.service.audit import HORIZONS, Question, audit
from cxsim.studies.service.cases import Subject
from cxsim.studies.service.page import page


class ServiceStudy(Study[Figure]):
    """The audit of a firm (the focal one, unless named) in an arm (the first, unless named).

    ``horizons`` are months such as ``3,12``; ``brief`` leaves out the cut, the split and the sizes. Raises CxsimError.
    """

    kind = Figure
    table, texts = "service.csv", (PAGE,)
    answered_by = ("studies/service", "statistics", "measures")

    def __init__(
        self,
        scenario: Scenario,
        firm: str | None = None,
        arm: str | None = None,
        horizons: str | None = None,
        brief: bool = False,
        command: str = "",
    ) -> None:
        self.scenario, self.command = scenario, command
        self.notes = [*scenario.notes, *alike_notes(scenario, "")]
        self.name, self.seed, self.seeds = f"service_{scenario.name}", scenario.seed, seeds_of(scenario)
        self.arm = scenario.arm(arm)
        names = [plan.name for plan in self.arm.case.firms]
        if firm is not None and firm not in names:
            raise CxsimError(no_such("firm", firm, names))
        subject = Subject(self.arm.case, scenario.focal if firm is None else names.index(firm), scenario.months)
        if (count := subject.plan.count) != 1:
            what = f"{subject.plan.name} stands for {count} firms, and an audit is about one"
            raise CxsimError(f"{what}; add --set firms.{subject.plan.name}.count=1")
        if scenario.replicates < 2:
            raise CxsimError(f"an interval needs 2 replicates or more, and there is {scenario.replicates}; add --replicates 20")
        fitting = _horizons(horizons, scenario.months - subject.plan.founded)
        self.audited = Question(subject, self.seeds, self.seed, fitting, brief)
        self.plan, self.total = subject.plan, self.audited.expected_runs

    @property
    def question(self) -> Mapping[str, Any]:
        """Scenario, firm, arm and horizons."""
        return {
            "scenario": self.scenario.digest,
            "firm": self.plan.name,
            "arm": self.arm.name,
            "horizons": list(self.audited.horizons),
            "brief": self.audited.brief,
        }

    def described(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Tell every value of the scenario too."""
        return self.scenario.resolved | {"service": asked}

    @property
    def title(self) -> str:
        """What is audited."""
        return self.scenario.title + (f", arm {self.arm.name}" if len(self.scenario.arms) > 1 else "")

    def conduct(self, runner: Runner) -> Findings[Figure]:
        """Search for the best share, and for what lowers spend."""
        with runner.stage(self.total):
            made = audit(self.audited, runner)
        return Findings(
            rows=made.rows,
            tables={name: Table(columns) for name, columns in made.tables().items()},
            texts={PAGE: to_json(page(self.title, self.plan, made))},
            made=plural(made.runs_made, "run"),
        )

    def lines(self, found: Findings[Figure], width: int) -> Iterator[str]:
        """The question, the answer in sentences, the table, and what to know of it."""
        told = answer(found.rows, Spender(self.plan.name, rule_of(self.plan)))
        yield f"\n{self.title}: how much service is too little for {self.plan.name}?\n"
        yield from (folded(sentence) for sentence in told.sentences)
        yield from ("", *told.table)
        yield from (folded(note) for note in told.notes)


def _horizons(text: str | None, longest: int) -> list[int]:
    """Read months that fit into the run, in order, each once."""
    if text is None:
        return [months for months in HORIZONS if months <= longest] or [longest]
    found = []
    for part in text.split(","):
        word = part.strip()
        if not (word.isascii() and word.isdigit() and len(word) < 6 and int(word) > 0):
            raise CxsimError(f"--horizons: '{short(word)}' is not a number of months; give whole numbers such as 3,12,36")
        if int(word) > longest:
            raise CxsimError(
                f"--horizons: {word} months are beyond the run; allowed: 1 to {longest}, or a longer run (--months)"
            )
        found.append(int(word))
    return sorted(set(found))
