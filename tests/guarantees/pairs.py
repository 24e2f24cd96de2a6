"""A process that lets two commands begin at once in forks of itself (see test_two_processes.py).

It has loaded everything, so that a command takes a moment and both are at work together. Called with a folder, a seed, and how
often each pair is tried; prints what became of each pair as JSON.
"""

import importlib
import json
import os
import random
import shutil
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from damages import contents
from tiny_sweeps import SCENARIO, Here, place_of, write_file

from cxsim.cli import COMMANDS, main
from cxsim.engine import simulate
from cxsim.scenario import load_scenario
from cxsim.store.folder import MANIFEST
from cxsim.store.verify import verify_folder
from cxsim.studies.sweep import plan, run

Words = tuple[str, ...]
PLAIN = ("--no-plots", "--no-report", "--quiet", "--workers", "1")
SMALL = ("scenario.toml", "--months", "3", "--replicates", "2", "--set", "market.customers=150")
RUN, PIVOT = ("run", *SMALL, *PLAIN), ("pivot", *SMALL, *PLAIN)
SERVICE = ("service", "service.toml", "--brief", "--replicates", "2", "--months", "3", *PLAIN)
CLAIMS = ("claims", "C18", "--robustness", "2", *PLAIN, "--replicates")
SWEEP = ("sweep", "tiny.toml", "--workers", "1", "--quiet")
COMPARE = ("compare", "--no-plots", "--no-report", "--quiet", "--out", "out")
OUT, SEED = ("--out", "out"), ("--seed", "9")
BEFORE: list[Words] = [
    (*RUN, "--out", "one"),
    (*RUN, *SEED, "--out", "two"),
    *((*SWEEP, *months, "--shard", f"{part}/2", "--out", f"{name}{part}") for name, months in
      (("short", ()), ("long", ("--set", "months=4"))) for part in (1, 2)),
]  # fmt: skip


class Pair(NamedTuple):
    """Two commands into one place. ``both`` may succeed: they do the same, or the later one was told to replace."""

    first: Words
    second: Words
    both: bool = False
    place: str = "out"


def same(*words: str, place: str = "out") -> Pair:
    return Pair(words, words, True, place)


PAIRS = {
    "run": Pair((*RUN, *OUT), (*RUN, *SEED, *OUT)),
    "run, the same": same(*RUN, *OUT),
    "run, forced": Pair((*RUN, *OUT, "--force"), (*RUN, *SEED, *OUT, "--force"), True),
    "run and sweep": Pair((*RUN, *OUT), (*SWEEP, *OUT)),
    "pivot": Pair((*PIVOT, *OUT), (*PIVOT, *SEED, *OUT)),
    "pivot, the same": same(*PIVOT, *OUT),
    "service": Pair((*SERVICE, *OUT), (*SERVICE, *SEED, *OUT)),
    "claims": Pair((*CLAIMS, "2", *OUT), (*CLAIMS, "3", *OUT)),
    "sweep": Pair((*SWEEP, *OUT), (*SWEEP, "--set", "months=4", *OUT)),
    "sweep, the same": same(*SWEEP, *OUT),
    "sweep, forced": Pair((*SWEEP, *OUT, "--force"), (*SWEEP, "--set", "months=4", *OUT, "--force"), True),
    "compare": Pair((*COMPARE, "one", "two"), (*COMPARE, "two", "one")),
    "report of each": Pair(("report", "one", "--out", "page.html"), ("report", "two", "--out", "page.html"), place="page.html"),
    "report, the same": same("report", "one", place="one"),
    "report and export": Pair(("report", "one"), ("export", "one", "--csv", *OUT), True, "one"),
    "export": Pair(("export", "one", "--csv", *OUT), ("export", "two", "--csv", *OUT)),
    "export, forced": Pair(("export", "one", "--csv", "--force", *OUT), ("export", "two", "--csv", "--force", *OUT), True),
    "merge": Pair(("merge", "short1", "short2", *OUT), ("merge", "long1", "long2", *OUT)),
    "merge, the same": same("merge", "short1", "short2", *OUT),
    "plan": same("plan", "tiny.toml", "--workers", "1"),
    "plan and sweep": Pair(("plan", "tiny.toml", "--workers", "1"), (*SWEEP, *OUT), True),
    "init": same("init", "out"),
}


class Child(NamedTuple):
    """A fork that waits for a word before it does a command."""

    pid: int
    begin: int
    told: Path

    def end(self) -> dict[str, Any]:
        return {"code": os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), "told": self.told.read_text()}


def fork(words: Words, pause: float, told: Path) -> Child:
    to_read, to_write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(to_read)
        return Child(pid, to_write, told)
    with told.open("w") as file:
        os.dup2(file.fileno(), 2)
    with Path(os.devnull).open("w") as file:
        os.dup2(file.fileno(), 1)
    os.close(to_write)
    os.read(to_read, 1)
    time.sleep(pause)
    sys.argv = ["cxsim", *words]
    try:
        main()
    except SystemExit as left:
        os._exit(int(left.code or 0))
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    os._exit(1)


def alone(words: Words) -> float:
    """Do a command, and give back how long it took."""
    start = time.perf_counter()
    child = fork(words, 0, Path("told"))
    os.close(child.begin)
    done = child.end()
    assert done["code"] == 0, (words, done)
    return time.perf_counter() - start


def found(place: str) -> dict[str, str]:
    """What stands at a place, apart from what tells when it was made."""
    path = Path(place)
    files = contents(path) if path.is_dir() else {place: path.read_bytes()} if path.exists() else {}
    return {name: content.hex() for name, content in files.items() if name not in (MANIFEST, "asked.json", "report.html")}


class Place:
    """A folder of work, as it is before any pair, which is put back after each."""

    def __init__(self, folder: Path) -> None:
        self.work, self.kept = folder / "work", folder / "kept"
        self.known: dict[tuple[Words, str], tuple[dict[str, str], float]] = {}
        self.work.mkdir(parents=True)
        os.chdir(self.work)
        write_file(self.work, months=3, replicates=1)
        shutil.copy(SCENARIO, "scenario.toml")
        shutil.copy(SCENARIO.with_name("largeco_service.toml"), "service.toml")
        for words in BEFORE:
            alone(words)
        Path("told").unlink()
        shutil.copytree(self.work, self.kept)

    def put_back(self) -> None:
        os.chdir(self.work.parent)
        shutil.rmtree(self.work)
        shutil.copytree(self.kept, self.work)
        os.chdir(self.work)

    def try_out(self, pair: Pair, chance: random.Random, times: int) -> list[dict[str, Any]]:
        """Try a pair some times, and tell what came of each."""
        known = [self.alone(tuple(word for word in words if word != "--force"), pair.place) for words in pair[:2]]
        each, seconds = [made for made, _ in known], max(took for _, took in known)
        return [self.once(pair, chance.choice([0.0, chance.uniform(0, seconds)]), each) for _ in range(times)]

    def alone(self, words: Words, place: str) -> tuple[dict[str, str], float]:
        """What a command makes when it is alone, and how long that takes."""
        if (words, place) not in self.known:
            self.put_back()
            took = alone(words)
            self.known[words, place] = found(place), took
        return self.known[words, place]

    def once(self, pair: Pair, pause: float, each: list[dict[str, str]]) -> dict[str, Any]:
        self.put_back()
        pauses = [0.0, pause]
        told = [self.work.with_name(f"told{number}") for number in (1, 2)]
        children = [fork(*one) for one in zip((pair.first, pair.second), pauses, told, strict=True)]
        for child in children:
            os.close(child.begin)
        done, here = [child.end() for child in children], found(pair.place)
        names = {path.name for path in self.work.iterdir()}
        folders = [path for path in self.work.iterdir() if (path / MANIFEST).exists()]
        return {
            "each": done,
            "is": [one == here for one in each],
            "damages": [one for folder in folders for one in verify_folder(place_of(folder))],
            "left": sorted(names - {path.name for path in self.kept.iterdir()} - {"out", pair.place}),
        }


def report(folder: Path, seed: int, times: int) -> None:
    for name in COMMANDS:
        importlib.import_module(f"cxsim.cli.{name.replace('-', '_')}")
    run.ProcessPool = plan.ProcessPool = Here
    plan.PILOT_SECONDS = 0.1
    scenario = load_scenario(SCENARIO, ["market.customers=150"])
    simulate(scenario.arms[0].case, 1, 3)
    place, chance = Place(folder), random.Random(seed)
    tried = {name: place.try_out(pair, chance, times) for name, pair in PAIRS.items()}
    print(json.dumps(tried))


if __name__ == "__main__":
    report(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
