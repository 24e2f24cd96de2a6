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
from cxsim.store import Manifest, ResultFolder
from cxsim.store.results import manifest_if_any
from cxsim.store.tables import Columns
from cxsim.studies.sweep.design import Design
from cxsim.studies.sweep.folder import read_design, status_of
from cxsim.studies.sweep.results import RUNS, batches_of
from cxsim.studies.sweep.summary import told_measures

METHODS = ("morris", "saltelli")


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


def check_measures(asked: Sequence[str], kept: Sequence[str]) -> None:
    """Refuse measures that a sweep does not keep."""
    for name in asked:
        if name not in kept:
            raise CxsimError(f"--measure: {no_such('measure', name, kept)}")


def read_responses(folder: ResultFolder, measures: Sequence[str] = ()) -> tuple[Design, Manifest, list[Response]]:
    """Read a finished sweep: each measure in each arm and, with two arms, of the second less the first on the same seeds.

    Without ``measures``, those of the sweep's summary. Raises CxsimError with what to do when the sweep is of another design,
    not finished, a part of one, or has failed runs, and when a measure is not there or unknown at some points.
    """
    manifest = manifest_if_any(folder)
    design = read_design(folder, manifest)
    check_method(design.method, folder.shown)
    manifest = _finished(folder, design, manifest)
    columns = next(batches_of(folder, manifest, RUNS))
    kept = [name for name in RUN_MEASURES if name in columns]
    check_measures(measures, kept)
    names = list(dict.fromkeys(measures)) or told_measures(design, kept)
    tables = collect(design, batches_of(folder, manifest, RUNS, ["point", "arm", "replicate", "plan", *names]), names)
    found = [response for name in names for response in responses(design, name, tables[name])]
    for response in found:
        _check_known(response)
    return design, manifest, found


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
        where = arms, batch["point"][mine], batch["replicate"][mine]
        for name in names:
            values = batch[name][mine].astype(np.float64)
            np.add.at(sums[name], where, np.nan_to_num(values))
            np.add.at(counts[name], where, ~np.isnan(values))
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


def _finished(folder: ResultFolder, design: Design, manifest: Manifest | None) -> Manifest:
    """Give back the manifest of a sweep of which every run is there."""
    part, parts = design.shard
    if parts > 1:
        raise CxsimError(f"{folder.shown} is part {part} of {parts} of a sweep; put the parts together first with: cxsim merge")
    if manifest is None:
        left = status_of(folder).left
        raise CxsimError(
            f"{folder.shown} is not finished: {left:,} of {plural(len(design.numbers), 'run')} are left, and every point "
            f"is needed; go on with: cxsim resume {folder.shown}"
        )
    if failed := len(manifest["failures"]):
        raise CxsimError(
            f"{folder.shown} has {plural(failed, 'failed run')}, and every point is needed; try them again with: "
            f"cxsim retry-failed {folder.shown}, or take out of the ranges what cannot be run"
        )
    return manifest


def _check_known(response: Response) -> None:
    unknown = int(np.isnan(response.values).all(axis=1).sum())
    if unknown:
        raise CxsimError(
            f"{response.measure} under {response.arm} is not known at {unknown:,} of {plural(len(response.values), 'point')}, "
            "where no firm has it, such as when all closed; give other measures, such as --measure value"
        )
