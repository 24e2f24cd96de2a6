"""Disks that are full, read-only or broken: one message, nothing torn under a final name, and the sweep can be finished."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tiny_sweeps import ENVIRONMENT, Here, do, is_finished_and_tidy, place_of, tables, tiny, write_file

from bad_disk import BadDisk, small_disk
from cxsim.errors import StoreError
from cxsim.store import ResultFolder, disk, folder, provenance
from cxsim.store.verify import verify_folder
from cxsim.studies.sweep import run
from cxsim.studies.sweep.run import Execution, work_on

SMALL = tiny(replicates=1, factors={"market.segments": [2, 4]}, arms=["pivot"], measures=["value"])


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in this process, and save what takes long and is not the matter here: hundreds of sweeps are done."""
    monkeypatch.setattr(run, "ProcessPool", Here)
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(provenance, "versions", dict)
    monkeypatch.setattr(provenance, "commit", str)


def outcome(place: ResultFolder, faulty: BadDisk, patch: pytest.MonkeyPatch) -> str:
    """Do a sweep on a bad disk, and give back what it told."""
    with patch.context() as bad:
        bad.setattr(disk, "os", faulty)
        try:
            do(place.path, SMALL)
        except StoreError as error:
            return str(error)
    return ""


@pytest.mark.parametrize(
    ("number", "lasts", "step"),
    [(errno.ENOSPC, False, 1), (errno.EIO, True, 2)],
    ids=["one call finds no space", "the disk breaks"],
)
def test_calls_fail_in_turn(number: int, lasts: bool, step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    do(tmp_path / "good", SMALL)
    reason = "the disk is full" if number == errno.ENOSPC else "Input/output error"
    failed, tolerated, bad = set(), [], 1
    while True:
        place, faulty = place_of(tmp_path / str(bad)), BadDisk(bad, number, lasts)
        told = outcome(place, faulty, monkeypatch)
        if not faulty.failed:
            break
        failed.add(faulty.failed)
        if not place.path.exists():
            assert f"{reason}; what was finished is kept, and the same command goes on" in told
            do(place.path, SMALL)
        elif "cannot be read" in told:  # what was finished, and stays finished
            assert told.endswith(os.strerror(number))
        elif told:
            assert reason in told
            assert f"cxsim resume {place.shown} goes on" in told
            assert "\n" not in told
        else:
            tolerated.append(faulty.failed)
        assert [damage for damage in verify_folder(place) if "journal" not in damage] == []
        assert work_on(place, SMALL, Execution(1)) == (SMALL.total, 0, SMALL.total)
        assert tables(place.path) == tables(tmp_path / "good")
        assert is_finished_and_tidy(place.path), (bad, faulty.failed)
        bad += step
    assert failed >= {"open", "write", "fsync", "replace", "close"}
    assert bad > 40
    assert len(tolerated) <= 3, tolerated


@pytest.mark.parametrize("call", ["write_text", "fsync", "rename"])
def test_a_folder_that_cannot_be_made(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if call == "fsync":
            patch.setattr(folder, "_sync", fail)
        else:
            patch.setattr(Path, call, fail)
        with pytest.raises(StoreError, match="the disk is full; nothing was written"):
            do(tmp_path / "some" / "out", SMALL)
    assert os.listdir(tmp_path) == []


def change_disk(point: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(point)], check=True)


def test_a_disk_that_is_full_at_any_point(tmp_path: Path) -> None:
    design = tiny(detail="months", replicates=3)
    do(tmp_path / "good", design)
    messages: set[str] = set()
    size = 4
    with small_disk(tmp_path / "disk", size):
        place = place_of(tmp_path / "disk" / "out")
        while True:
            try:
                do(place.path, design)
                break
            except StoreError as error:
                message = str(error)
            assert message.count("\n") == 0
            assert "the disk is full" in message
            assert not place.path.exists() or verify_folder(place) == []
            assert not list(place.path.parent.glob(".*"))
            messages.add(message.partition(": ")[0].rpartition("/")[2])
            size += 4
            change_disk(tmp_path / "disk", f"size={size}k")
        assert tables(place.path) == tables(tmp_path / "good")
        assert is_finished_and_tidy(place.path)
    assert "journal.jsonl" in messages
    assert len(messages) >= 3, messages


def test_a_disk_that_becomes_read_only(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4_000):
        place = place_of(tmp_path / "disk" / "out")
        do(place.path, SMALL)
        (place.path / "manifest.json").unlink()
        change_disk(tmp_path / "disk", "ro")
        command = [sys.executable, "-m", "cxsim"]
        for words in (["resume", "out"], ["sweep", write_file(tmp_path), "--out", "disk/new"]):
            where = place.path.parent if words[0] == "resume" else tmp_path
            done = subprocess.run([*command, *words], cwd=where, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
            assert done.returncode == 2
            assert done.stderr.count("\n") == 1
            assert "ead-only file system" in done.stderr or "no permission to write" in done.stderr
        change_disk(tmp_path / "disk", "rw")
        assert do(place.path, SMALL)[0] == SMALL.total
        assert is_finished_and_tidy(place.path)
