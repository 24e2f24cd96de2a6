"""What is read off one run for a claim: each reading is one number."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.measures.firms import customer_margin, monthly_rate, ratio, worth
from cxsim.measures.registry import MONTH_MEASURES, RUN_MEASURES, Lives
from cxsim.model.case import Case, History
from cxsim.model.params import ROLES
from cxsim.model.state import ALIVE, MILLION, THOUSAND
from cxsim.studies.claims.units import CASH, DOLLARS, HOURS, MONTHLY, PLAIN, SHARE

SERVICE_ROLE = ROLES.index("service")
YEAR = 12
LEAST_POINTS = 3  # years behind a slope
LEAST_RANGE = math.log(1.2)  # least growth of customers behind a slope


class Run(Lives):
    """One finished run, and the firm that the claim is about: block ``focal`` of the case."""

    def __init__(self, history: History, case: Case, focal: int) -> None:
        super().__init__(history, case)
        self.plan = case.firms[focal]
        self.names = [slot.name for slot in self.slots]

    def slot(self, firm: str = "") -> int:
        """Place of a firm, the focal one when none is named."""
        return self.names.index(firm or self.plan.name)

    def of(self, firm: str = "") -> NDArray[np.void]:
        """Return the months of one firm."""
        found: NDArray[np.void] = self.months[:, self.slot(firm)]
        return found

    def row(self, name: str, firm: str = "") -> float:
        """Return one figure of one firm over the whole run."""
        return float(RUN_MEASURES[name].read(self, name)[self.slot(firm)])


class Reading(NamedTuple):
    """One number of a run, in a unit."""

    name: str
    unit: str
    read: Callable[[Run], float]


def reading(unit: str) -> Callable[[Callable[[Run], float]], Reading]:
    """Make a reading in a unit of a function that reads it."""
    return lambda read: Reading(read.__name__, unit, read)


def row(name: str, firm: str = "") -> Reading:
    """Read a figure that every run of ``cxsim run`` has too, such as value or survived; NaN where there is no such firm."""
    unit = RUN_MEASURES[name].unit_of_mean
    return Reading(f"{name} {firm}", unit, lambda run: run.row(name, firm) if not firm or firm in run.names else math.nan)


VALUE, SURVIVED, CUSTOMERS = row("value"), row("survived"), row("customers")


def market_share(firm: str = "") -> Reading:
    """Share of all potential customers that a firm serves at the end."""
    served = row("customers", firm)
    return Reading(f"market share {firm}", SHARE, lambda run: served.read(run) / run.case.params.market.customers)


@reading(SHARE)
def growth(run: Run) -> float:
    """Customers at the end over those at the start, less one."""
    return run.row("customers") / run.plan.start.customers - 1


@reading(CASH)
def value_over_cash(run: Run) -> float:
    """Value as a multiple of the money that the firm was founded with, so that sizes can be put side by side."""
    return run.row("value") / run.plan.start.cash


def total(name: str, firm: str = "") -> Reading:
    """Add up a flow over the run."""
    return Reading(f"total {name} {firm}", MONTH_MEASURES[name].unit, lambda run: float(run.of(firm)[name].sum()))


def per(above: str, below: str, unit: str) -> Reading:
    """Divide one flow by another, each added up over the run."""
    return Reading(f"{above} per {below}", unit, lambda run: _quotient(run.of()[above].sum(), run.of()[below].sum()))


def _quotient(above: float, below: float) -> float:
    return float(above / below) if below else math.nan


@reading(SHARE)
def prospect_fit(run: Run) -> float:
    """Mean fit with the standard product of all prospects met."""
    months = run.of()
    return _quotient(months["prospect_fit_sum"].sum() / MILLION, months["contacts"].sum())


def selling_cost(months: NDArray[np.void], case: Case) -> float:
    """Cents spent on sellers, at their share of founders' time too, and on marketing."""
    return float((months["sales_capacity"] * case.params.finance.wage_sales).sum() + months["marketing"].sum())


@reading(PLAIN)
def cost_per_revenue(run: Run) -> float:
    """Money spent on selling for each dollar of monthly revenue added, by new customers and by further products."""
    months, product = run.of(), run.case.params.product
    size = _quotient(months["account_size"].sum() / THOUSAND, months["products"].sum())
    added = size * (months["deals"].sum() + product.add_on * months["expansions"].sum()) * run.plan.strategy.price
    return _quotient(selling_cost(months, run.case), added)


@reading(PLAIN)
def expansion_over_acquisition(run: Run) -> float:
    """Contacts for each unit of revenue added by selling further products, over those by winning customers."""
    months, product = run.of(), run.case.params.product
    reviews, reach = months["reviews"].sum(), months["reach"].sum() / THOUSAND
    expanding = _quotient(reviews, months["expansions"].sum() * product.add_on)
    return _quotient(expanding, _quotient(reach - reviews, months["deals"].sum()))


@reading(DOLLARS)
def service_spend(run: Run) -> float:
    """Wages of service staff for each customer and month, in cents."""
    months = run.of()
    paid = months["staff"][:, SERVICE_ROLE].sum() * run.case.params.finance.wage_service
    return _quotient(float(paid), months["customers"].sum())


@reading(HOURS)
def care_hours(run: Run) -> float:
    """Hours of service and of custom work a month, over all customers."""
    months = run.of()
    work = months["service_capacity"].sum() + months["work_custom"].sum() / MILLION
    return float(work) * run.case.params.service.work_hours / len(months)


@reading(HOURS)
def care_hours_per_customer(run: Run) -> float:
    """Hours of service and of custom work for each customer and month."""
    months = run.of()
    return _quotient(care_hours.read(run) * len(months), months["customers"].sum())


def worth_of_months(first: int, span: int) -> Reading:
    """Worth at the start of some months: their cash flow and the customers at their end, discounted to their start."""

    def read(run: Run) -> float:
        found, slot = worth(run.months[first : first + span], run.case.params.finance), run.slot()
        return float(found.cash[slot] + found.equity[slot])

    return Reading(f"worth of {span} months from {first}", DOLLARS, read)


@reading(PLAIN)
def retention_elasticity(run: Run) -> float:
    """Rise of a customer's worth, in percent, for one percent more retention a year: (1 + i) / (1 + i - r)."""
    retention, rate = run.row("retention") ** YEAR, run.case.params.finance.discount
    return (1 + rate) / (1 + rate - retention)


@reading(PLAIN)
def acquisition_elasticity(run: Run) -> float:
    """Rise of a new customer's worth, in percent, for one percent less cost of winning it; NaN where it is not worth it."""
    retention, rate = run.row("retention"), monthly_rate(run.case.params.finance.discount)
    lifetime = run.row("margin") * retention / (1 + rate - retention)
    cost = cost_of_winning.read(run)
    return _quotient(cost, lifetime - cost) if lifetime > cost else math.nan


@reading(DOLLARS)
def cost_of_winning(run: Run) -> float:
    """Cents spent on selling for each customer won over the run."""
    return _quotient(selling_cost(run.of(), run.case), run.of()["deals"].sum())


@reading(PLAIN)
def unit_cost_elasticity(run: Run) -> float:
    """Slope of log unit cost on log customers over the years of a run; NaN when customers hardly change.

    Unit cost is what it takes to serve a customer for a month: service, hosting, upkeep and custom work.
    """
    months = run.of()
    years = [months[YEAR * year : YEAR * (year + 1)] for year in range(len(months) // YEAR)]
    points = [(_mean_customers(year), _unit_cost(year, run.case)) for year in years]
    logs = np.array([(math.log(n), math.log(cost)) for n, cost in points if n > 0 and cost > 0])
    if len(logs) < LEAST_POINTS or np.ptp(logs[:, 0]) < LEAST_RANGE:
        return math.nan
    centred = logs - logs.mean(axis=0)
    return float((centred[:, 0] * centred[:, 1]).sum() / (centred[:, 0] ** 2).sum())


def _mean_customers(year: NDArray[np.void]) -> float:
    return float(year["customers"].mean()) if (year["status"] == ALIVE).all() else 0.0


def _unit_cost(year: NDArray[np.void], case: Case) -> float:
    custom = year["work_custom"].sum() / MILLION * case.params.finance.wage_product
    subscriptions = (year["revenue"] - year["fees"]).sum()
    keep = subscriptions - customer_margin(year, case.params.finance).sum() + custom
    return _quotient(keep, year["customers"].sum())


@reading(MONTHLY)
def loss_rate(run: Run) -> float:
    """Share of customers lost a month over the run."""
    months = run.of()
    lost = months["churned"] + months["poached"]
    return float(ratio(lost.sum(), (months["customers"] + lost).sum()))
