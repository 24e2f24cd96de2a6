"""What is read off one run for a claim: each reading is one number."""

import math
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cxsim.experiments.measures import Columns, customer_margin, firm_slots, lived, monthly_rate, ratio, run_columns, worth
from cxsim.model.case import Case, History
from cxsim.model.params import ROLES
from cxsim.model.state import ALIVE, MILLION, THOUSAND

SALES_ROLE, SERVICE_ROLE = ROLES.index("sales"), ROLES.index("service")
YEAR = 12


class Run(NamedTuple):
    """One finished run: every month of every firm, the row that each firm leaves, and who the claim is about."""

    case: Case
    months: NDArray[np.void]
    rows: Columns
    names: tuple[str, ...]
    focal: str

    def of(self, firm: str = "") -> NDArray[np.void]:
        """Return the months of one firm, the focal one when none is named."""
        found: NDArray[np.void] = self.months[:, self.names.index(firm or self.focal)]
        return found

    def row(self, name: str, firm: str = "") -> float:
        """Return one figure of the row of one firm."""
        return float(self.rows[name][self.names.index(firm or self.focal)])


Reading: TypeAlias = Callable[[Run], float]


def run_of(history: History, case: Case, focal: int) -> Run:
    """Make a finished run readable."""
    names = tuple(slot.name for slot in firm_slots(case))
    return Run(case, lived(history), run_columns(history, case), names, case.firms[focal].name)


def row(name: str, firm: str = "") -> Reading:
    """Read a figure that every run of ``cxsim run`` has too, such as value or survived."""
    return lambda run: run.row(name, firm)


def customers_at(month: int, firm: str = "") -> Reading:
    """Count customers at the end of a month, counted from 1; a closed firm has none."""
    return lambda run: float(run.of(firm)["customers"][month - 1])


def market_share(firm: str = "") -> Reading:
    """Share of all potential customers that a firm serves at the end."""
    return lambda run: run.row("customers", firm) / run.case.params.market.customers


def growth(run: Run) -> float:
    """Customers at the end over those at the start, less one."""
    plan = next(plan for plan in run.case.firms if plan.name == run.focal)
    return run.row("customers") / plan.start.customers - 1


def total(name: str, first: int = 0, last: int | None = None) -> Reading:
    """Add up a flow over some months."""
    return lambda run: float(run.of()[name][first:last].sum())


def per(above: str, below: str, first: int = 0, last: int | None = None) -> Reading:
    """Divide one flow by another, each added up over some months."""
    return lambda run: _quotient(run.of()[above][first:last].sum(), run.of()[below][first:last].sum())


def _quotient(above: float, below: float) -> float:
    return float(above / below) if below else math.nan


def prospect_fit(run: Run) -> float:
    """Mean fit with the standard product of the prospects met in the last year."""
    months = run.of()[-YEAR:]
    return _quotient(months["prospect_fit_sum"].sum() / MILLION, months["contacts"].sum())


def selling_cost(months: NDArray[np.void], case: Case) -> float:
    """Cents spent on sellers, at their share of founders' time too, and on marketing."""
    return float((months["sales_capacity"] * case.params.finance.wage_sales).sum() + months["marketing"].sum())


def cost_per_revenue(run: Run) -> float:
    """Money spent on selling for each dollar of monthly revenue added, by new customers and by further products."""
    months, product = run.of(), run.case.params.product
    size = _quotient(months["account_size"].sum() / THOUSAND, months["products"].sum())
    added = size * (months["deals"].sum() + product.add_on * months["expansions"].sum()) * _price(run)
    return _quotient(selling_cost(months, run.case), added)


def _price(run: Run) -> int:
    return next(plan for plan in run.case.firms if plan.name == run.focal).strategy.price


def expansion_over_acquisition(run: Run) -> float:
    """Contacts for each unit of revenue added by selling further products, over those by winning customers."""
    months, product = run.of(), run.case.params.product
    reviews, reach = months["reviews"].sum(), months["reach"].sum() / THOUSAND
    expanding = _quotient(reviews, months["expansions"].sum() * product.add_on)
    return _quotient(expanding, _quotient(reach - reviews, months["deals"].sum()))


def service_spend(run: Run) -> float:
    """Wages of service staff for each customer and month, in cents."""
    months = run.of()
    paid = months["staff"][:, SERVICE_ROLE].sum() * run.case.params.finance.wage_service
    return _quotient(float(paid), months["customers"].sum())


def care_hours(first: int, last: int) -> Reading:
    """Hours of service and of custom work a month in some months, over all customers."""

    def read(run: Run) -> float:
        months = run.of()[first:last]
        work = months["service_capacity"].sum() + months["work_custom"].sum() / MILLION
        return float(work) * run.case.params.service.work_hours / (last - first)

    return read


def care_hours_per_customer(first: int, last: int) -> Reading:
    """Hours of service and of custom work for each customer and month."""

    def read(run: Run) -> float:
        months = run.of()[first:last]
        return _quotient(care_hours(first, last)(run) * (last - first), months["customers"].sum())

    return read


def worth_of_months(first: int, span: int) -> Reading:
    """Worth at the start of some months: their cash flow and the customers at their end, discounted to their start."""

    def read(run: Run) -> float:
        found = worth(run.months[first : first + span], run.case.params.finance)
        where = run.names.index(run.focal)
        return float(found.cash[where] + found.equity[where])

    return read


def retention_elasticity(run: Run) -> float:
    """Rise of a customer's worth, in percent, for one percent more retention a month: (1 + i) / (1 + i - r)."""
    retention, rate = run.row("retention"), monthly_rate(run.case.params.finance.discount)
    return (1 + rate) / (1 + rate - retention)


def acquisition_elasticity(run: Run) -> float:
    """Rise of a new customer's worth, in percent, for one percent less cost of winning it."""
    retention, rate = run.row("retention"), monthly_rate(run.case.params.finance.discount)
    lifetime = run.row("margin") * retention / (1 + rate - retention)
    months = run.of()[-YEAR:]
    cost = _quotient(selling_cost(months, run.case), months["deals"].sum())
    return _quotient(cost, lifetime - cost) if lifetime > cost else math.nan


def unit_cost_elasticity(run: Run) -> float:
    """Slope of log unit cost on log customers over the years of a run.

    Unit cost is what it takes to have a customer for a month: service, hosting, upkeep and custom work, and winning
    another one in place of those who left.
    """
    months = run.of()
    whole = len(months) // YEAR
    years = [months[YEAR * year : YEAR * (year + 1)] for year in range(whole)]
    points = [(_mean_customers(year), _unit_cost(year, run.case)) for year in years]
    logs = np.array([(math.log(n), math.log(cost)) for n, cost in points if n > 0 and cost > 0])
    if len(logs) < 3 or np.ptp(logs[:, 0]) < math.log(1.2):
        return math.nan
    centred = logs - logs.mean(axis=0)
    return float((centred[:, 0] * centred[:, 1]).sum() / (centred[:, 0] ** 2).sum())


def _mean_customers(year: NDArray[np.void]) -> float:
    return float(year["customers"].mean()) if (year["status"] == ALIVE).all() else 0.0


def _unit_cost(year: NDArray[np.void], case: Case) -> float:
    customers, lost = year["customers"].sum(), (year["churned"] + year["poached"]).sum()
    custom = year["work_custom"].sum() / MILLION * case.params.finance.wage_product
    subscriptions = (year["revenue"] - year["fees"]).sum()
    keep = subscriptions - customer_margin(year, case.params.finance).sum() + custom
    win = _quotient(selling_cost(year, case), year["deals"].sum())
    return _quotient(keep + (win * lost if lost else 0.0), customers)


def service_quality(run: Run) -> float:
    """Mean quality of service over the run, weighted by customers."""
    months = run.of()
    return _quotient((months["service_quality"] * months["customers"]).sum(), months["customers"].sum())


def loss_rate(run: Run) -> float:
    """Share of customers lost a month over the run."""
    months = run.of()
    lost = months["churned"] + months["poached"]
    return float(ratio(lost.sum(), (months["customers"] + lost).sum()))
