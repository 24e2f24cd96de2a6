"""Cash, customers, staff and work are conserved with ``==`` in every month, and every count is true, in both engines."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from cxsim.engine import ENGINES, EngineName, simulate
from cxsim.model.case import Case, FirmPlan
from cxsim.model.invariants import (
    decision_violations,
    history_violations,
    month_violations,
    state_violations,
    work_violations,
)
from cxsim.model.params import Market, Params, Start
from cxsim.model.state import CLOSED, MEASURE_DTYPE
from random_cases import generated_case
from states import State, fast_months, reference_months

PLAIN = Case(Params(market=Market(customers=400)), (FirmPlan("one", start=Start(customers=40)), FirmPlan("two", founded=9)))

Months = Callable[[Case, int, int], Iterator[State]]


def violations(months: Months, case: Case, seed: int, length: int) -> list[str]:
    found: list[str] = []
    before = None
    for month, (customers, firms) in enumerate(months(case, seed, length), start=-1):
        found += state_violations(customers, firms, case.params.product, month)
        if before is not None:
            found += month_violations(before, firms, month)
            found += work_violations(before, firms, month)
            found += decision_violations(before, firms, case, month)
        before = firms
    return found


def check_cases(months: Months, numbers: range) -> None:
    for number in numbers:
        length = 5 + number % 9
        assert violations(months, generated_case(number, 400), number, length) == [], f"case {number}"


@pytest.mark.compiled
def test_a_thousand_random_cases_in_the_fast_engine() -> None:
    check_cases(fast_months, range(1000))


@pytest.mark.compiled
def test_random_cases_in_the_reference_engine() -> None:
    check_cases(reference_months, range(50))


@pytest.mark.slow
def test_a_thousand_random_cases_in_the_reference_engine() -> None:
    check_cases(reference_months, range(1000))


@pytest.mark.parametrize("engine", ENGINES)
def test_recorded_history(engine: EngineName) -> None:
    for number in range(5):
        case = generated_case(number, 400)
        opening = next(fast_months(case, number, 1)).firms
        history = simulate(case, number, 18, engine)
        assert history_violations(history, opening) == []
        assert history.measures.dtype == MEASURE_DTYPE


@pytest.mark.compiled
def test_random_cases_reach_what_the_identities_are_about() -> None:
    """An identity over zeros proves nothing: each kind of event happens in a fair part of the cases."""
    histories = [simulate(generated_case(number, 400), number, 18) for number in range(200)]
    events = ("deals", "churned", "poached", "released", "custom_built", "standard_built", "hires", "dismissals", "backlog")
    for name in (*events, "walk_ins", "returned", "reviews", "expansions", "vips"):
        share = np.mean([history.measures[name].sum() > 0 for history in histories])
        assert share > 0.2, name
    assert np.mean([(history.pivoted >= 0).any() for history in histories]) > 0.2


NUMBERS = [
    "cash",
    "customers",
    "hires",
    "status",
    "open_requests",
    "work_roadmap",
    "walk_ins",
    "returned",
    "expansions",
    "vips",
]
SHARES = ["playbook", "reputation", "service_goal", "vip_quality", "polish"]


@pytest.mark.parametrize("field", NUMBERS + SHARES)
def test_a_planted_error_is_found(field: str) -> None:
    first, second = (state.firms for state in fast_months(PLAIN, 3, 1))
    assert month_violations(first, second) == []
    spoiled = second.copy()
    spoiled[field] = spoiled[field] + 1_000_000_000
    assert month_violations(first, spoiled) != []
    assert any(word.startswith("month 0, firm 0: ") for word in month_violations(first, spoiled))


@pytest.mark.parametrize(
    "field", ["needs", "custom", "promised", "satisfaction", "size", "supplier", "asked", "products", "tier"]
)
def test_a_planted_error_in_a_customer_is_found(field: str) -> None:
    *_, (customers, firms) = fast_months(PLAIN, 3, 2)
    assert state_violations(customers, firms, PLAIN.params.product) == []
    buyer = int(np.argmax(customers.supplier >= 0))
    column = getattr(customers, field)
    column[buyer] = ~column[buyer] if field in ("needs", "custom", "promised") else -1 if field in ("supplier", "asked") else 7
    if field == "asked":
        firms["open_requests"][0] += 1
    assert state_violations(customers, firms, PLAIN.params.product) != []


def test_planted_work_is_found() -> None:
    first, second = (state.firms for state in fast_months(PLAIN, 3, 1))
    assert work_violations(first, second) == []
    second["roadmap_bank"] += 1
    assert work_violations(first, second) != []


DECIDED = (
    "pipeline", "skill", "work_capacity", "pivoted", "condition", "fees", "reach", "effort", "satisfaction_sum", "praise_sum",
    "talk", "requests", "tally", "wages", "running_costs", "marketing", "trend", "hires",
)  # fmt: skip


@pytest.mark.parametrize("field", DECIDED)
def test_a_planted_decision_is_found(field: str) -> None:
    """Every phase of a firm's month leaves something that is held to account."""
    first, second = (state.firms for state in fast_months(PLAIN, 3, 1))
    assert decision_violations(first, second, PLAIN, 0) == []
    second[field][0] += 1_000_000_007
    assert decision_violations(first, second, PLAIN, 0) != []


def test_decisions_of_a_month_that_cannot_be_are_found() -> None:
    first, second = (state.firms for state in fast_months(PLAIN, 3, 1))
    second["variety"][0] = 0.5
    first["validated"][0] |= np.uint64(1 << 63)
    second["pipeline"][0, 0, 5] += 1
    found = decision_violations(first, second, PLAIN, 0)
    assert [word.split(": ")[1] for word in found] == [
        "pipeline of other months",
        "variety, at least 1",
        "validated features, which stay so",
    ]


@pytest.mark.parametrize("field", ["founded", "founders", "cash", "standard_features", "staff", "trend", "customers"])
def test_a_firm_that_opens_unlike_its_plan_is_found(field: str) -> None:
    *_, before, after = (state.firms for state in fast_months(PLAIN, 3, 9))
    assert after["founded"].tolist() == [0, 9]
    assert decision_violations(before, after, PLAIN, 8) == []
    after[field][1] += 1
    assert any(word.startswith("month 8, firm 1") for word in decision_violations(before, after, PLAIN, 8))


def test_a_firm_that_closes_for_no_reason_is_found() -> None:
    first, second = (state.firms for state in fast_months(PLAIN, 3, 1))
    second["status"][0] = CLOSED
    assert decision_violations(first, second, PLAIN, 0) == [
        "month 0, firm 0: a firm closes when it cannot pay: False, not True"
    ]
