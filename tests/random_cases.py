"""Random valid cases, described once and drawn either by hypothesis or by a seeded generator."""

from collections.abc import Callable
from functools import cache
from typing import Any, Protocol, TypeVar, get_type_hints

import numpy as np
from hypothesis import strategies as st

from cxsim.model.case import Case, FirmPlan
from cxsim.model.params import Entry, Market, Mechanisms, Params, Pivot, Start, Strategy, specs

G = TypeVar("G")

# Bounds narrower than those of the parameters, where the full range would only make runs slow or every firm close at once.
NARROWER: dict[str, tuple[float, float]] = {
    "wtp_median": (1_000, 500_000),
    "price": (100, 300_000),
    "custom_fee": (0, 100_000),
    "contacts_per_rep": (0, 60),
    "screening": (0.05, 1),
    "lead_cost": (5_000, 200_000),
    "learning_deals": (0.1, 200),
    "custom_cost": (0.001, 2),
    "evidence": (1, 60),
    "handle_time": (0.01, 20),
    "tickets": (0, 10),
    "team": (0, 6),
    "wage_product": (0, 2_000_000),
    "wage_sales": (0, 2_000_000),
    "wage_service": (0, 2_000_000),
    "founder_pay": (0, 1_000_000),
    "overhead": (0, 300_000),
    "hosting": (0, 50_000),
    "cash": (0, 200_000_000),
    "founders": (1, 8),
    "product_staff": (0, 10),
    "sales_staff": (0, 6),
    "service_staff": (0, 10),
    "generalists": (0, 20),
    "growth_limit": (0.001, 1),
    "month": (0, 24),
    "threshold": (-2, 2),
    "word": (0, 2),
    "elsewhere": (0, 5),
    "search": (0, 6),
    "shock": (0, 1),
    "horizon": (1, 60),
}
GROUPS, cached_specs = get_type_hints(Params), cache(specs)
OF_THEIR_OWN = ("market", "mechanisms", "entry")  # groups with fields that constrain one another


class Pick(Protocol):
    """Where random choices come from, and the bounds that are narrower than those of the parameters."""

    narrower: dict[str, tuple[float, float]]

    def integer(self, low: int, high: int) -> int: ...

    def real(self, low: float, high: float) -> float: ...


class Generated:
    """Choices of a seeded generator; an end of the range more often than chance would have it."""

    narrower = NARROWER

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def integer(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high + 1))

    def real(self, low: float, high: float) -> float:
        return float(self.rng.choice([low, high])) if self.rng.random() < 0.15 else float(self.rng.uniform(low, high))


class Drawn:
    """Choices of hypothesis, which shrinks them."""

    narrower = NARROWER

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.draw = draw

    def integer(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def real(self, low: float, high: float) -> float:
        return float(self.draw(st.floats(low, high)))


def group(pick: Pick, kind: type[G], **fixed: Any) -> G:
    """Draw each parameter of a group: its default, within its likely range, or anywhere within its bounds."""
    limits = pick.narrower
    values = dict(fixed)
    for name, (of, spec) in cached_specs(kind).items():
        if name in fixed:
            continue
        low, high = limits.get(name, (spec.low, spec.high))
        mode = pick.integer(0, 3)
        if mode == 0 and of is not bool:
            continue
        if mode < 3 and limits and spec.likely:
            low, high = max(low, spec.likely[0]), min(high, spec.likely[1])
        values[name] = of(pick.real(low, high)) if of is float else of(pick.integer(int(low), int(high)))
    return kind(**values)


def market(pick: Pick, most_customers: int) -> Market:
    features = pick.integer(4, 64)
    needs_max = pick.integer(1, min(features, 16))
    low, high = sorted((pick.real(0.0, 1.0), pick.real(0.0, 1.0)))
    return group(
        pick, Market, customers=pick.integer(300, most_customers), features=features, needs_max=needs_max,
        needs_min=pick.integer(1, needs_max), sensitivity_low=low, sensitivity_high=high, segments=pick.integer(1, 8),
    )  # fmt: skip


def plan(pick: Pick, number: int, world: Market) -> FirmPlan:
    founded = 0 if pick.integer(0, 2) else pick.integer(0, 10)
    start = group(pick, Start, customers=pick.integer(0, 60), features=pick.integer(0, min(world.features, 30)))
    first, after = group(pick, Strategy), group(pick, Strategy)
    pivot = group(pick, Pivot, customers=pick.integer(0, 60), viable_months=pick.integer(1, 6))
    return FirmPlan(f"firm_{number}", pick.integer(1, 2), founded, start, first, pivot, after)


def mechanisms(pick: Pick) -> Mechanisms:
    """Half of the cases have everything on: effects that need several mechanisms at once show there."""
    return Mechanisms() if pick.integer(0, 1) else group(pick, Mechanisms)


def case(pick: Pick, most_customers: int = 1500) -> Case:
    """Draw a case that a scenario file could ask for."""
    world = market(pick, most_customers)
    plans = tuple(plan(pick, number, world) for number in range(pick.integer(1, 3)))
    enters = pick.integer(0, 2) == 0
    entry = Entry(pick.real(0.0, 1.5), pick.integer(1, 4)) if enters else Entry()
    drawn = {name: group(pick, kind) for name, kind in GROUPS.items() if name not in OF_THEIR_OWN}
    params = Params(market=world, mechanisms=mechanisms(pick), entry=entry, **drawn)
    return Case(params, plans, pick.integer(0, len(plans) - 1) if enters else -1)


def generated_case(seed: int, most_customers: int = 600) -> Case:
    """Draw the case of a seed."""
    return case(Generated(seed), most_customers)


@st.composite
def cases(draw: Callable[[Any], Any], most_customers: int = 1500) -> Case:
    """Strategy for random valid cases."""
    return case(Drawn(draw), most_customers)


seeds = st.integers(0, 2**63 - 1)
