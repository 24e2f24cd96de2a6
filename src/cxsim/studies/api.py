"""Every study as a function: what the commands do, for whoever works in Python.

Nothing is kept on the disk unless ``out`` names a folder; results that are there are read back, as the commands do.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, TypedDict, Unpack

from cxsim.engine import EngineName
from cxsim.execution.runner import RETRIES
from cxsim.scenario import Scenario, load_scenario
from cxsim.store import ResultFolder, chosen_folder, existing_folder
from cxsim.studies.base import FailedRunsError, Study, Watch
from cxsim.studies.claims.study import POINTS, ClaimsStudy
from cxsim.studies.compare.study import CompareStudy
from cxsim.studies.perform import perform
from cxsim.studies.pivot.candidates import By
from cxsim.studies.pivot.search import MOST_RUNS, Query
from cxsim.studies.pivot.study import PivotStudy
from cxsim.studies.result import Result
from cxsim.studies.run.execute import Failure
from cxsim.studies.run.study import RunStudy
from cxsim.studies.sensitivity.study import SensitivityStudy
from cxsim.studies.service.study import ServiceStudy
from cxsim.studies.sweep.design import Design
from cxsim.studies.sweep.run import Execution
from cxsim.studies.sweep.study import SweepStudy

SHORT = ("seed", "replicates", "months")


class Keeping(TypedDict, total=False):
    """How a study is carried out.

    ``workers``: runs at a time, as many as there are processors unless given. ``out``: folder of the results; ``force``
    replaces what is in it, ``plots`` puts figures into it. ``watch`` is told how far it has come.
    """

    workers: int | None
    out: str | Path | None
    force: bool
    plots: bool
    watch: Watch | None


class Changes(TypedDict, total=False):
    """What is asked otherwise than in the file of a scenario: ``set`` has values by key, such as ``market.customers``."""

    set: Mapping[str, Any]
    seed: int
    replicates: int
    months: int


class Options(Changes, Keeping, total=False):
    """Changes of a scenario, and how its study is carried out."""


def run(scenario: Scenario | str | Path, *, engine: EngineName = "fast", **asked: Unpack[Options]) -> Result:
    """Run every arm of a scenario on the same seeds. Raises ScenarioError, and FailedRunsError when no run comes to its end."""
    call = _call("run", scenario, engine=engine, **asked)

    def again(failure: Failure) -> str:
        return _call("run", scenario, engine=engine, **(asked | {"replicates": failure.replicate + 1, "out": None}))

    return _performed(RunStudy(_loader(scenario, asked)([]), engine, call, again), asked)


def pivot(
    scenario: Scenario | str | Path,
    *,
    firm: str | None = None,
    arm: str | None = None,
    by: By = "month",
    step: int | None = None,
    precision: float | None = None,
    most: int = MOST_RUNS,
    maps: Sequence[str] = (),
    map_replicates: int | None = None,
    verbose: bool = False,
    **asked: Unpack[Options],
) -> Result:
    """Find the moment at which a firm should change to its second strategy: a month, a number of customers, or cash (cents).

    ``step``: months between candidates. With ``precision``, replicates are added, up to ``most``, until the interval is as
    narrow (months, customers, or dollars). ``maps`` are parameters to find the moment over, such as
    ``market.homogeneity=0:1:5``. Raises ScenarioError and FailedRunsError.
    """
    query = Query(firm, arm, by, step, precision, most)
    more = {"maps": tuple(maps), "map_replicates": map_replicates, "verbose": verbose}
    call = _call("pivot", scenario, **query._asdict(), **more, **asked)
    return _performed(PivotStudy(_loader(scenario, asked), query, maps, map_replicates, verbose, call), asked)


def service(
    scenario: Scenario | str | Path,
    *,
    firm: str | None = None,
    arm: str | None = None,
    horizons: Sequence[int] = (),
    brief: bool = False,
    **asked: Unpack[Options],
) -> Result:
    """Audit what a firm spends on service; ``horizons`` are months. Raises ScenarioError, CxsimError and FailedRunsError."""
    call = _call("service", scenario, firm=firm, arm=arm, horizons=horizons, brief=brief, **asked)
    months = ",".join(map(str, horizons)) or None
    return _performed(ServiceStudy(_loader(scenario, asked)([]), firm, arm, months, brief, call), asked)


def claims(
    *ids: str, replicates: int | None = None, points: int = POINTS, knockouts: bool = False, **asked: Unpack[Keeping]
) -> Result:
    """Test the claims with these ids, or all; ``points`` are those of the sample of parameters. Raises UnknownIdError.

    ``knockouts`` switches off each mechanism in turn instead.
    """
    call = _call("claims", *ids, replicates=replicates, points=points, knockouts=knockouts, **asked)
    return _performed(ClaimsStudy(ids, replicates, 0 if knockouts else points, knockouts, call), asked)


def compare(*results: Result | str | Path, firm: str | None = None, **asked: Unpack[Keeping]) -> Result:
    """Hold results of ``run``, or their folders, against the first. Raises StoreError when they cannot be compared."""
    call = _call("compare", *(one.folder if isinstance(one, Result) else one for one in results), firm=firm, **asked)
    with ExitStack() as stack:
        places = [_place_of(one, number, stack) for number, one in enumerate(results, 1)]
        return _performed(CompareStudy(places, firm, call), asked)


def sweep(
    design: Design | str | Path,
    *,
    set: Mapping[str, Any] = MappingProxyType({}),
    retries: int = RETRIES,
    cluster: str | None = None,
    **asked: Unpack[Keeping],
) -> Result:
    """Run a scenario at every point of a design, or of a sweep file. Raises ScenarioError, StoreError and FailedRunsError.

    What is finished in the folder ``out`` is not run again, and ``cxsim resume`` goes on there. ``cluster`` is the address of
    a Dask scheduler.
    """
    call = _call("sweep", design, set=dict(set), **asked)
    if not isinstance(design, Design):
        design = Design.read(design, _settings(set))
    elif set:
        raise TypeError("a design that is made cannot be changed: give the path of a sweep file")
    found = _performed(SweepStudy(replace(design, command=call), Execution(None, retries, cluster)), asked)
    if not found.findings.rows:
        raise FailedRunsError("No run came to its end, so there is nothing to tell.", found.findings.failures)
    return found


def sensitivity(swept: Result | Path | str, *, measures: Sequence[str] = (), **asked: Unpack[Keeping]) -> Result:
    """Tell which factors of a sweep matter that is kept in a folder. Raises CxsimError when it cannot be analysed."""
    source = swept.folder if isinstance(swept, Result) else swept
    if source is None:
        raise TypeError("a sweep is analysed from its folder: make it with out=")
    call = _call("sensitivity", source, measures=measures, **asked)
    return _performed(SensitivityStudy(existing_folder(str(source)), measures, call), asked)


def _performed(study: Study[Any], asked: Mapping[str, Any]) -> Result:
    place = None if asked.get("out") is None else chosen_folder(str(asked["out"]))
    how = {name: asked[name] for name in ("force", "workers", "plots", "watch") if name in asked}
    return perform(study, place, **how)


def _loader(scenario: Scenario | str | Path, asked: Mapping[str, Any]) -> Callable[[Sequence[str]], Scenario]:
    """Load a scenario with what is asked otherwise; further settings win."""
    settings = _settings({**asked.get("set", {}), **{name: asked[name] for name in SHORT if name in asked}})

    def load(more: Sequence[str]) -> Scenario:
        if not isinstance(scenario, Scenario):
            return load_scenario(scenario, [*settings, *more])
        if settings or more:
            raise TypeError("a scenario that is loaded cannot be changed: give the path of its file")
        return scenario

    return load


def _settings(changes: Mapping[str, Any]) -> list[str]:
    return [f"{key}={json.dumps(value)}" for key, value in changes.items()]


def _place_of(result: Result | str | Path, number: int, stack: ExitStack) -> ResultFolder:
    """Folder of results; those in memory alone are written for the while of a comparison."""
    if not isinstance(result, Result):
        return existing_folder(str(result))
    if result.folder is not None:
        return existing_folder(str(result.folder))
    return result.written(Path(stack.enter_context(TemporaryDirectory())) / f"{result.study.name}_{number}")


def _call(name: str, *things: object, **given: Any) -> str:
    """Write the call that makes the same results again; what is left out, and who does the work, does not count."""
    words = [repr(str(thing) if isinstance(thing, Path) else getattr(thing, "name", thing)) for thing in things]
    told = {key: value for key, value in given.items() if key not in ("workers", "force", "watch") and value}
    return f"cxsim.{name}({', '.join([*words, *(f'{key}={value!r}' for key, value in told.items())])})"
