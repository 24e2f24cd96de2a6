"""Throughput of many short runs: ``python -m benchmarks.sweeps``.

Side by side, on the same scenario, arm and seeds, each in a process of its own, start-up included, one row of results a run:

- ``mesa.batch_run`` with two processes on the plain-Mesa version of the model (the reference engine as a ``mesa.Model``);
- the fast engine on a crew of two processes, and of one, in batches of about half a second.

Afterwards: where the time of one fast run goes.
"""

import argparse
import json
import pickle
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from cxsim.engine.ahead import compile_ahead
from cxsim.model.case import Case
from cxsim.model.chance import replicate_seed

SCENARIO, ARM = Path(__file__).parents[1] / "scenarios" / "survive_to_thrive.toml", "pivot"
CUSTOMERS, MONTHS, SEED = 1000, 120, 1
BATCH_SECONDS = 0.5
LIMIT_RATIO, LIMIT_WORKERS = 100, 1.6


@cache
def case() -> Case:
    from cxsim.scenario import load_scenario

    return load_scenario(SCENARIO, [f"market.customers={CUSTOMERS}"]).arm(ARM).case


def row_of(history: Any) -> dict[str, Any]:
    """The first firm's row of results."""
    from cxsim.experiments.measures import run_columns

    return {name: values[0].item() for name, values in run_columns(history, case()).items()}


def mesa_rows(runs: int, workers: int) -> list[dict[str, Any]]:
    import mesa

    from benchmarks.plain_model import PlainModel

    seeds = [int(replicate_seed(SEED, replicate)) for replicate in range(runs)]
    asked = {"case": [case()], "seed": seeds, "months": MONTHS, "row_of": row_of}
    rows = {row["seed"]: row["row"] for row in mesa.batch_run(PlainModel, asked, workers, display_progress=False)}
    return [rows[seed] for seed in seeds]


def fast_batch(first: int, end: int) -> tuple[float, list[dict[str, Any]]]:
    """Rows of some replicates, and the seconds of one."""
    from cxsim.engine.fast import simulate

    start = time.perf_counter()
    rows = [row_of(simulate(case(), int(replicate_seed(SEED, replicate)), MONTHS)) for replicate in range(first, end)]
    return (time.perf_counter() - start) / (end - first), rows


def fast_rows(runs: int, workers: int) -> list[dict[str, Any]]:
    from concurrent.futures import FIRST_COMPLETED, wait

    from benchmarks.sweeps import fast_batch  # by the name that the processes of the crew know
    from cxsim.experiments.crew import Crew

    rows: dict[int, list[dict[str, Any]]] = {}
    with Crew(workers) as crew:
        begun, size, waiting = 0, 1, {}
        while begun < runs or waiting:
            while begun < runs and len(waiting) < 2 * workers:
                end = min(begun + size, runs)
                waiting[crew.submit(fast_batch, begun, end)] = begun
                begun = end
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                seconds, rows[waiting.pop(future)] = future.result()
                size = max(1, min(10 * size, int(BATCH_SECONDS / seconds)))
    return [row for first in sorted(rows) for row in rows[first]]


PARTS: dict[str, Callable[[int, int], list[dict[str, Any]]]] = {"mesa": mesa_rows, "fast": fast_rows}


def processor_seconds() -> float:
    """What processes that this one started, and those that they started, have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(part: str, runs: int, workers: int) -> tuple[float, float, list[dict[str, Any]]]:
    """Runs per second, and per second of processor time, of a part in a process of its own, start-up included; its rows."""
    command = [sys.executable, "-m", "benchmarks.sweeps", "--part", part, "--runs", str(runs), "--workers", str(workers)]
    start, used = time.perf_counter(), processor_seconds()
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return runs / (time.perf_counter() - start), runs / (processor_seconds() - used), json.loads(told)


def side_by_side(mesa_runs: int, fast_runs: int, rounds: int) -> None:
    asked = (("mesa", mesa_runs, 2), ("fast", fast_runs, 2), ("fast", fast_runs, 1))
    measured = [[measure(*part) for part in asked] for _ in range(rounds)]  # in turns, as the machine may be busy at times
    slow, two, one = (max(speed for speed, _, _ in part) for part in zip(*measured, strict=True))
    slow_used, two_used, one_used = (max(speed for _, speed, _ in part) for part in zip(*measured, strict=True))
    rows = [[json.dumps(rows[:mesa_runs]) for _, _, rows in part] for part in measured]
    assert len({text for part in rows for text in part}) == 1, "engines or workers make a difference"
    print(f"{CUSTOMERS:,} customers x {MONTHS} months, runs per second, start-up included, best of {rounds}:")
    print(f"  mesa.batch_run, two processes, {mesa_runs} runs: {slow:.3f}")
    print(f"  fast engine, two processes, {fast_runs} runs: {two:.1f}; one process: {one:.1f}")
    print(f"  fast over Mesa, two processes each: {two / slow:,.0f} times (at least {LIMIT_RATIO})")
    print(f"  two processes over one: {two / one:.2f} times (at least {LIMIT_WORKERS})")
    print(f"  runs per second of processor time: {slow_used:.3f} Mesa, {two_used:.1f} two processes, {one_used:.1f} one")


def seconds_of(call: Callable[[], Any], times: int = 60) -> float:
    """Median time of a call."""

    def once() -> float:
        start = time.perf_counter()
        call()
        return time.perf_counter() - start

    return statistics.median(once() for _ in range(times))


def where_time_goes() -> None:
    from cxsim.engine.fast import run_months, start_world
    from cxsim.engine.world import history_of, make_world

    seed = int(replicate_seed(SEED, 0))
    world = start_world(case(), seed, MONTHS)
    run_months(world, 0, MONTHS)
    history = history_of(world)
    row = row_of(history)
    parts = {
        "making the arrays": lambda: make_world(case(), seed, MONTHS),
        "first day, arrays included": lambda: start_world(case(), seed, MONTHS),
        "first day and all months": lambda: run_months(start_world(case(), seed, MONTHS), 0, MONTHS),
        "history": lambda: history_of(world),
        "columns of results": lambda: row_of(history),
        "packing a row": lambda: pickle.loads(pickle.dumps(row)),
    }
    print("where the time of one fast run goes, in milliseconds (median):")
    for name, call in parts.items():
        print(f"  {name}: {1000 * seconds_of(call):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mesa-runs", type=int, default=20)
    parser.add_argument("--fast-runs", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--part", choices=PARTS, help="one side alone, rows as JSON (used by this program itself)")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps(PARTS[asked.part](asked.runs, asked.workers)))
    else:
        compile_ahead()  # otherwise each process would compile for itself
        side_by_side(asked.mesa_runs, asked.fast_runs, asked.rounds)
        where_time_goes()


if __name__ == "__main__":
    main()
