"""A process that lets sweeps live in forks of itself and kills them at random instants (see test_kills.py).

It has imported and compiled everything, so that a life begins within milliseconds: its workers are forks as well, which run
the program of real ones. Called with a folder, a seed and the number of kills; prints what it did as JSON.
"""

import gc
import json
import mmap
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from tiny_sweeps import children, do, is_finished_and_tidy, parents, runs_in_journal, tables, tiny, until

from cxsim.engine import simulate
from cxsim.execution import worker, worker_process
from cxsim.store import ResultFolder
from cxsim.store.journal import JOURNAL
from cxsim.studies.sweep.design import Design
from cxsim.studies.sweep.folder import status_of

WORKERS = 2
TOGETHER = "parent and workers"
WHO = ["parent", "worker", TOGETHER]


class ForkedWorker:
    """Stands for ``subprocess.Popen`` in a process pool: the same program and pipes, in a fork instead of a new interpreter."""

    def __init__(self, command: list[str], stdin: int, stdout: int) -> None:
        (to_read, to_write), (from_read, from_write) = os.pipe(), os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.dup2(to_read, 0)
                os.dup2(from_write, 1)
                os.closerange(3, 256)
                worker.main()
            finally:
                os._exit(0)
        os.close(to_read)
        os.close(from_write)
        self.stdin, self.stdout = os.fdopen(to_write, "wb"), os.fdopen(from_read, "rb")

    def poll(self) -> int | None:
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                return self.returncode
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float = 30) -> int:
        if not until(lambda: self.poll() is not None, timeout):
            raise subprocess.TimeoutExpired("worker", timeout)
        assert self.returncode is not None
        return self.returncode

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


class Told(NamedTuple):
    """A number that a life tells and that outlives it."""

    memory: mmap.mmap

    def __call__(self, count: Any) -> None:
        self.memory[:8] = count.done.to_bytes(8, "big")

    def read(self) -> int:
        return int.from_bytes(self.memory[:8], "big")


def begin_life(folder: Path, design: Design, told: Told) -> int:
    """Fork a process that does the sweep, and give back its number."""
    told.memory[:8] = bytes(8)
    pid = os.fork()
    if pid:
        return pid
    try:
        do(folder, design, WORKERS, told)
        os._exit(0)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)


def has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def kill_something(who: str, life: int, chance: random.Random) -> bool:
    """Kill a life, one of its workers, or all of them; false when it has ended by itself."""
    workers = children(life)
    if has_ended(life):
        return False
    victims = {"parent": [life], "worker": workers and [chance.choice(workers)], TOGETHER: [life, *workers]}[who]
    chance.shuffle(victims)
    for victim in victims:
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            return False
    if who != "worker":
        assert until(lambda: not parents().keys() & set(workers)), f"workers outlived their parent, which died as {who}"
    return bool(victims)


def entries(folder: Path) -> dict[str, Any] | None:
    """What stands in the journal, None when there is none."""
    return runs_in_journal(folder) if (folder / JOURNAL).exists() else None


class Sweep:
    """One sweep, through all its lives."""

    def __init__(self, folder: Path, design: Design, chance: random.Random, longest: float) -> None:
        self.folder, self.design, self.chance, self.longest = folder, design, chance, longest
        self.told = Told(mmap.mmap(-1, 8))
        self.kills: Counter[str] = Counter()

    def live(self, kills: int) -> None:
        """Kill it up to so many times, then let it end; look at what is there after each death."""
        before: dict[str, Any] = {}
        done = False
        while not done:
            done, after = self.one_life(sum(self.kills.values()) < kills), entries(self.folder)
            if after is not None:
                assert after.items() >= before.items(), "something finished was lost or done again"
                assert len(after) >= self.told.read() or not self.told.read(), "something was told and not kept"
                assert done or status_of(ResultFolder(self.folder, "DIR")).done == len(after)
                before = after
            elif not done:
                assert not before or (self.folder / "manifest.json").exists(), "the journal went before the results were there"

    def one_life(self, mortal: bool) -> bool:
        life = begin_life(self.folder, self.design, self.told)
        workers_killed = 0
        while mortal and workers_killed < 2:
            time.sleep(self.chance.uniform(0, self.longest))
            who = self.chance.choice(WHO)
            if not kill_something(who, life, self.chance):
                break
            self.kills[who] += 1
            workers_killed += 1
            if who != "worker":
                os.waitpid(life, 0)
                return False
        assert until(lambda: has_ended(life), 60), "a life hangs"
        assert os.waitpid(life, 0)[1] == 0, "a life failed"
        return True


def main(folder: Path, seed: int, kills: int) -> None:
    names = {"PIPE": subprocess.PIPE, "TimeoutExpired": subprocess.TimeoutExpired}
    worker_process.subprocess = SimpleNamespace(Popen=ForkedWorker, **names)
    design, chance = tiny(replicates=20), random.Random(seed)
    scenario = design.scenario(0, "pivot")
    simulate(scenario.arms[0].case, 1, scenario.months, "fast")  # before any fork
    gc.freeze()
    start = time.perf_counter()
    Sweep(folder / "whole", design, chance, 0).live(0)
    longest = time.perf_counter() - start
    expected = tables(folder / "whole")
    done: Counter[str] = Counter()
    number = 0
    while done.total() < kills:
        number += 1
        sweep = Sweep(folder / f"sweep{number}", design, chance, longest / 2)
        sweep.live(min(5, kills - done.total()))
        assert tables(sweep.folder) == expected, "other bytes"
        assert is_finished_and_tidy(sweep.folder), sorted(sweep.folder.rglob("*"))
        done += sweep.kills
    assert until(lambda: not children(os.getpid())), "processes are left"
    print(json.dumps({"kills": done, "sweeps": number, "seconds of a whole sweep": longest}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
