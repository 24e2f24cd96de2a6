"""Who works in a folder: one process at a time, known to the system, which forgets it when the process is killed."""

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Self

from cxsim.errors import StoreError
from cxsim.store import disk

LOCK = "lock"
TRIES, PAUSE = 5, 0.05  # a look whether a lock is held takes it for an instant
WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EIO}  # such as some network disks

if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Lock:
    """Held while a process works in the folder in which ``path`` lies. ``note`` says so when the disk knows no locks.

    Use it in ``with``. ``makes``: the folder is made, which whoever held the lock before may just have removed.
    Raises :class:`StoreError` when another process holds it, or the file cannot be made.
    """

    def __init__(self, path: Path, shown: str = "", resume: str = "", makes: bool = False) -> None:
        self.path, self.shown = path, shown or str(path.parent)
        self.note = ""
        self._makes = makes
        self._resume = resume or f"cxsim resume {self.shown}"
        self._file = -1

    def __enter__(self) -> Self:
        _try_often(self._attempt, self.shown)
        return self

    def _attempt(self) -> bool:
        with disk.guarded(self.path, self._resume):
            try:
                if self._makes:
                    self.path.parent.mkdir(parents=True, exist_ok=True)
                    disk.refuse_link(self.path.parent)
                file = disk.open_file(self.path, os.O_RDWR | os.O_CREAT)
            except FileNotFoundError:
                if not self._makes:
                    raise
                return False
        try:
            _take(file)
            taken = _is_still(self.path, file)
        except OSError as error:
            taken = error.errno in WITHOUT_LOCKS
            if taken:
                self.note = f"{self.shown} lies on a disk without locks: see to it that only one cxsim works in it at a time"
        if taken:
            self._file = file
        else:
            os.close(file)
        return taken

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # Windows keeps files that are open, and a lock that nobody holds does no harm
            os.unlink(self.path)
        os.close(self._file)
        self._file = -1


def _try_often(attempt: Callable[[], bool], shown: str) -> None:
    for left in reversed(range(TRIES)):
        if attempt():
            return
        if left:
            time.sleep(PAUSE)
    raise StoreError(f"{shown} is being worked on by another cxsim; wait for it, or end it")


def refuse_locked(path: Path, shown: str) -> None:
    """Raise :class:`StoreError` when some process works in a folder."""
    _try_often(lambda: not is_locked(path), shown)


def _is_still(path: Path, file: int) -> bool:
    """Tell whether the locked file is the one at the path: the process that held it before may have removed it."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(file))
    except FileNotFoundError:
        return False


@contextmanager
def hold_folder(path: Path) -> Iterator[bool]:
    """Mark a folder as in use until the block or this process ends; gives false when another one uses it, or it cannot be."""
    with ExitStack() as stack:
        try:
            file = os.open(path, os.O_RDONLY)
            stack.callback(os.close, file)
            _take(file)
            held = True
        except OSError:
            held = False
        yield held


def is_locked(path: Path) -> bool:
    """Tell whether some process works in a folder, without disturbing it."""
    try:
        file = os.open(path, os.O_RDWR | disk.BINARY | disk.NO_LINK | disk.AT_ONCE)
    except OSError:
        return False
    try:
        _take(file)
    except OSError as error:
        return error.errno not in WITHOUT_LOCKS
    finally:
        os.close(file)
    return False
