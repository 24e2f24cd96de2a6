"""Run a sweep, or go on with one: the same way for a new one, a resumed one, failed runs, a shard, and a cluster."""

import time
from collections.abc import Callable, Collection, Generator
from contextlib import closing
from functools import partial
from typing import Any, NamedTuple

from cxsim.engine import precompile
from cxsim.execution.dask_cluster import dask_executor
from cxsim.execution.executor import Executor
from cxsim.execution.process_pool import ProcessPool
from cxsim.execution.runner import RETRIES, carry_out
from cxsim.execution.scheduler import Entry, Task
from cxsim.processors import cores
from cxsim.store import ResultFolder
from cxsim.store.journal import JOURNAL, Journal
from cxsim.store.lock import LOCK, Lock
from cxsim.store.results import read_manifest
from cxsim.studies.sweep.folder import SweepQuery, failed_key, failures_of, is_complete, kinds_of, resume_words
from cxsim.studies.sweep.results import finish
from cxsim.studies.sweep.work import KINDS, begin, do_runs

Tell = Callable[["Count"], None]


class Count(NamedTuple):
    """How many runs are done, failed, and asked for; how many are done at a time (0: not yet known).

    ``damaged``: lines of the journal that could not be read, whose runs are done again.
    """

    done: int
    failed: int
    total: int
    workers: int = 0
    damaged: int = 0

    @property
    def left(self) -> int:
        """Runs that have neither succeeded nor failed."""
        return self.total - self.done - self.failed


class Execution(NamedTuple):
    """Who does the work: so many processes here, or those of a cluster; and how often a run may lose its worker."""

    workers: int | None = None
    retries: int = RETRIES
    cluster: str | None = None


class _Record:
    """Journal of a sweep: types of values stand in it once, and every line has the time at which its run was finished."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.kinds = kinds_of(journal)

    def append(self, key: str, entry: Entry) -> None:
        kinds = entry.pop(KINDS, None)
        if kinds and self.kinds is None:
            self.kinds = kinds
            self.journal.append(KINDS, {"types": kinds})
        self.journal.append(failed_key(key) if "error" in entry else key, entry | {"at": round(time.time(), 1)})


def work_on(
    place: ResultFolder,
    query: SweepQuery,
    execution: Execution,
    tell: Tell = lambda count: None,
    again: Collection[int] | None = None,
) -> Count:
    """Do every run of a sweep that is left, then write the tables; ``again`` names failed runs that are tried once more.

    A sweep that is finished is left as it is. Raises StoreError when the disk fails, or when another process works in the
    folder. What is finished stays in any case.
    """
    with Lock(place.path / LOCK, place.shown):
        if is_complete(place):
            count = _count_finished(place, query)
            tell(count)
            return count
        with Journal.open(place.path / JOURNAL, resume_words(place)) as journal:
            return _go_on(place, query, execution, tell, again or (), journal)


def _count_finished(place: ResultFolder, query: SweepQuery) -> Count:
    total, failed = len(query.design.numbers), len(read_manifest(place)["failures"])
    return Count(total - failed, failed, total)


def _go_on(
    place: ResultFolder, query: SweepQuery, execution: Execution, tell: Tell, again: Collection[int], journal: Journal
) -> Count:
    failed = failures_of(journal)
    left = _left(query, journal, failed.difference(again))
    failed -= set(left)
    total = len(query.design.numbers)
    count = Count(total - len(left) - len(failed), len(failed), total, damaged=len(journal.damaged))
    tell(count)
    with closing(_counted(count, query, left, execution, _Record(journal))) as counts:
        for count in counts:
            tell(count)
    finish(place, query, journal)
    if not count.failed:
        journal.discard()
    return count


def _left(query: SweepQuery, journal: Journal, failed: set[int]) -> list[int]:
    """Numbers of the runs to do. When the types of values were lost, which stand in the journal once, a run tells them anew."""
    left = [number for number in query.design.numbers if str(number) not in journal and number not in failed]
    done = next((number for number in query.design.numbers if str(number) in journal), None)
    return left if left or done is None or KINDS in journal else [done]


def _counted(
    count: Count, query: SweepQuery, numbers: list[int], execution: Execution, record: _Record
) -> Generator[Count, None, None]:
    """Do runs, and give the count when workers are there and after each run."""
    if not numbers:
        return
    precompile()
    name = query.identity["design"]
    tasks = (Task(str(number), number) for number in numbers)
    with _executor(execution, (name, query.design.plain()), len(numbers)) as executor:  # an exception ends it at once
        yield (count := count._replace(workers=executor.workers))
        for done in carry_out(tasks, partial(do_runs, name), executor, record, count.workers, execution.retries):
            yield (count := count._replace(done=count.done + (not done.failed), failed=count.failed + done.failed))


def _executor(execution: Execution, start: tuple[Any, ...], most: int) -> Executor:
    if execution.cluster is not None:
        return dask_executor(execution.cluster, begin, start)
    return ProcessPool(min(execution.workers or cores(), most), begin, start)
