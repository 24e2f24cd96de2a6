"""The tables of a sweep: from its journal to Parquet files, from the files of shards to those of the whole, and to frames.

Rows stand in the order of the design, whatever the order in which runs were finished: the same bytes for any workers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from cxsim.errors import CxsimError, StoreError
from cxsim.measures.registry import STAGES, WHOLE
from cxsim.store import SUMMARY, ResultFolder
from cxsim.store.disk import write_whole
from cxsim.store.journal import Journal
from cxsim.store.parts import clean_parts, read_parts, write_parts
from cxsim.store.results import Manifest, Origin
from cxsim.store.results import finish as finish_folder
from cxsim.store.tables import Columns, from_bytes, to_csv
from cxsim.studies.sweep.alike import words
from cxsim.studies.sweep.design import TEXTS, Design, DesignPoint, seed_of
from cxsim.studies.sweep.folder import failed_key, failures_of, identity_of, kinds_of, resume_words
from cxsim.studies.sweep.summary import Line, cells, header, needed, summarize

if TYPE_CHECKING:
    import pandas as pd

RUNS_AT_A_TIME = 1_000
RUNS, MONTHS = "runs", "months"
KEYS: dict[str, Any] = {"run": object, "point": np.int32, "arm": object, "replicate": np.int32, "seed": np.uint64}
WHO: dict[str, Any] = {"firm": object, "plan": object}
KINDS_OF_FACTORS = {"number": np.float64, "whole": np.int64, "truth": np.bool_, "name": object}
Failure: TypeAlias = dict[str, Any]


def finish(folder: ResultFolder, design: Design, journal: Journal) -> None:
    """Write the tables of everything that is in the journal, and a manifest that says which files belong to the results."""
    kinds = kinds_of(journal)
    numbers = [number for number in design.numbers if str(number) in journal]
    if kinds is None and numbers:
        raise StoreError(f"{folder.shown}: the journal is damaged; what it lost is done again by: {resume_words(folder)}")
    tables: dict[str, Iterable[Columns]] = {}
    types: dict[str, Any] = {}
    if kinds is not None:
        types = KEYS | WHO | factor_types(design) | {name: np.dtype(kind) for name, kind in kinds.items()}
        tables[RUNS] = (_rows(design, kinds, entries) for entries in _some_at_a_time(journal, numbers))
        if design.detail == MONTHS:
            tables[MONTHS] = (_months(design, entries) for entries in _some_at_a_time(journal, numbers))
    write_results(folder, design, tables, list(_failures(folder, design, journal)), types)


def write_results(
    folder: ResultFolder,
    design: Design,
    tables: Mapping[str, Iterable[Columns]],
    failures: Sequence[Failure],
    types: Mapping[str, Any] | None = None,
) -> None:
    """Write tables, whose rows stand in order, then their summary, then the manifest; what it does not name goes last.

    ``types`` are those of the table of runs, or of its first batch.
    """
    resume = resume_words(folder)
    files: list[str] = []
    for name, batches in tables.items():
        files += write_parts(folder.path, name, batches, WHOLE, types=types if name == RUNS else None, resume=resume)
    if files:
        parts = [name for name in files if name.startswith(f"{RUNS}/")]
        lines = list(summarize(design, read_parts(folder.path, parts, columns=needed(design))))
        text = to_csv(header(design, list(lines[0].means) if lines else []), map(cells, lines))
        write_whole(folder.path / SUMMARY, text.encode(), resume)
        files.append(SUMMARY)
    _write_manifest(folder, design, files, failures)
    for name in tables:
        clean_parts(folder.path, name, files, resume)


def _write_manifest(folder: ResultFolder, design: Design, files: Sequence[str], failures: Sequence[Failure]) -> None:
    """Say which files are the results, and where they come from."""
    origin = Origin(
        scenario={"sweep": {name: getattr(design, name) for name in TEXTS}},
        scenario_digest=design.digest,
        name=design.name,
        seed=design.variants.run.seed,
        seeds=[],
        engine="fast",
        command=design.command,
        started=design.started,
        seconds=0.0,
        failures=failures,
        notes=words(design),
    )
    more = {"identity": identity_of(design), "shard": list(design.shard), "runs": design.total}
    finish_folder(folder, origin, files, resume_words(folder), **more)


def lines_of(folder: ResultFolder, manifest: Manifest, design: Design) -> list[Line]:
    """Summarize the tables of a finished sweep. Raises StoreError when they are damaged, or those of another one."""
    if manifest["identity"].get("design") != design.digest:
        raise StoreError(f"{folder.shown} holds the results of another sweep")
    return list(summarize(design, batches_of(folder, manifest, RUNS, needed(design))))


def files_of(manifest: Manifest, name: str) -> dict[str, Mapping[str, Any]]:
    """Files of a table of a finished sweep, in order, with what is declared of each."""
    return {file: about for file, about in sorted(manifest["files"].items()) if file.startswith(f"{name}/")}


def batches_of(folder: ResultFolder, manifest: Manifest, name: str, columns: Sequence[str] | None = None) -> Iterator[Columns]:
    """Rows of a table of a finished sweep, piece by piece; StoreError when they are damaged."""
    files = files_of(manifest, name)
    return read_parts(folder.path, list(files), files, columns)


def frame_of(folder: ResultFolder, manifest: Manifest, name: str = RUNS) -> "pd.DataFrame":
    """Table of a finished sweep as a frame: ``runs``, or ``months``. Raises StoreError when it is damaged or not there."""
    import pandas as pd

    if not files_of(manifest, name):
        raise StoreError(f"{folder.shown} holds no table of {name}")
    return pd.concat([pd.DataFrame(batch) for batch in batches_of(folder, manifest, name)], ignore_index=True)


def _some_at_a_time(journal: Journal, numbers: Sequence[int]) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    for start in range(0, len(numbers), RUNS_AT_A_TIME):
        yield [(number, journal.get(str(number))) for number in numbers[start : start + RUNS_AT_A_TIME]]


def factor_types(design: Design) -> dict[str, Any]:
    """Type of the column of each factor."""
    return {factor.key: KINDS_OF_FACTORS[factor.kind] for factor in design.points.factors}


def _rows(design: Design, kinds: Mapping[str, str], entries: Sequence[tuple[int, Mapping[str, Any]]]) -> Columns:
    """Table of runs of some entries: which run, which firm, where the factors stood, and what came out."""
    sizes = [len(entry["firms"]) for _, entry in entries]
    columns = _which(design, entries, sizes)
    for column, name in enumerate(WHO):
        columns[name] = np.array([firm[column] for _, entry in entries for firm in entry["firms"]], object)
    columns |= _factors(design, entries, sizes)
    for number, (name, kind) in enumerate(kinds.items()):
        columns[name] = np.array([value for _, entry in entries for value in entry["values"][number]], np.dtype(kind))
    return columns


def _which(design: Design, entries: Sequence[tuple[int, Mapping[str, Any]]], sizes: Sequence[int]) -> Columns:
    at = zip(*(design.locate(number) for number, _ in entries), strict=True)
    columns = {"run": [entry["run"] for _, entry in entries], **dict(zip(DesignPoint._fields, at, strict=True))}
    columns["seed"] = [entry["seed"] for _, entry in entries]
    return {name: np.repeat(np.array(values, KEYS[name]), sizes) for name, values in columns.items()}


def _factors(design: Design, entries: Sequence[tuple[int, Mapping[str, Any]]], sizes: Sequence[int]) -> Columns:
    points = [design.points[design.locate(number).point] for number, _ in entries]
    types = factor_types(design)
    return {name: np.repeat(np.array([point[name] for point in points], kind), sizes) for name, kind in types.items()}


def _months(design: Design, entries: Sequence[tuple[int, Mapping[str, Any]]]) -> Columns:
    parts = [from_bytes(entry["months"]) for _, entry in entries]
    sizes = [len(part["month"]) for part in parts]
    columns = _which(design, entries, sizes)
    columns |= {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    columns["stage"] = np.array(STAGES, dtype=object)[columns["stage"]]
    return columns


def _failures(folder: ResultFolder, design: Design, journal: Journal) -> Iterator[Failure]:
    """Every run that failed, in order: which one, what it said, and the command that repeats it."""
    for number in sorted(failures_of(journal)):
        at = design.locate(number)
        try:
            seed = seed_of(design.scenario(at.point, at.arm), at.replicate)
        except CxsimError:  # a point whose values contradict each other
            seed = None
        error, command = journal.get(failed_key(str(number)))["error"], f"cxsim retry-failed {folder.shown} --only {number}"
        yield {"number": number} | at._asdict() | {"seed": seed, "error": error, "command": command}


def tables_of(design: Design, kinds: Mapping[str, str], entries: Sequence[tuple[int, Mapping[str, Any]]]) -> dict[str, Columns]:
    """Rows that some entries of a journal, with their numbers, have in each table."""
    tables: dict[str, Columns] = {RUNS: _rows(design, kinds, entries)}
    if design.detail == MONTHS:
        tables[MONTHS] = _months(design, entries)
    return tables
