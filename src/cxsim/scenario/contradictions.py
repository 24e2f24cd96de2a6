"""What is wrong with a scenario whose values are each fine by themselves: fields that contradict one another."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from cxsim.errors import Problem
from cxsim.model.case import Case, FirmPlan
from cxsim.model.params import CASH_FLOW, NEVER, SIGNALS, TRIGGERS
from cxsim.model.state import CUSTOMER_BYTES, FIRM_DTYPE, MEASURE_DTYPE
from cxsim.scenario.build import Draft, is_broken
from cxsim.scenario.dollars import Cents, written
from cxsim.scenario.layers import Layer, Origin, table
from cxsim.scenario.messages import Path, dotted, nearest, number

MOST_FIRMS = 100_000
MOST_MEMORY = 8 * 2**30  # bytes for one run
MOST_MONEY = 10**14  # cents that a market pays one firm in a month: a trillion dollars, a ninth of what the world makes
MOST_SERVICE = 10  # person-months of service work that a customer asks for in a month

TRIGGER_KEYS = {
    "never": (),
    "month": ("month",),
    "customers": ("customers",),
    "viable": ("viable_months",),
    "signal": ("signal", "threshold", "above"),
}
_NEEDED = {"month": ("month",), "customers": ("customers",), "signal": ("signal", "threshold")}


class Finding(NamedTuple):
    """Keys that contradict one another, and how."""

    keys: tuple[str, ...]
    message: str


def contradictions(drafts: list[Draft], label: str, all_arms: bool = True) -> list[Problem]:
    """List every contradiction in every arm; ``label`` is the file that the user named.

    Only when the drafts are ``all_arms`` of a scenario can a key of a pivot be called unused.
    """
    problems = []
    for draft in drafts:
        for finding in _findings(draft):
            paths = [tuple(key.split(".")) for key in finding.keys]
            if not any(is_broken(draft.layer, path) for path in paths):
                problems.append(_problem(draft.layer, paths, finding.message, label))
    for plan in drafts[0].case.firms if drafts and all_arms else ():
        problems += _unused_pivot_keys(drafts, plan.name, label)
    return problems


def _problem(layer: Layer, paths: list[Path], message: str, label: str) -> Problem:
    """Place a contradiction at the key that was written last: on the command line, in an arm, in the file itself."""
    origins = [layer.origins[path] for path in paths if path in layer.origins]
    if not origins:
        return Problem(f"{label}:1:1", dotted(paths[0]), message)
    last = max(origins, key=partial(_rank, label))
    return Problem(last.value_at, dotted(last.written), message)


def _rank(label: str, origin: Origin) -> tuple[bool, bool, bool]:
    """Order of places by who wins: the command line, an arm, the file that the user named, one that it extends."""
    return origin.source == "--set", bool(origin.arm), origin.source == label


def _findings(draft: Draft) -> Iterator[Finding]:
    yield from _market(draft.case)
    for plan in draft.case.firms:
        yield from _firm(draft, plan)
    yield from _roles(draft)
    yield from _entry(draft)
    yield from _size(draft)
    yield from amounts_beyond(draft.case)


def _market(case: Case) -> Iterator[Finding]:
    market = case.params.market
    for low, high in (("needs_min", "needs_max"), ("sensitivity_low", "sensitivity_high")):
        if (least := getattr(market, low)) > (most := getattr(market, high)):
            yield Finding((f"market.{low}", f"market.{high}"), f"{low} {least} is above {high} {most}")
    if market.needs_max > market.features:
        message = f"needs_max {market.needs_max} is above the number of features, {market.features}"
        yield Finding(("market.needs_max", "market.features"), message)
    started = sum(plan.count * plan.start.customers for plan in case.firms)
    if started > market.customers:
        keys = [f"firms.{plan.name}.start.customers" for plan in case.firms if plan.start.customers]
        keys += [f"firms.{plan.name}.count" for plan in case.firms if plan.start.customers]
        message = f"firms start with {started:,} customers in all; the market has {market.customers:,}"
        yield Finding((*keys, "market.customers"), message)


def _firm(draft: Draft, plan: FirmPlan) -> Iterator[Finding]:
    features = draft.case.params.market.features
    if plan.start.features > features:
        message = f"the firm starts with {plan.start.features} features; the market has {features}"
        yield Finding((f"firms.{plan.name}.start.features", "market.features"), message)
    block = table(table(draft.layer.data, "firms"), plan.name)
    when = TRIGGERS[plan.pivot.when]
    given = table(block, "pivot")
    if isinstance(given.get("threshold"), Cents) and when == "signal" and plan.pivot.signal != CASH_FLOW:
        message = f"an amount in dollars, for a signal that is none: {SIGNALS[plan.pivot.signal]}"
        yield Finding(tuple(f"firms.{plan.name}.pivot.{key}" for key in ("threshold", "signal")), message)
    for key in _NEEDED.get(when, ()):
        if key not in given:
            yield Finding((f"firms.{plan.name}.pivot.when",), f"when = '{when}' needs '{key}' beside it")
    if plan.pivot.when != NEVER and not block.get("after"):
        message = f"the pivot would change nothing; allowed: a table firms.{plan.name}.after that says what changes"
        yield Finding((f"firms.{plan.name}.pivot.when",), message)


def _roles(draft: Draft) -> Iterator[Finding]:
    focal = draft.layer.data.get("focal")
    names = [plan.name for plan in draft.case.firms]
    if isinstance(focal, str) and focal not in names:
        yield Finding(("focal",), f"no such firm; allowed: {', '.join(names)}{nearest(focal, names)}")
        return
    plan = draft.case.firms[names.index(focal) if focal in names else 0]
    if plan.founded >= draft.run.months:
        last = draft.run.months - 1
        message = f"the firm that the answer is about is founded in month {plan.founded}; the last month is {last}"
        yield Finding((f"firms.{plan.name}.founded", "months"), message)


def _entry(draft: Draft) -> Iterator[Finding]:
    entry, firm = draft.case.params.entry, table(draft.layer.data, "entry").get("firm")
    names = [plan.name for plan in draft.case.firms]
    if isinstance(firm, str) and firm not in names:
        yield Finding(("entry.firm",), f"no such firm; allowed: {', '.join(names)}{nearest(firm, names)}")
    if entry.rate > 0 and firm is None:
        yield Finding(
            ("entry.rate",), f"firms are to enter, but 'firm' does not say which they copy; allowed: {', '.join(names)}"
        )
    if entry.rate > 0 and entry.limit == 0:
        yield Finding(("entry.rate", "entry.limit"), "firms are to enter, but limit = 0 lets none in")


def _size(draft: Draft) -> Iterator[Finding]:
    case, months = draft.case, draft.run.months
    firms = [f"firms.{plan.name}.count" for plan in case.firms] + ["entry.limit"]
    if case.firm_slots > MOST_FIRMS:
        yield Finding(tuple(firms), f"{case.firm_slots:,} firms in all; allowed: at most {MOST_FIRMS:,}")
        return
    per_firm = FIRM_DTYPE.itemsize + months * MEASURE_DTYPE.itemsize
    memory = case.params.market.customers * CUSTOMER_BYTES + case.firm_slots * per_firm
    if memory > MOST_MEMORY:
        message = (
            f"one run needs about {number(round(memory / 2**30, 1))} GiB of memory; allowed: 8 GiB; take fewer months or firms"
        )
        yield Finding(("months", *firms, "market.customers"), message)


def amounts_beyond(case: Case) -> Iterator[Finding]:
    """Find products of values that no firm ever sees, and that sums over a market could not hold."""
    market, product, service = case.params.market, case.params.product, case.params.service
    work = service.tickets * (1 + service.misfit_tickets) * service.handle_time / service.work_hours
    if work > MOST_SERVICE:
        keys = tuple(f"service.{key}" for key in ("tickets", "misfit_tickets", "handle_time", "work_hours"))
        message = (
            f"a customer may ask for {number(round(work, 1))} person-months of service a month; allowed: at most {MOST_SERVICE}"
        )
        yield Finding(keys, f"{message}; tickets x (1 + misfit_tickets) x handle_time / work_hours")
    for plan in case.firms:
        for blocks, chosen in ((("strategy",), plan.strategy), (("after", "strategy"), plan.after)):
            held = 1 + (product.line - 1) * product.add_on
            for levers, others, each in (
                (("price", "vip_premium"), ("product.line", "product.add_on"), chosen.price * held * (1 + chosen.vip_premium)),
                (("custom_fee",), (), chosen.custom_fee),
            ):
                if market.customers * each > MOST_MONEY:
                    paid = written(100 * round(market.customers * each / 100))  # whole dollars
                    message = (
                        f"all {market.customers:,} accounts would pay {paid} a month; allowed: at most {written(MOST_MONEY)}"
                    )
                    own = [f"firms.{plan.name}.{block}.{lever}" for lever in levers for block in blocks]
                    yield Finding((*own, "market.customers", *others), message)


def _unused_pivot_keys(drafts: list[Draft], firm: str, label: str) -> Iterator[Problem]:
    """Find keys of a pivot that no arm uses, unless the trigger that makes them idle was chosen later, on top of them.

    A key beside its trigger, or on top of one that an arm or a file inherits, can only have been meant to act.
    """
    chosen = [(draft.layer.origins.get(("firms", firm, "pivot", "when")), draft) for draft in drafts]
    nowhere = all(origin is None for origin, _ in chosen)
    for key, user in ((key, user) for user, keys in TRIGGER_KEYS.items() for key in keys):
        path = ("firms", firm, "pivot", key)
        written = {draft.layer.origins[path] for draft in drafts if path in draft.layer.origins}
        for origin in sorted(written):
            holders = [(when, draft) for when, draft in chosen if draft.layer.origins.get(path) == origin]
            if any(
                is_broken(draft.layer, ("firms", firm, "pivot", "when")) or _trigger(draft, firm) == user
                for _, draft in holders
            ):
                continue
            meant = any(when and _rank(label, when) <= _rank(label, origin) for when, _ in holders)
            if meant or nowhere:
                yield Problem(
                    origin.key_at, dotted(origin.written), f"not used by this pivot; allowed: only with when = '{user}'"
                )


def _trigger(draft: Draft, firm: str) -> str:
    return next(TRIGGERS[plan.pivot.when] for plan in draft.case.firms if plan.name == firm)
