"""The model held against theory: reduced scenarios in ``scenarios/verification``, run by the ordinary engine.

Each target is a figure that theory gives. *Exact* targets are asked of functions, *model* targets of the full engine, with
everything switched off that theory does not speak of, by parameters that any scenario may set.
"""

from cxsim.studies.verification.customers import arrivals_and_leaving, customer_value, unlike_customers, word_of_mouth
from cxsim.studies.verification.firms import choosing_again, floating_goal, keeping, ruin, staffing, switch_point
from cxsim.studies.verification.formulas import multiples, queues, spending
from cxsim.studies.verification.targets import Target, TargetRow, Tolerance, Verification

__all__ = ["ABSENT", "VERIFICATIONS", "Target", "TargetRow", "Tolerance", "Verification"]

GUPTA = "Gupta and Lehmann 2003, J. Interactive Marketing 17(1)"
BLATTBERG = "Blattberg and Deighton 1996, HBR 74(4)"
FADER = "Fader and Hardie 2007, J. Interactive Marketing 21(1)"
BASS = "Bass 1969, Management Science 15(5)"
SIEGMUND = "Siegmund 1979, Advances in Applied Probability 11(4)"
OLIVA = "Oliva and Sterman 2001, Management Science 47(7)"
VERIFICATIONS = {
    one.id: one
    for one in (
        Verification("P1", "arrivals and leaving", "M/M/infinity queue", arrivals_and_leaving),
        Verification("P2", "the value of a customer", GUPTA, customer_value, multiples),
        Verification("P3", "spending to win and to keep", BLATTBERG, keeping, spending),
        Verification("P4", "waiting and staff", "Erlang 1917", staffing, queues),
        Verification("P5", "choosing again", "balance of flows between firms", choosing_again),
        Verification("P6", "customers who differ", FADER, unlike_customers),
        Verification("P7", "word of mouth", BASS, word_of_mouth),
        Verification("P8", "ruin", SIEGMUND, ruin),
        Verification("P10", "a goal that floats", OLIVA, floating_goal),
        Verification("P11", "custom or standard", "break-even of two straight lines", switch_point),
    )
}
ABSENT = {"P9": "compares with published facts and not with theory, so it is not measured here (docs/MODEL.md, Verification)"}
