"""Large tables as a folder of a few Parquet files, each named by its number and content, written and read piece by piece.

The same rows give the same bytes, however the batches in which they come are cut.
"""

import hashlib
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import BufferedReader
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import DTypeLike, NDArray

from cxsim.errors import StoreError
from cxsim.store import disk
from cxsim.store.provenance import open_whole
from cxsim.store.tables import ROWS_IN_GROUP, Columns, first_line, open_parquet, to_column, to_values

ROWS_IN_PART = 8 * ROWS_IN_GROUP
DIGITS = 16
PART = re.compile(rf"[0-9]{{5}}-([0-9a-f]{{{DIGITS}}})\.parquet")


def write_parts(
    folder: Path,
    name: str,
    batches: Iterable[Mapping[str, NDArray[Any]]],
    integers: Sequence[str] = (),
    rows: int = ROWS_IN_PART,
    types: Mapping[str, DTypeLike] | None = None,
    resume: str = disk.AGAIN,
) -> list[str]:
    """Write the rows of all batches to ``folder/name/00000-<digest>.parquet`` and so on; give back the names from ``folder``.

    Columns and their types are ``types``, or those of the first batch; later batches may differ only in ways that lose
    nothing. Columns named in ``integers`` hold whole numbers or NaN, objects are words or None. A part has ``rows`` rows,
    the last one the rest; in memory stands a piece of one part, at most ``ROWS_IN_GROUP`` rows. No rows make one empty
    part if the columns are known. Parts that were there before stay: see :func:`clean_parts`.
    Raises :class:`StoreError` when the disk fails, :class:`ValueError` when a batch has other columns.
    """
    place = folder / name
    with disk.guarded(place, resume):
        disk.make_folder(place)
        _remove(place, lambda file: file.endswith(disk.DRAFT))
    tables = (_table(group, set(integers)) for group in _groups(batches, types, min(rows, ROWS_IN_GROUP)))
    names: list[str] = []
    for first in tables:
        part = chain([first], islice(tables, max(rows // ROWS_IN_GROUP, 1) - 1))
        names.append(_write_part(place / f".{len(names):05d}{disk.DRAFT}", part, resume))
    return [f"{name}/{file}" for file in names]


def clean_parts(folder: Path, name: str, keep: Iterable[str], resume: str = disk.AGAIN) -> None:
    """Remove unfinished parts and those that are not among ``keep``, names from ``folder``; other files stay."""
    kept = set(keep)
    place = folder / name
    if place.is_dir():
        with disk.guarded(place, resume):
            disk.refuse_link(place)
            _remove(
                place, lambda file: file.endswith(disk.DRAFT) or (bool(PART.fullmatch(file)) and f"{name}/{file}" not in kept)
            )


def read_parts(
    folder: Path,
    names: Sequence[str],
    declared: Mapping[str, Mapping[str, Any]] | None = None,
    columns: Sequence[str] | None = None,
) -> Iterator[Columns]:
    """Read parts piece by piece, words as objects, missing numbers as NaN. Each file is checked before its first row is given.

    ``names`` are names from ``folder``; ``declared`` is what a manifest tells of them, without which the 16 digits in
    the name have to do.
    Columns of whole numbers that may be missing come as floats. Raises :class:`StoreError` for a damaged or missing file.
    """
    for name in names:
        about = (declared or {}).get(name)
        with open_whole(folder / name, about or declared_by_name(folder, name)) as file:
            yield from _read_part(file, columns, (about or {}).get("rows"))


def declared_by_name(folder: Path, name: str) -> dict[str, str]:
    """What the name of a part tells of its content. Raises :class:`StoreError` for a name of something else."""
    found = PART.fullmatch(Path(name).name)
    if found is None or len(Path(name).parts) != 2:
        raise StoreError(f"{folder / name} is not the name of a part")
    return {"sha256": found[1]}


def _read_part(source: BufferedReader, columns: Sequence[str] | None, rows: int | None = None) -> Iterator[Columns]:
    try:
        with open_parquet(source, rows) as file:
            for group in range(file.num_row_groups):
                yield _columns(file.read_row_group(group, columns))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise StoreError(f"{source.name}: cannot be read: {first_line(error)}") from error


def _columns(table: Any) -> Columns:
    """Give a column the same type in every group, whether or not something is missing in it there."""
    read = {}
    for field in table.schema:
        column = table[field.name].combine_chunks()
        may_miss = field.nullable and pa.types.is_integer(field.type)
        read[field.name] = to_values(column.cast(pa.float64()) if may_miss else column)
    return read


def size_of_part(columns: Columns, integers: Sequence[str] = ()) -> int:
    """Bytes of the file that these rows would be."""
    file = io.BytesIO()
    pq.write_table(_table(columns, set(integers)), file, compression="zstd", write_page_checksum=True)
    return file.tell()


def _table(columns: Columns, integers: set[str]) -> Any:
    made = {name: to_column(values, name in integers) for name, values in columns.items()}
    may_miss = {name: name in integers or values.dtype.kind in "Of" for name, values in columns.items()}
    fields = [pa.field(name, column.type, may_miss[name]) for name, column in made.items()]
    return pa.table(list(made.values()), schema=pa.schema(fields))


def _groups(
    batches: Iterable[Mapping[str, NDArray[Any]]], types: Mapping[str, DTypeLike] | None, size: int
) -> Iterator[Columns]:
    """Cut batches anew into groups of ``size`` rows. A group is valid until the next one is asked for."""
    space = _space(types, size) if types is not None else None
    filled, empty = 0, True
    for batch in batches:
        space = _space({name: values.dtype for name, values in batch.items()}, size) if space is None else space
        if batch.keys() != space.keys():
            raise ValueError(f"a batch has other columns: {sorted(batch.keys() ^ space.keys())}")
        rows, taken = len(next(iter(batch.values()))), 0
        while taken < rows:
            fits = min(size - filled, rows - taken)
            for name, values in batch.items():
                np.copyto(space[name][filled : filled + fits], values[taken : taken + fits], casting="safe")
            filled, taken = filled + fits, taken + fits
            if filled == size:
                yield space
                filled, empty = 0, False
    if space is not None and (filled or empty):
        yield {name: values[:filled] for name, values in space.items()}


def _space(types: Mapping[str, DTypeLike], size: int) -> Columns:
    kinds = {name: np.dtype(kind) for name, kind in types.items()}
    return {name: np.empty(size, object if kind.kind == "U" else kind) for name, kind in kinds.items()}


class _Draft(io.RawIOBase):
    """File that knows the digest of what was written to it. After its first failure it takes everything and keeps nothing.

    The writer of Parquet closes itself whatever happened, which would bury the failure under another one.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.digest = path, hashlib.sha256()
        self._failed, self._at = False, 0
        self._file = disk.open_file(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def write(self, data: Any) -> int:
        left = memoryview(data).cast("B")
        self._at += len(left)
        if not self._failed:
            self._failed = True
            disk.write(self._file, left)
            self._failed = False
            self.digest.update(left)
        return len(left)

    def finish(self) -> str:
        """Give the file its final name, once the disk holds it."""
        disk.sync(self._file)
        self.drop_handle()
        name = f"{self.path.name[1 : -len(disk.DRAFT)]}-{self.digest.hexdigest()[:DIGITS]}.parquet"
        disk.rename(self.path, self.path.with_name(name))
        return name

    def drop_handle(self) -> None:
        if self._file >= 0:
            file, self._file, self._failed = self._file, -1, True
            disk.close(file)


def _write_part(path: Path, tables: Iterable[Any], resume: str) -> str:
    """Write one part, group by group; give back the name that it has in place of its draft ``path``."""
    writer: Any = None
    with disk.guarded(path, resume):
        draft = _Draft(path)
    try:
        for table in tables:
            with disk.guarded(path, resume):
                writer = writer or pq.ParquetWriter(draft, table.schema, compression="zstd", write_page_checksum=True)
                writer.write_table(table)
        with disk.guarded(path, resume):
            writer.close()
            return draft.finish()
    except BaseException:
        with suppress(OSError):
            draft.drop_handle()
        with suppress(OSError):
            disk.remove(path)
        if writer is not None:
            writer.close()
        raise


def _remove(place: Path, which: Callable[[str], bool]) -> None:
    for file in sorted(os.listdir(place)):
        if which(file):
            disk.remove(place / file)
