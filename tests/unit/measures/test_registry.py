"""The registry of measures: what follows from an entry, and every way of reading a run, by hand."""

from typing import get_args

import numpy as np
import pytest

import fake_runs
from cxsim.measures.dictionary import (
    month_dictionary,
    run_dictionary,
    sweep_month_dictionary,
    sweep_run_dictionary,
    sweep_summary_dictionary,
)
from cxsim.measures.firms import lived
from cxsim.measures.registry import (
    DERIVED,
    HEAVY_TAILED,
    KNOWN,
    MEANS,
    MEDIANS,
    MONTH_MEASURES,
    NEVER_NEGATIVE,
    RUN_MEASURES,
    THEMES,
    WHOLE,
    YES_OR_NO,
    Direction,
)
from cxsim.measures.tables import month_columns, run_columns
from cxsim.model.case import Case
from cxsim.model.params import Finance, Params
from cxsim.model.state import CLOSED, FIRM_MEASURES, MILLION, measure_columns


def columns_of(history, *plans, **params):
    return run_columns(history, Case(Params(**params), plans or (fake_runs.plan(),)))


def test_everything_that_is_told_of_runs_follows_from_the_entries() -> None:
    names = list(RUN_MEASURES)
    assert list(columns_of(fake_runs.empty_history(3, 1))) == ["slot", *names]
    assert list(run_dictionary()) == ["arm", "replicate", "seed", "firm", "plan", *names]
    swept = [name for name in names if name != "entrant"]
    assert list(sweep_run_dictionary(())) == ["run", "point", "arm", "replicate", "seed", "firm", "plan", *swept]
    assert set(MEANS) | set(MEDIANS) == set(KNOWN) | {name for name, measure in RUN_MEASURES.items() if measure.told}
    assert not set(MEANS) & set(MEDIANS)
    assert set(HEAVY_TAILED) == {"value"}
    assert {measure.theme for measure in RUN_MEASURES.values()} == set(THEMES)
    assert {measure.direction for measure in RUN_MEASURES.values()} <= set(get_args(Direction))


def test_units_of_means_are_those_of_the_measures_and_shares_of_yes_and_no() -> None:
    assert MEANS["survived"] == MEANS["has_pivoted"] == "share"
    assert YES_OR_NO == ("survived", "has_pivoted")
    assert {name: MEANS[name] for name in ("value", "customers", "margin")} == {
        "value": "cents",
        "customers": "customers",
        "margin": "cents/customer/month",
    }
    assert all(RUN_MEASURES[name].unit == unit for name, unit in MEANS.items() if name not in YES_OR_NO)
    assert set(NEVER_NEGATIVE) <= set(MEANS.values())
    told = sweep_summary_dictionary(("market.drift",))
    assert told["survived_low"][0] == "share"
    assert told["value_high"] == ("cents", f"upper end of that interval: {RUN_MEASURES['value'].meaning}")


def test_a_measure_of_runs_has_the_unit_of_the_measure_of_months_that_it_is_read_from() -> None:
    shared = [name for name in RUN_MEASURES if name in MONTH_MEASURES]
    assert {"cash", "deals", "heads", "fit", "staff_sales", "custom_built"} <= set(shared)
    assert {name: RUN_MEASURES[name].unit for name in shared} == {name: MONTH_MEASURES[name].unit for name in shared}


def test_summaries_go_by_theme_and_then_by_table() -> None:
    assert list(MEANS)[:6] == ["value", "value_cash", "value_equity", "survived", "has_pivoted", "months_lived"]
    assert list(MEANS)[-2:] == ["roadmap_share", "idle_share"]
    assert list(MEDIANS) == ["pivoted", "customers_at_pivot", "best_month"]
    assert WHOLE == ("founded", "closed", "pivoted", "best_month", "customers_at_pivot")


def test_months_have_what_is_recorded_and_what_is_derived() -> None:
    assert list(month_columns(fake_runs.empty_history(2, 1)))[2:] == [*measure_columns(), *DERIVED]
    assert list(month_dictionary())[6:] == [*measure_columns(), *DERIVED]

    def told(name: str) -> tuple[str, str]:
        return MONTH_MEASURES[name].unit, MONTH_MEASURES[name].meaning

    assert told("staff_sales") == ("people", "employees: sales")
    assert told("cash") == (FIRM_MEASURES["cash"].unit, FIRM_MEASURES["cash"].meaning)
    assert told("heads") == ("people", "founders and employees")
    assert "plan" not in sweep_month_dictionary()


def test_derived_measures_of_months_by_hand() -> None:
    months = fake_runs.empty_history(1, 3).measures
    months["founders"], months["staff"] = [2, 4, 0], [[0, 0, 7], [6, 0, 0], [50, 100, 100]]
    months["customers"], months["satisfaction_sum"] = [4, 2, 0], [3 * MILLION, MILLION, 0]
    months["fit_sum"] = [MILLION, MILLION, 0]
    assert MONTH_MEASURES["heads"].read(months).tolist() == [[9, 10, 250]]
    assert MONTH_MEASURES["stage"].read(months).tolist() == [[0, 1, 2]]
    assert MONTH_MEASURES["stage"].read(months).dtype == np.int32
    assert MONTH_MEASURES["satisfaction"].read(months)[0].tolist() == pytest.approx([0.75, 0.5, np.nan], nan_ok=True)
    assert MONTH_MEASURES["fit"].read(months)[0].tolist() == pytest.approx([0.25, 0.5, np.nan], nan_ok=True)
    assert MONTH_MEASURES["staff_sales"].read(months).tolist() == [[0, 0, 100]]
    assert MONTH_MEASURES["customers"].read(months) is not None


def test_levels_at_the_end_are_nothing_when_closed_but_cash() -> None:
    history = fake_runs.empty_history(5, 2)
    history.measures["customers"], history.measures["reputation"] = 8, 0.5
    history.measures["cash"] = np.array([[100, 7]])
    history.measures["status"][3:, 1] = CLOSED
    history.closed[1] = 3
    found = columns_of(history, fake_runs.plan("a"), fake_runs.plan("b"))
    assert found["customers"].tolist() == [8, 0]
    assert found["reputation"].tolist() == pytest.approx([0.5, np.nan], nan_ok=True)
    assert found["cash"].tolist() == [100, 7]
    assert found["survived"].tolist() == [True, False]
    assert found["months_lived"].tolist() == [5, 3]
    assert found["closed"].tolist() == pytest.approx([np.nan, 3], nan_ok=True)
    assert found["peak_customers"].tolist() == [8, 8]


def test_totals_and_ratios_of_totals() -> None:
    history = fake_runs.empty_history(4, 1)
    m = history.measures[:, 0]
    m["deals"], m["sales_capacity"] = [1, 2, 3, 4], 2.5
    m["work_capacity"], m["work_upkeep"], m["work_custom"] = 10, 4, [0, 0, 10, 0]
    m["service_quality"], m["customers"] = [1.0, 0.5, 0.0, 0.0], [1, 2, 0, 1]
    found = columns_of(history)
    assert found["deals"].tolist() == [10]
    assert found["deals_per_sales_month"].tolist() == [1.0]
    assert found["upkeep_share"].tolist() == [0.4]
    assert found["custom_share"].tolist() == [0.25]
    assert found["idle_share"].tolist() == [0.35]
    assert found["service_quality"].tolist() == [0.5]
    assert np.isnan(columns_of(fake_runs.empty_history(4, 1))["deals_per_sales_month"]).all()


def test_the_best_month_is_that_of_the_highest_cash_flow_in_business() -> None:
    history = fake_runs.empty_history(4, 1)
    history.measures["revenue"][:, 0] = [-9, -5, -7, 50]
    history.measures["status"][3:] = CLOSED
    history.closed[0] = 2
    assert columns_of(history)["best_month"].tolist() == [1.0]
    never = fake_runs.empty_history(2, 1)
    never.measures["status"] = CLOSED
    assert np.isnan(columns_of(never)["best_month"]).all()


def test_customers_at_the_pivot_are_those_of_the_month_before() -> None:
    history = fake_runs.empty_history(5, 3)
    history.measures["customers"] = np.arange(5)[:, None] * 10
    history.pivoted[:] = [3, 0, -1]
    found = columns_of(history, *(fake_runs.plan(name) for name in "abc"))
    start = fake_runs.plan().start.customers
    assert found["customers_at_pivot"].tolist() == pytest.approx([20, start, np.nan], nan_ok=True)
    assert found["pivoted"].tolist() == pytest.approx([3, 0, np.nan], nan_ok=True)


def test_value_is_whole_cents_of_both_parts() -> None:
    history = fake_runs.empty_history(12, 1)
    history.measures["customers"], history.measures["revenue"] = 10, 1_001
    found = columns_of(history, finance=Finance(discount=0.1, hosting=0))
    assert found["value"][0] == found["value_cash"][0] + found["value_equity"][0]
    assert found["value"].dtype == np.int64
    assert found["value_equity"][0] > 0


def test_a_closed_firm_keeps_its_losses_and_nothing_happens_to_it_later() -> None:
    history = fake_runs.empty_history(10, 1)
    history.measures["status"][4:] = CLOSED
    history.measures["wages"] = 1_000
    history.closed[0] = 4
    columns = run_columns(history, Case(Params(finance=Finance(discount=0.0)), (fake_runs.plan(),)))
    assert (columns["value"][0], columns["value_equity"][0], columns["months_lived"][0]) == (-5_000, 0, 4)
    assert not columns["survived"][0]
    assert lived(history)["wages"].sum() == 5_000
    assert month_columns(history)["month"].tolist() == [0, 1, 2, 3]


def test_idle_capacity_has_no_dust_of_binary_fractions() -> None:
    history = fake_runs.empty_history(1, 1)
    history.measures["work_capacity"] = 10
    history.measures["work_upkeep"], history.measures["work_custom"], history.measures["work_roadmap"] = 7, 1, 2
    assert run_columns(history, Case(Params(), (fake_runs.plan(),)))["idle_share"].tolist() == [0.0]
