"""The plain-Mesa version of the model as a user of Mesa would hand it to ``mesa.batch_run``."""

from collections.abc import Callable
from typing import Any

import mesa
import numpy as np

from cxsim.engine.reference import ReferenceModel
from cxsim.model.case import Case, History


class PlainModel(ReferenceModel):
    """One run of a case; at its end the data collector gets what ``row_of`` makes of its history."""

    def __init__(self, case: Case, seed: int, months: int, row_of: Callable[[History], dict[str, Any]]) -> None:
        super().__init__(case, seed, months)
        self.datacollector = mesa.DataCollector({"row": lambda model: None if model.running else row_of(model.outcome())})

    def step(self) -> None:
        """Run one month."""
        super().step()
        self.running = self.month < self.months
        self.datacollector.collect(self)

    def outcome(self) -> History:
        """What the run has left behind."""
        names = ("group", "founded", "closed", "pivoted")
        return History(self.history, *(np.array([getattr(firm, name) for firm in self.firms], np.int64) for name in names))
