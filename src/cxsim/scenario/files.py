"""Reading scenario files: what may be read at all, and which file ``extends`` may name."""

import codecs
import os
import stat
from pathlib import Path

from cxsim.scenario.examples import examples_folder
from cxsim.scenario.messages import nearest, plain

MAX_BYTES = 1_000_000
LIBRARY = "scenarios"  # a folder of this name may hold scenarios in folders that extend one another


class UnreadableError(Exception):
    """Why a file cannot be read, in the user's words; ``at`` is the ``:line:column`` in it where a part of it is to blame."""

    def __init__(self, reason: str, at: str = "") -> None:
        super().__init__(reason)
        self.at = at


def read_text(path: Path, most: int = MAX_BYTES) -> str:
    """Return the text of a UTF-8 file of at most so many bytes, or raise :class:`UnreadableError`."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableError(f"this is a folder; allowed: a {path.suffix or '.toml'} file")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("not a regular file")  # a pipe or a device may never end
        with path.open("rb") as file:
            content = file.read(most + 1)
    except FileNotFoundError:
        raise UnreadableError(f"no such file{suggestion(path)}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
        raise UnreadableError(f"cannot be read: {reason}") from None
    if len(content) > most:
        raise UnreadableError(f"too large; allowed: {most:,} bytes")
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        *above, line = content[: error.start].decode().split("\n")
        reason = f"not UTF-8 text: byte {content[error.start]:#04x} in line {len(above) + 1}"
        raise UnreadableError(reason, f":{len(above) + 1}:{len(line) + 1}") from None


def suggestion(path: Path) -> str:
    """Suggest the existing scenario file whose name is nearest, as the tail of a message."""
    candidates: dict[str, Path] = {}
    for folder in (examples_folder(), Path(LIBRARY), Path(), path.parent):
        try:
            candidates |= {found.stem: found for found in sorted(folder.glob("*.toml"))[:1000]}
        except (OSError, ValueError):
            continue
    near = nearest(path.stem, candidates).partition("'")[2].partition("'")[0]
    return f"; did you mean '{plain(str(candidates[near]))}'?" if near in candidates else ""


def real(path: Path) -> Path:
    """Follow every link, or raise :class:`UnreadableError`."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # a null in the name, or links in a circle
        raise UnreadableError("cannot be read: not a path that leads to a file") from None


def territory(start: Path) -> Path:
    """Folder within which ``extends`` may name files.

    It is the outermost folder called ``scenarios`` above the first file; without one, the folder above the first file's own,
    so that ``study/verification/a.toml`` may extend ``../baseline.toml``.
    """
    folder = real(start).parent
    libraries = [above for above in (folder, *folder.parents) if above.name == LIBRARY]
    return libraries[-1] if libraries else folder.parent


def parent_file(child: Path, extends: str, bounds: Path, suffix: str = ".toml") -> Path:
    """Return the file that ``extends`` names, or raise :class:`UnreadableError` when it may not be used."""
    if "\0" in extends or "\\" in extends or os.path.isabs(extends) or not extends.endswith(suffix):
        raise UnreadableError(f"not usable; allowed: the relative path of a {suffix} file, with / between folders")
    found = real(real(child).parent / extends)
    if not found.is_relative_to(bounds):
        raise UnreadableError(f"leaves the folder '{plain(str(bounds))}'; allowed: files within it")
    return found


def display(child: str, extends: str) -> str:
    """Name a parent file the way the user named the child."""
    return plain(os.path.normpath(os.path.join(os.path.dirname(child), extends)))
