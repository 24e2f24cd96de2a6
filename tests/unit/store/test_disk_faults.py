"""Every single call on the disk is made to fail: one message, nothing torn, and the work can be finished."""

import errno
import io
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bad_disk import CALLS, BadDisk
from cxsim.errors import StoreError
from cxsim.store import disk, journal, provenance, results
from cxsim.store.checksummed_json import read_checksummed, write_checksummed
from cxsim.store.folder import MANIFEST, QUERY, ResultFolder
from cxsim.store.journal import JOURNAL, Journal, tie_of
from cxsim.store.lock import LOCK, Lock
from cxsim.store.parts import PART, clean_parts, read_parts, write_parts
from cxsim.store.tables import Columns
from cxsim.store.verify import verify_folder

RUNS = 5
RESUME = "cxsim resume DIR"
ORIGIN = results.Origin({"name": "x"}, "digest", "x", 7, [1, 2], "fast", "cxsim sweep x", "now", 1.0)


def sweep(folder: Path, synced: list[str]) -> None:
    """Do what a sweep does, or go on with it: ask, record, write parts and manifest, forget the record."""
    place = ResultFolder(folder, "DIR")
    with disk.guarded(folder, RESUME):
        disk.make_folder(folder)
    with Lock(folder / LOCK, "DIR", RESUME):
        if not (folder / QUERY).exists():
            write_checksummed(folder / QUERY, {"replicates": RUNS}, RESUME)
        with Journal.open(folder / JOURNAL, tie_of({"replicates": RUNS}), RESUME) as record:
            for number in range(RUNS):
                if f"run{number}" not in record:
                    record.append(f"run{number}", {"number": number, "value": number / 7})
                    synced.append(f"run{number}")
            names = write_parts(folder, "runs", rows_of(record), rows=2, resume=RESUME)
            clean_parts(folder, "runs", names, RESUME)
            results.finish(place, ORIGIN, names, RESUME)
            record.discard()


def rows_of(record: Journal) -> Iterator[Columns]:
    for number in range(RUNS):
        entry = record.get(f"run{number}")
        yield {"number": np.array([entry["number"]]), "value": np.array([entry["value"]])}


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def check_nothing_is_torn(folder: Path, expected: dict[str, bytes]) -> None:
    for name, content in (tree(folder) if folder.exists() else {}).items():
        base = name.rpartition("/")[2]
        if base in (MANIFEST, QUERY):
            read_checksummed(folder / name)
        if PART.fullmatch(base):
            assert content == expected[name]
    if (folder / MANIFEST).exists():
        assert verify_folder(ResultFolder(folder, "DIR")) == []


def check_recorded(folder: Path, synced: list[str]) -> None:
    """What was synced is in the record, or already in the finished table."""
    if (folder / MANIFEST).exists():
        names = [name for name in read_checksummed(folder / MANIFEST)["files"] if name != QUERY]
        assert sum(len(piece["number"]) for piece in read_parts(folder, names)) == RUNS
    elif synced:
        with Journal.open(folder / JOURNAL, tie_of({"replicates": RUNS})) as record:
            assert set(record) >= set(synced)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SYNC_SECONDS", 0.0)
    monkeypatch.setattr(provenance, "commit", lambda: None)


def uninterrupted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, bytes], int]:
    with monkeypatch.context() as patch:
        good = BadDisk()
        patch.setattr(disk, "os", good)
        sweep(folder, [])
    return tree(folder), good.calls


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("lasts", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS], ids=errno.errorcode.get)
def test_every_call_on_the_disk_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, lasts: bool) -> None:
    expected, calls = uninterrupted(tmp_path / "whole", monkeypatch)
    assert calls > 60
    tried = set()
    for bad in range(1, calls + 1):
        folder, synced, faulty = tmp_path / "out", [], BadDisk(bad, number, lasts)
        with monkeypatch.context() as patch:
            patch.setattr(disk, "os", faulty)
            with pytest.raises(StoreError) as told:
                sweep(folder, synced)
        tried.add(faulty.failed)
        check_told(str(told.value), folder, number)
        check_nothing_is_torn(folder, expected)
        check_recorded(folder, synced)
        with monkeypatch.context() as patch:
            patch.setattr(disk, "os", BadDisk())
            sweep(folder, synced)
        assert tree(folder) == expected
        shutil.rmtree(folder)
    assert tried == set(CALLS) - {"ftruncate"}, "a good disk never has to cut; see test_journal.py"


@pytest.mark.usefixtures("quick")
def test_a_file_gets_its_name_only_when_the_disk_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a loss of power could leave the name without the content. The folder is told of the name at once."""
    said: list[tuple[str, str]] = []
    names: dict[int, str] = {}

    def opened(path: Path, *more: int) -> int:
        file = os.open(path, *more)
        names[file] = str(path)
        return file

    def noted(call: str) -> Any:
        def note(file: int, *data: Any) -> Any:
            said.append((call, names[file]))
            return os.write(file, *data) if data else None

        return note

    def replaced(draft: Path, path: Path) -> None:
        about = [call for call, name in said if name == str(draft)]
        assert about[0] == "write"
        assert about[-1] == "fsync"
        os.replace(draft, path)
        said.append(("replace", str(path)))

    steps = {"open": opened, "write": noted("write"), "fsync": noted("fsync"), "replace": replaced}
    monkeypatch.setattr(disk, "os", type("Noted", (BadDisk,), {name: staticmethod(step) for name, step in steps.items()})())
    sweep(tmp_path / "out", [])
    named = [index for index, (call, _) in enumerate(said) if call == "replace"]
    assert len(named) == 2 + 3, "what was asked, the manifest, and three parts"
    assert all(said[index + 1] == ("fsync", str(Path(said[index][1]).parent)) for index in named)


def check_told(told: str, folder: Path, number: int) -> None:
    assert "\n" not in told
    assert told.startswith(str(folder))
    assert ("the disk is full" if number == errno.ENOSPC else os.strerror(number)) in told
    assert told.endswith(f"{RESUME} goes on {'when there is room again' if number == errno.ENOSPC else 'once that is mended'}")


MOVED = " is now in "


class BadSystem:
    """Makes call number ``bad`` of all that a folder of results is written with fail, and all later ones if it ``lasts``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, bad: int, lasts: bool) -> None:
        self.bad, self.lasts, self.calls = bad, lasts, 0
        for module, name in ((os, "mkdir"), (os, "rename"), (os, "fsync"), (io, "open")):
            monkeypatch.setattr(module, name, self._watched(getattr(module, name)))

    def _watched(self, true: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            if any(word in ("r", "rb") for word in arguments[1:2]):
                return true(*arguments, **named)
            self.calls += 1
            if self.calls == self.bad or (self.lasts and self.calls > self.bad > 0):
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return true(*arguments, **named)

        return call


def write_results(place: ResultFolder, value: float) -> None:
    table = results.Table({"value": np.array([value])})
    results.write(place, ORIGIN, {"runs": table}, (("value",), [(value,)]), {"value": b"png"}, texts={"answer.txt": "yes"})


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("there", [False, True], ids=["new", "replaced"])
@pytest.mark.parametrize("lasts", [False, True], ids=["once", "lasting"])
def test_a_folder_of_results_is_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, lasts: bool
) -> None:
    place = ResultFolder(tmp_path / "out", "DIR")
    with monkeypatch.context() as patch:
        good = BadSystem(patch, 0, False)
        write_results(place, 2.0)
    assert good.calls > 10
    new = tree(place.path)
    messages = set()
    for bad in range(1, good.calls + 1 + there):
        shutil.rmtree(place.path, ignore_errors=True)
        if there:
            write_results(place, 1.0)
        old = tree(place.path)
        with monkeypatch.context() as patch:
            BadSystem(patch, bad, lasts)
            said = refused(place)
        messages.add(said.partition(str(tmp_path))[0])
        if MOVED in said:
            moved = Path(said.partition(MOVED)[2])
            assert tree(moved) == old
            shutil.rmtree(moved.parent)
        else:
            assert tree(place.path) == (old if said else new)
        assert os.listdir(tmp_path) in (["out"], [])
    told = "cannot write results to DIR: Input/output error; "
    moved_away = {told + "what stood there" + MOVED} if there and lasts else set()
    assert messages - {""} == {told + "nothing was written"} | moved_away


def refused(place: ResultFolder) -> str:
    try:
        write_results(place, 2.0)
    except StoreError as error:
        return str(error)
    return ""


FULL = """
    import os, sys
    from pathlib import Path
    from cxsim.errors import StoreError
    from cxsim.store.journal import Journal, journal_damages
    from cxsim.store.parts import write_parts
    import numpy as np
    folder = Path(sys.argv[1])
    record, kept = Journal.open(folder / "journal.jsonl", "0" * 12, "cxsim resume DIR"), []
    try:
        for number in range(10**6):
            record.append(f"run{number}", {"number": number, "text": "x" * 1000})
            kept.append(number)
    except StoreError as error:
        print(error)
    assert 500 < len(kept) < 1500 and not journal_damages(folder / "journal.jsonl", "0" * 12)
    try:
        write_parts(folder, "runs", [{"x": np.random.default_rng(1).random(100_000)}])
    except StoreError as error:
        print(error)
    assert not [name for name in os.listdir(folder / "runs")] if (folder / "runs").exists() else True
    (folder / "ballast").unlink()
    record.append(f"run{len(kept)}", {"number": len(kept)})
    record.close()
    assert len(Journal.open(folder / "journal.jsonl", "0" * 12)) == len(kept) + 1
    assert len(os.listdir(folder / write_parts(folder, "runs", [{"x": np.arange(1000.0)}])[0].split("/")[0])) == 1
    print("finished")
"""
MOUNTED = 'mount -t tmpfs -o size=2m none "$1" && head -c 1000000 /dev/zero > "$1/ballast" && exec "$2" -c "$3" "$1"'


@pytest.mark.skipif(shutil.which("unshare") is None, reason="a small disk of its own needs unshare, of Linux")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """A disk of 2 MB, half of it taken, in a name space of its own; then there is room again."""
    apart = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*apart, "mount", "-t", "tmpfs", "none", str(tmp_path)], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount a disk in a name space of its own")
    command = [*apart, "sh", "-c", MOUNTED, "sh", str(tmp_path), sys.executable, textwrap.dedent(FULL)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    full, also_full, finished = done.stdout.splitlines()
    assert full == (
        f"{tmp_path}/journal.jsonl: the disk is full; what was finished is kept, "
        "and cxsim resume DIR goes on when there is room again"
    )
    assert "runs" in also_full
    assert "the disk is full" in also_full
    assert finished == "finished"
