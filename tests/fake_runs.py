"""Scenarios and histories made up for tests of what comes after the engines."""

import os
from typing import Any, NamedTuple

import numpy as np

from cxsim.model.case import Case, FirmPlan, History
from cxsim.model.chance import replicate_seed
from cxsim.model.params import Params, Strategy
from cxsim.model.state import ALIVE, CLOSED, MEASURE_DTYPE, MILLION


class FakeArm(NamedTuple):
    name: str
    title: str
    case: Case


class FakeScenario(NamedTuple):
    name: str
    title: str
    question: str
    look_for: str
    months: int
    seed: int
    replicates: int
    focal: int
    arms: tuple[FakeArm, ...]
    resolved: dict[str, Any]
    digest: str


def plan(name: str = "team", level: float = 1.0, **more: Any) -> FirmPlan:
    """The price carries how well the fake firm does."""
    return FirmPlan(name=name, strategy=Strategy(price=int(50_000 * level)), **more)


def scenario(*arms: tuple[str, tuple[FirmPlan, ...]], months: int = 24, replicates: int = 4, seed: int = 7) -> Any:
    chosen = arms or (("custom", (plan(level=0.5),)), ("pivot", (plan(level=2.0),)), ("standard", (plan(level=1.0),)))
    made = tuple(FakeArm(name, f"{name.capitalize()} for ever", Case(Params(), plans)) for name, plans in chosen)
    resolved = {"name": "made_up", "months": months, "seed": seed, "replicates": replicates, "arms": [a.name for a in made]}
    return FakeScenario(
        "made_up", "A made-up scenario", "Which?", "", months, seed, replicates, 0, made, resolved, f"d-{resolved}"
    )


def empty_history(months: int, firms: int) -> History:
    """Firms that live from the first to the last month and do nothing."""
    measures = np.zeros((months, firms), MEASURE_DTYPE)
    measures["status"] = ALIVE
    nothing = np.full(firms, -1, np.int64)
    return History(measures, np.zeros(firms, np.int64), np.zeros(firms, np.int64), nothing.copy(), nothing.copy())


def simulate(case: Case, seed: int, months: int, engine: str = "fast") -> History:
    """A plausible history in which a firm's price decides how well it grows, and chance the rest."""
    chance = np.random.default_rng(seed)
    firms = case.firm_slots
    history = empty_history(months, firms)
    prices = [p.strategy.price for p in case.firms for _ in range(p.count)]
    prices += [case.firms[case.entrant].strategy.price] * (firms - len(prices))
    for firm, price in enumerate(prices):
        _live(history, firm, price / 50_000, chance)
    return history


def _live(history: History, firm: int, level: float, chance: np.random.Generator) -> None:
    m = history.measures[:, firm]
    months = len(m)
    growth = np.exp(np.cumsum(chance.normal(0.04 * level, 0.1, months)))
    m["customers"] = (20 * growth).astype(np.int64)
    m["founders"] = 3
    m["staff"] = (m["customers"][:, None] * np.array([0.03, 0.02, 0.01])).astype(np.int64)
    m["revenue"] = m["customers"] * 50_000
    m["wages"] = 1_200_000 + m["staff"].sum(axis=1) * 900_000
    m["running_costs"] = m["customers"] * 3_000
    m["cash"] = 30_000_000 + np.cumsum(m["revenue"] - m["wages"] - m["running_costs"])
    m["deals"] = m["customers"] // 10 + 1
    m["churned"] = m["customers"] // 30
    m["sales_capacity"] = 1.0
    m["work_capacity"] = 3 * MILLION
    m["work_upkeep"] = MILLION / (0.5 + level)
    m["work_roadmap"] = MILLION / 2
    m["satisfaction_sum"] = m["customers"] * int(MILLION * 0.3 * (1 + level / 3))
    m["fit_sum"] = m["customers"] * 700_000
    if level > 1:
        history.pivoted[firm] = months // 3 + int(chance.integers(3))
    if chance.random() < 0.5 / (level + 0.5):
        _close(history, firm, int(chance.integers(months // 4, months)))


def _close(history: History, firm: int, month: int) -> None:
    m = history.measures[:, firm]
    cash = m["cash"][month]
    m[month:] = 0
    m["status"][month:] = CLOSED
    m["cash"][month:] = cash
    history.closed[firm] = month
    if history.pivoted[firm] >= month:
        history.pivoted[firm] = -1


def fail_in_the_second(case: Case, seed: int, months: int, engine: str = "fast") -> History:
    """Raise in replicate 1 of a scenario with seed 7."""
    if seed == replicate_seed(7, 1):
        raise ValueError("a lot\nof trouble")
    return simulate(case, seed, months, engine)


def die_in_the_second(case: Case, seed: int, months: int, engine: str = "fast") -> History:
    """End the whole process in replicate 1 of a scenario with seed 7."""
    if seed == replicate_seed(7, 1):
        os._exit(9)
    return simulate(case, seed, months, engine)
