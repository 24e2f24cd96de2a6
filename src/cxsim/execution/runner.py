"""Do many tasks on any executor, each once: what is finished is in a journal before it is told, a failure costs no other task.

Tasks travel in batches of about ``BATCH_SECONDS`` of work, so that short runs cost little beside themselves. A batch whose
worker is lost comes back task by task; a task that has lost its worker too often is set aside.
"""

import hashlib
import itertools
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from cxsim.errors import CxsimError
from cxsim.execution.executor import CrewBroken, WorkerLost, Workers
from cxsim.execution.process_pool import Crew, TaskFailed
from cxsim.execution.threads import Threads
from cxsim.execution.worker import describe
from cxsim.processors import cores

if TYPE_CHECKING:
    from cxsim.store.journal import Journal

BATCH_SECONDS = 0.4
SHORT_BATCH = 0.05
LONGEST_BATCH = 512
WAITING = 2  # batches for every worker: one that it works on, one that lies ready
HEARTBEAT = 0.2  # seconds between looks at the clock, so that Ctrl-C is heard
FIRST_LIMIT = 3_600.0  # seconds that a batch may take while nothing is known of how long tasks take
LEAST_LIMIT = 120.0
SLOWER = 20  # times the slowest task so far that a task may take before its worker is taken for stuck
RETRIES = 2

Progress: TypeAlias = Callable[[int, int], None]
Entry: TypeAlias = dict[str, Any]
Work: TypeAlias = Callable[[Sequence[Any]], list[Entry]]


class Task(NamedTuple):
    """One thing to do: what the journal knows it by, and what the worker is told."""

    key: str
    what: Any


class Done(NamedTuple):
    """A task that is finished, with what it left behind; or failed, when the entry has an ``error``."""

    key: str
    entry: Entry

    @property
    def failed(self) -> bool:
        """Tell whether it failed."""
        return "error" in self.entry


class Record(Protocol):
    """What keeps entries: see :class:`cxsim.store.journal.Journal`."""

    def append(self, key: str, entry: Entry) -> None:
        """Keep an entry under a key."""


class _Successes:
    """A journal, if there is one, of what succeeded: what failed is tried again by whoever goes on."""

    def __init__(self, journal: "Journal | None") -> None:
        self.journal = journal

    def append(self, key: str, entry: Entry) -> None:
        if self.journal is not None and "error" not in entry:
            self.journal.append(key, entry)


class Nowhere:
    """Keeps nothing, for work whose results are used at once."""

    def append(self, key: str, entry: Entry) -> None:
        """Forget it."""


def attempt(do: Callable[[Any], Entry], things: Sequence[Any]) -> list[Entry]:
    """Do things one by one in a worker: an entry each, with the ``seconds`` it took, and an ``error`` where one was raised."""
    entries = []
    for thing in things:
        start = time.perf_counter()
        try:
            entry = do(thing)
        except Exception as error:
            entry = {"error": describe(error)}
        entries.append(entry | {"seconds": time.perf_counter() - start})
    return entries


def carry_out(
    tasks: Iterable[Task],
    work: Work,
    executor: Workers,
    record: Record,
    workers: int,
    retries: int = RETRIES,
    batch_seconds: float = BATCH_SECONDS,
) -> Iterator[Done]:
    """Give back tasks as they finish, in any order, each kept in the record before.

    ``work`` takes what the tasks of a batch say, and gives back an entry each (see :func:`attempt`). The executor is not shut
    down. When the caller stops early, or is interrupted, batches that wait are cancelled.
    """
    shift = _Shift(tasks, work, executor, workers, retries, batch_seconds)
    try:
        while shift.fill():
            for done in shift.wait():
                record.append(done.key, done.entry)
                yield done
    finally:
        shift.cancel()


class _Shift:
    """Batches under way, and what is known of how long tasks take."""

    def __init__(
        self, tasks: Iterable[Task], work: Work, executor: Workers, workers: int, retries: int, batch_seconds: float
    ) -> None:
        self.tasks = iter(tasks)
        self.work, self.executor, self.workers, self.retries = work, executor, workers, retries
        self.batch_seconds = batch_seconds
        self.pending: dict[Future[list[Entry]], list[Task]] = {}
        self.again: deque[Task] = deque()
        self.losses: dict[str, int] = {}
        self.mean = self.slowest = math.nan

    def fill(self) -> bool:
        """Put batches before the workers; false when nothing is left."""
        while len(self.pending) < WAITING * self.workers and (batch := self.next_batch()):
            self.set_limit(len(batch))
            try:
                self.pending[self.executor.submit(self.work, [task.what for task in batch])] = batch
            except CrewBroken as error:
                raise _no_worker(error) from error
        return bool(self.pending)

    def next_batch(self) -> list[Task]:
        """Take tasks that lost their worker one by one, others as many as fill the time."""
        if self.again:
            return [self.again.popleft()]
        size = 1 if math.isnan(self.mean) else int(min(max(self.batch_seconds / max(self.mean, 1e-6), 1), LONGEST_BATCH))
        return list(itertools.islice(self.tasks, size))

    def set_limit(self, size: int) -> None:
        """Tell the executor how long a batch may take before its worker is taken for stuck."""
        known = not math.isnan(self.slowest)
        self.executor.limit = max(LEAST_LIMIT, SLOWER * self.slowest * size) if known else FIRST_LIMIT

    def wait(self) -> Iterator[Done]:
        """Wait for some batch, for a short while, and give back the tasks of those that came."""
        came, _ = wait(self.pending, HEARTBEAT, FIRST_COMPLETED)
        for future in came:
            batch = self.pending.pop(future)
            try:
                entries = future.result()
            except WorkerLost as lost:
                yield from self.lose(batch, str(lost))
            except CrewBroken as error:
                raise _no_worker(error) from error
            except Exception as error:  # of the batch as a whole: too large to be sent back, for example
                if len(batch) > 1:
                    self.again.extend(batch)
                else:
                    yield Done(batch[0].key, {"error": error.error if isinstance(error, TaskFailed) else describe(error)})
            else:
                yield from self.settle(batch, entries)

    def settle(self, batch: list[Task], entries: list[Entry]) -> Iterator[Done]:
        """Give back the tasks of a batch, and learn how long they took."""
        for task, entry in zip(batch, entries, strict=True):
            seconds = entry.pop("seconds")
            self.slowest = max(seconds, self.slowest) if self.slowest >= 0 else seconds
            self.mean = 0.9 * self.mean + 0.1 * seconds if self.mean >= 0 else seconds
            yield Done(task.key, entry)

    def lose(self, batch: list[Task], reason: str) -> Iterator[Done]:
        """Try tasks again whose worker was lost, and set one aside that has lost it too often, the last time on its own."""
        for task in batch:
            lost = self.losses[task.key] = self.losses.get(task.key, 0) + 1
            if lost > self.retries and len(batch) == 1:
                told = "its worker died" if lost == 1 else f"lost its worker {lost} times"
                yield Done(task.key, {"error": f"{told}: {reason}"})
            else:
                self.again.append(task)

    def cancel(self) -> None:
        """Leave what has not begun."""
        for future in self.pending:
            future.cancel()


def _no_worker(error: CrewBroken) -> CxsimError:
    return CxsimError(f"no worker can be started ({error}); what is finished is kept")


def each_once(
    do: Callable[[Any], Entry],
    tasks: Sequence[Task],
    workers: int | None,
    progress: Progress,
    journal: "Journal | None" = None,
    processes: bool = False,
) -> dict[str, Entry]:
    """Do tasks on threads of this process, or on processes, and give back what each left, by key.

    ``workers`` are as many as there are processors when None. What a journal holds is not done again. Threads suit compiled
    work, which runs beside other threads.
    """
    found = {} if journal is None else {task.key: journal.get(task.key) for task in tasks if task.key in journal}
    left = [task for task in tasks if task.key not in found]
    progress(len(found), len(tasks))
    hands = min(workers or cores(), max(len(left), 1))
    executor: Workers = Crew(hands) if processes and hands > 1 else Threads(hands)
    with executor:
        for done in carry_out(left, partial(attempt, do), executor, _Successes(journal), hands, 0, SHORT_BATCH):
            found[done.key] = done.entry
            progress(len(found), len(tasks))
    return found


@lru_cache(maxsize=4_096)
def digest_of(thing: Any) -> str:
    """Digest of what a thing says of itself, for keys of tasks: two that differ in anything have two."""
    return hashlib.blake2b(repr(thing).encode(), digest_size=16).hexdigest()
