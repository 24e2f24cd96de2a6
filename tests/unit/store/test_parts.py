"""Tables in parts: the same bytes for the same rows, whole or not there, and readable without the package."""

import os
import random
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.errors import StoreError
from cxsim.store import parts, provenance
from cxsim.store.parts import clean_parts, read_parts, write_parts
from cxsim.store.tables import Columns, from_bytes, to_bytes

ROWS = 1_000
INTEGERS = ("closed",)


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of files are written: the disk need not hold each. Faults of it are tried in test_disk_faults.py."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def table(rows: int = ROWS) -> Columns:
    chance = np.random.default_rng(5)
    arms = np.array(["customize", "pivot", None, "standard é"], object)
    closed = chance.integers(0, 120, rows).astype(float)
    closed[closed > 60] = np.nan
    return {
        "run": np.array([f"{number:032x}" for number in range(rows)], object),
        "arm": arms[np.sort(chance.integers(0, 4, rows))],
        "customers": chance.integers(0, 10**9, rows),
        "seed": chance.integers(0, 2**64, rows, dtype=np.uint64),
        "value": np.where(chance.random(rows) < 0.1, np.nan, chance.normal(size=rows)),
        "alive": chance.random(rows) < 0.5,
        "closed": closed,
    }


def batches(whole: Columns, cuts: list[int]) -> Iterator[Columns]:
    borders = [0, *sorted(cuts), len(whole["run"])]
    for low, high in pairwise(borders):
        yield {name: values[low:high] for name, values in whole.items()}


def joined(read: Iterator[Columns]) -> Columns:
    pieces = list(read)
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}


def same(one: Columns, other: Columns) -> bool:
    return list(one) == list(other) and all(
        one[name].dtype == other[name].dtype and np.array_equal(one[name], other[name], equal_nan=one[name].dtype.kind == "f")
        for name in one
    )


def written(folder: Path, cuts: list[int], rows: int = 300) -> list[str]:
    folder.mkdir()
    return write_parts(folder, "runs", batches(table(), cuts), INTEGERS, rows)


def test_rows_come_back_with_their_types(tmp_path: Path) -> None:
    names = written(tmp_path / "out", [500])
    assert [name[:11] for name in names] == ["runs/00000-", "runs/00001-", "runs/00002-", "runs/00003-"]
    assert sorted(os.listdir(tmp_path / "out" / "runs")) == [name[5:] for name in names]
    for name in names:
        assert provenance.file_digest(tmp_path / "out" / name).startswith(name[11:27])
    assert same(joined(read_parts(tmp_path / "out", names)), table())
    some = joined(read_parts(tmp_path / "out", names, columns=["arm", "value"]))
    assert list(some) == ["arm", "value"]


@settings(max_examples=40)
@given(st.lists(st.integers(0, ROWS), max_size=12), st.sampled_from([90, 250, 300, 999, 1000, 5000]))
def test_names_and_bytes_do_not_depend_on_batches(cuts: list[int], rows: int) -> None:
    with TemporaryDirectory() as folder:
        one, two = written(Path(folder, "one"), [], rows), written(Path(folder, "two"), cuts, rows)
        assert one == two
        assert all(Path(folder, "one", name).read_bytes() == Path(folder, "two", name).read_bytes() for name in one)


def test_parts_of_several_groups_do_not_depend_on_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROWS_IN_GROUP", 100)
    assert written(tmp_path / "one", [], 300) == written(tmp_path / "two", list(range(0, ROWS, 7)), 300)
    names = written(tmp_path / "three", [1, 2, 3], 300)
    groups = [pq.ParquetFile(tmp_path / "three" / name).num_row_groups for name in names]
    assert groups == [3, 3, 3, 1]
    assert same(joined(read_parts(tmp_path / "three", names)), table())


def test_every_page_has_a_checksum_that_is_verified(tmp_path: Path) -> None:
    names = written(tmp_path / "out", [], ROWS)
    path = tmp_path / "out" / names[0]
    whole, chunk = path.read_bytes(), pq.ParquetFile(path).metadata.row_group(0).column(4)
    at = (chunk.dictionary_page_offset or chunk.data_page_offset) + chunk.total_compressed_size - 10
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    with path.open("rb") as file, pytest.raises(StoreError, match="cannot be read"):
        list(parts._read_part(file, None))


def test_any_damage_is_found_on_reading(tmp_path: Path) -> None:
    names = written(tmp_path / "out", [])
    path = tmp_path / "out" / names[1]
    whole, chance = path.read_bytes(), random.Random(4)
    for _ in range(100):
        at = chance.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        with pytest.raises(StoreError, match="is damaged"):
            joined(read_parts(tmp_path / "out", names))
    path.write_bytes(whole)
    with pytest.raises(StoreError, match="is damaged"):
        joined(read_parts(tmp_path / "out", names, {names[1]: {"sha256": "0" * 64}}))
    path.unlink()
    with pytest.raises(StoreError, match="No such file"):
        joined(read_parts(tmp_path / "out", names))


@pytest.mark.parametrize(
    "name", ["../runs/x", "runs/../../x", "x", "runs/00000-zz.parquet", "/etc/00000-0123456789abcdef.parquet"]
)
def test_only_names_of_parts_are_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="not the name of a part"):
        list(read_parts(tmp_path, [name]))


def test_no_rows_make_one_empty_part(tmp_path: Path) -> None:
    types = {name: values.dtype for name, values in table().items()}
    names = write_parts(tmp_path, "runs", [], INTEGERS, types=types)
    assert len(names) == 1
    assert list(pd.read_parquet(tmp_path / "runs").columns) == list(types)
    assert same(joined(read_parts(tmp_path, names)), table(0))
    assert write_parts(tmp_path, "none", []) == []


def test_types_hold_for_all_batches(tmp_path: Path) -> None:
    types = {"count": np.float64, "word": np.dtype(object)}
    found = write_parts(tmp_path, "a", [{"count": np.array([1]), "word": np.array(["x"])}], types=types)
    assert found == write_parts(tmp_path, "a", [{"count": np.array([1.0]), "word": np.array(["x"], object)}])
    with pytest.raises(TypeError, match="Cannot cast"):
        write_parts(tmp_path, "b", [{"count": np.array([1])}, {"count": np.array([1.5])}])
    with pytest.raises(ValueError, match=r"other columns: \['number'\]"):
        write_parts(tmp_path, "b", [{"count": np.array([1])}, {"count": np.array([1]), "number": np.array([1])}])
    assert os.listdir(tmp_path / "b") == []


def test_what_is_left_over_is_removed_and_other_files_stay(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    for name in (".00007.new", "notes.txt", "00000-0123456789abcdef.parquet"):
        (tmp_path / "runs" / name).write_text("x")
    names = write_parts(tmp_path, "runs", [table()], INTEGERS)
    assert sorted(os.listdir(tmp_path / "runs")) == sorted(["00000-0123456789abcdef.parquet", "notes.txt", names[0][5:]])
    (tmp_path / "runs" / ".00007.new").write_text("x")
    clean_parts(tmp_path, "runs", names)
    clean_parts(tmp_path, "months", [])
    assert sorted(os.listdir(tmp_path / "runs")) == sorted(["notes.txt", names[0][5:]])


def test_an_iterator_that_breaks_off_leaves_no_draft(tmp_path: Path) -> None:
    def breaking() -> Iterator[Columns]:
        yield table()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_parts(tmp_path, "runs", breaking(), INTEGERS, 300)
    assert len(os.listdir(tmp_path / "runs")) == 3
    assert not [name for name in os.listdir(tmp_path / "runs") if name.startswith(".")]


def check_frame(frame: Any) -> None:
    """Rows in the order in which they were written, nothing lost."""
    expected = table()
    for name in ("run", "arm"):
        assert [None if pd.isna(word) else word for word in frame[name]] == list(expected[name])
    for name in ("customers", "seed", "value", "alive", "closed"):
        np.testing.assert_array_equal(frame[name].to_numpy(expected[name].dtype), expected[name])


def test_pandas_reads_the_folder(tmp_path: Path) -> None:
    written(tmp_path / "out", [])
    (tmp_path / "out" / "runs" / ".00004.new").write_text("half a part of a process that was killed")
    check_frame(pd.read_parquet(tmp_path / "out" / "runs"))


def test_duckdb_reads_the_folder(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    written(tmp_path / "out", [])
    check_frame(duckdb.sql(f"select * from '{tmp_path}/out/runs/*.parquet' order by run").df())


def test_polars_reads_the_folder(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    written(tmp_path / "out", [])
    check_frame(polars.read_parquet(f"{tmp_path}/out/runs/*.parquet").to_pandas())


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory of a process is read as Linux tells it")
def test_memory_stays_flat(tmp_path: Path) -> None:
    """1.2 million rows of ten columns hold 96 MB; a ninth of them is in memory at a time."""
    program = """
        import sys
        from pathlib import Path
        import numpy as np
        from cxsim.store.parts import read_parts, write_parts
        def most(): return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
        def batches(times):
            chance = np.random.default_rng(1)
            for _ in range(times):
                yield {f"c{n}": chance.random(1000) for n in range(10)}
        write_parts(Path(sys.argv[1]), "small", batches(200), rows=1 << 17)
        before = most()
        names = write_parts(Path(sys.argv[1]), "large", batches(1200))
        rows = sum(len(piece["c0"]) for piece in read_parts(Path(sys.argv[1]), names))
        assert rows == 1_200_000 and len(names) == 2
        print((most() - before) / 1024)
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert float(done.stdout) < 50


def test_packed_columns_come_back(tmp_path: Path) -> None:
    for rows in (0, 1, ROWS):
        assert same(from_bytes(to_bytes(table(rows))), table(rows))
    assert to_bytes(table()) == to_bytes(table())
    repeated = {"month": np.arange(12_000) % 120}
    assert len(to_bytes(repeated)) < 20_000


def test_packed_columns_that_are_damaged_are_told() -> None:
    packed, chance = to_bytes(table()), random.Random(2)
    for wrong in (b"", b"abc", packed[:4], packed[:-200], packed[:100], b"x" * 100, b"\0" * 4, b"\0\0\0\0x"):
        with pytest.raises(StoreError, match="packed columns"):
            from_bytes(wrong)
    for _ in range(300):
        at = chance.randrange(len(packed))
        with pytest.raises(StoreError, match="packed columns are damaged"):
            from_bytes(packed[:at] + bytes([packed[at] ^ 1 << chance.randrange(8)]) + packed[at + 1 :])
