"""Tasks and programs that the tests of process pools send to workers, good and bad."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

STARTED: list[str] = []


def pid() -> int:
    return os.getpid()


def add(one, other=0):
    return one + other


def wait(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def mark_and_wait(path: str, seconds: float) -> None:
    Path(path).write_text(str(os.getpid()))
    time.sleep(seconds)


def kill_self(number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(60)


def read_address_zero() -> None:
    ctypes.string_at(0)


def leave(code: int) -> None:
    os._exit(code)


def leave_politely(code: int) -> None:
    sys.exit(code)


def fork_and_die() -> None:
    """Die while a process of one's own holds all pipes open."""
    if os.fork() == 0:
        time.sleep(6)
        os._exit(0)
    os.kill(os.getpid(), signal.SIGKILL)


def sometimes_die(number: int, bad: str) -> int:
    if bad == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if bad == "exit":
        os._exit(number % 256)
    if bad == "fault":
        ctypes.string_at(0)
    if bad == "raise":
        raise ValueError(f"task {number} is bad")
    time.sleep(0.002)
    return number


class UnreadableError(Exception):
    """Neither can be pickled nor shown."""

    def __init__(self) -> None:
        self.thing = lambda: 0

    def __str__(self) -> str:
        raise RuntimeError("no")


def raise_unreadable() -> None:
    raise UnreadableError


def unpicklable():
    return lambda: 0


def _explode():
    raise ValueError("not to be read again")


class Exploding:
    """Can be packed, but not unpacked."""

    def __reduce__(self):
        return _explode, ()


def exploding() -> Exploding:
    return Exploding()


def big(megabytes: int) -> bytes:
    return bytes(megabytes << 20)


def size(data: bytes) -> int:
    return len(data)


def noisy() -> str:
    print("this goes to the standard error")
    subprocess.run([sys.executable, "-c", "print('so does this')"], check=True)
    return sys.stdin.read()


def remember(word: str) -> None:
    STARTED.append(word)


def remembered() -> list[str]:
    return STARTED


def refuse_to_start(word: str) -> None:
    raise ValueError(f"{word} is missing")


def die_on_start() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_on_start_once(path: str) -> None:
    """Die unless another process did so before."""
    try:
        os.mkdir(path)
    except FileExistsError:
        return
    os._exit(1)
