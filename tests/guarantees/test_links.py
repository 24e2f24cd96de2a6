"""Nothing is written through a link, or into a pipe or device, that lies in a folder of results: it would end elsewhere."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_sweeps import Here, place_of, tiny

from cxsim.errors import StoreError
from cxsim.store import disk
from cxsim.store.checkpoint import checkpoint, hold
from cxsim.store.lock import is_locked
from cxsim.studies.sweep import run
from cxsim.studies.sweep.folder import begin
from cxsim.studies.sweep.run import Execution, work_on

SMALL = tiny(replicates=1, factors={"market.segments": [2, 4]}, arms=["pivot"], measures=["value"])
PRECIOUS = "precious\n" * 1000
FILES = ["journal.jsonl", "lock", ".summary.csv.new", ".manifest.json.new", "runs/.00000.new"]


@pytest.fixture
def sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Folder of a sweep that has begun, in which nobody waits for ever."""
    monkeypatch.setattr(run, "ProcessPool", Here)
    begin(place_of(tmp_path / "out"), SMALL, False)
    (tmp_path / "elsewhere").write_text(PRECIOUS)
    signal.signal(signal.SIGALRM, lambda *_: pytest.fail("it waits"))
    signal.alarm(60)
    yield tmp_path / "out"
    signal.alarm(0)


def resume(folder: Path) -> None:
    work_on(place_of(folder), SMALL, Execution(1))


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own")
@pytest.mark.parametrize("no_flag", [False, True], ids=["", "a system without O_NOFOLLOW"])
@pytest.mark.parametrize("there", [True, False], ids=["to a file", "to nothing"])
@pytest.mark.parametrize("name", FILES)
def test_links_to_files(sweep: Path, name: str, there: bool, no_flag: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if no_flag:
        monkeypatch.setattr(disk, "NO_LINK", 0)
    target = sweep.parent / ("elsewhere" if there else "nothing")
    (sweep / name).parent.mkdir(exist_ok=True)
    (sweep / name).symlink_to(target)
    if not name.startswith("runs/"):  # leftovers there are removed, which leaves alone what a link shows
        with pytest.raises(StoreError, match="it is a symbolic link, which nothing is written through"):
            resume(sweep)
    else:
        resume(sweep)
    assert (sweep.parent / "elsewhere").read_text() == PRECIOUS
    assert target.exists() == there


def test_links_to_folders(sweep: Path) -> None:
    outside = sweep.parent / "outside"
    outside.mkdir()
    names = [".00000.new", f"00000-{'a' * 16}.parquet"]
    for name in names:
        (outside / name).write_text(PRECIOUS)
    (sweep / "runs").symlink_to(outside)
    with pytest.raises(StoreError, match="it is a symbolic link"):
        resume(sweep)
    assert sorted(os.listdir(outside)) == names


def test_a_link_beside_the_results(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "x.unfinished").symlink_to(tmp_path / "outside")
    with pytest.raises(StoreError, match="it is a symbolic link"), hold(place_of(tmp_path / "x")):
        pass  # pragma: no cover
    assert os.listdir(tmp_path / "outside") == []
    (tmp_path / "y.unfinished").mkdir()
    (tmp_path / "elsewhere").write_text(PRECIOUS)
    for name in ("journal.jsonl", ".asked.json.new"):
        (tmp_path / "y.unfinished" / name).symlink_to(tmp_path / "elsewhere")
    with hold(place_of(tmp_path / "y")), pytest.raises(StoreError, match="link"), checkpoint(place_of(tmp_path / "y"), {}):
        pass  # pragma: no cover
    assert (tmp_path / "elsewhere").read_text() == PRECIOUS


def test_looking_for_a_lock_opens_nothing_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "nothing")
    assert not is_locked(tmp_path / "lock")
    assert not (tmp_path / "nothing").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
@pytest.mark.parametrize("name", ["journal.jsonl", "lock", ".summary.csv.new", ".manifest.json.new"])
def test_pipes(sweep: Path, name: str) -> None:
    os.mkfifo(sweep / name)
    with pytest.raises(StoreError):
        resume(sweep)
