"""What state is declared: which columns a month starts at zero, which a month's experience reads, how records are laid out."""

import numpy as np

from cxsim.model.state import (
    CUSTOMER_BYTES,
    CUSTOMER_FIELDS,
    FIRM_DTYPE,
    FIRM_FIELDS,
    FLOWS,
    MEASURE_DTYPE,
    MEASURE_WORDS,
    clear_flows,
    empty_customers,
    empty_firms,
    measure_columns,
)
from plain_firms import changes, plain_firm

COUNTED_AFRESH = """
    revenue fees wages marketing running_costs hires dismissals contacts pursued reach reviews expansions deals poached churned
    walk_ins returned released requests custom_built standard_built work_capacity work_upkeep work_custom work_roadmap
    prospect_fit_sum satisfaction_sum praise_sum tickets sales_capacity service_capacity sales_yield variety upkept
    service_quality vip_quality demand_shock marketing_plan fresh effort condition service_target product_limit feature_job
    work_left custom_work_open job
"""
LIVED = "needs custom promised satisfaction sensitivity leave_base supplier due asked tier"


def test_what_starts_a_month_at_zero() -> None:
    assert set(FLOWS) == set(COUNTED_AFRESH.split())
    before, firm = (plain_firm(**{name: 3 for name, field in FIRM_FIELDS.items() if not field.shape}) for _ in range(2))
    clear_flows(firm)
    assert changes(firm, before) == dict.fromkeys(COUNTED_AFRESH.split(), 0)
    real = {"sales_capacity", "service_capacity", "sales_yield", "variety", "upkept", "service_quality", "vip_quality"}
    real |= {"demand_shock", "condition"}
    assert {name for name in FLOWS if type(getattr(firm, name)) is float} == real


def test_what_a_month_of_experience_reads_of_a_buyer() -> None:
    lived = {name for name, field in CUSTOMER_FIELDS.items() if field.lived}
    assert lived == set(LIVED.split())


def test_records_are_words() -> None:
    assert all(np.dtype(field.dtype).itemsize == 8 for field in FIRM_FIELDS.values())
    assert MEASURE_DTYPE.itemsize == MEASURE_WORDS * 8
    assert FIRM_DTYPE.names[: len(MEASURE_DTYPE.names)] == MEASURE_DTYPE.names, "measures come first"
    assert FIRM_DTYPE["pipeline"].shape == (3, 12)
    assert FIRM_DTYPE["tally"].shape == FIRM_DTYPE["users"].shape == (64,)
    assert CUSTOMER_BYTES == 4 * 8 + 5 * 4 + 2 * 2 + 1 + 3 * 1


def test_columns_of_measures() -> None:
    columns = measure_columns()
    assert columns["staff_product"] == ("staff", 0)
    assert columns["staff_service"] == ("staff", 2)
    assert columns["cash"] == ("cash", None)
    assert len(columns) == MEASURE_WORDS


def test_nobody_buys_and_no_firm_is_founded() -> None:
    customers, firms = empty_customers(3), empty_firms(2)
    absent = {"supplier": [-1] * 3, "asked": [-1] * 3, "since": [-1] * 3}
    for name in CUSTOMER_FIELDS:
        assert getattr(customers, name).tolist() == absent.get(name, [0] * 3), name
    for name in FIRM_FIELDS:
        expected = -1 if name in ("founded", "closed", "pivoted", "target", "loudest") else 0
        assert (firms[name] == expected).all(), name
