"""Why spend on service is low: four mechanisms switched off in turn, in every order.

Two are rational: pooled queues (M9) and leavers who return (M17) lower the *best* spend. Two are faults: a short horizon (M16)
and a drifting goal (M15) lower what the firm *spends* below it. With b the best spend and o that of the firm's own rule, in a
world with the rational mechanisms R and the faults F on, what lowers spend adds up to

    low(R, F) = b(none) - b(R) + o(R, none) - o(R, F)

and what is left of the gap, b - o(R, none), is the rule itself, however far it sees. The part of a mechanism is its mean over
the orders in which the rational ones come first, so that they add up to b(none) - b, and the faults with the rule to the gap of
the firm as it is. The least and most are taken over all orders (Shapley 1953).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations, product
from typing import NamedTuple, TypeAlias

import numpy as np

from cxsim.statistics.figures import Figure
from cxsim.statistics.intervals import Estimate, Floats
from cxsim.statistics.resampling import Resamples
from cxsim.studies.service.cases import FAULTS, MECHANISMS, RATIONAL, Subject
from cxsim.studies.service.curve import FULL, Curve
from cxsim.studies.service.runs import Runs

On: TypeAlias = frozenset[str]
ALL = (*RATIONAL, *FAULTS)
RULE = "the rule itself"
EVERY_RATIONAL, NONE = frozenset(RATIONAL), frozenset[str]()


class Worlds(NamedTuple):
    """Best spend and spend of the own rule, by the mechanisms that are on; a row for each draw of seeds."""

    best: Mapping[On, Floats]  # by the rational ones
    own: Mapping[On, Floats]  # by all that are on


class Part(NamedTuple):
    """What one mechanism takes off the spend: its part with an interval, and least and most over all orders."""

    size: Estimate
    least: float
    most: float


class Split(NamedTuple):
    """The parts, between the best spend with neither pooling nor returning leavers and that with both."""

    parts: dict[str, Part]
    without: Estimate
    best: Estimate


def subsets(names: Sequence[str]) -> Iterable[On]:
    """All combinations of some names."""
    for chosen in product((True, False), repeat=len(names)):
        yield frozenset(name for name, on in zip(names, chosen, strict=True) if on)


def worlds(runs: Runs, subject: Subject) -> Worlds:
    """Search for the best spend with each combination of mechanisms on, and run the firm's own rule in it."""
    curves = {rational: Curve(runs, subject.without(EVERY_RATIONAL - rational)) for rational in subsets(RATIONAL)}
    own = {rational | faults: spend for rational, curve in curves.items() for faults, spend in _own_spends(curve).items()}
    return Worlds({rational: curve.tops[FULL].share for rational, curve in curves.items()}, own)


def as_it_is(found: Curve) -> Worlds:
    """Return the worlds in which every rational mechanism is on, as the firm has it."""
    own = {EVERY_RATIONAL | faults: spend for faults, spend in _own_spends(found).items()}
    return Worlds(dict.fromkeys((EVERY_RATIONAL, NONE), found.tops[FULL].share), own)


def _own_spends(found: Curve) -> dict[On, Floats]:
    """Spend of the own rule in the world of a curve, by the faults that are on."""
    return {faults: found.equal_share(found.subject.without(frozenset(FAULTS) - faults)) for faults in subsets(FAULTS)}


def low(found: Worlds, on: On) -> Floats:
    """What mechanisms take off the spend together."""
    rational = on & EVERY_RATIONAL
    return found.best[NONE] - found.best[rational] + found.own[rational] - found.own[on]


def steps(found: Worlds, names: Sequence[str], before: On = NONE) -> dict[str, list[Floats]]:
    """What each mechanism takes off when it is switched on, for each order of the names, some others being on before."""
    taken: dict[str, list[Floats]] = {name: [] for name in names}
    for order in permutations(names):
        on = before
        for name in order:
            taken[name].append(low(found, on | {name}) - low(found, on))
            on = on | {name}
    return taken


def split(found: Worlds, draws: Resamples, today: Worlds, all_draws: Resamples) -> Split:
    """Divide low spend. ``today`` has every rational mechanism on, over more seeds: the part of faults is taken there."""
    every = {name: [float(step[0]) for step in taken] for name, taken in steps(found, ALL).items()}
    sizes = {name: draws.interval(np.mean(taken, axis=0)) for name, taken in steps(found, RATIONAL).items()}
    faults = steps(today, FAULTS, EVERY_RATIONAL)
    sizes |= {name: all_draws.interval(np.mean(taken, axis=0)) for name, taken in faults.items()}
    parts = {name: Part(size, min(every[name]), max(every[name])) for name, size in sizes.items()}
    rule = all_draws.interval(today.best[EVERY_RATIONAL] - today.own[EVERY_RATIONAL])
    parts[RULE] = Part(rule, rule.mean, rule.mean)
    return Split(parts, draws.interval(found.best[NONE]), draws.interval(found.best[EVERY_RATIONAL]))


def label(name: str) -> str:
    """Name of a part with the number of its mechanism."""
    return f"{name} ({MECHANISMS[name]})" if name in MECHANISMS else name


def rows(found: Split) -> list[Figure]:
    """Figures of the split, in shares of the budget; the text says what kind a part is and how it changes with the order."""
    lines = [Figure("split", "best without pooling and returning leavers", "share", found.without)]
    for name, part in found.parts.items():
        kind, orders = "rational" if name in RATIONAL else "under-investment", f"{part.least:.6g} to {part.most:.6g}"
        lines.append(Figure("split", label(name), "share", part.size, f"{orders} over all orders; {kind}"))
    return [*lines, Figure("split", "best spend on the same seeds", "share", found.best)]
