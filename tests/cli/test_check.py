"""The commands around scenario files, as a user meets them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import PACKAGE

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"


def cxsim(*args: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([PACKAGE, os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "cxsim", *map(str, args)]
    return subprocess.run(command, cwd=cwd, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, timeout=60)


def test_check_says_what_is_fine() -> None:
    done = cxsim("check", "scenarios/survive_to_thrive.toml", "scenarios/baseline.toml", "--set", "replicates=20")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == (
        "scenarios/survive_to_thrive.toml: ok (3 arms, 20 replicates, 120 months, 20,000 customers)"
    )
    assert "baseline.toml: ok (1 arm, " in done.stdout


def test_check_lists_the_problems_of_all_files(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('title = "A"\nquestion = "?"\n[firms.f]\ncounts = 1\n')
    (tmp_path / "b.toml").write_text('title = "B"\nquestion = "?"\n[firms.f]\ncount = 0\n')
    done = cxsim("check", "a.toml", "b.toml", "c.toml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    starts = ["a.toml:4:1: firms.f.counts: unknown key", "b.toml:4:9: firms.f.count: 0 is too small", "c.toml: no such file"]
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith(start) for line, start in zip(lines, starts, strict=True))


def test_check_with_a_setting() -> None:
    done = cxsim("check", "scenarios/baseline.toml", "--set", "market.customers=5_000")
    assert "5,000 customers" in done.stdout
    assert cxsim("check", "scenarios/baseline.toml", "--set", "market.customers=5").returncode == 2
    done = cxsim("check", "scenarios/survive_to_thrive.toml", "--set", "firms.founders.pivot.when=never")
    assert "\n  note: --set firms.founders.pivot.when=never overrides what arms pivot, standard say" in done.stdout


def test_check_warns_of_what_does_nothing_and_leaves_with_0(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('title = "A"\nquestion = "?"\n[firms.f.strategy]\nvip_share = 0.5\n')
    done = cxsim("check", "a.toml", cwd=tmp_path)
    assert (done.returncode, done.stdout.startswith("a.toml: ok")) == (0, True)
    assert done.stderr.startswith(
        "a.toml:4:1: firms.f.strategy.vip_share: warning: this does nothing here; it needs tiers = 'vip'"
    )


def test_check_of_a_sweep(tmp_path: Path) -> None:
    done = cxsim("check", "scenarios/sweeps/best_moment.toml", "--set", "replicates=4", "--set", "months=12")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("best_moment.toml: ok (sweep: 45 points x 1 arm x 4 replicates = 180 runs of 12 months)\n")
    (tmp_path / "base.toml").write_text('title = "A"\nquestion = "?"\n[firms.f]\n')
    head = 'title = "A"\nquestion = "?"\nscenario = "base.toml"\n[factors]\n'
    (tmp_path / "a.toml").write_text(head + "market.drift = { values = [0, 0.6] }\n")
    (tmp_path / "b.toml").write_text(head + "market.needs_max = { linspace = [1, 5, 5] }\n")
    done = cxsim("check", "a.toml", "b.toml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert lines[0].startswith("a.toml:5:31: market.drift: 0.6 is too large; allowed: a number from 0 to 0.5")
    assert lines[1:] == [
        f"b.toml:5:8: market.needs_max: needs_min 4 is above needs_max {most} (point {most - 1}: market.needs_max = {most})"
        for most in (1, 2, 3)
    ]


def test_a_sweep_is_not_run_as_a_scenario(tmp_path: Path) -> None:
    done = cxsim("run", ROOT / "scenarios" / "sweeps" / "best_moment.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert "this is a sweep, not a scenario; run it with: cxsim sweep FILE" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_scenarios_lists_sweeps() -> None:
    done = cxsim("scenarios", "scenarios/sweeps")
    assert (done.returncode, done.stderr) == (0, "")
    assert "scenarios/sweeps/best_moment.toml\n  The best moment of the pivot\n  When should a founder team" in done.stdout


def test_check_needs_a_file() -> None:
    done = cxsim("check")
    assert done.returncode == 2
    assert "FILE" in done.stderr


@pytest.mark.parametrize("name", ["check", "schema", "scenarios", "init", "verify-model"])
def test_help_has_an_example(name: str) -> None:
    assert f"Example: cxsim {name}" in cxsim(name, "--help").stdout


def test_check_does_not_import_what_it_does_not_need() -> None:
    heavy = {"pandas", "numba", "mesa", "matplotlib", "pyarrow", "scipy", "networkx"}
    code = "import sys, cxsim.scenario as s; s.load_scenario('scenarios/baseline.toml'); print(*sys.modules)"
    env = os.environ | {"PYTHONPATH": PACKAGE}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.split())


def test_check_is_quick() -> None:
    best = min(_seconds("check", "scenarios/survive_to_thrive.toml") for _ in range(3))
    assert best < 0.6 * 2, "the aim is 0.6 s on an idle machine"


def _seconds(*args: str) -> float:
    """Processor time of a command: unlike time on the wall, other work on the machine hardly changes it."""
    before = os.times()
    cxsim(*args)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def test_schema_is_printed_or_written_whole(tmp_path: Path) -> None:
    printed = cxsim("schema")
    assert json.loads(printed.stdout)["title"] == "cxsim scenario"
    out = tmp_path / "s.json"
    assert cxsim("schema", "--out", out).returncode == 0
    assert out.read_text() == printed.stdout
    assert "already there" in cxsim("schema", "--out", out).stdout
    out.write_text("mine")
    refused = cxsim("schema", "--out", out)
    assert (refused.returncode, out.read_text()) == (2, "mine")
    assert cxsim("schema", "--out", out, "--force").returncode == 0
    assert [file.name for file in tmp_path.iterdir()] == ["s.json"]
    for bad in (tmp_path / "no" / "s.json", tmp_path / ("a" * 300), ""):
        done = cxsim("schema", "--out", bad)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_scenarios_lists_titles_and_broken_files(tmp_path: Path) -> None:
    here = cxsim("scenarios").stdout
    assert "scenarios/survive_to_thrive.toml\n  Survive to thrive\n  Should a Verysmallco" in here
    assert "\n  Look for: Compare the three" in here
    assert "scenarios/verification\n  12 more; list them with: cxsim scenarios scenarios/verification\n" in here
    assert "P7: word of mouth" not in here
    assert "P7: word of mouth" in cxsim("scenarios", "scenarios/verification").stdout
    assert "Survive to thrive" in cxsim("scenarios", cwd=tmp_path).stdout  # the examples that come along
    (tmp_path / "bad.toml").write_text("x = 1")
    assert "cannot be run: 4 problem(s); see: cxsim check" in cxsim("scenarios", tmp_path).stdout
    empty = tmp_path / "empty"
    empty.mkdir()
    assert cxsim("scenarios", empty).returncode == 2
    assert cxsim("scenarios", tmp_path / "none").returncode == 2


def test_init_copies_once_and_never_overwrites(tmp_path: Path) -> None:
    names = sorted(str(file.relative_to(SCENARIOS)) for file in SCENARIOS.rglob("*") if file.is_file())
    first = cxsim("init", "study", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    study = tmp_path / "study"
    assert sorted(str(file.relative_to(study)) for file in study.rglob("*") if file.is_file()) == names
    assert cxsim("check", *sorted(study.rglob("*.toml"))).returncode == 0
    assert "already there, unchanged" in cxsim("init", "study", cwd=tmp_path).stdout
    (study / "baseline.toml").write_text("mine")
    (study / "one_market.toml").unlink()
    refused = cxsim("init", "study", cwd=tmp_path)
    assert refused.returncode == 2
    assert "study/baseline.toml" in refused.stderr
    assert (study / "baseline.toml").read_text() == "mine"
    assert not (study / "one_market.toml").exists()
    (study / "baseline.toml").unlink()
    assert "2 files written" in cxsim("init", "study", cwd=tmp_path).stdout


def test_init_into_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = cxsim("init", tmp_path / "file")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert cxsim("init", tmp_path / "file" / "sub").returncode == 2
    empty = cxsim("init", "", cwd=tmp_path)
    assert (empty.returncode, empty.stderr) == (2, "Error: the path is empty; name a folder, or . for this one\n")
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
