"""Processes that do tasks, behind the standard executor interface: one that dies or hangs costs its own task only.

Each process is served by a thread of this one (a *hand*), which takes tasks from the queue and waits for answers. A further
thread watches for processes that died idle and for tasks over their limit. Whoever first finds that a process is lost takes the
hand off the list, fails its task and puts a new hand in its place; whoever comes second finds nothing left to do.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple

from cxsim.execution.executor import CrewBroken, WorkerLost, Workers
from cxsim.execution.worker import describe
from cxsim.execution.worker_process import ChildProcess, LostError, TaskFailed, block_interrupts, task_bytes

__all__ = ["Crew", "CrewBroken", "TaskFailed", "WorkerLost", "Workers"]

TICK = 0.1  # seconds between two looks at the processes
PATIENCE = 1.0  # seconds in which a dead process's last answer may still be read, and killed ones are waited for
STARTS = 10  # processes in a row that may fail to start
START_LIMIT = 300.0  # seconds that a start may take: the engine may have to be compiled in it


class _Task(NamedTuple):
    future: "Future[Any]"
    call: bytes


class _Hand:
    """A thread, the process it serves, and the task that this is at."""

    def __init__(self, live: Callable[["_Hand"], None]) -> None:
        self.process: ChildProcess | None = None
        self.ready = False
        self.future: Future[Any] | None = None
        self.seconds = 0.0  # spent on this task, or on the start
        self.seconds_dead = 0.0
        self.thread = threading.Thread(target=live, args=(self,), name="crew", daemon=True)

    def limit(self, of_tasks: float | None) -> float | None:
        """Seconds that what it is at may take."""
        if not self.ready:
            return START_LIMIT
        return of_tasks if self.future else None


class Crew(Workers):
    """Processes that do tasks; one that dies is replaced, and only its own task is lost.

    ``start(*args)`` runs first in every process. A task may take ``limit`` seconds (None: any time), then its process is ended;
    the attribute may be changed at any time. Time in which this process itself is stopped does not count.

    A future raises :class:`WorkerLost` when its process is lost, and :class:`TaskFailed` when its task raises or cannot be
    sent; all that wait raise :class:`CrewBroken` when ten processes in a row fail to start and nothing is done meanwhile.
    Leaving a ``with`` block by an exception ends everything at once; otherwise tasks are finished. Functions are sent by module
    and name.
    """

    def __init__(
        self, workers: int, start: Callable[..., None] | None = None, args: tuple[Any, ...] = (), limit: float | None = None
    ) -> None:
        if workers < 1:
            raise ValueError(f"workers must be at least 1, not {workers}")
        self._workers, self.limit = workers, limit
        self._start = task_bytes(start, args, {}) if start else None
        self._changed = threading.Condition()
        self._tasks: deque[_Task] = deque()
        self._hands: set[_Hand] = set()
        self._threads: set[threading.Thread] = set()
        self._failed_starts = 0
        self._closed = False
        self._broken: str | None = None
        threading.Thread(target=self._watch, name="crew watch", daemon=True).start()

    @property
    def workers(self) -> int:
        """Processes."""
        return self._workers

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Queue a call. Raises RuntimeError after shutdown, CrewBroken when no process can be started."""
        future: Future[Any] = Future()
        try:
            call = task_bytes(fn, args, kwargs)
        except TaskFailed as failure:
            future.set_exception(failure)
            return future
        with self._changed:
            if self._closed:
                raise RuntimeError("this crew takes no more tasks: it was shut down")
            if self._broken is not None:
                raise CrewBroken(self._broken)
            self._tasks.append(_Task(future, call))
            self._changed.notify()
        return future

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
                self._changed.wait_for(lambda: not self._hands and not self._tasks)
                self._changed.wait_for(lambda: not self._threads, PATIENCE)

    def kill(self) -> None:
        """End all processes at once; futures that are not done raise WorkerLost."""
        with self._changed:
            self._closed = True
            futures = [task.future for task in self._drop_tasks() if task.future.set_running_or_notify_cancel()]
            hands, self._hands = self._hands, set()
            futures += [future for hand in hands if (future := self._release(hand))]
            for hand in hands:
                if hand.process:
                    hand.process.kill()
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
        """Put hands where some are missing while there is or may be work; return tasks that nobody will do."""
        while self._broken is None and (self._tasks or not self._closed) and len(self._hands) < self._workers:
            hand = _Hand(self._live)
            try:
                hand.thread.start()
            except RuntimeError as error:  # too many threads on this machine; the watchdog tries again
                return self._count_failed_start(str(error))
            self._hands.add(hand)
            self._threads.add(hand.thread)
        return []

    # What the thread of a hand does.

    def _live(self, hand: _Hand) -> None:
        block_interrupts()
        try:
            self._begin(hand)
            while task := self._next_task(hand):
                self._do(hand, task)
        except LostError as lost:
            self._lose(hand, str(lost))
        except Exception as error:  # a mistake of ours: better a lost task than one that is waited for without end
            self._lose(hand, describe(error))
        finally:
            self._end(hand)

    def _begin(self, hand: _Hand) -> None:
        """Start the process."""
        with self._changed:  # what is short now, such as memory, may not be so a little later
            if self._changed.wait_for(lambda: hand not in self._hands, TICK * self._failed_starts):
                return
        try:
            process = ChildProcess()
        except OSError as error:
            raise LostError(f"no process can be started: {error.strerror or error}") from error
        with self._changed:
            hand.process = process
            if hand not in self._hands:
                process.kill()
        process.introduce()
        if self._start:
            self._call_start(process, self._start)
        with self._changed:
            hand.ready, hand.seconds, self._failed_starts = True, 0.0, 0

    def _call_start(self, process: ChildProcess, start: bytes) -> None:
        try:
            process.call(start)
        except TaskFailed as failure:
            raise LostError(f"its first step failed: {failure}") from failure

    def _next_task(self, hand: _Hand) -> _Task | None:
        """Wait for a task; None when there is nothing left for this hand to do."""
        with self._changed:
            while hand in self._hands:
                if not self._tasks:
                    if self._closed:
                        return None
                    self._changed.wait()
                elif hand.process and hand.process.is_dead():  # before it got the task, which another one can do
                    raise LostError(hand.process.reason())
                elif self._tasks[0].future.set_running_or_notify_cancel():
                    task = self._tasks.popleft()
                    hand.future, hand.seconds = task.future, 0.0
                    return task
                else:
                    self._tasks.popleft()
        return None

    def _do(self, hand: _Hand, task: _Task) -> None:
        assert hand.process
        result: Any = None
        failure: TaskFailed | None = None
        try:
            result = hand.process.call(task.call)
        except TaskFailed as told:
            failure = told
        with self._changed:
            future = self._release(hand)
            self._failed_starts = 0
        if future and failure:
            future.set_exception(failure)
        elif future:
            future.set_result(result)

    def _end(self, hand: _Hand) -> None:
        """Let the process leave, and the thread with it."""
        if hand.process:
            hand.process.leave()
        with self._changed:
            self._hands.discard(hand)
            self._threads.discard(hand.thread)
            self._changed.notify_all()

    # Losing processes.

    def _release(self, hand: _Hand) -> "Future[Any] | None":
        """Take the task from a hand: only who gets it may say how it ended."""
        future, hand.future = hand.future, None
        return future

    def _lose(self, hand: _Hand, reason: str) -> None:
        """End a process that is of no use, fail its task, and put another one in its place. Safe to call twice."""
        with self._changed:
            if hand not in self._hands:
                return
            self._hands.discard(hand)
            if hand.process:
                hand.process.kill()
            lost = self._release(hand)
            dropped = [] if hand.ready else self._count_failed_start(reason)
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
                task.future.set_exception(CrewBroken(self._broken))

    def _watch(self) -> None:
        """Look after the processes until there are none and will be none."""
        before = time.monotonic()
        while self._hands or self._tasks or not (self._closed or self._broken):
            with self._changed:
                dropped = self._refill()
            self._give_up(dropped)
            time.sleep(TICK)
            now = time.monotonic()
            passed, before = min(now - before, PATIENCE), now  # not the time in which this process was stopped itself
            for hand in list(self._hands):
                self._look_after(hand, passed)

    def _look_after(self, hand: _Hand, passed: float) -> None:
        hand.seconds += passed
        limit = hand.limit(self.limit)
        if limit is not None and hand.seconds > limit:
            self._lose(hand, f"took longer than {limit:g} s")
        elif hand.process and hand.process.is_dead():
            hand.seconds_dead += passed
            if hand.seconds_dead > PATIENCE or not hand.future:
                self._lose(hand, hand.process.reason())
