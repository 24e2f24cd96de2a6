"""What is worked out of the months of firms: who they are, when they were in business, and what they were worth."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cxsim.model.case import Case, History
from cxsim.model.params import ROLES, Finance
from cxsim.model.state import ALIVE, MILLION, NOTHING
from cxsim.statistics.intervals import Floats

Months: TypeAlias = NDArray[np.void]  # records of MEASURE_DTYPE, months x firms

WINDOW = 12  # months over which a firm's own retention and margin are taken


class Slot(NamedTuple):
    """One firm that can exist in a case: its unique name, the plan it follows, and whether it enters during the run."""

    name: str
    plan: str
    enters: bool = False


def firm_slots(case: Case) -> list[Slot]:
    """Name every firm of a case, in the order in which engines keep them."""
    slots: list[Slot] = []
    taken = {plan.name for plan in case.firms if plan.count == 1}
    for plan in case.firms:
        for number in range(plan.count):
            name = plan.name if plan.count == 1 else _free_name(f"{plan.name}_{number + 1}", taken)
            slots.append(Slot(name, plan.name))
    for number in range(case.firm_slots - len(slots)):
        slots.append(Slot(_free_name(f"entrant_{number + 1}", taken), case.firms[case.entrant].name, True))
    return slots


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def heads(months: Months) -> NDArray[np.int64]:
    """Everyone who works in the firm, founders included; the shape is that of ``months``."""
    total: NDArray[np.int64] = months["founders"] + months["staff"].sum(axis=-1)
    return total


def ratio(above: NDArray[Any], below: NDArray[Any]) -> Floats:
    """Quotient, or NaN where there is nothing to divide by."""
    out = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=out, where=np.asarray(below) != 0)
    return out


def lived(history: History) -> Months:
    """Measures of the months in which a firm did business: nothing before its first, only status and cash after its last.

    A firm that enters is recorded once on the eve of its first month.
    """
    month = np.arange(len(history.measures))[:, None]
    before = month < history.founded
    after = (history.closed != NOTHING) & (month > history.closed)
    if not (before | after).any():
        return history.measures
    measures = history.measures.copy()
    measures[before] = np.zeros((), measures.dtype)
    gone = np.zeros(int(after.sum()), measures.dtype)
    for name in ("status", "cash"):
        gone[name] = measures[name][after]
    measures[after] = gone
    return measures


def monthly_rate(discount: float) -> float:
    """Monthly rate that compounds to a yearly one.

    >>> round(monthly_rate(0.12), 6)
    0.009489
    """
    return float((1.0 + discount) ** (1 / 12) - 1)


def discounts(months: int, finance: Finance) -> Floats:
    """Worth at the start of a cent at the end of each month, shape (months,)."""
    factors: Floats = (1 + monthly_rate(finance.discount)) ** -np.arange(1.0, months + 1)
    return factors


def cash_flow(months: Months) -> NDArray[np.int64]:
    """Money in less money out, in cents; the shape is that of ``months``."""
    flow: NDArray[np.int64] = months["revenue"] - months["wages"] - months["marketing"] - months["running_costs"]
    return flow


class Worth(NamedTuple):
    """What each firm was worth, in cents at the start of the run, with the parts that make it."""

    cash: Floats
    equity: Floats
    retention: Floats
    margin: Floats


def worth(measures: Months, finance: Finance) -> Worth:
    """Value firms over the run and beyond it.

    *Cash* is the sum of monthly cash flows, each discounted from the end of its month to the start of the run. A firm that
    closes keeps what it earned or lost until then. *Equity* is what the customers of a firm alive at the horizon will still
    bring (Gupta and Lehmann 2003): customers x margin x r / (1 + i - r), discounted from the horizon, never below zero. Both
    r and margin are the firm's own over its last 12 months: r is one less the share of customers lost a month and not won
    back in the same month (at most ``retention_cap``), margin is subscriptions less hosting, wages of service staff and
    product upkeep at the product wage, per customer and month. Cost of winning customers, of new features and of overhead is
    not part of that margin.
    """
    months, rate = len(measures), monthly_rate(finance.discount)
    factors = discounts(months, finance)
    alive = measures["status"] == ALIVE
    last = alive & (np.arange(months) >= months - WINDOW)[:, None]
    customers, lost = measures["customers"], measures["churned"] + measures["poached"] - measures["returned"]
    retention = np.minimum(1 - ratio(_over(lost, last), _over(customers + lost, last)), finance.retention_cap)
    margin = ratio(_over(customer_margin(measures, finance), last), _over(customers, last))
    future = customers[-1] * margin * retention / (1 + rate - retention) * factors[-1]
    return Worth(
        cash=(cash_flow(measures) * factors[:, None]).sum(axis=0),
        equity=np.where(alive[-1] & (future > 0), future, 0.0),
        retention=np.where(alive[-1], retention, np.nan),
        margin=np.where(alive[-1], margin, np.nan),
    )


def customer_margin(measures: Months, finance: Finance) -> Floats:
    """Cents that the customers of a firm bring in a month after the cost of keeping them served."""
    service = dict(zip(ROLES, np.moveaxis(measures["staff"], -1, 0), strict=True))["service"]
    upkeep = measures["work_upkeep"] / MILLION * finance.wage_product
    subscriptions = measures["revenue"] - measures["fees"]
    earned: Floats = subscriptions - finance.hosting * measures["customers"] - finance.wage_service * service - upkeep
    return earned


def _over(values: NDArray[Any], months: NDArray[np.bool_]) -> NDArray[Any]:
    total: NDArray[Any] = np.where(months, values, 0).sum(axis=0)
    return total
