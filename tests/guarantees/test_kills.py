"""Sweeps whose processes are killed at random instants: nothing finished is lost, nothing is done twice, nothing is left over.

Most lives are forks of a process that has everything loaded, so that a hundred deaths take a minute or two; some are commands.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import lives
import pytest
from tiny_sweeps import (
    ENVIRONMENT,
    Here,
    descendants,
    do,
    is_finished_and_tidy,
    parents,
    runs_in_journal,
    start,
    tables,
    until,
    write_file,
)

from cxsim.store.journal import JOURNAL
from cxsim.studies.sweep import run
from cxsim.studies.sweep.design import Design

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up as Linux tells them")


def contents(path: Path) -> bytes:
    """Read a file that may be gone."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def kill(folder: Path, seed: int, kills: int, seconds: float) -> dict[str, Any]:
    command = [sys.executable, lives.__file__, str(folder), str(seed), str(kills)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, done.stderr[-3_000:]
    left = [path for path in Path("/proc").glob("[0-9]*/cmdline") if str(folder).encode() in contents(path)]
    assert not left
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_hundred_kills(tmp_path: Path) -> None:
    found = kill(tmp_path, 1, 100, 230)
    assert sum(found["kills"].values()) >= 100
    assert all(found["kills"][who] >= 15 for who in lives.WHO)


@pytest.mark.slow
def test_a_thousand_kills(tmp_path: Path) -> None:
    found = kill(tmp_path, random.SystemRandom().randrange(10**6), 1_000, 3_000)
    assert sum(found["kills"].values()) >= 1_000


def test_commands_that_are_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way of a user: the sweep is killed when it has just begun to work, is resumed, killed, and resumed."""
    name, chance = write_file(tmp_path, replicates=80), random.Random(4)
    journal, before = tmp_path / "out" / JOURNAL, 0
    for number, words in enumerate([("sweep", name, "--out", "out"), ("resume", "out")]):
        command = start(tmp_path, *words, "--workers", "2")
        assert until(lambda: journal.exists() and journal.read_bytes().count(b"\n") > before + 50)  # noqa: B023
        time.sleep(chance.uniform(0, 0.1))
        family = {command.pid, *descendants(command.pid)}
        assert len(family) == 3
        if number:
            command.kill()
        else:
            os.killpg(command.pid, signal.SIGKILL)
        command.communicate(timeout=20)
        assert until(lambda: not family & parents().keys())  # noqa: B023
        before = len(runs_in_journal(tmp_path / "out"))
    last = start(tmp_path, "resume", "out", "--workers", "2")
    out, err = last.communicate(timeout=100)
    assert (last.returncode, "Results: out (960 runs" in out) == (0, True), err
    assert is_finished_and_tidy(tmp_path / "out")
    monkeypatch.setattr(run, "ProcessPool", Here)
    do(tmp_path / "whole", Design.read(tmp_path / name))
    assert tables(tmp_path / "whole") == tables(tmp_path / "out")
