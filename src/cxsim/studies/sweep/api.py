"""Sweeps from Python: a design in, frames out."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cxsim.execution.runner import RETRIES
from cxsim.store import ResultFolder, chosen_folder, read_manifest
from cxsim.studies.sweep.design import Design
from cxsim.studies.sweep.folder import SweepQuery, begin
from cxsim.studies.sweep.results import MONTHS, RUNS, Failure, frame_of
from cxsim.studies.sweep.run import Execution, Tell, work_on

if TYPE_CHECKING:
    import pandas as pd


class SweepResults(NamedTuple):
    """The folder of a finished sweep."""

    place: ResultFolder

    @property
    def runs(self) -> "pd.DataFrame":
        """One row a run and firm: where it stands in the design, its factors, and what came out. Money in cents."""
        return frame_of(self.place, RUNS)

    @property
    def months(self) -> "pd.DataFrame":
        """One row a run, firm and month in business, when the design has ``detail="months"``; else StoreError."""
        return frame_of(self.place, MONTHS)

    @property
    def failures(self) -> list[Failure]:
        """Every run that failed: which, what it said, and the command that repeats it."""
        return list(read_manifest(self.place)["failures"])


def run_design(
    design: Design,
    folder: str | Path,
    *,
    name: str = "design",
    workers: int | None = None,
    retries: int = RETRIES,
    cluster: str | None = None,
    force: bool = False,
    tell: Tell = lambda count: None,
) -> SweepResults:
    """Do every run of a design that the folder does not hold yet, and give back its results.

    Stopped at any moment, the same call goes on; so does ``cxsim resume``. ``workers`` are processes, by default as many as
    there are processors; ``cluster`` is the address of a Dask scheduler instead. ``tell`` is called with counts of runs as
    they finish. Raises StoreError when the folder holds something else (unless ``force``) or the disk fails.
    """
    place = chosen_folder(str(folder))
    started = datetime.now(UTC).isoformat(timespec="seconds")
    query = SweepQuery(name, name, "", "", design, f"run_design(..., {str(folder)!r})", started)
    if not begin(place, query, force):
        work_on(place, query, Execution(workers, retries, cluster), tell)
    return SweepResults(place)
