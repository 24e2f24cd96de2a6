"""A rule edited in its own file changes the answer of compiled code, which numba's cache alone would not notice."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cxsim

RULES = {
    "start": ("demand", "return int(clamp(size * THOUSAND + 0.5, 1.0, INT32_MAX))", "return 2 * THOUSAND"),
    "run": ("finance", "return account_size * price // THOUSAND", "return 2 * account_size * price // THOUSAND"),
}
SCRIPTS = {
    "start": """
if "{engine}" == "fast":
    state = make_state(case, 3, 1)
    begin(state)
    sizes = state.customers.size
else:
    sizes = [customer.size for customer in ReferenceModel(case, 3, 1).customers]
print(int(sum(sizes)), is_cached("begin"))
""",
    "run": """
from cxsim.engine import simulate
print(int(simulate(case, 3, 6, "{engine}").measures["revenue"].sum()), is_cached("run_months"))
""",
}
SET_UP = """
from cxsim.engine.fast.cache import is_cached
from cxsim.engine.fast.phases.begin import begin
from cxsim.engine.reference import ReferenceModel
from cxsim.engine.fast.simulation_state import make_state
from cxsim.model.case import Case, FirmPlan
from cxsim.model.params import Market, Params, Start
case = Case(Params(market=Market(customers=300)), (FirmPlan("one", start=Start(customers=30)),))
"""


def answer(package: Path, what: str, engine: str) -> tuple[int, bool]:
    """Figure that a fresh interpreter computes from this copy, and whether compiled code is in the cache then."""
    script = SET_UP + SCRIPTS[what].format(engine=engine)
    environment = os.environ | {"CXSIM_CACHE_DIR": str(package / "cache"), "PYTHONPATH": str(package)}
    if engine == "reference":
        environment["NUMBA_DISABLE_JIT"] = "1"
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    figure, compiled = done.stdout.split()
    return int(figure), compiled == "True"


def check(package: Path, what: str) -> None:
    shutil.copytree(Path(cxsim.__file__).parent, package / "cxsim", ignore=shutil.ignore_patterns("__pycache__"))
    before, compiled = answer(package, what, "fast")
    assert compiled, "nothing was cached, so nothing could be stale"
    module, old, new = RULES[what]
    path = package / "cxsim" / "model" / f"{module}.py"
    source = path.read_text(encoding="utf-8")
    assert source.count(old) == 1, "the rule that this test edits has changed: edit another"
    path.write_text(source.replace(old, new), encoding="utf-8")
    expected, _ = answer(package, what, "reference")
    assert expected != before
    after, _ = answer(package, what, "fast")
    assert after == expected


@pytest.mark.compiled
def test_an_edited_rule_changes_the_initial_state(tmp_path: Path) -> None:
    """A single kernel, which compiles in seconds."""
    check(tmp_path, "start")


@pytest.mark.slow
def test_an_edited_rule_changes_a_whole_run(tmp_path: Path) -> None:
    check(tmp_path, "run")
