"""One process that does tasks, seen from its parent.

It is started as a program of its own, not through ``multiprocessing``: so it never imports the program that the user started
(which need not be guarded by ``if __name__ == "__main__"``), begins quickly, and has no helper processes of its own.
"""

import contextlib
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from cxsim.execution import worker
from cxsim.execution.worker import DONE, read_frame, write_frame

PROGRAM = str(Path(worker.__file__))
SECONDS_TO_LEAVE = 5.0


class LostError(Exception):
    """The process ended; the message says how."""


class TaskFailed(Exception):  # noqa: N818
    """What a task said when it raised: the class and message of its error, and where it arose."""

    def __init__(self, error: str, traceback: str = "") -> None:
        super().__init__(error, traceback)
        self.error, self.traceback = error, traceback

    def __str__(self) -> str:
        return self.error


def block_interrupts() -> None:
    """Keep Ctrl-C from what this thread starts until that has decided to ignore it; other threads are not touched."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


class ChildProcess:
    """A process that does one task at a time. Raises OSError when it cannot be started."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self._popen = subprocess.Popen([sys.executable, "-P", PROGRAM], stdin=pipe, stdout=pipe)
        assert self._popen.stdin
        assert self._popen.stdout
        self._to, self._from = self._popen.stdin, self._popen.stdout
        self.pid = self._popen.pid

    def introduce(self) -> None:
        """Tell it where modules are found, before its first task. Raises LostError."""
        self._send(pickle.dumps(sys.path))

    def call(self, task: bytes) -> Any:
        """Do a task made by :func:`task_bytes`. Raises TaskFailed or LostError."""
        self._send(task)
        try:
            answer = read_frame(self._from)
        except (EOFError, OSError, ValueError):
            raise LostError(self._ending()) from None
        kind, content = read_answer(answer)
        if kind != DONE:
            raise TaskFailed(*content)
        return content

    def _send(self, frame: bytes) -> None:
        try:
            write_frame(self._to, frame)
        except (OSError, ValueError):
            raise LostError(self._ending()) from None

    def _ending(self) -> str:
        """Wait for the end of a process whose pipes are closed, which is of no use any more; say how it ended."""
        try:
            self._popen.wait(1)
        except subprocess.TimeoutExpired:
            self.kill()
            self._popen.wait()
        return self.reason()

    def reason(self) -> str:
        """Say how the process ended."""
        code = self._popen.poll()
        if code is None:
            return "its process does not answer"
        if code >= 0:
            return f"its process ended by itself with exit code {code}"
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"its process was ended by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")

    def is_dead(self) -> bool:
        """Tell whether the process ended."""
        return self._popen.poll() is not None

    def kill(self) -> None:
        """End the process at once, also when it is stopped."""
        self._popen.kill()

    def leave(self) -> None:
        """Let the process end, or end it, and release everything. A process that is to end at once is killed before."""
        with contextlib.suppress(OSError):
            self._to.close()
        try:
            self._popen.wait(SECONDS_TO_LEAVE)
        except subprocess.TimeoutExpired:
            self.kill()
            self._popen.wait()
        self._from.close()


def read_answer(answer: bytes) -> tuple[bytes, Any]:
    """Unpack what :func:`.worker.attempt` said: its kind, and its content. Raises TaskFailed when it cannot be read."""
    try:
        return answer[:1], pickle.loads(memoryview(answer)[1:])
    except Exception as error:
        raise TaskFailed(f"its result cannot be read: {worker.describe(error)}") from error


def task_bytes(function: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> bytes:
    """Pack a call for another process. Raises TaskFailed for what cannot be sent there."""
    if getattr(function, "__module__", None) == "__main__":
        name = getattr(function, "__qualname__", repr(function))
        raise TaskFailed(f"{name} cannot be sent to a process: {worker.HINT}")
    try:
        return pickle.dumps((function, arguments, named), protocol=5)
    except Exception as error:
        raise TaskFailed(f"this cannot be sent to a process: {worker.describe(error)}") from error
