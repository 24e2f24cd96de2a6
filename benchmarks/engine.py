"""Speed and memory of the fast engine: ``python -m benchmarks.engine``.

Everything is measured side by side in one process and printed as ratios, since machines are shared and noisy:

- the fast engine against the reference engine on the same scenario, one thread, equal bits checked: months, the first day,
  and a whole run;
- time per potential customer and month, one thread, against one element of a STREAM triad (``a = b + s * c``) whose arrays
  are far larger than any cache, taken in turns with the runs;
- memory of a run's state per potential customer, against the declared columns;
- a fork of a run against a plain copy of as many bytes;
- replicates in parallel threads against one after the other.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numba
import numpy as np

from cxsim.engine import simulate, start
from cxsim.engine.fast.simulation import CHANGING
from cxsim.model.case import Case
from cxsim.model.chance import replicate_seed
from cxsim.model.state import CUSTOMER_BYTES
from cxsim.scenario import load_scenario

SCENARIOS = Path(__file__).parents[1] / "scenarios"
TRIAD_ELEMENTS = 20_000_000
LIMIT_RATIO, LIMIT_TRIAD, LIMIT_ALL_ON, LIMIT_BYTES, LIMIT_COLUMNS, LIMIT_FORK = 300, 8, 12, 64, 1.5, 2
LATER_MECHANISMS = ("expansion", "word_of_mouth", "reputation", "goal_erosion", "choosing_again", "polish", "shocks")  # M12 on
MARKETS = (
    ("survive_to_thrive", "pivot", "a start-up in a large market"),
    ("be_all_things", "pivoted", "a Smallco that comes to serve most of the market"),
    ("largeco_service", "middle", "a Largeco that serves most of the market"),
    ("one_market", "pivot", "three firms that share the market"),
)


@numba.njit
def triad(a, b, c, scalar):
    for i in range(a.size):
        a[i] = b[i] + scalar * c[i]


def seconds(task: Callable[[], object]) -> float:
    """Processor time of one call in this thread."""
    start = time.thread_time()
    task()
    return time.thread_time() - start


def case_of(name: str, arm: str, *settings: str) -> Case:
    return load_scenario(SCENARIOS / f"{name}.toml", settings).arm(arm).case


def against_reference(months: int, rounds: int) -> None:
    print(f"fast over reference engine, one thread, {months} months, 20,000 customers (at least {LIMIT_RATIO}):")
    for name, arm, meaning in MARKETS[0], MARKETS[2]:
        case, seed = case_of(name, arm, "market.customers=20000"), replicate_seed(1, 1)
        simulate(case, seed, 1)
        plain, *runs = (start(case, seed, months, engine) for engine in ("reference", *rounds * ("fast",)))
        slow, *times = (seconds(run.advance) for run in (plain, *runs))
        quick = statistics.median(times)
        assert runs[0].history.measures.tobytes() == plain.history.measures.tobytes(), "the engines differ"
        print(f"  {name} ({arm}), {meaning}: {slow / quick:,.0f} times")
    first_day = seconds(lambda: start(case, seed, months, "reference"))
    quick = statistics.median(seconds(lambda: start(case, seed, months)) for _ in range(rounds))
    print(f"  the first day, making all customers: {first_day / quick:,.0f} times")


def whole_run(months: int, rounds: int) -> None:
    name, arm, meaning = MARKETS[0]
    case, seed, slow = case_of(name, arm), replicate_seed(1, 1), []
    simulate(case, seed, 1)
    slow.append(seconds(lambda: simulate(case, seed, months, "reference")))
    quick = statistics.median(seconds(lambda: simulate(case, seed, months)) for _ in range(rounds))
    slow.append(seconds(lambda: simulate(case, seed, months, "reference")))
    ratio = statistics.mean(slow) / quick
    print(f"a whole run, first day and {months} months, one thread (at least {LIMIT_RATIO}):")
    print(f"  {name} ({arm}), {meaning}: {statistics.mean(slow):.1f} s over {quick * 1e3:.1f} ms: {ratio:,.0f} times")


def against_triad(customers: int, rounds: int, months: int = 120) -> None:
    a, b, c = (np.full(TRIAD_ELEMENTS, value) for value in (0.0, 1.0, 2.0))
    triad(a, b, c, 3.0)
    print(f"time per potential customer and month at {customers:,} customers, one thread, over one triad element")
    print(f"(median over {rounds} seeds, each between two triads):")
    for name, arm, meaning in MARKETS:
        for limit, mechanisms, off in (LIMIT_TRIAD, "M1 to M11 alone", LATER_MECHANISMS), (LIMIT_ALL_ON, "all mechanisms", ()):
            settings = (f"market.customers={customers}", *(f"mechanisms.{mechanism}=false" for mechanism in off))
            case = case_of(name, arm, *settings)
            simulate(case, 1, 1)
            each, element, served = [], [], []
            for seed in range(rounds):
                run = start(case, replicate_seed(1, seed), months)
                element.append(seconds(lambda: triad(a, b, c, 3.0)) / TRIAD_ELEMENTS)
                each.append(seconds(run.advance) / customers / months)
                element.append(seconds(lambda: triad(a, b, c, 3.0)) / TRIAD_ELEMENTS)
                served.append(run.history.measures["customers"].sum() / customers / months)
            middle, base = statistics.median(each), statistics.median(element)
            print(f"  {name} ({arm}), {meaning}, {statistics.mean(served):.0%} served on average, {mechanisms}:")
            print(f"    {middle * 1e9:.1f} ns over {base * 1e9:.2f} ns: {middle / base:.1f} times   (at most {limit})")


def forks(customers: int, rounds: int) -> None:
    """Time to fork a run, over a plain copy of as many bytes, in turns; into new memory, and into memory used before."""
    run = start(case_of("largeco_service", "middle", f"market.customers={customers}"), replicate_seed(1, 1), 24).advance(6)
    twin = run.fork()
    arrays = [*(getattr(run.customers, name) for name in CHANGING), run.firms, run.history.measures[:6]]
    block = np.zeros(sum(array.nbytes for array in arrays), np.uint8)
    again = block.copy()
    tasks = {
        "new memory": (run.fork, block.copy),
        "memory used before": (lambda: run.fork(into=twin), lambda: np.copyto(again, block)),
    }
    print(f"a fork of a run with {customers:,} customers, {block.nbytes / 2**20:.0f} MiB, over a plain copy of as many bytes:")
    for name, (fork, copy) in tasks.items():
        times = [(seconds(fork), seconds(copy)) for _ in range(rounds)]
        mine, plain = (statistics.median(one) for one in zip(*times, strict=True))
        print(f"  {name}: {mine * 1e3:.1f} ms over {plain * 1e3:.1f} ms: {mine / plain:.1f} times   (at most {LIMIT_FORK})")


def memory(customers: int) -> None:
    """Peak memory of a run at two sizes of market, in processes of their own; the difference is per customer."""
    simulate(case_of("survive_to_thrive", "pivot"), 1, 1)  # so that neither run below compiles
    peaks = []
    for size in (customers, 2 * customers):
        command = [sys.executable, "-m", "benchmarks.engine", "--peak", str(size)]
        peaks.append(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    each = (peaks[1] - peaks[0]) / customers
    print(f"memory for each potential customer, between runs of {customers:,} and {2 * customers:,} customers:")
    print(f"  {each:.1f} bytes   (at most {LIMIT_BYTES});")
    print(f"  {each / CUSTOMER_BYTES:.2f} times the declared columns of {CUSTOMER_BYTES} bytes   (at most {LIMIT_COLUMNS})")
    print("  (pages that no run has written to yet are not counted by the system)")


def peak(customers: int) -> None:
    simulate(case_of("largeco_service", "middle", f"market.customers={customers}"), 1, 24)
    status = Path("/proc/self/status")  # getrusage would count the memory of the process that started this one
    if status.exists():
        print(int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024)
    else:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def threads(replicates: int) -> None:
    case = case_of("survive_to_thrive", "pivot")
    seeds = [replicate_seed(1, replicate) for replicate in range(replicates)]
    simulate(case, 1, 1)
    walls = {}
    for workers in (1, 2):
        start = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda seed: simulate(case, seed, 120), seeds))
        walls[workers] = time.perf_counter() - start
    print(f"{replicates} replicates of 120 months, 20,000 customers: two threads {walls[1] / walls[2]:.2f} times one")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, to see that it works")
    parser.add_argument("--peak", type=int, metavar="N", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        peak(options.peak)
        return
    memory(200_000 if options.quick else 2_000_000)
    threads(8 if options.quick else 40)
    forks(200_000 if options.quick else 1_000_000, 5 if options.quick else 25)
    against_reference(3 if options.quick else 24, 3 if options.quick else 15)
    whole_run(12 if options.quick else 120, 3 if options.quick else 15)
    against_triad(20_000 if options.quick else 100_000, 1 if options.quick else 7)


if __name__ == "__main__":
    main()


# Last result (version 0.1.0, 2 shared processors of a 2023 server whose triad is slow, Python 3.11, numba 0.68):
#
# memory for each potential customer, between runs of 2,000,000 and 4,000,000 customers:
#   59.9 bytes   (at most 64);
#   1.00 times the declared columns of 60 bytes   (at most 1.5)
#   (pages that no run has written to yet are not counted by the system)
# 40 replicates of 120 months, 20,000 customers: two threads 1.24 times one
# a fork of a run with 1,000,000 customers, 41 MiB, over a plain copy of as many bytes:
#   new memory: 19.9 ms over 10.8 ms: 1.8 times   (at most 2)
#   memory used before: 6.8 ms over 4.9 ms: 1.4 times   (at most 2)
# fast over reference engine, one thread, 24 months, 20,000 customers (at least 300):
#   survive_to_thrive (pivot), a start-up in a large market: 595 times
#   largeco_service (middle), a Largeco that serves most of the market: 807 times
#   the first day, making all customers: 370 times
# a whole run, first day and 120 months, one thread (at least 300):
#   survive_to_thrive (pivot), a start-up in a large market: 4.5 s over 5.9 ms: 767 times
# time per potential customer and month at 100,000 customers, one thread, over one triad element
# (median over 7 seeds, each between two triads):
#   survive_to_thrive (pivot), a start-up in a large market, 0% served on average, M1 to M11 alone:
#     0.9 ns over 1.97 ns: 0.4 times   (at most 8)
#   survive_to_thrive (pivot), a start-up in a large market, 0% served on average, all mechanisms:
#     1.4 ns over 1.90 ns: 0.7 times   (at most 12)
#   be_all_things (pivoted), a Smallco that comes to serve most of the market, 61% served on average, M1 to M11 alone:
#     8.5 ns over 1.95 ns: 4.4 times   (at most 8)
#   be_all_things (pivoted), a Smallco that comes to serve most of the market, 66% served on average, all mechanisms:
#     10.6 ns over 1.85 ns: 5.7 times   (at most 12)
#   largeco_service (middle), a Largeco that serves most of the market, 73% served on average, M1 to M11 alone:
#     7.2 ns over 1.83 ns: 3.9 times   (at most 8)
#   largeco_service (middle), a Largeco that serves most of the market, 78% served on average, all mechanisms:
#     11.3 ns over 1.80 ns: 6.3 times   (at most 12)
#   one_market (pivot), three firms that share the market, 75% served on average, M1 to M11 alone:
#     11.4 ns over 1.77 ns: 6.4 times   (at most 8)
#   one_market (pivot), three firms that share the market, 79% served on average, all mechanisms:
#     12.0 ns over 1.75 ns: 6.9 times   (at most 12)
#
# Other work ran beside it on both processors: hence little from two threads (the version before gave 1.82 on an idle machine).
# Four repetitions of the last part, this one and three alone, gave for one_market 6.4, 7.9, 5.8 and 6.0 (M1 to M11 alone) and
# 6.9, 9.2, 6.9 and 7.0 (all mechanisms). A machine whose triad takes half the time shows up to twice as much. Much of it rests
# on complete products, which the large firms have within some months: with features so dear that they never are, M1 to M11
# alone gave 10.6 to 16 ns in one_market, the version before 11.9 to 18.
