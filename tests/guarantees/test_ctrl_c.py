"""Ctrl-C ends a sweep within two seconds, leaves no process, and says how to go on."""

import os
import re
import signal
import time
from pathlib import Path

import pytest
from tiny_sweeps import descendants, parents, runs_in_journal, start, until, write_file

from cxsim.store.journal import JOURNAL

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up as Linux tells them")


@pytest.mark.parametrize("whole_group", [True, False], ids=["as a terminal does", "to the parent alone"])
@pytest.mark.parametrize("lines", [0, 200], ids=["while workers start", "while runs are done"])
def test_within_two_seconds(whole_group: bool, lines: int, tmp_path: Path) -> None:
    name = write_file(tmp_path, customers=400, months=60, replicates=500)
    journal = tmp_path / "out" / JOURNAL
    command = start(tmp_path, "sweep", name, "--out", "out", "--workers", "2")
    assert until(lambda: journal.exists() and journal.read_bytes().count(b"\n") >= lines)
    assert until(lambda: len(descendants(command.pid)) == 2)
    family = {command.pid, *descendants(command.pid)}
    began = time.monotonic()
    if whole_group:
        os.killpg(command.pid, signal.SIGINT)
    else:
        command.send_signal(signal.SIGINT)
    _, err = command.communicate(timeout=30)
    assert time.monotonic() - began < 2
    assert not family & parents().keys()
    assert command.returncode == 130
    last = err.splitlines()[-1]
    told = re.fullmatch(r"Interrupted\. ([\d,]+) of 6,000 runs are kept; go on with: cxsim resume out", last)
    assert told, err
    assert int(told[1].replace(",", "")) == len(runs_in_journal(tmp_path / "out")) >= lines - 1
    assert "Traceback" not in err
    assert sorted(os.listdir(tmp_path / "out")) == ["asked.json", JOURNAL]
