"""The model held against theory: reduced scenarios in ``scenarios/verification``, run by the ordinary engine.

Each target is a figure that theory gives. *Exact* targets are asked of functions, *model* targets of the full engine, with
everything switched off that theory does not speak of, by parameters that any scenario may set.
"""

from collections.abc import Callable
from typing import NamedTuple

from cxsim.studies.base import Runner
from cxsim.studies.verification.customers import arrivals_and_leaving, customer_value, unlike_customers, word_of_mouth
from cxsim.studies.verification.firms import choosing_again, floating_goal, ruin, staffing, switch_point
from cxsim.studies.verification.formulas import multiples, queues, spending
from cxsim.studies.verification.keeping import keeping
from cxsim.studies.verification.targets import TargetRow, Tolerance, table

__all__ = ["ABSENT", "VERIFICATIONS", "TargetRow", "Tolerance", "Verification", "table"]


class Verification(NamedTuple):
    """A group of targets: what it is about, and how a runner finds its figures."""

    title: str
    measure: Callable[[Runner], list[TargetRow]]


VERIFICATIONS = {
    "P1": Verification("arrivals and leaving", arrivals_and_leaving),
    "P2": Verification("the value of a customer", lambda runner: multiples() + customer_value(runner)),
    "P3": Verification("spending to win and to keep", lambda runner: spending() + keeping(runner)),
    "P4": Verification("waiting and staff", lambda runner: queues() + staffing(runner)),
    "P5": Verification("choosing again", choosing_again),
    "P6": Verification("customers who differ", unlike_customers),
    "P7": Verification("word of mouth", word_of_mouth),
    "P8": Verification("ruin", ruin),
    "P10": Verification("a goal that floats", floating_goal),
    "P11": Verification("custom or standard", switch_point),
}
ABSENT = {"P9": "compares with published facts and not with theory, so it is not measured here (docs/MODEL.md, Verification)"}
