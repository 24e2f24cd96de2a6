"""Do tasks on any executor, each once. What is finished is in a journal before it is told; a failure costs no other task."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, Protocol

from cxsim.execution.executor import Executor
from cxsim.execution.process_pool import ProcessPool
from cxsim.execution.scheduler import BATCH_SECONDS, BatchScheduler, Done, Entry, Task, Work
from cxsim.execution.threads import ThreadPool
from cxsim.execution.worker import describe
from cxsim.processors import cores, require_address_space
from cxsim.store.journal import Journal

SHORT_BATCH = 0.05  # seconds of work in a batch whose tasks someone waits for
RETRIES = 2


class Progress(Protocol):
    """Told how many steps are done, of how many, and how many of these failed."""

    def __call__(self, done: int, total: int, failed: int = 0) -> None:
        """Hear it."""


class Record(Protocol):
    """What keeps entries: see :class:`cxsim.store.journal.Journal`."""

    def append(self, key: str, entry: Entry) -> None:
        """Keep an entry under a key."""


class _Successes:
    """A journal, if there is one, of what succeeded: what failed is tried again by whoever goes on."""

    def __init__(self, journal: Journal | None) -> None:
        self.journal = journal

    def append(self, key: str, entry: Entry) -> None:
        if self.journal is not None and "error" not in entry:
            self.journal.append(key, entry)


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
    executor: Executor,
    record: Record,
    workers: int,
    retries: int = RETRIES,
    batch_seconds: float = BATCH_SECONDS,
) -> Iterator[Done]:
    """Give back tasks as they finish, in any order, each kept in the record before.

    ``work`` takes what the tasks of a batch say, and gives back an entry each (see :func:`attempt`). The executor is not shut
    down. When the caller stops early, or is interrupted, batches that wait are cancelled. Raises CxsimError where processes
    may not have the memory that a run takes.
    """
    require_address_space()
    batches = BatchScheduler(tasks, work, executor, workers, retries, batch_seconds)
    try:
        while batches.fill():
            for done in batches.wait():
                record.append(done.key, done.entry)
                yield done
    finally:
        batches.cancel()


def each_once(
    do: Callable[[Any], Entry],
    tasks: Sequence[Task],
    workers: int | None,
    progress: Progress,
    journal: Journal | None = None,
    processes: bool = False,
) -> dict[str, Entry]:
    """Do tasks on threads of this process, or on processes, and give back what each left, by key.

    ``workers`` are as many as there are processors when None. What a journal holds is not done again. Threads suit compiled
    work, which runs beside other threads.
    """
    found = {} if journal is None else {task.key: journal.get(task.key) for task in tasks if task.key in journal}
    left = [task for task in tasks if task.key not in found]
    progress(len(found), len(tasks))
    workers = min(workers or cores(), max(len(left), 1))
    executor: Executor = ProcessPool(workers) if processes and workers > 1 else ThreadPool(workers)
    with executor:
        for done in carry_out(left, partial(attempt, do), executor, _Successes(journal), workers, 0, SHORT_BATCH):
            found[done.key] = done.entry
            progress(len(found), len(tasks))
    return found


@lru_cache(maxsize=4_096)
def digest_of(thing: Any) -> str:
    """Digest of what a thing says of itself, for keys of tasks: two that differ in anything have two."""
    return hashlib.blake2b(repr(thing).encode(), digest_size=16).hexdigest()
