"""Every step that the store takes on a disk, so that each can fail in one way only: a :class:`StoreError` in words."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path

from cxsim.errors import StoreError

AGAIN = "the same command"
DRAFT = ".new"  # ends the names of files that are not finished; they begin with a dot, which readers of Parquet pass over
FULL = {errno.ENOSPC, errno.EDQUOT}
BINARY = getattr(os, "O_BINARY", 0)  # Windows
NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # of systems that have it
AT_ONCE = getattr(os, "O_NONBLOCK", 0)  # a pipe in the place of a file lets nobody wait


def reason(error: OSError) -> str:
    """Say in words why the disk failed."""
    if error.errno == errno.ELOOP:
        return "it is a symbolic link, which nothing is written through"
    return "the disk is full" if error.errno in FULL or "No space left" in str(error) else error.strerror or str(error)


def legible(path: str) -> str:
    """Write a path as text that a file can hold: what in a name is not UTF-8 is spelled out."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def trouble(path: Path, error: OSError, resume: str = AGAIN) -> StoreError:
    """Say which file cannot be used, why, and that ``resume`` (a command in words) goes on later."""
    when = "when there is room again" if error.errno in FULL else "once that is mended"
    return StoreError(f"{path}: {reason(error)}; what was finished is kept, and {resume} goes on {when}")


@contextmanager
def guarded(path: Path, resume: str = AGAIN) -> Iterator[None]:
    """Turn any failure of the disk into one message that names the file."""
    try:
        yield
    except OSError as error:
        raise trouble(path, error, resume) from error


def open_file(path: Path, flags: int) -> int:
    """Open a file in binary mode that may be written to, and is a file: no link, pipe or device.

    Like all functions below it raises :class:`OSError`; see :func:`guarded`.
    """
    if not NO_LINK:
        refuse_link(path)
    file = os.open(path, flags | BINARY | NO_LINK | AT_ONCE, 0o666)
    try:
        _require_regular(file)
    except OSError:
        os.close(file)
        raise
    return file


def open_to_read(path: Path) -> BufferedReader:
    """Open a file to be read; a link to one will do, but no pipe and no device, which may never end."""
    file = open(path, "rb", opener=lambda name, flags: os.open(name, flags | BINARY | AT_ONCE))  # noqa: SIM115 - it is given back
    try:
        _require_regular(file.fileno())
    except OSError:
        file.close()
        raise
    return file


def _require_regular(file: int) -> None:
    if not stat.S_ISREG(os.fstat(file).st_mode):
        raise OSError(errno.EINVAL, "it is no file, but a pipe, a device or a folder")


def refuse_link(path: Path) -> None:
    """Raise OSError when there is a link at a path."""
    if os.path.islink(path):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def write(file: int, data: bytes | memoryview) -> None:
    """Write all bytes: the system may take them in pieces."""
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]


def sync(file: int) -> None:
    """Return when the disk itself holds what was written."""
    os.fsync(file)


def cut(file: int, size: int) -> None:
    """Drop everything behind ``size`` bytes."""
    os.ftruncate(file, size)


def close(file: int) -> None:
    """Close a file; some network disks tell only then that they are full."""
    os.close(file)


def make_folder(path: Path) -> None:
    """Make a folder below one that is there, unless it is there itself. A link in its place is refused."""
    with suppress(FileExistsError):
        os.mkdir(path)
        sync_folder(path.parent)
    refuse_link(path)


def rename(draft: Path, path: Path) -> None:
    """Give a finished file its name, at once and so that the name stays after a loss of power."""
    os.replace(draft, path)
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """Remove a file, if it is there."""
    with suppress(FileNotFoundError):
        os.unlink(path)


def try_to_remove(path: Path) -> None:
    """Remove a file that does no harm if it stays."""
    with suppress(OSError):
        os.unlink(path)


def sync_folder(path: Path) -> None:
    """Let the disk keep the names in a folder. Systems and disks that cannot do this are left alone."""
    if os.name == "nt":
        return
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EBADF}:
            raise
    finally:
        os.close(file)


def draft_of(path: Path) -> Path:
    """Name beside ``path`` under which it is written."""
    return path.with_name(f".{path.name}{DRAFT}")


def write_whole(path: Path, data: bytes, resume: str = AGAIN) -> None:
    """Let a file appear complete or not at all, in place of an older one. Raises :class:`StoreError`."""
    with guarded(path, resume):
        replace_file(path, data)


def replace_file(path: Path, data: bytes) -> None:
    """Let a file appear complete or not at all. Raises OSError."""
    draft = draft_of(path)
    try:
        file = open_file(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            write(file, data)
            sync(file)
        finally:
            close(file)
        rename(draft, path)
    except BaseException:
        try_to_remove(draft)
        raise
