"""Throughput of sweeps: ``python -m benchmarks.sweeps``.

Side by side, on the same scenario, arm and seeds, each in a process of its own, start-up included:

- ``mesa.batch_run`` with two processes on the plain-Mesa version of the model (the reference engine as a ``mesa.Model``);
- ``cxsim.sweep``, which is what ``cxsim sweep`` does, with two processes and with one: journal, tables and manifest included.

Then what journal and tables cost: a sweep over the same runs on the same crew with nothing kept of them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from statistics import median
from typing import Any

from cxsim.engine import precompile
from cxsim.execution.process_pool import ProcessPool
from cxsim.execution.runner import carry_out
from cxsim.execution.scheduler import Task
from cxsim.measures.tables import run_columns
from cxsim.model.case import Case, History
from cxsim.model.chance import replicate_seed
from cxsim.scenario import load_scenario
from cxsim.studies.api import sweep
from cxsim.studies.sweep.design import Design

SCENARIO, ARM = Path(__file__).parents[1] / "scenarios" / "survive_to_thrive.toml", "pivot"
SMALL, LARGE, MONTHS, SEED = 1_000, 70_000, 120, 1
SHOWN = ("value", "customers", "revenue", "deals", "churned", "months_lived")
LIMIT_RATIO, LIMIT_WORKERS, LIMIT_OVERHEAD = 100, 1.6, 0.2


@cache
def case_of(customers: int) -> Case:
    return load_scenario(SCENARIO, [f"market.customers={customers}"]).arm(ARM).case


def row_of(history: History) -> dict[str, Any]:
    """The first firm's row of results."""
    columns = run_columns(history, case_of(SMALL))
    return {name: columns[name][0].item() for name in SHOWN}


def mesa_rows(runs: int, workers: int, customers: int) -> list[dict[str, Any]]:
    import mesa

    from benchmarks.plain_model import PlainModel

    seeds = [int(replicate_seed(SEED, replicate)) for replicate in range(runs)]
    asked = {"case": [case_of(customers)], "seed": seeds, "months": MONTHS, "row_of": row_of}
    rows = {row["seed"]: row["row"] for row in mesa.batch_run(PlainModel, asked, workers, display_progress=False)}
    return [rows[seed] for seed in seeds]


def sweep_rows(runs: int, workers: int, customers: int) -> list[dict[str, Any]]:
    asked = {"replicates": runs, "arms": [ARM], "months": MONTHS, "seed": SEED}
    design = Design.make(SCENARIO, {"market.customers": [customers]}, **asked)
    with tempfile.TemporaryDirectory() as folder:
        frame = sweep(design, out=Path(folder) / "sweep", workers=workers).frames["runs"]
    return [{name: row[name] for name in SHOWN} for row in frame[list(SHOWN)].to_dict("records")]


def bare_runs(customers: int, replicates: Sequence[int]) -> list[dict[str, Any]]:
    """Do runs in a worker, and keep nothing but the time that each took."""
    from cxsim.engine import simulate

    entries = []
    for replicate in replicates:
        start = time.perf_counter()
        run_columns(simulate(case_of(customers), int(replicate_seed(SEED, replicate)), MONTHS, "fast"), case_of(customers))
        entries.append({"seconds": time.perf_counter() - start})
    return entries


class Forget:
    """A record that keeps nothing."""

    def append(self, key: str, entry: dict[str, Any]) -> None:
        """Forget it."""


def bare_rows(runs: int, workers: int, customers: int) -> list[dict[str, Any]]:
    from benchmarks.sweeps import bare_runs  # by the name that the processes of the crew know

    tasks = (Task(str(number), number) for number in range(runs))
    with ProcessPool(workers) as pool:
        for _ in carry_out(tasks, partial(bare_runs, customers), pool, Forget(), workers):
            pass
    return []


PARTS: dict[str, Callable[[int, int, int], list[dict[str, Any]]]] = {"mesa": mesa_rows, "sweep": sweep_rows, "bare": bare_rows}


def measure(part: str, runs: int, workers: int, customers: int) -> tuple[float, list[dict[str, Any]]]:
    """Seconds of a part in a process of its own, start-up included, and its rows."""
    numbers = {"runs": runs, "workers": workers, "customers": customers}
    words = [word for name, number in numbers.items() for word in (f"--{name}", str(number))]
    start = time.perf_counter()
    told = subprocess.run([sys.executable, "-m", "benchmarks.sweeps", "--part", part, *words], check=True, capture_output=True)
    return time.perf_counter() - start, json.loads(told.stdout)


def in_turns(rounds: int, **parts: tuple[str, int, int, int]) -> dict[str, list[tuple[float, list[dict[str, Any]]]]]:
    """Measure parts in turns, as the machine may be busy at times."""
    measured = [{name: measure(*asked) for name, asked in parts.items()} for _ in range(rounds)]
    return {name: [one[name] for one in measured] for name in parts}


def against_mesa(mesa_runs: int, runs: int, rounds: int) -> None:
    sizes = {"mesa": ("mesa", mesa_runs, 2, SMALL), "two": ("sweep", runs, 2, SMALL), "one": ("sweep", runs, 1, SMALL)}
    found = in_turns(rounds, **sizes)
    same = {json.dumps(rows[:mesa_runs]) for part in found.values() for _, rows in part}
    assert len(same) == 1, "engines or workers make a difference"
    slow, two, one = (min(seconds for seconds, _ in part) for part in found.values())
    print(f"{SMALL:,} customers x {MONTHS} months, runs per second, start-up included, best of {rounds}:")
    print(f"  mesa.batch_run, two processes, {mesa_runs} runs: {mesa_runs / slow:.2f}")
    print(f"  a sweep of {runs:,} runs, two processes: {runs / two:.0f}; one process: {runs / one:.0f}")
    print(f"  sweep over Mesa: {(runs / two) / (mesa_runs / slow):,.0f} times (at least {LIMIT_RATIO})")
    print(f"  two processes over one: {one / two:.2f} times (at least {LIMIT_WORKERS})")


def overhead(runs: int, rounds: int) -> None:
    parts = {part: (part, runs, 2, LARGE) for part in ("sweep", "bare")}
    found = in_turns(rounds, **parts)
    ratios = [sweep / bare for (sweep, _), (bare, _) in zip(found["sweep"], found["bare"], strict=True)]
    bare = min(seconds for seconds, _ in found["bare"])
    print(f"{LARGE:,} customers x {MONTHS} months, {runs} runs of about {2_000 * bare / runs:.0f} ms on two processes:")
    longer = 100 * (median(ratios) - 1)
    print(f"  with journal and tables {longer:.1f} % longer than with nothing kept, median of {rounds}")
    print(f"  (at most {100 * LIMIT_OVERHEAD:.0f} %)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, to see that it works")
    parser.add_argument("--part", choices=PARTS, help="one side alone, rows as JSON (used by this program itself)")
    for name in ("runs", "workers", "customers"):
        parser.add_argument(f"--{name}", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps(PARTS[asked.part](asked.runs, asked.workers, asked.customers)))
        return
    precompile()
    against_mesa(*((2, 200, 1) if asked.quick else (20, 10_000, 3)))
    overhead(*((40, 1) if asked.quick else (600, 5)))


if __name__ == "__main__":
    main()


# Last result (version 0.1.0, 2 shared processors of a 2023 server, Python 3.11, Mesa 3.3, numba 0.68):
#
# 1,000 customers x 120 months, runs per second, start-up included, best of 3:
#   mesa.batch_run, two processes, 20 runs: 4.60
#   a sweep of 10,000 runs, two processes: 714; one process: 399
#   sweep over Mesa: 155 times (at least 100)
#   two processes over one: 1.79 times (at least 1.6)
# 70,000 customers x 120 months, 600 runs of about 26 ms on two processes:
#   with journal and tables 7.0 % longer than with nothing kept, median of 5
#   (at most 20 %)
#
# While other work used half of the machine, a sweep of 5,000 runs was 140 times as fast as Mesa, two processes 1.47 times one.
