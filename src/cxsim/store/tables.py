"""Columns to Parquet and CSV files and back. Every page of a Parquet file carries a checksum, verified when it is read.

pyarrow is given open files: it knows no path that is not UTF-8.
"""

import csv
import io
import math
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from io import BufferedReader
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from cxsim.errors import StoreError
from cxsim.store import disk

Columns: TypeAlias = dict[str, NDArray[Any]]
Source: TypeAlias = Path | BufferedReader
ROWS_IN_GROUP = 1 << 17
CELL_BYTES, CELLS = 256, 1 << 12  # that a cell of a table may have, and what a table of few rows may have besides


def write_parquet(path: Path, columns: Mapping[str, NDArray[Any]], integers: Iterable[str] = ()) -> None:
    """Write columns, names as dictionaries, NaN as missing. Columns named in ``integers`` hold whole numbers or NaN."""
    whole = set(integers)
    table = pa.table({name: to_column(values, name in whole) for name, values in columns.items()})
    with path.open("wb") as file:
        pq.write_table(table, file, compression="zstd", write_page_checksum=True, row_group_size=ROWS_IN_GROUP)


def to_column(values: NDArray[Any], whole: bool) -> Any:
    """Make a column of Arrow: words as a dictionary, NaN as missing, ``whole`` numbers with 32 bits."""
    if values.dtype == object:
        return pa.array(values, type=pa.string()).dictionary_encode()
    column = pa.array(values, from_pandas=True)
    return column.cast(pa.int32()) if whole else column


def rows_in(path: Path) -> int:
    """Count the rows of a Parquet file."""
    with disk.open_to_read(path) as file:
        return int(pq.read_metadata(file).num_rows)


@contextmanager
def open_parquet(source: BufferedReader, rows: int | None = None) -> Iterator[Any]:
    """Open a Parquet file, if it is no larger than one that was written here can be, and has as many rows as declared.

    Few bytes may stand for so many rows that no memory holds them, which the file says at its end, before they are read.
    Raises ValueError, and what pyarrow raises.
    """
    with pq.ParquetFile(source, page_checksum_verification=True) as parquet:
        found = parquet.metadata
        groups = [found.row_group(number) for number in range(found.num_row_groups)]
        most = found.num_rows if rows is not None else max(os.fstat(source.fileno()).st_size, ROWS_IN_GROUP)
        fits = all(
            group.num_rows <= ROWS_IN_GROUP
            and group.total_byte_size <= (group.num_rows + CELLS) * group.num_columns * CELL_BYTES
            for group in groups
        )
        if rows not in (None, found.num_rows) or found.num_rows > most or not fits:
            raise ValueError(f"it has {found.num_rows:,} rows, which is not what was written")
        yield parquet


def read_parquet(source: Source, rows: int | None = None) -> Columns:
    """Read columns back: names as objects, missing numbers as NaN. ``rows`` is how many are declared."""
    try:
        opened = disk.open_to_read(source) if isinstance(source, Path) else nullcontext(source)
        with opened as file, open_parquet(file, rows) as parquet:
            table = parquet.read()
    except (OSError, ValueError, pa.ArrowException) as error:
        path = source if isinstance(source, Path) else source.name
        raise StoreError(f"{path}: cannot be read: {first_line(error)}") from error
    return {name: to_values(table[name].combine_chunks()) for name in table.column_names}


def to_values(column: Any) -> NDArray[Any]:
    """Return the values of a column of Arrow: words as objects, missing numbers as NaN."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())
    values: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return values


def first_line(error: BaseException) -> str:
    """Return what an error says in one line."""
    return str(error).split("\n", 1)[0]


def to_bytes(columns: Mapping[str, NDArray[Any]]) -> bytes:
    """Pack columns (numbers, yes and no, words) to travel in another file; :func:`from_bytes` gives the same columns back."""
    words = {name: pa.string() for name, values in columns.items() if values.dtype == object}
    batch = pa.record_batch({name: pa.array(values, type=words.get(name)) for name, values in columns.items()})
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as packing, pa.ipc.new_stream(packing, batch.schema) as stream:
        stream.write_batch(batch)  # compressed as a whole: many columns of few rows are ten times as quick, and smaller
    packed: bytes = sink.getvalue().to_pybytes()
    return _checksum(packed) + packed


def _checksum(packed: bytes | memoryview) -> bytes:
    return zlib.crc32(packed).to_bytes(4, "big")


def from_bytes(packed: bytes) -> Columns:
    """Unpack columns. Raises :class:`StoreError` when they are damaged."""
    body = memoryview(packed)[4:]
    if packed[:4] != _checksum(body):
        raise StoreError("packed columns are damaged")
    try:
        with pa.CompressedInputStream(pa.BufferReader(body), "zstd") as unpacking, pa.ipc.open_stream(unpacking) as stream:
            batch = stream.read_next_batch()
    except (OSError, StopIteration, pa.ArrowException) as error:
        raise StoreError(f"packed columns cannot be read: {first_line(error)}") from error
    return {name: to_values(batch[name]) for name in batch.schema.names}


def to_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV text. Numbers have twelve digits, NaN is an empty cell, yes is 1 and no is 0."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.12g}"
    return str(value)


def from_csv(text: str) -> list[dict[str, str]]:
    """Rows of CSV text, each by column name."""
    return list(csv.DictReader(io.StringIO(text)))
