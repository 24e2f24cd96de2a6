"""Ways in which files of a folder of results come to harm: by the disk, by half a copy, by a hand that means well.

Each takes the folder, another one like it whose files have the same names, and a source of chance.
"""

import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

Way: TypeAlias = Callable[[Path, Path, random.Random], None]
BINARY = {".parquet", ".png"}


def files_of(folder: Path, texts: bool = False) -> list[Path]:
    """Files that are there; ``texts`` leaves out those that have no lines."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return [path for path in found if not (texts and path.suffix in BINARY)]


def contents(folder: Path) -> dict[str, bytes]:
    """Bytes of every file by its name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files_of(folder)}


def _bytes(change: Callable[[bytearray, random.Random], object]) -> Way:
    """Change the bytes of one file that has some."""

    def way(folder: Path, _: Path, chance: random.Random) -> None:
        path = chance.choice([path for path in files_of(folder) if path.stat().st_size])
        content = bytearray(path.read_bytes())
        change(content, chance)
        _write(path, bytes(content))

    return way


def _lines(change: Callable[[list[bytes], list[bytes], random.Random], object]) -> Way:
    """Change the lines of one text; known are those of the other folder's."""

    def way(folder: Path, other: Path, chance: random.Random) -> None:
        path = chance.choice(files_of(folder, texts=True))
        lines, its = path.read_bytes().splitlines(True), other / path.relative_to(folder)
        if lines:
            change(lines, its.read_bytes().splitlines(True) if its.is_file() else lines, chance)
            _write(path, b"".join(lines))

    return way


def _write(path: Path, content: bytes) -> None:
    """Write a file anew: what it was may have other names elsewhere."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def _flip(content: bytearray, chance: random.Random) -> None:
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def _blank(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(content))
    content[start : start + 512] = bytes(len(content[start : start + 512]))


def _repeat(content: bytearray, chance: random.Random) -> None:
    start, target = chance.randrange(len(content)), chance.randrange(len(content))
    content[target:target] = content[start : start + 64]


def _digit(content: bytearray, chance: random.Random) -> None:
    if places := [found.start() for found in re.finditer(rb"[0-9]", content)]:
        content[chance.choice(places)] = chance.choice(b"0123456789")


def _swap_lines(lines: list[bytes], _: list[bytes], chance: random.Random) -> None:
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]


def _swap_columns(lines: list[bytes], _: list[bytes], chance: random.Random) -> None:
    """Exchange two columns of every line but the header."""
    one, two = chance.randrange(6), chance.randrange(6)
    for number, line in enumerate(lines[1:], 1):
        cells = line.rstrip(b"\n").split(b",")
        if max(one, two) < len(cells):
            cells[one], cells[two] = cells[two], cells[one]
            lines[number] = b",".join(cells) + b"\n"


def _of_the_other(folder: Path, other: Path, chance: random.Random) -> None:
    path = chance.choice([path for path in files_of(other) if (folder / path.relative_to(other)).is_file()] or files_of(other))
    target = folder / path.relative_to(other)
    if target.parent.is_dir():
        _write(target, path.read_bytes())


def _part_of_the_other(folder: Path, other: Path, chance: random.Random) -> None:
    """Put the other's table where this one has its own, whatever it is called."""
    for suffix in chance.sample([".parquet", ".csv"], 2):
        mine, its = ([path for path in files_of(one) if path.suffix == suffix] for one in (folder, other))
        if mine and its:
            _write(chance.choice(mine), chance.choice(its).read_bytes())
            return


def _swap_files(folder: Path, _: Path, chance: random.Random) -> None:
    one, two = chance.sample(files_of(folder) * 2, 2)
    first, second = one.read_bytes(), two.read_bytes()
    _write(one, second)
    _write(two, first)


def _copy_over(folder: Path, _: Path, chance: random.Random) -> None:
    one, two = chance.sample(files_of(folder) * 2, 2)
    _write(one, two.read_bytes())


def _remove(folder: Path, _: Path, chance: random.Random) -> None:
    chance.choice(files_of(folder)).unlink()


def _rename(folder: Path, _: Path, chance: random.Random) -> None:
    path = chance.choice(files_of(folder))
    path.rename(path.with_name(chance.choice([f"{path.name}.bak", f"x{path.name}", path.name.upper(), f".{path.name}.new"])))


def _folder_in_its_place(folder: Path, _: Path, chance: random.Random) -> None:
    path = chance.choice(files_of(folder))
    path.unlink()
    path.mkdir()


def _link_in_its_place(folder: Path, other: Path, chance: random.Random) -> None:
    path = chance.choice(files_of(folder))
    path.unlink()
    os.symlink(other.resolve() / path.relative_to(folder), path)


def _more(folder: Path, other: Path, chance: random.Random) -> None:
    """Add a file of the other that this one lacks, or one again under another name."""
    path = chance.choice(files_of(chance.choice([folder, other])))
    shutil.copy(path, path.with_name(f"copy_{path.name}") if folder in path.parents else folder / f"copy_{path.name}")


WAYS: dict[str, Way] = {
    "a bit is flipped": _bytes(_flip),
    "it is cut": _bytes(_cut),
    "it is emptied": _bytes(lambda content, _: content.clear()),
    "bytes are appended": _bytes(lambda content, chance: content.extend(chance.randbytes(chance.randint(1, 40)))),
    "a piece is zeros": _bytes(_blank),
    "a piece is there twice": _bytes(_repeat),
    "a digit is changed": _bytes(_digit),
    "a line is there twice": _lines(lambda lines, _, chance: lines.append(chance.choice(lines))),
    "a line is gone": _lines(lambda lines, _, chance: lines.pop(chance.randrange(len(lines)))),
    "two lines are swapped": _lines(_swap_lines),
    "a line is another's": _lines(
        lambda lines, its, chance: lines.insert(chance.randrange(len(lines) + 1), chance.choice(its))
    ),
    "a line is replaced by another's": _lines(
        lambda lines, its, chance: lines.__setitem__(chance.randrange(len(lines)), chance.choice(its))
    ),
    "columns are swapped": _lines(_swap_columns),
    "it is another's": _of_the_other,
    "a table is another's": _part_of_the_other,
    "two files are swapped": _swap_files,
    "a file is a copy of another": _copy_over,
    "it is removed": _remove,
    "it is renamed": _rename,
    "a folder is in its place": _folder_in_its_place,
    "a link to another's is in its place": _link_in_its_place,
    "there is one more": _more,
}
OF_ANOTHER = [name for name in WAYS if "another's" in name]


def damage(folder: Path, other: Path, chance: random.Random, first: str) -> list[str]:
    """Do harm until something is changed: in one way, or in up to two more; give back in which ones.

    Whoever takes several files of another has copied that one, which is no damage: it is done once at most.
    """
    before, done = contents(folder), []
    more = chance.choices([name for name in WAYS if name not in OF_ANOTHER], k=chance.choice([0, 0, 0, 1, 2]))
    for name in [first, *more]:
        if files_of(folder, texts=True) and any(path.stat().st_size for path in files_of(folder)):
            WAYS[name](folder, other, chance)
            done.append(name)
    return done if contents(folder) != before else []
