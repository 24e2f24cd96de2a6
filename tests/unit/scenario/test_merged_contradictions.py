"""Keys that cannot act once a file, what it extends, arms and settings are put together: never ignored without a word."""

from pathlib import Path

import pytest

from cxsim.errors import ScenarioError
from cxsim.scenario import load_scenario

HEAD = 'title = "T"\nquestion = "Q?"\n[firms.f]\n'
NEVER = HEAD + 'pivot.when = "never"\nafter.price = 40_000\n'
IDLE = "warning: this does nothing here; it needs "


def told(tmp_path: Path, text: str, *settings: str, base: str = "") -> list[str]:
    (tmp_path / "base.toml").write_text(base)
    file = tmp_path / "a.toml"
    file.write_text(text)
    try:
        problems = list(load_scenario(file, settings).warnings)
    except ScenarioError as error:
        problems = error.problems
    return [str(one).replace(f"{tmp_path}/", "") for one in problems]


UNUSED = "not used by this pivot; allowed: only with when = 'month'"


def test_a_key_of_a_trigger_that_is_inherited_otherwise(tmp_path: Path) -> None:
    arm = "[arms.a]\nfirms.f.pivot.month = 12\n"
    assert told(tmp_path, NEVER + arm) == [f"a.toml:7:15: arms.a.firms.f.pivot.month: {UNUSED}"]
    assert told(tmp_path, 'extends = "base.toml"\n' + arm, base=NEVER) == [f"a.toml:3:15: arms.a.firms.f.pivot.month: {UNUSED}"]
    child = 'extends = "base.toml"\nfirms.f.pivot.month = 12\n'
    assert told(tmp_path, child, base=NEVER) == [f"a.toml:2:15: firms.f.pivot.month: {UNUSED}"]
    assert told(tmp_path, NEVER, "firms.f.pivot.month=12") == [f"--set firms.f.pivot.month=12: firms.f.pivot.month: {UNUSED}"]
    assert told(tmp_path, NEVER + "[arms.b]\n" + arm, "arms.a.firms.f.pivot.month=9")[0].startswith("--set arms.a.firms")


@pytest.mark.parametrize(
    "key", ["customers = 12", "viable_months = 3", 'signal = "cash_flow"', "threshold = 1", "above = false"]
)
def test_keys_of_every_trigger(tmp_path: Path, key: str) -> None:
    (problem,) = told(tmp_path, NEVER + f"[arms.a]\nfirms.f.pivot.{key}\n")
    assert problem.startswith(f"a.toml:7:15: arms.a.firms.f.pivot.{key.split(' ')[0]}: not used by this pivot")


def test_a_trigger_that_an_arm_chooses_may_leave_inherited_keys_idle(tmp_path: Path) -> None:
    base = HEAD + 'pivot = { when = "month", month = 12 }\nafter.price = 40_000\n'
    assert told(tmp_path, base + '[arms.a]\nfirms.f.pivot.when = "never"\n') == []
    assert told(tmp_path, 'extends = "base.toml"\n[arms.a]\nfirms.f.pivot.when = "viable"\n', base=base) == []
    assert told(tmp_path, NEVER + '[arms.a]\nfirms.f.pivot = { when = "month", month = 12 }\n') == []


IDLE_KEYS = {
    "after without a pivot in an arm": (
        NEVER + "[arms.a]\nfirms.f.after.price = 40_001\n",
        "a.toml:7:15: arms.a.firms.f.after.price: " + IDLE + "a pivot: 'when' other than 'never'",
    ),
    "pivot after the end": (
        "months = 12\n" + HEAD + 'pivot = { when = "month", month = 12 }\nafter.price = 40_000\n',
        "a.toml:5:27: firms.f.pivot.month: " + IDLE + "a month of the run",
    ),
    "pivot beyond the market": (
        HEAD + 'pivot = { when = "customers", customers = 20_001 }\nafter.price = 40_000\n',
        "a.toml:4:31: firms.f.pivot.customers: " + IDLE + "a market of as many customers",
    ),
    "pivot to the same": (
        HEAD + 'pivot.when = "viable"\nstrategy.price = 40_000\nafter.price = 40_000\n',
        "a.toml:4:7: firms.f.pivot.when: " + IDLE + "something in 'after' that differs from 'strategy'",
    ),
    "founded after the end": (
        "months = 12\n" + HEAD + "[firms.g]\nfounded = 12\n",
        "a.toml:6:1: firms.g.founded: " + IDLE + "a month of the run",
    ),
    "entrants that never enter": (
        HEAD + '[entry]\nfirm = "f"\n',
        "a.toml:5:1: entry.firm: " + IDLE + "an entry.rate above 0",
    ),
    "a limit of none": (
        HEAD + "[arms.a]\nentry.limit = 3\n",
        "a.toml:5:7: arms.a.entry.limit: " + IDLE + "an entry.rate above 0",
    ),
}


@pytest.mark.parametrize(("text", "expected"), IDLE_KEYS.values(), ids=IDLE_KEYS)
def test_a_key_that_cannot_act_is_told(tmp_path: Path, text: str, expected: str) -> None:
    assert told(tmp_path, text) == [expected]


def test_what_some_arm_uses_is_not_told(tmp_path: Path) -> None:
    assert told(tmp_path, NEVER + '[arms.a]\n[arms.b]\nfirms.f.pivot.when = "viable"\n') == []
    entry = '[entry]\nfirm = "f"\nlimit = 3\n[arms.a]\n[arms.b]\nentry.rate = 1\n'
    assert told(tmp_path, HEAD + entry) == []
