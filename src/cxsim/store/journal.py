"""An append-only record of finished work, one line each, readable after a crash at any moment.

A line is ``<crc32 of the rest, 8 hex digits> <tie> <JSON>``, so that a torn or damaged line is known and costs only itself. The
tie says what work the line belongs to: digits of the digest of what was asked. Lines of other work are passed over.
"""

import base64
import json
import os
import time
import zlib
from collections.abc import Iterable, Iterator, KeysView, Mapping
from contextlib import nullcontext, suppress
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from cxsim.errors import StoreError
from cxsim.store import disk
from cxsim.store.checksummed_json import digest_of

JOURNAL = "journal.jsonl"
SYNC_SECONDS = 1.0
CHUNK = 1 << 14
KEY_FIRST = b'{"key":"'
CRC_DIGITS, TIE_DIGITS = 8, 12
LINE_BYTES = CRC_DIGITS + 1 + TIE_DIGITS + 1 + len("\n")  # of a line beside its JSON
TORN, DAMAGED, FOREIGN, EARLIER = "torn", "damaged", "of other work", "of an earlier version of cxsim"
DECODER = json.JSONDecoder()
BYTES = "base64"  # {"base64": "..."} stands for bytes


class Line(NamedTuple):
    """A line of a journal: its number from 1, where it begins and ends in the file, what is wrong with it, and its JSON."""

    number: int
    start: int
    end: int
    fault: str
    text: bytes


def tie_of(asked: Mapping[str, Any]) -> str:
    """What stands in each line of the journal of work that was asked so."""
    return digest_of(asked)[:TIE_DIGITS]


class Journal:
    """Append-only record of finished work in one file, for one thread. Later lines of a key replace earlier ones.

    In memory stands only where the line of each key begins. ``damaged`` holds the numbers of lines that cannot be read,
    ``foreign`` of those of other work: what they tell of counts as not done.
    """

    def __init__(self, path: Path, tie: str, file: int, resume: str) -> None:
        self.path, self.tie = path, tie
        self.damaged: list[int] = []
        self.foreign: list[int] = []
        self._file, self._resume = file, resume
        self._starts: dict[str, int] = {}
        self._end = 0
        self._cut_back = False  # whether half a line may stand behind the end
        self._lost = False  # whether the disk failed to keep lines it had taken
        self._synced = time.monotonic()

    @classmethod
    def open(cls, path: Path, tie: str, resume: str = "") -> Self:
        """Make a journal, or go on with the one that is there: a torn last line is cut off, damaged lines are passed over.

        ``tie``: what the work is, see :func:`tie_of`; lines of other work are passed over too. ``resume``: the command, in
        words, that goes on after the disk failed. Raises :class:`StoreError`.
        """
        resume = resume or f"cxsim resume {path.parent}"
        with disk.guarded(path, resume):
            journal = cls(path, tie, disk.open_file(path, os.O_RDWR | os.O_CREAT | os.O_APPEND), resume)
            try:
                journal._read_all()
                disk.sync_folder(path.parent)
            except BaseException:
                os.close(journal._file)
                raise
        return journal

    def _read_all(self) -> None:
        torn = False
        for line in _lines(self.path, self.tie):
            if line.fault == TORN:
                torn = True
            elif line.fault:
                (self.foreign if line.fault == FOREIGN else self.damaged).append(line.number)
            else:
                self._starts[_key(line.text)] = line.start
            self._end = line.start if torn else line.end
        if torn:
            disk.cut(self._file, self._end)
        disk.sync(self._file)  # what a killed process wrote may not be on the disk yet

    def append(self, key: str, entry: Mapping[str, Any]) -> None:
        """Write what came out of the work ``key``: plain values of JSON, and bytes at the top level.

        After a crash of the process nothing appended is lost, after a loss of power at most the last second.
        Raises :class:`StoreError` when the disk does not take it; the journal is then as it was before.
        """
        line = _line(key, entry, self.tie)
        try:
            self._write(key, line)
            if time.monotonic() - self._synced >= SYNC_SECONDS:
                self._sync()
        except OSError as error:
            raise disk.trouble(self.path, error, self._resume) from error

    def _write(self, key: str, line: bytes) -> None:
        self._refuse_when_lost()
        if self._cut_back:
            disk.cut(self._file, self._end)
            self._cut_back = False
        try:
            disk.write(self._file, line)
        except BaseException:
            self._cut_back = True
            with suppress(OSError):
                disk.cut(self._file, self._end)
                self._cut_back = False
            raise
        self._starts[key] = self._end
        self._end += len(line)

    def sync(self) -> None:
        """Return when the disk holds every line. Raises :class:`StoreError`."""
        with disk.guarded(self.path, self._resume):
            self._sync()

    def _sync(self) -> None:
        self._refuse_when_lost()
        try:
            disk.sync(self._file)
        except OSError:
            self._lost = True  # a second attempt would succeed and prove nothing: the system has dropped the lines
            raise
        self._synced = time.monotonic()

    def _refuse_when_lost(self) -> None:
        if self._lost:
            raise OSError("the disk failed to keep what was written before")

    def get(self, key: str) -> dict[str, Any]:
        """Read an entry back. Raises :class:`KeyError` for an unknown key, :class:`StoreError` when its line was damaged."""
        start = self._starts[key]
        with disk.guarded(self.path, self._resume):
            fault, text = _check(_line_at(self._file, start), self.tie)
        if fault or _key(text) != key:
            raise StoreError(f"{self.path}: the line at byte {start} was damaged after it was written")
        return _entry(text)

    def keys(self) -> KeysView[str]:
        """Keys of everything that is recorded, in the order in which they first came."""
        return self._starts.keys()

    def __contains__(self, key: object) -> bool:
        return key in self._starts

    def __iter__(self) -> Iterator[str]:
        return iter(self._starts)

    def __len__(self) -> int:
        return len(self._starts)

    def close(self) -> None:
        """Sync and close. Raises :class:`StoreError` when the disk does not keep the last lines."""
        if self._file < 0:
            return
        with disk.guarded(self.path, self._resume):
            try:
                self._sync()
            finally:
                file, self._file = self._file, -1
                disk.close(file)

    def discard(self) -> None:
        """Close and remove the file: what it held stands elsewhere now."""
        self.close()
        with disk.guarded(self.path, self._resume):
            disk.remove(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with suppress(StoreError) if kind else nullcontext():  # the first error is the one to tell
            self.close()


def read_journal(path: Path, tie: str) -> Iterator[dict[str, Any]]:
    """Good lines in the order of the file, while another process may write to it. A later line of a key replaces earlier ones.

    Nothing is changed, and no file is no lines. Raises :class:`StoreError` when the file cannot be read.
    """
    if path.exists():
        with disk.guarded(path):
            yield from (_entry(line.text) for line in _lines(path, tie) if not line.fault)


def journal_damages(path: Path, tie: str, writing: bool = False) -> list[str]:
    """Say what is wrong with a journal, of which lines; ``writing``: another process is at its last line.

    An empty ``tie``: what work it belongs to cannot be told.
    """
    with disk.guarded(path):
        return list(_in_words(_lines(path, tie), writing))


def _in_words(lines: Iterable[Line], writing: bool) -> Iterator[str]:
    """One sentence for lines that follow each other and are wrong in the same way."""
    for fault, together in groupby(lines, lambda line: line.fault):
        numbers = [line.number for line in together]
        if fault == TORN and not writing:
            yield "the last line is torn"
        elif fault not in ("", TORN):
            some = f"line {numbers[0]} is" if len(numbers) == 1 else f"lines {numbers[0]} to {numbers[-1]} are"
            yield f"{some} {fault}"


def _lines(path: Path, tie: str) -> Iterator[Line]:
    start = 0
    with disk.open_to_read(path) as file:
        for number, text in enumerate(file, 1):
            end = start + len(text)
            yield Line(number, start, end, *(_check(text[:-1], tie) if text.endswith(b"\n") else (TORN, b"")))
            start = end


def _line(key: str, entry: Mapping[str, Any], tie: str) -> bytes:
    text = encode({"key": key} | dict(entry) | {"key": key}).encode()  # first in the line: see _key
    tied = b"%b %b" % (tie.encode(), text)
    return b"%08x %b\n" % (zlib.crc32(tied), tied)


def _plain(value: object) -> object:
    """Stand for what JSON does not know: bytes, and numbers of numpy."""
    if isinstance(value, bytes):
        return {BYTES: base64.b64encode(value).decode()}
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a journal cannot hold {type(value).__name__}")


encode = json.JSONEncoder(separators=(",", ":"), default=_plain).encode


def _check(line: bytes, tie: str) -> tuple[str, bytes]:
    """Say what is wrong with a line without its end, and return its JSON."""
    tied = line[CRC_DIGITS + 1 :]
    found, text = tied[:TIE_DIGITS], tied[TIE_DIGITS + 1 :]
    if line[: CRC_DIGITS + 1] != b"%08x " % zlib.crc32(tied):
        return DAMAGED, b""
    if not text.startswith(KEY_FIRST):
        return EARLIER if tied.startswith(KEY_FIRST) else DAMAGED, b""
    return FOREIGN if tie and found != tie.encode() else "", text


def _key(text: bytes) -> str:
    """Read the key alone, which is many times quicker than the whole entry."""
    key: str = DECODER.raw_decode(text.decode(), len(KEY_FIRST) - 1)[0]
    return key


def _entry(text: bytes) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(text)
    for name, value in entry.items():
        if isinstance(value, dict) and value.keys() == {BYTES}:
            entry[name] = base64.b64decode(value[BYTES])
    return entry


def _line_at(file: int, start: int) -> bytes:
    os.lseek(file, start, os.SEEK_SET)
    pieces = []
    while piece := os.read(file, CHUNK):
        text, end, _ = piece.partition(b"\n")
        pieces.append(text)
        if end:
            break
    return b"".join(pieces)
