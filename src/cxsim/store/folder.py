"""A folder of results that appears whole or not at all, and never takes the place of something else by accident."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from glob import escape
from pathlib import Path
from typing import NamedTuple

from cxsim.errors import StoreError
from cxsim.store import disk
from cxsim.store.lock import hold_folder

MANIFEST = "manifest.json"
QUERY = "asked.json"  # what was asked: checksummed JSON, in a folder that is filled over time
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class ResultFolder(NamedTuple):
    """Where results go: an absolute path, and the path as the user knows it."""

    path: Path
    shown: str


def default_folder(name: str) -> ResultFolder:
    """``results/<name>`` in the folder of work."""
    if not SAFE_NAME.fullmatch(name):
        raise StoreError(f"the scenario's name {name!r} cannot name a folder; give one with --out DIR")
    return chosen_folder(str(Path("results") / name))


def chosen_folder(path: str) -> ResultFolder:
    """Return the folder that a user named. A link or a file in its place is refused, a folder that cannot be made too."""
    if not path:
        raise StoreError("the path is empty; name a folder with --out DIR")
    try:
        return _writable(Path(os.path.abspath(path)), path)
    except OSError as error:  # such as a name that is too long
        raise StoreError(f"cannot write results to {path}: {disk.reason(error)}") from error


def existing_folder(path: str) -> ResultFolder:
    """Return a folder of results that a user named, to be read."""
    place = ResultFolder(Path(os.path.abspath(path)), disk.legible(path) or "''")
    if not path or not place.path.exists():
        raise StoreError(f"{place.shown}: no such folder{_nearest(place.path)}")
    if not place.path.is_dir():
        raise StoreError(f"{place.shown} is a file; name the folder of results")
    if not os.access(place.path, os.R_OK | os.X_OK):
        raise StoreError(f"{place.shown} cannot be read: Permission denied")
    return place


def _nearest(path: Path) -> str:
    """Name the folder of results beside a path whose name is most like it, if there is one."""
    try:
        beside = [one.name for one in path.parent.iterdir() if (one / MANIFEST).is_file() or (one / QUERY).is_file()]
    except OSError:
        return ""
    near = get_close_matches(path.name, beside, 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def files_in(folder: Path) -> Iterator[str]:
    """Names of all files below a folder, and of links."""
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())


def refuse_to_remove(place: ResultFolder, strange: Sequence[str]) -> None:
    """Raise StoreError when there are files in a folder that are none of its results, and would be removed with it."""
    if strange:
        named = ", ".join(strange[:3]) + (f" and {len(strange) - 3} more" if len(strange) > 3 else "")
        raise StoreError(f"{place.shown} also holds {named}, which --force would remove; move that away first")


def change_folder(place: ResultFolder, change: Callable[[Path], None]) -> None:
    """Replace a folder by a changed copy. Its files are links: a change must remove a file before it writes it anew."""

    def fill(folder: Path) -> None:
        shutil.copytree(place.path, folder, symlinks=True, copy_function=_link, dirs_exist_ok=True)
        change(folder)

    replace_folder(place, fill)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # a file system without links
        shutil.copy2(source, target, follow_symlinks=False)


def _writable(absolute: Path, path: str) -> ResultFolder:
    if absolute.is_symlink():
        raise StoreError(f"{path} is a symbolic link; name the folder itself with --out DIR")
    if absolute.exists() and not absolute.is_dir():
        raise StoreError(f"{path} is a file; name another folder with --out DIR")
    if absolute == absolute.parent:
        raise StoreError(f"{path} is the root of the file system; name a folder with --out DIR")
    above = next(parent for parent in absolute.parents if parent.exists())
    if not above.is_dir():
        raise StoreError(f"cannot write results to {path}: {above} is a file, not a folder")
    if not os.access(above, os.W_OK | os.X_OK):
        raise StoreError(f"cannot write results to {path}: no permission to write in {above}")
    return ResultFolder(absolute, disk.legible(path))


def replace_folder(place: ResultFolder, fill: Callable[[Path], None]) -> None:
    """Fill a new folder beside the place and rename it; what stood there is moved away first and removed last."""
    made = _make_parents(place)
    try:
        with _staging(place) as staging:
            fill(staging)
            for path in sorted(staging.rglob("*")):
                if path.is_file() and not path.is_symlink():
                    _sync(path)
            _swap(staging, place)
        made.clear()
        with suppress(OSError):  # a loss of power may bring back what was there before, which is whole as well
            disk.sync_folder(place.path.parent)
    except OSError as error:
        raise StoreError(f"cannot write results to {place.shown}: {disk.reason(error)}; nothing was written") from error
    finally:
        remove_empty(made)


def _make_parents(place: ResultFolder) -> list[Path]:
    missing = [parent for parent in place.path.parents if not parent.exists()]
    try:
        place.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot write results to {place.shown}: {disk.reason(error)}") from error
    return missing


def remove_empty(folders: Sequence[Path]) -> None:
    """Remove folders, from within outwards, until one of them holds something."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


@contextmanager
def _staging(place: ResultFolder) -> Iterator[Path]:
    _remove_abandoned(place)
    staging = Path(tempfile.mkdtemp(dir=place.path.parent, prefix=f"{_hidden(place)}new-"))
    with hold_folder(staging):
        try:
            umask = os.umask(0)
            os.umask(umask)
            staging.chmod(0o777 & ~umask)
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _hidden(place: ResultFolder) -> str:
    return f".{place.path.name}."


def _remove_abandoned(place: ResultFolder) -> None:
    """Remove what processes left beside a place that were killed while they wrote, unless it is all that is left of results."""
    kinds = ["new", "old"] if place.path.exists() else ["new"]
    for beside in [path for kind in kinds for path in place.path.parent.glob(f"{escape(_hidden(place))}{kind}-*")]:
        with hold_folder(beside) as held:
            if held:
                shutil.rmtree(beside, ignore_errors=True)


def _swap(staging: Path, place: ResultFolder) -> None:
    if not place.path.exists():
        staging.rename(place.path)
        return
    old = Path(tempfile.mkdtemp(dir=place.path.parent, prefix=f"{_hidden(place)}old-"))
    kept = old / "results"
    with hold_folder(old):
        try:
            place.path.rename(kept)
            staging.rename(place.path)
        finally:
            if kept.exists() and not place.path.exists():
                _put_back(kept, place)
            shutil.rmtree(old, ignore_errors=True)


def _put_back(kept: Path, place: ResultFolder) -> None:
    try:
        kept.rename(place.path)
    except OSError as error:
        message = f"cannot write results to {place.shown}: {disk.reason(error)}; what stood there is now in {kept}"
        raise StoreError(message) from error


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
