"""Claims, pivot and service that are killed or interrupted go on with the same command, and end with the same bytes."""

import os
import random
import re
import shutil
import signal
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from tiny_sweeps import ROOT, parents, start, until

from cxsim.store.journal import read_journal

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="signals")
PLAIN = ("--no-plots", "--no-report", "--workers", "2")


class Command(NamedTuple):
    """A command, and the folder that it makes."""

    words: tuple[str, ...]
    folder: str
    table: str


COMMANDS = [
    Command(("claims", "C18", "--robustness", "12", "--replicates", "30"), "claims-C18", "claims.csv"),
    Command(
        ("pivot", "survive_to_thrive.toml", "--months", "36", "--replicates", "24"), "pivot_survive_to_thrive", "moments.csv"
    ),
    Command(
        ("service", "largeco_service.toml", "--brief", "--months", "24", "--replicates", "4"),
        "service_largeco_service",
        "service.csv",
    ),
]


def content(folder: Path) -> dict[str, bytes]:
    """Bytes of all results; a manifest tells when they were made."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def stop(folder: Path, command: Command, number: signal.Signals, lines: int, pause: float) -> int:
    """Stop a command once so many lines stand in its journal; give back how many do then."""
    journal = folder / "results" / f"{command.folder}.unfinished" / "journal.jsonl"
    process = start(folder, *command.words, *PLAIN)
    assert until(lambda: process.poll() is not None or len(list(read_journal(journal, ""))) > lines, 60)
    time.sleep(pause)
    process.send_signal(number)
    began = time.monotonic()
    _, err = process.communicate(timeout=30)
    assert process.pid not in parents()
    kept = len(list(read_journal(journal, "")))
    assert kept > lines, f"it ended before it was stopped, or lost what was finished: {process.returncode}: {err}"
    if number == signal.SIGINT:
        assert time.monotonic() - began < 2
        assert process.returncode == 130
        told = re.search(r"Interrupted\. ([\d,]+) finished runs are kept in (\S+); the same command goes on from there\.", err)
        assert told, err
        assert (int(told[1].replace(",", "")), told[2]) == (kept, f"results/{command.folder}.unfinished")
    else:
        assert process.returncode == -number
    assert os.listdir(folder / "results") == [f"{command.folder}.unfinished"]
    return kept


@pytest.mark.parametrize("command", COMMANDS, ids=[command.words[0] for command in COMMANDS])
def test_they_go_on_and_end_the_same(command: Command, tmp_path: Path) -> None:
    chance = random.Random(command.folder)
    for name in ("whole", "stopped"):
        shutil.copytree(ROOT / "scenarios", tmp_path / name)
    whole = start(tmp_path / "whole", *command.words, *PLAIN)
    assert whole.communicate(timeout=120)[0]
    kept = 0
    for number in chance.sample([signal.SIGKILL, signal.SIGINT], 2):
        kept = stop(tmp_path / "stopped", command, number, kept + 1, chance.uniform(0, 0.02))
    last = start(tmp_path / "stopped", *command.words, *PLAIN)
    out, err = last.communicate(timeout=120)
    assert (whole.returncode, last.returncode) == (0, 0)
    assert f"Going on: {kept:,} runs were finished before." in err
    assert "Results: results/" in out
    assert os.listdir(tmp_path / "stopped" / "results") == [command.folder]
    found = content(tmp_path / "stopped" / "results" / command.folder)
    assert found == content(tmp_path / "whole" / "results" / command.folder)
    assert command.table in found


def test_a_journal_of_results_that_were_written_goes(tmp_path: Path) -> None:
    """A process may be killed just after it wrote its results, before it removed the journal."""
    words = ("claims", "C18", "--robustness", "2", "--replicates", "2", *PLAIN)
    start(tmp_path, *words).communicate(timeout=60)
    left = tmp_path / "results" / "claims-C18.unfinished"
    left.mkdir()
    for name in ("asked.json", "journal.jsonl", "lock"):
        (left / name).touch()
    out, _ = start(tmp_path, *words).communicate(timeout=60)
    assert "nothing was run" in out
    assert os.listdir(tmp_path / "results") == ["claims-C18"]


def test_what_a_killed_process_was_writing_goes(tmp_path: Path) -> None:
    """Results are written beside their place; what is left there is removed by who writes there next."""
    (tmp_path / "results" / ".claims-C18.new-abc").mkdir(parents=True)
    (tmp_path / "results" / ".claims-C18.new-abc" / "claims.csv").touch()
    start(tmp_path, "claims", "C18", "--robustness", "2", "--replicates", "2", *PLAIN).communicate(timeout=60)
    assert os.listdir(tmp_path / "results") == ["claims-C18"]
