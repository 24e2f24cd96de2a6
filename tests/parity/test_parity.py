"""Both engines give the same bits after every phase, on any valid case, however it is run."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.engine import ENGINES, simulate, start
from cxsim.engine.fast import run as fast
from cxsim.engine.parity import compare, first_difference
from cxsim.model.case import Case, FirmPlan, History
from cxsim.model.chance import replicate_seed
from cxsim.model.params import Market, Params, Start, Strategy
from cxsim.model.schedule import PHASES
from cxsim.model.state import MEASURE_DTYPE
from random_cases import cases, generated_case, seeds

SMALL = Case(
    Params(market=Market(customers=300)),
    (FirmPlan("one", start=Start(customers=30), strategy=Strategy(custom_share=0.5, promise=True)),),
)


@pytest.mark.compiled
@given(case=cases(most_customers=600), seed=seeds, months=st.integers(6, 15))
@settings(max_examples=50)
def test_equal_bits_on_random_cases(case: Case, seed: int, months: int) -> None:
    assert first_difference(case, seed, months) is None


@pytest.mark.slow
@given(case=cases(), seed=seeds, months=st.integers(6, 30))
@settings(max_examples=500, derandomize=False)
def test_equal_bits_on_many_random_cases(case: Case, seed: int, months: int) -> None:
    assert first_difference(case, seed, months) is None


@pytest.mark.compiled
def test_equal_bits_on_generated_cases() -> None:
    """Hypothesis likes small cases in which little happens; these are ordinary ones."""
    for number in range(30):
        assert first_difference(generated_case(number), number, 18) is None, f"case {number}"


@pytest.mark.parametrize(
    ("phase", "field", "entity"),
    [
        ("plan", "firms.skill", 0),
        ("build", "customers.custom", 17),
        ("sell", "customers.supplier", 299),
        ("serve", "firms.service_quality", 0),
        ("experience", "customers.satisfaction", 123),
        ("settle", "firms.cash", 0),
        ("enter", "firms.founded", 0),
        ("record", "history.revenue", 0),
    ],
)
def test_a_planted_difference_is_reported_where_it_is(
    monkeypatch: pytest.MonkeyPatch, phase: str, field: str, entity: int
) -> None:
    run_phase, planted_month = fast.run_phase, 2

    def spoiled(state: Any, step: int, month: int) -> None:
        run_phase(state, step, month)
        if (month, PHASES[step]) == (planted_month, phase):
            spoil(state, field, entity)

    monkeypatch.setattr(fast, "run_phase", spoiled)
    found = first_difference(SMALL, 11, 4)
    assert found is not None
    assert (found.month, found.phase, found.field, found.entity) == (planted_month, phase, field, entity)
    assert f"month 2, phase {phase}, field {field}, entity {entity}: " in str(found)


def spoil(state: Any, field: str, entity: int) -> None:
    """Change one value by the least that changes a bit."""
    of, name = field.split(".")
    if of == "history":
        state.history.view(MEASURE_DTYPE)[2, entity, 0][name] += 1
        return
    column = getattr(state.customers, name) if of == "customers" else state.firms[name]
    if column.dtype.kind == "f":
        column[entity] = np.nextafter(column[entity], 2.0)
    elif column.dtype.kind == "u":
        column[entity] ^= np.uint64(1)
    else:
        column[entity] += 1


def test_a_difference_in_the_initial_state_is_reported() -> None:
    quick, plain = (start(SMALL, 3, 1, engine) for engine in ENGINES)
    assert compare(quick, plain, 0, "start") is None
    plain.model.customers[5].wtp += 1  # type: ignore[attr-defined]
    found = compare(quick, plain, 0, "start")
    assert found is not None
    assert (found.phase, found.field, found.entity) == ("start", "customers.wtp", 5)
    assert found.reference == found.fast + 1


@pytest.mark.compiled
def test_runs_without_compilation_give_the_same_bits() -> None:
    """``NUMBA_DISABLE_JIT=1`` runs the fast engine's own code in the interpreter, where integers have no width."""
    script = """
from random_cases import generated_case
from cxsim.engine import simulate
from cxsim.engine.fast import run as fast
from cxsim.engine.parity import first_difference
assert not hasattr(fast.run_months, "py_func"), "compiled after all"
for number in (1, 4):
    difference = first_difference(generated_case(number, 300), number, 5)
    assert difference is None, difference
print(simulate(generated_case(2, 300), 2, 8).measures.tobytes().hex())
"""
    tests = Path(__file__).parent.parent
    paths = os.pathsep.join([str(tests), *filter(None, sys.path)])
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": paths}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert bytes.fromhex(done.stdout.strip()) == simulate(generated_case(2, 300), 2, 8).measures.tobytes()


def same(left: History, right: History) -> bool:
    return all(a.tobytes() == b.tobytes() for a, b in zip(left, right, strict=True))


@pytest.mark.compiled
@pytest.mark.parametrize("threads", [1, 2, 4])
def test_threads_change_nothing(threads: int) -> None:
    case = generated_case(1)
    replicates = [replicate_seed(99, replicate) for replicate in range(12)]
    one_by_one = [simulate(case, seed, 18) for seed in replicates]
    with ThreadPoolExecutor(threads) as pool:
        together = list(pool.map(lambda seed: simulate(case, seed, 18), replicates))
    assert all(map(same, one_by_one, together))
    assert not same(one_by_one[0], one_by_one[1])


@pytest.mark.compiled
def test_whole_runs_give_the_same_history() -> None:
    """The compiled loop over months against the phases one by one: nothing is carried between months but the state."""
    for number in range(3):
        case = generated_case(number)
        assert same(simulate(case, number, 12), simulate(case, number, 12, "reference"))
