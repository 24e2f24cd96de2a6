"""Run a sweep, or go on with one: the same way for a new one, a resumed one, failed runs, a shard, and a cluster."""

import time
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, NamedTuple

from cxsim.engine import precompile
from cxsim.execution.dask_cluster import dask_executor
from cxsim.execution.executor import Executor
from cxsim.execution.process_pool import ProcessPool
from cxsim.execution.runner import RETRIES, carry_out
from cxsim.execution.scheduler import Entry, Task
from cxsim.narrative.sentences import plural
from cxsim.processors import cores
from cxsim.store import ResultFolder
from cxsim.store.journal import JOURNAL, Journal
from cxsim.store.results import read_manifest
from cxsim.studies.base import Watch
from cxsim.studies.sweep.alike import first_equal, words
from cxsim.studies.sweep.design import Design
from cxsim.studies.sweep.folder import failed_key, failures_of, is_complete, kinds_of, resume_words, tie_in, work_in
from cxsim.studies.sweep.results import finish
from cxsim.studies.sweep.work import KINDS, begin, do_runs


class Execution(NamedTuple):
    """Who does the work: so many processes here, or those of a cluster; and how often a run may lose its worker.

    ``again`` names failed runs that are tried once more.
    """

    workers: int | None = None
    retries: int = RETRIES
    cluster: str | None = None
    again: Collection[int] = ()


class Count(NamedTuple):
    """How many runs are done, failed, and asked for."""

    done: int
    failed: int
    total: int


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


def work_on(folder: ResultFolder, design: Design, execution: Execution, watch: Watch | None = None) -> Count:
    """Do every run of a sweep that is left, then write the tables.

    A sweep that is finished is left as it is. Raises StoreError when the disk fails, or when another process works in the
    folder, and KeyboardInterrupt, which tells how to go on. What is finished stays in any case.
    """
    work = _Work(folder, design, execution, watch or Watch())
    try:
        with work_in(folder, design) as note:
            if note:
                work.watch.tell(f"Note: {note}")
            return work.finished() if is_complete(folder) else work.go_on()
    except KeyboardInterrupt:
        kept = f"{work.count.done:,} of {work.count.total:,} runs are kept"
        raise KeyboardInterrupt(f"Interrupted. {kept}; go on with: {resume_words(folder)}") from None


class _Work:
    """A sweep in its folder, and how far it has come."""

    def __init__(self, folder: ResultFolder, design: Design, execution: Execution, watch: Watch) -> None:
        self.folder, self.design, self.execution, self.watch = folder, design, execution, watch
        self.count = Count(0, 0, len(design.numbers))

    def finished(self) -> Count:
        """Count the runs of a sweep that is finished."""
        failed = len(read_manifest(self.folder)["failures"])
        return Count(self.count.total - failed, failed, self.count.total)

    def go_on(self) -> Count:
        """Do the runs that are left, and write the tables."""
        for told in words(self.design):
            self.watch.tell(f"Note: {told}")
        with Journal.open(self.folder.path / JOURNAL, tie_in(self.folder), resume_words(self.folder)) as journal:
            if left := self._left(journal):
                self._do(left, journal)
            finish(self.folder, self.design, journal)
            if not self.count.failed:
                journal.discard()
        return self.count

    def _left(self, journal: Journal) -> list[int]:
        """Numbers of the runs to do; tells what is there already.

        When the types of values were lost, which stand in the journal once, a run tells them anew.
        """
        numbers, failed = self.design.numbers, failures_of(journal)
        set_aside = failed.difference(self.execution.again)
        left = [number for number in numbers if str(number) not in journal and number not in set_aside]
        done = next((number for number in numbers if str(number) in journal), None)
        if not left and done is not None and KINDS not in journal:
            left = [done]
        failed -= set(left)
        self.count = Count(len(numbers) - len(left) - len(failed), len(failed), len(numbers))
        self.watch.tell_of_lost_lines(journal)
        if self.count.done or failed:
            told = f", and {len(failed):,} failed" if failed else ""
            self.watch.tell(f"Going on: {self.count.done:,} of {self.count.total:,} runs were finished before{told}")
        return left

    def _do(self, numbers: Sequence[int], journal: Journal) -> None:
        """Do runs, and tell by whom and how far it has come."""
        self.watch.tell_of_compiling()
        precompile()
        name = self.design.digest
        record = _Record(journal)
        numbers, twins = self._once(numbers, journal)
        if not numbers:
            return
        tasks = (Task(str(number), number) for number in numbers)
        with _executor(self.execution, (name, self.design.plain()), len(numbers)) as executor:  # an exception ends it at once
            workers = executor.workers
            self.watch.tell(f"{plural(len(numbers), 'run')} left for {plural(workers, 'worker')}")
            with self.watch.progress(self.count.total) as progress:
                progress(self.count.done + self.count.failed, self.count.total, self.count.failed)
                for done in carry_out(tasks, partial(do_runs, name), executor, record, workers, self.execution.retries):
                    same = twins.get(int(done.key), ())
                    for number in same:
                        record.append(str(number), dict(done.entry))
                    self._add(1 + len(same), done.failed)
                    progress(self.count.done + self.count.failed, self.count.total, self.count.failed)

    def _once(self, numbers: Sequence[int], journal: Journal) -> tuple[Sequence[int], dict[int, list[int]]]:
        """Choose one of each runs that are equal, and list the others that it is done for.

        Those that are in the journal under another name are copied.
        """
        if (cells := first_equal(self.design)) is None:
            return numbers, {}
        first, equal = cells.ravel(), dict[int, list[int]]()
        for number in numbers:
            equal.setdefault(self.design.equal_to(number, first), []).append(number)
        for number in self.design.numbers if KINDS in journal else ():
            if str(number) in journal:
                same = equal.pop(self.design.equal_to(number, first), [])
                for other in same:
                    entry = journal.get(str(number))
                    journal.append(str(other), {name: value for name, value in entry.items() if name != "key"})
                self._add(len(same), False)
        return [same[0] for same in equal.values()], {same[0]: same[1:] for same in equal.values() if same[1:]}

    def _add(self, runs: int, failed: bool) -> None:
        done, before, total = self.count
        self.count = Count(done + (0 if failed else runs), before + (runs if failed else 0), total)


def _executor(execution: Execution, start: tuple[Any, ...], most: int) -> Executor:
    if execution.cluster is not None:
        return dask_executor(execution.cluster, begin, start)
    return ProcessPool(min(execution.workers or cores(), most), begin, start)
