"""What an analysis of sensitivity reads of a sweep: every outcome by point and replicate, arm by arm."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cxsim.errors import CxsimError
from cxsim.measures.registry import RUN_MEASURES
from cxsim.narrative.sentences import plural
from cxsim.scenario.messages import no_such
from cxsim.statistics.intervals import Floats
from cxsim.store import ResultFolder, read_manifest
from cxsim.store.tables import Columns
from cxsim.studies.sweep.design import Design
from cxsim.studies.sweep.folder import SweepQuery, read_query, status_of
from cxsim.studies.sweep.results import RUNS, batches_of
from cxsim.studies.sweep.summary import told_measures

METHODS = ("morris", "saltelli")


class Sample(NamedTuple):
    """The points that a sweep has run: ``unit`` has shape (points, factors), with shares of each range from 0 to 1."""

    method: str
    keys: tuple[str, ...]
    unit: Floats
    levels: int
    second_order: bool

    @property
    def block(self) -> int:
        """Points that belong together: a trajectory, or those that stand for one point of the sample."""
        factors = len(self.keys)
        return factors + 1 if self.method == "morris" else (2 if self.second_order else 1) * factors + 2

    @property
    def blocks(self) -> int:
        """How many such groups there are."""
        return len(self.unit) // self.block


class Response(NamedTuple):
    """A measure in one arm, or of ``arm`` less ``versus``; ``values`` has shape (points, replicates), NaN where not known."""

    measure: str
    arm: str
    versus: str
    values: Floats


def check_method(method: str, where: str) -> None:
    """Refuse a design of which no indices can be computed; ``where`` names the sweep."""
    if method not in METHODS:
        raise CxsimError(
            f"{where} has method = '{method}', from which sensitivity cannot be computed; allowed under [design]: "
            "method = 'morris' (few runs: which factors matter) or 'saltelli' (many runs: shares of the variance)"
        )


def read_responses(place: ResultFolder, measures: Sequence[str] = ()) -> tuple[SweepQuery, list[Response]]:
    """Read a finished sweep: each measure in each arm and, with two arms, of the second less the first on the same seeds.

    Without ``measures``, those of the sweep's summary. Raises CxsimError with what to do when the sweep is of another design,
    not finished, a part of one, or has failed runs, and when a measure is not there or unknown at some points.
    """
    asked = read_query(place)
    check_method(asked.design.method, place.shown)
    _check_finished(place, asked)
    manifest = read_manifest(place)
    kept = list(next(batches_of(place, manifest, RUNS)))
    names = _names(asked.design, [name for name in RUN_MEASURES if name in kept], measures)
    columns = ["point", "arm", "replicate", "plan", *names]
    tables = collect(asked.design, batches_of(place, manifest, RUNS, columns), names)
    found = [response for name in names for response in responses(asked.design, name, tables[name])]
    for response in found:
        _check_known(response)
    return asked, found


def sample_of(design: Design) -> Sample:
    """Return the points of a sampled design."""
    points = design.points
    assert points.unit is not None
    return Sample(design.method, points.keys, points.unit, design.levels, design.second_order)


def collect(design: Design, batches: Iterable[Columns], names: Sequence[str]) -> dict[str, Floats]:
    """Put measures of the focal firm into arrays of shape (arms, points, replicates), NaN where nothing is known.

    When a plan stands for several firms, the mean over them.
    """
    shape = (len(design.arms), len(design.points), design.replicates)
    sums = {name: np.zeros(shape) for name in names}
    counts = {name: np.zeros(shape) for name in names}
    for batch in batches:
        mine = _focal(design, batch)
        arms = np.array([design.arms.index(arm) for arm in batch["arm"][mine]], dtype=np.int64)
        spots = arms, batch["point"][mine], batch["replicate"][mine]
        for name in names:
            values = batch[name][mine].astype(np.float64)
            np.add.at(sums[name], spots, np.nan_to_num(values))
            np.add.at(counts[name], spots, ~np.isnan(values))
    return {name: np.where(counts[name] > 0, sums[name] / np.maximum(counts[name], 1), np.nan) for name in names}


def responses(design: Design, measure: str, table: Floats) -> list[Response]:
    """List what is analysed of a measure; ``table`` has shape (arms, points, replicates)."""
    found = [Response(measure, arm, "", values) for arm, values in zip(design.arms, table, strict=True)]
    if len(design.arms) == 2:
        found.append(Response(measure, design.arms[1], design.arms[0], table[1] - table[0]))
    return found


def _focal(design: Design, batch: Columns) -> NDArray[np.bool_]:
    if design.firms == "focal":
        return np.ones(len(batch["point"]), dtype=bool)
    scenario = design.scenario(0, design.arms[0])
    mine: NDArray[np.bool_] = batch["plan"] == scenario.arms[0].case.firms[scenario.focal].name
    return mine


def _names(design: Design, kept: Sequence[str], asked: Sequence[str]) -> list[str]:
    for name in asked:
        if name not in kept:
            raise CxsimError(f"--measure: {no_such('measure', name, kept)}")
    return list(dict.fromkeys(asked)) or told_measures(design, kept)


def _check_finished(place: ResultFolder, asked: SweepQuery) -> None:
    if asked.design.shard[1] > 1:
        part, parts = asked.design.shard
        raise CxsimError(f"{place.shown} is part {part} of {parts} of a sweep; put the parts together first with: cxsim merge")
    status = status_of(place)
    if not status.finished:
        raise CxsimError(
            f"{place.shown} is not finished: {status.left:,} of {plural(status.total, 'run')} are left, and every point "
            f"is needed; go on with: cxsim resume {place.shown}"
        )
    if failed := len(read_manifest(place)["failures"]):
        raise CxsimError(
            f"{place.shown} has {plural(failed, 'failed run')}, and every point is needed; try them again with: "
            f"cxsim retry-failed {place.shown}, or take out of the ranges what cannot be run"
        )


def _check_known(response: Response) -> None:
    unknown = int(np.isnan(response.values).all(axis=1).sum())
    if unknown:
        raise CxsimError(
            f"{response.measure} under {response.arm} is not known at {unknown:,} of {plural(len(response.values), 'point')}, "
            "where no firm has it, such as when all closed; give other measures, such as --measure value"
        )
