"""Who buys from whom: joining and leaving a firm, and the counts that a firm keeps of its customers."""

import numpy as np
from numpy.typing import NDArray

from cxsim.engine.fast.compile import inlined
from cxsim.engine.fast.simulation_state import BLOCK, CHUNK, Block
from cxsim.model import demand
from cxsim.model.features import bit, lowest, no_features, without
from cxsim.model.firm_month import accounts, figures
from cxsim.model.params import UNIFORM, Params, Product
from cxsim.model.state import NOBODY, NOTHING, Customers, Firm


@inlined
def place(number: int) -> int:
    """Return the number without a sign: compiled code need not ask whether it counts from the end of an array."""
    return np.uintp(number)  # type: ignore[return-value]


@inlined
def count_buyers(supplier: NDArray[np.int32], first: int, end: int) -> int:
    """Number of customers in a stretch who have a supplier: while firms are small, most have none."""
    buyers = 0
    neighbours = supplier[first:end]  # seen from its start, which lets a compiler use vector instructions
    for k in range(neighbours.shape[0]):
        buyers += neighbours[k] >= 0
    return buyers


@inlined
def next_buyer(supplier: NDArray[np.int32], c: int, end: int) -> int:
    """Find the first customer from c on who has a supplier; ``end`` when there is none."""
    while c < end and supplier[c] < 0:
        if c % CHUNK == 0 and count_buyers(supplier, c, min(c + CHUNK, end)) == 0:
            c += CHUNK
        else:
            c += 1
    return min(c, end)


@inlined
def list_marked(marks: NDArray[np.int8], size: int, listed: NDArray[np.int64]) -> int:
    """List the places in a block that are marked by a 1; returns how many. Few are: eight marks are looked at as one word."""
    number = 0
    marks[size : size + 8] = 0  # what is left over in the last word
    words = marks.view(np.uint64)
    for word in range((size + 7) // 8):
        rest = words[word]
        while rest != 0:
            mark = lowest(rest)
            listed[number] = 8 * word + mark // 8
            number += 1
            rest ^= bit(mark)
    return number


@inlined
def number_at(block: Block, whole: bool, k: int) -> int:
    """Number of the customer at a place in a block: a stretch is numbered by its first alone."""
    return block.numbers[0] + k if whole else block.numbers[place(k)]


@inlined
def list_many(marks: NDArray[np.int8], size: int, listed: NDArray[np.int64]) -> int:
    """List the places in a block that are marked, where many are: no branch that a processor would guess wrong."""
    number = 0
    for k in range(size):
        listed[number] = k
        number += marks[k] != 0
    return number


@inlined
def due_in_block(first: int, number: int) -> int:
    """Customers who have their yearly review in the same month as the first, from it on; at most a block of them."""
    return min((number - first + demand.REVIEW_MONTHS - 1) // demand.REVIEW_MONTHS, BLOCK)


@inlined
def attach(
    customers: Customers, firm: Firm, f: int, c: int, promised: int, due: int, satisfaction: float, month: int, product: Product
) -> None:
    """Customer c starts to buy from firm f."""
    customers.supplier[c] = f
    customers.promised[c] = promised
    customers.due[c] = due
    customers.satisfaction[c] = satisfaction
    customers.since[c] = month
    customers.products[c] = 1
    customers.tier[c] = UNIFORM
    accounts.gain(firm, customers.needs[c], int(customers.size[c]), promised, product)
    firm.fit_sum += fit_now(customers, firm, c)


@inlined
def hold(customers: Customers, firm: Firm, c: int, products: int, tier: int, product: Product) -> None:
    """Customer c comes to hold so many products of its firm, as a VIP or not; the firm's sums follow."""
    size = int(customers.size[c])
    accounts.count_account(firm, size, int(customers.products[c]), int(customers.tier[c]), -1, product)
    accounts.count_account(firm, size, products, tier, 1, product)
    customers.products[c] = products
    customers.tier[c] = tier


@inlined
def accepted_price(customers: Customers, firm: Firm, c: int, params: Params) -> float:
    """Price that a customer accepts of a firm for a full fit, in cents."""
    return figures.accepted_price(firm, int(customers.wtp[c]), params)


@inlined
def fit_now(customers: Customers, firm: Firm, c: int) -> int:
    """Fit of a customer with what it gets from its supplier, in millionths; the firm keeps the sum."""
    return demand.fit_millionths(customers.needs[c], firm.standard | customers.custom[c])


@inlined
def detach(customers: Customers, firm: Firm, c: int, product: Product) -> None:
    """Customer c stops buying from its supplier; what was built for it goes with it."""
    needs, custom, promised = customers.needs[c], customers.custom[c], customers.promised[c]
    size, products, tier = int(customers.size[c]), int(customers.products[c]), int(customers.tier[c])
    firm.fit_sum -= fit_now(customers, firm, c)
    accounts.lose(firm, needs, size, products, tier, custom, promised, customers.asked[c], product)
    customers.supplier[c] = NOBODY
    customers.custom[c] = no_features()
    customers.promised[c] = no_features()
    customers.asked[c] = NOTHING
    customers.since[c] = NOTHING
    customers.products[c] = 0
    customers.tier[c] = UNIFORM


@inlined
def drop_features(customers: Customers, firm: Firm, c: int, features: int) -> None:
    """Take features out of what was built for, promised to and asked by a customer."""
    custom, promised = customers.custom[c], customers.promised[c]
    customers.asked[c] = accounts.drop(firm, custom, promised, customers.asked[c], features)
    customers.custom[c] = without(custom, features)
    customers.promised[c] = without(promised, features)
