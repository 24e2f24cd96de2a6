"""Settings and helpers that tests share."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import cxsim

settings.register_profile(
    "cxsim", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("cxsim")

A_RUN = """
from cxsim.engine import simulate
from cxsim.model.case import Case, FirmPlan
from cxsim.model.params import Params
simulate(Case(Params(), (FirmPlan("any"),)), 0, 1)
"""
MOST_PROCESSES = 4  # each takes some hundred megabytes, and some tests start processes of their own


def pytest_configure(config: pytest.Config) -> None:
    """Compile the fast engine once, before processes that run tests side by side each do so.

    These are told that a terminal has 80 columns; tests go by what is written where there is none.
    """
    os.environ.pop("COLUMNS", None)
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        environment = os.environ | {"PYTHONPATH": str(Path(cxsim.__file__).parents[1])}
        subprocess.run([sys.executable, "-c", A_RUN], env=environment, check=False)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return what ``-n auto`` means."""
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, MOST_PROCESSES)
