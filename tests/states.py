"""The state of either engine in the same arrays, month by month."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.engine.fast import run as fast
from cxsim.engine.fast.simulation_state import World
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
    world = fast.start_world(case, seed, months)
    yield state_of_world(world)
    for month in range(months):
        fast.run_months(world, month, month + 1)
        yield state_of_world(world)


def reference_months(case: Case, seed: int, months: int) -> Iterator[State]:
    """The first day, then the end of every month, in the reference engine."""
    model = ReferenceModel(case, seed, months)
    yield state_of_model(model)
    for _ in range(months):
        model.step()
        yield state_of_model(model)


def state_of_world(world: World) -> State:
    return State(world.customers, world.firms.view(np.ndarray).view(FIRM_DTYPE).copy())


def state_of_model(model: ReferenceModel) -> State:
    columns = dict(reference_state(model, 0))
    firms = np.zeros(len(model.firms), FIRM_DTYPE)
    for name in FIRM_FIELDS:
        firms[name] = columns[f"firms.{name}"]
    return State(Customers(*(columns[f"customers.{name}"] for name in CUSTOMER_FIELDS)), firms)


def copy_of(world: World) -> World:
    """A world of its own in the same state."""
    firms = world.firms.copy()
    words = firms.view(np.int64).reshape(world.firm_words.shape).view(np.ndarray)
    customers = Customers(*(column.copy() for column in world.customers))
    return world._replace(firms=firms, firm_words=words, customers=customers, history=world.history.copy())
