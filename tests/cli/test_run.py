"""``cxsim run`` from the outside: what it writes, says, refuses, and leaves with."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from command_line import FAKES, PACKAGE, ROOT, SCENARIO, Cxsim

from cxsim.store.tables import read_parquet

SHORT = ("--months", "24", "--replicates", "3", "--seed", "7")


@pytest.fixture
def run(cxsim: Cxsim) -> Cxsim:
    """The command with made-up histories in place of an engine."""
    cxsim.engine(FAKES["simulate"])
    return cxsim.of("run", SCENARIO)


def test_a_run_writes_everything_and_answers(run: Cxsim) -> None:
    code, out, err = run(*SHORT)
    assert code == 0
    place = run.folder / "results" / "survive_to_thrive"
    plots = {f"plots/{name}.png" for name in ("customers", "cash", "satisfaction", "survival", "value", "capacity")}
    manifest = json.loads((place / "manifest.json").read_text())
    assert set(manifest["files"]) == plots | {"months.parquet", "runs.parquet", "summary.csv", "report.html"}
    assert "9 of 9 runs (100 %)" in err
    for word in ("Survive to thrive", "founders is worth", "In business after 24 months", "95 % intervals", "against the best"):
        assert word in out
    assert all(option in manifest["command"] for option in ("--seed 7", "--replicates 3", "--months 24"))
    assert "Look for: Compare the three" in " ".join(out.split())
    assert manifest["notes"] == []
    assert len(read_parquet(place / "runs.parquet")["arm"]) == 9


def test_the_same_again_runs_nothing_and_gives_the_same_answer(run: Cxsim) -> None:
    _, first, _ = run(*SHORT, "--no-plots")
    before = (run.folder / "results/survive_to_thrive/manifest.json").read_bytes()
    run.engine(None)
    code, again, _ = run(*SHORT, "--engine", "reference", "--no-plots")
    assert code == 0
    assert "already in results/survive_to_thrive" in again
    answer = first[first.index("Survive to thrive") : first.index("\nResults:")]
    assert answer.strip() in again
    assert (run.folder / "results/survive_to_thrive/manifest.json").read_bytes() == before


def test_other_results_are_replaced_only_with_force(run: Cxsim) -> None:
    assert run(*SHORT, "--no-plots")[0] == 0
    code, _, err = run("--months", "12", "--replicates", "2", "--no-plots")
    assert code == 2
    assert "--force" in err
    assert run("--months", "12", "--replicates", "2", "--no-plots", "--force")[0] == 0
    assert os.listdir(run.folder / "results") == ["survive_to_thrive"]


def test_a_run_that_fails_costs_no_other_and_the_command_leaves_with_3(run: Cxsim) -> None:
    run.engine(FAKES["fail_in_the_second"])
    code, out, err = run(*SHORT, "--no-plots", "--quiet")
    assert (code, out) == (3, "")
    assert "arm pivot, replicate 1" in err
    assert "a lot of trouble" in err
    place = run.folder / "results" / "survive_to_thrive"
    assert len(read_parquet(place / "runs.parquet")["arm"]) == 6
    failures = json.loads((place / "manifest.json").read_text())["failures"]
    assert [(failure["arm"], failure["replicate"]) for failure in failures] == [("customize", 1), ("pivot", 1), ("standard", 1)]
    assert "--replicates 2" in failures[0]["command"]
    assert run(*SHORT, "--no-plots")[0] == 3  # found again, still with holes


def test_nothing_is_written_when_every_run_fails(run: Cxsim) -> None:
    run.engine(None)
    code, _, err = run(*SHORT)
    assert code == 3
    assert "nothing was written" in err
    assert os.listdir(run.folder) == []


def test_quiet_says_nothing(run: Cxsim) -> None:
    assert run(*SHORT, "--no-plots", "--quiet", "--out", "here") == (0, "", "")
    assert (run.folder / "here" / "manifest.json").is_file()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--replicates", "0"), "--replicates 0: 0 is too small"),
        (("--seed", "-1"), "--seed -1: -1 is too small"),
        (("--months", "many"), "--months many: 'many' is text"),
        (("--out", "a" * 300), "File name too long"),
        (("--out", ""), "the path is empty"),
        (("--set", "market.custmers=500"), "did you mean"),
        (("--engine", "quick"), "--engine"),
        (("--workers", "0"), "--workers"),
        (("--out", "/proc/nowhere/at/all"), "/proc/nowhere"),
    ],
)
def test_wrong_options_leave_with_2_and_write_nothing(run: Cxsim, words: tuple[str, ...], told: str) -> None:
    code, _, err = run(*words)
    assert code == 2
    assert told in err
    assert "Traceback" not in err
    assert os.listdir(run.folder) == []


def test_a_missing_scenario_leaves_with_2(cxsim: Cxsim) -> None:
    code, _, err = cxsim("run", "nowhere.toml")
    assert code == 2
    assert "nowhere.toml" in err


def test_settings_that_win_over_arms_are_told(run: Cxsim) -> None:
    code, out, err = run(*SHORT, "--no-plots", "--set", "firms.founders.pivot.when=never")
    assert code == 0
    note = "--set firms.founders.pivot.when=never overrides what arms pivot, standard say"
    alike = "the arms customize, pivot and standard are alike: they have the same value everywhere; each run is done once"
    for told in (note, alike):
        assert f"Note: {told}" in out
        assert f"Note: {told}" in err
    assert json.loads((run.folder / "results/survive_to_thrive/manifest.json").read_text())["notes"] == [note, alike]


def test_first_customers_that_cannot_be_won_are_told(run: Cxsim) -> None:
    words = ("--set", "market.customers=2000", "--set", "firms.founders.start.customers=1_900", *SHORT, "--no-plots")
    for _ in range(2):  # run, then found again
        code, out, _ = run(*words)
        assert code == 0
        assert re.search(
            r"Note: founders started with 1,\d+ of 1,900 customers in arms customize, pivot, standard: no more", out
        )


FAKED = """
import runpy, sys
import cxsim.engine
from cxsim.cli import main
cxsim.engine.simulate = runpy.run_path(sys.argv[1])["simulate"]
sys.argv = ["cxsim", *sys.argv[2:]]
main()
"""


def left_with(folder: Path, stdout: Any, *words: str) -> tuple[int, str]:
    """Exit code and errors of the command with a standard output of choice and made-up histories."""
    environment = os.environ | {"PYTHONPATH": PACKAGE}
    command = [sys.executable, "-c", FAKED, str(ROOT / "tests" / "fake_runs.py"), *words]
    done = subprocess.run(command, cwd=folder, env=environment, stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=120)
    return done.returncode, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close otherwise")
def test_a_closed_pipe_is_no_mistake(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    assert left_with(tmp_path, writer, "schema")[1] == ""
    os.close(writer)


def test_workers_do_not_change_a_byte(run: Cxsim) -> None:
    assert run(*SHORT, "--no-plots", "--out", "one", "--workers", "1")[0] == 0
    assert run(*SHORT, "--no-plots", "--out", "two", "--workers", "2")[0] == 0
    for name in ("months.parquet", "runs.parquet", "summary.csv"):
        assert (run.folder / "one" / name).read_bytes() == (run.folder / "two" / name).read_bytes()


SLEEPER = """
import os, sys, time
import cxsim.engine
from cxsim.cli import main
def sleep(*_):
    os.write(1, b"asleep\\n")  # whole, although two threads write
    time.sleep(60)
cxsim.engine.simulate = sleep
sys.argv = ["cxsim", "run", sys.argv[1], "--quiet", "--workers", "2"]
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def test_ctrl_c_stops_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": PACKAGE}
    words = [sys.executable, "-c", SLEEPER, SCENARIO]
    with subprocess.Popen(
        words, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "asleep\n"
        start = time.monotonic()
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=20)
    assert run.returncode == 130
    assert time.monotonic() - start < 5
    assert "Interrupted" in err
    assert "Traceback" not in err
    assert os.listdir(tmp_path) == []


def test_a_lever_that_does_nothing_is_noted(run: Cxsim) -> None:
    code, out, err = run(*SHORT, "--no-plots", "--set", "firms.founders.strategy.horizon=6")
    note = "Note: --set firms.founders.strategy.horizon=6: firms.founders.strategy.horizon: warning: this does nothing here"
    assert code == 0
    assert note in err
    assert note in out
