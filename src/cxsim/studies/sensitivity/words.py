"""An analysis of sensitivity in words: an answer in a few sentences, and tables for a terminal."""

import math
from collections.abc import Iterator, Sequence

from cxsim.narrative.formatting import in_a_cell, percent, short_names, style_of
from cxsim.narrative.sentences import few, listed, plural
from cxsim.narrative.tables import grid, split_grid
from cxsim.studies.sensitivity.rows import LEAVE, MATTERS, NOISE, SPREAD, UNSURE, Group, IndexRow, groups

MOST_NAMED = 4
MOST_LINES = 10
A_LITTLE, TOO_MUCH = 0.1, 0.5  # shares of the variance that luck may have before the answer warns, and before it gives up
INDICES = {"mu_star": "mu*", "mu": "mu", "sigma": "sigma", "total": "total", "first": "first"}
MARKS = {MATTERS: "matters", LEAVE: "leave alone", NOISE: "lost in luck", UNSURE: "unsure"}
NOTE = {
    "mu_star": "mu*: mean size of the change when a factor crosses its range (measured by steps of half of it or more, and "
    "scaled up); mu: mean change; sigma: how much that change differs from place to place. Luck: mu* that the luck of the "
    "seeds alone would give. Leave alone: below a tenth of the largest.",
    "total": "Total: share of the variance between points in which a factor has a part, alone or through others; first: what "
    "it does alone. Luck: total that the luck of the seeds alone would give. Leave alone: below 5 %.",
}
INTERVALS = "95 % intervals cover which points were sampled and which seeds were drawn; sensitivity.csv has all of them."
FEW_POINTS = (
    "A total above 100 % comes from a few points with huge values, which say little of the others: give more points, or look "
    "at a measure without such values, such as survived."
)


def answer(rows: Sequence[IndexRow]) -> list[str]:
    """Say which factors matter most, which can be left alone, and whether luck hides the rest."""
    found = groups(rows)
    names = short_names([row.factor for row in found[0].main])
    return [_most(found, names), _least(found, names), _luck(found)]


def _most(found: Sequence[Group], names: dict[str, str]) -> str:
    """Name what matters for the first measure, arm by arm."""
    measure = found[0].measure
    parts = []
    for group in (one for one in found if one.measure == measure):
        which = [names[row.factor] for row in group.main if group.verdict(row) == MATTERS]
        where = f"in the difference {group.title}" if group.versus else f"under {group.title}"
        if which:
            parts.append(f"{where} {few(which, MOST_NAMED)}")
        elif group.main[0].value > 0 and not group.noise_share >= TOO_MUCH:
            parts.append(f"{where} perhaps {names[group.main[0].factor]}, but none surely")
    if not parts:
        return f"No factor surely matters for {measure} in any arm."
    return f"What matters most for {measure}: {'; '.join(parts)}."


def _least(found: Sequence[Group], names: dict[str, str]) -> str:
    """Name what can be left alone in every arm, measure by measure."""
    parts, nothing = [], []
    for measure in dict.fromkeys(group.measure for group in found):
        mine = [group for group in found if group.measure == measure]
        kept = {row.factor for group in mine for row in group.main if group.verdict(row) != LEAVE}
        if which := [name for key, name in names.items() if key not in kept]:
            parts.append(f"for {measure} {few(which, MOST_NAMED)}")
        else:
            nothing.append(measure)
    told = f"Can be left alone in every arm: {'; '.join(parts)}" if parts else ""
    if nothing:
        none = f"no factor is surely so small that it can be left alone for {listed(nothing)} in every arm"
        told = f"{told}; {none}" if told else none.capitalize()
    return f"{told}."


def _luck(found: Sequence[Group]) -> str:
    """Say how much of what differs between points is luck of the seeds."""
    shares = [group.noise_share for group in found]
    if any(math.isnan(share) for share in shares):
        return "How much of this is luck cannot be told from one replicate: give replicates = 2 or more."
    low, high = percent(min(shares)), percent(max(shares))
    told = f"Luck of the seeds is {low if low == high else f'{low} to {high}'} of the variance between points"
    drowned = [f"{group.measure}, {group.title}" for group in found if group.noise_share >= TOO_MUCH]
    if drowned:
        return f"{told}, which is too much to rank factors ({few(drowned, 2)}): give more replicates."
    return f"{told}{'.' if max(shares) < A_LITTLE else ': more replicates would sharpen it.'}"


def tables(rows: Sequence[IndexRow], width: int) -> list[str]:
    """Lines of a table for each measure in each arm, at most so wide as far as names allow; narrow ones say less."""
    lines: list[str] = []
    for group in groups(rows):
        if group.of(SPREAD).value == 0:
            lines += [f"{group.measure}, {group.title}: the same at every point, so that no factor matters", ""]
        else:
            full = grid(*table(group))
            fits = max(map(len, full)) <= width
            lines += [_head(group), *(full if fits else split_grid(*table(group, brief=True), width)), *_tail(group), ""]
    return lines


def notes(rows: Sequence[IndexRow]) -> list[str]:
    """Say what stands in the tables, and what to be wary of."""
    found = groups(rows)
    told = [f"{NOTE[found[0].main[0].kind]} {INTERVALS}"]
    if any(row.kind == "total" and row.value - row.noise > 1 for group in found for row in group.main):
        told.append(FEW_POINTS)
    return told


def _head(group: Group) -> str:
    style, share = style_of(group.of(SPREAD).unit), group.noise_share
    luck = "" if math.isnan(share) else f", of which luck {percent(share)} of the variance"
    return f"{group.measure}, {group.title}: standard deviation between points {style(group.of(SPREAD).value)}{luck}"


def table(group: Group, most: int = MOST_LINES, brief: bool = False) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the factors of a group, the largest first; a brief one has an interval of the main index only."""
    names = short_names([row.factor for row in group.main])
    columns = [name for name in INDICES if any(row.kind == name for row in group.rows)]
    rows = []
    for row in group.main[:most]:
        figures = [group.of(name, row.factor) for name in columns]
        told = [
            style_of(one.unit)(one.value) if brief and number else in_a_cell(one.estimate, style_of(one.unit))
            for number, one in enumerate(figures)
        ]
        luck = "?" if math.isnan(row.noise) else style_of(row.unit)(row.noise)
        rows.append([names[row.factor], MARKS[group.verdict(row)], told[0], luck, *told[1:]])
    first, *others = [INDICES[name] for name in columns]
    return ["factor", "", first, "luck", *others], rows


def _tail(group: Group) -> Iterator[str]:
    if (more := len(group.main) - MOST_LINES) > 0:
        yield f"... and {plural(more, 'more factor')} in sensitivity.csv"
    if pairs := strongest_pairs(group):
        yield f"Together beyond alone: {'; '.join(pairs)}."


def strongest_pairs(group: Group, most: int = 3) -> list[str]:
    """Pairs of factors whose joint effect has an interval above zero, the largest first; none when none was sampled."""
    pairs = sorted((row for row in group.rows if row.kind == "second"), key=lambda row: -row.value)
    names = short_names([row.factor for row in group.main])
    told = [f"{names[row.factor]} and {names[row.other]} {in_a_cell(row.estimate, percent)}" for row in pairs if row.low > 0]
    if pairs and not told:
        return ["no pair that can be told from none"]
    return told[:most]
