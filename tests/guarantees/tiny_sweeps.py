"""Sweeps that take a moment, executors for them, and what can be said of their folders."""

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import cxsim
from cxsim.execution.runner import Progress
from cxsim.store import ResultFolder
from cxsim.store.journal import JOURNAL, read_journal
from cxsim.store.verify import verify_folder
from cxsim.studies.base import Watch
from cxsim.studies.sweep.design import Design
from cxsim.studies.sweep.folder import begin, tie_in
from cxsim.studies.sweep.run import Count, Execution, work_on

ROOT = Path(__file__).parents[2]
PACKAGE = str(Path(cxsim.__file__).parents[1])  # of the cxsim that is tested, whose compiled code is there
SCENARIO = ROOT / "scenarios" / "survive_to_thrive.toml"
FACTORS = {"market.homogeneity": [0.2, 0.8], "market.segments": [2, 4, 6]}
TINY = {"set": {"market.customers": 150}, "months": 12, "arms": ["customize", "pivot"], "replicates": 5}
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([PACKAGE, str(Path(__file__).parent)])}
FINISHED = {"asked.json", "manifest.json", "summary.csv"}

FILE = """\
title = "Tiny"
question = "Is it there?"
scenario = "{scenario}"
months = {months}
replicates = {replicates}
arms = ["customize", "pivot"]
[set]
"market.customers" = {customers}
[design]
method = "grid"
[factors]
"market.homogeneity" = {{ values = [0.2, 0.8] }}
"market.segments" = {{ values = [2, 4, 6] }}
"""


def tiny(**asked: Any) -> Design:
    """Return a design of 60 runs, unless something else is asked."""
    design = Design.make(SCENARIO, asked.pop("factors", FACTORS), **(TINY | asked))
    texts = {"name": "tiny", "title": "Tiny", "question": "Is it there?", "command": "cxsim sweep tiny.toml"}
    return replace(design, **texts, started="2030-01-01T00:00:00+00:00")


def write_file(folder: Path, customers: int = 150, months: int = 12, replicates: int = 5) -> str:
    """Write the file of a tiny sweep, with its scenario beside it; return its name."""
    (folder / SCENARIO.name).write_text(SCENARIO.read_text())
    baseline = SCENARIO.with_name("baseline.toml")
    (folder / baseline.name).write_text(baseline.read_text())
    text = FILE.format(scenario=SCENARIO.name, customers=customers, months=months, replicates=replicates)
    (folder / "tiny.toml").write_text(text)
    return "tiny.toml"


def start(folder: Path, *words: str) -> "subprocess.Popen[str]":
    """Start a command in a process group of its own."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "cxsim", *words]
    return subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


def place_of(folder: Path) -> ResultFolder:
    return ResultFolder(folder, str(folder))


class Told(Watch):
    """Passes every count on."""

    def __init__(self, tell: Callable[[Count], None]) -> None:
        self.count = tell

    def progress(self, total: int) -> AbstractContextManager[Progress]:
        return nullcontext(lambda done, total, failed=0: self.count(Count(done - failed, failed, total)))


def do(folder: Path, design: Design, workers: int = 1, tell: Callable[[Count], None] = lambda count: None) -> Count:
    """Begin a sweep or go on with it, and do all of it; give back how many runs are done, failed and asked for."""
    place = place_of(folder)
    begin(place, design, False)
    return work_on(place, design, Execution(workers), Told(tell))


def tables(folder: Path) -> dict[str, bytes]:
    """Bytes of every table, by name: what must never differ."""
    names = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in (".parquet", ".csv")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in names}


def is_finished_and_tidy(folder: Path) -> bool:
    """Whole, and nothing there or beside it that does not belong to the results."""
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    beside = [path.name for path in folder.parent.iterdir() if path.name.startswith(f".{folder.name}")]
    return names == FINISHED | tables(folder).keys() and not beside and verify_folder(place_of(folder)) == []


def runs_in_journal(folder: Path) -> dict[str, Any]:
    """Entry of every run in a journal; a run that stands there twice is a mistake."""
    entries = [entry for entry in read_journal(folder / JOURNAL, tie_in(place_of(folder))) if entry["key"].isdigit()]
    twice = [key for key, times in Counter(entry["key"] for entry in entries).items() if times > 1]
    assert not twice, f"runs {twice} were done twice"
    return {entry["key"]: entry for entry in entries}


def until(condition: Callable[[], object], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return bool(condition())


def parents() -> dict[int, int]:
    """Parent of every process that has not ended, as Linux tells it."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            state, parent = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state not in "ZX":
            found[int(name)] = int(parent)
    return found


def children(pid: int) -> list[int]:
    return [child for child, parent in parents().items() if parent == pid]


def descendants(pid: int) -> set[int]:
    known, found = parents(), {pid}
    while more := {child for child, parent in known.items() if parent in found} - found:
        found |= more
    return found - {pid}


class Here(Executor):
    """Takes the place of a process pool: tasks are done in this process, at once."""

    def __init__(self, workers: int, start: Callable[..., None] | None = None, args: tuple[Any, ...] = ()) -> None:
        self._workers = workers
        if start:
            start(*args)

    @property
    def workers(self) -> int:
        """As many as a pool would have."""
        return self._workers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        _do(future, lambda: fn(*args, **kwargs))
        return future


class Shuffled(Here):
    """Does tasks on a thread, whichever it likes of those that wait."""

    chance = random.Random()

    def __init__(self, *more: Any) -> None:
        super().__init__(*more)
        self.waiting: list[tuple[Future[Any], Callable[[], Any]]] = []
        self.left = False
        threading.Thread(target=self.loop, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self.left = True

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        self.waiting.append((future, lambda: fn(*args, **kwargs)))
        return future

    def loop(self) -> None:
        while not self.left:
            time.sleep(0.0005)
            if self.waiting:
                _do(*self.waiting.pop(self.chance.randrange(len(self.waiting))))


def _do(future: "Future[Any]", call: Callable[[], Any]) -> None:
    if future.set_running_or_notify_cancel():
        try:
            future.set_result(call())
        except Exception as error:
            future.set_exception(error)
