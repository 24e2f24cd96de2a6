"""One folder of results: what is in it, whether it answers the same question, and how it is written and read."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from cxsim.errors import StoreError
from cxsim.store import disk, provenance
from cxsim.store.checksummed_json import checksummed_text, parse_checksummed, write_checksummed
from cxsim.store.folder import MANIFEST, QUERY, ResultFolder, change_folder, files_in, refuse_to_remove, replace_folder
from cxsim.store.rows import Row, rows_from_csv
from cxsim.store.tables import Columns, from_csv, read_parquet, rows_in, to_csv, write_parquet

FORMAT = 2
EARLIER = (1,)  # whose manifest had no digest of its own
SUMMARY = "summary.csv"
PLOTS = "plots"
REPORT = "report.html"  # made from the other files, so that losing it spoils nothing
WHAT_DIFFERS = {
    "scenario": "another scenario or other settings",
    "seeds": "other seeds",
    "model": "another version of the model",
    "tables": "another version of the tables",
}

HEX = re.compile("[0-9a-f]{64}")
WHAT_IS_ASKED = ("scenario", "seeds")

Manifest: TypeAlias = dict[str, Any]
Differences: TypeAlias = Callable[[Manifest], list[str] | None]


class Table(NamedTuple):
    """Columns to store, and which of those with missing values hold whole numbers."""

    columns: Columns
    integers: Sequence[str] = ()

    @classmethod
    def of(cls, frame: Any) -> "Table":
        """Take the columns of a frame of pandas; text as objects."""
        return cls({str(name): frame[name].to_numpy(None if frame[name].dtype.kind in "biuf" else object) for name in frame})


class Origin(NamedTuple):
    """What the manifest tells of a run, beside its files."""

    scenario: Mapping[str, Any]
    scenario_digest: str
    name: str
    seed: int
    seeds: Sequence[int]
    engine: str
    command: str
    started: str
    seconds: float
    failures: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[str] = ()


def identity(scenario_digest: str, seeds: Sequence[int]) -> dict[str, str]:
    """Digests that decide whether two results are the same content. The engine is not among them: both give the same bits."""
    return {
        "scenario": scenario_digest,
        "seeds": hashlib.sha256(json.dumps(list(seeds)).encode()).hexdigest(),
        "model": provenance.model_digest(),
        "tables": provenance.tables_digest(),
    }


def find(place: ResultFolder, wanted: Mapping[str, str], force: bool, differs: Differences | None = None) -> Manifest | None:
    """Return the manifest of the same results if they are there, None if the place may be written; else raise.

    ``differs`` says for a manifest in which words what was asked then differs from what is asked now; without it, and where it
    says nothing, that is told in general words.
    """
    if not place.path.is_dir() or not any(place.path.iterdir()):
        return None
    try:
        manifest = read_manifest(place)
    except StoreError:
        message = f"{place.shown} holds files that are not results of this version; name another folder with --out DIR"
        raise StoreError(message) from None
    if force:
        refuse_to_remove(place, sorted(set(files_in(place.path)) - set(manifest["files"]) - {MANIFEST}))
        return None
    if found := _differences(manifest, wanted, differs):
        raise StoreError(
            f"{place.shown} holds results of {' and '.join(found)}; add --force to replace them, or --out DIR to keep both"
        )
    require_whole(place, manifest)
    return manifest


def require_whole(place: ResultFolder, manifest: Manifest) -> None:
    """Raise StoreError unless every file is the one that was written, but for the report, which can be made again."""
    _verify(place, manifest, set(manifest["files"]) - {REPORT})


def _differences(manifest: Manifest, wanted: Mapping[str, str], differs: Differences | None) -> list[str]:
    keys = [key for key in WHAT_DIFFERS if manifest["identity"].get(key) != wanted[key]]
    told = differs(manifest) if differs and set(keys) & set(WHAT_IS_ASKED) else None
    return [*(told or []), *(WHAT_DIFFERS[key] for key in keys if told is None or key not in WHAT_IS_ASKED)]


def read_manifest(place: ResultFolder) -> Manifest:
    """Return what a folder tells of itself. Raises :class:`StoreError` when it is no folder of results, or a damaged one."""
    path = place.path / MANIFEST
    if not path.is_file():
        raise StoreError(f"{place.shown} is not a folder of results: it has no {MANIFEST}")
    try:
        with disk.open_to_read(path) as file:
            text = file.read()
    except OSError as error:
        raise StoreError(f"{place.shown}/{MANIFEST} cannot be read: {error.strerror}") from error
    try:
        manifest, whole = parse_checksummed(text)
        good = all(isinstance(manifest[name], dict) for name in ("files", "identity", "scenario"))
        good = good and all(_is_declared(name, about) for name, about in manifest["files"].items())
        made = manifest["format"]
    except (ValueError, KeyError, RecursionError):
        good = False
    if good and not whole and made in EARLIER:
        raise StoreError(f"{place.shown} was made by an earlier version of cxsim; make the results again")
    if not (good and whole):
        raise StoreError(f"{place.shown}/{MANIFEST} is damaged; make the results again")
    if made != FORMAT:
        raise StoreError(f"{place.shown} holds results in format {made}, not {FORMAT}; make the results again")
    return manifest


def manifest_if_any(place: ResultFolder) -> Manifest | None:
    """Return what a folder tells of itself, nothing where results are not finished. Raises :class:`StoreError` when damaged."""
    return read_manifest(place) if (place.path / MANIFEST).is_file() else None


def _is_declared(name: str, about: Any) -> bool:
    """Tell whether a manifest speaks of a file within its folder, and says what it is."""
    inside = bool(name) and all(part not in ("", ".", "..") for part in name.split("/")) and not set(name) & set("\\:\0")
    good = isinstance(about, dict) and bool(HEX.fullmatch(str(about.get("sha256"))))
    return inside and good and all(type(about.get(count, 0)) is int for count in ("bytes", "rows"))


def has_report(place: ResultFolder) -> bool:
    """Tell whether a folder of results holds its report, and as it was written."""
    manifest = read_manifest(place)
    return REPORT in manifest["files"] and not provenance.damage(place.path / REPORT, manifest["files"][REPORT])


def _verify(place: ResultFolder, manifest: Manifest, names: Iterable[str]) -> None:
    for name in sorted(names):
        with _open(place, manifest, name):
            pass


@contextmanager
def _open(place: ResultFolder, manifest: Manifest, name: str) -> Iterator[BufferedReader]:
    """Open a file of the results that have this manifest. Raises StoreError when it is another one, also of later results."""
    with ExitStack() as stack:
        try:
            file = stack.enter_context(provenance.open_whole(place.path / name, manifest["files"][name]))
        except (KeyError, StoreError) as error:
            if _is_replaced(place, manifest, name):
                raise StoreError(f"{place.shown} was replaced by other results meanwhile; give the command again") from error
            raise StoreError(f"{place.shown}/{name} is missing or damaged; add --force to make the results again") from error
        yield file


def _is_replaced(place: ResultFolder, manifest: Manifest, name: str) -> bool:
    try:
        now = read_manifest(place)
    except StoreError:
        return False
    return bool(now["files"].get(name) != manifest["files"].get(name))


def write(
    place: ResultFolder,
    origin: Origin,
    tables: Mapping[str, Table],
    summary: tuple[Sequence[str], Sequence[Sequence[object]]],
    plots: Mapping[str, bytes],
    summary_name: str = SUMMARY,
    texts: Mapping[str, str] = MappingProxyType({}),
) -> Manifest:
    """Write a whole folder of results, and give back its manifest. ``texts`` are further files, by name."""
    manifest = _describe(origin)

    def fill(folder: Path) -> None:
        for name, table in tables.items():
            write_parquet(folder / f"{name}.parquet", table.columns, table.integers)
        (folder / summary_name).write_text(to_csv(*summary), encoding="utf-8", newline="")
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        for name, image in plots.items():
            (folder / PLOTS).mkdir(exist_ok=True)
            (folder / PLOTS / f"{name}.png").write_bytes(image)
        manifest["files"] = {name: _about(folder / name) for name in sorted(files_in(folder))}
        _write_manifest(folder, manifest)

    replace_folder(place, fill)
    return manifest


def add_file(place: ResultFolder, name: str, content: bytes) -> None:
    """Put one more file into a folder of results, or replace it; the folder changes as a whole, and its manifest tells."""
    manifest = read_manifest(place)
    place = place._replace(path=place.path.resolve())  # a link to a folder stays a link

    def change(folder: Path) -> None:
        for path in (folder / name, folder / MANIFEST):
            path.unlink(missing_ok=True)
        (folder / name).write_bytes(content)
        manifest["files"] = dict(sorted((manifest["files"] | {name: _about(folder / name)}).items()))
        _write_manifest(folder, manifest)

    change_folder(place, change)


def _write_manifest(folder: Path, manifest: Manifest) -> None:
    (folder / MANIFEST).write_text(checksummed_text(manifest), encoding="utf-8", newline="")


def finish(place: ResultFolder, origin: Origin, names: Iterable[str], resume: str = disk.AGAIN, **more: Any) -> Manifest:
    """Write the manifest of files that stand in a folder already, which makes it one of results, and give it back.

    ``names`` are those of the files, beside what was asked; ``more`` are further things to tell.
    Raises :class:`StoreError`; ``resume`` goes on then.
    """
    manifest = _describe(origin) | more
    asked = [QUERY] if (place.path / QUERY).exists() else []
    with disk.guarded(place.path, resume):
        manifest["files"] = {name: _about(place.path / name) for name in sorted({*names, *asked})}
    write_checksummed(place.path / MANIFEST, manifest, resume)
    return manifest


def _about(path: Path) -> dict[str, Any]:
    rows = {"rows": rows_in(path)} if path.suffix == ".parquet" else {}
    return {"sha256": provenance.file_digest(path), "bytes": path.stat().st_size, **rows}


def _describe(origin: Origin) -> Manifest:
    return {
        "format": FORMAT,
        "name": origin.name,
        "command": origin.command,
        "started": origin.started,
        "seconds": round(origin.seconds, 3),
        "engine": origin.engine,
        "identity": identity(origin.scenario_digest, origin.seeds),
        "seed": origin.seed,
        "replicate_seeds": list(origin.seeds),
        "failures": [dict(failure) for failure in origin.failures],
        "notes": list(origin.notes),
        "versions": provenance.versions(),
        "commit": provenance.commit(),
        "machine": provenance.machine(),
        "scenario": dict(origin.scenario),
    }


def read(place: ResultFolder, manifest: Manifest, name: str) -> Columns:
    """Return the columns of one stored table, which must be the file that the manifest tells of."""
    file = f"{name}.parquet"
    with _open(place, manifest, file) as source:
        return read_parquet(source, manifest["files"][file].get("rows"))


def read_summary(place: ResultFolder, manifest: Manifest, name: str = SUMMARY) -> list[dict[str, str]]:
    """Return the rows of a stored table as texts by column; it must be the file that the manifest tells of."""
    return from_csv(read_text(place, manifest, name))


def read_rows(place: ResultFolder, manifest: Manifest, kind: type[Row], name: str = SUMMARY) -> list[Row]:
    """Return the rows of a stored table of figures, which must be the file that the manifest tells of."""
    return rows_from_csv(kind, read_text(place, manifest, name))


def read_text(place: ResultFolder, manifest: Manifest, name: str) -> str:
    """Return a stored text, which must be the file that the manifest tells of."""
    with _open(place, manifest, name) as source, TextIOWrapper(source, encoding="utf-8") as text:
        return text.read()
