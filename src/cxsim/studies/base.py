"""What every study has: a question, the runs that answer it, what was found, and how that is told and drawn.

A study knows nothing of folders, digests and checkpoints: ``perform`` does. A new one fills a :class:`Study`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, Generic, NamedTuple, TypeAlias, TypeVar

from cxsim import engine
from cxsim.charts.content import Chart
from cxsim.engine import EngineName
from cxsim.errors import CxsimError
from cxsim.execution.runner import Progress, each_once
from cxsim.execution.scheduler import Entry, Task
from cxsim.model.case import Case, History
from cxsim.narrative.sentences import plural
from cxsim.report.stored import PAGE, charts_in, from_json
from cxsim.store import SUMMARY, ResultFolder, Table
from cxsim.store.arrays import Kept, pack_fields, unpack_fields
from cxsim.store.journal import Journal

Simulate: TypeAlias = Callable[[Case, int, int, EngineName], History]
RowT = TypeVar("RowT", bound=Sequence[object])


class FailedRunsError(CxsimError):
    """Runs failed without which there is no answer. ``failures`` are those that are told one by one."""

    def __init__(self, message: str, failures: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(message)
        self.failures = failures


class Job(NamedTuple):
    """One run, and what to keep of its history. ``simulate`` takes the place of the engine."""

    key: str  # by which a journal knows it
    case: Case
    seed: int
    months: int
    keep: Callable[[History], Any]
    engine: EngineName = "fast"
    simulate: Simulate | None = None


def simulate_once(job: Job) -> Entry:
    """Do a run; nothing but what is kept stays in memory."""
    simulate = job.simulate or engine.simulate
    return {"kept": job.keep(simulate(job.case, job.seed, job.months, job.engine))}


def _packed(do: Callable[[Any], tuple[Any, ...]], what: Any) -> Entry:
    return {"kept": pack_fields(do(what))}


class Watch:
    """Is told how a study gets on, and keeps it to itself."""

    def tell(self, text: str) -> None:
        """Hear what is to be known now: the work may take hours."""

    def tell_of_compiling(self) -> None:
        """Tell that the first run takes longer, if it will."""
        if not engine.is_compiled():
            self.tell("compiling (first run only) ...")

    def tell_of_lost_lines(self, journal: Journal) -> None:
        """Tell which lines of a journal are of no use."""
        if damaged := len(journal.damaged):
            self.tell(f"{plural(damaged, 'line')} of the journal cannot be read; what stood there is done again")
        if foreign := len(journal.foreign):
            self.tell(f"{plural(foreign, 'line')} of the journal stand for other work and are passed over")

    def progress(self, total: int) -> AbstractContextManager[Progress]:
        """Give what is told how many steps are done, of how many: about ``total``."""
        return nullcontext(lambda done, total, failed=0: None)


class _Stage:
    """Steps that are counted together, in one call of the runner or in several."""

    def __init__(self, total: int, progress: Progress) -> None:
        self.total, self.progress, self.before = total, progress, 0

    def tell(self, done: int, total: int, failed: int = 0) -> None:
        self.total = max(self.total, self.before + done)
        self.progress(self.before + done, self.total)

    def end(self) -> None:
        if self.before < self.total:
            self.progress(self.total, self.total)


class Runner:
    """Does tasks, on as many threads as there are cores unless ``workers`` says otherwise; what comes out depends on neither.

    What the journal holds is not done again.
    """

    def __init__(self, workers: int | None = None, watch: Watch | None = None, journal: Journal | None = None) -> None:
        self.workers, self.watch, self.journal = workers, watch or Watch(), journal
        self._stage: _Stage | None = None

    def __call__(self, do: Callable[[Any], Entry], tasks: Sequence[Task], processes: bool = False) -> dict[str, Entry]:
        """Do tasks, on processes if asked, and give back what each left by its key; one that failed left an ``error``."""
        if not tasks:
            return {}
        with nullcontext(self._stage) if self._stage else self.stage(len(tasks)) as stage:
            entries = each_once(do, tasks, self.workers, stage.tell, self.journal, processes)
            stage.before += len(tasks)
        return entries

    def simulate(self, jobs: Sequence[Job]) -> list[Entry]:
        """Do runs, and give back in their order what was ``kept`` of each; the reference engine works in processes."""
        processes = any(job.engine == "reference" for job in jobs)
        entries = self(simulate_once, [Task(job.key, job) for job in jobs], processes)
        return [entries[job.key] for job in jobs]

    def each(self, do: Callable[[Any], Kept], kind: type[Kept], tasks: Sequence[Task]) -> list[Kept | str]:
        """Do tasks, and give back in their order the named tuple of ``kind`` that each left, or what one that failed said."""
        entries = self(partial(_packed, do), tasks)
        found = [entries[task.key] for task in tasks]
        return [entry["error"] if "error" in entry else unpack_fields(kind, entry["kept"]) for entry in found]

    @contextmanager
    def stage(self, total: int) -> Iterator[_Stage]:
        """Count the tasks of all calls within as one piece of work, of about ``total`` tasks."""
        with self.watch.progress(total) as progress:
            self._stage = _Stage(total, progress)
            try:
                yield self._stage
                self._stage.end()
            finally:
                self._stage = None


@dataclass(frozen=True, kw_only=True)
class Findings(Generic[RowT]):
    """What a study found, just now or read back from its folder.

    ``rows`` are those of its main table, with ``columns`` when they are plain tuples; ``texts`` are further files. ``made``
    says how much was done.
    ``whole`` is all that it found; what was read back has none.
    """

    rows: Sequence[RowT]
    columns: Sequence[str] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    failures: Sequence[Mapping[str, Any]] = ()
    made: str = ""
    whole: Any = None


class Study(ABC, Generic[RowT]):
    """A question, and how it is answered.

    ``answered_by`` names the sources (files, or folders with all in them) whose change means another answer. ``notes`` are
    what is to be known before anything is run. ``command`` makes the same results again.
    """

    name: str
    seed: int
    seeds: Sequence[int]
    command: str = ""
    engine: str = "fast"  # "none" when nothing is simulated
    total: int = 0  # runs to do, about
    notes: Sequence[str] = ()

    kind: ClassVar[type[Any]] = tuple  # of the rows of the main table
    table: ClassVar[str] = SUMMARY  # file of the main table
    texts: ClassVar[Sequence[str]] = ()  # files that what is told is read from
    answered_by: ClassVar[Sequence[str]] = ()
    keeps_finished: ClassVar[bool] = True  # whether what is finished outlives an interruption
    grows: ClassVar[bool] = False  # whether its folder is filled run by run: see ``fill``

    @property
    def folder(self) -> str:
        """Name of the folder of results."""
        return self.name

    def check(self, folder: ResultFolder) -> None:
        """Refuse a folder in which the results cannot go. Raises CxsimError."""

    @property
    @abstractmethod
    def question(self) -> Mapping[str, Any]:
        """All that is asked, as plain data: what differs in anything is another question."""

    def described(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the manifest tells as the scenario; ``asked`` is the question with the digest of what answers it."""
        return asked

    def differences(self, asked: Mapping[str, Any], there: Mapping[str, Any]) -> list[str] | None:
        """Say in words how results that are there, as described then, differ from what is asked; None: in general words."""
        return None

    @abstractmethod
    def conduct(self, runner: Runner) -> Findings[RowT]:
        """Answer the question. Raises :class:`FailedRunsError` when there is no answer."""

    def fill(self, folder: ResultFolder, force: bool, runner: Runner) -> bool:
        """Do what is missing in a folder that ``grows``; false when nothing was."""
        raise NotImplementedError

    def read(self, folder: ResultFolder) -> Findings[RowT]:
        """Read what a folder holds that ``grows``."""
        raise NotImplementedError

    def sentences(self, found: Findings[RowT]) -> list[str]:
        """Answer in a few sentences: those of the page that is stored, unless a study finds them otherwise."""
        return list(from_json(found.texts[PAGE]).answer)

    @abstractmethod
    def lines(self, found: Findings[RowT], width: int) -> Iterator[str]:
        """What a terminal of so many columns shows."""

    def charts(self, found: Findings[RowT]) -> Sequence[Chart]:
        """Draw all that was found, for files; pages show the same charts, so that a page that is stored has them."""
        return charts_in(found.texts[PAGE]) if PAGE in self.texts else []

    def failed(self, failure: Mapping[str, Any]) -> str:
        """Say which run failed, and why."""
        return str(failure["error"])
