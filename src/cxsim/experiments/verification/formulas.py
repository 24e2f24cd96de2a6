"""Targets that functions must hit: P2, P3, P4."""

from cxsim.experiments import theory
from cxsim.experiments.theory import Spending
from cxsim.experiments.verification.targets import Row, Target, Tolerance, figure
from cxsim.model.params import Service
from cxsim.model.service import erlang_c, staff_for

GUPTA = "Gupta and Lehmann 2003, J. Interactive Marketing 17(1)"
RATES = (0.10, 0.12, 0.14, 0.16)
MULTIPLES = {
    0.6: (1.20, 1.15, 1.11, 1.07),
    0.7: (1.75, 1.67, 1.59, 1.52),
    0.8: (2.67, 2.50, 2.35, 2.22),
    0.9: (4.50, 4.09, 3.75, 3.46),
}

BLATTBERG = "Blattberg and Deighton 1996, HBR 74(4)"
CASES = {  # best spend a period, value of a won customer, best spend on a prospect
    Spending(50, 0.4, 0.10, 0.85, 0.15, 0.15): (17.644, 110.63, 14.873),
    Spending(100, 0.4, 0.05, 0.7, 0.1, 0.1): (25.657, 185.86, 26.259),
    Spending(100, 0.4, 0.05, 0.9, 0.1, 0.1): (33.923, 330.38, 37.765),
    Spending(100, 0.2, 0.02, 0.8, 0.05, 0.12): (38.139, 168.31, 0.0),
}
SHORT_SIGHTED = Spending(100, 0.4, 0.05, 0.9, 0.1, 0.1)

ERLANG = "Erlang 1917"
WAITS = {
    (1, 2): 0.33333, (5, 6): 0.58752, (5, 8): 0.16727, (10, 12): 0.44939, (10, 14): 0.17413, (20, 24): 0.29807,
    (50, 55): 0.38455, (100, 110): 0.23701,
}  # fmt: skip
STAFF = {1: 3, 2: 4, 5: 8, 10: 14, 20: 24, 50: 56, 100: 107, 200: 208, 500: 510}
CALLS = Service(handle_time=180 / 3600, goal_wait=20 / 3600)  # hours


def multiples() -> list[Row]:
    """P2: multiples as printed and as a sum; elasticity as a slope."""
    printed = max(
        abs(round(theory.customer_multiple(r, i), 2) - value)
        for r, row in MULTIPLES.items()
        for i, value in zip(RATES, row, strict=True)
    )
    summed = max(
        abs(sum((r / (1 + i)) ** t for t in range(1, 400)) - theory.customer_multiple(r, i)) for r in MULTIPLES for i in RATES
    )
    step = 1e-5
    up, down = (theory.customer_multiple(0.8 * (1 + d), 0.12) for d in (step, -step))
    slope = (up - down) / (2 * step * theory.customer_multiple(0.8, 0.12))
    wanted = theory.retention_elasticity(0.8, 0.12)
    return [
        Row(Target("P2", "exact", "16 printed multiples: largest difference", 0, Tolerance(1e-9), GUPTA), figure(printed)),
        Row(Target("P2", "exact", "multiples as sums: largest difference", 0, Tolerance(1e-9), GUPTA), figure(summed)),
        Row(Target("P2", "exact", "elasticity to retention, r = .8, i = 12 %", wanted, Tolerance(1e-6), GUPTA), figure(slope)),
    ]


def spending() -> list[Row]:
    """P3: best spends and values, and what a manager who sees one period does instead."""
    rows = []
    for number, (case, (keep, worth, win)) in enumerate(CASES.items(), 1):
        spend = theory.best_retention_spend(case)
        value = theory.won_customer_value(spend, case)
        rows += [
            _spend(f"case {number}: best spend to keep a customer", keep, spend),
            _spend(f"case {number}: value of a customer won", worth, value, 0.001),
            _spend(f"case {number}: best spend to win one", win, theory.best_acquisition_spend(value, case)),
        ]
    short, best = theory.one_period_spend(SHORT_SIGHTED), theory.best_retention_spend(SHORT_SIGHTED)
    later = [theory.won_customer_value(spend, SHORT_SIGHTED) - SHORT_SIGHTED.margin for spend in (short, best)]
    points = Tolerance(0.01)
    return [
        *rows,
        _spend("case 3: spend of one who sees a period", 21.97, short),
        Row(Target("P3", "exact", "  too little by", 0.35, points, BLATTBERG), figure(1 - short / best)),
        Row(Target("P3", "exact", "  value after the first period lost", 0.16, points, BLATTBERG), figure(1 - later[0] / later[1])),
    ]


def _spend(what: str, target: float, value: float, share: float = 0.01) -> Row:
    return Row(Target("P3", "exact", what, target, Tolerance(share, "share"), BLATTBERG), figure(value))


def queues() -> list[Row]:
    """P4: the engine's own rules against printed chances to wait and printed numbers of staff."""
    off = max(abs(erlang_c(float(servers), float(load)) - chance) for (load, servers), chance in WAITS.items())
    right = sum(staff_for(float(load), 0.8, CALLS) == staff for load, staff in STAFF.items())
    chances = Target("P4", "exact", "8 chances to wait: largest difference", 0, Tolerance(1e-5), ERLANG)
    staffing = Target("P4", "exact", "9 loads: staff as printed", len(STAFF), Tolerance(0), ERLANG)
    return [Row(chances, figure(off)), Row(staffing, figure(right))]
