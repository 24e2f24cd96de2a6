"""What is finished of a long work whose results come in one piece at the end: kept beside them until then.

``results/claims.unfinished`` holds a journal. The same command goes on from there, another question begins anew.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cxsim.store import disk
from cxsim.store.checksummed_json import checksummed_text, read_checksummed
from cxsim.store.folder import QUERY, ResultFolder
from cxsim.store.journal import JOURNAL, Journal
from cxsim.store.lock import LOCK, Lock, is_locked


def _folder(results: ResultFolder) -> Path:
    return results.path.with_name(f"{results.path.name}.unfinished")


def read_query(folder: ResultFolder) -> dict[str, Any]:
    """What a folder was made for that is filled over time; nothing when it does not say. Raises StoreError when damaged."""
    path = folder.path / QUERY
    return read_checksummed(path) if path.is_file() else {}


def drop_checkpoint(results: ResultFolder) -> None:
    """Remove the journal of results that have been written: their process was killed before it could."""
    folder = _folder(results)
    if (folder / QUERY).is_file() and not is_locked(folder / LOCK):
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def checkpoint(results: ResultFolder, wanted: Mapping[str, str]) -> Iterator[Journal]:
    """Give the journal of the work whose ``results`` are to come; it goes when the block ends well.

    ``wanted`` are the digests of what is asked: a journal of something else is dropped. Raises StoreError when the disk fails,
    or when another process does the same work; KeyboardInterrupt tells where the journal is.
    """
    folder = _folder(results)
    shown = f"{results.shown}.unfinished"
    made = not folder.parent.exists()
    with disk.guarded(folder, disk.AGAIN):
        folder.mkdir(parents=True, exist_ok=True)
    with Lock(folder / LOCK, shown, disk.AGAIN):
        _begin(folder, checksummed_text({"identity": dict(wanted)}))
        with Journal.open(folder / JOURNAL, disk.AGAIN) as journal:
            try:
                yield journal
            except BaseException as error:
                if not len(journal):
                    _leave_nothing(folder, made)
                elif isinstance(error, KeyboardInterrupt):
                    raise KeyboardInterrupt(
                        f"Interrupted. {len(journal):,} finished runs are kept in {shown}; the same command goes on from there."
                    ) from None
                raise
        shutil.rmtree(folder, ignore_errors=True)


def _leave_nothing(folder: Path, made: bool) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if made:
        with suppress(OSError):  # something else may stand there by now
            folder.parent.rmdir()


def _begin(folder: Path, wanted: str) -> None:
    """Keep the journal of the same work only."""
    asked = folder / QUERY
    with disk.guarded(asked, disk.AGAIN):
        same = asked.is_file() and asked.read_text(encoding="utf-8") == wanted
        if not same:
            disk.remove(folder / JOURNAL)
    if not same:
        disk.write_whole(asked, wanted.encode(), disk.AGAIN)
