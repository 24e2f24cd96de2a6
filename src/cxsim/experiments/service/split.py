"""Why spend on service is low: four mechanisms switched off in turn, in every order.

Two are rational: pooled queues (M9) and leavers who return (M17) lower the *best* spend. Two are faults: a short horizon (M16)
and a drifting goal (M15) lower what the firm *spends* below it. With b the best spend and o that of the firm's own rule, in a
world with the rational mechanisms R and the faults F on, what lowers spend adds up to

    low(R, F) = b(none) - b(R) + o(R, none) - o(R, F)

and what is left of the gap, b - o(R, none), is the rule itself, however far it sees. The mean part of a mechanism is taken
over the orders in which the rational ones come first, so that they add up to b(none) - b and the faults, with the rule, to the
gap of the firm as it is. The least and most are taken over all orders (Shapley 1953).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations, product
from typing import NamedTuple, TypeAlias

import numpy as np

from cxsim.experiments.measures import Floats
from cxsim.experiments.service.cases import FAULTS, MECHANISMS, RATIONAL, Subject
from cxsim.experiments.service.curve import FULL, best, equal_share, sweep
from cxsim.experiments.service.resample import Resamples
from cxsim.experiments.service.result import Chart, Panel, Row, Series, row
from cxsim.experiments.service.runs import Runner

On: TypeAlias = frozenset[str]
ALL = (*RATIONAL, *FAULTS)
RULE = "the rule itself"


class Worlds(NamedTuple):
    """Best spend and spend of the own rule, by the mechanisms that are on; a row for each draw of seeds."""

    best: Mapping[On, Floats]  # by the rational ones
    own: Mapping[On, Floats]  # by all four


class Part(NamedTuple):
    """What one mechanism takes off the spend: mean, and least and most over all orders; rows are draws of seeds."""

    mean: Floats
    least: float
    most: float


def subsets(names: Sequence[str]) -> Iterable[On]:
    """All combinations of some names."""
    for chosen in product((True, False), repeat=len(names)):
        yield frozenset(name for name, on in zip(names, chosen, strict=True) if on)


def worlds(runner: Runner, subject: Subject, seeds: Sequence[int], draws: Resamples) -> Worlds:
    """Search for the best spend with each combination of mechanisms on, and run the firm's own rule in it."""
    tops: dict[On, Floats] = {}
    own: dict[On, Floats] = {}
    for rational in subsets(RATIONAL):
        world = subject.without(frozenset(RATIONAL) - rational)
        found = sweep(runner, world, seeds, [FULL])
        tops[rational] = best(found.shares, draws.means(found.values(FULL))).share
        for faults in subsets(FAULTS):
            (tracks,) = runner.table([world.without(frozenset(FAULTS) - faults)], seeds)
            own[rational | faults] = equal_share(found, tracks, draws)
    return Worlds(tops, own)


def low(found: Worlds, on: On) -> Floats:
    """What mechanisms take off the spend together."""
    rational = on & frozenset(RATIONAL)
    return found.best[frozenset()] - found.best[rational] + found.own[rational] - found.own[on]


def parts(found: Worlds) -> dict[str, Part]:
    """Part of each mechanism, and of the rule itself."""
    steps: dict[str, list[Floats]] = {name: [] for name in ALL}
    rational_first: dict[str, list[Floats]] = {name: [] for name in ALL}
    for order in permutations(ALL):
        for place, name in enumerate(order):
            step = low(found, frozenset(order[: place + 1])) - low(found, frozenset(order[:place]))
            steps[name].append(step)
            if set(order[: len(RATIONAL)]) == set(RATIONAL):
                rational_first[name].append(step)
    made = {}
    for name in ALL:
        values = [float(step[0]) for step in steps[name]]
        made[name] = Part(np.mean(rational_first[name], axis=0), min(values), max(values))
    rule = found.best[frozenset(RATIONAL)] - found.own[frozenset(RATIONAL)]
    return made | {RULE: Part(rule, float(rule[0]), float(rule[0]))}


def label(name: str) -> str:
    """Name of a part with the number of its mechanism."""
    return f"{name} ({MECHANISMS[name]})" if name in MECHANISMS else name


def kind(name: str) -> str:
    """Say whether a part is rational."""
    return "rational" if name in RATIONAL else "under-investment"


def rows(found: Worlds, draws: Resamples) -> list[Row]:
    """Figures of the split, in shares of the budget; the text says what kind a part is and how it changes with the order."""
    lines = [row("split", "best without pooling and returning leavers", "share", draws.interval(found.best[frozenset()]))]
    for name, part in parts(found).items():
        text = f"{kind(name)}; {part.least:.6g} to {part.most:.6g}"
        lines.append(row("split", label(name), "share", draws.interval(part.mean), text))
    return [
        *lines,
        row("split", "best spend", "share", draws.interval(found.best[frozenset(RATIONAL)])),
        row("split", "own spend", "share", draws.interval(found.own[frozenset(ALL)])),
    ]


def chart(found: Worlds, draws: Resamples) -> Chart:
    """Draw what each mechanism takes off the spend, with its interval, and the range over orders."""
    made = parts(found)
    names = [label(name) for name in made]
    sure = [draws.interval(part.mean) for part in made.values()]
    mean, lows, highs = (np.array([getattr(one, side) for one in sure]) for side in ("mean", "low", "high"))
    least, most = (np.array([getattr(part, side) for part in made.values()]) for side in ("least", "most"))
    return Chart(
        "split",
        "What lowers spend on service",
        f"share of the budget that each takes off, {draws.seeds} seeds; line below: least and most over all orders of "
        "switching off. Pooled queues and returning leavers lower the best spend, the others that of the firm below it",
        "bars",
        [
            Panel(
                "", "share of the budget taken off", "", "share", "name",
                [Series("part", names, mean, lows, highs), Series("over all orders", names, mean, least, most)],
            )
        ],
    )  # fmt: skip
