"""Each off switch takes away its mechanism's direct effect, and with the switch on the effect is there to be taken away."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cxsim.engine import simulate, start
from cxsim.model import loyalty as rules
from cxsim.model.case import Case, FirmPlan
from cxsim.model.demand import fit
from cxsim.model.params import (
    FLOATING,
    GOAL,
    PROFIT,
    SERVICE,
    Loyalty,
    Market,
    Mechanisms,
    Params,
    Staffing,
    Start,
    Strategy,
)  # fmt: skip
from cxsim.model.product import product_condition, standard_job
from cxsim.model.state import ALIVE, FIRM_DTYPE
from states import State, fast_months, reference_months

MONTHS = 18
CUSTOMIZING = Strategy(custom_share=0.6, promise=True, product_budget=0.5, sales_budget=0.4, service_budget=0.1, price=60_000)
START = Start(founders=3, cash=300_000_000, product_staff=6, sales_staff=3, service_staff=1, customers=150, features=8)
PLAN = FirmPlan("one", start=START, strategy=CUSTOMIZING)


def case_with(**switches: bool) -> Case:
    params = Params(market=Market(customers=1_000), loyalty=Loyalty(ask_rate=0.6), staffing=Staffing(generalists=0))
    return Case(params._replace(mechanisms=Mechanisms(**switches)), (PLAN, PLAN._replace(name="two")))


def open_months(column: str, **switches: bool) -> NDArray[np.generic]:
    """A measure in every month of every firm in business."""
    measures = simulate(case_with(**switches), 21, MONTHS).measures
    values: NDArray[np.generic] = measures[column][measures["status"] == ALIVE]
    assert len(values) > MONTHS
    return values


def states(**switches: bool) -> list[State]:
    """Copies of the state on the first day and at the end of each month."""
    return list(fast_months(case_with(**switches), 21, MONTHS))


ALWAYS = [
    ("variety", "variety", 1.0),
    ("queue", "service_quality", 1.0),
    ("queue", "backlog", 0),
    ("custom_work", "custom_built", 0),
    ("custom_work", "promised_features", 0),
    ("custom_work", "custom_features", 0),
    ("promises", "promised_features", 0),
    ("sales_learning", "sales_yield", 1.0),
    ("expansion", "reviews", 0),
    ("expansion", "expansions", 0),
    ("choosing_again", "walk_ins", 0),
    ("choosing_again", "returned", 0),
    ("shocks", "demand_shock", 1.0),
]


@pytest.mark.parametrize(("switch", "measure", "value"), ALWAYS)
def test_off_holds_a_measure_still(switch: str, measure: str, value: float) -> None:
    assert np.all(open_months(measure, **{switch: False}) == value)
    assert np.any(open_months(measure) != value)


def test_no_custom_work_means_no_variety_and_no_fees() -> None:
    assert np.all(open_months("variety", custom_work=False) == 1.0)
    assert np.all(open_months("work_custom", custom_work=False) == 0)


def test_without_different_needs_all_need_the_same() -> None:
    alike = states(needs=False)
    assert {int(needs) for state in alike for needs in state.customers.needs} == {int(alike[0].customers.needs[0])}
    unlike = states()
    assert len(np.unique(unlike[0].customers.needs)) > 900
    assert not np.array_equal(unlike[0].customers.needs, unlike[-1].customers.needs)  # needs drift


def test_without_sharing_a_standard_feature_serves_one_customer() -> None:
    months = states(sharing=False)
    first, last = months[0].firms, months[-1].firms
    assert np.array_equal(first["standard"], last["standard"])
    assert last["custom_features"].sum() > 0
    built = open_months("standard_built", sharing=False)
    assert built.sum() > 0
    grown = states()
    assert np.all(grown[-1].firms["standard_features"] > grown[0].firms["standard_features"])


def test_without_sharing_what_is_built_goes_to_one_customer_each() -> None:
    """With nothing else built for single customers, custom features are at most the features built."""
    case = case_with(sharing=False, custom_work=False)
    measures = simulate(case, 21, 6).measures
    built = measures["standard_built"].cumsum(axis=0)
    assert built[-1].sum() > 0
    assert np.all(measures["custom_features"] <= built)
    assert measures["custom_features"][-1].sum() > 0


def test_without_validation_everything_is_known_at_birth() -> None:
    for state in states(validation=False):
        assert np.array_equal(state.firms["validated"], state.firms["standard"])
    assert any(not np.array_equal(state.firms["validated"], state.firms["standard"]) for state in states())


def test_without_memory_satisfaction_is_the_last_experience() -> None:
    case = case_with(memory=False)
    *_, before, after = states(memory=False)
    assert experienced(case, before, after) == satisfaction(before, after)
    *_, before, after = states()
    assert experienced(case_with(), before, after) != satisfaction(before, after)


def stayed(before: State, after: State) -> NDArray[np.intp]:
    """Customers who are with the same firm as a month ago and want what they wanted."""
    old, new = before.customers, after.customers
    stays = (new.supplier >= 0) & (new.supplier == old.supplier) & (new.since == old.since)
    return np.nonzero(stays & (new.needs == old.needs))[0]


def satisfaction(before: State, after: State) -> list[float]:
    return [float(after.customers.satisfaction[c]) for c in stayed(before, after)]


def experienced(case: Case, before: State, after: State) -> list[float]:
    """This month's experience, computed afresh from the state at its end."""
    found = []
    params, new = case.params, after.customers
    for c in stayed(before, after):
        firm = after.firms[new.supplier[c]]
        met = fit(int(new.needs[c]), int(firm["standard"] | new.custom[c]))
        polish = float(before.firms["polish"][new.supplier[c]])
        worth = met * product_condition(float(firm["upkept"]), polish, params.product)
        late = rules.late_share(int(new.needs[c]), int(new.promised[c]), int(new.due[c]), MONTHS - 1)
        felt = rules.experience(worth, float(firm["service_quality"]), int(new.sensitivity[c]), late, params.loyalty)
        found.append(felt)
    assert len(found) > 20
    return found


def leavers(loyal: bool) -> tuple[set[int], set[int]]:
    """Who left in the first month with no service staff and with plenty: nobody is won in that month."""
    left = []
    for staff, budget in ((0, 0.0), (60, 5.0)):
        quiet = Strategy(sales_budget=0.0, marketing_budget=0.0, service_budget=budget, product_budget=0.1)
        plan = PLAN._replace(start=START._replace(service_staff=staff, customers=300), strategy=quiet)
        params = Params(
            market=Market(customers=1_000, sensitivity_low=0.9, sensitivity_high=1.0),
            loyalty=Loyalty(leave_base=0.4, leave_slope=3.0, memory=0.0),
            staffing=Staffing(generalists=0),
            mechanisms=Mechanisms(loyalty=loyal),
        )
        case = Case(params, (plan,))
        before = start(case, 2, 1).customers.supplier
        *_, after = fast_months(case, 2, 1)
        left.append({int(c) for c in np.nonzero((before >= 0) & (after.customers.supplier < 0))[0]})
    return left[0], left[1]


def test_without_loyalty_service_does_not_change_who_leaves() -> None:
    badly_served, well_served = leavers(loyal=False)
    assert badly_served == well_served
    assert len(badly_served) > 3
    badly_served, well_served = leavers(loyal=True)
    assert badly_served > well_served  # the same draws: whoever leaves a good service leaves a bad one too


# --- a mechanism that is off is one whose parameters are nothing ----------------------------------------------------

Settings = dict[str, dict[str, Any]]  # what is set, by group of parameters; "strategy" is that of every firm


def case_set(settings: Settings, **switches: bool) -> Case:
    case = case_with(**switches)
    groups = {name: getattr(case.params, name)._replace(**values) for name, values in settings.items() if name != "strategy"}
    chosen = CUSTOMIZING._replace(**settings.get("strategy", {}))
    return Case(case.params._replace(**groups), tuple(plan._replace(strategy=chosen) for plan in case.firms))


def measures_of(settings: Settings, **switches: bool) -> NDArray[np.void]:
    """The record of a run; polish is left out: firms still aim at it when it counts for nothing."""
    measures = simulate(case_set(settings, **switches), 21, MONTHS).measures.copy()
    measures["polish"] = 0.0
    return measures


FLOATS = {"strategy": {"service_rule": FLOATING, "service_goal": 0.9}}
PROFITS = {"strategy": {"service_rule": PROFIT, "horizon": 2}}
NOTHING_LEFT = {
    "expansion": ({}, {"product": {"line": 1}}),
    "word_of_mouth": ({}, {"sales": {"word": 0.0}}),
    "reputation": ({}, {"service": {"premium": 0.0}}),
    "goal_erosion": (FLOATS, {"strategy": FLOATS["strategy"] | {"service_rule": GOAL}}),
    "short_horizon": (PROFITS, {"strategy": PROFITS["strategy"] | {"horizon": MONTHS}}),
    "choosing_again": ({}, {"sales": {"search": 0}}),
    "polish": ({}, {"strategy": {"polish": 0.0}}),
    "shocks": ({}, {"market": {"shock": 0.0, "size_spread": 0.0}}),
}


@pytest.mark.parametrize("switch", NOTHING_LEFT)
def test_off_is_the_same_as_parameters_that_leave_nothing(switch: str) -> None:
    ordinary, nothing = NOTHING_LEFT[switch]
    off, empty, on = measures_of(ordinary, **{switch: False}), measures_of(nothing), measures_of(ordinary)
    assert off.tobytes() == empty.tobytes()
    assert off.tobytes() != on.tobytes()


OF_NO_MORE_USE = [
    ("expansion", {}, {"product": {"line": 9, "add_on": 2.0}, "strategy": {"expansion": 0.3}}),
    ("word_of_mouth", {}, {"sales": {"word": 2.0, "bad_word": 4.0}}),
    ("reputation", {}, {"service": {"premium": 3.0}}),
    ("goal_erosion", FLOATS, {"service": {"erosion_months": 2.0}}),
    ("short_horizon", PROFITS, {"strategy": PROFITS["strategy"] | {"horizon": 60}}),
    ("choosing_again", {}, {"sales": {"search": 6, "elsewhere": 0.01}}),
    ("polish", {}, {"strategy": {"polish": 0.9}, "product": {"polish_curvature": 3.0}}),
    ("shocks", {}, {"market": {"shock": 0.9, "shock_memory": 2.0, "size_spread": 1.5}}),
]


@pytest.mark.parametrize(("switch", "ordinary", "changed"), OF_NO_MORE_USE, ids=[row[0] for row in OF_NO_MORE_USE])
def test_off_makes_its_parameters_of_no_more_use(switch: str, ordinary: Settings, changed: Settings) -> None:
    before = ordinary | {name: values for name, values in changed.items() if name != "strategy"}
    settings = before | {name: ordinary.get(name, {}) | values for name, values in changed.items()}
    assert measures_of(ordinary, **{switch: False}).tobytes() == measures_of(settings, **{switch: False}).tobytes()
    assert measures_of(ordinary).tobytes() != measures_of(settings).tobytes()


# --- what the switches of M12 to M19 take away, seen where it happens ------------------------------------------------


def test_without_expansion_everyone_holds_one_product() -> None:
    off, on = states(expansion=False)[-1], states()[-1]
    assert set(np.unique(off.customers.products[off.customers.supplier >= 0])) == {1}
    assert set(np.unique(on.customers.products[on.customers.supplier >= 0])) >= {1, 2}
    assert np.array_equal(off.firms["products"], off.firms["customers"])
    assert np.all(on.firms["products"] > on.firms["customers"])


def test_without_word_of_mouth_reach_is_what_sellers_and_marketing_make() -> None:
    """The second month is the same run, but for what customers said in the first."""
    off, on = (measures_of({"sales": {"word": 3.0}}, word_of_mouth=switch) for switch in (False, True))
    talk = states()[1].firms["talk"]
    assert np.all(talk != 0)
    assert np.array_equal(off["reach"][0], on["reach"][0])  # nobody has said anything yet
    change = (on["reach"][1] - off["reach"][1]) / 1_000
    told = np.maximum(3.0 * talk / 1e6 * off["demand_shock"][1], -off["reach"][1] / 1_000)
    assert np.all(np.abs(change - told) <= 1.0)  # but for rounding to whole contacts
    assert np.any(np.abs(told) > 3)


def test_without_reputation_customers_accept_what_they_are_willing_to_pay() -> None:
    """A price near what most accept: who starts with a full reputation wins more, with the same luck."""
    dear = Strategy(price=80_000, product_budget=0.1, sales_budget=0.3, service_budget=0.5)
    won = {}
    for switch in (True, False):
        for reputation in (0.0, 1.0):
            start = START._replace(customers=0, sales_staff=60, playbook=1.0, reputation=reputation)
            case = case_with(reputation=switch)._replace(firms=(PLAN._replace(start=start, strategy=dear),))
            params = case.params._replace(service=case.params.service._replace(premium=0.5))
            won[switch, reputation] = int(simulate(case._replace(params=params), 3, 1).measures["deals"].sum())
    assert won[True, 1.0] > won[True, 0.0] > 0
    assert won[True, 0.0] == won[False, 0.0] == won[False, 1.0]


def test_without_erosion_a_floating_goal_stays() -> None:
    off, on = (measures_of(FLOATS, goal_erosion=switch)["service_goal"] for switch in (False, True))
    assert np.all(off == 0.9)
    assert np.all(on[1] != 0.9)
    assert np.all(measures_of({"strategy": {"service_rule": GOAL, "service_goal": 0.9}})["service_goal"] == 0.9)


def test_without_a_short_horizon_the_profit_rule_pays_for_service_that_bears_late() -> None:
    """A firm that sees two months lets service go; one that sees five years does not."""
    staff = {}
    plan = PLAN._replace(start=START._replace(service_staff=6))
    for switch in (True, False):
        settings: Settings = {"strategy": {"service_rule": PROFIT, "horizon": 2, "price": 60_000}}
        case = case_set(settings, short_horizon=switch)
        case = case._replace(firms=tuple(p._replace(start=plan.start) for p in case.firms))
        staff[switch] = simulate(case, 21, 60).measures["staff"][12, :, SERVICE].sum()
    assert staff[True] < staff[False]


def test_without_choosing_again_customers_join_by_deals_only() -> None:
    assert open_months("walk_ins").sum() >= open_months("returned").sum() > 0
    for switch in (True, False):
        months = list(enumerate(states(choosing_again=switch)))[2:]  # state 0 is the first day, 1 the end of month 0
        joined = [int((state.customers.since == number - 1).sum()) for number, state in months]
        deals = [int(state.firms["deals"].sum()) for _, state in months]
        assert sum(deals) > 50
        assert any(n > m for n, m in zip(joined, deals, strict=True)) == switch


def test_without_polish_features_cost_less_and_give_more_trouble() -> None:
    settings: Settings = {"strategy": {"polish": 0.6}}
    firms = {}
    for switch, counted in ((True, 0.6), (False, 0.0)):
        case = case_set(settings, polish=switch)
        *_, (_, firms[switch]) = fast_months(case, 21, 1)
        rules = case.params.product
        for firm in firms[switch]:
            assert firm["polish"] == 0.6
            assert firm["feature_job"] == standard_job(float(firm["variety"]), counted, rules)
            assert firm["condition"] == product_condition(float(firm["upkept"]), counted, rules)
    assert np.all(firms[True]["feature_job"] > firms[False]["feature_job"])
    assert np.all(firms[True]["condition"] > firms[False]["condition"])
    assert np.all(firms[True]["tickets"] < 0.8 * firms[False]["tickets"])  # 0.7, for about as many customers


def test_without_shocks_all_times_and_accounts_are_ordinary() -> None:
    off, on = states(shocks=False)[0].customers.size, states()[0].customers.size
    assert set(off.tolist()) == {1_000}
    assert len(np.unique(on)) > 500
    off_measures = measures_of({}, shocks=False)
    ordinary = off_measures["account_size"] * CUSTOMIZING.price // 1_000
    assert np.array_equal(off_measures["revenue"] - off_measures["fees"], ordinary)
    assert not np.array_equal(measures_of({})["demand_shock"], off_measures["demand_shock"])


def test_every_switch_is_tested_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in Mechanisms._fields if f"{name}=" not in text and f'"{name}"' not in text] == []


@pytest.mark.parametrize("switch", Mechanisms._fields)
def test_switches_mean_the_same_in_both_engines(switch: str) -> None:
    case = case_with(**{switch: False})
    *_, quick = fast_months(case, 5, 4)
    *_, plain = reference_months(case, 5, 4)
    assert quick.firms.tobytes() == plain.firms.tobytes()
    assert quick.firms.dtype == FIRM_DTYPE
