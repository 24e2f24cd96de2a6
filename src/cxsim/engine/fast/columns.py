"""What is done to the columns of customers one after the other, written out from their declaration.

Compiled code cannot look a column up by a name that varies.
"""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cxsim.engine.fast.compile import inlined
from cxsim.model.state import CUSTOMER_FIELDS, Customers

LIVED = tuple(name for name, field in CUSTOMER_FIELDS.items() if field.lived)

Result = TypeVar("Result")


def _written(head: str, lines: list[str]) -> Callable[..., Result]:
    """Make a function of its source."""
    made: dict[str, Callable[..., Result]] = {}
    exec("\n    ".join([f"def written({head}):", *lines]), {"Customers": Customers}, made)
    return inlined(made["written"])


_slices = ", ".join(f"customers.{name}[first:end]" for name in CUSTOMER_FIELDS)
_copies = [f"    traits.{name}[k] = customers.{name}[c]" for name in LIVED]

stretch: Callable[[Customers, int, int], Customers]
stretch = _written("customers, first, end", [f"return Customers({_slices})"])
"""Columns of consecutive customers, from the first up to but not including the end, where they are."""

bring_together: Callable[[Customers, int, Customers, NDArray[np.int64]], None]
bring_together = _written("traits, size, customers, numbers", ["for k in range(size):", "    c = numbers[k]", *_copies])
"""Copies of what a month's experience reads of so many customers, scattered over the columns, side by side."""
