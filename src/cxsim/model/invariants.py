"""What must hold in every month of every run: cash, customers, staff and work are conserved, and counts are true.

Each function returns the violations in words, none when all is well. Equality is exact: money, people and work are integers.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.model.case import Case, History
from cxsim.model.params import MAX_DELAY, Product
from cxsim.model.sales import EFFORT
from cxsim.model.state import ALIVE, CLOSED, DORMANT, FIRM_FIELDS, FLOWS, MILLION, NOBODY, NOTHING, THOUSAND, Customers

# A flow that may be negative: work moved from one unfinished feature to another leaves the first.
SIGNED = (
    "cash",
    "work_custom",
    "work_roadmap",
    "effort",
    "talk",
    "shock_deviate",
    "service_target",
    "product_limit",
    "target",
    "loudest",
    "loudness",
    "founded",
    "closed",
    "pivoted",
)


class Check(NamedTuple):
    """A statement about every firm: what was found must equal what was expected."""

    what: str
    found: Any
    expected: Any


def history_violations(history: History, opening: NDArray[np.void] | None = None) -> list[str]:
    """List what is wrong in a recorded run; ``opening`` holds the measures on the first day, before month 0 begins."""
    found: list[str] = []
    before = opening
    for month, after in enumerate(history.measures):
        if before is not None:
            found += month_violations(before, after, month)
        before = after
    return found


def month_violations(before: NDArray[np.void], after: NDArray[np.void], month: int = 0) -> list[str]:
    """List what is wrong between two consecutive records of all firms, by what happened in the month between."""
    open_before = before["status"] == ALIVE
    founded = (before["status"] == DORMANT) & (after["status"] != DORMANT)
    found = _differences(_flows(before, after), open_before | (before["status"] == CLOSED), month)
    found += _differences(_no_flows(after), ~open_before, month)
    found += _differences(_one_way(before, after), ~founded, month)
    found += _differences(_bounds(after), np.ones(len(after), bool), month)
    return found + _differences(_closed(after), after["status"] == CLOSED, month)


def _flows(before: NDArray[np.void], after: NDArray[np.void]) -> Iterator[Check]:
    spent = after["wages"] + after["marketing"] + after["running_costs"]
    yield Check("cash", after["cash"], before["cash"] + after["revenue"] - spent)
    lost = after["churned"] + after["poached"] + after["released"]
    gained = after["deals"] + after["walk_ins"]
    yield Check("customers", after["customers"], before["customers"] + gained - lost)
    people = _people(before) + after["hires"] - after["dismissals"]
    yield Check("staff", _people(after), people)


def _people(firms: NDArray[np.void]) -> NDArray[np.int64]:
    total: NDArray[np.int64] = firms["staff"].sum(axis=-1)
    return total


def _no_flows(after: NDArray[np.void]) -> Iterator[Check]:
    for name in FLOWS:
        if name in _names(after):
            yield Check(f"{name} of a firm that was not in business", after[name], 0)


def _one_way(before: NDArray[np.void], after: NDArray[np.void]) -> Iterator[Check]:
    yield Check("status, which never goes back", after["status"], np.maximum(before["status"], after["status"]))
    yield Check("course, which never goes back", after["course"], np.maximum(before["course"], after["course"]))
    longer = np.where(after["viable_months"] > 0, before["viable_months"] + 1, 0)
    same = after["status"] == before["status"]
    yield Check("viable_months", after["viable_months"], np.where(same, longer, after["viable_months"]))
    kept = before["standard_features"] + after["standard_built"]
    grown = np.minimum(after["standard_features"], kept)
    yield Check("standard_features, which grow by what is built", after["standard_features"], grown)


def _bounds(after: NDArray[np.void]) -> Iterator[Check]:
    yield Check("status, a known one", np.isin(after["status"], (DORMANT, ALIVE, CLOSED)), True)
    for name in _names(after):
        if name not in SIGNED and FIRM_FIELDS[name].dtype != "u8":
            yield Check(f"{name}, which is never negative", after[name], np.maximum(after[name], 0))
    for small, large in (
        ("pursued", "contacts"),
        ("deals", "pursued"),
        ("expansions", "reviews"),
        ("returned", "walk_ins"),
        ("vips", "customers"),
        ("validated_features", "standard_features"),
    ):
        yield Check(f"{small}, at most {large}", after[small], np.minimum(after[small], after[large]))
    asking = np.minimum(after["open_requests"], after["customers"])
    yield Check("open_requests, at most one each", after["open_requests"], asking)
    for name in ("playbook", "sales_yield", "upkept", "service_quality", "vip_quality", "reputation", "service_goal", "polish"):
        yield Check(f"{name}, a share", after[name], np.clip(after[name], 0.0, 1.0))
    used = after["work_upkeep"] + after["work_custom"] + after["work_roadmap"]
    yield Check("work done, at most work_capacity", used, np.minimum(used, after["work_capacity"]))
    most = after["contacts"] * MILLION
    yield Check("prospect_fit_sum, at most full fit", after["prospect_fit_sum"], np.minimum(after["prospect_fit_sum"], most))
    solvent = np.where(after["status"] == ALIVE, np.maximum(after["cash"], 0), after["cash"])
    yield Check("cash of a firm in business", after["cash"], solvent)


def _closed(after: NDArray[np.void]) -> Iterator[Check]:
    names = (
        "customers",
        "founders",
        "account_size",
        "vips",
        "vip_size",
        "products",
        "custom_features",
        "promised_features",
        "open_requests",
        "backlog",
    )
    for name in names:
        yield Check(f"{name} of a closed firm", after[name], 0)
    yield Check("staff of a closed firm", _people(after), 0)


def work_violations(before: NDArray[np.void], after: NDArray[np.void], month: int = 0) -> list[str]:
    """List what is wrong with the product work of a month, from whole records of all firms (measures and workings).

    Work on custom features is what those delivered cost, plus what the unfinished one gained; so is work on the roadmap.
    With upkeep the two make up the capacity; only a firm with nothing left to build loses the rest.
    """
    worked = before["status"] == ALIVE
    return _differences(_work(before, after), worked, month)


def _work(before: NDArray[np.void], after: NDArray[np.void]) -> Iterator[Check]:
    delivered = after["job"] * after["custom_built"]
    yield Check("work_custom", after["work_custom"], delivered + after["custom_bank"] - before["custom_bank"])
    jobs = after["feature_job"]
    gained = after["roadmap_bank"] - before["roadmap_bank"]
    yield Check("work_roadmap", after["work_roadmap"], jobs * after["standard_built"] + gained)
    used = after["work_upkeep"] + after["work_custom"] + after["work_roadmap"]
    idle = np.where(after["target"] == NOTHING, np.minimum(used, after["work_capacity"]), after["work_capacity"])
    yield Check("work done", used, idle)
    unfinished = np.where(after["target"] == NOTHING, 0, np.minimum(after["roadmap_bank"], jobs - 1))
    yield Check("roadmap_bank, less than one feature", after["roadmap_bank"], unfinished)
    for name in ("work_left", "custom_work_open"):
        yield Check(f"{name} at the end of the month", after[name], 0)


def decision_violations(before: NDArray[np.void], after: NDArray[np.void], case: Case, month: int) -> list[str]:
    """List what is wrong with what firms decided in a month, from whole records of all firms, by what the case says of each."""
    alive = before["status"] == ALIVE
    stays, founded = alive & (after["status"] == ALIVE), (before["status"] == DORMANT) & (after["status"] == ALIVE)
    found = _differences(_planned(before, after, case, month), stays, month)
    found += _differences(_sold_and_heard(before, after, case), stays, month)
    found += _differences(_books(before, after, case), stays, month)
    found += _differences(_founded(after, case, month), founded, month)
    ended = Check("a firm closes when it cannot pay", (after["closed"] == month) & (after["cash"] < 0), True)
    return found + _differences(iter([ended]), alive & ~stays, month)


def _planned(before: NDArray[np.void], after: NDArray[np.void], case: Case, month: int) -> Iterator[Check]:
    slot, coming = month % MAX_DELAY, (month + case.params.staffing.hiring_delay) % MAX_DELAY
    due, hires = before["pipeline"][..., slot].sum(axis=-1), after["hires"]
    yield Check("hires, those who were due", hires, due if slot != coming else np.maximum(hires, due))
    yield Check("pipeline of those who have come", after["pipeline"][..., slot], 0)
    others = np.delete(np.arange(MAX_DELAY), [slot, coming])
    yield Check("pipeline of other months", after["pipeline"][..., others], before["pipeline"][..., others])
    yield Check("skill, a share", after["skill"], after["skill"].clip(0.0, 1.0))
    people = after["founders"] + _people(after)
    used = after["work_capacity"] / MILLION + after["sales_capacity"] + after["service_capacity"]
    yield Check("time of all work, at most that of all people", used, np.minimum(used, people * (1.0 + 1e-12)))
    pivots = (before["course"] == 0) & (after["course"] == 1)
    yield Check("pivoted", after["pivoted"], np.where(pivots, month, before["pivoted"]))
    yield Check("variety, at least 1", after["variety"], np.maximum(after["variety"], 1.0))
    yield Check("condition, a share", after["condition"], after["condition"].clip(0.0, 1.0))
    yield Check("fees", after["fees"], after["custom_built"] * _levers(after, case, "custom_fee"))


def _sold_and_heard(before: NDArray[np.void], after: NDArray[np.void], case: Case) -> Iterator[Check]:
    yield Check("reach, in whole contacts", after["reach"] % EFFORT, 0)
    yield Check("effort, all spent", after["effort"], np.minimum(after["effort"], 0))
    most = after["customers"] * MILLION
    yield Check("satisfaction_sum, at most that of all", after["satisfaction_sum"], np.minimum(after["satisfaction_sum"], most))
    half = after["satisfaction_sum"] // 2
    yield Check("praise_sum, at most half of satisfaction_sum", after["praise_sum"], np.minimum(after["praise_sum"], half))
    yield Check("talk, at most of all customers", after["talk"], np.minimum(after["talk"], most))
    yield Check("requests, at most one each", after["requests"], np.minimum(after["requests"], after["customers"]))
    heard = after["tally"].sum(axis=-1) - before["tally"].sum(axis=-1)
    told = heard.clip(after["requests"], after["requests"] + after["pursued"] - after["deals"])
    yield Check("tally, of requests and of what lost prospects tell", heard, told)
    served = after["service_quality"] if case.params.mechanisms.queue else np.ones(len(after))
    yield Check("service_quality", after["service_quality"], served)


def _books(before: NDArray[np.void], after: NDArray[np.void], case: Case) -> Iterator[Check]:
    rules = case.params.finance
    pay = np.array([rules.wage_product, rules.wage_sales, rules.wage_service])
    yield Check("wages", after["wages"], (after["staff"] * pay).sum(axis=-1) + after["founders"] * rules.founder_pay)
    heads = after["founders"] + _people(after)
    yield Check("running_costs", after["running_costs"], heads * rules.overhead + after["customers"] * rules.hosting)
    yield Check("marketing", after["marketing"], after["marketing_plan"])
    trend = before["trend"] + (after["revenue"] - before["trend"]) // case.params.staffing.trend_months
    yield Check("trend", after["trend"], trend)
    yield Check("validated features, which stay so", before["validated"] & ~after["validated"], 0)


def _founded(after: NDArray[np.void], case: Case, month: int) -> Iterator[Check]:
    starts = [plan.start for plan in case.firms]
    own = np.array([(start.founders, start.cash, start.customers, start.features) for start in starts])[after["group"]]
    yield Check("founded", after["founded"], month + 1)
    yield Check("founders", after["founders"], own[:, 0])
    yield Check("cash of a new firm", after["cash"], own[:, 1])
    yield Check("first customers, at most those wanted", after["customers"], np.minimum(after["customers"], own[:, 2]))
    features = np.minimum(own[:, 3], case.params.market.features)
    yield Check("features of a new firm", after["standard_features"], features)
    staff = np.array([(start.product_staff, start.sales_staff, start.service_staff) for start in starts])[after["group"]]
    yield Check("staff of a new firm", after["staff"], staff)
    yield Check("trend of a new firm", after["trend"], after["account_size"] * _levers(after, case, "price") // THOUSAND)


def _levers(firms: NDArray[np.void], case: Case, lever: str) -> NDArray[np.int64]:
    """Value of a lever of the strategy that each firm follows."""
    table = np.array([[getattr(plan.strategy, lever), getattr(plan.after, lever)] for plan in case.firms])
    values: NDArray[np.int64] = table[firms["group"], firms["course"]]
    return values


def state_violations(customers: Customers, firms: NDArray[np.void], product: Product, month: int = 0) -> list[str]:
    """List what is wrong with a state: counts of every firm against a recount over its customers, and sets against sets."""
    found = _differences(_recounts(customers, firms, product), np.ones(len(firms), bool), month)
    return found + _differences(_sets(customers, firms, product), np.ones(len(customers.needs), bool), month, "customer")


def _recounts(customers: Customers, firms: NDArray[np.void], product: Product) -> Iterator[Check]:
    served = customers.supplier != NOBODY
    accounts = (customers.supplier[served] == np.arange(len(firms))[:, np.newaxis]).astype(np.int64)  # firm by customer

    def total(values: NDArray[Any]) -> NDArray[np.int64]:
        sums: NDArray[np.int64] = accounts @ values[served].astype(np.int64)
        return sums

    yield Check("customers, counted afresh", firms["customers"], total(served))
    billed = billed_sizes(customers, product)
    yield Check("account_size, summed afresh", firms["account_size"], total(billed))
    yield Check("products, summed afresh", firms["products"], total(customers.products))
    yield Check("vips, counted afresh", firms["vips"], total(customers.tier))
    yield Check("vip_size, summed afresh", firms["vip_size"], total(billed * customers.tier))
    yield Check("custom_features, counted afresh", firms["custom_features"], total(np.bitwise_count(customers.custom)))
    yield Check("promised_features, counted afresh", firms["promised_features"], total(np.bitwise_count(customers.promised)))
    yield Check("open_requests, counted afresh", firms["open_requests"], total(customers.asked != NOTHING))
    words = customers.needs[served].astype("<u8")
    needs = np.unpackbits(words.view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    yield Check("users, counted afresh", firms["users"], accounts @ needs.astype(np.int64))
    standard = np.where(served, firms["standard"][customers.supplier], np.uint64(0))
    met = np.bitwise_count(customers.needs & (standard | customers.custom)).astype(np.int64)
    yield Check("fit_sum, summed afresh", firms["fit_sum"], total(met * MILLION // np.bitwise_count(customers.needs)))
    yield Check("standard_features, counted afresh", firms["standard_features"], np.bitwise_count(firms["standard"]))
    yield Check("validated_features, counted afresh", firms["validated_features"], np.bitwise_count(firms["validated"]))
    yield Check("validated outside standard", firms["validated"] & ~firms["standard"], 0)
    in_business = np.where(firms["status"] == ALIVE, firms["customers"], 0)
    yield Check("customers of a firm not in business", firms["customers"], in_business)
    unserved = np.count_nonzero(~served)
    yield Check("customers of all firms and of none", firms["customers"].sum() + unserved, len(customers.needs))


def billed_sizes(customers: Customers, product: Product) -> NDArray[np.int64]:
    """Size of every account that is billed, in thousandths; that of a customer who holds nothing has no meaning."""
    further = np.maximum(customers.products.astype(np.int64) - 1, 0)
    return customers.size.astype(np.int64) + (customers.size * product.add_on * further).astype(np.int64)


def _sets(customers: Customers, firms: NDArray[np.void], product: Product) -> Iterator[Check]:
    served = customers.supplier != NOBODY
    standard = np.where(served, firms["standard"][customers.supplier], np.uint64(0))
    asked = np.where(customers.asked == NOTHING, np.uint64(0), np.uint64(1) << customers.asked.clip(0).astype(np.uint64))
    wanted = customers.custom | customers.promised | asked
    yield Check("features of a customer without supplier", np.where(served, 0, wanted), 0)
    yield Check("custom, promised or asked features that it does not need", wanted & ~customers.needs, 0)
    yield Check("custom, promised or asked features that are standard", wanted & standard, 0)
    yield Check("features both promised and built for it", customers.custom & customers.promised, 0)
    yield Check("a feature both asked for and built for it", customers.custom & asked, 0)
    yield Check("satisfaction, a share", customers.satisfaction, customers.satisfaction.clip(0.0, 1.0))
    yield Check("joined without supplier", np.where(served, NOTHING, customers.since), NOTHING)
    holding = (customers.products >= 1) & (customers.products <= max(product.line, 1))
    yield Check("products that it holds", np.where(served, holding, customers.products == 0), True)
    yield Check("tier of a customer without supplier", np.where(served, 0, customers.tier), 0)
    yield Check("needs, at least one", customers.needs == 0, False)


def _names(records: NDArray[np.void]) -> tuple[str, ...]:
    return records.dtype.names or ()


def _differences(checks: Iterator[Check], which: NDArray[np.bool_], month: int, entity: str = "firm") -> list[str]:
    found: list[str] = []
    if not which.any():
        return found
    for check in checks:
        wrong = np.asarray(check.found != check.expected)
        if wrong.ndim and wrong.any():
            wrong = wrong & which.reshape(-1, *(1,) * (wrong.ndim - 1))
        if wrong.any():
            found += _in_words(check, wrong, f"month {month}", entity)
    return found


def _in_words(check: Check, wrong: NDArray[np.bool_], when: str, entity: str) -> Iterator[str]:
    values, expected = np.broadcast_to(check.found, wrong.shape), np.broadcast_to(check.expected, wrong.shape)
    for place in map(tuple, np.argwhere(wrong)):
        at = f", {entity} {', '.join(map(str, place))}" if place else ""
        yield f"{when}{at}: {check.what}: {values[place]}, not {expected[place]}"
