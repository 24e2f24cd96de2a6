"""The state of either engine in the same arrays, month by month."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.engine import EngineName, Simulation, start
from cxsim.engine.fast.simulation_state import SimulationState
from cxsim.model.case import Case
from cxsim.model.state import FIRM_DTYPE, Customers


class State(NamedTuple):
    """All customers and firms at one moment."""

    customers: Customers
    firms: NDArray[Any]


def state_of(simulation: Simulation) -> State:
    """A copy of the state as it is now."""
    customers = Customers(*(column.copy() for column in simulation.customers))
    return State(customers, simulation.firms.view(np.ndarray).view(FIRM_DTYPE).copy())


def months_of(case: Case, seed: int, months: int, engine: EngineName) -> Iterator[State]:
    """The first day, then the end of every month."""
    simulation = start(case, seed, months, engine)
    yield state_of(simulation)
    for month in range(months):
        yield state_of(simulation.advance(month + 1))


fast_months, reference_months = partial(months_of, engine="fast"), partial(months_of, engine="reference")


def copy_of(state: SimulationState) -> SimulationState:
    """A state of its own, the same to the bit."""
    firms = state.firms.copy()
    words = firms.view(np.int64).reshape(state.firm_words.shape).view(np.ndarray)
    customers = Customers(*(column.copy() for column in state.customers))
    return state._replace(firms=firms, firm_words=words, customers=customers, history=state.history.copy())
