"""Whether a folder of results is as it was written: what any command made, finished or not."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from cxsim.errors import StoreError
from cxsim.store import disk
from cxsim.store.checksummed_json import read_checksummed
from cxsim.store.folder import MANIFEST, QUERY, ResultFolder, files_in
from cxsim.store.journal import JOURNAL, journal_damages
from cxsim.store.lock import LOCK, is_locked
from cxsim.store.parts import PART, check_part
from cxsim.store.provenance import damage
from cxsim.store.results import SUMMARY, read_manifest

WITHOUT_DIGEST = {MANIFEST, QUERY, JOURNAL, LOCK}  # checked in other ways; a lock holds nothing


def is_finished(place: ResultFolder) -> bool:
    """Tell whether a folder holds results, rather than work that goes on or was interrupted."""
    return (place.path / MANIFEST).exists()


def verify_folder(place: ResultFolder) -> list[str]:
    """Say one thing for each damage: a flipped bit, a file that is cut, missing, or not among the results. None: it is whole.

    A journal that was cut exactly behind a line is one from a moment before: what is gone from it is done again.
    """
    if is_finished(place):
        return [*_finished(place), *_asked(place), *_journal(place)]
    if (place.path / QUERY).exists() or (place.path / JOURNAL).exists():
        return [*_asked(place, True), *_journal(place, True), *_parts(place)]
    return [f"{place.shown} is not a folder of results: it has neither {MANIFEST} nor {QUERY}"]


def _finished(place: ResultFolder) -> Iterator[str]:
    try:
        files = read_manifest(place)["files"]
    except StoreError as error:
        yield str(error)
        return
    for name, about in files.items():
        path = place.path / name
        if fault := damage(path, about["sha256"]) if path.exists() else "is missing":
            yield f"{place.shown}/{name} {fault}"
    yield from _strange(place, files)


def strange_files(place: ResultFolder) -> list[str]:
    """Names of files in a folder of results that are not among them, as far as can be told when its manifest is damaged."""
    known = set(_names_of_parts(place)) | {SUMMARY}
    with suppress(StoreError):
        known |= set(read_manifest(place)["files"])
    return list(_strangers(place, known))


def _strangers(place: ResultFolder, known: Iterable[str]) -> Iterator[str]:
    """Files that nobody wrote. Drafts of a process that was killed are passed over: the next one removes them."""
    for name in sorted(set(files_in(place.path)) - set(known) - WITHOUT_DIGEST):
        if not name.endswith(disk.DRAFT):
            yield name


def _strange(place: ResultFolder, known: Iterable[str]) -> Iterator[str]:
    return (f"{place.shown}/{name} is not among the results" for name in _strangers(place, known))


def _asked(place: ResultFolder, needed: bool = False) -> Iterator[str]:
    path = place.path / QUERY
    if needed or path.exists():
        try:
            read_checksummed(path)
        except StoreError as error:
            yield str(error).replace(str(place.path), place.shown, 1)


def _journal(place: ResultFolder, needed: bool = False) -> Iterator[str]:
    path = place.path / JOURNAL
    if not path.exists():
        if needed:
            yield f"{place.shown}/{JOURNAL} is missing"
        return
    try:
        damages = journal_damages(path, writing=is_locked(place.path / LOCK))
    except StoreError as error:
        damages = [str(error)]
    for found in damages:
        yield f"{place.shown}/{JOURNAL}: {found}; what it held is done again on resuming"


def _parts(place: ResultFolder) -> Iterator[str]:
    """Check parts that no manifest tells of yet, by the digits in their names."""
    parts = _names_of_parts(place)
    for name in parts:
        try:
            check_part(place.path, name)
        except StoreError:
            yield f"{place.shown}/{name} is damaged"
    yield from _strange(place, [*parts, SUMMARY])


def _names_of_parts(place: ResultFolder) -> list[str]:
    return sorted(name for name in files_in(place.path) if name.count("/") == 1 and PART.fullmatch(name.split("/")[1]))
