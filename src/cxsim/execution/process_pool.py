"""Processes that do tasks, behind the standard executor interface: one that dies or hangs costs its own task only.

A *worker* is such a process and the thread of this one that serves it, which takes tasks off the queue and waits for answers.
Another thread watches for processes that died idle and for tasks over their limit. Whoever first finds that a process is lost
takes the worker off the list, fails its task and puts a new one in its place; whoever comes second finds nothing left to do.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple

from cxsim.execution.executor import PoolBroken, RemoteExecutor, WorkerLost
from cxsim.execution.worker import describe
from cxsim.execution.worker_process import ChildProcess, LostError, TaskFailed, block_interrupts, task_bytes

TICK = 0.1  # seconds between two looks at the processes
PATIENCE = 1.0  # seconds in which a dead process's last answer may still be read, and killed ones are waited for
STARTS = 10  # processes in a row that may fail to start
START_LIMIT = 300.0  # seconds that a start may take: the engine may have to be compiled in it


class _Task(NamedTuple):
    future: "Future[Any]"
    call: bytes


class _Worker:
    """A thread of this process, the process it serves, and the task that this is at."""

    def __init__(self, live: Callable[["_Worker"], None]) -> None:
        self.process: ChildProcess | None = None
        self.ready = False
        self.future: Future[Any] | None = None
        self.seconds = 0.0  # spent on this task, or on the start
        self.seconds_dead = 0.0
        self.thread = threading.Thread(target=live, args=(self,), name="pool", daemon=True)

    def limit(self, of_tasks: float | None) -> float | None:
        """Seconds that what it is at may take."""
        if not self.ready:
            return START_LIMIT
        return of_tasks if self.future else None


class ProcessPool(RemoteExecutor):
    """Processes that do tasks; one that dies is replaced, and only its own task is lost.

    ``start(*args)`` runs first in every process. A task may take ``limit`` seconds (None: any time), then its process is ended;
    the attribute may be changed at any time. Time in which this process itself is stopped does not count.

    A future raises :class:`WorkerLost` when its process is lost, and :class:`TaskFailed` when its task raises or cannot be
    sent; all that wait raise :class:`PoolBroken` when ten processes in a row fail to start and nothing is done meanwhile.
    Leaving a ``with`` block by an exception ends everything at once; otherwise tasks are finished. Functions are sent by module
    and name.
    """

    def __init__(
        self, workers: int, start: Callable[..., None] | None = None, args: tuple[Any, ...] = (), limit: float | None = None
    ) -> None:
        if workers < 1:
            raise ValueError(f"workers must be at least 1, not {workers}")
        self._size, self.limit = workers, limit
        self._start = task_bytes(start, args, {}) if start else None
        self._changed = threading.Condition()
        self._tasks: deque[_Task] = deque()
        self._workers: set[_Worker] = set()
        self._threads: set[threading.Thread] = set()
        self._failed_starts = 0
        self._closed = False
        self._broken: str | None = None
        threading.Thread(target=self._watch, name="pool watch", daemon=True).start()

    @property
    def workers(self) -> int:
        """Processes."""
        return self._size

    def _send(self, future: "Future[Any]", call: bytes) -> None:
        with self._changed:
            if self._closed:
                raise RuntimeError("this pool takes no more tasks: it was shut down")
            if self._broken is not None:
                raise PoolBroken(self._broken)
            self._tasks.append(_Task(future, call))
            self._changed.notify()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks. Processes leave when those that wait are done, or cancelled."""
        with self._changed:
            self._closed = True
            dropped = self._drop_tasks() if cancel_futures else []
            self._changed.notify_all()
        for task in dropped:
            task.future.cancel()
            task.future.set_running_or_notify_cancel()
        if wait:
            with self._changed:
                self._changed.wait_for(lambda: not self._workers and not self._tasks)
                self._changed.wait_for(lambda: not self._threads, PATIENCE)

    def kill(self) -> None:
        """End all processes at once; futures that are not done raise WorkerLost."""
        with self._changed:
            self._closed = True
            futures = [task.future for task in self._drop_tasks() if task.future.set_running_or_notify_cancel()]
            workers, self._workers = self._workers, set()
            futures += [future for worker in workers if (future := self._release(worker))]
            for worker in workers:
                if worker.process:
                    worker.process.kill()
            self._changed.notify_all()
        for future in futures:
            future.set_exception(WorkerLost("it was ended with all others"))
        with self._changed:
            self._changed.wait_for(lambda: not self._threads, PATIENCE)

    def _drop_tasks(self) -> list[_Task]:
        dropped = list(self._tasks)
        self._tasks.clear()
        return dropped

    def _refill(self) -> list[_Task]:
        """Put workers where some are missing while there is or may be work; return tasks that nobody will do."""
        while self._broken is None and (self._tasks or not self._closed) and len(self._workers) < self._size:
            worker = _Worker(self._live)
            try:
                worker.thread.start()
            except RuntimeError as error:  # too many threads on this machine; the watchdog tries again
                return self._count_failed_start(str(error))
            self._workers.add(worker)
            self._threads.add(worker.thread)
        return []

    # What the thread of a worker does.

    def _live(self, worker: _Worker) -> None:
        block_interrupts()
        try:
            self._begin(worker)
            while task := self._next_task(worker):
                self._do(worker, task)
        except LostError as lost:
            self._lose(worker, str(lost))
        except Exception as error:  # a mistake of ours: better a lost task than one that is waited for without end
            self._lose(worker, describe(error))
        finally:
            self._end(worker)

    def _begin(self, worker: _Worker) -> None:
        """Start the process."""
        with self._changed:  # what is short now, such as memory, may not be so a little later
            if self._changed.wait_for(lambda: worker not in self._workers, TICK * self._failed_starts):
                return
        try:
            process = ChildProcess()
        except OSError as error:
            raise LostError(f"no process can be started: {error.strerror or error}") from error
        with self._changed:
            worker.process = process
            if worker not in self._workers:
                process.kill()
        process.introduce()
        if self._start:
            self._call_start(process, self._start)
        with self._changed:
            worker.ready, worker.seconds, self._failed_starts = True, 0.0, 0

    def _call_start(self, process: ChildProcess, start: bytes) -> None:
        try:
            process.call(start)
        except TaskFailed as failure:
            raise LostError(f"its first step failed: {failure}") from failure

    def _next_task(self, worker: _Worker) -> _Task | None:
        """Wait for a task; None when there is nothing left for this worker to do."""
        with self._changed:
            while worker in self._workers:
                if not self._tasks:
                    if self._closed:
                        return None
                    self._changed.wait()
                elif worker.process and worker.process.is_dead():  # before it got the task, which another one can do
                    raise LostError(worker.process.reason())
                elif self._tasks[0].future.set_running_or_notify_cancel():
                    task = self._tasks.popleft()
                    worker.future, worker.seconds = task.future, 0.0
                    return task
                else:
                    self._tasks.popleft()
        return None

    def _do(self, worker: _Worker, task: _Task) -> None:
        assert worker.process
        result: Any = None
        failure: TaskFailed | None = None
        try:
            result = worker.process.call(task.call)
        except TaskFailed as told:
            failure = told
        with self._changed:
            future = self._release(worker)
            self._failed_starts = 0
        if future and failure:
            future.set_exception(failure)
        elif future:
            future.set_result(result)

    def _end(self, worker: _Worker) -> None:
        """Let the process leave, and the thread with it."""
        if worker.process:
            worker.process.leave()
        with self._changed:
            self._workers.discard(worker)
            self._threads.discard(worker.thread)
            self._changed.notify_all()

    # Losing processes.

    def _release(self, worker: _Worker) -> "Future[Any] | None":
        """Take the task from a worker: only who gets it may say how it ended."""
        future, worker.future = worker.future, None
        return future

    def _lose(self, worker: _Worker, reason: str) -> None:
        """End a process that is of no use, fail its task, and put another one in its place. Safe to call twice."""
        with self._changed:
            if worker not in self._workers:
                return
            self._workers.discard(worker)
            if worker.process:
                worker.process.kill()
            lost = self._release(worker)
            dropped = [] if worker.ready else self._count_failed_start(reason)
            dropped += self._refill()
            self._changed.notify_all()
        if lost:
            lost.set_exception(WorkerLost(reason))
        self._give_up(dropped)

    def _count_failed_start(self, reason: str) -> list[_Task]:
        """Give up after too many, and return the tasks that nobody will do."""
        self._failed_starts += 1
        if self._failed_starts < STARTS:
            return []
        self._broken = f"{STARTS} processes in a row failed to start; the last one: {reason}"
        return self._drop_tasks()

    def _give_up(self, tasks: list[_Task]) -> None:
        for task in tasks:
            if task.future.set_running_or_notify_cancel():
                task.future.set_exception(PoolBroken(self._broken))

    def _watch(self) -> None:
        """Look after the processes until there are none and will be none."""
        before = time.monotonic()
        while self._workers or self._tasks or not (self._closed or self._broken):
            with self._changed:
                dropped = self._refill()
            self._give_up(dropped)
            time.sleep(TICK)
            now = time.monotonic()
            passed, before = min(now - before, PATIENCE), now  # not the time in which this process was stopped itself
            for worker in list(self._workers):
                self._look_after(worker, passed)

    def _look_after(self, worker: _Worker, passed: float) -> None:
        worker.seconds += passed
        limit = worker.limit(self.limit)
        if limit is not None and worker.seconds > limit:
            self._lose(worker, f"took longer than {limit:g} s")
        elif worker.process and worker.process.is_dead():
            worker.seconds_dead += passed
            if worker.seconds_dead > PATIENCE or not worker.future:
                self._lose(worker, worker.process.reason())
