"""From the history of one run to the columns of its results: every month of every firm, and one row per firm."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cxsim.model.case import Case, History
from cxsim.model.params import ROLES, Finance
from cxsim.model.state import ALIVE, MILLION, NOTHING, measure_columns

Columns: TypeAlias = dict[str, NDArray[Any]]
Floats: TypeAlias = NDArray[np.float64]

WINDOW = 12  # months over which a firm's own retention and margin are taken
STAGES = ("Verysmallco", "Smallco", "Largeco")
STAGE_HEADS = (10, 250)  # heads from which a firm is called a Smallco, a Largeco; labels of output only
WORK = ("upkeep", "custom", "roadmap")
TOTALS = ("revenue", "deals", "churned", "walk_ins", "returned", "expansions", "custom_built", "standard_built")
OPTIONAL = ("founded", "closed", "pivoted", "best_month", "customers_at_pivot")  # whole numbers that may be missing


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


def heads(measures: NDArray[np.void]) -> NDArray[np.int64]:
    """Everyone who works in the firm, founders included."""
    total: NDArray[np.int64] = measures["founders"] + measures["staff"].sum(axis=-1)
    return total


def ratio(above: NDArray[Any], below: NDArray[Any]) -> Floats:
    """Quotient, or NaN where there is nothing to divide by."""
    out = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=out, where=np.asarray(below) != 0)
    return out


def flat_measures(measures: NDArray[np.void]) -> Columns:
    """Every recorded measure as a plain column, and those derived from them."""
    columns: Columns = {}
    for name, (field, index) in measure_columns().items():
        columns[name] = measures[field] if index is None else measures[field][..., index]
    columns["heads"] = heads(measures)
    columns["stage"] = np.searchsorted(STAGE_HEADS, columns["heads"], side="right").astype(np.int32)
    for name in ("satisfaction", "fit"):
        columns[name] = ratio(measures[f"{name}_sum"] / MILLION, measures["customers"])
    return columns


def lived(history: History) -> NDArray[np.void]:
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


def month_columns(history: History) -> Columns:
    """One row per firm and month in business: ``slot`` and ``month`` first, then the measures, firm by firm."""
    slot, month = np.nonzero(lived(history)["status"].T == ALIVE)
    columns: Columns = {"slot": slot.astype(np.int32), "month": month.astype(np.int32)}
    return columns | flat_measures(history.measures[month, slot])


def monthly_rate(discount: float) -> float:
    """Monthly rate that compounds to a yearly one.

    >>> round(monthly_rate(0.12), 6)
    0.009489
    """
    return float((1.0 + discount) ** (1 / 12) - 1)


def cash_flow(measures: NDArray[np.void]) -> NDArray[np.int64]:
    """Money in less money out, in cents."""
    flow: NDArray[np.int64] = measures["revenue"] - measures["wages"] - measures["marketing"] - measures["running_costs"]
    return flow


class Worth(NamedTuple):
    """What each firm was worth, in cents at the start of the run, with the parts that make it."""

    cash: Floats
    equity: Floats
    retention: Floats
    margin: Floats


def worth(measures: NDArray[np.void], finance: Finance) -> Worth:
    """Value firms over the run and beyond it.

    *Cash* is the sum of monthly cash flows, each discounted from the end of its month to the start of the run. A firm that
    closes keeps what it earned or lost until then. *Equity* is what the customers of a firm alive at the horizon will still
    bring (Gupta and Lehmann 2003): customers x margin x r / (1 + i - r), discounted from the horizon, never below zero. Both
    r and margin are the firm's own over its last 12 months: r is one less the share of customers lost a month and not won
    back in the same month (at most ``retention_cap``), margin is subscriptions less hosting, wages of service staff and
    product upkeep at the product wage, per customer and month. Cost of winning customers, of new features and of overhead is
    not part of that margin.
    """
    months = len(measures)
    rate = monthly_rate(finance.discount)
    discounts = (1.0 + rate) ** -np.arange(1.0, months + 1)
    alive = measures["status"] == ALIVE
    last = alive & (np.arange(months) >= months - WINDOW)[:, None]
    customers, lost = measures["customers"], measures["churned"] + measures["poached"] - measures["returned"]
    retention = np.minimum(1 - ratio(_over(lost, last), _over(customers + lost, last)), finance.retention_cap)
    margin = ratio(_over(customer_margin(measures, finance), last), _over(customers, last))
    future = customers[-1] * margin * retention / (1 + rate - retention) * discounts[-1]
    return Worth(
        cash=(cash_flow(measures) * discounts[:, None]).sum(axis=0),
        equity=np.where(alive[-1] & (future > 0), future, 0.0),
        retention=np.where(alive[-1], retention, np.nan),
        margin=np.where(alive[-1], margin, np.nan),
    )


def customer_margin(measures: NDArray[np.void], finance: Finance) -> Floats:
    """Cents that the customers of a firm bring in a month after the cost of keeping them served."""
    service = dict(zip(ROLES, np.moveaxis(measures["staff"], -1, 0), strict=True))["service"]
    upkeep = measures["work_upkeep"] / MILLION * finance.wage_product
    subscriptions = measures["revenue"] - measures["fees"]
    earned: Floats = subscriptions - finance.hosting * measures["customers"] - finance.wage_service * service - upkeep
    return earned


def _over(values: NDArray[Any], months: NDArray[np.bool_]) -> NDArray[Any]:
    total: NDArray[Any] = np.where(months, values, 0).sum(axis=0)
    return total


def run_columns(history: History, case: Case) -> Columns:
    """One row per firm: what became of it. Slots of entrants that never came are left out."""
    measures, slots = lived(history), firm_slots(case)
    value = worth(measures, case.params.finance)
    status = measures["status"]
    columns: Columns = {
        "slot": np.arange(len(slots), dtype=np.int32),
        "entrant": np.array([slot.enters for slot in slots], dtype=bool),
        **{name: _known(getattr(history, name)) for name in ("founded", "closed", "pivoted")},
        "survived": status[-1] == ALIVE,
        "months_lived": (status == ALIVE).sum(axis=0),
        "value": np.rint(value.cash).astype(np.int64) + np.rint(value.equity).astype(np.int64),
        "value_cash": np.rint(value.cash).astype(np.int64),
        "value_equity": np.rint(value.equity).astype(np.int64),
        "retention": value.retention,
        "margin": value.margin,
        **_at_the_end(measures),
        **_over_its_life(measures),
        "customers_at_pivot": _customers_at_pivot(history, case, slots),
    }
    came = (history.founded != NOTHING) | ~columns["entrant"]
    return {name: column[came] for name, column in columns.items()}


def _known(months: NDArray[np.int64]) -> Floats:
    return np.where(months == NOTHING, np.nan, months)


def _at_the_end(measures: NDArray[np.void]) -> Columns:
    """Levels in the last month: a closed firm has no customers and no staff, and the cash it closed with."""
    last = measures[-1]
    alive = last["status"] == ALIVE
    levels = flat_measures(last)
    counts = ("customers", "heads", "founders", *(f"staff_{role}" for role in ROLES), "standard_features", "custom_features")
    qualities = ("satisfaction", "fit", "reputation", "service_goal")
    return {
        **{name: np.where(alive, levels[name], 0) for name in counts},
        "cash": levels["cash"],
        **{name: np.where(alive, levels[name], np.nan) for name in qualities},
    }


def _over_its_life(measures: NDArray[np.void]) -> Columns:
    alive = measures["status"] == ALIVE
    flow = np.where(alive, cash_flow(measures), np.iinfo(np.int64).min)
    capacity = measures["work_capacity"].sum(axis=0)
    shares = {f"{kind}_share": ratio(measures[f"work_{kind}"].sum(axis=0), capacity) for kind in WORK}
    totals = {name: measures[name].sum(axis=0) for name in TOTALS}
    used = shares["upkeep_share"] + shares["custom_share"] + shares["roadmap_share"]
    return {
        "peak_customers": _over_peak(measures["customers"], alive),
        "best_month": np.where(alive.any(axis=0), flow.argmax(axis=0), np.nan),
        **totals,
        "deals_per_sales_month": ratio(totals["deals"], measures["sales_capacity"].sum(axis=0)),
        "service_quality": _mean_over(measures["service_quality"], measures["customers"]),
        **shares,
        "idle_share": np.maximum(np.round(1 - used, 12), 0.0) + 0.0,  # without the dust of binary fractions
    }


def _mean_over(values: NDArray[Any], weights: NDArray[Any]) -> Floats:
    """Mean over all months, by weight."""
    return ratio((values * weights).sum(axis=0), weights.sum(axis=0))


def _over_peak(customers: NDArray[np.int64], alive: NDArray[np.bool_]) -> NDArray[np.int64]:
    peak: NDArray[np.int64] = np.where(alive, customers, 0).max(axis=0)
    return peak


def _customers_at_pivot(history: History, case: Case, slots: list[Slot]) -> Floats:
    """Count customers at the end of the month before the pivot; those it was founded with when it pivots on its first day."""
    plans = {plan.name: plan for plan in case.firms}
    out = np.full(len(slots), np.nan)
    for index in np.flatnonzero(history.pivoted != NOTHING):
        month = int(history.pivoted[index])
        if month > history.founded[index]:
            out[index] = history.measures["customers"][month - 1, index]
        else:
            out[index] = plans[slots[index].plan].start.customers
    return out
