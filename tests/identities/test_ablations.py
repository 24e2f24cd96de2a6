"""Each off switch takes away its mechanism's direct effect, and with the switch on the effect is there to be taken away."""

import numpy as np
import pytest
from numpy.typing import NDArray

from cxsim.engine.fast import simulate, start_world
from cxsim.model import loyalty as rules
from cxsim.model.case import Case, FirmPlan
from cxsim.model.demand import fit
from cxsim.model.params import Loyalty, Market, Mechanisms, Params, Staffing, Start, Strategy
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
    months = fast_months(case_with(**switches), 21, MONTHS)
    return [State(type(s.customers)(*(column.copy() for column in s.customers)), s.firms) for s in months]


ALWAYS = [
    ("variety", "variety", 1.0),
    ("queue", "service_quality", 1.0),
    ("queue", "backlog", 0),
    ("custom_work", "custom_built", 0),
    ("custom_work", "promised_features", 0),
    ("custom_work", "custom_features", 0),
    ("promises", "promised_features", 0),
    ("sales_learning", "sales_yield", 1.0),
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
    return np.nonzero((new.supplier >= 0) & (new.supplier == old.supplier) & (new.needs == old.needs))[0]


def satisfaction(before: State, after: State) -> list[float]:
    return [float(after.customers.satisfaction[c]) for c in stayed(before, after)]


def experienced(case: Case, before: State, after: State) -> list[float]:
    """This month's experience, computed afresh from the state at its end."""
    found = []
    params, new = case.params, after.customers
    for c in stayed(before, after):
        firm = after.firms[new.supplier[c]]
        met = fit(int(new.needs[c]), int(firm["standard"] | new.custom[c]))
        worth = met * (1.0 - params.product.rot * (1.0 - float(firm["upkept"])))
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
        before = start_world(case, 2, 1).customers.supplier
        *_, after = fast_months(case, 2, 1)
        left.append({int(c) for c in np.nonzero((before >= 0) & (after.customers.supplier < 0))[0]})
    return left[0], left[1]


def test_without_loyalty_service_does_not_change_who_leaves() -> None:
    badly_served, well_served = leavers(loyal=False)
    assert badly_served == well_served
    assert len(badly_served) > 3
    badly_served, well_served = leavers(loyal=True)
    assert badly_served > well_served  # the same draws: whoever leaves a good service leaves a bad one too


@pytest.mark.parametrize("switch", Mechanisms._fields)
def test_switches_mean_the_same_in_both_engines(switch: str) -> None:
    case = case_with(**{switch: False})
    *_, quick = fast_months(case, 5, 4)
    *_, plain = reference_months(case, 5, 4)
    assert quick.firms.tobytes() == plain.firms.tobytes()
    assert quick.firms.dtype == FIRM_DTYPE
