"""Both engines side by side: equal bits after every phase, or the first difference by month, phase, field and entity."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.engine.fast import run as fast
from cxsim.engine.fast.simulation_state import SimulationState
from cxsim.engine.reference import ReferenceModel
from cxsim.model.case import Case
from cxsim.model.schedule import PHASES
from cxsim.model.state import CUSTOMER_FIELDS, FIRM_FIELDS, FIRM_MEASURES, MEASURE_DTYPE, NOBODY

START = "start"


class Difference(NamedTuple):
    """The first place where the engines disagree. ``entity`` is the number of a customer or firm."""

    month: int
    phase: str
    field: str
    entity: int
    fast: Any
    reference: Any

    def __str__(self) -> str:
        return (
            f"month {self.month}, phase {self.phase}, field {self.field}, entity {self.entity}: "
            f"fast engine {self.fast}, reference engine {self.reference}"
        )


def first_difference(
    case: Case, seed: int, months: int, progress: Callable[[int], object] = lambda month: None
) -> Difference | None:
    """Run a case in both engines and compare all state after every phase; None when every bit is equal.

    ``progress`` is called with the number of months that are done.
    """
    state = fast.start_state(case, seed, months)
    model = ReferenceModel(case, seed, months)
    found = compare(state, model, 0, START)
    for month in range(months):
        for step, phase in enumerate(PHASES):
            if found is not None:
                return found
            fast.run_phase(state, step, month)
            model.run_phase(phase)
            found = compare(state, model, month, phase)
        model.month += 1
        progress(month + 1)
    return found


def compare(state: SimulationState, model: ReferenceModel, month: int, phase: str) -> Difference | None:
    """First field and entity in which the two states differ in any bit."""
    for (field, left), (_, right) in zip(fast_state(state, month), reference_state(model, month), strict=True):
        if left.tobytes() != right.tobytes():
            return _locate(left, right, month, phase, field)
    return None


def _locate(left: NDArray[Any], right: NDArray[Any], month: int, phase: str, field: str) -> Difference:
    size = left.itemsize
    flat_left, flat_right = (a.reshape(-1).view(np.uint8).reshape(-1, size) for a in (left, right))
    index = int(np.argmax((flat_left != flat_right).any(axis=1)))
    entity = index // int(np.prod(left.shape[1:], dtype=int))
    return Difference(month, phase, field, entity, left.reshape(-1)[index], right.reshape(-1)[index])


def fast_state(state: SimulationState, month: int) -> Iterator[tuple[str, NDArray[Any]]]:
    """Every field of the fast engine's state, as contiguous arrays, and this month's record."""
    for name in CUSTOMER_FIELDS:
        yield f"customers.{name}", getattr(state.customers, name)
    firms = state.firms.view(np.ndarray)  # whose columns are had more quickly than those of a recarray
    for name in FIRM_FIELDS:
        yield f"firms.{name}", np.ascontiguousarray(firms[name])
    history = state.history.view(MEASURE_DTYPE)[..., 0][month]
    for name in FIRM_MEASURES:
        yield f"history.{name}", np.ascontiguousarray(history[name])


def reference_state(model: ReferenceModel, month: int) -> Iterator[tuple[str, NDArray[Any]]]:
    """Every field of the reference engine's state in the same order and types."""
    for name, field in CUSTOMER_FIELDS.items():
        if name == "supplier":
            values = [NOBODY if customer.supplier is None else customer.supplier.number for customer in model.customers]
        else:
            values = [getattr(customer, name) for customer in model.customers]
        yield f"customers.{name}", np.array(values, field.dtype)
    for name, field in FIRM_FIELDS.items():
        yield f"firms.{name}", np.array([getattr(firm, name) for firm in model.firms], field.dtype)
    for name in FIRM_MEASURES:
        yield f"history.{name}", np.ascontiguousarray(model.history[month][name])
