"""Many jobs on threads, each of which may own a process: a job that fails, or dies, costs no other job.

Threads are daemons and processes are ended when the caller stops early, so that Ctrl-C does not wait for running jobs.
"""

import queue
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


class JobError(Exception):
    """What a job said when it failed."""


def describe(error: BaseException) -> str:
    """One line that names an error."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def run_jobs(
    work: Callable[[Job], Result], jobs: Sequence[Job], workers: int, processes: bool
) -> Generator[tuple[int, Result | JobError], None, None]:
    """Give back the number of each job with its result, or with its error, as they finish."""
    todo: queue.SimpleQueue[tuple[int, Job]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Result | JobError]] = queue.SimpleQueue()
    for item in enumerate(jobs):
        todo.put(item)
    hands = [_Hand(work, todo, done, processes) for _ in range(min(workers, len(jobs)))]
    try:
        for hand in hands:
            hand.thread.start()
        for _ in jobs:
            yield _next(done)
    finally:
        for hand in hands:
            hand.stop()


def _next(done: "queue.SimpleQueue[Any]") -> Any:
    while True:
        try:
            return done.get(timeout=0.2)  # short, so that Ctrl-C is heard on every system
        except queue.Empty:
            continue


class _Hand(Generic[Job, Result]):
    """One thread that takes jobs until none are left, and the process it hands them to, if any."""

    def __init__(
        self,
        work: Callable[[Job], Result],
        todo: "queue.SimpleQueue[tuple[int, Job]]",
        done: "queue.SimpleQueue[tuple[int, Result | JobError]]",
        processes: bool,
    ) -> None:
        self.work, self.todo, self.done = work, todo, done
        self.child = _Child(work) if processes else None
        self.stopped = False
        self.thread = threading.Thread(target=self.loop, daemon=True)

    def loop(self) -> None:
        """Work off the queue."""
        while not self.stopped:
            try:
                number, job = self.todo.get_nowait()
            except queue.Empty:
                break
            self.done.put((number, self.attempt(job)))
        if self.child:
            self.child.end()

    def attempt(self, job: Job) -> Result | JobError:
        """Do one job; an error is a result like any other."""
        try:
            result: Result = self.child.call(job) if self.child else self.work(job)
        except JobError as told:
            return told
        except Exception as error:
            return JobError(describe(error))
        return result

    def stop(self) -> None:
        """Take no more jobs, and end the process at once."""
        self.stopped = True
        if self.child:
            self.child.end()


class _Child:
    """A process that does one job after another, started anew when it has died."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.work = work
        self.process: Any = None
        self.pipe: Connection | None = None
        self.ended = False

    def call(self, job: Any) -> Any:
        """Do a job in the process."""
        pipe = self.pipe or self.start()
        try:
            pipe.send(job)
            good, answer = pipe.recv()
        except (EOFError, OSError) as error:
            self.drop()
            raise JobError("the process that ran it died (out of memory?)") from error
        if not good:
            raise JobError(answer)
        return answer

    def start(self) -> Connection:
        """Start the process."""
        if self.ended:
            raise JobError("stopped")
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, self.work), daemon=True)
        self.process.start()
        theirs.close()
        return self.pipe

    def drop(self) -> None:
        """Forget a process."""
        process, self.process, self.pipe = self.process, None, None
        if process is not None:
            process.terminate()

    def end(self) -> None:
        """End the process for good."""
        self.ended = True
        self.drop()


def _serve(pipe: Connection, work: Callable[[Any], Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        try:
            answer = (True, work(job))
        except Exception as error:
            answer = (False, describe(error))
        pipe.send(answer)
