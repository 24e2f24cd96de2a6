"""Standard streams that cost no work: what cannot be written is dropped, and what could steer a terminal is spelled out."""

import contextlib
import errno
import io
import os
import re
import sys
from typing import Any

CLOSED_BY_READER = 141  # exit code of a program that wrote to a closed pipe, as shells count it
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # all but tabs and ends of lines


class _Patient(io.FileIO):
    """The bytes of a stream: after the first error nothing more is written, and ``lost`` tells why."""

    lost: OSError | None = None

    def write(self, data: Any) -> int:
        """Write, or do as if."""
        if self.lost is None:
            try:
                return super().write(data) or 0
            except OSError as error:
                self.lost = error
        return len(memoryview(data).cast("B"))


class PlainText(io.TextIOWrapper):
    """Text of any origin, such as a name in a file, in which nothing moves a cursor, rings a bell or turns letters round.

    What the encoding lacks is spelled out too. ``raw_text`` is the same stream for what draws on a terminal, such as a bar.
    """

    def __init__(self, patient: _Patient, encoding: str) -> None:
        bytes_ = io.BufferedWriter(patient)
        super().__init__(bytes_, encoding, "backslashreplace", line_buffering=True)
        self.raw_text = io.TextIOWrapper(bytes_, encoding, "backslashreplace", line_buffering=True)

    def write(self, text: str) -> int:
        """Write plain text."""
        return super().write(STEERS.sub(_spelled, text))


def _spelled(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def open_streams() -> None:
    """Put patient streams in the place of the standard ones of this process. Others, as in tests, are left alone."""
    _open_all()
    for name in ("stdout", "stderr"):
        _be_patient(name)


def exit_code(code: int) -> int:
    """Write what is left; the exit code of a command that itself would leave with this one."""
    if code == 0 and (told := lost_output()):
        sys.stderr.write(f"Error: {told}\n")
        code = 2
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    return CLOSED_BY_READER if code == 0 and _lost() else code


def lost_output() -> str:
    """Say why not all that was printed has been written; nothing when it was, or when its reader wants no more."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    lost = _lost()
    return f"cannot write to the standard output: {lost.strerror}" if lost and lost.errno != errno.EPIPE else ""


def _lost() -> OSError | None:
    return getattr(getattr(getattr(sys.stdout, "buffer", None), "raw", None), "lost", None)


def _open_all() -> None:
    """Open what was closed by whoever started this process, so that no file of results gets its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115
            setattr(sys, f"__{name}__", getattr(sys, name))


def _be_patient(name: str) -> None:
    stream: Any = getattr(sys, name)
    if stream is not getattr(sys, f"__{name}__") or isinstance(stream, PlainText):
        return
    with contextlib.suppress(OSError):
        stream.flush()
    encoding = "utf-8" if stream.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968") else stream.encoding
    setattr(sys, name, PlainText(_Patient(stream.fileno(), "w", closefd=False), encoding))
