"""Who works on results, and what is finished of a long work whose results come in one piece at the end.

Both lie beside the results, in ``results/claims.unfinished``, since a folder of results is replaced as a whole. The journal
there is kept until the results are written. The same command goes on from there, another question begins anew.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cxsim.errors import StoreError
from cxsim.store import disk
from cxsim.store.checksummed_json import checksummed_text, parse_checksummed, read_checksummed
from cxsim.store.folder import QUERY, ResultFolder, remove_empty
from cxsim.store.journal import JOURNAL, Journal, tie_of
from cxsim.store.lock import LOCK, Lock, refuse_locked
from cxsim.store.provenance import open_whole
from cxsim.store.results import Manifest

FORMAT = "cxsim checkpoint 2"


def _folder(results: ResultFolder) -> Path:
    path = results.path.resolve() if results.path.is_symlink() else results.path
    return path.with_name(f"{path.name}.unfinished")


def read_query(folder: ResultFolder, manifest: Manifest | None = None) -> dict[str, Any]:
    """What a folder was made for that is filled over time; nothing when it does not say.

    ``manifest``: that of the results, when they are there, of which it must be a file. Raises StoreError when it is damaged.
    """
    path = folder.path / QUERY
    if manifest is None:
        return read_checksummed(path) if path.is_file() else {}
    if QUERY not in manifest["files"]:
        return {}
    with open_whole(path, manifest["files"][QUERY], f"{folder.shown}/{QUERY}") as file:
        return parse_checksummed(file.read())[0]


@contextmanager
def hold(results: ResultFolder, resume: str = disk.AGAIN) -> Iterator[str]:
    """Be the only one that works on results, or on a file in their place, from the first look until all is written.

    Gives words that are to be told where the disk knows no locks. Raises StoreError when another process holds the place, or
    fills a folder of a sweep there, or when the disk fails.
    """
    try:
        folder = _folder(results)
        made = [folder, *(one for one in folder.parents if not one.exists())]
    except OSError as error:  # such as a name that is too long
        raise StoreError(f"{results.shown} cannot be written: {disk.reason(error)}") from error
    try:
        with Lock(folder / LOCK, results.shown, resume, makes=True) as lock:
            refuse_locked(results.path / LOCK, results.shown)
            yield lock.note
    finally:
        remove_empty(made)


def drop_checkpoint(results: ResultFolder) -> None:
    """Remove the journal of results that are held and have been written: their process was killed before it could."""
    for name in (JOURNAL, QUERY):
        disk.try_to_remove(_folder(results) / name)


@contextmanager
def checkpoint(results: ResultFolder, wanted: Mapping[str, str]) -> Iterator[Journal]:
    """Give the journal of the work whose ``results``, which are held, are to come; it goes when the block ends well.

    ``wanted`` are the digests of what is asked: a journal of something else is dropped. Raises StoreError when the disk fails;
    KeyboardInterrupt tells where the journal is.
    """
    folder = _folder(results)
    asked = {"format": FORMAT, "identity": dict(wanted)}
    _begin(folder, checksummed_text(asked))
    with Journal.open(folder / JOURNAL, tie_of(asked), disk.AGAIN) as journal:
        try:
            yield journal
        except BaseException as error:
            if not len(journal):
                drop_checkpoint(results)
            elif isinstance(error, KeyboardInterrupt):
                raise KeyboardInterrupt(
                    f"Interrupted. {len(journal):,} finished runs are kept in {results.shown}.unfinished; "
                    "the same command goes on from there."
                ) from None
            raise
    drop_checkpoint(results)


def _begin(folder: Path, wanted: str) -> None:
    """Keep the journal of the same work only."""
    asked = folder / QUERY
    with disk.guarded(asked, disk.AGAIN):
        same = asked.is_file() and asked.read_bytes() == wanted.encode()
        if not same:
            disk.remove(folder / JOURNAL)
    if not same:
        disk.write_whole(asked, wanted.encode(), disk.AGAIN)
