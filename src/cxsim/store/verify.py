"""Whether a folder of results is as it was written: what any command made, finished or not."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from cxsim.errors import StoreError
from cxsim.store import disk
from cxsim.store.checkpoint import read_query
from cxsim.store.folder import MANIFEST, QUERY, ResultFolder, files_in
from cxsim.store.journal import JOURNAL, journal_damages, tie_of
from cxsim.store.lock import LOCK, is_locked
from cxsim.store.parts import PART, declared_by_name
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
    here = {name for name in (QUERY, JOURNAL) if (place.path / name).exists()}
    finished = is_finished(place)
    if not finished and not here:
        return [f"{place.shown} is not a folder of results: it has neither {MANIFEST} nor {QUERY}"]
    lost = [] if finished else [f"{place.shown}/{name} is missing" for name in (QUERY, JOURNAL) if name not in here]
    asked, journal = _asked(place) if QUERY in here else (), _journal(place) if JOURNAL in here else ()
    return [*_finished(place), *asked, *journal] if finished else [*lost, *asked, *journal, *_parts(place)]


def _finished(place: ResultFolder) -> Iterator[str]:
    try:
        files = read_manifest(place)["files"]
    except StoreError as error:
        yield str(error)
        return
    for name, about in files.items():
        path = place.path / name
        if fault := damage(path, about) if path.exists() else "is missing":
            yield f"{place.shown}/{name} {fault}"
    yield from _strange(place, files)


def strange_files(place: ResultFolder) -> list[str]:
    """Names of files in a folder of results that are not among them, as far as can be told when its manifest is damaged."""
    known = {*_names_of_parts(place), SUMMARY}
    with suppress(StoreError):
        known |= set(read_manifest(place)["files"])
    return _strangers(place, known)


def _strangers(place: ResultFolder, known: Iterable[str]) -> list[str]:
    """Files that nobody wrote. Drafts of a process that was killed are passed over: the next one removes them."""
    strange = set(files_in(place.path)) - set(known) - WITHOUT_DIGEST
    return sorted(name for name in strange if not name.endswith(disk.DRAFT))


def _strange(place: ResultFolder, known: Iterable[str]) -> Iterator[str]:
    return (f"{place.shown}/{name} is not among the results" for name in _strangers(place, known))


def _asked(place: ResultFolder) -> Iterator[str]:
    if not (place.path / QUERY).is_file():
        yield f"{place.shown}/{QUERY} is no file"
    try:
        read_query(place)
    except StoreError as error:
        yield str(error).replace(str(place.path), place.shown, 1)


def _journal(place: ResultFolder) -> Iterator[str]:
    tie = ""
    with suppress(StoreError):  # which is told of elsewhere
        tie = tie_of(read_query(place))
    try:
        damages = journal_damages(place.path / JOURNAL, tie, writing=is_locked(place.path / LOCK))
    except StoreError as error:
        damages = [str(error)]
    return (f"{place.shown}/{JOURNAL}: {found}; what it held is done again on resuming" for found in damages)


def _parts(place: ResultFolder) -> Iterator[str]:
    """Check parts that no manifest tells of yet, by the digits in their names."""
    parts = _names_of_parts(place)
    for name in parts:
        if damage(place.path / name, declared_by_name(place.path, name)):
            yield f"{place.shown}/{name} is damaged"
    yield from _strange(place, [*parts, SUMMARY])


def _names_of_parts(place: ResultFolder) -> list[str]:
    return sorted(name for name in files_in(place.path) if name.count("/") == 1 and PART.fullmatch(name.split("/")[1]))
