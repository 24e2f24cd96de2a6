"""Amounts in dollars: "$500", "$300k" or "$1.2M" may stand wherever a value is money in cents, and are read as cents."""

import re
from decimal import Decimal
from typing import Any

from cxsim.model.params import Spec

PATTERN = r"^-?\$(\d{1,12}|\d{1,3}(,\d{3}){1,4})(\.\d{1,9})?[kKM]?$"
EXAMPLES = "dollars such as '$500', '$300k' or '$1.2M'"
_AMOUNT = re.compile(PATTERN)
_STEPS = {"k": 1_000, "K": 1_000, "M": 1_000_000}


class Cents(int):
    """An amount that was written in dollars, so that its unit is beyond doubt."""


def is_money(spec: Spec | None) -> bool:
    """Tell whether a parameter is an amount in cents, or may be one, as the threshold of a signal may."""
    return spec is not None and spec.unit.startswith(("cents", "unit of the signal"))


def starts_amount(value: Any) -> bool:
    """Tell whether a value could be an amount in dollars."""
    return isinstance(value, str) and value.startswith(("$", "-$"))


def in_cents(value: Any, spec: Spec | None) -> Any:
    """Return an amount in dollars as whole cents; anything else, also an amount with a part of a cent, as it is.

    >>> in_cents("$1.2M", Spec("cents", 0, 1, "", ""))
    120000000
    """
    if not (isinstance(value, str) and is_money(spec) and _AMOUNT.fullmatch(value)):
        return value
    digits = value.replace("$", "").rstrip("kKM").replace(",", "")
    cents = Decimal(digits) * 100 * _STEPS.get(value[-1], 1)
    return Cents(cents) if cents == int(cents) else value


def written(cents: int) -> str:
    """Write cents as dollars.

    >>> written(50_000), written(1_234)
    ('$500', '$12.34')
    """
    return f"${cents // 100:,}" if cents % 100 == 0 else f"${cents / 100:,.2f}"
