"""The commands ``parity`` and ``schedule`` from the outside."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from cxsim.cli.parity import command as parity
from cxsim.cli.schedule import command as schedule
from cxsim.engine.fast import run as fast
from cxsim.errors import ScenarioError
from cxsim.model.schedule import SCHEDULE

SURVIVE = str(Path(__file__).parents[2] / "scenarios" / "survive_to_thrive.toml")
SMALL = ["--set", "market.customers=400", "--months", "4"]


def test_equal_engines_leave_with_zero() -> None:
    result = CliRunner().invoke(parity, [SURVIVE, *SMALL])
    assert result.exit_code == 0, result.output
    told = result.stderr.splitlines()
    for arm in ("customize", "pivot", "standard"):  # plain lines where there is no terminal
        assert [line.partition(" (")[0] for line in told if line.startswith(f"{arm}: ") and " of 4" in line] == [
            f"{arm}: {done} of 4 months" for done in (1, 2, 3, 4)
        ]
        assert any(line.startswith(f"{arm}: comparing 4 months") for line in told)
        assert f"{arm}: equal to the bit after each of 4 x {len(SCHEDULE)} phases (400 customers)" in result.output


def test_a_difference_is_placed_and_leaves_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    right = fast.run_phase

    def wrong(state: object, step: int, month: int) -> None:
        right(state, step, month)
        if month == 2 and step == 5:
            state.firms.cash[0] += 1  # type: ignore[attr-defined]

    monkeypatch.setattr(fast, "run_phase", wrong)
    result = CliRunner().invoke(parity, [SURVIVE, *SMALL, "--arm", "pivot"])
    assert result.exit_code == 1
    assert "pivot: DIFFERENT at month 2, phase settle, field firms.cash, entity 0" in result.output


def test_wrong_input_is_told() -> None:
    assert CliRunner().invoke(parity, [SURVIVE, "--months", "0"]).exit_code == 2
    result = CliRunner().invoke(parity, [SURVIVE, "--arm", "pivto"])
    assert isinstance(result.exception, ScenarioError)
    assert "did you mean 'pivot'" in str(result.exception)


def test_the_schedule_is_printed_whole_and_in_order() -> None:
    output = CliRunner().invoke(schedule).output
    places = [output.index(f"{number}. {phase.name}: {phase.meaning}") for number, phase in enumerate(SCHEDULE, 1)]
    assert places == sorted(places)
    assert all(field in output for phase in SCHEDULE for field in (*phase.reads, *phase.writes))
