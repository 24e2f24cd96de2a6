"""Runs of an audit: each is done once, and leaves the months of one firm."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from cxsim import engine
from cxsim.execution.runner import digest_of
from cxsim.execution.scheduler import Task
from cxsim.measures.firms import cash_flow, lived, worth
from cxsim.model.case import History
from cxsim.model.finance import role_cost
from cxsim.model.params import SERVICE
from cxsim.statistics.intervals import Floats
from cxsim.statistics.resampling import Resamples
from cxsim.studies.base import FailedRunsError, Runner
from cxsim.studies.service.cases import Subject

SHOWN = 3


class Change(NamedTuple):
    """Another fixed share for service from the start of a month on."""

    month: int
    share: float


class Track(NamedTuple):
    """What a run leaves: monthly series (months,) of the firm in cents and customers, and its value in cents."""

    flow: Floats  # cash flow
    spend: Floats  # cost of service: of its staff, or of the time of founders and generalists where that is more
    served: Floats  # customers at the start of the month
    value: float


class Request(NamedTuple):
    """One run to do."""

    subject: Subject
    seed: int
    change: Change | None = None


class Runs:
    """Runs on the same seeds, each of which is done once; ``draws`` draw these seeds again."""

    def __init__(
        self, runner: Runner | None, seeds: Sequence[int], seed: int, done: "dict[Request, Track] | None" = None
    ) -> None:
        self.runner, self.seeds, self.seed, self.draws = runner or Runner(), seeds, seed, Resamples(len(seeds), seed)
        self.done = {} if done is None else done

    def first(self, number: int) -> "Runs":
        """Keep the first seeds only."""
        return Runs(self.runner, self.seeds[:number], self.seed, self.done)

    def of(self, *subjects: Subject, change: Change | None = None) -> list[list[Track]]:
        """Tracks of each subject, one for each seed. Raises FailedRunsError when one did not come to its end."""
        wanted = [[Request(one, seed, change) for seed in self.seeds] for one in subjects]
        todo = [one for one in dict.fromkeys(chain(*wanted)) if one not in self.done]
        tracks = self.runner.each(
            follow, Track, [Task(f"{digest_of((one.subject, one.change))} {one.seed}", one) for one in todo]
        )
        found = list(zip(todo, tracks, strict=True))
        if failed := sorted(f"seed {one.seed}: {track}" for one, track in found if isinstance(track, str)):
            more = f"; and {len(failed) - SHOWN} more" if len(failed) > SHOWN else ""
            told = f"{len(failed)} of {len(todo)} runs failed: {'; '.join(failed[:SHOWN])}{more}"
            raise FailedRunsError(f"Failed: {told}. Nothing was written; what was finished is kept.")
        self.done |= {one: track for one, track in found if not isinstance(track, str)}
        return [[self.done[one] for one in row] for row in wanted]


def follow(request: Request) -> Track:
    """Simulate once, and keep the series of one firm."""
    subject = request.subject
    finance, slot = subject.case.params.finance, subject.slot
    history = _history(request)
    measures = lived(history)
    firm, found = measures[:, slot], worth(measures, finance)
    ended = firm["customers"] + firm["churned"] + firm["poached"] + firm["released"] - firm["deals"] - firm["walk_ins"]
    return Track(
        flow=cash_flow(measures)[:, slot].astype(float),
        spend=np.maximum(firm["staff"][:, SERVICE], firm["service_capacity"]) * float(role_cost(SERVICE, finance)),
        served=ended.astype(float),
        value=float(found.cash[slot] + found.equity[slot]),
    )


def _history(request: Request) -> History:
    """Run a case; the firm changes its share, before a pivot and after it, in a fork."""
    subject, change = request.subject, request.change
    if change is None:
        return engine.simulate(subject.case, request.seed, subject.months)
    share = {"service_budget": change.share}
    trunk = engine.start(subject.case, request.seed, subject.months)
    return trunk.fork(change.month, firm=subject.focal, strategy=share, after=share).advance().history
