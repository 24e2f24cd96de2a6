"""Levers that are written down and do nothing: they need another that is set otherwise, in the file or once arms are merged."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import NamedTuple, TypeAlias

from cxsim.errors import Problem
from cxsim.model.case import FirmPlan
from cxsim.model.params import AT_CUSTOMERS, AT_MONTH, FLOATING, GOAL, NEVER, PROFIT, VIP, Strategy
from cxsim.scenario.build import Draft
from cxsim.scenario.layers import Origin, table
from cxsim.scenario.messages import Path, dotted

Works: TypeAlias = Callable[[Strategy], bool]
Acts: TypeAlias = Callable[[Draft, FirmPlan], bool]
UNUSED = "this does nothing here"


class Need(NamedTuple):
    """When a lever works, and what it needs for that."""

    works: Works
    needs: str


_VIP = Need(lambda chosen: chosen.tiers == VIP, "tiers = 'vip'")
NEEDS = {
    "service_goal": Need(lambda chosen: chosen.service_rule in (GOAL, FLOATING), "service_rule = 'goal' or 'floating'"),
    "horizon": Need(lambda chosen: chosen.service_rule == PROFIT, "service_rule = 'profit'"),
    "vip_share": _VIP,
    "vip_premium": _VIP,
    "tiers": Need(lambda chosen: chosen.tiers != VIP or chosen.vip_share > 0, "a vip_share above 0"),
    "custom_fee": Need(lambda chosen: chosen.custom_share > 0 or chosen.promise, "custom_share above 0 or promise = true"),
}
_TIMES: dict[Path, tuple[Acts, str]] = {  # of a firm: what acts only within the run, and within its market
    ("founded",): (lambda draft, plan: plan.founded < draft.run.months, "a month of the run"),
    ("pivot", "month"): (
        lambda draft, plan: plan.pivot.when != AT_MONTH or plan.pivot.month < draft.run.months,
        "a month of the run",
    ),
    ("pivot", "customers"): (
        lambda draft, plan: plan.pivot.when != AT_CUSTOMERS or plan.pivot.customers <= draft.case.params.market.customers,
        "a market of as many customers",
    ),
    ("pivot", "when"): (
        lambda draft, plan: plan.pivot.when == NEVER or plan.after != plan.strategy,
        "something in 'after' that differs from 'strategy'",
    ),
}
_ENTRY: dict[Path, tuple[Acts, str]] = {
    ("entry", key): (lambda draft, plan: draft.case.params.entry.rate > 0, "an entry.rate above 0") for key in ("firm", "limit")
}


def _ever(works: Works, draft: Draft, plan: FirmPlan) -> bool:
    """What follows a pivot starts from what was before, so that a lever may come to work then."""
    return works(plan.strategy) or (plan.pivot.when != NEVER and works(plan.after))


def _later(works: Works, draft: Draft, plan: FirmPlan) -> bool:
    """Without a pivot nothing of the table works, on purpose: it waits for an arm or a file that lets the firm pivot."""
    return works(plan.after) or plan.pivot.when == NEVER


def _pivots(draft: Draft, plan: FirmPlan) -> bool:
    return plan.pivot.when != NEVER


def unused_levers(drafts: list[Draft], label: str) -> list[Problem]:
    """Warn of levers that the file itself (``label``) or a setting gives a value, and that work in no arm that takes it.

    A lever below the file, in one that it extends, may well be unused: whoever wrote it there had other arms in mind.
    """
    found = []
    for path, acts, needs in _levers(drafts):
        for one in _unused(drafts, path, acts):
            if one.source in (label, "--set") and (acts is not _pivots or one.arm or one.source == "--set"):
                found.append(Problem(one.key_at, dotted(one.written), f"warning: {UNUSED}; it needs {needs}"))
    return found


def _levers(drafts: list[Draft]) -> Iterator[tuple[Path, Acts, str]]:
    """Every key that may be idle, when it acts in an arm, and what it needs for that."""
    names = [plan.name for plan in drafts[0].case.firms] if drafts else []
    for firm, (lever, (works, needs)), (group, used) in product(names, NEEDS.items(), (("strategy", _ever), ("after", _later))):
        yield ("firms", firm, group, lever), partial(used, works), needs
    for firm, (key, (acts, needs)) in product(names, _TIMES.items()):
        yield ("firms", firm, *key), acts, needs
    for firm in names:  # what an arm changes after a pivot that it never makes; a file may leave it to its arms
        levers = {key: None for draft in drafts for key in table(table(table(draft.layer.data, "firms"), firm), "after")}
        yield from ((("firms", firm, "after", lever), _pivots, "a pivot: 'when' other than 'never'") for lever in levers)
    yield from ((key, acts, needs) for key, (acts, needs) in _ENTRY.items())


def _unused(drafts: list[Draft], path: Path, acts: Acts) -> Iterator[Origin]:
    """Places where a key is written that acts in none of the arms that take it from there."""
    for origin in sorted({draft.layer.origins[path] for draft in drafts if path in draft.layer.origins}):
        holders = [draft for draft in drafts if draft.layer.origins.get(path) == origin]
        plans = [next((one for one in draft.case.firms if one.name == path[1]), draft.case.firms[0]) for draft in holders]
        if not any(acts(draft, plan) for draft, plan in zip(holders, plans, strict=True)):
            yield origin
