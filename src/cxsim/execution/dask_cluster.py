"""Tasks on many machines: a Dask cluster behind the standard executor interface, with the errors of :mod:`.process_pool`.

Dask gives the tasks of a worker that died to others, and gives up a task only when several workers in a row died over it
(``distributed.scheduler.allowed-failures``, three by default); that is a :class:`WorkerLost` here. When the scheduler cannot be
reached, Dask forgets all tasks and tries to connect again: they are lost too, and may be submitted once more.
"""

import logging
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from functools import cache
from typing import Any

from cxsim.errors import CxsimError
from cxsim.execution.executor import PoolBroken, RemoteExecutor, WorkerLost
from cxsim.execution.process_pool import STARTS
from cxsim.execution.worker import DONE, FAILED, attempt, describe
from cxsim.execution.worker_process import TaskFailed, read_answer, task_bytes
from cxsim.store.provenance import model_digest

CONNECT_SECONDS = 10
CLOSE_SECONDS = 1
NOT_STARTED = b"n"
ENDED = "it was ended with all others"


def dask_executor(
    address: str, start: Callable[..., None] | None = None, args: tuple[Any, ...] = (), seconds: float = CONNECT_SECONDS
) -> "DaskExecutor":
    """Connect to the Dask scheduler at an address such as ``tcp://10.0.0.1:8786``; ``start(*args)`` runs once in each process.

    Raises CxsimError when Dask is not installed, or nothing answers within these seconds.
    """
    try:
        connect = _client_class()
    except ImportError as error:
        raise CxsimError("a cluster needs the extra 'cluster': pip install 'cxsim[cluster]'") from error
    try:
        client = connect(address, timeout=seconds, set_as_default=False, name="cxsim")
    except (OSError, ValueError, TypeError) as error:
        message = f"no Dask scheduler answers at {address!r} within {seconds:g} s ({describe(error)})"
        raise CxsimError(f"{message}; start one with: dask scheduler") from error
    return DaskExecutor(client, address, start, args)


def _client_class() -> Any:
    import distributed

    for name in ("distributed.client", "distributed.core", "distributed.comm"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters of it is told by exceptions

    class Client(distributed.Client):  # type: ignore[misc]
        """One that cannot connect leaves nothing behind: collected later as garbage, it could block the next one for ever."""

        def start(self, **options: Any) -> None:
            try:
                super().start(**options)
            except BaseException:
                self.close(timeout=CLOSE_SECONDS)
                raise

    return Client


class DaskExecutor(RemoteExecutor):
    """The workers of a Dask cluster as an executor like :class:`~cxsim.execution.process_pool.ProcessPool`.

    A future raises WorkerLost, TaskFailed or PoolBroken as those of a pool do. It never says that it is running, and can be
    cancelled until it is done. There is no limit of time: Dask itself drops workers that do not answer for five minutes.
    """

    def __init__(self, client: Any, address: str, start: Callable[..., None] | None = None, args: tuple[Any, ...] = ()) -> None:
        self._client, self._address = client, address
        self._executor = client.get_executor(pure=False, retries=0)
        self._start = task_bytes(start, args, {}) if start else b""
        self._model = model_digest()
        self._lock = threading.Lock()
        self._waiting: dict[Future[Any], Future[Any]] = {}  # ours, and Dask's
        self._closed = False
        self._failed_starts = 0
        self._broken: str | None = None

    @property
    def workers(self) -> int:
        """Tasks that the cluster does side by side now; it may grow and shrink."""
        return int(sum(self._client.nthreads().values()))

    def _send(self, ours: "Future[Any]", call: bytes) -> None:
        if self._closed:
            raise RuntimeError("this cluster takes no more tasks: it was shut down")
        self._check()
        if self._broken is not None:
            raise PoolBroken(self._broken)
        theirs = self._executor.submit(perform, call, self._start, self._model)
        with self._lock:
            self._waiting[ours] = theirs
        theirs.add_done_callback(lambda done: self._pass_on(ours, done))
        ours.add_done_callback(lambda done: theirs.cancel() if done.cancelled() else None)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks, and leave the cluster when all are done, or cancelled."""
        self._closed = True
        if cancel_futures:
            for ours in list(self._waiting):
                ours.cancel()
        if wait:
            self._leave()
        else:
            threading.Thread(target=self._leave, name="cluster", daemon=True).start()

    def kill(self) -> None:
        """Leave the cluster at once; futures that are not done raise WorkerLost. Executor may finish what they are at."""
        self._closed = True
        for theirs in list(self._waiting.values()):
            theirs.cancel()
        self._client.close(timeout=CLOSE_SECONDS)

    def _leave(self) -> None:
        wait_for(list(self._waiting))
        self._client.close(timeout=CLOSE_SECONDS)

    def _check(self) -> None:
        if self._client.status in ("closing", "closed") and not self._closed:
            self._broken = f"the Dask scheduler at {self._address!r} is gone"

    def _pass_on(self, ours: "Future[Any]", theirs: "Future[bytes]") -> None:
        """Say how a task ended, in our terms."""
        with self._lock:
            self._waiting.pop(ours, None)
        if not ours.set_running_or_notify_cancel():
            return
        try:
            ours.set_result(self._outcome(theirs))
        except (TaskFailed, WorkerLost, PoolBroken) as error:
            ours.set_exception(error)

    def _outcome(self, theirs: "Future[bytes]") -> Any:
        if theirs.cancelled():
            raise self._forgotten()
        error = theirs.exception()
        if error is not None:
            if type(error).__name__ == "KilledWorker":
                raise WorkerLost("all workers that tried it died")
            raise self._not_started(describe(error))
        return self._read(theirs.result())

    def _read(self, answer: bytes) -> Any:
        kind, content = read_answer(answer)
        if kind == NOT_STARTED:
            raise self._not_started(content[0])
        self._failed_starts = 0
        if kind == FAILED:
            raise TaskFailed(*content)
        return content

    def _forgotten(self) -> WorkerLost | PoolBroken:
        self._check()
        if self._broken is not None:
            return PoolBroken(self._broken)
        return WorkerLost(ENDED if self._closed else "the connection to the Dask scheduler was lost")

    def _not_started(self, reason: str) -> WorkerLost | PoolBroken:
        self._failed_starts += 1
        if self._failed_starts < STARTS:
            return WorkerLost(f"the first step of its worker failed: {reason}")
        self._broken = f"the first step of workers failed {STARTS} times in a row; the last one: {reason}"
        return PoolBroken(self._broken)


# What runs on workers, several threads in a process.

_starting = threading.Lock()


def perform(call: bytes, start: bytes, model: str) -> bytes:
    """Do a task on a worker, whose first step is done only once; return what :func:`.worker.attempt` does."""
    with _starting:
        kind, answer = attempt(lambda: _start_once(start, model))
    if kind == DONE:
        kind, answer = attempt(lambda: _call(call))
    else:
        kind = NOT_STARTED
    return kind + answer


@cache
def _start_once(start: bytes, model: str) -> None:
    if model_digest() != model:
        raise RuntimeError("the cxsim of this worker has another version of the model; all must have the same")
    if start:
        _call(start)


def _call(call: bytes) -> Any:
    function, arguments, named = pickle.loads(call)
    return function(*arguments, **named)
