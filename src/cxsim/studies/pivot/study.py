"""The whole question: which firm of which scenario, on how many seeds, until the best moment is known well enough."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.errors import Problem, ScenarioError
from cxsim.execution.runner import Progress, digest_of, each_once
from cxsim.execution.scheduler import Entry, Task
from cxsim.model.chance import replicate_seed
from cxsim.scenario import Arm, Scenario
from cxsim.scenario.messages import no_such
from cxsim.statistics.best import FEWEST, Place, best_place, resampled_means, runs_needed, window
from cxsim.statistics.intervals import Floats
from cxsim.store.journal import Journal
from cxsim.studies.pivot.candidates import By, moments_of
from cxsim.studies.pivot.trials import Question, Trial, alone, entry_of, trial_from, try_moments
from cxsim.studies.run.answer import MOST_CARRIERS
from cxsim.studies.run.summary import carriers

LEAST_RUNS = 30  # replicates from which an interval is trusted
DIES = 0.05  # share of firms that live, below which a firm is said to die anyway
MOST_RUNS = 2_000  # replicates, unless more are allowed
FASTEST = 4  # times as many replicates in a round as there were

Watch = Callable[[int], AbstractContextManager[Progress]]


def _silent(done: int, total: int) -> None:
    """Say nothing."""


class Asked(NamedTuple):
    """What the user wants to know."""

    firm: str | None = None
    arm: str | None = None
    by: By = "month"
    step: int | None = None
    precision: float | None = None
    most: int = MOST_RUNS


class Sample(NamedTuple):
    """Trials of one question, in order of replicates, and the moments that at least one of them came to.

    ``kept`` are the columns of these moments in a trial, and of never, which is last.
    """

    question: Question
    trials: list[Trial]
    replicates: list[int]
    kept: NDArray[np.intp]
    failures: list[dict[str, object]]

    @property
    def levels(self) -> list[int]:
        """Levels of the moments kept."""
        return [self.question.moments.levels[column] for column in self.kept[:-1]]

    @property
    def labels(self) -> list[str]:
        """Name of every column kept."""
        return [*(self.question.moments.word(level) for level in self.levels), "never"]

    def table(self, name: str) -> Floats:
        """One figure of all trials, a row a seed, a column a moment and never."""
        return np.array([getattr(trial, name)[self.kept] for trial in self.trials], float)

    def when_viable(self, name: str) -> Floats:
        """One figure of all trials for a pivot when viable."""
        return np.array([getattr(trial, name)[-2] for trial in self.trials], float)


class Best(NamedTuple):
    """The best moment: its column and place, and which columns may be as good."""

    column: int
    place: Place
    window: NDArray[np.bool_]


def ask(scenario: Scenario, asked: Asked) -> Question:
    """Turn what is asked into a question that trials answer. Raises ScenarioError for what the scenario has not got."""
    arm = scenario.arms[0] if asked.arm is None else scenario.arm(asked.arm)
    number = _focal(scenario, arm, asked.firm)
    plan = arm.case.firms[number]
    if plan.after == plan.strategy:
        message = f"the pivot would change nothing; allowed: a table firms.{plan.name}.after that says what changes"
        raise ScenarioError([Problem(scenario.name, f"firms.{plan.name}.after", message)])
    if plan.founded >= scenario.months - 1:
        message = f"is founded in month {plan.founded}; the last month is {scenario.months - 1}, so it has no time to pivot"
        raise ScenarioError([Problem(scenario.name, f"firms.{plan.name}", message)])
    case, number = alone(arm.case, number)
    first = plan.founded + 1 if plan.founded else 0
    moments = moments_of(asked.by, scenario.months, first, case.params.market.customers, plan.start.cash, asked.step)
    return Question(case, number, scenario.months, moments, plan.pivot.viable_months)


def _focal(scenario: Scenario, arm: Arm, firm: str | None) -> int:

    names = [plan.name for plan in arm.case.firms]
    if firm is None:
        return scenario.focal
    if firm not in names:
        raise ScenarioError([Problem("--firm", "", no_such("firm", firm, names))])
    return names.index(firm)


def notes_on(scenario: Scenario, question: Question, asked: Asked) -> list[str]:
    """Tell what the answer leaves out: other arms, other firms of the same block."""
    notes = []
    arm = asked.arm or scenario.arms[0].name
    plan = question.case.firms[question.plan]
    others = [one.name for one in scenario.arms if alone(one.case, question.plan)[0] != question.case]
    if others:
        notes.append(f"arm {arm} was taken; {', '.join(others)} differ from it in more than the pivot (--arm NAME)")
    if scenario.arm(arm).case.firms[question.plan].count > 1:
        notes.append(f"the first firm of block {plan.name} pivots; the others keep to the trigger of their block")
    return notes


def study(
    scenario: Scenario,
    asked: Asked,
    workers: int | None = None,
    watch: Watch = lambda total: nullcontext(_silent),
    journal: Journal | None = None,
) -> Sample:
    """Run trials on the seeds of a scenario, and on more of them while the best moment is not known as asked.

    ``watch`` is called with the number of trials of every round, for a context that is told how many are done. Trials that a
    journal holds are not run again.
    """
    question = ask(scenario, asked)
    more = partial(_more, scenario=scenario, workers=workers, watch=watch, journal=journal)
    sample = more(Sample(question, [], [], np.zeros(0, np.intp), []), total=scenario.replicates)
    while sample.trials and asked.precision is not None and len(sample.replicates) < asked.most:
        best, n = best_of(sample), len(sample.replicates)
        width = width_of(sample, best.place)
        if width <= asked.precision and can_be_trusted(sample, best):
            break
        wanted = runs_needed(n, width, asked.precision) if np.isfinite(width) else FASTEST * n
        sample = more(sample, total=min(max(wanted, n + n // 2), FASTEST * n, asked.most))
    return sample


def _more(sample: Sample, scenario: Scenario, total: int, workers: int | None, watch: Watch, journal: Journal | None) -> Sample:
    done = len(sample.trials) + len(sample.failures)
    seeds = [int(replicate_seed(scenario.seed, number)) for number in range(done, total)]
    with watch(len(seeds)) as progress:
        results = run_trials(sample.question, seeds, workers, progress, journal)
    trials, replicates, failures = list(sample.trials), list(sample.replicates), list(sample.failures)
    for number, (seed, result) in enumerate(zip(seeds, results, strict=True), done):
        if isinstance(result, str):
            failures.append({"replicate": number, "seed": seed, "error": result})
        else:
            trials.append(result)
            replicates.append(number)
    return Sample(sample.question, trials, replicates, _reached(sample.question, trials), failures)


def run_trials(
    question: Question,
    seeds: Sequence[int],
    workers: int | None,
    progress: Progress = _silent,
    journal: Journal | None = None,
) -> list[Trial | str]:
    """Run trials on threads, in order of seeds whatever the order in which they finish; of one that failed, what it said.

    What a journal holds is not run again.
    """
    tasks = [Task(f"{digest_of(question)} {seed}", seed) for seed in seeds]
    entries = each_once(partial(_entry, question), tasks, workers, progress, journal)
    found = [entries[task.key] for task in tasks]
    return [entry["error"] if "error" in entry else trial_from(entry) for entry in found]


def _entry(question: Question, seed: int) -> Entry:
    return entry_of(try_moments(question, seed))


def _reached(question: Question, trials: Sequence[Trial]) -> NDArray[np.intp]:
    """Columns of moments that came in some trial, and of never. Months that none came to stay: they say that it was closed."""
    columns = np.arange(len(question.moments.levels))
    if question.moments.by != "month" and trials:
        came = np.array([trial.pivoted[: len(columns)] >= 0 for trial in trials]).any(axis=0)
        columns = columns[came]
    return np.append(columns, question.columns - 1)


def best_of(sample: Sample) -> Best:
    """Find the best moment by mean value."""
    values = sample.table("value")
    means = resampled_means(values) if len(values) > 1 else values
    return Best(int(values.mean(axis=0).argmax()), best_place(values, means), window(values, means))


def verdict(sample: Sample, best: Best) -> str:
    """Kind of answer: ``same`` (the pivot changes nothing), ``open`` (not to be told), ``never``, ``at once`` or ``moment``.

    It is open while the first moment and never may both be the best, or some moment and never may.
    """
    value = sample.table("value")
    if (value == value[:, [-1]]).all():
        return "same"
    if len(value) < FEWEST or (best.window[-1] and best.window[:-1].any()):
        return "open"
    if best.column == len(sample.labels) - 1:
        return "never"
    return "at once" if best.column == 0 else "moment"


def level_at(sample: Sample, place: float) -> float:
    """Level at a place among the columns; infinity for never and beyond the last moment, NaN for no place at all."""
    last = len(sample.levels) - 1
    return float("inf") if place > last else float(np.interp(place, range(last + 1), sample.levels))


def can_be_trusted(sample: Sample, best: Best) -> bool:
    """Tell whether enough seeds stand behind an interval: resamples of a few lucky seeds are all alike, and too narrow."""
    few = carriers(sample.table("value")[:, best.column].tolist()).mean <= MOST_CARRIERS
    return len(sample.trials) >= LEAST_RUNS and not few


def width_of(sample: Sample, place: Place) -> float:
    """Width of the interval of the best moment: months, customers, or dollars; infinite when never may be the best."""
    if np.isnan(place.low):
        return float("inf")
    low, high = level_at(sample, place.low), level_at(sample, place.high)
    if low == high:
        return 0.0
    return (high - low) / (100 if sample.question.moments.by == "cash" else 1)
