"""``cxsim service``: how much one firm of a scenario should spend on service, what it spends, and why the two differ."""

import hashlib
import json
import textwrap
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from cxsim.cli.failures import SOME_FAILED
from cxsim.cli.options import (
    ScenarioOptions,
    result_options,
    scenario_argument,
    setting_options,
    take_short,
    workers_option,
)
from cxsim.cli.results import add_lacking_report, kept_until_written, png, recall, say_end, say_where
from cxsim.narrative.formatting import PROSE

if TYPE_CHECKING:
    from cxsim.report.content import Report
    from cxsim.scenario import Arm, Scenario
    from cxsim.statistics.figures import Figure
    from cxsim.store import Origin, ResultFolder
    from cxsim.studies.service import Audit, Question

NAME = "service"
TABLE = "service.csv"


@dataclass(frozen=True, kw_only=True)
class Options(ScenarioOptions):
    """What the user asked for."""

    firm: str | None
    arm: str | None
    horizons: str | None
    brief: bool


@click.command(
    NAME,
    help="Audit the service of one firm of SCENARIO: what it spends, what would be best at each horizon, and why the two "
    "differ.\n\nThe best spend is searched for among fixed shares of the firm's budget, all on the same seeds. docs/service.md "
    "says how each figure is made.",
    epilog="Example: cxsim service scenarios/largeco_service.toml --arm high --horizons 3,12,36",
)
@scenario_argument
@click.option("--firm", metavar="NAME", help="Firm to audit, instead of the one that the scenario is about.")
@click.option("--arm", metavar="NAME", help="Arm in which the firm follows its own rule, instead of the first.")
@click.option(
    "--horizons", metavar="H,H,...", help="Months that a manager may count, instead of those of 3,12,36,120 that fit."
)
@click.option("--brief", is_flag=True, help="Only the best spend and the gap: no cut, no split, no sizes.")
@setting_options(
    settings="Change one value, such as mechanisms.queue=false.",
    replicates="Seeds for each share; the split and the sizes take two fifths of them.",
)
@workers_option
@result_options(out="Folder of the results, instead of results/service_SCENARIO.")
def command(**given: Any) -> None:
    """Parse the options, and do the whole job."""
    from cxsim import store
    from cxsim.statistics.figures import Figure

    short = take_short(given)
    options = Options(short=short, **given)
    scenario = options.load()
    arm, question = _question(scenario, options)
    place = options.place(f"{NAME}_{scenario.name}")
    origin = _origin(scenario, arm, question, options)
    there = store.find(place, store.identity(origin.scenario_digest, origin.seeds), options.force)
    if there is None:
        _make(scenario, arm, question, origin, place, options)
        return
    for line in recall(place, options):
        options.say(line)
    _tell(scenario, arm, question, store.read_rows(place, Figure, TABLE), options)


def _question(scenario: "Scenario", options: Options) -> "tuple[Arm, Question]":
    """Check what is asked, all before anything is run."""
    from cxsim.errors import CxsimError
    from cxsim.studies.run.execute import seeds_of
    from cxsim.studies.service import Question, Subject, check_alone

    arm = scenario.arm(options.arm) if options.arm is not None else scenario.arms[0]
    names = [plan.name for plan in arm.case.firms]
    focal = scenario.focal if options.firm is None else names.index(_known(options.firm, names))
    subject = Subject(arm.case, focal, scenario.months)
    check_alone(subject)
    if scenario.replicates < 2:
        raise CxsimError(f"an interval needs 2 replicates or more, and there is {scenario.replicates}; add --replicates 20")
    horizons = _horizons(options.horizons, scenario.months - subject.plan.founded)
    return arm, Question(subject, seeds_of(scenario), scenario.seed, horizons, options.brief)


def _known(firm: str, names: Sequence[str]) -> str:
    from cxsim.errors import CxsimError
    from cxsim.scenario.messages import no_such

    if firm not in names:
        raise CxsimError(no_such("firm", firm, names))
    return firm


def _horizons(text: str | None, longest: int) -> list[int]:
    """Read months that fit into the run, in order, each once."""
    from cxsim.errors import CxsimError
    from cxsim.scenario.messages import short
    from cxsim.studies.service import HORIZONS

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


def _origin(scenario: "Scenario", arm: "Arm", question: "Question", options: Options) -> "Origin":
    """Say where the results come from; the digest covers the scenario, what is asked, and how it is measured."""
    from cxsim import store

    asked = {
        "scenario": scenario.digest,
        "firm": question.subject.plan.name,
        "arm": arm.name,
        "horizons": list(question.horizons),
        "brief": question.brief,
        "measured_by": store.sources_digest(("studies/service",)),
    }
    return store.Origin(
        scenario=scenario.resolved | {"service": asked},
        scenario_digest=hashlib.sha256(json.dumps(asked).encode()).hexdigest(),
        name=f"{NAME}_{scenario.name}",
        seed=scenario.seed,
        seeds=list(question.seeds),
        engine="fast",
        command=_again(options),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=0.0,
        notes=scenario.notes,
    )


def _again(options: Options) -> str:
    """Write the command that makes the same results again."""
    asked = {name: getattr(options, name) for name in ("firm", "arm", "horizons", "out")}
    given = {**asked, "set": options.settings, **options.short, "brief": options.brief}
    return options.command([NAME, options.path], given)


def _make(
    scenario: "Scenario", arm: "Arm", question: "Question", origin: "Origin", place: "ResultFolder", options: Options
) -> None:
    """Run everything, write the results, and tell them."""
    from cxsim.cli.progress import say_whether_compiling, show_progress
    from cxsim.narrative.formatting import plural
    from cxsim.studies.service import FailedRunsError, Runner, audit
    from cxsim.studies.service.page import service_report

    clock = time.perf_counter()
    say_whether_compiling(not options.quiet)
    for note in () if options.quiet else scenario.notes:
        click.echo(f"Note: {note}", err=True)
    with kept_until_written(place, origin, options) as journal:
        with show_progress(question.expected_runs, options.quiet) as progress:
            runner = Runner(options.workers, progress, question.expected_runs, journal)
            try:
                made = audit(question, runner)
            except FailedRunsError as error:
                click.echo(f"Failed: {error}. Nothing was written; what was finished is kept.", err=True)
                raise click.exceptions.Exit(SOME_FAILED) from None
            progress(runner.expected, runner.expected)
        page = service_report(_title(scenario, arm), question.subject.plan, made)
        _write(made, page, origin._replace(seconds=time.perf_counter() - clock), place, options)
    report = add_lacking_report(place, options)
    with say_where(place):
        _tell(scenario, arm, question, made.rows, options)
        say_end(place, options, report, f"{plural(made.runs_made, 'run')} in {time.perf_counter() - clock:.1f} s")


def _title(scenario: "Scenario", arm: "Arm") -> str:
    return scenario.title + (f", arm {arm.name}" if len(scenario.arms) > 1 else "")


def _write(made: "Audit", page: "Report", origin: "Origin", place: "ResultFolder", options: Options) -> None:
    from cxsim import store
    from cxsim.report.stored import PAGE, to_json
    from cxsim.statistics.figures import Figure

    frames = made.frames()
    frames.pop("figures")
    tables = {name: store.Table(_columns(frame)) for name, frame in frames.items()}
    summary, plots = store.to_cells(Figure, made.rows), _draw(made) if options.plots else {}
    store.write(place, origin, tables, summary, plots, TABLE, {PAGE: to_json(page)})


def _columns(frame: Any) -> dict[str, Any]:
    """Columns of a table as arrays; text as objects."""
    return {name: frame[name].to_numpy(object if frame[name].dtype.kind not in "iuf" else None) for name in frame.columns}


def _draw(made: "Audit") -> dict[str, bytes]:
    from cxsim.service_plots import figure

    return {chart.name: png(figure(chart)) for chart in made.charts}


def _tell(scenario: "Scenario", arm: "Arm", question: "Question", rows: "Sequence[Figure]", options: Options) -> None:
    """Print the question, the answer in sentences, the table, and what to know of it."""
    from cxsim.studies.service import Asked, answer, rule_of

    plan = question.subject.plan
    told = answer(rows, Asked(plan.name, rule_of(plan)))
    options.say(f"\n{_title(scenario, arm)}: how much service is too little for {plan.name}?\n")
    for sentence in told.sentences:
        options.say(textwrap.fill(sentence, PROSE))
    options.say()
    for line in told.table:
        options.say(line)
    for note in told.notes:
        options.say(textwrap.fill(note, PROSE))
