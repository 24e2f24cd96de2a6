"""Every figure has a title, labelled axes, and room for all that it shows."""

import io
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import fake_runs
from cxsim.charts.matplotlib import figure
from cxsim.charts.scales import even_part, month_ticks
from cxsim.measures.series import FEW, RunTables, bands, few_from, over_time
from cxsim.studies.run.charts import charts
from cxsim.studies.run.execute import assemble, run_scenario


def picture(scenario: Any) -> RunTables:
    tables = assemble(run_scenario(scenario, simulate=fake_runs.simulate).records)
    plans = [plan.name for plan in scenario.arms[0].case.firms]
    return RunTables(tables.months, tables.runs, [arm.name for arm in scenario.arms], plans[0], plans, scenario.months)


def figures(found: RunTables) -> dict[str, Figure]:
    return {chart.name: figure(chart) for chart in charts(found)}


THREE = (("one", (fake_runs.plan(),)), ("two", (fake_runs.plan(level=2.0),)), ("three", (fake_runs.plan(level=0.5),)))
SCENARIOS = {
    "one run": fake_runs.scenario(("only", (fake_runs.plan(),)), replicates=1, months=6),
    "three arms": fake_runs.scenario(*THREE),
    "many arms": fake_runs.scenario(*((f"{name}{n}", plans) for n in range(2) for name, plans in THREE), months=48),
    "two firms": fake_runs.scenario(("only", (fake_runs.plan(count=2), fake_runs.plan("rival", level=2.0)))),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_figures_are_titled_labelled_and_drawn(name: str) -> None:
    made = figures(picture(SCENARIOS[name]))
    assert {"customers", "cash", "satisfaction", "survival", "value", "capacity"} == set(made) - {"firms"}
    assert ("firms" in made) == (name == "two firms")
    for drawn in made.values():
        assert isinstance(drawn, Figure)
        assert drawn.get_suptitle()
        assert drawn.axes[0].get_xlabel() or drawn.axes[-1].get_xlabel()
        assert drawn.axes[0].get_ylabel() or drawn.axes[0].get_yticklabels()
        drawn.savefig(io.BytesIO(), format="png", dpi=40)


def test_arms_differ_in_more_than_colour() -> None:
    lines = figures(picture(SCENARIOS["three arms"]))["customers"].axes[0].get_lines()
    assert len({str(line.get_linestyle()) for line in lines}) == len({str(line.get_marker()) for line in lines}) == 3


def test_a_closed_firm_counts_as_no_customers_and_has_no_satisfaction() -> None:
    made = picture(fake_runs.scenario(("only", (fake_runs.plan(level=0.2),)), replicates=12))
    closed = made.runs["replicate"][~made.runs["survived"]]
    assert len(closed)
    assert (over_time(made, "only", "team", "customers", 0.0)[closed, -1] == 0).all()
    assert np.isnan(over_time(made, "only", "team", "satisfaction", np.nan)[closed, -1]).all()


def test_bands_are_percentiles_around_the_mean_and_gaps_stay_gaps() -> None:
    grid = np.column_stack([[*range(10), 21.0], np.full(11, np.nan)])
    found = bands(grid)
    assert found[:, 0].tolist() == [1.0, 6.0, 9.0]
    assert np.isnan(found[:, 1]).all()


def test_a_plan_of_several_firms_is_shown_by_its_mean() -> None:
    made = picture(SCENARIOS["two firms"])
    grid = over_time(made, "only", "team", "customers", 0.0)
    first = (made.months_table["plan"] == "team") & (made.months_table["replicate"] == 0) & (made.months_table["month"] == 0)
    assert first.sum() == 2
    assert grid[0, 0] == made.months_table["customers"][first].mean()


def _captions(figure: Figure) -> str:
    titles = [legend.get_title().get_text() for legend in figure.legends]
    return " ".join(" ".join([figure.get_supxlabel(), *titles]).split())


def test_what_few_firms_say_is_pale_and_told() -> None:
    made = picture(fake_runs.scenario(("only", (fake_runs.plan(level=0.2),)), ("other", (fake_runs.plan(),)), replicates=8))
    alive = [(made.months_table["arm"] == "only") & (made.months_table["month"] == month) for month in range(made.months)]
    end = next(month for month, rows in enumerate(alive) if rows.sum() < FEW)
    assert 0 < few_from(made, "only") == end < made.months
    drawn = figures(made)
    normal, pale = drawn["satisfaction"].axes[0].get_lines()[:2]
    assert (len(normal.get_xdata()), pale.get_xdata()[0], pale.get_alpha()) == (end + 1, end, 0.3)  # type: ignore[arg-type,index]
    for name in ("satisfaction", "capacity"):
        assert "drawn pale where fewer than 5 firms are left" in _captions(drawn[name])
    assert len(drawn["capacity"].axes[0].patches) == 1
    assert "pale" not in _captions(drawn["customers"])


def test_one_run_is_pale_only_where_no_firm_is_left() -> None:
    made = picture(SCENARIOS["one run"])
    closed = made.runs["closed"][0]
    assert few_from(made, "only") == (made.months if np.isnan(closed) else closed)


@pytest.mark.parametrize("name", ["customers", "cash"])
def test_captions_say_what_lines_and_bands_are(name: str) -> None:
    told = _captions(figures(picture(SCENARIOS["three arms"]))[name])
    assert "line: mean; band: 10th to 90th percentile; n = 4 runs per arm; a closed firm counts as" in told


def test_ticks_reach_the_horizon() -> None:
    assert month_ticks(60) == [0, 12, 24, 36, 48, 60]
    assert month_ticks(50) == [0, 12, 24, 36, 50]
    made = figures(picture(SCENARIOS["three arms"]))["survival"].axes[0]
    assert (list(made.get_xticks())[-1], made.get_xlim()) == (24, (0, 24))


def test_a_long_tail_does_not_hide_the_rest() -> None:
    usual = np.array([-250_000.0, -240_000.0, 260_000.0, 900_000.0])
    assert even_part([usual]) == 0.0
    assert even_part([np.zeros(3)]) == 0.0
    tail = np.append(usual, 30_000_000.0)
    assert even_part([usual, tail]) == 100_000.0
    made = picture(SCENARIOS["two firms"])
    assert figures(made)["value"].axes[0].get_xscale() == "linear"
    made.runs["value"][0] = 10_000 * np.abs(made.runs["value"]).max()
    drawn = figures(made)["value"]
    assert drawn.axes[0].get_xscale() == "symlog"
    assert "logarithmic beyond" in _captions(drawn)
    assert 0.0 in drawn.axes[0].get_xticks()
    assert 3 <= len(drawn.axes[0].get_xticks()) <= 11
