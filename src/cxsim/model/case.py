"""One case to simulate: parameters and firms, with every choice made. Scenarios are turned into cases, engines run them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.model.params import Params, Pivot, Start, Strategy


class FirmPlan(NamedTuple):
    """A kind of firm: how many there are, when they are founded, and how they behave before and after a pivot."""

    name: str
    count: int = 1  # type: ignore[assignment]  # hides tuple.count, which nobody needs here
    founded: int = 0
    start: Start = Start()
    strategy: Strategy = Strategy()
    pivot: Pivot = Pivot()
    after: Strategy = Strategy()


class Case(NamedTuple):
    """Everything that decides a run except its seed and length. ``entrant`` is the plan that entering firms copy, or -1."""

    params: Params
    firms: tuple[FirmPlan, ...]
    entrant: int = -1

    @property
    def slot_groups(self) -> list[int]:
        """Firm block of every firm that can ever exist: the scenario's firms in order, then those that may enter."""
        groups = [group for group, plan in enumerate(self.firms) for _ in range(plan.count)]
        return groups + [self.entrant] * (self.firm_slots - len(groups))

    @property
    def firm_slots(self) -> int:
        """Firms that can ever exist in this case."""
        return sum(plan.count for plan in self.firms) + (self.params.entry.limit if self.entrant >= 0 else 0)

    def with_firm(self, number: int, plan: FirmPlan) -> "Case":
        """Put another plan in the place of a firm block."""
        return self._replace(firms=(*self.firms[:number], plan, *self.firms[number + 1 :]))


class History(NamedTuple):
    """What a run recorded. ``measures`` has shape (months, firms) and type ``MEASURE_DTYPE``; the rest, shape (firms,)."""

    measures: NDArray[np.void]
    group: NDArray[np.int64]
    founded: NDArray[np.int64]
    closed: NDArray[np.int64]
    pivoted: NDArray[np.int64]
