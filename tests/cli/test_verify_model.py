"""``cxsim verify-model`` as a user meets it."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from command_line import Cxsim

from cxsim.cli import group
from cxsim.statistics.intervals import NOTHING_KNOWN
from cxsim.store.tables import from_csv
from cxsim.studies import verification
from cxsim.studies.verification import Target, Tolerance, Verification

WRONG = Target("made up", 3.0, Tolerance(0.1), 4.0)
ALL_WRONG = Verification("P4", "waiting and staff", "-", lambda runner: (), lambda: [WRONG])


def run(*args: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(group, ["verify-model", *map(str, args)])
    return done.exit_code, done.stdout, done.stderr


def test_a_table_of_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = Verification("P3", "spending", "-", lambda runner: [WRONG._replace(measured=NOTHING_KNOWN)])
    monkeypatch.setitem(verification.VERIFICATIONS, "P3", nothing)
    out = tmp_path / "table.csv"
    code, text, _ = run("p4", "P3", "--out", out)
    assert code == 0
    lines = text.splitlines()
    assert lines[0].split() == ["kind", "what", "target", "measured", "95", "%", "interval", "tolerance"]
    assert [line for line in lines if line.startswith("P")] == ["P3: spending", "P4: waiting and staff"]
    assert ["model", "service", "staff,", "load", "500", "510", "510", "exact", "pass"] in [line.split() for line in lines]
    assert "11 of 12 figures pass, 0 fail, 1 not measured" in text
    assert max(map(len, lines)) <= 116
    rows = from_csv(out.read_text())
    assert len(rows) == 12
    assert {row["verdict"] for row in rows} == {"pass", "missing"}
    code, text, error = run("P4", "--out", out)
    assert code == 1  # 2 from the command line itself
    assert "exists and holds something else" in error
    assert run("P4", "--out", out, "--force")[0] == 0


def test_quiet_shows_what_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("P4", "--quiet")[:2] == (0, "")
    monkeypatch.setitem(verification.VERIFICATIONS, "P4", ALL_WRONG)
    code, text, _ = run("P4", "--quiet")
    assert code == 3
    assert len(text.splitlines()) == 1
    assert text.startswith("P4: exact  made up")
    assert text.rstrip().endswith("FAIL")
    assert run("P4")[1].endswith("0 of 1 figures pass, 1 fail\n")


def test_an_unknown_target(cxsim: Cxsim) -> None:
    told = "target P9 compares with published facts and not with theory, so it is not measured here"
    for name, message in (("P12", "no target 'P12'; allowed: P1, P2, "), ("P12", "did you mean 'P2'?"), ("P9", told)):
        code, _, err = cxsim("verify-model", name)
        assert code == 2
        assert message in err
