"""Where files are kept that can be made again: folders of the user's own, as what lies in them is run.

Code that is loaded from a cache could be anybody's: so a folder is taken only when it belongs to this user, is open to nobody
else (mode 0700), and is no link. One that others have filled, such as the image of a container, is read when it belongs to
root or this user and nobody else can write to it.
"""

import atexit
import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "CXSIM_CACHE_DIR"
LEAST_ROOM = 64 << 20  # bytes free on a disk that is worth starting on: compiled code takes 11 MB
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_folder(name: str) -> Path | None:
    """Folder of this user for what is kept under a name, with what a folder that can only be read has of it.

    Looked for below ``CXSIM_CACHE_DIR``, else the user's cache, then below the folder for temporary files; else it is one for
    this process and its children. None when nothing can be written anywhere.
    """
    filled: Path | None = None
    for root in _roots():
        folder = root / name
        if _own(root) and _own(folder) and _has_room(folder):
            _fill(folder, filled)
            return folder
        if filled is None and _is_read_safely(root, folder):
            filled = folder
    try:
        fresh = Path(tempfile.mkdtemp(prefix="cxsim-"))
    except OSError:
        return None
    atexit.register(shutil.rmtree, fresh, ignore_errors=True)
    os.environ[VARIABLE] = str(fresh)  # for processes that this one starts
    folder = fresh / "cxsim" / name
    folder.mkdir(mode=0o700, parents=True)
    _fill(folder, filled)
    return folder


def _roots() -> Iterator[Path]:
    base = os.environ.get(VARIABLE) or os.environ.get("XDG_CACHE_HOME")
    with contextlib.suppress(RuntimeError):  # neither a HOME nor a name, as in many containers
        yield (Path(base) if base else Path.home() / ".cache") / "cxsim"
    with contextlib.suppress(OSError):
        yield Path(tempfile.gettempdir()) / f"cxsim-{_user()}"


def _user() -> int:
    return os.geteuid() if hasattr(os, "geteuid") else 0  # where there are no such numbers, there are no modes either


def _own(folder: Path) -> bool:
    """Make a folder if it is missing; tell whether it is this user's, closed to others, and can be written."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            return False
        if hasattr(os, "geteuid"):
            if found.st_uid != _user():
                return False
            if stat.S_IMODE(found.st_mode) & 0o077:
                folder.chmod(0o700)
        return os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    except (OSError, ValueError):
        return False


def _has_room(folder: Path) -> bool:
    return any(folder.iterdir()) or shutil.disk_usage(folder).free >= LEAST_ROOM


def _is_read_safely(root: Path, folder: Path) -> bool:
    """Tell whether a folder that cannot be written has something, and whether nobody but root and this user put it there."""
    try:
        parts = [root, folder, *folder.rglob("*")]
        return len(parts) > 2 and all(_is_safe(part.lstat()) for part in parts)
    except (OSError, ValueError):
        return False


def _is_safe(found: os.stat_result) -> bool:
    plain = stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)
    return plain and found.st_uid in (0, _user()) and not found.st_mode & _OTHERS_WRITE


def _fill(folder: Path, source: Path | None) -> None:
    """Copy what a folder that can only be read has, whole or not at all; what cannot be copied is made again."""
    if source is None or any(folder.iterdir()):
        return
    staging = folder.with_name(f".{folder.name}-{os.getpid()}")
    try:
        shutil.copytree(source, staging)
        staging.chmod(0o700)
        staging.replace(folder)
    except OSError:
        shutil.rmtree(staging, ignore_errors=True)
