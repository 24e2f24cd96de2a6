"""One replicate: a trunk that never pivots, and a fork of it at every candidate moment.

A fork shares its past with the trunk, so that a trial costs less than half of running every candidate from its first day,
and what a pivot changes is all that two futures differ in.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.engine import pivot_now, start
from cxsim.measures.firms import cash_flow, heads, lived, ratio, worth
from cxsim.model.case import Case, History
from cxsim.model.params import MAX_FEATURES, Pivot, Product
from cxsim.model.state import ALIVE, MEASURE_DTYPE, MILLION, NOTHING
from cxsim.statistics.intervals import Floats
from cxsim.studies.pivot.candidates import Moments

PATHS = ("customers", "cash")
QUARTER = 3  # months over which flows that a firm sees are taken


class Question(NamedTuple):
    """Which firm of a case pivots, and when it may. ``plan`` is its block, which holds it alone and never pivots.

    ``viable`` is how many months in a row money must come in for the rule "pivot when viable".
    """

    case: Case
    plan: int
    months: int
    moments: Moments
    viable: int

    @property
    def firm(self) -> int:
        """Place of the firm among all firms."""
        return sum(plan.count for plan in self.case.firms[: self.plan])

    @property
    def columns(self) -> int:
        """Futures of a trial: one a moment, then that of a pivot when viable, then that without a pivot."""
        return len(self.moments.levels) + 2


class Trial(NamedTuple):
    """What became of the firm in every future (see ``Question.columns``). Money is in cents.

    ``pivoted`` is the month of the pivot, -1 when the moment never came; ``customers``, ``heads`` and ``cash`` are those at
    that moment, NaN when it never came. ``lived`` counts months in business. ``paths`` has shape (2, columns, months):
    customers, and cash, both 0 from the end of the firm on. ``seen`` is what the firm sees without a pivot (see ``visible``).
    """

    seed: int
    value: NDArray[np.int64]
    value_cash: NDArray[np.int64]
    survived: NDArray[np.bool_]
    lived: NDArray[np.int64]
    pivoted: NDArray[np.int64]
    customers: Floats
    heads: Floats
    cash: Floats
    paths: NDArray[np.float32]
    seen: dict[str, Floats]


def alone(case: Case, plan: int) -> Case:
    """Put the first firm of a block in a block of its own that never pivots; no draw depends on blocks.

    Its fellows, and firms that enter as copies of it, keep to the block as it was.
    """
    mine = case.firms[plan]
    rest = [mine._replace(count=mine.count - 1)] if mine.count > 1 or case.entrant == plan else []
    firms = (*case.firms[:plan], mine._replace(count=1, pivot=Pivot()), *rest, *case.firms[plan + 1 :])
    return case._replace(firms=firms, entrant=case.entrant + (len(rest) if case.entrant >= plan else 0))


def try_moments(question: Question, seed: int) -> Trial:
    """Run the trunk month by month, and every fork to the horizon. Moments of one and the same month share a fork."""
    trunk, branch, firm = start(question.case, seed, question.months), None, question.firm
    shape = question.months, question.columns
    futures = History(np.zeros(shape, MEASURE_DTYPE), *np.full((4, question.columns), NOTHING, np.int64))
    at_pivot, tallies = np.full((3, question.columns), np.nan), np.zeros((question.months, MAX_FEATURES), np.int64)
    waiting = list(range(question.columns - 1))
    for month in range(question.months):
        now = trunk.firms[firm]
        tallies[month] = now["tally"]
        due = [column for column in waiting if _is_due(question, column, now, month)]
        if due:
            waiting = [column for column in waiting if column not in due]
            branch = trunk.fork(firm=question.plan, pivot=pivot_now(month), into=branch)
            _keep(futures, due, branch.advance().history, firm)
            at_pivot[:, due] = np.array([[now.customers], [heads(now)], [now.cash]])
        trunk.advance(month + 1)
    _keep(futures, [*waiting, question.columns - 1], trunk.history, firm)
    return _trial(question, seed, futures, at_pivot, tallies)


def _keep(futures: History, columns: list[int], found: History, firm: int) -> None:
    """Put what became of the firm into some columns, which stand for firms there."""
    futures.measures[:, columns] = found.measures[:, firm, None]
    for kept, one in zip(futures[1:], found[1:], strict=True):
        kept[columns] = one[firm]


def _is_due(question: Question, column: int, firm: Any, month: int) -> bool:
    """Tell whether a firm pivots now; a closed one never does, one that is not founded yet does so on its first day."""
    moments = question.moments
    if column < len(moments.levels):
        early = moments.by == "month" and firm.status != ALIVE and month < question.case.firms[question.plan].founded
        return (firm.status == ALIVE or early) and moments.reached(moments.levels[column], firm, month)
    return bool(firm.status == ALIVE and firm.viable_months >= question.viable)


def _trial(question: Question, seed: int, futures: History, at_pivot: Floats, tallies: NDArray[np.int64]) -> Trial:
    measures = lived(futures)
    value = worth(measures, question.case.params.finance)
    cash = np.rint(value.cash).astype(np.int64)
    status = measures["status"]
    return Trial(
        seed=seed,
        value=cash + np.rint(value.equity).astype(np.int64),
        value_cash=cash,
        survived=status[-1] == ALIVE,
        lived=(status == ALIVE).sum(axis=0),
        pivoted=futures.pivoted,
        customers=at_pivot[0],
        heads=at_pivot[1],
        cash=at_pivot[2],
        paths=np.array([np.where(status == ALIVE, measures[name], 0).T for name in PATHS], np.float32),
        seen=visible(measures[:, -1], tallies, question.case.params.product),
    )


def visible(measures: NDArray[np.void], tallies: NDArray[np.int64], product: Product) -> dict[str, Floats]:
    """What a firm sees at the start of each month: levels of the eve, flows of the last quarter; NaN when not in business.

    ``measures`` (months,) is what was recorded of it, ``tallies`` (months, features) the requests that it had heard at the
    start of each month. Money is in cents.
    """
    custom = measures["custom_features"]
    built = custom + product.standard_factor * measures["standard_features"]
    eaten = measures["work_upkeep"] * ratio(custom, np.maximum(built, 1))
    flows = {
        "custom_upkeep": ratio(_quarter(eaten), _quarter(measures["work_capacity"])),
        "deals_per_rep": ratio(_quarter(measures["deals"]), _quarter(measures["sales_capacity"])),
        "cash_flow": _quarter(cash_flow(measures)) / np.minimum(np.arange(1, len(measures) + 1), QUARTER),
        "prospect_fit": ratio(_quarter(measures["prospect_fit_sum"] / MILLION), _quarter(measures["contacts"])),
        "customers": measures["customers"].astype(float),
        "viable_months": measures["viable_months"].astype(float),
    }
    shares = ratio(tallies, tallies.sum(axis=1)[:, None])
    heard = {"request_focus": shares.max(axis=1), "request_breadth": ratio(np.ones(len(shares)), (shares**2).sum(axis=1))}
    alive = np.concatenate([[False], measures["status"][:-1] == ALIVE])
    known = heard | {name: np.concatenate([[np.nan], series[:-1]]) for name, series in flows.items()}
    return {name: np.where(alive, series, np.nan) for name, series in known.items()}


def _quarter(series: NDArray[np.generic]) -> Floats:
    """Sum over a month and the two before it."""
    total = np.concatenate([np.zeros(QUARTER), np.cumsum(series, dtype=float)])
    recent: Floats = total[QUARTER:] - total[:-QUARTER]
    return recent
