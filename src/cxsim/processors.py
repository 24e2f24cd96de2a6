"""What the machine has to work with."""

import math
import os
from contextlib import suppress
from pathlib import Path

from cxsim.errors import CxsimError

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

LEAST_ADDRESS_SPACE = 900_000_000  # bytes that a process with numba and pyarrow reserves; with less, some wait without end
CGROUP = Path("/sys/fs/cgroup")


def cores() -> int:
    """Processors this process may use: those it is bound to, and no more than its container has the time of."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(math.ceil(min(bound, _quota())), 1)


def _quota() -> float:
    """Processors whose time a container may use; infinity where nothing says so, or "max"."""
    older = [CGROUP / "cpu" / f"cpu.cfs_{name}_us" for name in ("quota", "period")]
    for files in ([CGROUP / "cpu.max"], older):  # cgroup v2, v1
        with suppress(OSError, ValueError, ZeroDivisionError):
            quota, period = " ".join(file.read_text(encoding="ascii") for file in files).split()
            return int(quota) / int(period) if int(quota) > 0 else math.inf
    return math.inf


def require_address_space() -> None:
    """Raise CxsimError where a process may not have the memory that a run takes."""
    if resource is None:
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST_ADDRESS_SPACE:
        had, needed = (f"{size / 1e9:.1f} GB" for size in (limit, LEAST_ADDRESS_SPACE))
        raise CxsimError(
            f"a process may have {had} of memory here, and needs {needed} to run the model; allow it with ulimit -v"
        )
