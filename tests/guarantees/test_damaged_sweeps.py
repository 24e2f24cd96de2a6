"""Damage to the folder of a sweep is found, or has no effect; what a damaged journal lost is done again."""

import os
import random
import shutil
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from tiny_sweeps import Here, do, place_of, tables, tiny

from cxsim.errors import StoreError
from cxsim.store import ResultFolder, provenance
from cxsim.store.journal import JOURNAL
from cxsim.store.results import read_manifest
from cxsim.store.verify import verify_folder
from cxsim.studies.sweep import run
from cxsim.studies.sweep.folder import read_design
from cxsim.studies.sweep.results import frame_of, lines_of
from cxsim.studies.sweep.run import Count, Execution, work_on

DESIGN = tiny(replicates=2, detail="months", arms=["pivot"])
DAMAGES = 1_000


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in this process, and do not wait for the disk."""
    monkeypatch.setattr(run, "ProcessPool", Here)
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(provenance, "versions", dict)
    monkeypatch.setattr(provenance, "commit", str)


class StopError(Exception):
    """Stands for whatever stops a sweep."""


@pytest.fixture(params=["finished", "unfinished"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> ResultFolder:
    def stop(count: Count) -> None:
        if request.param == "unfinished" and count.done == 9:
            raise StopError

    with suppress(StopError):
        do(tmp_path / "out", DESIGN, 1, stop)
    assert (tmp_path / "out" / JOURNAL).exists() == (request.param == "unfinished")
    return place_of(tmp_path / "out")


def damage(path: Path, chance: random.Random) -> None:
    """Flip a bit of a file, or cut it."""
    content = bytearray(path.read_bytes())
    at = chance.randrange(len(content))
    if chance.random() < 0.25:
        del content[at:]
    else:
        content[at] ^= 1 << chance.randrange(8)
    path.unlink()
    path.write_bytes(content)


def read(place: ResultFolder) -> list[pd.DataFrame] | None:
    """Everything that can be read back, None when it is refused."""
    try:
        design, manifest = read_design(place), read_manifest(place)
        frames = [frame_of(place, manifest, name) for name in ("runs", "months")]
        return [*frames, pd.DataFrame(lines_of(place, manifest, design))]
    except StoreError:
        return None


def is_cut_behind_a_line(place: ResultFolder, original: bytes) -> bool:
    """Such a journal is that of a moment before."""
    path = place.path / JOURNAL
    return path.exists() and original.startswith(path.read_bytes()) and path.read_bytes()[-1:] in (b"\n", b"")


def test_any_damage_is_found_or_has_no_effect(place: ResultFolder) -> None:
    chance = random.Random(8)
    files = {path: path.read_bytes() for path in sorted(place.path.rglob("*")) if path.is_file()}
    journal = files.get(place.path / JOURNAL, b"")
    whole = read(place)
    assert verify_folder(place) == []
    for _ in range(DAMAGES // 2):
        path = chance.choice(list(files))
        damage(path, chance)
        if not verify_folder(place) and not is_cut_behind_a_line(place, journal):
            found = read(place)
            assert (found is None) == (whole is None)
            for one, other in zip(found or (), whole or (), strict=True):
                pd.testing.assert_frame_equal(one, other, check_exact=True)
        path.write_bytes(files[path])


def test_tables_that_are_damaged_are_refused(tmp_path: Path) -> None:
    place, chance = place_of(tmp_path / "out"), random.Random(9)
    do(place.path, DESIGN)
    assert read(place) is not None
    for name in ("runs", "months"):
        (path,) = (place.path / name).iterdir()
        whole = path.read_bytes()
        for _ in range(50):
            damage(path, chance)
            with pytest.raises(StoreError):
                frame_of(place, read_manifest(place), name)
            path.write_bytes(whole)


def test_what_a_damaged_journal_lost_is_done_again(tmp_path: Path) -> None:
    do(tmp_path / "good", DESIGN)

    def stop(count: Count) -> None:
        if count.done == 9:
            raise StopError

    with pytest.raises(StopError):
        do(tmp_path / "half", DESIGN, 1, stop)
    chance = random.Random(10)
    for number in range(60):
        place = place_of(tmp_path / str(number))
        shutil.copytree(tmp_path / "half", place.path)
        for _ in range(chance.randint(1, 3)):
            if (place.path / JOURNAL).stat().st_size:
                damage(place.path / JOURNAL, chance)
        assert work_on(place, DESIGN, Execution(1)) == (12, 0, 12)
        assert tables(place.path) == tables(tmp_path / "good")
        assert verify_folder(place) == []
