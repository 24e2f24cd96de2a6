"""What must hold, on records by hand: all is well with the first, and each number put wrong is told with the right one."""

from typing import Any

import numpy as np
import pytest

from cxsim.model.case import Case, FirmPlan, History
from cxsim.model.invariants import (
    billed_sizes,
    decision_violations,
    history_violations,
    month_violations,
    state_violations,
    work_violations,
)
from cxsim.model.params import Finance, Market, Mechanisms, Params, Product, Staffing, Start, Strategy
from cxsim.model.state import ALIVE, CLOSED, DORMANT, FIRM_DTYPE, MILLION, Customers, empty_customers, empty_firms

MONTH = 7
BEFORE: dict[str, Any] = {
    "status": ALIVE, "cash": 1_000, "customers": 10, "staff": [3, 2, 1], "viable_months": 2, "standard_features": 5,
    "custom_bank": 40, "roadmap_bank": 70, "trend": 100, "variety": 1.0, "founders": 2,
}  # fmt: skip
AFTER: dict[str, Any] = {
    "status": ALIVE, "cash": 1_420, "revenue": 700, "wages": 210, "marketing": 40, "running_costs": 30,
    "customers": 12, "deals": 4, "walk_ins": 3, "churned": 2, "poached": 3, "returned": 3,
    "staff": [4, 3, 2], "hires": 4, "dismissals": 1, "founders": 2, "viable_months": 3,
    "standard_features": 7, "standard_built": 2, "validated_features": 7, "contacts": 9, "pursued": 9, "reviews": 5,
    "expansions": 5, "vips": 12, "open_requests": 12, "prospect_fit_sum": 9 * MILLION, "playbook": 1.0, "sales_yield": 0.5,
    "job": 30, "custom_built": 3, "custom_bank": 50, "feature_job": 90, "roadmap_bank": 89,
    "work_upkeep": 11, "work_custom": 100, "work_roadmap": 199, "work_capacity": 310,
}  # fmt: skip


def firm(values: dict[str, Any], **changed: Any) -> Any:
    """One record of a firm with these fields."""
    record = np.zeros(1, FIRM_DTYPE)
    for name, value in (values | changed).items():
        record[name] = value
    return record


def test_a_busy_month_adds_up() -> None:
    assert month_violations(firm(BEFORE), firm(AFTER), MONTH) == []
    assert work_violations(firm(BEFORE), firm(AFTER), MONTH) == []


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("cash", 1_421, "cash: 1421, not 1420"),
        ("revenue", 701, "cash: 1420, not 1421"),
        ("wages", 211, "cash: 1420, not 1419"),
        ("marketing", 41, "cash: 1420, not 1419"),
        ("running_costs", 31, "cash: 1420, not 1419"),
        ("walk_ins", 4, "customers: 12, not 13"),
        ("churned", 3, "customers: 12, not 11"),
        ("poached", 4, "customers: 12, not 11"),
        ("released", 1, "customers: 12, not 11"),
        ("deals", 5, "customers: 12, not 13"),
        ("hires", 5, "staff: 9, not 10"),
        ("dismissals", 2, "staff: 9, not 8"),
        ("staff", [4, 3, 3], "staff: 10, not 9"),
        ("viable_months", 4, "viable_months: 4, not 3"),
        ("standard_features", 8, "standard_features, which grow by what is built: 8, not 7"),
        ("reviews", -1, "reviews, which is never negative: -1, not 0"),
        ("pursued", 10, "pursued, at most contacts: 10, not 9"),
        ("pursued", 3, "deals, at most pursued: 4, not 3"),
        ("reviews", 4, "expansions, at most reviews: 5, not 4"),
        ("returned", 4, "returned, at most walk_ins: 4, not 3"),
        ("vips", 13, "vips, at most customers: 13, not 12"),
        ("validated_features", 8, "validated_features, at most standard_features: 8, not 7"),
        ("open_requests", 13, "open_requests, at most one each: 13, not 12"),
        ("playbook", 1.5, "playbook, a share: 1.5, not 1.0"),
        ("sales_yield", 2.0, "sales_yield, a share: 2.0, not 1.0"),
        ("upkept", 2.0, "upkept, a share: 2.0, not 1.0"),
        ("service_quality", 2.0, "service_quality, a share: 2.0, not 1.0"),
        ("vip_quality", 2.0, "vip_quality, a share: 2.0, not 1.0"),
        ("reputation", 2.0, "reputation, a share: 2.0, not 1.0"),
        ("service_goal", 2.0, "service_goal, a share: 2.0, not 1.0"),
        ("polish", 2.0, "polish, a share: 2.0, not 1.0"),
        ("work_upkeep", 12, "work done, at most work_capacity: 311, not 310"),
        ("work_custom", 101, "work done, at most work_capacity: 311, not 310"),
        ("work_roadmap", 200, "work done, at most work_capacity: 311, not 310"),
        ("prospect_fit_sum", 9_000_001, "prospect_fit_sum, at most full fit: 9000001, not 9000000"),
    ],
)
def test_a_wrong_number_of_a_month_is_told_with_the_right_one(field: str, value: Any, told: str) -> None:
    assert f"month 7, firm 0: {told}" in month_violations(firm(BEFORE), firm(AFTER, **{field: value}), MONTH)


def test_a_wrong_number_stands_alone() -> None:
    assert month_violations(firm(BEFORE), firm(AFTER, cash=1_421), MONTH) == ["month 7, firm 0: cash: 1421, not 1420"]
    assert month_violations(firm(BEFORE), firm(AFTER, effort=-1, talk=-1, custom_bank=50), MONTH) == []


def test_a_firm_in_business_owes_nothing() -> None:
    broke = firm(AFTER, cash=-1, revenue=0, wages=931)
    assert month_violations(firm(BEFORE), broke) == ["month 0, firm 0: cash of a firm in business: -1, not 0"]


def test_nothing_goes_back() -> None:
    alike = {"cash": 5, "course": 1}
    back = month_violations(firm(alike, status=CLOSED), firm(alike, status=DORMANT, course=0))
    assert back == [
        "month 0, firm 0: status, which never goes back: 0, not 2",
        "month 0, firm 0: course, which never goes back: 0, not 1",
    ]
    assert "month 0, firm 0: status, a known one: False, not True" in month_violations(firm(alike), firm(alike, status=3))


def test_viable_months_end_at_once_or_grow_by_one() -> None:
    for found, right in ((0, True), (3, True), (1, False), (2, False), (4, False)):
        assert (month_violations(firm(BEFORE), firm(AFTER, viable_months=found)) == []) == right


def test_a_firm_that_is_founded_starts_with_whatever_it_has() -> None:
    new = {"status": ALIVE, "cash": 77, "customers": 5, "staff": [1, 0, 0], "standard_features": 6}
    assert month_violations(firm({}), firm(new)) == []
    assert month_violations(firm({}), firm(new, deals=2, pursued=2, contacts=2)) == [
        f"month 0, firm 0: {name} of a firm that was not in business: 2, not 0" for name in ("contacts", "pursued", "deals")
    ]


def test_a_closed_firm_has_nothing_and_keeps_its_debt() -> None:
    gone = firm({"status": CLOSED, "cash": -9})
    assert month_violations(gone, gone) == []
    assert month_violations(gone, firm({"status": CLOSED, "cash": -8})) == ["month 0, firm 0: cash: -8, not -9"]
    last = {"status": CLOSED, "cash": -9, "released": 10, "dismissals": 6, "wages": 1_009}
    assert month_violations(firm(BEFORE), firm(last, standard_features=5)) == []
    assert month_violations(firm(BEFORE), firm(last, customers=1, released=9, vips=1, backlog=3)) == [
        f"month 0, firm 0: {name} of a closed firm: {found}, not 0"
        for name, found in (("customers", 1), ("vips", 1), ("backlog", 3))
    ]
    assert month_violations(firm(BEFORE), firm(last, staff=[0, 1, 0], dismissals=5)) == [
        "month 0, firm 0: staff of a closed firm: 1, not 0"
    ]


def test_firms_are_told_apart_and_months_are_counted() -> None:
    before, after = np.concatenate([firm(BEFORE)] * 3), np.concatenate([firm(AFTER)] * 3)
    after["cash"][1] = 1_000
    assert month_violations(before, after, 2) == ["month 2, firm 1: cash: 1000, not 1420"]
    unborn = np.concatenate([firm(BEFORE), firm({})]), np.concatenate([firm(AFTER, cash=9), firm({})])
    assert month_violations(*unborn) == ["month 0, firm 0: cash: 9, not 1420"]
    nobody = np.zeros(0, np.int64)
    months = np.stack([firm(BEFORE), firm(AFTER), firm(AFTER, cash=1_700, viable_months=4, standard_features=9)])
    history = History(months, nobody, nobody, nobody, nobody)
    assert history_violations(history) == [
        "month 2, firm 0: cash: 1700, not 1840",
        "month 2, firm 0: customers: 12, not 14",
        "month 2, firm 0: staff: 9, not 12",
    ]
    assert history_violations(history, firm(BEFORE, status=CLOSED, cash=3))[0] == ("month 0, firm 0: cash: 1000, not 3")


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("job", 31, ["work_custom: 100, not 103"]),
        ("custom_built", 4, ["work_custom: 100, not 130"]),
        ("custom_bank", 51, ["work_custom: 100, not 101"]),
        ("standard_built", 3, ["work_roadmap: 199, not 289"]),
        ("work_capacity", 311, ["work done: 310, not 311"]),
        ("work_upkeep", 10, ["work done: 309, not 310"]),
        ("roadmap_bank", 88, ["work_roadmap: 199, not 198"]),
        ("roadmap_bank", 90, ["work_roadmap: 199, not 200", "roadmap_bank, less than one feature: 90, not 89"]),
        ("work_left", 1, ["work_left at the end of the month: 1, not 0"]),
        ("custom_work_open", 1, ["custom_work_open at the end of the month: 1, not 0"]),
    ],
)
def test_wrong_work_is_told_with_the_right_one(field: str, value: int, told: list[str]) -> None:
    found = work_violations(firm(BEFORE), firm(AFTER, **{field: value}), MONTH)
    assert found == [f"month 7, firm 0: {words}" for words in told]


def test_a_firm_with_nothing_left_to_build_loses_its_time_but_has_no_more_than_it() -> None:
    done = {"target": -1, "roadmap_bank": 0, "work_roadmap": 110, "standard_built": 2}
    assert work_violations(firm(BEFORE), firm(AFTER, **done)) == []
    assert work_violations(firm(BEFORE), firm(AFTER, **done, work_capacity=220)) == ["month 0, firm 0: work done: 221, not 220"]
    assert work_violations(firm(BEFORE), firm(AFTER, **done | {"roadmap_bank": 1, "work_roadmap": 111})) == [
        "month 0, firm 0: roadmap_bank, less than one feature: 1, not 0"
    ]
    assert work_violations(firm(BEFORE, status=DORMANT), firm(AFTER, job=31)) == []


FINANCE = Finance(wage_product=10, wage_sales=20, wage_service=30, founder_pay=5, overhead=3, hosting=2)
CASE = Case(
    Params(finance=FINANCE, staffing=Staffing(hiring_delay=3, trend_months=4), market=Market(features=8)),
    (
        FirmPlan("one", strategy=Strategy(custom_fee=7, price=50_000), after=Strategy(custom_fee=9, price=60_000)),
        FirmPlan("two", start=Start(4, 99, 3, 2, 1, 6, 40), strategy=Strategy(price=700), after=Strategy(price=800)),
    ),
)
COMING = np.zeros((3, 12), np.int64)
COMING[0, 7], COMING[2, 7], COMING[1, 2] = 3, 2, 1  # month 7: five are due; one comes later; hired now are due in slot 10
THEN: dict[str, Any] = {
    "status": ALIVE, "pipeline": COMING, "variety": 1.0, "pivoted": -1, "trend": 1_000, "validated": 3,
}  # fmt: skip
LATER = COMING.copy()
LATER[:, 7], LATER[1, 10] = 0, 4
TALLY = np.zeros(64, np.int64)
TALLY[5], TALLY[6] = 6, 3
NOW: dict[str, Any] = {
    "status": ALIVE, "pipeline": LATER, "hires": 5, "skill": [1.0, 0.5, 0.0], "founders": 2, "staff": [3, 2, 1],
    "work_capacity": 5 * MILLION, "sales_capacity": 2.0, "service_capacity": 1.0, "pivoted": -1, "variety": 1.5,
    "condition": 1.0, "custom_built": 3, "fees": 21, "reach": 4_000, "customers": 10,
    "satisfaction_sum": 10 * MILLION, "praise_sum": 5 * MILLION, "talk": 10 * MILLION, "requests": 6, "pursued": 5, "deals": 2,
    "tally": TALLY, "service_quality": 0.5, "wages": 30 + 40 + 30 + 10, "running_costs": 8 * 3 + 10 * 2,
    "marketing": 50, "marketing_plan": 50, "revenue": 2_000, "trend": 1_250, "validated": 7,
}  # fmt: skip


def test_a_month_of_decisions_is_as_the_case_says() -> None:
    assert decision_violations(firm(THEN), firm(NOW), CASE, MONTH) == []


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("hires", 6, "hires, those who were due: 6, not 5"),
        ("skill", [1.5, 0.5, 0.0], "skill, a share: 1.5, not 1.0"),
        ("skill", [1.0, 0.5, -0.5], "skill, a share: -0.5, not 0.0"),
        ("sales_capacity", 2.5, "time of all work, at most that of all people: 8.5, not 8.000000000008"),
        ("service_capacity", 1.5, "time of all work, at most that of all people: 8.5, not 8.000000000008"),
        ("work_capacity", 6 * MILLION, "time of all work, at most that of all people: 9.0, not 8.000000000008"),
        ("pivoted", 7, "pivoted: 7, not -1"),
        ("variety", 0.5, "variety, at least 1: 0.5, not 1.0"),
        ("condition", 1.5, "condition, a share: 1.5, not 1.0"),
        ("fees", 22, "fees: 22, not 21"),
        ("reach", 4_001, "reach, in whole contacts: 1, not 0"),
        ("effort", 1, "effort, all spent: 1, not 0"),
        ("satisfaction_sum", 10_000_001, "satisfaction_sum, at most that of all: 10000001, not 10000000"),
        ("praise_sum", 5_000_001, "praise_sum, at most half of satisfaction_sum: 5000001, not 5000000"),
        ("talk", 10_000_001, "talk, at most of all customers: 10000001, not 10000000"),
        ("requests", 11, "requests, at most one each: 11, not 10"),
        ("requests", 10, "tally, of requests and of what lost prospects tell: 9, not 10"),
        ("deals", 3, "tally, of requests and of what lost prospects tell: 9, not 8"),
        ("pursued", 4, "tally, of requests and of what lost prospects tell: 9, not 8"),
        ("wages", 111, "wages: 111, not 110"),
        ("running_costs", 45, "running_costs: 45, not 44"),
        ("marketing", 51, "marketing: 51, not 50"),
        ("trend", 1_251, "trend: 1251, not 1250"),
        ("revenue", 2_004, "trend: 1250, not 1251"),
        ("validated", 5, "validated features, which stay so: 2, not 0"),
    ],
)
def test_a_wrong_decision_is_told_with_the_right_one(field: str, value: Any, told: str) -> None:
    found = decision_violations(firm(THEN), firm(NOW, **{field: value}), CASE, MONTH)
    assert told in [words.split(": ", 1)[1] for words in found]


def test_people_come_when_they_are_due() -> None:
    late, early = LATER.copy(), LATER.copy()
    late[0, 7], early[1, 2] = 1, 0
    assert decision_violations(firm(THEN), firm(NOW, pipeline=late), CASE, MONTH) == [
        "month 7, firm 0, 0: pipeline of those who have come: 1, not 0"
    ]
    [told] = decision_violations(firm(THEN), firm(NOW, pipeline=early), CASE, MONTH)
    assert told.endswith(": pipeline of other months: 0, not 1")


def test_whoever_is_hired_to_come_at_once_comes_at_once() -> None:
    at_once = CASE._replace(params=CASE.params._replace(staffing=Staffing(hiring_delay=0, trend_months=4)))
    stays = LATER.copy()
    stays[1, 10] = 0
    for hires, told in ((5, []), (8, []), (4, ["month 7, firm 0: hires, those who were due: 4, not 5"])):
        assert decision_violations(firm(THEN), firm(NOW, hires=hires, pipeline=stays), at_once, MONTH) == told


def test_a_pivot_is_dated_and_changes_levers() -> None:
    pivots = firm(NOW, course=1, pivoted=MONTH, fees=27)
    assert decision_violations(firm(THEN), pivots, CASE, MONTH) == []
    assert decision_violations(firm(THEN), pivots, CASE, MONTH + 12) == ["month 19, firm 0: pivoted: 7, not 19"]
    assert decision_violations(firm(THEN, course=1, pivoted=2), firm(NOW, course=1, pivoted=2, fees=27), CASE, MONTH) == []


def test_service_without_a_queue_is_perfect() -> None:
    easy = CASE._replace(params=CASE.params._replace(mechanisms=Mechanisms(queue=False)))
    assert decision_violations(firm(THEN), firm(NOW), easy, MONTH) == ["month 7, firm 0: service_quality: 0.5, not 1.0"]
    assert decision_violations(firm(THEN), firm(NOW, service_quality=1.0), easy, MONTH) == []


def test_what_was_heard_before_is_not_heard_again() -> None:
    assert decision_violations(firm(THEN, tally=TALLY), firm(NOW, tally=2 * TALLY), CASE, MONTH) == []
    [told] = decision_violations(firm(THEN, tally=TALLY), firm(NOW), CASE, MONTH)
    assert told.endswith("tally, of requests and of what lost prospects tell: 0, not 6")


BORN: dict[str, Any] = {
    "status": ALIVE, "group": 1, "founded": 8, "founders": 4, "cash": 99, "customers": 6, "standard_features": 8,
    "staff": [3, 2, 1], "account_size": 5_001, "trend": 3_500,
}  # fmt: skip


def test_a_firm_opens_as_its_plan_says() -> None:
    assert decision_violations(firm({}), firm(BORN), CASE, MONTH) == []
    assert decision_violations(firm({}), firm(BORN, customers=5), CASE, MONTH) == []
    assert decision_violations(firm({}), firm({}), CASE, MONTH) == []


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("founded", 7, "founded: 7, not 8"),
        ("founders", 3, "founders: 3, not 4"),
        ("cash", 98, "cash of a new firm: 98, not 99"),
        ("customers", 7, "first customers, at most those wanted: 7, not 6"),
        ("standard_features", 40, "features of a new firm: 40, not 8"),
        ("staff", [3, 2, 2], "staff of a new firm: 2, not 1"),
        ("trend", 3_501, "trend of a new firm: 3501, not 3500"),
    ],
)
def test_a_firm_that_opens_otherwise_is_told(field: str, value: Any, told: str) -> None:
    [found] = decision_violations(firm({}), firm(BORN, **{field: value}), CASE, MONTH)
    assert found.endswith(told)


def test_a_firm_closes_in_the_month_in_which_it_cannot_pay() -> None:
    shut = {"status": CLOSED, "cash": -1, "closed": MONTH}
    assert decision_violations(firm(THEN), firm(shut), CASE, MONTH) == []
    assert decision_violations(firm({"status": CLOSED}), firm(shut, cash=5), CASE, MONTH) == []
    for wrong in ({"cash": 0}, {"closed": MONTH - 1}):
        assert decision_violations(firm(THEN), firm(shut | wrong), CASE, MONTH) == [
            "month 7, firm 0: a firm closes when it cannot pay: False, not True"
        ]


PRODUCT = Product(add_on=0.5, line=3)


def market() -> tuple[Customers, Any]:
    """Two customers of firm 0, one of firm 1, one of nobody; features by their bits."""
    customers, firms = empty_customers(4), empty_firms(2)
    customers.supplier[:3], customers.since[:3] = (0, 0, 1), (4, 5, 6)
    customers.needs[:] = 0b1111, 0b0011, 0b0111, 0b1000
    customers.custom[0], customers.promised[0], customers.asked[1] = 0b0010, 0b1100, 1
    customers.size[:] = 1_001, 500, 2_000, 900
    customers.products[:3], customers.tier[0] = (3, 1, 2), 1
    customers.satisfaction[:3] = 1.0, 0.5, 0.25
    firms["status"], firms["standard"], firms["validated"] = ALIVE, (0b0001, 0b0110), (0, 0b0100)
    firms["standard_features"], firms["validated_features"] = (1, 2), (0, 1)
    firms["customers"], firms["account_size"], firms["products"] = (2, 1), (1_001 + 1_001 + 500, 3_000), (4, 2)
    firms["vips"], firms["vip_size"], firms["custom_features"] = (1, 0), (2_002, 0), (1, 0)
    firms["promised_features"], firms["open_requests"] = (2, 0), (1, 0)
    firms["users"][:, :4] = [2, 2, 1, 1], [1, 1, 1, 0]
    firms["fit_sum"] = 500_000 + 500_000, 666_666  # 2 of 4 and 1 of 2; 2 of 3, rounded down
    return customers, firms


def test_counts_of_a_market_by_hand() -> None:
    customers, firms = market()
    assert state_violations(customers, firms, PRODUCT) == []
    assert billed_sizes(customers, PRODUCT).tolist() == [2_002, 500, 3_000, 900]


@pytest.mark.parametrize(
    ("field", "right"),
    [
        ("customers", 2), ("account_size", 2_502), ("products", 4), ("vips", 1), ("vip_size", 2_002), ("custom_features", 1),
        ("promised_features", 2), ("open_requests", 1), ("fit_sum", 1_000_000), ("standard_features", 1),
        ("validated_features", 0),
    ],
)  # fmt: skip
def test_a_wrong_count_is_told_with_the_right_one(field: str, right: int) -> None:
    customers, firms = market()
    firms[field][0] += 1
    told = [words.split(": ") for words in state_violations(customers, firms, PRODUCT, 3)]
    assert ["month 3, firm 0", told[0][1], f"{right + 1}, not {right}"] == told[0]
    assert told[0][1].startswith(field)


def test_whole_counts_of_a_market() -> None:
    customers, firms = market()
    firms["users"][1, 3] += 1
    assert state_violations(customers, firms, PRODUCT) == ["month 0, firm 1, 3: users, counted afresh: 1, not 0"]
    customers, firms = market()
    firms["validated"][0], firms["validated_features"][0] = 0b0100, 1
    assert state_violations(customers, firms, PRODUCT) == ["month 0, firm 0: validated outside standard: 4, not 0"]
    customers, firms = market()
    firms["status"][1] = CLOSED
    assert state_violations(customers, firms, PRODUCT) == ["month 0, firm 1: customers of a firm not in business: 1, not 0"]
    customers, firms = market()
    firms["customers"][1] = 2
    told = state_violations(customers, firms, PRODUCT)
    assert told[-1] == "month 0: customers of all firms and of none: 5, not 4"


@pytest.mark.parametrize(
    ("trait", "customer", "value", "told"),
    [
        ("custom", 3, 0b1000, "features of a customer without supplier: 8, not 0"),
        ("promised", 3, 0b1000, "features of a customer without supplier: 8, not 0"),
        ("asked", 3, 3, "features of a customer without supplier: 8, not 0"),
        ("custom", 1, 0b0100, "custom, promised or asked features that it does not need: 4, not 0"),
        ("promised", 1, 0b1000, "custom, promised or asked features that it does not need: 8, not 0"),
        ("asked", 1, 2, "custom, promised or asked features that it does not need: 4, not 0"),
        ("custom", 2, 0b0010, "custom, promised or asked features that are standard: 2, not 0"),
        ("promised", 2, 0b0100, "custom, promised or asked features that are standard: 4, not 0"),
        ("asked", 1, 0, "custom, promised or asked features that are standard: 1, not 0"),
        ("promised", 0, 0b1010, "features both promised and built for it: 2, not 0"),
        ("asked", 0, 1, "a feature both asked for and built for it: 2, not 0"),
        ("satisfaction", 0, 1.5, "satisfaction, a share: 1.5, not 1.0"),
        ("satisfaction", 2, -0.5, "satisfaction, a share: -0.5, not 0.0"),
        ("since", 3, 0, "joined without supplier: 0, not -1"),
        ("products", 0, 4, "products that it holds: False, not True"),
        ("products", 1, 0, "products that it holds: False, not True"),
        ("products", 3, 1, "products that it holds: False, not True"),
        ("tier", 3, 1, "tier of a customer without supplier: 1, not 0"),
        ("needs", 3, 0, "needs, at least one: True, not False"),
    ],
)
def test_sets_of_a_customer_that_cannot_be_are_told(trait: str, customer: int, value: Any, told: str) -> None:
    customers, firms = market()
    getattr(customers, trait)[customer] = value
    with np.errstate(divide="ignore"):
        assert f"month 5, customer {customer}: {told}" in state_violations(customers, firms, PRODUCT, 5)


def test_one_product_is_held_even_where_the_line_is_none() -> None:
    customers, firms = market()
    customers.products[:3], firms["products"], firms["account_size"] = 1, (2, 1), (1_501, 2_000)
    firms["vip_size"] = 1_001, 0
    assert state_violations(customers, firms, Product(line=1)) == []
    assert state_violations(customers, firms, Product(line=0)) == []
