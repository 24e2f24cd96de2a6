"""The report of whatever a folder of results holds. A command that gets a report of its own adds one line here."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from cxsim import store
from cxsim.errors import StoreError
from cxsim.report.content import Report

BUILDERS = {  # a file that only this command writes, and the module whose ``read_report(place, manifest)`` tells of it
    "months.parquet": "cxsim.studies.run.page",
    "claims.csv": "cxsim.studies.claims.page",
    "comparison.csv": "cxsim.studies.compare.page",
    "page.json": "cxsim.report.stored",
    "summary.csv": "cxsim.studies.sweep.page",
}


def read_report(place: store.ResultFolder) -> Report:
    """Read results, each file verified by its digest, and say what they say. Raises :class:`StoreError`."""
    manifest = store.read_manifest(place)
    module = next((module for name, module in BUILDERS.items() if name in manifest["files"]), None)
    if module is None:
        raise StoreError(f"{place.shown} holds results that have no report; allowed are those with {' or '.join(BUILDERS)}")
    report: Report = import_module(module).read_report(place, manifest)
    notes = [f"Note: {note}" for note in manifest.get("notes", ())]
    return report._replace(
        notes=list(dict.fromkeys([*report.notes, *notes])),
        provenance=[*report.provenance, *_provenance(manifest)],
        command=manifest["command"],
    )


def _provenance(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """List where results come from: digests, seeds, versions, machine, and when they were made."""
    identity, seeds, machine, commit = (manifest[name] for name in ("identity", "replicate_seeds", "machine", "commit"))
    some = ", ".join(map(str, seeds[:3])) + (" ..." if len(seeds) > 3 else "")
    follow = f", from which follow {len(seeds):,} replicate seeds ({some})" if seeds else ""  # a sweep has those of each point
    yield "made", f"{manifest['started']}, in {manifest['seconds']:.1f} s"
    asked = "design" if "design" in identity else "scenario"
    yield asked, f"{manifest['name']}, digest {identity[asked]}"
    yield "model", f"digest {identity['model']}"
    if commit:
        yield "commit", commit["id"] + (", with changes that are not in it" if commit["dirty"] else "")
    yield "seed", f"{manifest['seed']}{follow}"
    if manifest["engine"] != "none":
        yield "engine", f"{manifest['engine']}; both engines give the same bits"
    yield "versions", ", ".join(f"{name} {number}" for name, number in manifest["versions"].items())
    yield "machine", f"{machine['system']} {machine['architecture']}, {machine['processors']} processors"
    if manifest["failures"]:
        yield "failed", f"{len(manifest['failures'])} runs; manifest.json lists them"
