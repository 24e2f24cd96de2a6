"""Compile the fast engine before it is first needed: its kernels side by side, each core in an interpreter of its own.

numba compiles one kernel at a time in a process. What the helpers compile reaches this process through the cache on disk; a
kernel that they do not leave there, for whatever reason, is compiled when it is called.
"""

import atexit
import os
import subprocess
import sys
import threading
from pathlib import Path

from cxsim.engine.fast.cache import code_folder, is_cached
from cxsim.engine.fast.simulation_state import make_state
from cxsim.model.case import Case, FirmPlan
from cxsim.model.params import Params
from cxsim.processors import cores

KERNELS = ("sell", "experience", "build", "begin", "plan", "enter", "serve", "settle", "record")  # evens and odds take alike
ENTRY = "import sys; from cxsim.engine.fast.precompile import compile_kernels; compile_kernels(sys.argv[1:])"

_lock = threading.Lock()
_seen_to: set[str] = set()


def is_compiled() -> bool:
    """Tell whether the fast engine, compiled from these sources, is in the cache."""
    return all(is_cached(name) for name in (*KERNELS, "run_months"))


def precompile(kernels: tuple[str, ...] = KERNELS) -> None:
    """Bring those of these kernels that are not in the cache there, if there is more than one and a core for each of two.

    Threads that come meanwhile wait. Safe to call again: what is cached is left alone.
    """
    with _lock:
        missing = [name for name in kernels if name not in _seen_to and not is_cached(name)]
        _seen_to.update(kernels)
        workers = min(cores(), len(missing))
        if workers > 1 and _is_compiling() and code_folder():
            _compile_in_helpers([missing[first::workers] for first in range(workers)])


def _is_compiling() -> bool:
    from cxsim.engine.fast.compile import is_compiling

    return is_compiling()


def _compile_in_helpers(shares: list[list[str]]) -> None:
    package = str(Path(__file__).parents[3])
    known = os.environ.get("PYTHONPATH")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([package, known] if known else [package])}
    none = subprocess.DEVNULL
    try:
        helpers = [
            subprocess.Popen([sys.executable, "-c", ENTRY, *share], env=environment, stdin=none, stdout=none, stderr=none)
            for share in shares
        ]
    except OSError:  # no process to be had: everything is compiled here
        return
    for helper in helpers:
        atexit.register(helper.kill)  # this process may be interrupted while another of its threads waits here
    for helper in helpers:
        helper.wait()
        atexit.unregister(helper.kill)


def compile_kernels(names: list[str]) -> None:
    """Compile phases of these names in this process, for the types that every state has."""
    from cxsim.engine.fast import run as fast
    from cxsim.engine.fast.compile import compile_for

    state = make_state(Case(Params(), (FirmPlan("any"),)), 0, 1)
    for name in names:
        compile_for(getattr(fast, name), *((state,) if name == "begin" else (state, 0)))
