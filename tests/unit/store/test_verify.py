"""Damage to a folder of results is found, or changes nothing that is read back."""

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import fake_runs
from cxsim import store
from cxsim.errors import StoreError
from cxsim.measures.registry import WHOLE
from cxsim.store import results
from cxsim.store.checksummed_json import checksummed_text, read_checksummed, write_checksummed
from cxsim.store.folder import QUERY
from cxsim.store.journal import JOURNAL, Journal, tie_of
from cxsim.store.lock import LOCK, Lock
from cxsim.store.parts import read_parts, write_parts
from cxsim.store.tables import Columns
from cxsim.store.verify import verify_folder
from cxsim.studies.run.execute import assemble, run_scenario, seeds_of
from cxsim.studies.run.summary import SummaryRow, summarize

DAMAGES = 400  # of each kind of folder
FAKE = fake_runs.scenario(replicates=3, months=12)
TABLES = assemble(run_scenario(FAKE, simulate=fake_runs.simulate).records)
REFUSED = "refused"


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of files are written: the disk need not hold each."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def origin() -> store.Origin:
    return store.Origin(FAKE.resolved, FAKE.digest, FAKE.name, FAKE.seed, seeds_of(FAKE), "fast", "cxsim é", "now", 0.1 + 0.2)


def a_run(place: store.ResultFolder) -> None:
    parts = {"months": store.Table(TABLES.months), "runs": store.Table(TABLES.runs, WHOLE)}
    summary = store.to_cells(SummaryRow, summarize(TABLES.runs))
    store.write(place, origin(), parts, summary, {"value": b"png" * 50}, texts={"answer.txt": "é\n"})


def asked(place: store.ResultFolder) -> None:
    place.path.mkdir()
    write_checksummed(place.path / QUERY, {"name": "made up", "factors": {"market.homogeneity": [0.1, 0.2]}, "replicates": 3})


def an_unfinished_sweep(place: store.ResultFolder) -> None:
    asked(place)
    with Journal.open(place.path / JOURNAL, tie_of(read_checksummed(place.path / QUERY))) as journal:
        for number in range(30):
            journal.append(f"{number:032x}", {"number": number, "value": number / 7, "table": bytes(range(number))})
    (place.path / LOCK).touch()


def a_finished_sweep(place: store.ResultFolder) -> None:
    asked(place)
    names = write_parts(place.path, "runs", [TABLES.runs], WHOLE, rows=4)
    results.finish(place, origin(), names)


def read_run(place: store.ResultFolder) -> Any:
    manifest = store.read_manifest(place)
    tables = {name: plain(store.read(place, manifest, name)) for name in ("months", "runs")}
    text = store.read_text(place, manifest, "answer.txt")
    return {"manifest": manifest, "rows": store.read_rows(place, manifest, SummaryRow), "text": text, **tables}


def read_unfinished(place: store.ResultFolder) -> Any:
    found = read_checksummed(place.path / QUERY)
    with Journal.open(place.path / JOURNAL, tie_of(read_checksummed(place.path / QUERY))) as journal:
        return {"asked": found, "entries": [journal.get(key) for key in journal]}


def read_finished(place: store.ResultFolder) -> Any:
    manifest = store.read_manifest(place)
    parts = [name for name in manifest["files"] if name.startswith("runs/")]
    pieces = [plain(piece) for piece in read_parts(place.path, parts, manifest["files"])]
    return {"manifest": manifest, "asked": read_checksummed(place.path / QUERY), "pieces": pieces}


def plain(columns: Columns) -> dict[str, str]:
    return {name: repr(values.tolist()) for name, values in columns.items()}


class Kind(NamedTuple):
    make: Callable[[store.ResultFolder], None]
    read: Callable[[store.ResultFolder], Any]


KINDS = {
    "run": Kind(a_run, read_run),
    "unfinished": Kind(an_unfinished_sweep, read_unfinished),
    "finished": Kind(a_finished_sweep, read_finished),
}


def made(tmp_path: Path, kind: str) -> store.ResultFolder:
    place = store.chosen_folder(str(tmp_path / "out"))
    KINDS[kind].make(place)
    return place


def attempt(read: Callable[[store.ResultFolder], Any], place: store.ResultFolder) -> Any:
    try:
        return read(place)
    except StoreError:
        return REFUSED


def damage(folder: Path, chance: random.Random) -> tuple[str, Path, int]:
    """Do one random thing to a folder: what, to which file, and at which byte."""
    path = chance.choice(sorted(path for path in folder.rglob("*") if path.is_file()))
    size = path.stat().st_size
    what = chance.choice(["flip", "flip", "flip", "cut", "delete", "add"] if size else ["delete", "add"])
    at = chance.randrange(size) if size else 0
    if what == "flip":
        content = bytearray(path.read_bytes())
        content[at] ^= 1 << chance.randrange(8)
        path.unlink()
        path.write_bytes(content)
    elif what == "cut":
        os.truncate(path, at)
    elif what == "delete":
        path.unlink()
    else:
        path = path.with_name(f"{chance.randrange(10**6)}{path.name}")
        path.write_bytes(b"x" * at)
    return what, path, at


@pytest.mark.parametrize("kind", KINDS)
def test_every_damage_is_found_or_without_effect(tmp_path: Path, kind: str) -> None:
    place, chance = made(tmp_path, kind), random.Random(kind)
    whole, copy = KINDS[kind].read(place), tmp_path / "copy"
    shutil.copytree(place.path, copy)
    found = 0
    for _ in range(DAMAGES):
        what = damage(place.path, chance)
        said, read = verify_folder(place), attempt(KINDS[kind].read, place)
        found += bool(said)
        assert said or read == whole or is_an_earlier_moment(what, copy), what
        assert read in (REFUSED, whole) or kind == "unfinished", what
        if kind == "unfinished" and read != REFUSED:
            assert all(entry in whole["entries"] for entry in read["entries"]), what
        mend(what, place.path, copy)
    assert found > DAMAGES / 2
    assert verify_folder(place) == []


def mend(done: tuple[str, Path, int], folder: Path, copy: Path) -> None:
    what, path, _ = done
    if what == "add":
        path.unlink()
    else:
        shutil.copy2(copy / path.relative_to(folder), path)


def is_an_earlier_moment(done: tuple[str, Path, int], copy: Path) -> bool:
    """A journal cut behind a line is what it was before: nothing wrong is read, and the work is done again."""
    what, path, at = done
    return what == "cut" and path.name == JOURNAL and (at == 0 or (copy / JOURNAL).read_bytes()[at - 1 : at] == b"\n")


@pytest.mark.parametrize("kind", KINDS)
def test_every_single_bit_of_what_is_told_of_a_folder_counts(tmp_path: Path, kind: str) -> None:
    """Bits at the start of the manifest and of what was asked, one after the other."""
    place = made(tmp_path, kind)
    for name in ("manifest.json", QUERY):
        path = place.path / name
        if not path.exists():
            continue
        good, content = path.read_bytes(), json.loads(path.read_text())
        for bit in range(min(8 * len(good), 600)):
            path.write_bytes(good[: bit // 8] + bytes([good[bit // 8] ^ 1 << bit % 8]) + good[bit // 8 + 1 :])
            assert verify_folder(place) or json.loads(path.read_bytes()) == content, bit
        path.write_bytes(good)
    assert verify_folder(place) == []


def test_each_damage_has_its_words(tmp_path: Path) -> None:
    place = made(tmp_path, "run")
    (place.path / "answer.txt").write_text("changed")
    (place.path / "runs.parquet").unlink()
    (place.path / "plots" / "mine.png").write_text("mine")
    (place.path / "summary.csv").unlink()
    (place.path / "summary.csv").mkdir()
    out = place.shown
    assert verify_folder(place) == [
        f"{out}/answer.txt is damaged",
        f"{out}/runs.parquet is missing",
        f"{out}/summary.csv cannot be read: Is a directory",
        f"{out}/plots/mine.png is not among the results",
    ]


@pytest.mark.parametrize("kind", ["unfinished", "finished"])
@pytest.mark.parametrize("name", [QUERY, JOURNAL])
def test_a_folder_in_the_place_of_a_file_of_a_sweep_is_told(tmp_path: Path, kind: str, name: str) -> None:
    """Beside an empty journal, one in the place of what was asked was called whole."""
    place = made(tmp_path, kind)
    if kind == "unfinished":
        (place.path / JOURNAL).write_bytes(b"")
    (place.path / name).unlink(missing_ok=True)
    (place.path / name).mkdir()
    said = verify_folder(place)
    assert said
    assert all(one.startswith(f"{place.shown}/{name}") for one in said)


def test_an_unfinished_sweep_has_its_words(tmp_path: Path) -> None:
    place = made(tmp_path, "unfinished")
    path = place.path / JOURNAL
    path.write_bytes(path.read_bytes().replace(b'"number":3,', b'"number":4,')[:-4])
    again = "what it held is done again on resuming"
    words = [f"{place.shown}/{JOURNAL}: {what}; {again}" for what in ("line 4 is damaged", "the last line is torn")]
    assert verify_folder(place) == words
    with Lock(place.path / LOCK):
        assert verify_folder(place) == words[:1], "the last line may be on its way"
    path.unlink()
    (place.path / QUERY).unlink()
    assert verify_folder(place) == [f"{place.shown} is not a folder of results: it has neither manifest.json nor {QUERY}"]
    path.touch()
    assert verify_folder(place) == [f"{place.shown}/{QUERY} is missing"]


def test_parts_of_a_sweep_that_is_about_to_finish_are_checked_by_their_names(tmp_path: Path) -> None:
    place = made(tmp_path, "unfinished")
    names = write_parts(place.path, "runs", [{"x": np.arange(9)}])
    (place.path / "runs" / ".00001.new").write_text("half")
    assert verify_folder(place) == []
    os.truncate(place.path / names[0], 20)
    (place.path / "runs" / "more.parquet").write_text("x")
    assert verify_folder(place) == [
        f"{place.shown}/{names[0]} is damaged",
        f"{place.shown}/runs/more.parquet is not among the results",
    ]


def test_results_of_an_earlier_version_are_told(tmp_path: Path) -> None:
    place = made(tmp_path, "run")
    path = place.path / "manifest.json"
    manifest = store.read_manifest(place)
    path.write_text(json.dumps(manifest | {"format": 1}))
    assert verify_folder(place) == [f"{place.shown} was made by an earlier version of cxsim; make the results again"]
    path.write_text(json.dumps(manifest))
    assert verify_folder(place) == [f"{place.shown}/manifest.json is damaged; make the results again"]
    path.write_text(checksummed_text(manifest | {"format": 9}))
    assert "in format 9, not 2" in verify_folder(place)[0]


@pytest.mark.parametrize("text", ["", "[]", "3", "{}", '{"digest": 3}', "[" * 100_000, "\udcff"])
def test_what_was_never_sealed_is_damaged(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(StoreError, match="is damaged"):
        read_checksummed(tmp_path / "x.json")


def test_what_is_sealed_comes_back(tmp_path: Path) -> None:
    content = {"b": [1, 2.5, None, True], "a": {"é": float("inf"), "n": 1 << 70}, "digest": "of something else"}
    write_checksummed(tmp_path / "x.json", content)
    del content["digest"]
    assert read_checksummed(tmp_path / "x.json") == content
    (tmp_path / "x.json").write_text(json.dumps(json.loads((tmp_path / "x.json").read_text()), sort_keys=True))
    assert read_checksummed(tmp_path / "x.json") == content, "the layout is free"
