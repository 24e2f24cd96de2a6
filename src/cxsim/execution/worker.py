"""The program of a process that does tasks for another one (see process_pool.py). It is started as a file, not imported.

Frames come in on the standard input and answers leave on what was the standard output; whatever a task prints goes to the
standard error. The end of the input means that the parent is gone or wants no more: the process ends at once, in the middle of
a task too. Only the standard library is imported here; the first frame says where everything else is found.
"""

import contextlib
import os
import pickle
import queue
import signal
import struct
import sys
import threading
import traceback
from collections.abc import Callable
from typing import IO, Any

LENGTH = struct.Struct(">Q")
DONE, FAILED = b"d", b"f"
LAST_CALLS = 3  # of a traceback; the innermost tell most
HINT = "what is sent to a process must come from a module that can be imported, not from the program that was started"


def write_frame(pipe: IO[bytes], *parts: bytes) -> None:
    """Send bytes that :func:`read_frame` gives back in one piece."""
    pipe.write(LENGTH.pack(sum(map(len, parts))))
    for part in parts:
        pipe.write(part)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> bytes:
    """Receive what :func:`write_frame` sent. Raises EOFError when the other end is gone, in the middle of it too."""
    head = pipe.read(LENGTH.size)
    size = LENGTH.unpack(head)[0] if len(head) == LENGTH.size else -1
    body = pipe.read(size) if size >= 0 else b""
    if len(body) != size:
        raise EOFError
    return body


def describe(error: BaseException) -> str:
    """One line that names an error."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = "(its message cannot be shown)"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def describe_calls(error: BaseException) -> str:
    """Tell where an error arose: the innermost calls."""
    try:
        return "".join(traceback.format_exception(error, limit=-LAST_CALLS))
    except Exception:
        return describe(error)


def attempt(call: Callable[[], Any]) -> tuple[bytes, bytes]:
    """Call a function, and return what to answer: its result, or what went wrong, in words that any process can read."""
    try:
        return DONE, pickle.dumps(call(), protocol=5)
    except BaseException as error:  # a task that calls sys.exit has failed, and nothing else
        return FAILED, pickle.dumps((describe(error), describe_calls(error)))


def _perform(task: bytes) -> Any:
    try:
        function, arguments, named = pickle.loads(task)
    except Exception as error:
        raise TypeError(f"this task cannot be read: {describe(error)}; {HINT}") from error
    return function(*arguments, **named)


def _take(pipe: IO[bytes], tasks: "queue.SimpleQueue[bytes]") -> None:
    """Pass tasks on until the parent is gone."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            tasks.put(read_frame(pipe))
    os._exit(0)


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the pipes to the parent out of the reach of whatever reads the standard input or prints."""
    pipes = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return pipes


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def main() -> None:
    """Do one task after another. The first frame is the search path for modules."""
    _leave_interrupts_to_the_parent()
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    source, sink = _private_pipes()
    try:
        sys.path[:] = pickle.loads(read_frame(source))
    except EOFError:  # the parent is gone already
        return
    threading.Thread(target=_take, args=(source, tasks), daemon=True).start()
    while True:
        task = tasks.get()
        answer = attempt(lambda task=task: _perform(task))  # type: ignore[misc]
        sys.stdout.flush()
        try:
            write_frame(sink, *answer)
        except OSError:
            os._exit(0)


if __name__ == "__main__":
    main()
