"""The table of phases says what each phase reads and writes; every phase is run alone to see whether that is true."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from cxsim.engine.fast import run as fast
from cxsim.engine.fast import simulation_state
from cxsim.engine.fast.simulation_state import SimulationState
from cxsim.engine.parity import columns
from cxsim.engine.reference import ReferenceModel
from cxsim.model import schedule
from cxsim.model.schedule import PHASES, RECORD, SCHEDULE, Phase
from cxsim.model.state import CUSTOMER_FIELDS, FIRM_FIELDS
from random_cases import generated_case
from states import copy_of

FIELDS = [f"customers.{name}" for name in CUSTOMER_FIELDS] + [f"firms.{name}" for name in FIRM_FIELDS]
MONTHS = 12
CASES, FEWER_CASES = range(60), range(8)
NEVER_PERTURBED = {"firms.group"}  # which block a firm was made from is fixed for ever: there is no other valid value


def snapshot(state: SimulationState, month: int) -> dict[str, bytes]:
    """Bits of every field; all of this month's record is one field, ``history``."""
    fields = columns(state.customers, state.firms, simulation_state.history_of(state).measures[month])
    bits = {name: column.tobytes() for name, column in fields if not name.startswith("history.")}
    return bits | {"history": state.history.tobytes()}


def whole(state: SimulationState) -> list[bytes]:
    """Bits of all fields and of the record, without their names."""
    return [array.tobytes() for array in (*state.customers, state.firms, state.history)]


def phases(numbers: range) -> Iterator[tuple[SimulationState, int, int]]:
    """Every phase of some months of some cases: the state before it, its place in the schedule and the month."""
    for number in numbers:
        state = fast.start_state(generated_case(number, 300), number, MONTHS)
        for month in range(MONTHS):
            for step in range(len(PHASES)):
                yield copy_of(state), step, month
                fast.run_phase(state, step, month)


@pytest.fixture(scope="module")
def written() -> dict[str, set[str]]:
    """Fields that each phase was seen to write.

    A value is often written over itself (a promise of nothing over no promise), so each field is also changed beforehand.
    """
    seen: dict[str, set[str]] = {name: set() for name in PHASES}
    for state, step, month in phases(CASES):
        before = snapshot(state, month)
        fast.run_phase(state, step, month)
        after = snapshot(state, month)
        seen[PHASES[step]] |= {name for name in before if before[name] != after[name]}
    for state, step, month in phases(FEWER_CASES):
        for field in set(FIELDS) - seen[PHASES[step]] - NEVER_PERTURBED:
            changed = perturbed(state, field)
            before_phase = column_of(changed, field).tobytes()
            fast.run_phase(changed, step, month)
            if column_of(changed, field).tobytes() != before_phase:
                seen[PHASES[step]].add(field)
    return seen


@pytest.mark.parametrize("phase", SCHEDULE, ids=PHASES)
def test_phases_write_what_the_table_lists(phase: Phase, written: dict[str, set[str]]) -> None:
    assert written[phase.name] - set(phase.writes) == set(), "written and not listed"


@pytest.mark.parametrize("phase", SCHEDULE, ids=PHASES)
def test_the_table_lists_nothing_that_is_never_written(phase: Phase, written: dict[str, set[str]]) -> None:
    assert set(phase.writes) - written[phase.name] == set(), "listed and never written"


def test_the_table_names_fields_that_exist_once_each() -> None:
    for phase in SCHEDULE:
        for names in (phase.reads, phase.writes):
            assert set(names) <= {*FIELDS, "history"}
            assert len(names) == len(set(names)), phase.name


def test_every_field_is_written_by_some_phase_or_fixed_at_the_start() -> None:
    fixed = {f"customers.{name}" for name in ("size", "wtp", "sensitivity", "leave_base", "segment")} | {"firms.group"}
    assert {name for phase in SCHEDULE for name in phase.writes} == ({*FIELDS, "history"} - fixed)


def test_every_field_is_read_by_some_phase() -> None:
    """What no phase reads is a note to be looked at, or lives within a single phase."""
    notes = {"customers.since", "firms.founded", "firms.closed", "firms.pivoted"}
    within_plan, within_sell = {"firms.service_target", "firms.product_limit"}, {"firms.effort"}
    within_build = {"firms.fresh", "firms.job", "firms.feature_job", "firms.custom_work_open", "firms.work_left"}
    assert (
        set(FIELDS) - {name for phase in SCHEDULE for name in phase.reads} == notes | within_plan | within_build | within_sell
    )


def column_of(state: SimulationState, field: str) -> NDArray[np.generic]:
    of, name = field.split(".")
    column: NDArray[np.generic] = getattr(state.customers, name) if of == "customers" else state.firms[name]
    return column


def perturbed(state: SimulationState, field: str) -> SimulationState:
    """Change a field everywhere to other values that are valid for whoever reads it."""
    changed = copy_of(state)
    name, column = field.split(".")[1], column_of(changed, field)
    if name == "supplier":
        column[:] = np.roll(column, 1, axis=0)
    elif column.dtype.kind == "f":
        column[:] = 0.5 * column + 0.1
    elif column.dtype.kind == "u" and name != "segment":
        column[:] = column ^ np.uint64(5)
    else:
        column[:] = np.where(column > 0, column - 1, column + 1)
    return changed


@pytest.mark.parametrize("phase", SCHEDULE[:RECORD], ids=PHASES[:RECORD])
def test_phases_read_nothing_but_what_the_table_lists(phase: Phase) -> None:
    """A field that is neither read nor written is changed, and the phase must do exactly what it did before."""
    unlisted = [name for name in FIELDS if name not in (*phase.reads, *phase.writes) and name not in NEVER_PERTURBED]
    for state, step, month in phases(range(6)):
        if PHASES[step] != phase.name or month % 2:
            continue
        plain = copy_of(state)
        fast.run_phase(plain, step, month)
        expected = whole(plain)
        for field in unlisted:
            changed = perturbed(state, field)
            column = column_of(changed, field)
            kept = column.tobytes()
            fast.run_phase(changed, step, month)
            assert column.tobytes() == kept, f"{phase.name} writes {field}"
            column[:] = column_of(plain, field)
            assert whole(changed) == expected, f"{phase.name} depends on {field}"


def test_every_phase_has_its_place_in_both_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The month of the fast engine, run in the interpreter, calls the phases in the order of the schedule."""
    for name in PHASES:
        assert callable(getattr(ReferenceModel, name))
        assert getattr(schedule, name.upper()) == PHASES.index(name)
    assert tuple(phase.__name__ for phase in fast.MONTH) == PHASES
    called: list[str] = []
    for name in PHASES:
        monkeypatch.setattr(fast, name, lambda *_, name=name: called.append(name))
    getattr(fast.run_months, "py_func", fast.run_months)(None, 0, 2)
    assert tuple(called) == 2 * PHASES


def test_the_reference_engine_runs_the_phases_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ReferenceModel(generated_case(0, 300), 0, 1)
    called: list[str] = []
    monkeypatch.setattr(model, "run_phase", called.append)
    model.step()
    assert tuple(called) == PHASES
    assert simulation_state.make_state(generated_case(0, 300), 0, 1).history.shape[0] == 1
