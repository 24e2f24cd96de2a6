"""Levers that do nothing are told, at their place, and stop nothing."""

from pathlib import Path

import pytest

from cxsim.scenario import load_scenario
from cxsim.scenario.examples import scenario_files
from cxsim.scenario.sweep import is_sweep

ROOT = Path(__file__).parents[3]
HEAD = 'title = "T"\nquestion = "Q?"\n[firms.f.strategy]\n'


def warnings(tmp_path: Path, text: str, *settings: str) -> list[str]:
    file = tmp_path / "a.toml"
    file.write_text(text)
    return [str(one).replace(f"{tmp_path}/", "") for one in load_scenario(file, settings).warnings]


@pytest.mark.parametrize(
    ("idle", "working", "needs"),
    [
        ("vip_share = 0.5", 'tiers = "vip"', "tiers = 'vip'"),
        ("vip_premium = 0.5", 'tiers = "vip"', "tiers = 'vip'"),
        ("horizon = 6", 'service_rule = "profit"', "service_rule = 'profit'"),
        ("service_goal = 0.9", 'service_rule = "floating"', "service_rule = 'goal' or 'floating'"),
        ("custom_fee = 100", "promise = true", "custom_share above 0 or promise = true"),
        ('tiers = "vip"', "vip_share = 0.2", "a vip_share above 0"),
    ],
)
def test_a_lever_without_what_it_needs(tmp_path: Path, idle: str, working: str, needs: str) -> None:
    text = HEAD + idle + ("\nvip_share = 0" if "tiers" in idle else "")
    key = idle.partition(" ")[0]
    assert warnings(tmp_path, text) == [
        f"a.toml:4:1: firms.f.strategy.{key}: warning: this does nothing here; it needs {needs}"
    ]
    assert warnings(tmp_path, HEAD + idle + "\n" + working) == []


def test_one_arm_that_uses_it_is_enough(tmp_path: Path) -> None:
    text = HEAD + "horizon = 6\n[arms.a]\n[arms.b.firms.f.strategy]\n"
    assert warnings(tmp_path, text + 'service_rule = "profit"') == []
    assert len(warnings(tmp_path, text + 'service_rule = "goal"')) == 1
    mine = HEAD + "[arms.a.firms.f.strategy]\nhorizon = 6\n[arms.b.firms.f.strategy]\nservice_rule = 'profit'"
    assert warnings(tmp_path, mine)[0].startswith("a.toml:5:1: arms.a.firms.f.strategy.horizon: warning")


def test_what_follows_a_pivot_counts(tmp_path: Path) -> None:
    later = HEAD + "horizon = 6\n[firms.f.after]\nservice_rule = 'profit'\n"
    assert warnings(tmp_path, later + "[firms.f.pivot]\nwhen = 'viable'") == []
    assert len(warnings(tmp_path, later)) == 1  # it never pivots
    after = HEAD + "[firms.f.after]\nhorizon = 6\n"
    assert warnings(tmp_path, after) == []
    found = warnings(tmp_path, after + "[firms.f.pivot]\nwhen = 'viable'")
    assert [one.partition(": warning")[0] for one in found] == ["a.toml:5:1: firms.f.after.horizon"]


def test_settings_are_told_too_and_files_below_are_not(tmp_path: Path) -> None:
    assert warnings(tmp_path, HEAD, "firms.f.strategy.horizon=6") == [
        "--set firms.f.strategy.horizon=6: firms.f.strategy.horizon: warning: this does nothing here; it needs "
        "service_rule = 'profit'"
    ]
    (tmp_path / "below.toml").write_text(HEAD + 'horizon = 6\nservice_rule = "profit"')
    assert warnings(tmp_path, 'extends = "below.toml"\n[firms.f.strategy]\nservice_rule = "fixed"') == []


EXAMPLES = [path for path in scenario_files(ROOT / "scenarios") if not is_sweep(path)]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_example_has_a_lever_that_does_nothing(path: Path) -> None:
    assert load_scenario(path).warnings == ()
