"""One run's state and settings in the arrays that compiled code works on."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.model.case import Case, FirmPlan, History
from cxsim.model.demand import popularity_table
from cxsim.model.params import Params, Pivot, Start, Strategy, specs
from cxsim.model.state import (
    CUSTOMER_FIELDS,
    FIRM_DTYPE,
    MEASURE_DTYPE,
    MEASURE_WORDS,
    Customers,
    Record,
    empty_customers,
    empty_firms,
)


def _dtype_of(group: type) -> "np.dtype[np.void]":
    codes = {int: "i8", float: "f8", bool: "i8"}
    return np.dtype([(name, codes[kind]) for name, (kind, _) in specs(group).items()])


BLOCK = 1024  # customers that are taken at a time
CHUNK = 64  # neighbours that are passed over at once when none of them buys
DENSE = 3  # a block in which at least one in so many buys is taken whole
FEW = 4  # firms that are gone through one by one, rather than looked up for each customer
GUIDE = 1024  # steps of a guide to popularity, a power of two
LANES = 4  # sums of one quantity that are kept side by side
START_DTYPE, STRATEGY_DTYPE, PIVOT_DTYPE = _dtype_of(Start), _dtype_of(Strategy), _dtype_of(Pivot)


class Plans(NamedTuple):
    """What the scenario says of each firm block: starts, pivots (groups,), strategies (groups, 2), month of founding."""

    starts: Record
    pivots: Record
    strategies: Record
    founded: NDArray[np.int64]


class Offers(NamedTuple):
    """What each firm offers its buyers this month, one short array per quantity, so that looking one up stays cheap."""

    standard: NDArray[np.uint64]
    condition: NDArray[np.float64]
    demand_shock: NDArray[np.float64]
    quality: NDArray[np.float64]
    vip_quality: NDArray[np.float64]
    price: NDArray[np.float64]
    vip_price: NDArray[np.float64]
    reputation: NDArray[np.float64]


class Block(NamedTuple):
    """Scratch space for one block of customers: who they are, their traits, their firm's offer, how their month goes.

    ``prospects`` has the traits of those among them who weigh an offer.
    """

    numbers: NDArray[np.int64]
    traits: Customers
    prospects: Customers
    offers: Offers
    keys: NDArray[np.uint64]
    deviate: NDArray[np.float64]
    gammas: NDArray[np.float64]
    others: NDArray[np.float64]
    fit: NDArray[np.float64]
    late: NDArray[np.float64]
    luck: NDArray[np.float64]
    offered: NDArray[np.float64]
    present: NDArray[np.float64]
    bound: NDArray[np.float64]
    millionths: NDArray[np.int64]
    praise: NDArray[np.int64]
    churns: NDArray[np.int8]
    asks: NDArray[np.int8]
    signs: NDArray[np.int8]
    tells: NDArray[np.int8]
    listed: NDArray[np.int64]
    churned: NDArray[np.int64]
    former: NDArray[np.int64]


class SimulationState(NamedTuple):
    """All that a month reads and writes. ``firm_words`` is ``firms`` seen as words, so that measures copy in one piece.

    ``offers``, ``block`` and ``lanes`` are scratch space; so is ``reach``, the selling effort of the firms added up.
    """

    def __reduce__(self) -> tuple[Callable[..., "SimulationState"], tuple[tuple[object, ...]]]:
        """Let copies and pickles have the firms once: words of their own would go stale."""
        return _restored, (tuple(self._replace(firm_words=self.firm_words[:0])),)

    seed: int
    params: Params
    plans: Plans
    popularity: NDArray[np.float64]
    guide: NDArray[np.int8]
    customers: Customers
    firms: Record
    firm_words: NDArray[np.int64]
    first_entrant: int
    offers: Offers
    block: Block
    lanes: NDArray[np.int64]
    reach: NDArray[np.int64]
    history: NDArray[np.int64]


def _restored(parts: tuple[object, ...]) -> SimulationState:
    state = SimulationState._make(parts)
    return state._replace(firm_words=words_of(state.firms))


def words_of(firms: Record) -> NDArray[np.int64]:
    """The same memory as words (firms, words a record)."""
    return firms.view(np.int64).reshape(len(firms), FIRM_DTYPE.itemsize // 8).view(np.ndarray)


def make_block() -> Block:
    """Scratch space for ``BLOCK`` customers, small enough to stay in the cache; lists have room for one place more."""
    room = BLOCK + 8
    kinds = dict.fromkeys(("fit", "late", "luck", "offered", "present", "bound"), "f8") | {"keys": "u8"}
    kinds |= dict.fromkeys(("deviate", "gammas", "others"), "f8")
    kinds |= dict.fromkeys(("numbers", "listed", "millionths", "praise", "churned", "former"), "i8")
    kinds |= dict.fromkeys(("churns", "asks", "signs", "tells"), "i1")
    places = {name: np.zeros(room, kind) for name, kind in kinds.items()}
    return Block(traits=make_traits(room), prospects=make_traits(room), offers=make_offers(room), **places)


def make_traits(number: int) -> Customers:
    """Room for the traits of so many customers."""
    return Customers(*(np.zeros(number, field.dtype) for field in CUSTOMER_FIELDS.values()))


def make_offers(number: int) -> Offers:
    """Room for so many offers."""
    return Offers(np.zeros(number, np.uint64), *(np.zeros(number) for _ in Offers._fields[1:]))


def make_guide(popularity: NDArray[np.float64]) -> NDArray[np.int8]:
    """Guide to each row of the popularity table: entry j is ``demand.pick_feature`` of u = j / GUIDE."""
    steps = np.arange(GUIDE) / GUIDE
    return np.array([np.searchsorted(row[:-1], steps * row[-1], side="right") for row in popularity], np.int8)


def make_plans(plans: tuple[FirmPlan, ...]) -> Plans:
    """Tables of all firm blocks."""
    strategies = [[tuple(plan.strategy), tuple(plan.after)] for plan in plans]
    return Plans(
        np.array([tuple(plan.start) for plan in plans], START_DTYPE).view(Record),
        np.array([tuple(plan.pivot) for plan in plans], PIVOT_DTYPE).view(Record),
        np.array(strategies, STRATEGY_DTYPE).view(Record),
        np.array([plan.founded for plan in plans], np.int64),
    )


def make_state(case: Case, seed: int, months: int) -> SimulationState:
    """Allocate the arrays of a run; nobody is in them yet."""
    groups = case.slot_groups
    popularity = popularity_table(seed, case.params.market)
    firms = empty_firms(len(groups))
    firms.group[:] = groups
    return SimulationState(
        seed=seed,
        params=case.params,
        plans=make_plans(case.firms),
        popularity=popularity,
        guide=make_guide(popularity),
        customers=empty_customers(case.params.market.customers),
        firms=firms,
        firm_words=words_of(firms),
        first_entrant=sum(plan.count for plan in case.firms),
        offers=make_offers(max(len(groups), FEW)),
        block=make_block(),
        lanes=np.zeros((2 * LANES, len(groups)), np.int64),
        reach=np.zeros(len(groups), np.int64),
        history=np.zeros((months, len(groups), MEASURE_WORDS), np.int64),
    )


def history_of(state: SimulationState) -> History:
    """What the run recorded, by name."""
    measures = state.history.view(MEASURE_DTYPE)[..., 0]
    firms = state.firms
    return History(measures, *(np.array(firms[name]) for name in ("group", "founded", "closed", "pivoted")))
