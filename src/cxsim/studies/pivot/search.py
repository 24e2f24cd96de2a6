"""The whole question: which firm of which scenario, on how many seeds, until the best moment is known well enough."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from cxsim.errors import Problem, ScenarioError
from cxsim.execution.runner import digest_of
from cxsim.execution.scheduler import Task
from cxsim.model.chance import replicate_seed
from cxsim.scenario import Arm, Scenario
from cxsim.scenario.messages import no_such
from cxsim.statistics.best import runs_needed
from cxsim.studies.base import Runner
from cxsim.studies.pivot.candidates import By, moments_of
from cxsim.studies.pivot.sample import Sample
from cxsim.studies.pivot.trials import Question, Trial, alone, try_moments

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
    case = alone(arm.case, number)
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
    others = [one.name for one in scenario.arms if alone(one.case, question.plan) != question.case]
    if others:
        notes.append(f"arm {arm} was taken; {', '.join(others)} differ from it in more than the pivot (--arm NAME)")
    if scenario.arm(arm).case.firms[question.plan].count > 1:
        notes.append(f"the first firm of block {plan.name} pivots; the others keep to the trigger of their block")
    return notes


def search(scenario: Scenario, query: Query, runner: Runner | None = None) -> Sample:
    """Run trials on the seeds of a scenario, and on more of them while the best moment is not known as asked."""
    question, total, results = ask(scenario, query), scenario.replicates, list[Trial | str]()
    while True:
        seeds = [int(replicate_seed(scenario.seed, number)) for number in range(total)]
        results += run_trials(question, seeds[len(results) :], runner or Runner())
        sample = Sample(question, seeds, results)
        if not sample.trials or query.precision is None or total >= query.most:
            return sample
        width = sample.width
        if width <= query.precision and sample.trusted:
            return sample
        wanted = runs_needed(total, width, query.precision) if math.isfinite(width) else FASTEST * total
        total = min(max(wanted, total + total // 2), FASTEST * total, query.most)


def run_trials(question: Question, seeds: Sequence[int], runner: Runner) -> list[Trial | str]:
    """Run trials, in order of seeds whatever the order in which they finish; of one that failed, what it said."""
    tasks = [Task(f"{digest_of(question)} {seed}", seed) for seed in seeds]
    return runner.each(lambda seed: try_moments(question, seed), Trial, tasks)
