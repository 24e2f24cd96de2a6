"""Targets on firms: keeping (P3), staffing (P4), choosing again (P5), ruin (P8), a floating goal (P10), switching (P11)."""

import math
from collections.abc import Iterator

import numpy as np

from cxsim.measures.firms import cash_flow
from cxsim.model.case import History
from cxsim.model.params import SERVICE
from cxsim.model.state import NOTHING
from cxsim.studies.base import Runner
from cxsim.studies.run.execute import seeds_of
from cxsim.studies.service.audit import Question, search
from cxsim.studies.service.cases import Subject
from cxsim.studies.service.curve import FULL
from cxsim.studies.verification import theory
from cxsim.studies.verification.formulas import SHORT_SIGHTED, STAFF
from cxsim.studies.verification.runs import measured, reduced
from cxsim.studies.verification.targets import Target, Tolerance

PERIOD = 1  # months that the short-sighted manager counts
UNIT = 100  # cents

REACH, LEAVING, MORE_LEAVING = (1.0, 1.0, 2.0, 0.5), (0.02, 0.05, 0.04, 0.03), 0.03125
SETTLED = 200  # months after which shares have settled

SUITS = {"standard_40": 0.4, "standard_60": 0.6, "standard_25": 0.25}
SIZES = (300, 500, 700, 900, 1_100, 1_300, 1_500)
LAST = 120  # months over which a monthly profit is taken


def keeping(runner: Runner) -> Iterator[Target]:
    """P3: the best spend, that of a manager who sees one period, and what lies between them, as ``cxsim service`` finds it."""
    scenario = reduced("p03_keeping")
    subject = Subject(scenario.arms[0].case, scenario.focal, scenario.months)
    found = search(Question(subject, seeds_of(scenario), scenario.seed, (PERIOD,), brief=True), runner)
    best, short = found.tops[FULL], found.tops[PERIOD]
    price = subject.plan.strategy.price / UNIT  # brought by a customer, of which service gets a share
    value = price + best.value / subject.plan.start.customers / UNIT
    optimum, sight = theory.best_retention_spend(SHORT_SIGHTED), theory.one_period_spend(SHORT_SIGHTED)
    worth = theory.won_customer_value(optimum, SHORT_SIGHTED)
    hundredth, point, sure = Tolerance(0.01, "share"), Tolerance(0.01), found.draws.interval
    yield Target("case 3 searched: best spend to keep", optimum, hundredth, sure(best.share * price))
    yield Target("case 3 searched: value of a customer won", worth, hundredth, sure(value))
    yield Target("case 3 searched: one period in view", sight, hundredth, sure(short.share * price))
    lacking = 1 - np.divide(short.share, best.share)
    yield Target("gap that the service audit finds", 1 - sight / optimum, point, sure(lacking))


def staffing(runner: Runner) -> Iterator[Target]:
    """P4: staff of firms that hold a service goal, in the last month."""
    found = measured("p04_staffing", lambda history: history.measures[-1, 0]["staff"][SERVICE], runner)
    for load, staff in STAFF.items():
        yield Target(f"service staff, load {load}", staff, Tolerance(0), found[f"load_{load}"][:1])


def choosing_again(runner: Runner) -> Iterator[Target]:
    """P5: market shares once they have settled, and how one answers to a firm's own leaving rate."""
    market = 50_000
    found = measured(
        "p05_choosing_again",
        lambda history: history.measures["customers"][SETTLED:].mean(axis=0),
        runner,
        (f"market.customers={market}",),
    )
    for firm, share in enumerate(theory.market_shares(REACH, LEAVING)):
        what = f"share, A = {REACH[firm]:g}, c = {LEAVING[firm]:g}"
        yield Target(what, share, Tolerance(0.01), found["as_given"][:, firm] / market)
    between = (math.sqrt(LEAVING[0] * MORE_LEAVING), *LEAVING[1:])
    elasticity = theory.market_shares(REACH, between)[0] - 1
    slopes = np.log(found["laxer"][:, 0] / found["as_given"][:, 0]) / math.log(MORE_LEAVING / LEAVING[0])
    yield Target(f"d ln share / d ln c at c = {between[0]:g}", elasticity, Tolerance(0.1, "share"), slopes)


def ruin(runner: Runner) -> Iterator[Target]:
    """P8: share of firms that run out of cash."""
    found = measured("p08_ruin", lambda history: (history.closed != NOTHING).mean(), runner)
    chance = theory.ruin_chance(10, 0.5, 2, 120)
    yield Target("ruined, B = 10, mu = .5, sd = 2, T = 120", chance, Tolerance(3, "errors"), found["base"])


def floating_goal(runner: Runner) -> Iterator[Target]:
    """P10: where service ends, on a scale on which the first goal is 100."""
    found = measured("p10_floating_goal", lambda history: history.measures[:, 0]["service_quality"], runner)
    floating, fixed = (100 / 0.95 * found[arm][:1] for arm in ("floating", "fixed"))
    half = Tolerance(0.005, "share")
    yield Target("service in the first month", 80, half, floating[:, 0])
    yield Target("service that a floating goal ends at", theory.floating_goal(8, 26, 80, 100), half, floating[:, -1])
    yield Target("service that a fixed goal ends at", 100, half, fixed[:, -1])


def last_profit(history: History) -> float:
    """Cents a month that the first firm gains in its last years."""
    return float(cash_flow(history.measures[-LAST:, 0]).mean())


def switch_point(runner: Runner) -> Iterator[Target]:
    """P11: size of the market from which a standard product earns more than customizing."""
    profits = [measured("p11_switch", last_profit, runner, (f"market.customers={size}",)) for size in SIZES]
    for arm, reached in SUITS.items():
        lead = np.array([one[arm] - one["customize"] for one in profits])
        size = theory.switch_point(theory.Trade(100, 80, 30, 20_000, 200, reached))
        crossing = [float(np.interp(0.0, one, SIZES)) for one in lead.T]  # by straight lines between sizes, per replicate
        yield Target(f"market at which to switch, phi = {reached:g}", size, Tolerance(0.1, "share"), crossing)
