"""Whatever happens to a standard stream costs no work and no result."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from command_line import PACKAGE

SCENARIO = """
title = "Arrows → and more"
question = "What → comes?"
months = 3
replicates = 6
[market]
customers = 200
[firms.a.start]
customers = 5
"""
COMMAND = f"{sys.executable} -m cxsim"
RUN = f"{COMMAND} run s.toml --out results/s --no-plots"


def shell(folder: Path, line: str) -> "subprocess.CompletedProcess[str]":
    """Do a line of the shell beside a scenario."""
    folder.joinpath("s.toml").write_text(SCENARIO, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": PACKAGE}
    return subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


def runs_in(folder: Path) -> int:
    return len(pd.read_parquet(folder / "results" / "s" / "runs.parquet"))


@pytest.mark.parametrize(
    "line",
    [
        f"{RUN} 2>&-",
        f"{RUN} >&-",
        f"{RUN} <&- >&- 2>&-",
        f"{RUN} 2>&1 >/dev/null | true",
        f"{RUN} 2>&1 >/dev/null | head -1",
        f"{RUN} | true",
        f"({RUN}; echo $? >code) | head -1; exit $(cat code)",
        f"{RUN} 2>/dev/full",
        f"PYTHONIOENCODING=cp1252 {RUN} >told 2>&1",
        f"LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 {RUN} >told",
        f"PYTHONIOENCODING=ascii {RUN}",
    ],
)
def test_results_are_written_whatever_the_streams_are(tmp_path: Path, line: str) -> None:
    done = shell(tmp_path, line)
    assert done.returncode in (0, 141), done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert runs_in(tmp_path) == 6
    assert {path.name for path in tmp_path.iterdir()} - {"told", "code"} == {"results", "s.toml"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_behind_the_output_is_told(tmp_path: Path) -> None:
    done = shell(tmp_path, f"{RUN} >/dev/full")
    assert done.returncode == 2
    told = done.stderr.splitlines()[-1]
    assert told == "Error: cannot write to the standard output: No space left on device; the results are in results/s"
    assert "Traceback" not in done.stderr
    assert runs_in(tmp_path) == 6


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", ["schema", "--help", "check s.toml", "schedule"])
def test_a_full_disk_behind_other_output_is_told(tmp_path: Path, words: str) -> None:
    done = shell(tmp_path, f"{COMMAND} {words} >/dev/full")
    assert (done.returncode, done.stderr) == (2, "Error: cannot write to the standard output: No space left on device\n")


def test_output_that_nobody_reads_is_no_mistake_of_ours(tmp_path: Path) -> None:
    done = shell(tmp_path, f"set -o pipefail; {COMMAND} schema | head -1")
    assert done.returncode in (0, 141)
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["\\u001b]0;title\\u0007", "\\u009b31m", "\\u202e", "a\\rb"])
def test_nothing_in_a_message_steers_the_terminal(tmp_path: Path, name: str) -> None:
    text = f'{SCENARIO}\n[firms."{name}".start]\ncustomers = 1\n[entry]\nfirm = "nobody"\nrate = 1.0\nlimit = 2\n'
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
    done = shell(tmp_path, f"{COMMAND} check bad.toml")
    assert done.returncode == 2
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\r"} & set(done.stdout + done.stderr)


def test_a_bar_still_draws_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO, encoding="utf-8")
    ours, theirs = pty.openpty()
    with subprocess.Popen(RUN.split(), cwd=tmp_path, stderr=theirs, stdout=subprocess.DEVNULL, stdin=theirs) as process:
        os.close(theirs)
        told = b""
        while True:
            try:
                part = os.read(ours, 1024)
            except OSError:  # the other end is closed
                break
            told += part
    os.close(ours)
    assert process.returncode == 0
    assert b"\r" in told
    assert b"6/6" in told
