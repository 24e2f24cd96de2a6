"""What the reports of all commands have in common, taken from the manifest of their results."""

from collections.abc import Mapping
from typing import Any


def provenance(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """List where results come from: digests, seeds, versions, machine, and when they were made."""
    seeds = manifest["replicate_seeds"]
    machine, commit = manifest["machine"], manifest["commit"]
    rows = [
        ("made", f"{manifest['started']}, in {manifest['seconds']:.1f} s"),
        ("scenario", f"{manifest['name']}, digest {manifest['identity']['scenario']}"),
        ("model", f"digest {manifest['identity']['model']}"),
        ("seed", f"{manifest['seed']}, from which follow {len(seeds):,} replicate seeds ({_some(seeds)})"),
        ("versions", ", ".join(f"{name} {number}" for name, number in manifest["versions"].items())),
        ("machine", f"{machine['system']} {machine['architecture']}, {machine['processors']} processors"),
    ]
    if manifest["engine"] != "none":
        rows.insert(4, ("engine", f"{manifest['engine']}; both engines give the same bits"))
    if commit:
        rows.insert(3, ("commit", commit["id"] + (", with changes that are not in it" if commit["dirty"] else "")))
    if manifest["failures"]:
        rows.append(("failed", f"{len(manifest['failures'])} runs; manifest.json lists them"))
    return rows


def _some(seeds: list[int]) -> str:
    return ", ".join(str(seed) for seed in seeds[:3]) + (" ..." if len(seeds) > 3 else "")


def notes(manifest: Mapping[str, Any]) -> list[str]:
    """Notes of the command, each marked as such."""
    return [f"Note: {note}" for note in manifest.get("notes", ())]
