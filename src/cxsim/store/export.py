"""Tables of a folder of results as CSV files, piece by piece, each file held against its digest before it is read."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from io import BufferedReader
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from cxsim.errors import StoreError
from cxsim.store.folder import QUERY, ResultFolder, files_in, replace_folder
from cxsim.store.parts import PART
from cxsim.store.provenance import open_whole
from cxsim.store.results import read_manifest
from cxsim.store.tables import first_line, open_parquet, to_csv

COLUMNS = "columns.csv"
HEADER = ("table", "column", "unit", "meaning")
ROWS_AT_A_TIME = 1 << 15

Meanings = Mapping[str, tuple[str, str]]  # unit and meaning of a column
Describe = Callable[[str, Sequence[str]], Meanings]  # of a table with these columns


def export_csv(place: ResultFolder, target: ResultFolder, describe: Describe, force: bool = False) -> dict[str, int]:
    """Write every table of finished results as ``<name>.csv``, and ``columns.csv`` about them; give back the rows of each.

    ``describe`` tells what columns mean; those it does not know have no unit and no meaning there. The folder appears whole or
    not at all. Words are as they are, numbers in full, missing ones empty, truth values ``true`` and ``false``.
    Raises StoreError when results are damaged or not finished, or when something else stands in the folder.
    """
    if not (place.path / "manifest.json").exists() and (place.path / QUERY).exists():
        raise StoreError(f"{place.shown} is not finished; finish it first: cxsim resume {place.shown}")
    tables = _tables(read_manifest(place)["files"])
    if not tables:
        raise StoreError(f"{place.shown} holds no table")
    _refuse(place, target, force)
    rows: dict[str, int] = {}

    def fill(folder: Path) -> None:
        about: list[tuple[str, ...]] = []
        for name, files in sorted(tables.items()):
            columns, rows[name] = _write(place, files, folder / f"{name}.csv")
            known = describe(name, columns)
            about += [(name, column, *known.get(column, ("", ""))) for column in columns]
        (folder / COLUMNS).write_text(to_csv(HEADER, about), encoding="utf-8", newline="")

    replace_folder(target, fill)
    return rows


def _refuse(place: ResultFolder, target: ResultFolder, force: bool) -> None:
    """Refuse a folder whose content would be lost, and one within the results, which are to stay as they are."""
    if target.path == place.path or place.path in target.path.parents:
        raise StoreError(f"{target.shown} lies in the results themselves; name another folder with --out DIR")
    there = list(files_in(target.path)) if target.path.is_dir() else []
    if there and not (COLUMNS in there and all(name.endswith(".csv") and "/" not in name for name in there)):
        raise StoreError(f"{target.shown} holds something other than exported tables; name another folder with --out DIR")
    if there and not force:
        raise StoreError(f"{target.shown} holds tables already; add --force to replace them, or --out DIR to keep both")


def _tables(files: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Tables among the files of results, each with its files in order and what is declared of them.

    There are parts of a large one, single ones, and CSV that stands for no other.
    """
    tables: dict[str, dict[str, Mapping[str, Any]]] = {}
    for name in sorted(files, key=lambda name: (name.endswith(".csv"), name)):
        path = Path(name)
        if PART.fullmatch(path.name) and len(path.parts) == 2:
            tables.setdefault(path.parent.name, {})[name] = files[name]
        elif path.suffix in (".parquet", ".csv") and len(path.parts) == 1 and path.stem not in tables:
            tables[path.stem] = {name: files[name]}
    return tables


def _write(place: ResultFolder, files: Mapping[str, Mapping[str, Any]], path: Path) -> tuple[list[str], int]:
    """Write a table, and give back its columns and how many rows it has."""
    sources = _sources(place, files)
    if next(iter(files)).endswith(".csv"):
        text = next(sources)[0].read().decode()
        path.write_text(text, encoding="utf-8", newline="")
        header, *rows = csv.reader(text.splitlines())
        return header, len(rows)
    try:
        return _convert(sources, path)
    except (ValueError, pa.ArrowException) as error:
        raise StoreError(f"{place.shown}: the table {path.stem} cannot be read: {first_line(error)}") from error


def _sources(place: ResultFolder, files: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[BufferedReader, int | None]]:
    """Open one file after the other, each with the number of rows that is declared of it."""
    for name, about in files.items():
        with open_whole(place.path / name, about, f"{place.shown}/{name}") as file:
            yield file, about.get("rows")


def _convert(sources: Iterable[tuple[BufferedReader, int | None]], path: Path) -> tuple[list[str], int]:
    """Write words in place of dictionaries of words, and all else as it is."""
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    schema, writer, rows = pa.schema([]), None, 0
    with path.open("wb") as sink, ExitStack() as stack:
        for source, declared in sources:
            with open_parquet(source, declared) as parquet:
                if writer is None:
                    schema = _with_plain_words(parquet.schema_arrow)
                    sink.write(to_csv(schema.names, []).encode())
                    writer = stack.enter_context(pa_csv.CSVWriter(sink, schema, write_options=options))
                for batch in parquet.iter_batches(ROWS_AT_A_TIME):
                    writer.write_table(pa.Table.from_batches([batch]).cast(schema))
                    rows += batch.num_rows
    return list(schema.names), rows


def _with_plain_words(stored: Any) -> Any:
    return pa.schema([pa.field(one.name, pa.string() if pa.types.is_dictionary(one.type) else one.type) for one in stored])
