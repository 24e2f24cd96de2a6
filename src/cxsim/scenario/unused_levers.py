"""Levers that are written down and do nothing, because another lever that they need is set otherwise."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import NamedTuple, TypeAlias

from cxsim.errors import Problem
from cxsim.model.case import FirmPlan
from cxsim.model.params import FLOATING, GOAL, NEVER, PROFIT, VIP, Strategy
from cxsim.scenario.build import Draft
from cxsim.scenario.layers import Origin
from cxsim.scenario.messages import Path, dotted

Works: TypeAlias = Callable[[Strategy], bool]
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


def _ever(works: Works, plan: FirmPlan) -> bool:
    """What follows a pivot starts from what was before, so that a lever may come to work then."""
    return works(plan.strategy) or (plan.pivot.when != NEVER and works(plan.after))


def _later(works: Works, plan: FirmPlan) -> bool:
    """Without a pivot nothing of the table works, on purpose: it waits for an arm or a file that lets the firm pivot."""
    return works(plan.after) or plan.pivot.when == NEVER


def unused_levers(drafts: list[Draft], label: str) -> list[Problem]:
    """Warn of levers that the file itself (``label``) or a setting gives a value, and that work in no arm that takes it.

    A lever below the file, in one that it extends, may well be unused: whoever wrote it there had other arms in mind.
    """
    found = []
    names = [plan.name for plan in drafts[0].case.firms] if drafts else []
    for firm, (lever, (works, needs)), (group, used) in product(names, NEEDS.items(), (("strategy", _ever), ("after", _later))):
        for one in _unused(drafts, ("firms", firm, group, lever), partial(used, works)):
            if one.source in (label, "--set"):
                found.append(Problem(one.key_at, dotted(one.written), f"warning: {UNUSED}; it needs {needs}"))
    return found


def _unused(drafts: list[Draft], path: Path, works: Callable[[FirmPlan], bool]) -> Iterator[Origin]:
    """Places where a key is written that works in none of the arms that take it from there."""
    for origin in sorted({draft.layer.origins[path] for draft in drafts if path in draft.layer.origins}):
        holders = [draft for draft in drafts if draft.layer.origins.get(path) == origin]
        if not any(works(plan) for draft in holders for plan in draft.case.firms if plan.name == path[1]):
            yield origin
