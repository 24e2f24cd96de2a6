"""Parameters at their bounds: whatever a scenario may ask for ends, overflows nothing, and is the same in both engines."""

from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from cxsim.engine import simulate
from cxsim.engine.parity import first_difference
from cxsim.errors import ScenarioError
from cxsim.model.case import Case
from cxsim.model.params import Params, Pivot, Start, Strategy, specs
from cxsim.model.sales import EFFORT, MOST_CONTACTS
from cxsim.model.state import MILLION
from cxsim.model.strategy import MOST_STAFF
from cxsim.scenario import load_scenario
from cxsim.scenario.contradictions import MOST_SERVICE, TRIGGER_KEYS, amounts_beyond
from random_cases import Generated, case

BASE = Path(__file__).parents[2] / "scenarios" / "baseline.toml"
SMALL = ["market.customers=500", "months=5", "firms.founders.start.customers=40", "firms.founders.start.service_staff=3"]
GROUPS = {name: type(group) for name, group in Params()._asdict().items() if name != "entry"}
GROUPS |= {f"firms.founders.{name}": kind for name, kind in (("strategy", Strategy), ("start", Start), ("pivot", Pivot))}
CONTRADICT = (  # what else the scenario says
    "market.features=4", "market.needs_min=16", "market.needs_max=1", "market.sensitivity_low=1.0",
    "market.sensitivity_high=0.0", "firms.founders.start.customers=10000000", 'firms.founders.pivot.when="signal"',
)  # fmt: skip


def bounds() -> list[str]:
    """Every parameter at each of its bounds, as a setting; but ten million customers, with which the reference takes hours."""
    settings = []
    for group, kind in GROUPS.items():
        for name, (of, spec) in specs(kind).items():
            for bound in dict.fromkeys((spec.low, spec.high)) if (group, name) != ("market", "customers") else ():
                word = spec.choices[int(bound)] if spec.choices else ""
                settings.append(f"{group}.{name}=" + (f'"{word}"' if word else str(of(bound)).lower()))
    return settings


class Extreme(Generated):
    """Every choice at an end of its range, now and then in between."""

    narrower: ClassVar[dict[str, tuple[float, float]]] = {}

    def integer(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high + 1)) if high - low < 4 or self.rng.random() < 0.1 else int(self.real(low, high))

    def real(self, low: float, high: float) -> float:
        return float(self.rng.choice([low, high])) if self.rng.random() < 0.9 else float(self.rng.uniform(low, high))


def extreme_cases(first: int, last: int, most_customers: int) -> "list[tuple[int, Case]]":
    """Cases of these seeds, at the bounds of all parameters, that a scenario may ask for."""
    drawn = ((seed, case(Extreme(seed), most_customers)) for seed in range(first, last))
    return [(seed, one) for seed, one in drawn if not any(amounts_beyond(one))]


def holds(one: Case, seed: int, months: int) -> None:
    """Both engines agree, and no sum has gone beyond what it can hold."""
    assert first_difference(one, seed, months) is None
    measures = simulate(one, seed, months).measures
    for name in measures.dtype.names or ():
        values = measures[name]
        assert np.isfinite(values).all(), name
        if name not in ("cash", "praise_sum"):
            assert (values >= 0).all(), name
    assert (measures["reach"] <= EFFORT * MOST_CONTACTS * one.params.market.customers).all()
    assert (measures["staff"] <= MOST_STAFF).all()


def trigger_of(setting: str) -> list[str]:
    """What a key of a pivot cannot be without: the trigger that uses it, and something that changes."""
    pivot, key = "firms.founders.pivot.", setting.split("=")[0]
    used_by = {f"{pivot}{name}": when for when, names in TRIGGER_KEYS.items() for name in names}
    if key not in used_by:
        return []
    signal = [f'{pivot}signal="cash_flow"', f"{pivot}threshold=0.5"] if used_by[key] == "signal" else []
    beside = [f'{pivot}when="{used_by[key]}"', *signal, "firms.founders.after.custom_share=0.0"]
    return [one for one in beside if one.split("=")[0] != key]


@pytest.mark.compiled
@pytest.mark.parametrize("setting", bounds())
def test_every_bound_alone(setting: str) -> None:
    if setting in CONTRADICT:
        with pytest.raises(ScenarioError, match=setting.split("=")[0]):
            load_scenario(BASE, [*SMALL, setting])
    else:
        scenario = load_scenario(BASE, [*SMALL, *trigger_of(setting), setting])
        holds(scenario.arms[0].case, 3, scenario.months)


@pytest.mark.compiled
def test_many_bounds_at_once() -> None:
    found = extreme_cases(0, 60, 600)
    assert len(found) > 20
    for seed, one in found:
        holds(one, seed, 4)


@pytest.mark.slow
def test_many_more_bounds_at_once() -> None:
    for seed, one in extreme_cases(60, 1000, 1500):
        holds(one, seed, 8)


def of_founders(*settings: str) -> Case:
    return load_scenario(BASE, [*SMALL, *settings]).arms[0].case


@pytest.mark.compiled
def test_contacts_end_where_nobody_would_listen_any_more() -> None:
    strategy = [f"firms.founders.strategy.{one}" for one in ("marketing_budget=2.0", "invest=1.0")]
    one = of_founders("sales.lead_cost=1", "firms.founders.start.cash=10_000_000_000_000", *strategy)
    history = simulate(one, 1, 3)
    assert history.measures["reach"].max() == EFFORT * MOST_CONTACTS * 500


@pytest.mark.compiled
def test_staff_ends_at_the_largest_employer() -> None:
    free = [f"finance.{one}=0" for one in ("wage_product", "wage_sales", "wage_service", "overhead", "founder_pay")]
    one = of_founders(
        *free, "staffing.growth_limit=10.0", "staffing.hiring_delay=0", "firms.founders.start.cash=10_000_000_000_000"
    )
    measures = simulate(one, 1, 24).measures
    assert measures["staff"].max() == MOST_STAFF
    assert (measures["staff"] >= 0).all()
    assert first_difference(one, 1, 12) is None


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (["service.tickets=100.0", "service.handle_time=100.0", "service.work_hours=10.0"], "3,000 person-months of service"),
        (
            ["firms.founders.strategy.price=100_000_000", "market.customers=10_000_000", "product.add_on=10.0"],
            "a month; allowed",
        ),
        (["firms.founders.strategy.custom_fee=100_000_000", "market.customers=10_000_000"], "$10,000,000,000,000 a month"),
    ],
)
def test_a_product_of_values_that_is_too_large_is_refused(settings: list[str], told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(BASE, settings)
    assert told in str(caught.value)
    assert settings[0].split("=")[0] in str(caught.value) or settings[-1].split("=")[0] in str(caught.value)


def test_a_backlog_of_ten_million_customers_can_be_held() -> None:
    """The most work that may come, with the most variety and nothing ever given up, for as long as a run can be."""
    work = 10_000_000 * MOST_SERVICE * MILLION * (1 + 64)
    assert work * 1_200 < 2**63
