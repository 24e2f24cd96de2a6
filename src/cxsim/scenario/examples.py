"""The example scenarios that come with cxsim, and how to copy them without harm."""

import os
import shutil
import tempfile
from pathlib import Path

import cxsim


class ConflictError(Exception):
    """Files in the way of a copy."""

    def __init__(self, files: list[Path]) -> None:
        self.files = files
        super().__init__(f"{len(files)} files in the way")


def examples_folder() -> Path:
    """Folder of the examples: inside an installed package, beside ``src`` in a source checkout."""
    package = Path(cxsim.__file__).resolve().parent
    packaged = package / "example_scenarios"
    return packaged if packaged.is_dir() else package.parents[1] / "scenarios"


def scenario_files(folder: Path) -> list[Path]:
    """Files of scenarios and sweeps in a folder and in the folders within it."""
    return sorted(folder.glob("*.toml")) + [file for files in scenario_groups(folder).values() for file in files]


def example_files(folder: Path) -> list[Path]:
    """All that belongs to the examples: scenarios, sweeps and the points of sweeps."""
    return [*scenario_files(folder), *sorted(folder.glob("*/*.csv"))]


def scenario_groups(folder: Path) -> dict[Path, list[Path]]:
    """Files of scenarios and sweeps of each folder within a folder."""
    groups: dict[Path, list[Path]] = {}
    for file in sorted(folder.glob("*/*.toml")):
        groups.setdefault(file.parent, []).append(file)
    return groups


def copy_examples(folder: Path) -> tuple[list[Path], list[Path]]:
    """Copy the examples; return the files written and those that were there with the same content.

    A file in the way stops everything before anything is written; each file appears whole or not at all.
    """
    source = examples_folder()
    pairs = [(file, folder / file.relative_to(source)) for file in example_files(source)]
    there = [target for file, target in pairs if target.is_file() and target.read_bytes() == file.read_bytes()]
    blocked = [target for _, target in pairs if os.path.lexists(target) and target not in there]
    if blocked:
        raise ConflictError(blocked)
    missing = [(file, target) for file, target in pairs if target not in there]
    if missing:
        _copy_all(missing, folder)
    return [target for _, target in missing], there


def _copy_all(pairs: list[tuple[Path, Path]], folder: Path) -> None:
    """Copy to a hidden folder first, so that a full disk is found out before the first file appears."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".cxsim-", dir=folder) as staging:
        drafts = [(Path(staging) / str(number), target) for number, (_, target) in enumerate(pairs)]
        for (file, _), (draft, _) in zip(pairs, drafts, strict=True):
            shutil.copyfile(file, draft)
        for draft, target in drafts:
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(draft, target)  # where a rename would take the place of what somebody has made there meanwhile
            except FileExistsError:
                raise ConflictError([target]) from None
