"""Made-up results, with digests that fit: nothing outside is read, nothing is read for ever, and no memory fills."""

import json
import os
import signal
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxsim import store
from cxsim.errors import StoreError
from cxsim.store import results
from cxsim.store.checksummed_json import checksummed_text, parse_checksummed
from cxsim.store.export import export_csv
from cxsim.store.parts import read_parts
from cxsim.store.provenance import file_digest
from cxsim.store.verify import verify_folder
from cxsim.studies.export import export

ORIGIN = results.Origin({"name": "x"}, "digest", "x", 7, [1, 2], "fast", "cxsim run x", "now", 1.0)
ROWS = 20_000_000


@pytest.fixture
def place(tmp_path: Path) -> Iterator[store.ResultFolder]:
    """Results of one table; nobody waits for ever."""
    place = store.ResultFolder(tmp_path / "made", "made")
    table = store.Table({"value": np.arange(3.0)})
    store.write(place, ORIGIN, {"runs": table}, (("value",), [(1.0,)]), {})
    signal.signal(signal.SIGALRM, lambda *_: pytest.fail("it reads for ever"))
    signal.alarm(30)
    yield place
    signal.alarm(0)


def forge(place: store.ResultFolder, change: Callable[[dict[str, Any]], object]) -> None:
    path = place.path / "manifest.json"
    manifest, _ = parse_checksummed(path.read_bytes())
    change(manifest["files"])
    path.write_text(checksummed_text(manifest))


def about(path: Path) -> dict[str, Any]:
    return {"sha256": file_digest(path), "bytes": path.stat().st_size}


def outputs(place: store.ResultFolder) -> list[str]:
    """What each reader says of results."""
    target = store.ResultFolder(place.path.with_name("csv"), "csv")
    said = []
    for read in (
        lambda: store.read(place, store.read_manifest(place), "runs"),
        lambda: export_csv(place, target, lambda *_: {}, True),
    ):
        try:
            read()
            said.append("")
        except StoreError as error:
            said.append(str(error))
    return [*said, *verify_folder(place)]


@pytest.mark.parametrize(
    "name",
    ["/dev/zero", "../secret.csv", "plots/../../secret.csv", "/etc/passwd", "..\\x.csv", "C:x.csv", "", ".", "a//b"],
)
def test_names_stay_inside_the_folder(place: store.ResultFolder, name: str) -> None:
    secret = place.path.parent / "secret.csv"
    secret.write_text("a\n1\n")
    forge(place, lambda files: files.update({name: about(secret)}))
    assert set(outputs(place)) == {"made/manifest.json is damaged; make the results again"}


@pytest.mark.parametrize(
    "declared", [None, [], {}, {"sha256": 5}, {"sha256": "x" * 64}, {"sha256": "a" * 64, "bytes": "9"}, {"sha256": ""}]
)
def test_what_a_manifest_declares_has_its_form(place: store.ResultFolder, declared: object) -> None:
    forge(place, lambda files: files.update({"runs.parquet": declared}))
    assert set(outputs(place)) == {"made/manifest.json is damaged; make the results again"}


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="devices")
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_only_files_are_read(place: store.ResultFolder, kind: str) -> None:
    path = place.path / "runs.parquet"
    path.unlink()
    make: dict[str, Callable[[], object]] = {
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
        "folder": path.mkdir,
    }
    make[kind]()
    assert all("runs.parquet" in said for said in outputs(place))


def test_a_size_that_is_not_declared_is_found_without_reading(place: store.ResultFolder) -> None:
    with (place.path / "runs.parquet").open("r+b") as file:
        file.truncate(1 << 40)  # which takes no room, and hours to read
    assert all("runs.parquet" in said for said in outputs(place))


def bomb(path: Path, rows: int, group: int) -> None:
    """Write few bytes that stand for many rows."""
    table = pa.table({"value": pa.chunked_array([pa.array(np.zeros(rows // 20))] * 20)})
    pq.write_table(table, path, compression="zstd", write_page_checksum=True, row_group_size=group)


@pytest.mark.parametrize("rows", [None, 3, ROWS], ids=["none declared", "others declared", "declared"])
def test_a_small_file_of_too_many_rows(place: store.ResultFolder, rows: int | None) -> None:
    path = place.path / "runs.parquet"
    bomb(path, ROWS, ROWS)
    assert path.stat().st_size < 1 << 20
    forge(place, lambda files: files.update({"runs.parquet": about(path) | ({} if rows is None else {"rows": rows})}))
    tracemalloc.start()
    before = pa.total_allocated_bytes()
    said = outputs(place)
    assert "it has 20,000,000 rows, which is not what was written" in said[0]
    assert "it has 20,000,000 rows, which is not what was written" in said[1]
    assert max(tracemalloc.get_traced_memory()[1], pa.total_allocated_bytes() - before) < 1 << 25
    tracemalloc.stop()


def test_a_part_of_too_many_rows(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    bomb(tmp_path / "draft", 2_000_000, 2_000_000)
    name = f"runs/00000-{file_digest(tmp_path / 'draft')[:16]}.parquet"
    (tmp_path / "draft").rename(tmp_path / name)
    with pytest.raises(StoreError, match="which is not what was written"):
        next(read_parts(tmp_path, [name]))


def test_export_of_a_sweep_that_does_not_tell_what_was_asked(place: store.ResultFolder, tmp_path: Path) -> None:
    """It exited with 0, and left units and meanings empty."""
    target = store.ResultFolder(tmp_path / "csv", "csv")
    path = place.path / "manifest.json"
    manifest, _ = parse_checksummed(path.read_bytes())
    path.write_text(checksummed_text(manifest | {"shard": [1, 1]}))
    for change in (lambda files: None, lambda files: files.update({"asked.json": {"sha256": "a" * 64, "bytes": 2}})):
        forge(place, change)
        with pytest.raises(StoreError, match=r"made/asked.json is missing, which tells what the columns of a sweep mean"):
            export(place, target)
    (place.path / "asked.json").write_text(json.dumps({}))
    with pytest.raises(StoreError, match=r"made/asked.json is damaged"):
        export(place, target)
    assert not target.path.exists()
