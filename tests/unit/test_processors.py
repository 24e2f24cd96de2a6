"""How much of a machine is used: no more than a process is bound to, and than its container has the time of."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cxsim import processors
from cxsim.errors import CxsimError
from cxsim.processors import cores, require_address_space


@pytest.fixture
def four(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine of four processors, and what its container says of itself."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1, 2, 3}, raising=False)
    monkeypatch.setattr(processors, "CGROUP", tmp_path)
    (tmp_path / "cpu").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("max 100000", 4),
        ("200000 100000", 2),
        ("150000 100000", 2),
        ("10000 100000", 1),
        ("900000 100000", 4),
        ("", 4),
        ("x y", 4),
    ],
)
def test_a_container_has_a_quota(four: Path, said: str, expected: int) -> None:
    (four / "cpu.max").write_text(said)
    assert cores() == expected


@pytest.mark.parametrize(("quota", "expected"), [("-1", 4), ("250000", 3), ("50000", 1)])
def test_an_older_container_has_one_too(four: Path, quota: str, expected: int) -> None:
    (four / "cpu" / "cpu.cfs_quota_us").write_text(quota)
    (four / "cpu" / "cpu.cfs_period_us").write_text("100000")
    assert cores() == expected


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="processes are not bound here")
def test_a_process_is_bound_to_some() -> None:
    code = (
        "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); from cxsim.processors import cores; print(cores())"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1\n"


def test_too_little_memory_is_told_before_anything_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda of: (700_000_000, -1))
    with pytest.raises(CxsimError, match=r"may have 0\.7 GB of memory here, and needs 0\.9 GB"):
        require_address_space()
    for limit in (900_000_000, resource.RLIM_INFINITY):
        monkeypatch.setattr(resource, "getrlimit", lambda of, limit=limit: (limit, -1))
        require_address_space()
