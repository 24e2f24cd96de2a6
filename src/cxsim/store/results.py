"""One folder of results: what is in it, whether it answers the same question, and how it is written and read."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from cxsim.errors import StoreError
from cxsim.store import provenance
from cxsim.store.folder import MANIFEST, Place, replace_folder
from cxsim.store.tables import Columns, from_csv, read_parquet, to_csv, write_parquet

FORMAT = 1
SUMMARY = "summary.csv"
PLOTS = "plots"
WHAT_DIFFERS = {
    "scenario": "another scenario or other settings",
    "seeds": "other seeds",
    "model": "another version of the model",
    "tables": "another version of the tables",
}

Manifest: TypeAlias = dict[str, Any]


class Table(NamedTuple):
    """Columns to store, and which of those with missing values hold whole numbers."""

    columns: Columns
    integers: Sequence[str] = ()


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


def find(place: Place, wanted: Mapping[str, str], force: bool) -> Manifest | None:
    """Return the manifest of the same results if they are there, None if the place may be written; else raise."""
    if not place.path.is_dir() or not any(place.path.iterdir()):
        return None
    manifest = _manifest(place)
    strange = sorted(set(_files(place.path)) - set(manifest["files"]) - {MANIFEST})
    if force and strange:
        raise StoreError(f"{place.shown} also holds {_some(strange)}, which --force would remove; move that away first")
    if force:
        return None
    differs = [text for key, text in WHAT_DIFFERS.items() if manifest["identity"].get(key) != wanted[key]]
    if differs:
        raise StoreError(
            f"{place.shown} holds results of {' and '.join(differs)}; add --force to replace them, or --out DIR to keep both"
        )
    _verify(place, manifest, manifest["files"])
    return manifest


def _manifest(place: Place) -> Manifest:
    try:
        manifest = json.loads((place.path / MANIFEST).read_text(encoding="utf-8"))
        good = isinstance(manifest["files"], dict) and isinstance(manifest["identity"], dict)
        if good and manifest["format"] == FORMAT:
            return dict(manifest)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise StoreError(f"{place.shown} holds files that are not results of this version; name another folder with --out DIR")


def _verify(place: Place, manifest: Manifest, names: Iterable[str]) -> None:
    for name in names:
        path = place.path / name
        if not path.is_file() or provenance.file_digest(path) != manifest["files"].get(name, {}).get("sha256"):
            raise StoreError(f"{place.shown}/{name} is missing or damaged; add --force to make the results again")


def _files(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def write(
    place: Place,
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
        manifest["files"] = {name: _about(folder / name) for name in sorted(_files(folder))}
        about = json.dumps(manifest, indent=2, ensure_ascii=False)
        (folder / MANIFEST).write_text(about + "\n", encoding="utf-8", newline="")

    replace_folder(place, fill)
    return manifest


def _about(path: Path) -> dict[str, Any]:
    return {"sha256": provenance.file_digest(path), "bytes": path.stat().st_size}


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


def read(place: Place, name: str) -> Columns:
    """Return the columns of one stored table, which must be the file that was written."""
    _verify(place, _manifest(place), [f"{name}.parquet"])
    return read_parquet(place.path / f"{name}.parquet")


def read_summary(place: Place, name: str = SUMMARY) -> list[dict[str, str]]:
    """Return the rows of the stored summary, which must be the file that was written."""
    _verify(place, _manifest(place), [name])
    return from_csv((place.path / name).read_text(encoding="utf-8"))


def read_text(place: Place, name: str) -> str:
    """Return a stored text, which must be the file that was written."""
    _verify(place, _manifest(place), [name])
    return (place.path / name).read_text(encoding="utf-8")
