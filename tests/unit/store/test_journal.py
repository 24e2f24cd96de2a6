"""What a journal recorded is there after a crash at any moment, and only one process writes it."""

import errno
import os
import random
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxsim.errors import StoreError
from cxsim.store import disk, journal, lock
from cxsim.store.journal import Journal, journal_damages, read_journal
from cxsim.store.lock import Lock, is_locked

TIE = "0" * 12


def entry(number: int) -> dict[str, Any]:
    return {"number": number, "value": number / 7, "none": None, "word": "é\n\u2028", "table": bytes([number % 256, 10, 0])}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


@pytest.fixture
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of journals are opened: the disk need not hold each."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def filled(path: Path, lines: int = 20) -> Path:
    with Journal.open(path, TIE) as made:
        for number in range(lines):
            made.append(f"run{number}", entry(number))
    return path


def everything(path: Path) -> dict[str, dict[str, Any]]:
    with Journal.open(path, TIE) as found:
        return {key: found.get(key) for key in found}


def test_entries_come_back(path: Path) -> None:
    filled(path)
    assert everything(path) == {f"run{number}": {"key": f"run{number}", **entry(number)} for number in range(20)}
    assert [one["number"] for one in read_journal(path, TIE)] == list(range(20))
    with Journal.open(path, TIE) as found:
        assert ("run3" in found, "run20" in found, len(found), found.damaged) == (True, False, 20, [])
        with pytest.raises(KeyError):
            found.get("run20")


def test_numbers_of_numpy_are_plain_and_other_things_are_refused(path: Path) -> None:
    with Journal.open(path, TIE) as made:
        made.append("a", {"count": np.int64(3), "share": np.float32(0.5), "yes": np.bool_(True), "nan": float("nan")})
        with pytest.raises(TypeError, match="cannot hold set"):
            made.append("b", {"x": {1}})
        found = made.get("a")
        assert (found["count"], found["share"], found["yes"], len(made)) == (3, 0.5, True, 1)
        assert np.isnan(found["nan"])


def test_the_later_line_of_a_key_wins(path: Path) -> None:
    filled(path)
    with Journal.open(path, TIE) as made:
        made.append("run3", {"failed": True})
        made.append("run3", {"failed": False})
        assert (len(made), made.get("run3")["failed"]) == (20, False)
    assert everything(path)["run3"] == {"key": "run3", "failed": False}


@pytest.mark.usefixtures("no_wait")
def test_a_journal_cut_anywhere_keeps_every_whole_line(path: Path) -> None:
    whole = filled(path, 6).read_bytes()
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        lines = whole[:size].count(b"\n")
        assert [one["number"] for one in read_journal(path, TIE)] == list(range(lines))
        assert bool(journal_damages(path, TIE)) == (not whole[:size].endswith(b"\n") and size > 0)
        with Journal.open(path, TIE) as made:
            assert (len(made), made.damaged) == (lines, [])
            made.append("more", {"number": 99})
        assert [one["number"] for one in read_journal(path, TIE)] == [*range(lines), 99]


@pytest.mark.usefixtures("no_wait")
def test_a_flipped_bit_costs_its_own_lines_only(path: Path) -> None:
    whole = filled(path).read_bytes()
    chance = random.Random(3)
    good = everything(path)
    for _ in range(400):
        at, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
        assert journal_damages(path, TIE)
        found = everything(path)
        assert len(found) >= 18, "a flipped end of a line costs two"
        assert found.items() <= good.items()


def test_damaged_lines_are_counted_and_new_ones_follow(path: Path) -> None:
    lines = filled(path).read_bytes().splitlines(keepends=True)
    lines[4] = lines[4].replace(b'"number":4', b'"number":5')
    lines[9] = b"\0" * 100 + b"\n"
    path.write_bytes(b"".join(lines))
    with Journal.open(path, TIE) as made:
        assert (made.damaged, len(made), "run4" in made) == ([5, 10], 18, False)
        made.append("run4", entry(4))
    assert everything(path)["run4"]["number"] == 4


def test_damage_after_opening_is_noticed_on_reading(path: Path) -> None:
    whole = filled(path).read_bytes()
    with Journal.open(path, TIE) as made:
        path.write_bytes(whole.replace(b'"number":3,', b'"number":4,'))
        with pytest.raises(StoreError, match="damaged"):
            made.get("run3")
        assert made.get("run4")["number"] == 4


def test_a_journal_that_is_done_with_goes(path: Path) -> None:
    with Journal.open(filled(path), TIE) as made:
        made.discard()
    assert not path.exists()
    made.close()


def test_readers_change_nothing(path: Path) -> None:
    whole = filled(path).read_bytes()[:-5]
    path.write_bytes(whole)
    assert len(list(read_journal(path, TIE))) == 19
    assert journal_damages(path, TIE) == ["the last line is torn"]
    assert journal_damages(path, TIE, writing=True) == []
    assert path.read_bytes() == whole
    assert list(read_journal(path.with_name("none"), TIE)) == []


def test_a_killed_process_loses_no_line(path: Path) -> None:
    """It appends as fast as it can and tells each key once it is recorded; then it is killed."""
    program = """
        import sys
        from pathlib import Path
        from cxsim.store.journal import Journal
        made = Journal.open(Path(sys.argv[1]), "0" * 12)
        for number in range(10**9):
            made.append(f"run{number}", {"number": number, "text": "x" * 1000})
            print(number, flush=True)
    """
    for wait in (0.05, 0.1, 0.2):
        path.unlink(missing_ok=True)
        command = [sys.executable, "-c", textwrap.dedent(program), str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(wait)
            process.kill()
            told = [0, *(int(line) for line in process.stdout.read().splitlines() if line)]
        assert set(everything(path)) >= {f"run{number}" for number in range(max(told[:-1], default=0))}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory of a process is read as Linux tells it")
def test_a_hundred_thousand_entries_take_little_memory_and_time(path: Path) -> None:
    """Less than 60 MB over what the imports take, and less than 60 microseconds a line without the disk."""
    program = """
        import sys, time
        from pathlib import Path
        from cxsim.store import journal
        from cxsim.store.journal import Journal
        journal.SYNC_SECONDS = 1e9
        def most(): return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
        before, blocks = most(), []
        entry = {"number": 1, "values": bytes(range(256)) * 4, "seconds": 0.02}
        made = Journal.open(Path(sys.argv[1]), "0" * 12)
        for block in range(100):
            started = time.process_time()
            for number in range(1000 * block, 1000 * block + 1000):
                made.append(f"{number:032x}", entry)
            blocks.append(time.process_time() - started)
        made.close()
        again = Journal.open(Path(sys.argv[1]), "0" * 12)
        assert len(again) == 100_000 and again.get(f"{99_999:032x}")["number"] == 1
        print(sorted(blocks)[50] / 1000, (most() - before) / 1024)
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    spent, grown = map(float, done.stdout.split())
    assert path.stat().st_size > 100_000 * 1_400
    assert grown < 60
    assert spent < 60e-6


def test_the_disk_is_asked_once_a_second(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, synced = [0.0], []
    monkeypatch.setattr(journal.time, "monotonic", lambda: now[0])
    with Journal.open(path, TIE) as made:
        monkeypatch.setattr(disk, "sync", synced.append)
        for number in range(100):
            now[0] += 0.051
            made.append(str(number), {})
        assert len(synced) == 5


class HalfAWrite:
    """Takes half of what is written, then the disk is full; ``cut`` may fail as well."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, cut_fails: bool) -> None:
        self.on = True
        write, cut = disk.write, disk.cut

        def half(file: int, data: bytes) -> None:
            if not self.on:
                return write(file, data)
            os.write(file, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")

        def no_cut(file: int, size: int) -> None:
            if self.on and cut_fails:
                raise OSError(errno.EIO, "Input/output error")
            cut(file, size)

        monkeypatch.setattr(disk, "write", half)
        monkeypatch.setattr(disk, "cut", no_cut)


@pytest.mark.parametrize("cut_fails", [False, True])
@pytest.mark.parametrize("opened_again", [False, True])
def test_half_a_line_never_stays_in_the_middle(
    path: Path, monkeypatch: pytest.MonkeyPatch, cut_fails: bool, opened_again: bool
) -> None:
    filled(path)
    made = Journal.open(path, TIE, "cxsim resume DIR")
    fault = HalfAWrite(monkeypatch, cut_fails)
    with pytest.raises(StoreError) as told:
        made.append("more", {"number": 20})
    assert str(told.value) == (
        f"{path}: the disk is full; what was finished is kept, and cxsim resume DIR goes on when there is room again"
    )
    assert "more" not in made
    fault.on = False
    if opened_again:
        made = Journal.open(path, TIE)
    made.append("more", {"number": 20})
    made.close()
    assert [one["number"] for one in read_journal(path, TIE)] == list(range(21))
    assert journal_damages(path, TIE) == []


def test_after_a_failed_sync_nothing_is_promised_any_more(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Journal.open(filled(path), TIE, resume="the same command")

    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "sync", broken)
        with pytest.raises(StoreError, match=r"Input/output error.*the same command goes on once"):
            made.sync()
    for promise in (made.sync, made.close, lambda: made.append("more", {})):
        with pytest.raises(StoreError, match=r"journal\.jsonl: "):
            promise()
    assert len(everything(path)) == 20


@pytest.mark.parametrize("place", ["missing/journal.jsonl", ".", "file/journal.jsonl"])
def test_a_journal_that_cannot_be_opened_is_told(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="what was finished is kept"):
        Journal.open(tmp_path / place, TIE)


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    program = (
        "import sys; from pathlib import Path; from cxsim.store.lock import Lock\n"
        "with Lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_one_process_at_a_time(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    assert is_locked(tmp_path / "lock")
    with pytest.raises(StoreError) as told, Lock(tmp_path / "lock", "results/sweep"):
        pass
    assert str(told.value) == "results/sweep is being worked on by another cxsim; wait for it, or end it"
    holder.kill()
    holder.wait()
    assert not is_locked(tmp_path / "lock")
    with Lock(tmp_path / "lock"):
        assert is_locked(tmp_path / "lock")
    assert list(tmp_path.iterdir()) == []


def test_a_lock_whose_file_was_removed_meanwhile_is_taken_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, take = tmp_path / "lock", lock._take
    removed = []

    def late(file: int) -> None:
        take(file)
        if not removed:
            removed.append(path.unlink())

    monkeypatch.setattr(lock, "_take", late)
    with Lock(path):
        assert is_locked(path)


def test_a_disk_without_locks_is_told_and_tolerated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock, "_take", refused)
    with Lock(tmp_path / "lock") as held:
        assert "without locks" in held.note
        assert not is_locked(tmp_path / "lock")


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"missing/lock: No such file"), Lock(tmp_path / "missing" / "lock"):
        pass
