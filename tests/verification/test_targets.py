"""Each target is met by the full engine, in scenarios that any user could write."""

import math
from pathlib import Path

import pytest

from cxsim.scenario import load_scenario
from cxsim.statistics.intervals import NOTHING_KNOWN, mean_interval
from cxsim.store.rows import rows_to_csv
from cxsim.store.tables import from_csv
from cxsim.studies.base import Runner
from cxsim.studies.verification import VERIFICATIONS, Target, TargetRow, Tolerance
from cxsim.studies.verification.runs import measured
from cxsim.studies.verification.targets import standard_error

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "verification"
REFERENCE = Path(__file__).parents[2] / "results" / "reference" / "verification.csv"
ANEW = "if results were meant to change: python docs/generate.py --run, and an entry in CHANGELOG.md"


@pytest.mark.parametrize("name", VERIFICATIONS)
def test_targets_are_met(name: str) -> None:
    rows = VERIFICATIONS[name].measure(Runner())
    assert rows
    assert {row.id for row in rows} == {name}
    assert [row for row in rows if row.verdict == "fail"] == []
    assert [row for row in rows if row.verdict == "missing"] == []
    kept = [row for row in from_csv(REFERENCE.read_text(encoding="utf-8")) if row["id"] == name]
    found = from_csv(rows_to_csv(TargetRow, rows))
    assert [row["what"] for row in found] == [row["what"] for row in kept]
    for mine, theirs in zip(found, kept, strict=True):
        for column in ("target", "measured"):
            mean, before = (float(row[column] or "nan") for row in (mine, theirs))
            assert mean == pytest.approx(before, rel=1e-4, abs=1e-9, nan_ok=True), f"{mine['what']}: {ANEW}"


def test_nothing_happens_in_the_quiet_scenario() -> None:
    firm = measured("quiet", lambda history: history.measures[:, 0], Runner(1))["base"][0]
    for name in ("customers", "standard_features", "custom_features", "playbook", "backlog", "polish"):
        assert len(set(firm[name].tolist())) == 1, name
    for name in ("deals", "churned", "contacts", "walk_ins", "hires", "dismissals", "wages", "running_costs", "requests"):
        assert not firm[name].any(), name
    assert set(firm["satisfaction_sum"].tolist()) == {100 * 1_000_000}
    assert firm["cash"].tolist() == [100 * 1_000 * (month + 1) for month in range(12)]


def test_what_is_switched_on_is_all_that_theory_speaks_of() -> None:
    """Off in all: whatever would blur the comparison."""
    on = {
        "p01_arrivals": {"word_of_mouth"},
        "p03_keeping": {"queue", "loyalty"},
        "p04_staffing": {"queue"},
        "p05_choosing_again": {"polish", "loyalty", "choosing_again"},
        "p07_word_of_mouth": {"word_of_mouth"},
        "p08_ruin": {"shocks"},
        "p10_floating_goal": {"queue", "goal_erosion"},
        "p11_switch": {"needs", "custom_work", "promises", "memory", "loyalty"},
        "p11_pivot": {"needs", "custom_work", "promises", "memory", "loyalty"},
    }
    for file in SCENARIOS.glob("*.toml"):
        switches = [arm.case.params.mechanisms._asdict() for arm in load_scenario(file).arms]
        assert {name for one in switches for name, value in one.items() if value} == on.get(file.stem, set()), file.stem


def test_every_group_of_targets_has_its_scenario() -> None:
    numbers = {f"P{int(file.stem[1:3])}" for file in SCENARIOS.glob("p*.toml")}
    assert numbers == set(VERIFICATIONS)


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
    target = Target("ten", 10.0, tolerance, 10.5)
    row = target.row("P0", "exact", "-")
    assert (row.tolerance, row.verdict) == (text, "pass" if passes else "fail")
    assert target._replace(measured=NOTHING_KNOWN).row("P0", "exact", "-").verdict == "missing"
    assert from_csv(rows_to_csv(TargetRow, [row]))[0]["verdict"] == row.verdict


def test_verdicts_by_standard_error() -> None:
    values = [1.0, 2.0, 3.0, 4.0]
    measured = mean_interval(values)
    assert standard_error(measured) == pytest.approx(math.sqrt(5 / 3 / 4))
    target = Target("mean", 2.5 + 2.9 * standard_error(measured), Tolerance(3, "errors"), values)
    assert target.row("P0", "model", "-").verdict == "pass"
    assert target._replace(value=2.5 - 3.1 * standard_error(measured)).row("P0", "model", "-").verdict == "fail"


def test_the_model_does_not_pass_when_a_scenario_asks_for_something_else() -> None:
    """A check that cannot fail says nothing: with an eighth more leaving, the number of customers is off."""
    from cxsim.studies.verification.customers import served

    found = measured("p01_arrivals", served, Runner(), ("loyalty.leave_slope=6.2", "months=240", "replicates=10"), ("steady",))
    assert abs(found["steady"][..., 120:].mean() / 500 - 1) > 0.05
