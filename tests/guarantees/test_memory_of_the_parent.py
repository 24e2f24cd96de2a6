"""A sweep of 100,000 runs keeps its parent small: real journal and tables, made-up work."""

import subprocess
import sys
from pathlib import Path

import pytest
from tiny_sweeps import ENVIRONMENT

PROGRAM = """
import re, sys, time
from pathlib import Path
from tiny_sweeps import Here, do, is_finished_and_tidy, tiny
from cxsim.execution.runner import attempt
from cxsim.studies.sweep import run, work

def most():
    # of this program alone: getrusage also counts what the process that started it held
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024

folder = Path(sys.argv[1])
values = [round(0.001 * number, 3) for number in range(1_000)]
design = tiny(factors={"market.homogeneity": values}, replicates=50)
assert design.total == 100_000
run.ProcessPool = Here
do(folder / "small", tiny(replicates=1))
small = most()

def do_runs(name, numbers):
    entries = attempt(lambda number: entry | {"run": f"{number:032x}", "seed": number}, numbers)
    entries[0]["kinds"] = kinds
    return entries

work.begin("x", design.plain())
entry = work.do_runs("x", [7])[0]
kinds = entry.pop("kinds")
run.do_runs = do_runs
start = time.perf_counter()
count = do(folder / "large", design)
assert count[0] == 100_000
assert is_finished_and_tidy(folder / "large")
print(small, most(), time.perf_counter() - start)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told in other units elsewhere")
def test_it_stays_under_500_megabytes(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    small, large, _ = map(float, done.stdout.split())
    assert large < 475, "too near to 500"
    assert large - small < 190
