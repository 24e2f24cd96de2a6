"""Batches of tasks on an executor: how many tasks go together, how long they may take, and what becomes of lost ones.

Tasks travel in batches of about ``BATCH_SECONDS`` of work, so that short runs cost little beside themselves. A batch whose
worker is lost comes back task by task; a task that has lost its worker too often is set aside.
"""

import itertools
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, NamedTuple, TypeAlias

from cxsim.errors import CxsimError
from cxsim.execution.executor import Executor, PoolBroken, WorkerLost
from cxsim.execution.worker import describe
from cxsim.execution.worker_process import TaskFailed

BATCH_SECONDS = 0.4
LONGEST_BATCH = 512
WAITING = 2  # batches for every worker: one that it works on, one that lies ready
HEARTBEAT = 0.2  # seconds between looks at the clock, so that Ctrl-C is heard
FIRST_LIMIT = 3_600.0  # seconds that a batch may take while nothing is known of how long tasks take
LEAST_LIMIT = 120.0
SLOWER = 20  # times the slowest task so far that a task may take before its worker is taken for stuck

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


class BatchScheduler:
    """Batches under way, and what is known of how long tasks take, in seconds."""

    def __init__(
        self, tasks: Iterable[Task], work: Work, executor: Executor, workers: int, retries: int, batch_seconds: float
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
            except PoolBroken as error:
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
            except PoolBroken as error:
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


def _no_worker(error: PoolBroken) -> CxsimError:
    return CxsimError(f"no worker can be started ({error}); what is finished is kept")
