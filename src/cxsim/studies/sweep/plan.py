"""What a sweep would take: some of its runs are done here, spread over the whole design, and their figures scaled up.

Nothing is written. Times are those of this machine, as busy as it is now.
"""

import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cxsim.engine import precompile
from cxsim.execution.process_pool import ProcessPool
from cxsim.execution.scheduler import BATCH_SECONDS, Entry
from cxsim.measures.registry import WHOLE
from cxsim.processors import cores
from cxsim.store.journal import encode
from cxsim.store.parts import size_of_part
from cxsim.store.tables import ROWS_IN_GROUP, Columns, to_csv
from cxsim.studies.sweep.design import Design
from cxsim.studies.sweep.folder import query_text
from cxsim.studies.sweep.results import tables_of
from cxsim.studies.sweep.summary import cells, header, summarize
from cxsim.studies.sweep.work import KINDS, begin, do_runs, load_engine, prepare

if sys.platform != "win32":
    import resource

PILOT_SECONDS = 2.0
MOST_RUNS = 5_000  # of a pilot: what they leave behind is held in memory
GOLDEN = 0.6180339887498949  # steps of this share fall in no pattern with points, arms and replicates
STAMP = {"at": 1_700_000_000.0}  # any time: all are as long
LINE_BYTES = 10  # of a line of the journal beside its text
INDEX_BYTES = 300  # that the parent knows of a run: its number, and where it stands in the journal
COPIES = 4  # of a piece of a table that stand in memory while it is written
CELL_BYTES = 8
MANIFEST_BYTES = 4_000


class Pilot(NamedTuple):
    """What some runs took, and what they left behind.

    ``seconds`` are those of each run; ``prepared`` what a scenario takes before its first run, which the replicates of an arm
    at a point share. ``start`` is what a worker takes until its first run. Memory in bytes, NaN where the system does not tell.
    """

    seconds: list[float]
    prepared: float
    start: float
    entries: dict[int, Entry]
    errors: dict[int, str]
    worker: float
    parent: float

    @property
    def mean(self) -> float:
        """Seconds that a run takes."""
        return sum(self.seconds) / len(self.seconds) if self.seconds else math.nan


class Forecast(NamedTuple):
    """What the whole takes: seconds, bytes on the disk (of the journal, of the results) and in memory (of each process)."""

    seconds: float
    journal: float
    results: float
    worker: float
    parent: float


class _Sizes(NamedTuple):
    """Bytes and seconds a run in the parent: its line in the journal, its rows in the tables; bytes of a table's frame."""

    line: float
    rows: float
    frame: float
    held: float
    writing: float
    reading: float


def pilot(design: Design, seconds: float | None = None) -> Pilot:
    """Do runs in this process for so many seconds, else PILOT_SECONDS. Compiling, and loading what is compiled, do not count.

    Then one worker is started, to see what that takes. Runs that fail are told of in ``errors``.
    """
    name = design.digest
    begin(name, design.plain())
    precompile()
    parent = memory_used()
    load_engine()
    found = _do_some(design, name, PILOT_SECONDS if seconds is None else seconds)
    slowest = max(found.entries, key=dict(zip(found.entries, found.seconds, strict=True)).__getitem__, default=None)
    start, worker = _start_one(design, [] if slowest is None else [slowest])
    return found._replace(start=start, worker=worker, parent=parent)


def _do_some(design: Design, name: str, seconds: float) -> Pilot:
    found = Pilot([], 0.0, 0.0, {}, {}, math.nan, math.nan)
    prepared = spent = 0.0
    for number in spread(design.numbers):
        since = time.perf_counter()
        prepare(name, number)
        ready = time.perf_counter()
        (entry,) = do_runs(name, [number])
        done = time.perf_counter()
        prepared, spent = prepared + ready - since, spent + done - since
        if "error" in entry:
            found.errors[number] = entry["error"]
        else:
            found.seconds.append(done - ready)
            found.entries[number] = entry
        if spent >= seconds or len(found.entries) + len(found.errors) >= MOST_RUNS:
            break
    return found._replace(prepared=prepared / (len(found.entries) + len(found.errors)))


def _start_one(design: Design, numbers: Sequence[int]) -> tuple[float, float]:
    """Seconds until a worker is ready, and its memory in bytes after these runs."""
    since = time.perf_counter()
    name = design.digest
    with ProcessPool(1, begin, (name, design.plain())) as pool:
        pool.submit(load_engine).result()
        start = time.perf_counter() - since
        for number in numbers:
            pool.submit(do_runs, name, [number]).result()
        return start, pool.submit(memory_used).result()


def spread(numbers: Sequence[int]) -> Iterator[int]:
    """Give each of these numbers once at most, so that the first so many lie everywhere among them."""
    seen: set[int] = set()
    for step in range(2 * len(numbers)):
        number = numbers[int((0.5 + step * GOLDEN) % 1 * len(numbers))]
        if number not in seen:
            seen.add(number)
            yield number


def memory_used() -> float:
    """Most bytes of memory that this process has used so far, NaN where the system does not tell."""
    if sys.platform == "win32":
        return math.nan
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * (1 if sys.platform == "darwin" else 1024)


def forecast(design: Design, seen: Pilot, workers: int, checking: float = 0.0) -> Forecast | None:
    """Scale a pilot up to all runs; ``checking`` are the seconds that the points took. None when every run of it failed."""
    if not seen.entries:
        return None
    processes = min(workers, cores())
    runs, sizes = len(design.numbers), _sizes(design, seen)
    together = max(min(design.replicates / design.shard[1], BATCH_SECONDS / seen.mean), 1.0)
    run = seen.mean + seen.prepared / together
    work = max(run / processes, (run + sizes.writing) / cores())
    starts = seen.start * (1 + max(workers / cores(), 1.0))  # of the parent, then of all workers side by side
    results = sizes.frame + runs * sizes.rows + len(query_text(design)) + MANIFEST_BYTES
    return Forecast(
        seconds=checking + starts + runs * (work + sizes.reading),
        journal=runs * sizes.line,
        results=results,
        worker=seen.worker,
        parent=seen.parent + runs * INDEX_BYTES + min(runs, ROWS_IN_GROUP) * sizes.held * COPIES,
    )


def _sizes(design: Design, seen: Pilot) -> _Sizes:
    """Measure what the runs of a pilot take in the journal and in the tables."""
    numbers = sorted(seen.entries)
    kinds = next(iter(seen.entries.values()))[KINDS]
    clock = time.perf_counter()
    lines = [encode({"key": str(number)} | _kept(seen.entries[number])) for number in numbers]
    written = time.perf_counter()
    for line in lines:
        json.loads(line)
    tables = tables_of(design, kinds, [(number, seen.entries[number]) for number in numbers])
    whole = sum(size_of_part(table, WHOLE) for table in tables.values())
    read = time.perf_counter()
    half = numbers[: max(len(numbers) // 2, 1)]
    halves = tables_of(design, kinds, [(number, seen.entries[number]) for number in half])
    first = sum(size_of_part(table, WHOLE) for table in halves.values())
    rows = (whole - first) / (len(numbers) - len(half)) if len(numbers) > len(half) else whole
    return _Sizes(
        line=sum(map(len, lines)) / len(lines) + LINE_BYTES,
        rows=rows + _summary_bytes(design, next(iter(tables.values()))),
        frame=max(whole - rows * len(numbers), 0.0),
        held=sum(len(table) * len(table["run"]) for table in tables.values()) * CELL_BYTES / len(numbers),
        writing=(written - clock) / len(numbers),
        reading=(read - written) / len(numbers),
    )


def _kept(entry: Entry) -> Entry:
    return {name: value for name, value in entry.items() if name != KINDS} | STAMP


def _summary_bytes(design: Design, runs: Columns) -> float:
    """Bytes a run in the summary, which has a line for an arm at a point."""
    lines = list(summarize(design, [runs]))
    names = list(lines[0].means)
    text = to_csv(header(design, names), map(cells, lines))
    return len(text) / len(lines) * design.shard[1] / max(design.replicates, design.shard[1])
