"""A run of the reference engine: started, advanced, forked, read; agents are written out as arrays when they are asked for."""

from typing import Self

import numpy as np
from numpy.typing import NDArray

from cxsim.engine.interface import Simulation
from cxsim.engine.reference.model import ReferenceModel
from cxsim.model.case import Case, FirmPlan, History
from cxsim.model.schedule import PHASES
from cxsim.model.state import CUSTOMER_FIELDS, FIRM_DTYPE, FIRM_FIELDS, NOBODY, Customers, Record


class ReferenceSimulation(Simulation):
    """A run whose state is agents. They refer to one another in every way, so a fork is not copied but lived again."""

    def __init__(self, case: Case, seed: int, months: int) -> None:
        super().__init__(case, seed, months)
        self.model = ReferenceModel(case, seed, months)
        self._first_case = case
        self._changes: list[tuple[int, int, FirmPlan]] = []  # month, firm block, its plan from there on

    @property
    def customers(self) -> Customers:
        """Columns of their own, made of the agents."""
        agents = self.model.customers
        columns = {name: [getattr(one, name) for one in agents] for name in CUSTOMER_FIELDS if name != "supplier"}
        columns["supplier"] = [NOBODY if one.supplier is None else one.supplier.number for one in agents]
        return Customers(**{name: np.array(columns[name], field.dtype) for name, field in CUSTOMER_FIELDS.items()})

    @property
    def firms(self) -> Record:
        """Records of their own, made of the agents."""
        records = np.zeros(len(self.model.firms), FIRM_DTYPE)
        for name in FIRM_FIELDS:
            records[name] = [getattr(firm, name) for firm in self.model.firms]
        return records.view(Record)

    @property
    def history(self) -> History:
        """Measures are the model's own array."""
        columns = ([getattr(firm, name) for firm in self.model.firms] for name in ("group", "founded", "closed", "pivoted"))
        return History(self.model.history, *(np.array(column, np.int64) for column in columns))

    def _run_months(self, end: int) -> None:
        while self.model.month < end:
            self.model.step()

    def _run_phase(self, phase: str) -> None:
        self.model.run_phase(phase)
        self.model.month += phase == PHASES[-1]

    def _copy(self, into: Self | None) -> Self:
        branch = type(self)(self._first_case, self.seed, self.months)
        for month, number, plan in self._changes:
            branch.advance(month)._follow(number, plan)
        return branch.advance(self.month)

    def _take_plan(self, number: int, plan: FirmPlan) -> None:
        self._changes.append((self.month, number, plan))
        self.model.follow(self.case)

    def _set_service_goal(self, firms: NDArray[np.intp], goal: float) -> None:
        for number in firms:
            self.model.firms[number].service_goal = goal
