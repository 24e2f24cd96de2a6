"""What a user should know of a run beside its answer."""

from collections.abc import Iterator
from typing import NamedTuple

from cxsim.engine import start
from cxsim.model.case import Case
from cxsim.model.chance import replicate_seed
from cxsim.scenario import Arm, Scenario


class Short(NamedTuple):
    """A kind of firm that began with fewer customers than asked."""

    firm: str
    won: int
    wanted: int


def start_notes(scenario: Scenario) -> list[str]:
    """Tell of firms that began the first replicate with fewer customers than their ``start.customers`` asks."""
    seed = replicate_seed(scenario.seed, 0)
    arms: dict[Short, list[str]] = {}
    known: dict[object, list[Short]] = {}
    for arm in scenario.arms:
        alike = _what_decides(arm)
        if alike not in known:
            known[alike] = list(_short(arm.case, seed))
        for one in known[alike]:
            arms.setdefault(one, []).append(arm.name)
    return [_sentence(one, names) for one, names in arms.items()]


def _what_decides(arm: Arm) -> object:
    """Everything that the first customers depend on: arms that differ in what comes later share it."""
    return arm.case.params, tuple((one.name, one.count, one.founded, one.start, one.strategy.price) for one in arm.case.firms)


def _short(case: Case, seed: int) -> Iterator[Short]:
    plans = [plan for plan in case.firms for _ in range(plan.count)]
    if not any(plan.start.customers and not plan.founded for plan in plans):
        return
    won = start(case, seed, 1).firms.customers[: len(plans)]
    least: dict[str, Short] = {}
    for plan, number in zip(plans, won.tolist(), strict=True):
        if not plan.founded and number < plan.start.customers:
            before = least.get(plan.name)
            least[plan.name] = Short(plan.name, min(number, before.won if before else number), plan.start.customers)
    yield from least.values()


def _sentence(short: Short, arms: list[str]) -> str:
    where = f"arm {arms[0]}" if len(arms) == 1 else f"arms {', '.join(arms)}"
    return f"{short.firm} started with {short.won:,} of {short.wanted:,} customers in {where}: no more would buy"
