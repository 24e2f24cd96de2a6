"""A space-filling sample of all uncertain parameters: how often a claim holds in it, and what decides that.

The sample is a design as sweeps have it: a Latin hypercube (McKay, Beckman and Conover 1979) over the likely range of every
parameter that has one. What an experiment sets itself is part of its question and stays as it is; so does the size of its
market.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from cxsim.model.case import Case
from cxsim.model.params import Params, Start, specs
from cxsim.scenario.factors import Factor
from cxsim.scenario.points import Points
from cxsim.statistics.designs import DesignSpec, latin_hypercube
from cxsim.statistics.intervals import NOTHING_KNOWN, Estimate, Floats, share_interval
from cxsim.statistics.ranks import largest_by_chance, rank_correlation
from cxsim.studies.claims.claim import Claim
from cxsim.studies.claims.result import SIDES, ClaimRow
from cxsim.studies.claims.units import PLAIN, SHARE

SAMPLE_SEED = 2024
NEVER_SAMPLED = ("market.customers", "entry.rate")
FEWEST = 8  # points below which nothing is said of parameters
DEFAULTS: dict[str, Any] = {**Params()._asdict(), "start": Start()}  # those of the start are the focal firm's


class LikelyRange(Factor):
    """An uncertain parameter over the range that it is likely in; whole numbers are rounded, where sweeps give equal slices."""

    def value(self, share: float) -> Any:
        """Value at a share of the range, from 0 to 1."""
        value = self.low + share * (self.high - self.low)
        return round(value) if self.kind == "whole" else value


def factors() -> list[LikelyRange]:
    """Return every parameter with a likely range, in order of definition."""
    return [
        LikelyRange(f"{group}.{name}", "whole" if kind is int else "number", (), *spec.likely, "linear")
        for group, values in DEFAULTS.items()
        for name, (kind, spec) in specs(type(values)).items()
        if spec.likely and f"{group}.{name}" not in NEVER_SAMPLED
    ]


def sample(arms: Collection[tuple[Case, int]], points: int) -> Points:
    """Points of the sample, over every factor that an experiment, of these cases and focal firms, leaves at its default.

    Each factor has its dimension of the cube, whether it is left free or not.
    """
    every = factors()
    free = [_is_free(factor, arms) for factor in every]
    cube = latin_hypercube(points, len(every), SAMPLE_SEED)
    spec = DesignSpec("latin_hypercube", points, seed=SAMPLE_SEED)
    return Points(spec, [factor for factor, able in zip(every, free, strict=True) if able], cube[:, free])


def _is_free(factor: Factor, arms: Collection[tuple[Case, int]]) -> bool:
    group, name = factor.key.split(".")
    groups = (case.firms[focal].start if group == "start" else getattr(case.params, group) for case, focal in arms)
    return all(getattr(found, name) == getattr(DEFAULTS[group], name) for found in groups)


def sample_rows(claim: Claim, points: Points, effects: Floats, winners: Sequence[str]) -> Iterator[ClaimRow]:
    """Sum up the effects found at the points of a sample, and the arms that had the highest mean there."""
    row, asked, known = partial(ClaimRow, claim.id), claim.hypothesis, ~np.isnan(effects)
    some = effects[known] * asked.sign
    for kind, side in zip(SIDES, (some > asked.band, np.abs(some) <= asked.band, some < -asked.band), strict=True):
        share = share_interval(int(side.sum()), len(some))
        yield row(kind, "points of the sample", SHARE, share, f"{len(some)} of {len(effects)} points")
    if len(some) >= FEWEST:
        found = [rank_correlation(column, some) for column in points.unit[known].T]
        most = int(np.argmax(np.abs(found)))
        estimate = Estimate(found[most] * asked.sign, math.nan, math.nan, len(some))
        sure = abs(found[most]) > largest_by_chance(len(some), len(found))
        yield row("parameter", points.keys[most], PLAIN, estimate, "stands out" if sure else "")
    if winners:
        told = "; ".join(f"{name}: {times} of {len(winners)}" for name, times in Counter(winners).most_common(4))
        yield row("winners", "highest mean in the sample", "", NOTHING_KNOWN, told)
