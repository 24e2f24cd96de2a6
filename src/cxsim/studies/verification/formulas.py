"""Targets that functions must hit: P2, P3, P4."""

from collections.abc import Iterator

from cxsim.model.params import Service
from cxsim.model.service import erlang_c, staff_for
from cxsim.studies.verification import theory
from cxsim.studies.verification.targets import Target, Tolerance
from cxsim.studies.verification.theory import Spending

RATES = (0.10, 0.12, 0.14, 0.16)
MULTIPLES = {
    0.6: (1.20, 1.15, 1.11, 1.07),
    0.7: (1.75, 1.67, 1.59, 1.52),
    0.8: (2.67, 2.50, 2.35, 2.22),
    0.9: (4.50, 4.09, 3.75, 3.46),
}

CASES = {  # best spend a period, value of a won customer, best spend on a prospect
    Spending(50, 0.4, 0.10, 0.85, 0.15, 0.15): (17.644, 110.63, 14.873),
    Spending(100, 0.4, 0.05, 0.7, 0.1, 0.1): (25.657, 185.86, 26.259),
    Spending(100, 0.4, 0.05, 0.9, 0.1, 0.1): (33.923, 330.38, 37.765),
    Spending(100, 0.2, 0.02, 0.8, 0.05, 0.12): (38.139, 168.31, 0.0),
}
SHORT_SIGHTED = Spending(100, 0.4, 0.05, 0.9, 0.1, 0.1)  # case 3

WAITS = {
    (1, 2): 0.33333, (5, 6): 0.58752, (5, 8): 0.16727, (10, 12): 0.44939, (10, 14): 0.17413, (20, 24): 0.29807,
    (50, 55): 0.38455, (100, 110): 0.23701,
}  # fmt: skip
STAFF = {1: 3, 2: 4, 5: 8, 10: 14, 20: 24, 50: 56, 100: 107, 200: 208, 500: 510}
CALLS = Service(handle_time=180 / 3600, goal_wait=20 / 3600)  # hours


def multiples() -> Iterator[Target]:
    """P2: multiples as printed and as sums; elasticity as a slope."""
    printed, summed = 0.0, 0.0
    for r, row in MULTIPLES.items():
        for i, value in zip(RATES, row, strict=True):
            multiple = theory.customer_multiple(r, i)
            printed = max(printed, abs(round(multiple, 2) - value))
            summed = max(summed, abs(sum((r / (1 + i)) ** t for t in range(1, 400)) - multiple))
    step = 1e-5
    up, down = (theory.customer_multiple(0.8 * (1 + d), 0.12) for d in (step, -step))
    slope = (up - down) / (2 * step * theory.customer_multiple(0.8, 0.12))
    yield Target("16 printed multiples: largest difference", 0, Tolerance(1e-9), printed)
    yield Target("multiples as sums: largest difference", 0, Tolerance(1e-9), summed)
    elasticity = theory.retention_elasticity(0.8, 0.12)
    yield Target("elasticity to retention, r = 0.8, i = 12%", elasticity, Tolerance(1e-6), slope)


def spending() -> Iterator[Target]:
    """P3: best spends and values, and what a manager who sees one period does instead."""
    one, tenth, points = Tolerance(0.01, "share"), Tolerance(0.001, "share"), Tolerance(0.01)
    for number, (case, (keep, worth, win)) in enumerate(CASES.items(), 1):
        spend = theory.best_retention_spend(case)
        value = theory.won_customer_value(spend, case)
        yield Target(f"case {number}: best spend to keep a customer", keep, one, spend)
        yield Target(f"case {number}: value of a customer won", worth, tenth, value)
        yield Target(f"case {number}: best spend to win one", win, one, theory.best_acquisition_spend(value, case))
    short, best = theory.one_period_spend(SHORT_SIGHTED), theory.best_retention_spend(SHORT_SIGHTED)
    less, more = (theory.won_customer_value(spend, SHORT_SIGHTED) - SHORT_SIGHTED.margin for spend in (short, best))
    yield Target("case 3, one period in view: spend", 21.97, one, short)
    yield Target("case 3, one period in view: too little by", 0.35, points, 1 - short / best)
    yield Target("case 3, one period in view: later value lost", 0.16, points, 1 - less / more)


def queues() -> Iterator[Target]:
    """P4: the engine's own rules against printed chances to wait and printed numbers of staff."""
    off = max(abs(erlang_c(float(servers), float(load)) - chance) for (load, servers), chance in WAITS.items())
    right = sum(staff_for(float(load), 0.8, CALLS) == staff for load, staff in STAFF.items())
    yield Target("8 chances to wait: largest difference", 0, Tolerance(1e-5), off)
    yield Target("loads, of 9, with staff as printed", len(STAFF), Tolerance(0), right)
