"""Targets on customers: arrivals and leaving (P1), their value (P2), unlike customers (P6), word of mouth (P7)."""

import math
from collections.abc import Iterator

import numpy as np

from cxsim.model.case import History
from cxsim.statistics.intervals import Floats
from cxsim.studies.base import Runner
from cxsim.studies.verification import theory
from cxsim.studies.verification.formulas import MULTIPLES, RATES
from cxsim.studies.verification.runs import measured
from cxsim.studies.verification.targets import Target, Tolerance

ARRIVALS, LEAVING, REFERRALS = 20.0, 0.04, 0.02
SETTLED = 120  # months after which nothing is left of where a run started
FALL = 36  # months over which the half-life is taken

BETAS = {"high_end": (0.668, 3.806), "regular": (0.704, 1.182)}

BASS = {"slow_start": (0.03, 0.38), "word_only": (0.01, 0.4), "quick_start": (0.1, 0.3)}
PARTS = 20  # months that stand for a period of the Bass model
AROUND = 25  # months before and after the highest one through which a parabola is laid


def served(history: History) -> Floats:
    """Customers of each firm who were served in each month: those at its end and those who left in it."""
    firms = history.measures.T
    total: Floats = (firms["customers"] + firms["churned"]).astype(float)
    return total


def arrivals_and_leaving(runner: Runner) -> Iterator[Target]:
    """P1: where the number of customers settles, how it varies, and how fast it gets there."""
    found = measured("p01_arrivals", served, runner, (), ("steady", "referrals"))
    falling = measured("p01_arrivals", served, runner, (f"months={FALL}",), ("full",))["full"]
    steady, referrals = (np.concatenate(found[arm])[:, SETTLED:] for arm in ("steady", "referrals"))
    level, referred = (theory.stationary_customers(ARRIVALS, LEAVING, w) for w in (0.0, REFERRALS))
    ratios = ((steady - steady.mean()) ** 2).mean(axis=1) / steady.mean()
    lives = [_half_life(run - level) for run in np.concatenate(falling)]
    two, five = Tolerance(0.02, "share"), Tolerance(0.05, "share")
    yield Target("customers, a = 20, c = .04", level, two, steady.mean(axis=1))
    yield Target("customers: variance over mean", 1.0, Tolerance(0.15), ratios)
    yield Target("half-life of a surplus, months", theory.half_life(LEAVING), five, lives)
    yield Target("customers with referrals, w = .02", referred, two, referrals.mean(axis=1))


def _half_life(surplus: Floats) -> float:
    slope = np.polyfit(np.arange(len(surplus)), np.log(surplus), 1)[0]
    return float(math.log(2) / -slope)


def revenue_per_customer(history: History) -> Floats:
    """Revenue of each month over that of all customers a cohort began with."""
    firm = history.measures[:, 0]
    total: Floats = firm["revenue"] / (firm["revenue"][0] * (firm["customers"] + firm["churned"])[0] / firm["customers"][0])
    return total


def customer_value(runner: Runner) -> Iterator[Target]:
    """P2: discounted revenue of a cohort, a month standing for a period; margins come in at the end of each."""
    found = measured("p02_customer_value", revenue_per_customer, runner)
    for kept in MULTIPLES:
        for rate in RATES:
            value = _discounted(found[f"keeps_{kept * 100:.0f}"], rate)
            what = f"margins of a customer, r = {kept:g}, i = {rate:.0%}"
            yield Target(what, theory.customer_multiple(kept, rate), Tolerance(3, "errors"), value)
    less, more = (np.log(_discounted(found[name], 0.12)) for name in ("keeps_796", "keeps_804"))
    slope, elasticity = (more - less) / math.log(0.804 / 0.796), theory.retention_elasticity(0.8, 0.12)
    yield Target("elasticity to retention, r = 0.8, i = 12%", elasticity, Tolerance(3, "errors"), slope)


def _discounted(revenue: Floats, rate: float) -> Floats:
    weights = (1 + rate) ** -np.arange(1.0, revenue.shape[1] + 1)
    value: Floats = revenue @ weights
    return value


def left_each_month(history: History) -> Floats:
    """Customers of the first firm before the first month and after each."""
    firm = history.measures[:, 0]
    return np.concatenate([[firm["customers"][0] + firm["churned"][0]], firm["customers"]])


def unlike_customers(runner: Runner) -> Iterator[Target]:
    """P6: survival of cohorts, their propensities recovered, and retention that rises although nobody changes."""
    recovered = Tolerance(0.05, "share")
    for arm, cohorts in measured("p06_cohorts", left_each_month, runner).items():
        a, b = BETAS[arm]
        years = cohorts.shape[1] - 1
        fits = np.array([theory.fitted_beta([int(n) for n in cohort]) for cohort in cohorts])
        total = cohorts.sum(axis=0)
        rises = int((np.diff(total[1:] / total[:-1]) > 0).sum())
        left = cohorts[:, -1] / cohorts[:, 0]
        yield Target(f"{arm}: left after {years} years", theory.beta_survival(a, b, years), Tolerance(0.01), left)
        yield Target(f"{arm}: a recovered", a, recovered, fits[:, 0])
        yield Target(f"{arm}: b recovered", b, recovered, fits[:, 1])
        yield Target(f"{arm}: years in which retention rises", years - 1, Tolerance(0), rises)


def word_of_mouth(runner: Runner) -> Iterator[Target]:
    """P7: when adoption peaks, how high, and how many have adopted by then."""
    market = 100_000
    parts = {
        "time of the peak": Tolerance(0.3),
        "height of the peak": Tolerance(0.03, "share"),
        "adopted at the peak": Tolerance(0.02),
    }
    settings = (f"market.customers={market}",)
    for arm, runs in measured("p07_word_of_mouth", lambda history: history.measures[:, 0]["deals"], runner, settings).items():
        p, q = BASS[arm]
        peaks = zip(*(_peak(run / market) for run in runs), strict=True)
        for (part, tolerance), value, seen in zip(parts.items(), theory.bass_peak(p, q), peaks, strict=True):
            yield Target(f"p = {p:g}, q = {q:g}: {part}", value, tolerance, seen)


def _peak(adopting: Floats) -> theory.Peak:
    """Peak of a parabola through the months around the highest, a month's adoptions standing at its middle."""
    top = int(np.convolve(adopting, np.ones(PARTS), "same").argmax())
    months = np.arange(max(top - AROUND, 0), top + AROUND + 1)
    bend, slope, height = np.polyfit(months - top, adopting[months], 2)
    at = -slope / (2 * bend)
    adopted = np.interp(top + at + 0.5, np.arange(len(adopting) + 1), np.concatenate([[0], adopting.cumsum()]))
    return theory.Peak((top + at + 0.5) / PARTS, PARTS * (height + slope * at / 2), float(adopted))
