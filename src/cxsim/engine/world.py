"""One run's state and settings in the arrays that compiled code works on."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.model.case import Case, FirmPlan, History
from cxsim.model.demand import popularity_table
from cxsim.model.params import Params, Pivot, Start, Strategy, specs
from cxsim.model.state import FIRM_DTYPE, MEASURE_DTYPE, MEASURE_WORDS, Customers, Record, empty_customers, empty_firms


def _dtype_of(group: type) -> "np.dtype[np.void]":
    codes = {int: "i8", float: "f8", bool: "i8"}
    return np.dtype([(name, codes[kind]) for name, (kind, _) in specs(group).items()])


BLOCK = 1024  # customers that are taken at a time
CHUNK = 64  # neighbours that are passed over at once when none of them buys
LANES = 4  # sums of one quantity that are kept side by side
START_DTYPE, STRATEGY_DTYPE, PIVOT_DTYPE = _dtype_of(Start), _dtype_of(Strategy), _dtype_of(Pivot)


class Plans(NamedTuple):
    """What the scenario says of each firm block: starts, pivots (groups,), strategies (groups, 2), month of founding."""

    starts: Record
    pivots: Record
    strategies: Record
    founded: NDArray[np.int64]


class Block(NamedTuple):
    """Scratch space for one block of buyers: who they are, their traits side by side, how their month goes."""

    buyers: NDArray[np.uint32]
    needs: NDArray[np.uint64]
    have: NDArray[np.uint64]
    promised: NDArray[np.uint64]
    satisfaction: NDArray[np.float64]
    condition: NDArray[np.float64]
    tide: NDArray[np.float64]
    quality: NDArray[np.float64]
    fit: NDArray[np.float64]
    late: NDArray[np.float64]
    felt: NDArray[np.float64]
    sensitivity: NDArray[np.int32]
    leave_base: NDArray[np.int32]
    former: NDArray[np.int32]
    due: NDArray[np.int16]
    asked: NDArray[np.int8]
    leaves: NDArray[np.int8]
    asks: NDArray[np.int8]
    listed: NDArray[np.uint32]


class World(NamedTuple):
    """All that a month reads and writes. ``firm_words`` is ``firms`` seen as words, so that measures copy in one piece.

    ``block`` and ``lanes`` are scratch space; so is ``reach``, the selling effort of the firms added up.
    """

    seed: int
    params: Params
    plans: Plans
    popularity: NDArray[np.float64]
    customers: Customers
    firms: Record
    firm_words: NDArray[np.int64]
    first_entrant: int
    block: Block
    lanes: NDArray[np.int64]
    reach: NDArray[np.int64]
    history: NDArray[np.int64]


def make_block() -> Block:
    """Scratch space for ``BLOCK`` customers, small enough to stay in the cache; lists have room for one place more."""
    kinds = dict.fromkeys(("satisfaction", "condition", "tide", "quality", "fit", "late", "felt"), "f8")
    kinds |= {"buyers": "u4", "listed": "u4", "needs": "u8", "have": "u8", "promised": "u8"}
    kinds |= {"sensitivity": "i4", "leave_base": "i4", "former": "i4", "due": "i2", "asked": "i1", "leaves": "i1", "asks": "i1"}
    return Block(**{name: np.zeros(BLOCK + 8, kind) for name, kind in kinds.items()})


def make_plans(plans: tuple[FirmPlan, ...]) -> Plans:
    """Tables of all firm blocks."""
    strategies = [[tuple(plan.strategy), tuple(plan.after)] for plan in plans]
    return Plans(
        np.array([tuple(plan.start) for plan in plans], START_DTYPE).view(np.recarray),
        np.array([tuple(plan.pivot) for plan in plans], PIVOT_DTYPE).view(np.recarray),
        np.array(strategies, STRATEGY_DTYPE).view(np.recarray),
        np.array([plan.founded for plan in plans], np.int64),
    )


def slot_groups(case: Case) -> list[int]:
    """Firm block of every slot: the scenario's firms in order, then those that may enter."""
    groups = [group for group, plan in enumerate(case.firms) for _ in range(plan.count)]
    return groups + [case.entrant] * (case.firm_slots - len(groups))


def make_world(case: Case, seed: int, months: int) -> World:
    """Allocate the arrays of a run; nobody is in them yet."""
    groups = slot_groups(case)
    firms = empty_firms(len(groups))
    firms.group[:] = groups
    words = firms.view(np.int64).reshape(len(groups), FIRM_DTYPE.itemsize // 8).view(np.ndarray)
    return World(
        seed=seed,
        params=case.params,
        plans=make_plans(case.firms),
        popularity=popularity_table(seed, case.params.market),
        customers=empty_customers(case.params.market.customers),
        firms=firms,
        firm_words=words,
        first_entrant=sum(plan.count for plan in case.firms),
        block=make_block(),
        lanes=np.zeros((2 * LANES, len(groups)), np.int64),
        reach=np.zeros(len(groups), np.int64),
        history=np.zeros((months, len(groups), MEASURE_WORDS), np.int64),
    )


def history_of(world: World) -> History:
    """What the run recorded, by name."""
    measures = world.history.view(MEASURE_DTYPE)[..., 0]
    firms = world.firms
    return History(measures, *(np.array(firms[name]) for name in ("group", "founded", "closed", "pivoted")))
