"""Which runs of a sweep are equal: arms whose differences a point sets away, and points that are there twice.

Equal runs are done once, and stand under each of their names.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cxsim.errors import ScenarioError
from cxsim.narrative.sentences import few, listed, plural
from cxsim.studies.sweep.check import scenario_at, spread_over
from cxsim.studies.sweep.design import Design, deciding

EVERY = 2_000  # points of a design of which each is looked at; of a larger one LOOKED_AT are first
LOOKED_AT = 500  # arms that are alike at none of these are taken for different at all points
MOST = 200_000  # arms at points; equal runs of a larger design are not looked for, since that takes minutes
NAMED = 6  # points in a sentence
Cells: TypeAlias = NDArray[np.int64]  # one for each arm at each point: shape (points, arms)


class _Known:
    """A design in a cache: what decides its runs tells it from others."""

    def __init__(self, design: Design) -> None:
        self.design = design

    def __hash__(self) -> int:
        return hash(self.design.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and self.design.digest == other.design.digest


def first_equal(design: Design) -> Cells | None:
    """Number, for each arm at each point, of the first one whose runs are the same; they are numbered point by point.

    None where all are different, or too many to be compared.
    """
    return _first_equal(_Known(design))


@lru_cache(maxsize=2)
def _first_equal(known: _Known) -> Cells | None:
    design = known.design
    built = _may_be_alike(design) or any(key.startswith("arms.") for key in design.points.keys)
    may_be_twice = design.points.spec.method != "grid"  # whose factors have each value once
    if design.points.size * len(design.arms) > MOST or not (built or may_be_twice):
        return None
    contents = b"".join(_contents(design, built))
    _, first, where = np.unique(np.frombuffer(contents, "S16"), return_index=True, return_inverse=True)
    found: Cells = first[where].astype(np.int64).reshape(len(design.points), len(design.arms))
    return found if len(first) < found.size else None


def _may_be_alike(design: Design) -> bool:
    """Whether some arms are alike somewhere, as far as can be told from a part of the points of a large design."""
    size = design.points.size
    looked = range(size) if size <= EVERY else spread_over(design.points, LOOKED_AT)
    return len(design.arms) > 1 and any(len(set(_texts(design, number))) < len(design.arms) for number in looked)


def _contents(design: Design, built: bool) -> Iterator[bytes]:
    """Digest of all that decides the runs of each arm at each point; without building them where arms are not alike."""
    for number in range(len(design.points)):
        values = "" if built else str(list(design.points[number].values()))
        texts = _texts(design, number) if built else [f"{values} {arm}" for arm in design.arms]
        yield from (hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts)


def _texts(design: Design, number: int) -> list[str]:
    """Write all that decides the runs of each arm at a point; what cannot be built is equal to nothing."""
    try:
        scenario = scenario_at(design, design.points[number], number)
    except ScenarioError:
        return [f"{number} {arm}" for arm in design.arms]
    return [json.dumps([scenario.focal, *deciding(scenario, arm)]) for arm in design.arms]


def different(design: Design) -> int:
    """Count the runs of a design, or of its part, that have to be done."""
    first = first_equal(design)
    if first is None:
        return len(design.numbers)
    return len({design.equal_to(number, first.ravel()) for number in design.numbers})


def words(design: Design) -> list[str]:
    """Say which arms are alike at which points, which points are there twice, and how many runs are done once for several."""
    first = first_equal(design)
    if first is None:
        return []
    told = [
        f"{_names(arms)} are alike at {_points(points, len(first))}: no value is left in which they differ"
        for arms, points in _groups(design, first).items()
    ]
    if twice := list(_twice(first)):
        same = few([f"{point:,} is {other:,}" for point, other in twice], NAMED)
        told.append(f"{plural(len(twice), 'point')} of {len(first):,} repeat{'s' if len(twice) == 1 else ''} another: {same}")
    points = len(np.unique(first, axis=0))
    still = [arm for arm, column in zip(design.arms, first.T, strict=True) if len(np.unique(column)) < points]
    if still:
        told.append(f"not every point changes {_names(still)}: some factors are those of other arms")
    repeats = (first.size - len(np.unique(first))) * design.replicates
    told.append(f"{repeats:,} of {plural(design.total, 'run')} repeat another; each is done once, for all its names")
    return told


def _names(arms: Sequence[str]) -> str:
    return f"the arm{'s' if len(arms) > 1 else ''} {listed(list(arms))}"


def _points(points: Sequence[int], total: int) -> str:
    if len(points) == total:
        return "every point" if total > 1 else "the point"
    return ("points " if len(points) > 1 else "point ") + few([f"{point:,}" for point in points], NAMED)


def _groups(design: Design, first: Cells) -> dict[tuple[str, ...], list[int]]:
    """Arms that are alike, with the points at which they are."""
    leads = (first[:, :, None] == first[:, None, :]).argmax(axis=2)  # of each arm, the first one that is like it
    found: dict[tuple[str, ...], list[int]] = {}
    patterns, which = np.unique(leads, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        points = np.flatnonzero(which.ravel() == number).tolist()
        for lead in np.unique(pattern):
            arms = tuple(arm for arm, mine in zip(design.arms, pattern == lead, strict=True) if mine)
            if len(arms) > 1:
                found.setdefault(arms, []).extend(points)
    return dict(sorted(((arms, sorted(points)) for arms, points in found.items()), key=lambda one: one[1][0]))


def _twice(first: Cells) -> Iterator[tuple[int, int]]:
    """Points at which every arm is what it was at an earlier one, with that."""
    _, at, which = np.unique(first, axis=0, return_index=True, return_inverse=True)
    earlier = at[which.ravel()]
    yield from ((int(point), int(earlier[point])) for point in np.flatnonzero(earlier != np.arange(len(first))))
