"""What a sweep would take: some of its runs are done here, spread over the whole design, and their figures scaled up.

Nothing is written. Times are those of this machine, as busy as it is now.
"""

import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cxsim.engine import precompile
from cxsim.execution.process_pool import ProcessPool
from cxsim.execution.scheduler import BATCH_SECONDS, Entry
from cxsim.measures.registry import WHOLE
from cxsim.processors import cores
from cxsim.store.journal import LINE_BYTES, encode
from cxsim.store.parts import size_of_part
from cxsim.store.tables import ROWS_IN_GROUP, Columns, to_csv
from cxsim.studies.sweep.alike import different
from cxsim.studies.sweep.design import Design
from cxsim.studies.sweep.folder import query_text
from cxsim.studies.sweep.results import RUNS, tables_of
from cxsim.studies.sweep.summary import cells, header, summarize
from cxsim.studies.sweep.work import KINDS, begin, do_runs, load_engine, prepare

if sys.platform != "win32":
    import resource

PILOT_SECONDS = 2.0
MOST_RUNS = 5_000  # of a pilot: what they leave behind is held in memory
GOLDEN = 0.6180339887498949  # steps of this share fall in no pattern with points, arms and replicates
STAMP = {"at": 1_700_000_000.0}  # any time: all are as long
INDEX_BYTES = 300  # that the parent knows of a run: its number, and where it stands in the journal
COPIES = 4  # of a piece of a table that stand in memory while it is written
CELL_BYTES = 8
MANIFEST_BYTES = 4_000


@dataclass
class Pilot:
    """What some runs took, and what they left behind.

    ``seconds`` are those of each run, ``kinds`` the types of its values. ``preparing`` are seconds that scenarios took before,
    which the replicates of an arm at a point share; ``start`` is what a worker takes until its first run. Memory in bytes, NaN
    where the system does not tell.
    """

    seconds: list[float] = field(default_factory=list)
    entries: dict[int, Entry] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    preparing: float = 0.0
    start: float = 0.0
    worker: float = math.nan
    parent: float = math.nan

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
    found = Pilot(parent=memory_used())
    load_engine()
    _do_some(design, found, PILOT_SECONDS if seconds is None else seconds)
    slowest = max(zip(found.seconds, found.entries, strict=True), default=(0.0, None))[1]
    since = time.perf_counter()
    with ProcessPool(1, begin, (name, design.plain())) as pool:
        pool.submit(load_engine).result()
        found.start = time.perf_counter() - since
        if slowest is not None:
            pool.submit(do_runs, name, [slowest]).result()
        found.worker = pool.submit(memory_used).result()
    return found


def _do_some(design: Design, found: Pilot, seconds: float) -> None:
    name, spent = design.digest, 0.0
    for number in spread(design.numbers):
        since = time.perf_counter()
        prepare(name, number)
        ready = time.perf_counter()
        (entry,) = do_runs(name, [number])
        done = time.perf_counter()
        found.preparing += ready - since
        spent += done - since
        if "error" in entry:
            found.errors[number] = entry["error"]
        else:
            found.seconds.append(done - ready)
            found.kinds = entry.pop(KINDS)
            found.entries[number] = entry
        if spent >= seconds or len(found.entries) + len(found.errors) >= MOST_RUNS:
            return


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
    run = seen.mean + seen.preparing / (len(seen.entries) + len(seen.errors)) / together
    work = max(run / processes, (run + sizes.writing) / cores())
    starts = seen.start * (1 + max(workers / cores(), 1.0))  # of the parent, then of all workers side by side
    results = sizes.frame + runs * sizes.rows + len(query_text(design)) + MANIFEST_BYTES
    return Forecast(
        seconds=checking + starts + different(design) * work + runs * sizes.reading,
        journal=runs * sizes.line,
        results=results,
        worker=seen.worker,
        parent=seen.parent + runs * INDEX_BYTES + min(runs, ROWS_IN_GROUP) * sizes.held * COPIES,
    )


def _sizes(design: Design, seen: Pilot) -> _Sizes:
    """Measure what the runs of a pilot take in the journal and in the tables."""
    entries = sorted(seen.entries.items())
    runs = len(entries)
    clock = time.perf_counter()
    lines = [encode({"key": str(number), **entry, **STAMP}) for number, entry in entries]
    written = time.perf_counter()
    for line in lines:
        json.loads(line)
    tables = tables_of(design, seen.kinds, entries)
    whole = sum(size_of_part(table, WHOLE) for table in tables.values())
    read = time.perf_counter()
    half = max(runs // 2, 1)
    first = sum(size_of_part(table, WHOLE) for table in tables_of(design, seen.kinds, entries[:half]).values())
    rows = (whole - first) / (runs - half) if runs > half else whole
    return _Sizes(
        line=sum(map(len, lines)) / runs + LINE_BYTES,
        rows=rows + _summary_bytes(design, tables[RUNS]),
        frame=max(whole - rows * runs, 0.0),
        held=sum(len(table) * len(table["run"]) for table in tables.values()) * CELL_BYTES / runs,
        writing=(written - clock) / runs,
        reading=(read - written) / runs,
    )


def _summary_bytes(design: Design, runs: Columns) -> float:
    """Bytes a run in the summary, which has a line for an arm at a point."""
    lines = list(summarize(design, [runs]))
    text = to_csv(header(design, list(lines[0].means)), map(cells, lines))
    return len(text) / len(lines) * design.shard[1] / max(design.replicates, design.shard[1])
