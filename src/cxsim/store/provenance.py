"""Where results come from: digests of model and files, versions, commit, machine."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.metadata import PackageNotFoundError, version
from io import BufferedReader
from pathlib import Path
from typing import Any

from cxsim import __version__
from cxsim.errors import StoreError
from cxsim.store import disk

PACKAGES = ("numpy", "numba", "mesa", "pandas", "pyarrow", "matplotlib")
SOURCE = Path(__file__).resolve().parent.parent
MODEL_PARTS = ("model", "engine")
TABLE_PARTS = (
    "studies/run/execute.py",
    "statistics/intervals.py",
    "statistics/ranks.py",
    "measures/firms.py",
    "measures/registry.py",
    "measures/tables.py",
    "studies/run/summary.py",
    "store/rows.py",
    "store/tables.py",
)


def sources_digest(parts: Iterable[str], root: Path = SOURCE) -> str:
    """SHA-256 over the names and texts of some Python files of the package, or of all below some folders of it.

    Raises FileNotFoundError for a part that is not there: a digest of nothing would never notice a change.
    """
    digest = hashlib.sha256()
    for part in parts:
        if not (root / part).exists():
            raise FileNotFoundError(f"no sources at {root / part}")
        for path in [root / part] if part.endswith(".py") else sorted((root / part).rglob("*.py")):
            text = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()}\0{len(text)}\0".encode())
            digest.update(text)
    return digest.hexdigest()


def model_digest() -> str:
    """Digest of everything that decides a run but the scenario: the rules, and the engines that apply them."""
    return sources_digest(MODEL_PARTS)


def tables_digest() -> str:
    """Digest of everything that turns runs into tables."""
    return sources_digest(TABLE_PARTS)


def file_digest(path: Path) -> str:
    """SHA-256 of a file, which is no pipe or device. Raises OSError."""
    with disk.open_to_read(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damage(path: Path, about: Mapping[str, Any]) -> str:
    """Say what is wrong with a file that is declared to have some digits of a digest, and ``bytes``; nothing when it has."""
    try:
        with disk.open_to_read(path) as file:
            return _damage(file, about)
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def _damage(file: BufferedReader, about: Mapping[str, Any]) -> str:
    if about.get("bytes") not in (None, os.fstat(file.fileno()).st_size):
        return "is damaged"
    return "" if hashlib.file_digest(file, "sha256").hexdigest().startswith(about["sha256"]) else "is damaged"


@contextmanager
def open_whole(path: Path, about: Mapping[str, Any], shown: str = "") -> Iterator[BufferedReader]:
    """Open a file that is as declared: what is checked is what is read, whatever takes its place meanwhile.

    Raises :class:`StoreError`, which calls the file ``shown``.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(disk.open_to_read(path))
            fault = _damage(file, about)
            file.seek(0)
        except OSError as error:
            fault = f"cannot be read: {error.strerror}"
        if fault:
            raise StoreError(f"{shown or path} {fault}")
        yield file


def versions() -> dict[str, str]:
    """Version of Python and of every package that results may depend on, without importing any."""
    found = {"python": platform.python_version(), "cxsim": __version__}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def machine() -> dict[str, Any]:
    """Say what kind of machine it was; nothing that tells whose."""
    return {"system": platform.system(), "architecture": platform.machine(), "processors": os.cpu_count()}


def commit() -> dict[str, Any] | None:
    """Return the commit of the checkout that the package was imported from, if it is one, and whether it was changed since."""
    top = _git("rev-parse", "--show-toplevel")
    if top is None or SOURCE.parent.parent != Path(top).resolve():
        return None
    head, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "--untracked-files=no")
    return {"id": head, "dirty": bool(changes)} if head else None


def _git(*words: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(SOURCE), *words], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return os.fsdecode(done.stdout).strip() if done.returncode == 0 else None
