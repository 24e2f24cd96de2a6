"""A firm as a plain object: every field of a firm at nothing, but for what is said."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from cxsim.model.state import FIRM_FIELDS


def plain_firm(**fields: Any) -> Any:
    """A firm with nothing but these fields; lists where a record has arrays."""
    assert set(fields) <= set(FIRM_FIELDS)
    blank = {name: np.zeros(field.shape, field.dtype).tolist() for name, field in FIRM_FIELDS.items()}
    return SimpleNamespace(**(blank | fields))


def changes(firm: Any, before: Any) -> dict[str, Any]:
    """Fields that differ from those of a firm as it was before."""
    return {name: value for name, value in vars(firm).items() if value != getattr(before, name)}
