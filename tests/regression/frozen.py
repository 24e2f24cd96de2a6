"""Hold every number and every sentence that cxsim tells against those that were frozen.

A refactoring must not change a single number of any result. This file proves it: it drives the public command line, hashes each
column of each table that a command leaves behind, bit for bit, and the words that it tells, and compares the hashes with those
in ``frozen.json``. It knows nothing of how the package is organised. From the root of the repository::

    python -m tests.regression.frozen                   # check everything; leaves with 1 when something moved
    python -m tests.regression.frozen --only run pivot  # check these parts
    python -m tests.regression.frozen --write           # freeze what is now, after a change of results that is meant

Left out is what measures time or names sources: identities of runs, manifests, seconds, and files that are not tables.
"""

import argparse
import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"
FROZEN = Path(__file__).with_name("frozen.json")

DIGITS = 12  # of a hash in hexadecimal
OUT = "out"  # folder of the results that are hashed, within the folder of a case
TEXT = "text"  # the table of words, beside the tables of a case
EXIT = "exit"  # its column with the exit code
UNSTABLE = frozenset({"run", "identity", "digest", "command", "version", "seconds"})  # columns that follow sources or clocks
TOLD = ("answer.txt", "page.json")  # files of words; the second holds the content of the report
STAMP = re.compile(r"(runs/\d+)-[0-9a-f]+")  # parts of a sweep are named after their number and their content
CLOCK = re.compile(r" in [\d.,]+ s\)")
GOOD = (0, 3)  # exit codes: all is well, or some runs failed or some targets were missed, which is a result too

RENAMED = {"tide": "demand_shock"}  # columns that were frozen under a name that they no longer have

Columns = dict[str, str]  # hash of each column
Hashes = dict[str, Columns]  # columns of each table, which is named part/case/file


class Case(NamedTuple):
    """Commands that are given one after another in a folder of their own; the last one writes to OUT."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    edits: tuple[tuple[str, str, str], ...] = ()  # file below scenarios, text in it, and what stands there instead


class Measured(NamedTuple):
    """What came out of a case."""

    name: str
    hashes: Hashes
    seconds: float
    trouble: str  # the last words of a command that did not work


# What is run


NO_PICTURES = ("--no-plots", "--no-report")
ALONE = ("--workers", "1")  # cases of a part run side by side, so that each needs a single process
SHORTER = {  # months of what would take longest
    "claims/c17_size_1000": ("--months", "24"),
    "claims/c17_size_0100": ("--months", "24"),
}
REFERENCE = ("--engine", "reference", "--replicates", "2", "--months", "24", "--set", "market.customers=200")
SWEPT = ("--set", "replicates=2", "--set", "months=24")


def one(name: str, *words: str) -> Case:
    """Build a case of a single command that keeps results."""
    return Case(name, ((*words, *NO_PICTURES, "--out", OUT),))


def run_cases() -> Iterator[Case]:
    """Run every scenario file there is, all arms, and some of them with the reference engine."""
    for folder, replicates in (("", "3"), ("verification", "2"), ("claims", "2")):
        for file in sorted((SCENARIOS / folder).glob("*.toml")):
            name = file.relative_to(SCENARIOS).with_suffix("").as_posix()
            words = ("run", f"scenarios/{name}.toml", "--replicates", replicates)
            yield one(name, *words, *SHORTER.get(name, ()), *ALONE)
    for name in ("survive_to_thrive", "industry"):
        yield one(f"reference/{name}", "run", f"scenarios/{name}.toml", *REFERENCE, *ALONE)


def pivot_cases() -> Iterator[Case]:
    """Ask for the best moment by month, customers and cash, with a map, and of a scenario that is made for it."""
    common = ("pivot", "scenarios/survive_to_thrive.toml", "--months", "60", "--set", "market.customers=2000", *ALONE)
    many, few = ("--replicates", "70"), ("--replicates", "12")
    yield one("by_month", *common, *many, "--by", "month", "--verbose")
    yield one("by_customers", *common, *many, "--by", "customers")
    yield one("by_cash", *common, *many, "--by", "cash")
    yield one("map", *common, *few, "--map", "market.homogeneity=0.2:0.8:3", "--map-replicates", "6", "--step", "6")
    yield one("pivot_moment", "pivot", "scenarios/pivot_moment.toml", *few, "--verbose", *ALONE)


def service_cases() -> Iterator[Case]:
    """Audit a Largeco in full and in brief."""
    common = ("service", "scenarios/largeco_service.toml", "--replicates", "5", "--months", "36", *ALONE)
    yield one("full", *common, "--arm", "high", "--set", "market.customers=10000")
    yield one("brief", *common, "--brief", "--horizons", "3,36")


def claims_cases() -> Iterator[Case]:
    """Test all claims, each at few points, and two in detail."""
    yield one("all", "claims", "--replicates", "4", "--robustness", "2")
    yield one("detail", "claims", "C03", "C12", "--replicates", "4", "--robustness", "0")


def knockouts_cases() -> Iterator[Case]:
    """Fill the matrix of some claims and all mechanisms."""
    yield one("some", "claims", "C01", "C07", "C12", "--knockouts", "--replicates", "3")


def sweep_case(name: str, *edits: tuple[str, str]) -> Case:
    """Build the case of a sweep with edits of its file."""
    file = f"sweeps/{name}.toml"
    words = ("sweep", f"scenarios/{file}", *SWEPT, "--out", OUT, *ALONE)
    return Case(name, (words,), tuple((file, old, new) for old, new in edits))


SWEEPS = {  # with edits of the design, which --set cannot change
    "pivot_screening": ("trajectories = 40", "trajectories = 4"),
    "pivot_variance": ("points = 256", "points = 16"),
    "uncertain_market": ("points = 120", "points = 24"),
}


def sweep_cases() -> Iterator[Case]:
    """Run every sweep file there is at fewer points, for fewer months."""
    for file in sorted((SCENARIOS / "sweeps").glob("*.toml")):
        edits = (SWEEPS[file.stem],) if file.stem in SWEEPS else ()
        yield sweep_case(file.stem, *edits)


def sensitivity_cases() -> Iterator[Case]:
    """Analyse the screening, and the sweep for Sobol' indices."""
    for name in ("pivot_screening", "pivot_variance"):
        swept = sweep_case(name, SWEEPS[name])
        sweep = tuple("swept" if word == OUT else word for word in swept.commands[0])
        analysis = ("sensitivity", "swept", "--measure", "value", "--measure", "customers", *NO_PICTURES, "--out", OUT)
        yield swept._replace(commands=(sweep, analysis))


def compare_cases() -> Iterator[Case]:
    """Compare two results on the same seeds, and two on others."""
    run = ("run", "scenarios/survive_to_thrive.toml", "--replicates", "8", "--months", "60", *NO_PICTURES, *ALONE, "--quiet")
    compare = ("compare", "first", "second", *NO_PICTURES, "--out", OUT)
    for name, other in (("same_seeds", ("--set", "market.homogeneity=0.8")), ("other_seeds", ("--seed", "7"))):
        yield Case(name, ((*run, "--out", "first"), (*run, *other, "--out", "second"), compare))


def verify_model_cases() -> Iterator[Case]:
    """Hold the model against every target."""
    yield Case("all", (("verify-model", "--out", f"{OUT}.csv"),))


PARTS: dict[str, Callable[[], Iterable[Case]]] = {
    "run": run_cases,
    "pivot": pivot_cases,
    "service": service_cases,
    "claims": claims_cases,
    "knockouts": knockouts_cases,
    "sweep": sweep_cases,
    "sensitivity": sensitivity_cases,
    "compare": compare_cases,
    "verify-model": verify_model_cases,
}


# How it is hashed


def digest(*contents: bytes) -> str:
    """Hash contents, each with its length, so that nothing can move from one to the next."""
    made = hashlib.sha256()
    for content in contents:
        made.update(len(content).to_bytes(8, "little"))
        made.update(content)
    return made.hexdigest()[:DIGITS]


def text_digest(values: Sequence[str | None]) -> str:
    """Hash a list of texts."""
    return digest(b"text", json.dumps(values).encode())


def column_digest(column: pa.ChunkedArray) -> str:
    """Hash a column bit for bit, in the order of its rows; every NaN is the same, and a missing value is none of them."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        values = column.fill_null(np.nan).to_numpy().astype(np.float64)
        values[np.isnan(values)] = np.nan
    elif pa.types.is_integer(column.type):
        values = column.fill_null(0).to_numpy().astype(np.uint64 if column.type == pa.uint64() else np.int64)
    elif pa.types.is_boolean(column.type):
        values = column.fill_null(False).to_numpy(zero_copy_only=False).astype(np.bool_)
    else:
        return text_digest(column.cast(pa.string()).to_pylist())
    missing = column.is_null().to_numpy(zero_copy_only=False)
    return digest(values.dtype.kind.encode(), values.tobytes(), missing.tobytes())


def table_hashes(table: pa.Table) -> Columns:
    """Hash the columns of a table that do not follow sources or clocks."""
    return {name: column_digest(table[name]) for name in table.column_names if name not in UNSTABLE}


def csv_hashes(text: str) -> Columns:
    """Hash the columns of a table that is kept as text, as that text."""
    head, *rows = csv.reader(text.splitlines())
    return {name: text_digest([row[place] for row in rows]) for place, name in enumerate(head) if name not in UNSTABLE}


def words_digest(text: str, folder: Path) -> str:
    """Hash words without where they were told and how long it took."""
    return text_digest([CLOCK.sub(")", text.replace(str(folder), ""))])


def file_hashes(file: Path) -> Columns:
    """Hash the columns of a file that is a table; nothing for other files."""
    if file.suffix == ".parquet":
        return table_hashes(pq.read_table(file, partitioning=None))
    return csv_hashes(file.read_text(encoding="utf-8")) if file.suffix == ".csv" else {}


def folder_hashes(folder: Path) -> Hashes:
    """Hash every table that a case left in its folder, and every file of words."""
    found: Hashes = {}
    results = folder / OUT
    files = results.rglob("*") if results.is_dir() else [results.with_suffix(".csv")]
    for file in sorted(path for path in files if path.is_file()):
        name = STAMP.sub(r"\1", file.relative_to(results if results.is_dir() else folder).as_posix())
        if columns := file_hashes(file):
            found[name] = columns
        if name in TOLD:
            found.setdefault(TEXT, {})[f"text:{name}"] = words_digest(file.read_text(encoding="utf-8"), folder)
    return found


# How it is measured


def prepare(case: Case, folder: Path) -> None:
    """Copy the scenarios to the folder of a case, and edit them."""
    shutil.copytree(SCENARIOS, folder / "scenarios")
    for file, old, new in case.edits:
        path = folder / "scenarios" / file
        text = path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise ValueError(f"scenarios/{file} holds {old!r} {text.count(old)} times; the case {case.name} edits it once")
        path.write_text(text.replace(old, new), encoding="utf-8")


def cxsim(words: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Give one command in a folder; it is the cxsim of this repository, on a terminal of fixed width."""
    path = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    told = os.environ | {"PYTHONPATH": path, "COLUMNS": "110"}
    return subprocess.run([sys.executable, "-m", "cxsim", *words], cwd=folder, env=told, capture_output=True, text=True)


def measure(part: str, case: Case) -> Measured:
    """Give the commands of a case and hash what they leave behind and tell."""
    clock = time.perf_counter()
    hashes: Hashes = {}
    with tempfile.TemporaryDirectory(prefix="frozen_") as name:
        folder = Path(name)
        prepare(case, folder)
        for words in case.commands:
            done = cxsim(words, folder)
            if done.returncode not in GOOD:
                break
        else:
            hashes = folder_hashes(folder)
            hashes.setdefault(TEXT, {})["text:terminal"] = words_digest(done.stdout, folder)
        hashes.setdefault(TEXT, {})[EXIT] = str(done.returncode)
    trouble = "" if done.returncode in GOOD else f"cxsim {' '.join(words)}: {done.stderr.strip()[-2000:]}"
    named = {f"{part}/{case.name}/{table}": columns for table, columns in hashes.items()}
    return Measured(case.name, named, time.perf_counter() - clock, trouble)


def measure_part(part: str) -> list[Measured]:
    """Measure the cases of a part side by side; the first one alone, because it may have to compile the engine."""
    clock = time.perf_counter()
    first, *others = PARTS[part]()
    done = [measure(part, first)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done += pool.map(lambda case: measure(part, case), others)
    slowest = max(done, key=lambda case: case.seconds)
    most = f"the longest, {slowest.name}, {slowest.seconds:.1f} s" if others else slowest.name
    cases = f"{len(done)} case{'s' if others else ''}"
    print(f"{part}: {cases} in {time.perf_counter() - clock:.1f} s ({most})", flush=True)
    return done


def measure_all(parts: Iterable[str]) -> Hashes:
    """Measure parts one after another, and tell how far it has come and what did not work."""
    hashes: Hashes = {}
    for part in parts:
        for done in measure_part(part):
            hashes |= done.hashes
            if done.trouble:
                print(f"{part}/{done.name} does not work: {done.trouble}")
    return hashes


# How it is compared


def of_parts(hashes: Hashes, parts: Iterable[str]) -> Hashes:
    """Take the tables of some parts."""
    wanted = set(parts)
    return {table: columns for table, columns in hashes.items() if table.partition("/")[0] in wanted}


def differences(frozen: Mapping[str, Columns], now: Mapping[str, Columns]) -> list[str]:
    """Tell every table in which something moved, is missing or is new, and which columns these are."""
    told = []
    for table in sorted({*frozen, *now}):
        before, after = frozen.get(table), now.get(table)
        if before is None or after is None:
            told.append(f"{table}: the table is {'new' if before is None else 'missing'}")
            continue
        ways = {
            "moved": [name for name in before if name in after and before[name] != after[name]],
            "missing": [name for name in before if name not in after],
            "new": [name for name in after if name not in before],
        }
        told += [f"{table}: {way}: {', '.join(sorted(names))}" for way, names in ways.items() if names]
    return told


def written(hashes: Mapping[str, Columns]) -> str:
    """Write hashes as a file, sorted, with one table a line."""
    lines = [f"{json.dumps(table)}: {json.dumps(hashes[table], sort_keys=True)}" for table in sorted(hashes)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def read_frozen() -> Hashes:
    """Read the frozen hashes; none when nothing was frozen yet."""
    hashes: Hashes = json.loads(FROZEN.read_text(encoding="utf-8")) if FROZEN.exists() else {}
    return {table: {RENAMED.get(name, name): hashed for name, hashed in columns.items()} for table, columns in hashes.items()}


def freeze(parts: Sequence[str]) -> int:
    """Write the hashes of some parts, and keep those of the others; nothing is written when a command did not work."""
    now, frozen = measure_all(parts), read_frozen()
    if any(int(columns.get(EXIT, "0")) not in GOOD for columns in now.values()):
        print("Nothing was written.")
        return 1
    kept = {table: columns for table, columns in frozen.items() if table not in of_parts(frozen, parts)}
    FROZEN.write_text(written(kept | now), encoding="utf-8")
    print(f"{len(now)} tables with {sum(map(len, now.values()))} columns were frozen in {FROZEN.name}")
    return 0


def check(parts: Sequence[str]) -> int:
    """Tell what moved in some parts; 1 when something did."""
    now = measure_all(parts)
    told = differences(of_parts(read_frozen(), parts), now)
    for line in told:
        print(line)
    print(f"{len(told)} differences" if told else f"Nothing moved: {len(now)} tables, {sum(map(len, now.values()))} columns")
    return 1 if told else 0


def main(words: Sequence[str] | None = None) -> int:
    """Check or freeze what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.regression.frozen", description="Hold results against frozen ones.")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--check", action="store_true", help="tell what moved (the default)")
    way.add_argument("--write", action="store_true", help="freeze the results as they are now")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    asked = parser.parse_args(words)
    return (freeze if asked.write else check)(asked.only)


if __name__ == "__main__":
    sys.exit(main())
