"""Targets on spending to keep customers (P3): what the service audit finds in the reduced scenario."""

import numpy as np

from cxsim.scenario import load_scenario
from cxsim.scenario.examples import examples_folder
from cxsim.statistics.intervals import Estimate, Floats
from cxsim.studies.base import Runner
from cxsim.studies.run.execute import seeds_of
from cxsim.studies.service.audit import Question, search
from cxsim.studies.service.cases import Subject
from cxsim.studies.service.curve import FULL, Curve
from cxsim.studies.verification import theory
from cxsim.studies.verification.formulas import BLATTBERG, SHORT_SIGHTED
from cxsim.studies.verification.targets import TargetGroup, TargetRow, Tolerance

PERIOD = 1  # months that the short-sighted manager counts
UNIT = 100  # cents


def searched(runner: Runner) -> Curve:
    """Audit the firm of P3, as ``cxsim service`` does."""
    scenario = load_scenario(examples_folder() / "verification" / "p03_keeping.toml")
    subject = Subject(scenario.arms[0].case, scenario.focal, scenario.months)
    question = Question(subject, seeds_of(scenario), scenario.seed, (PERIOD,), brief=True)
    return search(question, runner)


def keeping(runner: Runner) -> list[TargetRow]:
    """P3: the best spend, that of a manager who sees one period, and what lies between them."""
    found = searched(runner)
    best, short = found.tops[FULL], found.tops[PERIOD]
    price = found.subject.plan.strategy.price / UNIT  # brought by a customer, of which service gets a share
    value = price + best.value / found.subject.plan.start.customers / UNIT
    optimum, sight = theory.best_retention_spend(SHORT_SIGHTED), theory.one_period_spend(SHORT_SIGHTED)
    worth = theory.won_customer_value(optimum, SHORT_SIGHTED)
    subject, hundredth, point = TargetGroup("P3", "model", BLATTBERG), Tolerance(0.01, "share"), Tolerance(0.01)
    lacking = 1 - np.divide(short.share, best.share)

    def sure(values: Floats) -> Estimate:
        return found.draws.interval(values)

    return [
        subject.row("case 3 searched: best spend to keep", optimum, hundredth, sure(best.share * price)),
        subject.row("case 3 searched: value of a customer won", worth, hundredth, sure(value)),
        subject.row("case 3 searched: one period in view", sight, hundredth, sure(short.share * price)),
        subject.row("gap that the service audit finds", 1 - sight / optimum, point, sure(lacking)),
    ]
