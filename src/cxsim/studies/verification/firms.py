"""Targets on firms: staffing (P4), choosing again (P5), ruin (P8), a floating goal (P10), custom or standard (P11)."""

import math

import numpy as np

from cxsim.model.case import History
from cxsim.model.params import SERVICE
from cxsim.model.state import NOTHING
from cxsim.statistics.intervals import Estimate, Floats, mean_interval
from cxsim.studies.base import Runner
from cxsim.studies.verification import theory
from cxsim.studies.verification.formulas import ERLANG, STAFF
from cxsim.studies.verification.runs import measured
from cxsim.studies.verification.targets import TargetGroup, TargetRow, Tolerance, figure

REACH, LEAVING, MORE_LEAVING = (1.0, 1.0, 2.0, 0.5), (0.02, 0.05, 0.04, 0.03), 0.03125
SETTLED = 200  # months after which shares have settled


SUITS = {"standard_40": 0.4, "standard_60": 0.6, "standard_25": 0.25}
SIZES = (300, 500, 700, 900, 1_100, 1_300, 1_500)
LAST = 120  # months over which a monthly profit is taken


def service_staff(history: History) -> int:
    """Service staff of the first firm in the last month."""
    return int(history.measures[-1, 0]["staff"][SERVICE])


def staffing(runner: Runner) -> list[TargetRow]:
    """P4: staff of firms that hold a service goal."""
    found = measured("p04_staffing", service_staff, runner)
    subject = TargetGroup("P4", "model", ERLANG)
    return [
        subject.row(f"service staff, load {load}", staff, Tolerance(0), figure(found[f"load_{load}"][0]))
        for load, staff in STAFF.items()
    ]


def settled_customers(history: History) -> Floats:
    """Mean number of customers that each firm has once shares have settled."""
    customers: Floats = history.measures["customers"][SETTLED:].mean(axis=0)
    return customers


def choosing_again(runner: Runner) -> list[TargetRow]:
    """P5: market shares, and how one answers to a firm's own leaving rate."""
    subject, market = TargetGroup("P5", "model", "balance of flows between firms"), 50_000
    found = measured("p05_choosing_again", settled_customers, runner, (f"market.customers={market}",))
    rows = []
    for firm, share in enumerate(theory.market_shares(REACH, LEAVING)):
        what = f"share, A = {REACH[firm]:g}, c = {LEAVING[firm]:g}"
        rows.append(subject.row(what, share, Tolerance(0.01), mean_interval(list(found["as_given"][:, firm] / market))))
    between = (math.sqrt(LEAVING[0] * MORE_LEAVING), *LEAVING[1:])
    elasticity = theory.market_shares(REACH, between)[0] - 1
    slopes = np.log(found["laxer"][:, 0] / found["as_given"][:, 0]) / math.log(MORE_LEAVING / LEAVING[0])
    what = f"d ln share / d ln c at c = {between[0]:g}"
    return [*rows, subject.row(what, elasticity, Tolerance(0.1, "share"), mean_interval(list(slopes)))]


def ruined(history: History) -> float:
    """Share of firms that closed."""
    return float((history.closed != NOTHING).mean())


def ruin(runner: Runner) -> list[TargetRow]:
    """P8: firms that run out of cash."""
    subject = TargetGroup("P8", "model", "Siegmund 1979, Advances in Applied Probability 11(4)")
    found = measured("p08_ruin", ruined, runner)
    chance = theory.ruin_chance(10, 0.5, 2, 120)
    return [
        subject.row(
            "ruined, B = 10, mu = .5, sd = 2, T = 120", chance, Tolerance(3, "errors"), mean_interval(list(found["base"]))
        )
    ]


def service_quality(history: History) -> Floats:
    """Quality of service of the first firm in each month."""
    quality: Floats = history.measures[:, 0]["service_quality"]
    return quality


def floating_goal(runner: Runner) -> list[TargetRow]:
    """P10: where service ends, on a scale on which the first goal is 100."""
    subject, half = TargetGroup("P10", "model", "Oliva and Sterman 2001, Management Science 47(7)"), Tolerance(0.005, "share")
    found = measured("p10_floating_goal", service_quality, runner)
    scale = 100 / 0.95
    floating, fixed = (scale * found[arm][0] for arm in ("floating", "fixed"))
    meet = theory.floating_goal(8, 26, 80, 100)
    return [
        subject.row("service in the first month", 80, half, figure(floating[0])),
        subject.row("service that a floating goal ends at", meet, half, figure(floating[-1])),
        subject.row("service that a fixed goal ends at", 100, half, figure(fixed[-1])),
    ]


def last_profit(history: History) -> float:
    """Cents a month that the first firm gains in its last years."""
    firm = history.measures[-LAST:, 0]
    return float((firm["revenue"] - firm["wages"] - firm["marketing"] - firm["running_costs"]).mean())


def switch_point(runner: Runner) -> list[TargetRow]:
    """P11: size of the market from which a standard product earns more than customizing."""
    subject, tenth = TargetGroup("P11", "model", "break-even of two straight lines"), Tolerance(0.1, "share")
    profits = [measured("p11_switch", last_profit, runner, (f"market.customers={size}",)) for size in SIZES]
    custom = np.array([one["customize"] for one in profits])
    rows = []
    for arm, reached in SUITS.items():
        lead = np.array([one[arm] for one in profits]) - custom
        size = theory.switch_point(theory.Trade(100, 80, 30, 20_000, 200, reached))
        rows.append(subject.row(f"market at which to switch, phi = {reached:g}", size, tenth, _crossing(lead)))
    return rows


def _crossing(lead: Floats) -> Estimate:
    """Size at which the lead of the standard product passes zero, by straight lines between sizes, per replicate."""
    return mean_interval([float(np.interp(0.0, one, SIZES)) for one in lead.T])
