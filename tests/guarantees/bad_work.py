"""Work of a sweep in which certain runs end badly. Fates stand in the environment, which workers inherit."""

import ctypes
import json
import os
import resource
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cxsim.execution.scheduler import Entry
from cxsim.studies.sweep import work

FATES = "CXSIM_TEST_FATES"
good_run = work._do_run


def do_runs(name: str, numbers: Sequence[int]) -> list[Entry]:
    """Take the place of :func:`cxsim.studies.sweep.work.do_runs`."""
    work._do_run = bad_run
    return work.do_runs(name, numbers)


def bad_run(post: Any, number: int) -> Entry:
    word, _, detail = json.loads(os.environ[FATES]).get(str(number), "").partition(" ")
    entry = good_run(post, number)
    if word:
        SENTENCES[word](detail)
    return entry | ({"more": lambda: 0} if word == "unsendable" else {})


def die(name: str) -> None:
    os.kill(os.getpid(), signal.Signals[name])
    time.sleep(60)


def die_once(path: str) -> None:
    if not Path(path).exists():
        Path(path).touch()
        die("SIGKILL")


def read_address_zero(_: str) -> None:
    ctypes.string_at(0)


def run_out_of_memory(_: str) -> None:
    """Ask for more than the process may have."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, before[1]))
    try:
        np.ones(16 << 30)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def refuse(text: str) -> None:
    raise ValueError(text)


def leave(_: str) -> None:
    raise SystemExit(3)


SENTENCES: dict[str, Callable[[str], None]] = {
    "die": die,
    "once": die_once,
    "fault": read_address_zero,
    "memory": run_out_of_memory,
    "refuse": refuse,
    "leave": leave,
    "sleep": lambda seconds: time.sleep(float(seconds)),
    "exit": lambda code: os._exit(int(code)),
    "unsendable": lambda _: None,
}
