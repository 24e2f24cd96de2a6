"""A space-filling sample of all uncertain parameters: how often a claim holds in it, and what decides that.

The sample is a Latin hypercube (McKay, Beckman and Conover 1979) over the likely range of every parameter that has one. What
an experiment sets itself is part of its question and stays as it is; so does the size of its market.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from cxsim.model.case import Case
from cxsim.model.params import Params, Start, specs
from cxsim.statistics.designs import latin_hypercube
from cxsim.statistics.intervals import Estimate, Floats, share_interval
from cxsim.statistics.ranks import largest_by_chance, rank_correlation
from cxsim.studies.claims.claim import Hypothesis
from cxsim.studies.claims.execute import Change, Experiment

SAMPLE_SEED = 2024
NEVER_SAMPLED = (("market", "customers"), ("entry", "rate"))
FEWEST = 8  # points below which nothing is said of parameters


class Factor(NamedTuple):
    """One uncertain parameter: where it is, its default, and the range that it is likely in."""

    group: str
    name: str
    kind: type
    default: Any
    low: float
    high: float

    @property
    def label(self) -> str:
        """Name as in a scenario file."""
        return f"{self.group}.{self.name}"


class Sampled(NamedTuple):
    """What the sample says of a claim: how many points it has, and how the effect is at those that could be measured.

    ``claimed``, ``none`` and ``opposite`` are the shares of them at which it has the claimed sign, lies within the band, and
    has the other sign.
    """

    points: int
    claimed: Estimate
    none: Estimate
    opposite: Estimate
    parameter: str
    correlation: float
    stands_out: bool
    winners: str


def factors() -> list[Factor]:
    """Return every parameter with a likely range, in order of definition; those of the start are the focal firm's."""
    groups: dict[str, Any] = {**Params()._asdict(), "start": Start()}
    found = []
    for group, values in groups.items():
        kind: type = type(values)
        for name, (of, spec) in specs(kind).items():
            if spec.likely and (group, name) not in NEVER_SAMPLED:
                found.append(Factor(group, name, of, getattr(values, name), *spec.likely))
    return found


def cube(points: int) -> Floats:
    """Points of the sample in the unit cube, one dimension for each factor."""
    return latin_hypercube(points, len(factors()), SAMPLE_SEED) if points else np.zeros((0, len(factors())))


def free(base: Experiment) -> list[bool]:
    """Tell for each factor whether the experiment leaves it at its default in every arm."""

    def value(case: Case, focal: int, factor: Factor) -> Any:
        group = case.firms[focal].start if factor.group == "start" else getattr(case.params, factor.group)
        return getattr(group, factor.name)

    return [all(value(*arm, factor) == factor.default for arm in base.arms.values()) for factor in factors()]


def placed(point: Floats, allowed: list[bool]) -> Change:
    """Change that puts every free parameter where a point of the unit cube says."""
    values: dict[str, dict[str, Any]] = {}
    for factor, share, able in zip(factors(), point, allowed, strict=True):
        if able:
            value = factor.low + float(share) * (factor.high - factor.low)
            values.setdefault(factor.group, {})[factor.name] = round(value) if factor.kind is int else value

    def change(case: Case, focal: int) -> Case:
        plan = case.firms[focal]
        groups = {name: getattr(case.params, name)._replace(**new) for name, new in values.items() if name != "start"}
        started = case.with_firm(focal, plan._replace(start=plan.start._replace(**values.get("start", {}))))
        return started._replace(params=case.params._replace(**groups))

    return change


def judge_sample(points: Floats, allowed: list[bool], effects: Floats, asked: Hypothesis, winners: list[str]) -> Sampled:
    """Sum up the effects found at the points of the sample."""
    known = ~np.isnan(effects)
    some, cube = effects[known] * asked.sign, points[known][:, allowed]
    n = len(some)
    names = [factor.label for factor, able in zip(factors(), allowed, strict=True) if able]
    sides = (some > asked.band, np.abs(some) <= asked.band, some < -asked.band)
    claimed, none, opposite = (share_interval(int(side.sum()), n) for side in sides)
    if n < FEWEST:
        return Sampled(len(effects), claimed, none, opposite, "", math.nan, False, _shares(winners))
    found = [rank_correlation(cube[:, column], some) for column in range(len(names))]
    most = int(np.argmax(np.abs(found)))
    sure = abs(found[most]) > largest_by_chance(n, len(names))
    return Sampled(len(effects), claimed, none, opposite, names[most], found[most] * asked.sign, sure, _shares(winners))


def _shares(winners: list[str]) -> str:
    """How often each option was best, most often first."""
    counts = {name: winners.count(name) for name in dict.fromkeys(winners)}
    ordered = sorted(counts, key=lambda name: -counts[name])
    return "; ".join(f"{name}: {counts[name]} of {len(winners)}" for name in ordered[:4])
