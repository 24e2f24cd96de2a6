"""Values of firms, held against numbers worked out by hand."""

import numpy as np
import pytest

import fake_runs
from cxsim.measures.firms import cash_flow, firm_slots, heads, lived, monthly_rate, ratio, worth
from cxsim.model.case import Case
from cxsim.model.params import Entry, Finance, Params
from cxsim.model.state import CLOSED, MILLION


def test_value_by_hand() -> None:
    months, finance = 24, Finance(wage_service=1_000, wage_product=2_000, hosting=10, discount=0.12)
    history = fake_runs.empty_history(months, 1)
    m = history.measures[:, 0]
    m["customers"], m["churned"], m["poached"] = 98, 1, 1  # 2 of 100 leave: r = 0.98
    m["revenue"], m["wages"], m["marketing"], m["running_costs"] = 20_000, 9_000, 500, 1_500
    m["staff"][:, 2], m["work_upkeep"] = 3, 2 * MILLION
    found = worth(history.measures, finance)
    i = 1.12 ** (1 / 12) - 1
    cash = sum(9_000 / (1 + i) ** (t + 1) for t in range(months))
    margin = (20_000 - 98 * 10 - 3 * 1_000 - 2 * 2_000) / 98
    equity = 98 * margin * 0.98 / (1 + i - 0.98) / (1 + i) ** months
    assert found.cash[0] == pytest.approx(cash)
    assert found.margin[0] == pytest.approx(margin)
    assert found.retention[0] == pytest.approx(0.98)
    assert found.equity[0] == pytest.approx(equity)
    assert monthly_rate(0.12) == pytest.approx(i)


def test_value_of_customers_is_never_below_zero_and_retention_is_capped() -> None:
    history = fake_runs.empty_history(12, 2)
    history.measures["customers"] = 50
    history.measures["revenue"] = [100, 1_000_000]
    found = worth(history.measures, Finance())
    assert found.equity[0] == 0
    assert found.retention[1] == 0.995
    assert found.equity[1] > 0


def test_firms_have_names_of_their_own() -> None:
    plans = (fake_runs.plan("a", count=2), fake_runs.plan("a_1"))
    slots = firm_slots(Case(Params(entry=Entry(limit=2)), plans, entrant=1))
    assert [slot.name for slot in slots] == ["a_1_", "a_2", "a_1", "entrant_1", "entrant_2"]
    assert [slot.enters for slot in slots] == [False, False, False, True, True]


def test_months_in_which_a_firm_was_not_there_are_empty() -> None:
    history = fake_runs.empty_history(6, 2)
    history.measures["customers"] = 7
    history.measures["cash"] = np.arange(6)[:, None]
    history.founded[1], history.closed[0] = 2, 3
    history.measures["status"][4:, 0] = CLOSED
    months = lived(history)
    assert months["customers"].T.tolist() == [[7, 7, 7, 7, 0, 0], [0, 0, 7, 7, 7, 7]]
    assert months["cash"].T.tolist() == [[0, 1, 2, 3, 4, 5], [0, 0, 2, 3, 4, 5]], "a closed firm keeps its cash"
    assert months["status"][:, 0].tolist() == [1, 1, 1, 1, CLOSED, CLOSED]
    assert history.measures["customers"].sum() == 84, "what was recorded is left as it is"


def test_a_run_without_gaps_is_not_copied() -> None:
    history = fake_runs.empty_history(4, 1)
    assert lived(history) is history.measures


def test_heads_and_ratios() -> None:
    months = fake_runs.empty_history(2, 1).measures
    months["founders"], months["staff"] = 3, [[[1, 2, 3]], [[0, 0, 4]]]
    assert heads(months).tolist() == [[9], [7]]
    assert ratio(np.array([1.0, 2.0]), np.array([4, 0])).tolist() == pytest.approx([0.25, np.nan], nan_ok=True)


def test_cash_flow_is_all_money() -> None:
    months = fake_runs.empty_history(1, 1).measures
    months["revenue"], months["wages"], months["marketing"], months["running_costs"] = 1_000, 500, 30, 7
    assert cash_flow(months).tolist() == [[463]]


def test_only_the_last_year_counts_for_what_customers_are_worth() -> None:
    history = fake_runs.empty_history(30, 1)
    m = history.measures[:, 0]
    m["customers"], m["revenue"] = 50, 50_000
    m["churned"][:18], m["churned"][18:], m["returned"][18:] = 40, 3, 2
    found = worth(history.measures, Finance(hosting=100))
    assert found.retention[0] == pytest.approx(50 / 51)
    assert found.margin[0] == pytest.approx(900)
