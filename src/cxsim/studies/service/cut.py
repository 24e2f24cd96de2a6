"""What a cut of service does month by month: the best share for service, and from some month on a part of it less."""

from typing import NamedTuple

import numpy as np

from cxsim.measures.firms import discounts
from cxsim.statistics.figures import Figure
from cxsim.statistics.intervals import Floats
from cxsim.statistics.resampling import Resamples
from cxsim.studies.service.cases import Subject
from cxsim.studies.service.runs import Change, Runs

CUT = 0.25  # part of the spend that is cut
WAIT = 5  # the cut comes after one part in so many of the run
NEVER = np.inf


class Cut(NamedTuple):
    """Cash flow with the cut less that without it, in cents of the month of the cut, by draw of seeds and month after it."""

    monthly: Floats
    total: Floats
    share: float
    month: int
    value: Floats  # what the cut does to the value of the firm, by draw


def cut(runs: Runs, subject: Subject, share: float) -> Cut:
    """Run the same seeds with and without the cut."""
    founded, fixed = subject.plan.founded, subject.spending(share)
    month = founded + (subject.months - founded) // WAIT
    (base,), (less,) = runs.of(fixed), runs.of(fixed, change=Change(month, share * (1 - CUT)))
    gaps = np.array([one.flow - other.flow for one, other in zip(less, base, strict=True)])[:, month:]
    value = np.array([one.value - other.value for one, other in zip(less, base, strict=True)])
    later, means = discounts(gaps.shape[1], subject.case.params.finance), runs.draws.means
    return Cut(means(gaps.T), means((gaps * later).cumsum(axis=1).T), share, month, means(value))


def first_gain(monthly: Floats) -> Floats:
    """Number of the first month after the cut, from 1, in which more is earned, for each row; infinite when there is none."""
    some: Floats = np.where((monthly > 0).any(axis=1), (monthly > 0).argmax(axis=1) + 1.0, NEVER)
    return some


def worse_for_good(total: Floats) -> Floats:
    """Number of the month after the cut from which all that was earned together stays below that without it."""
    last_good = total.shape[1] - (total[:, ::-1] >= 0).argmax(axis=1)  # its number, from 1
    ever = (total >= 0).any(axis=1)
    last = np.where(ever, last_good, 0)
    worse: Floats = np.where(last < total.shape[1], last + 1.0, NEVER)
    return worse


def rows(found: Cut, draws: Resamples) -> list[Figure]:
    """Figures of the cut."""
    gains, fades, worse = first_gain(found.monthly), worse_for_good(found.monthly), worse_for_good(found.total)
    seen = f"from {found.share:.6g} to {found.share * (1 - CUT):.6g} in month {found.month}"
    return [
        Figure("cut", "shows in profit", "months after the cut", draws.interval(gains), seen),
        Figure("cut", "monthly profit stays lower", "months after the cut", draws.interval(fades), seen),
        Figure("cut", "worse than no cut", "months after the cut", draws.interval(worse), seen),
        Figure("cut", "value", "cents", draws.interval(found.value), seen),
    ]
