"""What is measured of firms, each measure declared once: tables, summaries, the data dictionary and documents follow from it.

What is recorded every month is declared in :data:`cxsim.model.state.FIRM_MEASURES`. Here stand the measures that are worked
out of those: of months (:data:`DERIVED`; all of months are :data:`MONTH_MEASURES`) and of whole runs (:data:`RUN_MEASURES`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cxsim.measures.firms import WINDOW, Months, Worth, cash_flow, firm_slots, heads, lived, ratio, worth
from cxsim.model.case import Case, History
from cxsim.model.state import ALIVE, FIRM_MEASURES, MILLION, NOTHING, measure_columns
from cxsim.statistics.intervals import Floats

Values: TypeAlias = NDArray[Any]
Direction: TypeAlias = Literal["more", "less", ""]
Told: TypeAlias = Literal["mean", "median", "heavy-tailed", ""]

STAGES = ("Verysmallco", "Smallco", "Largeco")
STAGE_HEADS = (10, 250)  # heads from which a firm is called a Smallco, a Largeco; labels of output only
WORK = ("upkeep", "custom", "roadmap")
NEVER_NEGATIVE = ("customers", "products", "people", "features", "months", "customers/person-month")  # units of counts


@dataclass(frozen=True)
class Measure:
    """A measure of a firm: its unit, what it means, and whether ``more`` or ``less`` of it is better, if that can be said.

    ``read`` takes records of months, of any shape, and gives values of that shape.
    """

    name: str
    unit: str
    meaning: str
    direction: Direction
    read: Callable[[Months], Values]


# fmt: off
DERIVED = {measure.name: measure for measure in (
    Measure("heads", "people", "founders and employees", "", heads),
    Measure("stage", "label",
            f"{STAGES[0]} below {STAGE_HEADS[0]} heads, {STAGES[1]} below {STAGE_HEADS[1]}, else {STAGES[2]}; no rule reads it",
            "", lambda months: np.searchsorted(STAGE_HEADS, heads(months), side="right").astype(np.int32)),
    Measure("satisfaction", "share", "mean satisfaction of its customers; empty without customers", "more",
            lambda months: ratio(months["satisfaction_sum"] / MILLION, months["customers"])),
    Measure("fit", "share", "mean fit of its customers; empty without customers", "more",
            lambda months: ratio(months["fit_sum"] / MILLION, months["customers"])),
)}
# fmt: on


def _recorded(name: str, field: str, index: int | None) -> Measure:
    """What engines record, of one role where a field has several."""
    role = "" if index is None else f": {name.removeprefix(f'{field}_')}"
    about = FIRM_MEASURES[field]
    place = () if index is None else (..., index)
    return Measure(name, about.unit, about.meaning + role, "", lambda months: months[field][place])


MONTH_MEASURES = {name: _recorded(name, *place) for name, place in measure_columns().items()} | DERIVED


class Lives:
    """One finished run, firm by firm: what measures of runs are read from. Every array has a value for each slot of a firm."""

    def __init__(self, history: History, case: Case) -> None:
        self.history, self.case = history, case
        self.months, self.slots = lived(history), firm_slots(case)
        self.alive: NDArray[np.bool_] = self.months["status"] == ALIVE  # months x firms

    @cached_property
    def worth(self) -> Worth:
        """What each firm was worth."""
        return worth(self.months, self.case.params.finance)

    def event(self, name: str) -> Floats:
        """Month of an event; NaN when it never came."""
        month = getattr(self.history, name)
        return np.where(month == NOTHING, np.nan, month)

    def count(self, name: str) -> Values:
        """How many there are at the end; 0 when closed."""
        return np.where(self.alive[-1], MONTH_MEASURES[name].read(self.months[-1]), 0)

    def quality(self, name: str) -> Floats:
        """How good it is at the end; NaN when closed."""
        return np.where(self.alive[-1], MONTH_MEASURES[name].read(self.months[-1]), np.nan)

    def total(self, name: str) -> Values:
        """Sum of what was recorded over all months."""
        found: Values = self.months[name].sum(axis=0)
        return found

    def work(self, share: str) -> Floats:
        """Share of the product capacity of the whole run that one kind of work took, such as ``upkeep_share``."""
        return ratio(self.total(f"work_{share.removesuffix('_share')}"), self.total("work_capacity"))


THEMES = (
    "value", "survival", "pivot", "life", "customers", "people", "money", "winning", "keeping", "features", "experience",
    "service", "worth", "work",
)  # fmt: skip


@dataclass(frozen=True)
class RunMeasure:
    """A measure of a firm over a whole run: a column of the table of runs, in the order of :data:`RUN_MEASURES`.

    ``read`` takes a run and the name of the measure, and gives a value for each slot of a firm. ``told`` says how summaries
    tell it: by its mean and differences of means, by its median, by both and by how many runs hold most of it (heavy-tailed),
    or not at all. They go by :data:`THEMES`, then by order of the table. ``known`` is the name under which they tell the share
    of runs that have one. ``whole`` numbers may be missing, and are NaN here then.
    """

    name: str
    theme: str
    unit: str
    meaning: str
    direction: Direction
    read: Callable[[Lives, str], Values]
    told: Told = "mean"
    known: str = ""
    whole: bool = False

    @property
    def unit_of_mean(self) -> str:
        """Unit of a mean over runs."""
        return "share" if self.unit == "yes/no" else self.unit


def _cents(values: Floats) -> NDArray[np.int64]:
    return np.rint(values).astype(np.int64)


def _peak_customers(lives: Lives, _: str) -> Values:
    peak: Values = np.where(lives.alive, lives.months["customers"], 0).max(axis=0)
    return peak


def _best_month(lives: Lives, _: str) -> Values:
    flow = np.where(lives.alive, cash_flow(lives.months), np.iinfo(np.int64).min)
    return np.where(lives.alive.any(axis=0), flow.argmax(axis=0), np.nan)


def _service_quality(lives: Lives, name: str) -> Values:
    quality, customers = lives.months[name], lives.months["customers"]
    return ratio((quality * customers).sum(axis=0), customers.sum(axis=0))


def _idle_share(lives: Lives, _: str) -> Values:
    upkeep, custom, roadmap = (lives.work(kind) for kind in WORK)
    return np.maximum(np.round(1 - (upkeep + custom + roadmap), 12), 0.0) + 0.0  # without the dust of binary fractions


def _customers_at_pivot(lives: Lives, _: str) -> Values:
    """Count customers at the end of the month before the pivot; those it was founded with when it pivots on its first day."""
    history, plans = lives.history, {plan.name: plan for plan in lives.case.firms}
    out = np.full(len(lives.slots), np.nan)
    for index in np.flatnonzero(history.pivoted != NOTHING):
        month = int(history.pivoted[index])
        if month > history.founded[index]:
            out[index] = history.measures["customers"][month - 1, index]
        else:
            out[index] = plans[lives.slots[index].plan].start.customers
    return out


# fmt: off
_ALL = (
    RunMeasure("entrant", "life", "yes/no", "whether it entered during the run", "",
               lambda run, _: np.array([slot.enters for slot in run.slots], dtype=bool), told=""),
    RunMeasure("founded", "life", "month", "month in which it was founded", "", Lives.event, told="", whole=True),
    RunMeasure("closed", "life", "month", "month in which it closed; empty when it did not", "",
               Lives.event, told="", whole=True),
    RunMeasure("pivoted", "pivot", "month", "month of its pivot; empty when there was none", "",
               Lives.event, told="median", known="has_pivoted", whole=True),
    RunMeasure("survived", "survival", "yes/no", "whether it was in business at the end", "more", lambda run, _: run.alive[-1]),
    RunMeasure("months_lived", "life", "months", "months at whose end it was in business", "more",
               lambda run, _: run.alive.sum(axis=0)),
    RunMeasure("value", "value", "cents", "value_cash and value_equity; see [MODEL.md](MODEL.md#value-of-a-firm)", "more",
               lambda run, _: _cents(run.worth.cash) + _cents(run.worth.equity), told="heavy-tailed"),
    RunMeasure("value_cash", "value", "cents", "cash flow of the run, discounted to its start", "more",
               lambda run, _: _cents(run.worth.cash)),
    RunMeasure("value_equity", "value", "cents",
               "worth of the customers at the end, discounted to the start of the run", "more",
               lambda run, _: _cents(run.worth.equity)),
    RunMeasure("retention", "worth", "share/month",
               f"share of customers kept a month over its last {WINDOW} months; empty when closed", "more",
               lambda run, _: run.worth.retention),
    RunMeasure("margin", "worth", "cents/customer/month",
               f"what a customer brings over its last {WINDOW} months; empty when closed", "more",
               lambda run, _: run.worth.margin),
    RunMeasure("customers", "customers", "customers", "customers at the end, 0 when closed", "more", Lives.count),
    RunMeasure("heads", "people", "people", "founders and employees at the end, 0 when closed", "", Lives.count),
    RunMeasure("founders", "people", "people", "founders at the end, 0 when closed", "", Lives.count, told=""),
    RunMeasure("staff_product", "people", "people", "product employees at the end", "", Lives.count),
    RunMeasure("staff_sales", "people", "people", "sales employees at the end", "", Lives.count),
    RunMeasure("staff_service", "people", "people", "service employees at the end", "", Lives.count),
    RunMeasure("standard_features", "features", "features", "features in the standard product at the end, 0 when closed", "",
               Lives.count, told=""),
    RunMeasure("custom_features", "features", "features", "custom features in force at the end, 0 when closed", "",
               Lives.count, told=""),
    RunMeasure("cash", "money", "cents", "money in the bank at the end, or when it closed", "more",
               lambda run, name: run.months[name][-1]),
    RunMeasure("satisfaction", "experience", "share",
               "mean satisfaction of its customers at the end; empty when closed", "more", Lives.quality),
    RunMeasure("fit", "experience", "share", "mean fit of its customers at the end; empty when closed", "more", Lives.quality),
    RunMeasure("reputation", "service", "share", "reputation for service at the end; empty when closed", "more", Lives.quality),
    RunMeasure("service_goal", "service", "share", "service goal at the end; empty when closed", "", Lives.quality),
    RunMeasure("peak_customers", "customers", "customers", "most customers in any month", "more", _peak_customers),
    RunMeasure("best_month", "money", "month", "month with the highest cash flow", "", _best_month, told="median", whole=True),
    RunMeasure("revenue", "money", "cents", "revenue of the whole run", "more", Lives.total),
    RunMeasure("deals", "winning", "customers", "customers won in the whole run", "more", Lives.total),
    RunMeasure("churned", "keeping", "customers", "customers who left of their own accord in the whole run", "less",
               Lives.total),
    RunMeasure("walk_ins", "keeping", "customers",
               "customers who had left a firm and chose this one, in the whole run", "more", Lives.total),
    RunMeasure("returned", "keeping", "customers", "the part of walk_ins who had left this firm", "more", Lives.total),
    RunMeasure("expansions", "keeping", "products", "further products sold to own customers in the whole run", "more",
               Lives.total),
    RunMeasure("custom_built", "features", "features", "custom features delivered in the whole run", "", Lives.total),
    RunMeasure("standard_built", "features", "features", "standard features delivered in the whole run", "", Lives.total),
    RunMeasure("deals_per_sales_month", "winning", "customers/person-month", "deals over effective selling time", "more",
               lambda run, _: ratio(run.total("deals"), run.total("sales_capacity"))),
    RunMeasure("service_quality", "experience", "share",
               "quality of service, mean over customers and months; empty without customers", "more", _service_quality),
    RunMeasure("upkeep_share", "work", "share of product capacity", "product work spent on keeping what exists", "",
               Lives.work),
    RunMeasure("custom_share", "work", "share of product capacity", "product work spent on custom features", "", Lives.work),
    RunMeasure("roadmap_share", "work", "share of product capacity", "product work spent on standard features", "", Lives.work),
    RunMeasure("idle_share", "work", "share of product capacity", "product work with nothing left to build", "less",
               _idle_share),
    RunMeasure("customers_at_pivot", "pivot", "customers",
               "customers at the end of the month before the pivot; empty when there was none", "", _customers_at_pivot,
               told="median", whole=True),
)
# fmt: on
RUN_MEASURES = {measure.name: measure for measure in _ALL}
WHOLE = tuple(measure.name for measure in _ALL if measure.whole)  # columns of whole numbers that may be missing
KNOWN = {measure.known: measure.name for measure in _ALL if measure.known}  # shares of runs in which something is known

_BY_THEME = sorted(_ALL, key=lambda measure: THEMES.index(measure.theme))
MEANS: dict[str, str] = {}  # means that summaries tell, by name, with their units
for _measure in _BY_THEME:
    MEANS |= {_measure.known: "share"} if _measure.known else {}
    MEANS |= {_measure.name: _measure.unit_of_mean} if _measure.told in ("mean", "heavy-tailed") else {}
MEDIANS = {measure.name: measure.unit for measure in _BY_THEME if measure.told == "median"}
HEAVY_TAILED = {measure.name: measure.unit for measure in _BY_THEME if measure.told == "heavy-tailed"}
YES_OR_NO = tuple(name for name in MEANS if name in KNOWN or RUN_MEASURES[name].unit == "yes/no")
