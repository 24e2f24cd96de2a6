"""Mutation testing of the model and of statistics: is a small mistake in them found by a test?

    python -m tests.mutation.sample FOLDER [--mutants 300] [--seed 1]

copies the project into a new folder, lists every mutant that cosmic-ray can make of the two packages, draws a sample of both
together, and runs the tests that ``model.toml`` and ``statistics.toml`` name on each, in the interpreter; first without any
mutant, since tests that fail anyway would kill them all. Called again with the same folder it goes on where it was: mutants
without an outcome, and survivors, for which tests are copied anew.
"""

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("model", "statistics")
KEPT_OUT = shutil.ignore_patterns(".git", "__pycache__", ".*_cache")
ENVIRONMENT = {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": "src", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
JOBS = """SELECT job_id, module_path, start_pos_row FROM mutation_specs LEFT JOIN work_results USING (job_id)
    WHERE worker_outcome IS NULL ORDER BY module_path, operator_name, occurrence"""
SURVIVORS = """SELECT module_path, start_pos_row, operator_name, diff FROM mutation_specs JOIN work_results USING (job_id)
    WHERE test_outcome = 'SURVIVED' ORDER BY module_path, start_pos_row"""


def main() -> None:
    """Draw a sample, or go on with it; run it; print survivors and the share that was killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mutants", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    if folder.exists():
        try_survivors_again(folder)
    else:
        shutil.copytree(ROOT, folder, ignore=KEPT_OUT)
        draw_sample(folder, asked.mutants, asked.seed)
    for part in PARTS:
        cosmic_ray(folder, "cosmic_ray.cli", "baseline", settings(part))
        cosmic_ray(folder, "cosmic_ray.cli", "exec", settings(part), f"{part}.sqlite")
    report(folder)


def settings(part: str) -> str:
    """Where cosmic-ray finds how mutants of a package are made and tested."""
    return f"tests/mutation/{part}.toml"


def cosmic_ray(folder: Path, module: str, *words: str) -> None:
    """Run one of its commands in the copy, which it changes and mends mutant by mutant."""
    subprocess.run([sys.executable, "-m", module, *words], cwd=folder, env=os.environ | ENVIRONMENT, check=True)


def draw_sample(folder: Path, mutants: int, seed: int) -> None:
    """List all mutants in a session for each package, and leave as many as asked for, drawn from both together."""
    everyone: list[tuple[str, str]] = []
    for part in PARTS:
        cosmic_ray(folder, "cosmic_ray.cli", "init", settings(part), f"{part}.sqlite")
        cosmic_ray(folder, "cosmic_ray.tools.filters.operators_filter", f"{part}.sqlite", settings(part))
        with closing(sqlite3.connect(folder / f"{part}.sqlite")) as session:
            everyone += [(part, job) for job, path, line in session.execute(JOBS) if not of_types(folder / path, line)]
    chosen = set(random.Random(seed).sample(everyone, mutants))
    print(f"{len(chosen)} of {len(everyone)} mutants")
    for part in PARTS:
        with closing(sqlite3.connect(folder / f"{part}.sqlite")) as session, session:
            listed = session.execute("SELECT job_id FROM work_items")
            others = [(job,) for (job,) in listed if (part, job) not in chosen]
            for table in ("work_results", "mutation_specs", "work_items"):
                session.executemany(f"DELETE FROM {table} WHERE job_id = ?", others)


def of_types(path: Path, line: int) -> bool:
    """Whether all that could be changed in a line is the union of types in its annotations."""
    return " | None" in path.read_text(encoding="utf-8").splitlines()[line - 1]


def try_survivors_again(folder: Path) -> None:
    """Forget that mutants survived, and take the tests as they are now."""
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=KEPT_OUT, dirs_exist_ok=True)
    for part in PARTS:
        with closing(sqlite3.connect(folder / f"{part}.sqlite")) as session, session:
            session.execute("DELETE FROM work_results WHERE test_outcome IS NULL OR test_outcome != 'KILLED'")


def report(folder: Path) -> None:
    """Print each survivor as a difference of one line, then how many there were."""
    tried = survived = 0
    for part in PARTS:
        with closing(sqlite3.connect(folder / f"{part}.sqlite")) as session:
            tried += session.execute("SELECT count(*) FROM work_results").fetchone()[0]
            for path, line, operator, diff in session.execute(SURVIVORS):
                survived += 1
                changed = [text for text in diff.splitlines() if text[:1] in "+-" and text[:3] not in ("+++", "---")]
                print(f"\n{path}:{line} {operator}", *changed, sep="\n")
    print(f"\n{tried} mutants, {tried - survived} killed ({(tried - survived) / tried:.1%}), {survived} survived")


if __name__ == "__main__":
    main()
