"""Targets on spending to keep customers (P3), found by a search over spends."""

import numpy as np

from cxsim.experiments import theory
from cxsim.experiments.intervals import NOTHING_KNOWN, mean_interval
from cxsim.experiments.measures import Floats
from cxsim.experiments.verification.formulas import BLATTBERG, SHORT_SIGHTED
from cxsim.experiments.verification.runs import measured
from cxsim.experiments.verification.targets import Row, Subject, Tolerance
from cxsim.model.case import History

FOUNDERS = 20  # that do upkeep, for each unit spent a month on a customer
SPENDS = range(12, 48, 3)
AROUND = 10.0  # below and above the best spend tried through which a curve is laid
CURVE = 4  # its degree


def kept(history: History) -> Floats:
    """Customers of the first firm before the first month and after each."""
    firm = history.measures[:, 0]
    first = firm["customers"][0] + firm["churned"][0] + firm["poached"][0]
    return np.concatenate([[first], firm["customers"]]).astype(float)


def keeping(workers: int | None) -> list[Row]:
    """P3: the best spend, that of a manager who sees one period, and what lies between them."""
    runs = [
        measured("p03_keeping", kept, workers, (f"firms.firm.start.founders={FOUNDERS * spend}",))["base"] for spend in SPENDS
    ]
    values, gains = (
        np.array([worth(one, spend) for one, spend in zip(runs, SPENDS, strict=True)]) for worth in (_value, _gain)
    )
    best, short = (np.array([_highest(one)[0] for one in all_.T]) for all_ in (values, gains))
    heights = [_highest(one)[1] for one in values.T]
    optimum, sight = theory.best_retention_spend(SHORT_SIGHTED), theory.one_period_spend(SHORT_SIGHTED)
    worth = theory.won_customer_value(optimum, SHORT_SIGHTED)
    subject, hundredth, point = Subject("P3", "model", BLATTBERG), Tolerance(0.01, "share"), Tolerance(0.01)
    return [
        subject.row("case 3 searched: best spend to keep", optimum, hundredth, mean_interval(list(best))),
        subject.row("case 3 searched: value of a customer won", worth, hundredth, mean_interval(heights)),
        subject.row("case 3 searched: one period in view", sight, hundredth, mean_interval(list(short))),
        subject.row("case 3 searched: too little by", 1 - sight / optimum, point, mean_interval(list(1 - short / best))),
        subject.row("gap that the service audit finds", 1 - sight / optimum, point, NOTHING_KNOWN),  # there is no audit yet
    ]


def _value(left: Floats, spend: float) -> Floats:
    """Margins less spends over a cohort's life, for each run and customer: the first margin comes at once."""
    periods = np.arange(1, left.shape[1])
    later = (SHORT_SIGHTED.margin * left[:, 1:] - spend * left[:, :-1]) @ (1 + SHORT_SIGHTED.discount) ** -periods
    value: Floats = SHORT_SIGHTED.margin + later / left[:, 0]
    return value


def _gain(left: Floats, spend: float) -> Floats:
    """Margin of the next period less the spend, for each run and customer; all periods of a cohort are alike."""
    gain: Floats = SHORT_SIGHTED.margin * left[:, 1:].sum(axis=1) / left[:, :-1].sum(axis=1) - spend
    return gain


def _highest(values: Floats) -> tuple[float, float]:
    """Place and height of the top of a curve through the values near the highest."""
    spends = np.array(SPENDS, float)
    top = spends[values.argmax()]
    near = np.abs(spends - top) <= AROUND
    fine = np.linspace(top - AROUND, top + AROUND, 2_001)
    curve = np.polyval(np.polyfit(spends[near] - top, values[near], CURVE), fine - top)
    return float(fine[curve.argmax()]), float(curve.max())
