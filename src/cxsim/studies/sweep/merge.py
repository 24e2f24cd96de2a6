"""Put the parts of a sweep together that ran apart: the tables are those of the whole sweep, byte by byte."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.errors import StoreError
from cxsim.store import ResultFolder
from cxsim.store.results import Manifest, manifest_if_any
from cxsim.store.tables import Columns
from cxsim.studies.sweep.design import Design
from cxsim.studies.sweep.folder import begin, read_design, work_in
from cxsim.studies.sweep.results import MONTHS, RUNS, batches_of, files_of, write_results


class Part(NamedTuple):
    """The folder of one part of a sweep."""

    folder: ResultFolder
    design: Design
    manifest: Manifest

    @property
    def word(self) -> str:
        """Name the part, such as ``part 2/8 (results/sweep_2_of_8)``."""
        return f"part {'/'.join(map(str, self.design.shard))} ({self.folder.shown})"


def merge(folders: Sequence[ResultFolder], target: ResultFolder, partial: bool = False, force: bool = False) -> Design:
    """Merge the folders of all parts of a sweep into one, and give back what the whole asks.

    Raises StoreError when a part is missing, given twice, unfinished, of another sweep, or damaged, and, unless ``partial``,
    when it has failed runs.
    """
    parts = sorted((_part(folder) for folder in folders), key=lambda part: part.design.shard)
    first = parts[0].design
    if any(target.path == part.folder.path for part in parts):
        raise StoreError(f"{target.shown} is one of the parts; name another folder with --out DIR")
    _check(parts)
    failures = sorted((one for part in parts for one in part.manifest["failures"]), key=lambda failed: failed["number"])
    if failures and not partial:
        failing = next(part for part in parts if part.manifest["failures"])
        raise StoreError(
            f"{failing.word} has failed runs; try them again with: cxsim retry-failed {failing.folder.shown}, "
            "or merge what there is with --partial"
        )
    whole = first.part((1, 1))
    if begin(target, whole, force):
        return whole
    names = [name for name in (RUNS, MONTHS) if any(files_of(part.manifest, name) for part in parts)]
    with work_in(target, whole):
        streams = {name: [batches_of(part.folder, part.manifest, name) for part in parts] for name in names}
        write_results(target, whole, {name: _in_order(first, found) for name, found in streams.items()}, failures)
    return whole


def _part(folder: ResultFolder) -> Part:
    manifest = manifest_if_any(folder)
    design = read_design(folder, manifest)
    if manifest is None:
        raise StoreError(f"{folder.shown} is not finished; go on with: cxsim resume {folder.shown}")
    return Part(folder, design, manifest)


def _check(parts: Sequence[Part]) -> None:
    """Refuse parts that do not make up one whole sweep."""
    first = parts[0]
    number = first.design.shard[1]
    for part in parts:
        if part.design.digest != first.design.digest or part.design.shard[1] != number:
            raise StoreError(f"{part.word} and {first.word} are not parts of the same sweep")
    seen: dict[int, Part] = {}
    for part in parts:
        if (same := seen.setdefault(part.design.shard[0], part)) is not part:
            raise StoreError(f"{part.folder.shown} and {same.folder.shown} hold the same part of the sweep")
    if missing := sorted(set(range(1, number + 1)) - set(seen)):
        raise StoreError(f"part {missing[0]}/{number} is missing" + (f", and {len(missing) - 1} more" if missing[1:] else ""))


class _Head(NamedTuple):
    """Rows of a part that have been read and not been written, with the number of the run of each."""

    numbers: NDArray[np.int64]
    columns: Columns

    def cut(self, start: int, end: int | None = None) -> "_Head":
        return _Head(self.numbers[start:end], {name: column[start:end] for name, column in self.columns.items()})


def _in_order(design: Design, streams: Sequence[Iterator[Columns]]) -> Iterator[Columns]:
    """Rows of all streams in order of their runs, while each is in order itself; a piece of each is in memory."""
    heads = {part: head for part, stream in enumerate(streams) if (head := _next(design, stream))}
    while heads:
        last = min(int(head.numbers[-1]) for head in heads.values())
        ready = {part: int(np.searchsorted(head.numbers, last, side="right")) for part, head in heads.items()}
        taken = [heads[part].cut(0, end) for part, end in ready.items() if end]
        order = np.argsort(np.concatenate([head.numbers for head in taken]), kind="stable")
        yield {name: np.concatenate([head.columns[name] for head in taken])[order] for name in taken[0].columns}
        left = {part: head.cut(ready[part]) for part, head in heads.items()}
        refilled = {part: head if len(head.numbers) else _next(design, streams[part]) for part, head in left.items()}
        heads = {part: head for part, head in refilled.items() if head}


def _next(design: Design, stream: Iterator[Columns]) -> _Head | None:
    for columns in stream:
        if len(columns["point"]):
            arms = np.select([columns["arm"] == arm for arm in design.arms], range(len(design.arms)))
            at = columns["point"].astype(np.int64) * len(design.arms) + arms
            return _Head(at * design.replicates + columns["replicate"], columns)
    return None
