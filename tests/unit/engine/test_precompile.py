"""Kernels are compiled side by side before they are needed, and what helpers compile is what everyone runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cxsim
from cxsim.engine.fast import precompile
from cxsim.engine.fast import run as fast
from cxsim.model.schedule import PHASES

SCRIPT = """
import sys
from cxsim.engine.fast import precompile, run as fast
from cxsim.model.case import Case, FirmPlan
from cxsim.model.params import Params
{set_up}
kernels = {kernels}
before = precompile.is_compiled()
precompile.precompile(kernels)
state = fast.make_state(Case(Params(), (FirmPlan("one"),)), 3, 1)
for name in kernels:
    getattr(fast, name)(*((state,) if name == "begin" else (state, 0)))
found = sum(sum(getattr(fast, name).stats.cache_hits.values()) for name in kernels)
made = sum(sum(getattr(fast, name).stats.cache_misses.values()) for name in kernels)
print(before, found, made, precompile.is_compiled())
"""


def compile_in_fresh_interpreter(cache: Path, kernels: tuple[str, ...], set_up: str = "") -> list[str]:
    environment = os.environ | {"CXSIM_CACHE_DIR": str(cache), "PYTHONPATH": str(Path(cxsim.__file__).parents[1])}
    script = SCRIPT.format(kernels=kernels, set_up=set_up)
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


TWO_CORES = "precompile.cores = lambda: 2"


@pytest.mark.compiled
def test_helpers_leave_kernels_where_they_are_found(tmp_path: Path) -> None:
    assert compile_in_fresh_interpreter(tmp_path, ("serve", "record"), TWO_CORES) == ["False", "2", "0", "False"]


@pytest.mark.compiled
@pytest.mark.parametrize(
    "set_up",
    [
        "precompile.cores = lambda: 1",
        TWO_CORES + "; precompile.ENTRY = 'raise SystemExit(1)'",
        TWO_CORES + "; sys.executable = '/no/such'",
    ],
    ids=["one core", "helpers fail", "no helpers"],
)
def test_kernels_are_compiled_when_called_if_nobody_did_before(tmp_path: Path, set_up: str) -> None:
    assert compile_in_fresh_interpreter(tmp_path, ("serve", "record"), set_up) == ["False", "0", "2", "False"]


@pytest.mark.slow
def test_all_kernels_are_compiled_ahead(tmp_path: Path) -> None:
    number = str(len(precompile.KERNELS))
    assert compile_in_fresh_interpreter(tmp_path, precompile.KERNELS, TWO_CORES) == ["False", number, "0", "False"]


def test_every_phase_and_the_first_day_are_compiled_ahead() -> None:
    assert set(precompile.KERNELS) == {*PHASES, "begin"}
    assert len(precompile.KERNELS) == len(set(precompile.KERNELS))
    assert all(callable(getattr(fast, name)) for name in precompile.KERNELS)


@pytest.mark.compiled
def test_it_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[list[str]] = []
    monkeypatch.setattr(precompile, "_seen_to", set())
    monkeypatch.setattr(precompile, "cores", lambda: 2)
    monkeypatch.setattr(precompile, "_compile_in_helpers", given.extend)
    monkeypatch.setattr("cxsim.engine.fast.precompile.is_cached", lambda name: name == "plan")
    for _ in range(2):
        precompile.precompile(("sell", "plan", "serve", "record"))
    assert given == [["sell", "record"], ["serve"]]


@pytest.mark.parametrize(
    ("owner", "name", "value"), [(precompile, "ENTRY", "raise SystemExit(1)"), (sys, "executable", "/no/such")]
)
def test_helpers_that_fail_or_cannot_start_raise_nothing(
    owner: object, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, value)
    precompile._compile_in_helpers([["serve"], ["record"]])


def test_helpers_are_given_their_share_and_this_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = f"import sys, cxsim; open({str(tmp_path)!r} + '/' + '-'.join(sys.argv[1:]), 'w').write(cxsim.__file__)"
    monkeypatch.setattr(precompile, "ENTRY", entry)
    precompile._compile_in_helpers([["sell", "plan"], ["serve"]])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == dict.fromkeys(("sell-plan", "serve"), cxsim.__file__)
