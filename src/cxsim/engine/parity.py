"""Both engines side by side: equal bits after every phase, or the first difference by month, phase, field and entity."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.engine import ENGINES, start
from cxsim.engine.interface import Simulation
from cxsim.model.case import Case
from cxsim.model.schedule import PHASES
from cxsim.model.state import CUSTOMER_FIELDS, FIRM_FIELDS, FIRM_MEASURES, Customers, Record

START = "start"


class Difference(NamedTuple):
    """The first place where the engines disagree. ``entity`` is the number of a customer or firm."""

    month: int
    phase: str
    field: str
    entity: int
    fast: np.generic
    reference: np.generic

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
    fast, reference = (start(case, seed, months, engine) for engine in ENGINES)
    found = compare(fast, reference, 0, START)
    for month in range(months):
        for phase in PHASES:
            if found is not None:
                return found
            fast.run_phase(phase)
            reference.run_phase(phase)
            found = compare(fast, reference, month, phase)
        progress(month + 1)
    return found


def compare(fast: Simulation, reference: Simulation, month: int, phase: str) -> Difference | None:
    """First field and entity in which the two states differ in any bit."""
    states = (columns(one.customers, one.firms, one.history.measures[month]) for one in (fast, reference))
    for (field, left), (_, right) in zip(*states, strict=True):
        if left.tobytes() != right.tobytes():
            return _locate(left, right, month, phase, field)
    return None


def _locate(left: NDArray[np.generic], right: NDArray[np.generic], month: int, phase: str, field: str) -> Difference:
    size = left.itemsize
    flat_left, flat_right = (a.reshape(-1).view(np.uint8).reshape(-1, size) for a in (left, right))
    index = int(np.argmax((flat_left != flat_right).any(axis=1)))
    entity = index // int(np.prod(left.shape[1:], dtype=int))
    return Difference(month, phase, field, entity, left.reshape(-1)[index], right.reshape(-1)[index])


def columns(customers: Customers, firms: Record, record: NDArray[np.void]) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """Every field of all customers and firms, and of what a month recorded, as contiguous arrays with an entity a row."""
    for name in CUSTOMER_FIELDS:
        yield f"customers.{name}", getattr(customers, name)
    plain = firms.view(np.ndarray)  # whose columns are had more quickly than those of a recarray
    for name in FIRM_FIELDS:
        yield f"firms.{name}", np.ascontiguousarray(plain[name])
    for name in FIRM_MEASURES:
        yield f"history.{name}", np.ascontiguousarray(record[name])
