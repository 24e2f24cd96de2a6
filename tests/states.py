"""The state of either engine in the same arrays, month by month."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.engine.fast import run as fast
from cxsim.engine.fast.simulation_state import SimulationState
from cxsim.engine.parity import reference_state
from cxsim.engine.reference import ReferenceModel
from cxsim.model.case import Case
from cxsim.model.state import CUSTOMER_FIELDS, FIRM_DTYPE, FIRM_FIELDS, Customers


class State(NamedTuple):
    """All customers and firms at one moment."""

    customers: Customers
    firms: NDArray[Any]


def fast_months(case: Case, seed: int, months: int) -> Iterator[State]:
    """The first day, then the end of every month, in the fast engine; customers are not copied."""
    state = fast.start_state(case, seed, months)
    yield state_of_run(state)
    for month in range(months):
        fast.run_months(state, month, month + 1)
        yield state_of_run(state)


def reference_months(case: Case, seed: int, months: int) -> Iterator[State]:
    """The first day, then the end of every month, in the reference engine."""
    model = ReferenceModel(case, seed, months)
    yield state_of_model(model)
    for _ in range(months):
        model.step()
        yield state_of_model(model)


def state_of_run(state: SimulationState) -> State:
    return State(state.customers, state.firms.view(np.ndarray).view(FIRM_DTYPE).copy())


def state_of_model(model: ReferenceModel) -> State:
    columns = dict(reference_state(model, 0))
    firms = np.zeros(len(model.firms), FIRM_DTYPE)
    for name in FIRM_FIELDS:
        firms[name] = columns[f"firms.{name}"]
    return State(Customers(*(columns[f"customers.{name}"] for name in CUSTOMER_FIELDS)), firms)


def copy_of(state: SimulationState) -> SimulationState:
    """A state of its own, the same to the bit."""
    firms = state.firms.copy()
    words = firms.view(np.int64).reshape(state.firm_words.shape).view(np.ndarray)
    customers = Customers(*(column.copy() for column in state.customers))
    return state._replace(firms=firms, firm_words=words, customers=customers, history=state.history.copy())
