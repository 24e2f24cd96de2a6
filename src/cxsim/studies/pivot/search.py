"""The whole question: which firm of which scenario, on how many seeds, until the best moment is known well enough."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.errors import Problem, ScenarioError
from cxsim.execution.runner import digest_of
from cxsim.execution.scheduler import Entry, Task
from cxsim.model.chance import replicate_seed
from cxsim.scenario import Arm, Scenario
from cxsim.scenario.messages import no_such
from cxsim.statistics.best import FEWEST, Optimum, best_place, runs_needed, window
from cxsim.statistics.intervals import Estimate, Floats
from cxsim.statistics.ranks import carriers
from cxsim.statistics.resampling import resampled_means
from cxsim.studies.base import Runner
from cxsim.studies.pivot.candidates import By, moments_of
from cxsim.studies.pivot.trials import Question, Trial, alone, entry_of, trial_from, try_moments
from cxsim.studies.run.answer import MOST_CARRIERS

LEAST_RUNS = 30  # replicates from which an interval is trusted
DIES = 0.05  # share of firms that live, below which a firm is said to die anyway
MOST_RUNS = 2_000  # replicates, unless more are allowed
FASTEST = 4  # times as many replicates in a round as there were


class Query(NamedTuple):
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
    place: Optimum
    window: NDArray[np.bool_]


def ask(scenario: Scenario, query: Query) -> Question:
    """Turn what is asked into a question that trials answer. Raises ScenarioError for what the scenario has not got."""
    arm = scenario.arm(query.arm)
    number = _focal(scenario, arm, query.firm)
    plan = arm.case.firms[number]
    if plan.after == plan.strategy:
        message = f"the pivot would change nothing; allowed: a table firms.{plan.name}.after that says what changes"
        raise ScenarioError([Problem(scenario.name, f"firms.{plan.name}.after", message)])
    if plan.founded >= scenario.months - 1:
        message = f"is founded in month {plan.founded}; the last month is {scenario.months - 1}, so it has no time to pivot"
        raise ScenarioError([Problem(scenario.name, f"firms.{plan.name}", message)])
    case, number = alone(arm.case, number)
    first = plan.founded + 1 if plan.founded else 0
    moments = moments_of(query.by, scenario.months, first, case.params.market.customers, plan.start.cash, query.step)
    return Question(case, number, scenario.months, moments, plan.pivot.viable_months)


def _focal(scenario: Scenario, arm: Arm, firm: str | None) -> int:
    names = [plan.name for plan in arm.case.firms]
    if firm is None:
        return scenario.focal
    if firm not in names:
        raise ScenarioError([Problem("--firm", "", no_such("firm", firm, names))])
    return names.index(firm)


def notes_on(scenario: Scenario, question: Question, query: Query) -> list[str]:
    """Tell what the answer leaves out: other arms, other firms of the same block."""
    notes = []
    arm = query.arm or scenario.arms[0].name
    plan = question.case.firms[question.plan]
    others = [one.name for one in scenario.arms if alone(one.case, question.plan)[0] != question.case]
    if others:
        notes.append(f"arm {arm} was taken; {', '.join(others)} differ from it in more than the pivot (--arm NAME)")
    if scenario.arm(arm).case.firms[question.plan].count > 1:
        notes.append(f"the first firm of block {plan.name} pivots; the others keep to the trigger of their block")
    return notes


def search(scenario: Scenario, query: Query, runner: Runner | None = None) -> Sample:
    """Run trials on the seeds of a scenario, and on more of them while the best moment is not known as asked."""
    more = partial(_more, scenario=scenario, runner=runner or Runner())
    sample = more(Sample(ask(scenario, query), [], [], np.zeros(0, np.intp), []), total=scenario.replicates)
    while sample.trials and query.precision is not None and len(sample.replicates) < query.most:
        best, n = best_of(sample), len(sample.replicates)
        width = width_of(sample, best.place)
        if width <= query.precision and can_be_trusted(sample, best):
            break
        wanted = runs_needed(n, width, query.precision) if np.isfinite(width) else FASTEST * n
        sample = more(sample, total=min(max(wanted, n + n // 2), FASTEST * n, query.most))
    return sample


def _more(sample: Sample, scenario: Scenario, total: int, runner: Runner) -> Sample:
    done = len(sample.trials) + len(sample.failures)
    seeds = [int(replicate_seed(scenario.seed, number)) for number in range(done, total)]
    results = run_trials(sample.question, seeds, runner)
    trials, replicates, failures = list(sample.trials), list(sample.replicates), list(sample.failures)
    for number, (seed, result) in enumerate(zip(seeds, results, strict=True), done):
        if isinstance(result, str):
            failures.append({"replicate": number, "seed": seed, "error": result})
        else:
            trials.append(result)
            replicates.append(number)
    return Sample(sample.question, trials, replicates, _reached(sample.question, trials), failures)


def run_trials(question: Question, seeds: Sequence[int], runner: Runner) -> list[Trial | str]:
    """Run trials, in order of seeds whatever the order in which they finish; of one that failed, what it said."""
    tasks = [Task(f"{digest_of(question)} {seed}", seed) for seed in seeds]
    entries = runner(partial(_entry, question), tasks)
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


def level_of(sample: Sample, best: Best) -> Estimate:
    """Level of the best moment with its interval."""
    place, low, high = (level_at(sample, place) for place in best.place)
    return Estimate(place, low, high, len(sample.trials))


def can_be_trusted(sample: Sample, best: Best) -> bool:
    """Tell whether enough seeds stand behind an interval: resamples of a few lucky seeds are all alike, and too narrow."""
    few = carriers(sample.table("value")[:, best.column].tolist()).mean <= MOST_CARRIERS
    return len(sample.trials) >= LEAST_RUNS and not few


def width_of(sample: Sample, place: Optimum) -> float:
    """Width of the interval of the best moment: months, customers, or dollars; infinite when never may be the best."""
    if np.isnan(place.low):
        return float("inf")
    low, high = level_at(sample, place.low), level_at(sample, place.high)
    if low == high:
        return 0.0
    return (high - low) / (100 if sample.question.moments.by == "cash" else 1)
