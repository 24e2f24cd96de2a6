"""Each target is met by the full engine, in scenarios that any user could write."""

import math
from pathlib import Path

import pytest

from cxsim.experiments.intervals import NOTHING_KNOWN, mean_interval
from cxsim.experiments.verification import VERIFICATIONS, Row, Target, Tolerance, cells
from cxsim.experiments.verification.runs import measured
from cxsim.experiments.verification.targets import COLUMNS, figure, standard_error
from cxsim.scenario import load_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "verification"
MISSING = {"gap that the service audit finds"}


@pytest.mark.parametrize("name", VERIFICATIONS)
def test_targets_are_met(name: str) -> None:
    rows = VERIFICATIONS[name].measure(None)
    assert rows
    assert {row.target.id for row in rows} == {name}
    assert [row for row in rows if row.verdict == "fail"] == []
    assert {row.target.what for row in rows if row.verdict == "missing"} <= MISSING


def test_nothing_happens_in_the_quiet_scenario() -> None:
    firm = measured("quiet", lambda history: history.measures[:, 0], 1)["base"][0]
    for name in ("customers", "standard_features", "custom_features", "reputation", "playbook", "backlog"):
        assert len(set(firm[name].tolist())) == 1, name
    for name in ("deals", "churned", "contacts", "walk_ins", "hires", "dismissals", "wages", "running_costs", "requests"):
        assert not firm[name].any(), name
    assert set(firm["satisfaction_sum"].tolist()) == {100 * 1_000_000}
    assert firm["cash"].tolist() == [100 * 1_000 * (month + 1) for month in range(12)]


def test_what_is_switched_on_is_all_that_theory_speaks_of() -> None:
    """Off in all: whatever would blur the comparison."""
    on = {
        "p04_staffing": {"queue"},
        "p01_arrivals": {"word_of_mouth"},
        "p05_choosing_again": {"polish", "loyalty", "choosing_again"},
        "p07_word_of_mouth": {"word_of_mouth"},
        "p08_ruin": {"shocks"},
        "p10_floating_goal": {"queue", "goal_erosion"},
        "p11_switch": {"needs", "custom_work", "promises", "memory", "loyalty"},
    }
    for file in SCENARIOS.glob("*.toml"):
        switches = [arm.case.params.mechanisms._asdict() for arm in load_scenario(file).arms]
        assert {name for one in switches for name, value in one.items() if value} == on.get(file.stem, set()), file.stem


def test_every_group_of_targets_with_runs_has_its_scenario() -> None:
    numbers = {f"P{int(file.stem[1:3])}" for file in SCENARIOS.glob("p*.toml")}
    assert numbers == set(VERIFICATIONS) - {"P3"}  # P3 asks of functions only


@pytest.mark.parametrize(
    ("tolerance", "text", "passes"),
    [
        (Tolerance(0.4), "0.4", False),
        (Tolerance(0.6), "0.6", True),
        (Tolerance(0.05, "share"), "5 %", True),
        (Tolerance(0), "exact", False),
    ],
)
def test_verdicts(tolerance: Tolerance, text: str, passes: bool) -> None:
    row = Row(Target("P0", "exact", "ten", 10.0, tolerance, "-"), figure(10.5))
    assert (str(tolerance), row.verdict) == (text, "pass" if passes else "fail")
    assert row._replace(measured=NOTHING_KNOWN).verdict == "missing"
    assert dict(zip(COLUMNS, cells(row), strict=True))["verdict"] == row.verdict


def test_verdicts_by_standard_error() -> None:
    values = [1.0, 2.0, 3.0, 4.0]
    measured = mean_interval(values)
    assert standard_error(measured) == pytest.approx(math.sqrt(5 / 3 / 4))
    target = Target("P0", "model", "mean", 2.5 + 2.9 * standard_error(measured), Tolerance(3, "errors"), "-")
    assert Row(target, measured).verdict == "pass"
    assert Row(target._replace(value=2.5 - 3.1 * standard_error(measured)), measured).verdict == "fail"


def test_the_model_does_not_pass_when_a_scenario_asks_for_something_else() -> None:
    """A check that cannot fail says nothing: with an eighth more leaving, the number of customers is off."""
    from cxsim.experiments.verification.customers import served

    found = measured("p01_arrivals", served, None, ("loyalty.leave_slope=6.2", "months=240", "replicates=10"), ("steady",))
    assert abs(found["steady"][:, 120:].mean() / 500 - 1) > 0.05
