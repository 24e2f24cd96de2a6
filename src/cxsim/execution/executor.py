"""What executors of tasks have in common, and what their futures raise when a task could not be done."""

from collections.abc import Callable
from concurrent import futures
from concurrent.futures import BrokenExecutor, Future
from types import TracebackType
from typing import Any, Self

from cxsim.execution.worker_process import TaskFailed, task_bytes


class WorkerLost(BrokenExecutor):
    """The process that did a task died or was ended by the watchdog. Other tasks are not touched."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PoolBroken(BrokenExecutor):
    """No task can be done any more, as processes cannot be started."""


class Executor(futures.Executor):
    """An executor that can be ended at once, and is when its ``with`` block is left by an exception such as Ctrl-C."""

    limit: float | None = None  # seconds that a task may take, for executors that watch over that

    @property
    def workers(self) -> int:
        """Tasks that are done side by side."""
        raise NotImplementedError

    def kill(self) -> None:
        """End everything at once; futures that are not done raise WorkerLost."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, calls: TracebackType | None
    ) -> bool | None:
        """Finish all tasks, or end them at once after an exception, also one that comes while they are finished."""
        finished = False
        try:
            if kind is None:
                self.shutdown()
                finished = True
        finally:
            if not finished:
                self.kill()
        return None


class RemoteExecutor(Executor):
    """An executor whose tasks are done in other processes: functions are sent by module and name."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Send a call. Raises RuntimeError after shutdown, PoolBroken when no process can do it any more."""
        future: Future[Any] = Future()
        try:
            call = task_bytes(fn, args, kwargs)
        except TaskFailed as failure:
            future.set_exception(failure)
        else:
            self._send(future, call)
        return future

    def _send(self, future: "Future[Any]", call: bytes) -> None:
        raise NotImplementedError
