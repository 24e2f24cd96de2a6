"""From the history of one run to the columns of its results: every month of every firm, and one row per firm."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cxsim.measures.firms import lived
from cxsim.measures.registry import MONTH_MEASURES, RUN_MEASURES, Lives
from cxsim.model.case import Case, History
from cxsim.model.state import ALIVE, NOTHING

Columns: TypeAlias = dict[str, NDArray[Any]]


def month_columns(history: History) -> Columns:
    """One row per firm and month in business: ``slot`` and ``month`` first, then every measure of months, firm by firm."""
    slot, month = np.nonzero(lived(history)["status"].T == ALIVE)
    lived_months = history.measures[month, slot]
    columns: Columns = {"slot": slot.astype(np.int32), "month": month.astype(np.int32)}
    return columns | {name: measure.read(lived_months) for name, measure in MONTH_MEASURES.items()}


def run_columns(history: History, case: Case) -> Columns:
    """One row per firm: what became of it. Slots of entrants that never came are left out."""
    lives = Lives(history, case)
    columns: Columns = {"slot": np.arange(len(lives.slots), dtype=np.int32)}
    columns |= {name: measure.read(lives, name) for name, measure in RUN_MEASURES.items()}
    came = (history.founded != NOTHING) | ~columns["entrant"]
    return {name: column[came] for name, column in columns.items()}
