"""An executor of threads that nobody has to wait for: they are daemons, so that Ctrl-C does not wait for running tasks."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from cxsim.execution.executor import Executor

Result = TypeVar("Result")
_Call = tuple["Future[Any]", Callable[[], Any]]


class ThreadPool(Executor):
    """So many threads, which take tasks in the order in which they come."""

    def __init__(self, workers: int) -> None:
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._loop, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> "Future[Result]":
        """Put a call behind the others."""
        future: Future[Result] = Future()
        self._calls.put((future, lambda: fn(*args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks: threads leave when nothing is left to do, or before that when waiting tasks are cancelled."""
        while cancel_futures and not self._calls.empty():
            if (call := self._calls.get()) is not None:
                call[0].cancel()
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def kill(self) -> None:
        """Let nobody wait: tasks that have begun go on, for nobody, until this process ends."""
        self.shutdown(wait=False, cancel_futures=True)

    @property
    def workers(self) -> int:
        """Tasks that are done side by side."""
        return len(self._threads)

    def _loop(self) -> None:
        while (call := self._calls.get()) is not None:
            future, do = call
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(do())
            except BaseException as error:
                future.set_exception(error)
