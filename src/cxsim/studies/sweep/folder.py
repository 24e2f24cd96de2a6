"""The folder of a sweep: what was asked, what is finished, and what is left, readable at any moment by anyone.

``asked.json`` tells what was asked, and is written first. ``journal.jsonl`` grows by one line a run. Tables and a manifest come
when nothing is left.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from cxsim.errors import StoreError
from cxsim.store import ResultFolder, model_digest, provenance
from cxsim.store.checkpoint import hold, read_query
from cxsim.store.checksummed_json import checksummed_text
from cxsim.store.folder import MANIFEST, QUERY, refuse_to_remove, replace_folder
from cxsim.store.journal import JOURNAL, Journal, read_journal, tie_of
from cxsim.store.lock import LOCK, Lock, is_locked
from cxsim.store.results import Manifest, manifest_if_any, read_manifest
from cxsim.store.verify import strange_files
from cxsim.studies.sweep.design import Design

FORMAT = "cxsim sweep 3"
FAILED = "failed "  # begins the key of a run in the journal that failed
KINDS = "kinds"  # key in the journal under which types of values stand
TABLE_PARTS = (
    "measures/tables.py",
    "studies/sweep/results.py",
    "studies/sweep/work.py",
    "store/parts.py",
    "store/tables.py",
)
RECENT = 120.0  # seconds over which speed is taken
WHAT_DIFFERS = {
    "design": "another sweep",
    "model": "another version of the model",
    "tables": "another version of the tables",
}


class Status(NamedTuple):
    """How far a sweep has come: ``speed`` in runs a second (NaN: cannot be told), ``errors`` with number and message."""

    total: int
    done: int
    failed: int
    speed: float
    finished: bool
    running: bool
    errors: list[tuple[int, str]]

    @property
    def left(self) -> int:
        """Runs that have neither succeeded nor failed."""
        return self.total - self.done - self.failed


def identity_of(design: Design) -> dict[str, str]:
    """Digests that decide whether two folders belong to the same sweep, whatever their shards."""
    return {"design": design.digest, "model": model_digest(), "tables": provenance.sources_digest(TABLE_PARTS)}


def query_text(design: Design) -> str:
    """Write what a sweep asks as the file that stands in its folder."""
    return checksummed_text({"format": FORMAT, "identity": identity_of(design), "design": design.plain()})


def tie_in(folder: ResultFolder) -> str:
    """What stands in each line of the journal of a sweep, by what was asked. Raises StoreError when that is damaged."""
    return tie_of(read_query(folder))


def read_design(folder: ResultFolder, manifest: Manifest | None = None) -> Design:
    """Read what a folder was made for; ``manifest``: that of results whose tables are read. Raises StoreError.

    The folder may be none of a sweep, or damaged, and what was asked may belong to other results.
    """
    content = _read_query(folder, manifest)
    if not content:
        holds = "holds results of another command" if (folder.path / MANIFEST).is_file() else f"has no {QUERY}"
        raise StoreError(f"{folder.shown} is not the folder of a sweep: it {holds}")
    if "design" not in content:
        raise StoreError(f"{folder.shown} keeps what another command has finished; that command goes on from it by itself")
    if content.get("format") != FORMAT:
        raise StoreError(f"{folder.shown} holds a sweep in format {content.get('format')}, not {FORMAT}; run it again")
    design = Design.from_plain(content["design"])
    if differs := _differences(content, design):
        raise StoreError(f"{folder.shown} was made by {' and '.join(differs)}, which runs cannot be mixed with; run it again")
    return design


def _read_query(folder: ResultFolder, manifest: Manifest | None = None) -> dict[str, Any]:
    """Read what was asked, which results that are written name among their files, and the lines of a journal name too."""
    if manifest is None:
        try:
            manifest = manifest_if_any(folder)
        except StoreError:  # where a journal is left, the tables are written from it once more
            if is_complete(folder):
                raise
    return read_query(folder, manifest)


def _differences(content: Mapping[str, Any], design: Design) -> list[str]:
    """Words for what sets a sweep apart from the one that a folder was made for."""
    return [WHAT_DIFFERS[name] for name, digest in identity_of(design).items() if content["identity"].get(name) != digest]


def failed_key(key: str) -> str:
    """Key of a run in the journal when it failed; when it succeeds later, it has its own key as well."""
    return f"{FAILED}{key}"


def failures_of(journal: Journal) -> set[int]:
    """Numbers of the runs that failed, and have not succeeded since."""
    numbers = {key.removeprefix(FAILED) for key in journal if key.startswith(FAILED)}
    return {int(number) for number in numbers if number not in journal}


def kinds_of(journal: Journal) -> dict[str, str] | None:
    """Name and type of each value of a run, None before the first one."""
    return dict(journal.get(KINDS)["types"]) if KINDS in journal else None


def resume_words(folder: ResultFolder) -> str:
    """Words of the command that goes on with a sweep."""
    return f"cxsim resume {folder.shown}"


def begin(folder: ResultFolder, design: Design, force: bool) -> bool:
    """Make the folder of a sweep, or find it; true when all that is asked is there already.

    Raises StoreError when the folder holds something else, and ``force`` does not say that it may be replaced, and when
    another process works on it.
    """
    with hold(folder):
        return _begin(folder, design, force)


@contextmanager
def work_in(folder: ResultFolder, design: Design) -> Iterator[str]:
    """Be the only one that fills the folder of a sweep; gives words that are to be told where the disk knows no locks.

    Raises StoreError when another process works there, or has put something else there meanwhile.
    """
    with ExitStack() as stack:
        with hold(folder, resume_words(folder)):
            lock = stack.enter_context(Lock(folder.path / LOCK, folder.shown))
        _refuse_other(folder, design)
        yield lock.note


def _begin(folder: ResultFolder, design: Design, force: bool) -> bool:
    if folder.path.is_dir() and any(folder.path.iterdir()):
        if not force:
            _refuse_other(folder, design)
            return is_complete(folder) and bool(read_manifest(folder))
        _refuse_to_remove(folder)

    def fill(staging: Path) -> None:
        (staging / QUERY).write_text(query_text(design), encoding="utf-8", newline="")

    replace_folder(folder, fill)
    return False


def is_complete(folder: ResultFolder) -> bool:
    """Tell whether nothing is left to do in the folder of a sweep: its tables are written, and no failed run can be retried."""
    return (folder.path / MANIFEST).is_file() and not (folder.path / JOURNAL).is_file()


def _refuse_to_remove(folder: ResultFolder) -> None:
    """Refuse to replace what no sweep has written."""
    if not (folder.path / QUERY).is_file():
        raise StoreError(f"{folder.shown} holds something other than a sweep; name another folder with --out DIR")
    refuse_to_remove(folder, strange_files(folder))


def _refuse_other(folder: ResultFolder, design: Design) -> None:
    """Refuse a folder that holds something else."""
    tail = "add --force to replace it, or --out DIR to keep both"
    content = _read_query(folder)
    if "design" not in content:
        raise StoreError(f"{folder.shown} holds something other than a sweep; name another folder with --out DIR")
    differs = _differences(content, design)
    if not differs and tuple(content["design"]["shard"]) != design.shard:
        differs = [f"part {'/'.join(map(str, content['design']['shard']))} of the sweep"]
    if differs:
        raise StoreError(f"{folder.shown} holds results of {' and '.join(differs)}; {tail}")


def failed_numbers(folder: ResultFolder) -> set[int]:
    """Numbers of the runs of a sweep that failed, and have not succeeded since."""
    if is_complete(folder) and read_manifest(folder)["failures"]:
        raise StoreError(f"{folder.shown} was merged from parts; try failed runs again in their parts, then merge them anew")
    return {number for number, _ in status_of(folder).errors}


def listed_failures(folder: ResultFolder) -> set[int]:
    """Numbers of the runs of a sweep that its manifest says have failed: a journal may have lost them."""
    with suppress(StoreError):  # it is written anew with the tables
        return {failure["number"] for failure in read_manifest(folder)["failures"]}
    return set()


def status_of(folder: ResultFolder) -> Status:
    """Look at a sweep, also while it runs. Raises StoreError when it cannot be read."""
    total, finished = len(read_design(folder).numbers), (folder.path / MANIFEST).is_file()
    if is_complete(folder):
        failures = [(failed["number"], failed["error"]) for failed in read_manifest(folder)["failures"]]  # of merged parts
        return Status(total, total - len(failures), len(failures), math.nan, True, False, failures)
    done, failed, times = set[str](), dict[str, str](), list[float]()
    for entry in read_journal(folder.path / JOURNAL, tie_in(folder)):
        if "at" in entry:
            times.append(entry["at"])
            if "error" in entry:
                failed[entry["key"].removeprefix(FAILED)] = entry["error"]
            else:
                done.add(entry["key"])
    errors = sorted((int(number), told) for number, told in failed.items() if number not in done)
    return Status(total, len(done), len(errors), _speed(times), finished, is_locked(folder.path / LOCK), errors)


def _speed(times: list[float]) -> float:
    """Runs a second, over the last minutes of work."""
    since = max(times, default=0.0) - RECENT
    recent = [at for at in times if at >= since]
    passed = max(recent) - min(recent) if recent else 0.0
    return (len(recent) - 1) / passed if passed > 0 else math.nan
