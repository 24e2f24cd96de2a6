"""What was found about claims in sentences and tables, for terminal, page and documents."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from cxsim.narrative.sentences import listed, plural
from cxsim.studies.claims.claim import mechanisms
from cxsim.studies.claims.result import ClaimRow, results_of
from cxsim.studies.claims.verdict import NOT_SUPPORTED, OPPOSITE, SUPPORTED, UNEXPLAINED, VERDICTS

Table: TypeAlias = tuple[list[str], list[list[str]]]  # header and rows

NULL_CLAIM = "C17"


def verdict_sentences(rows: Sequence[ClaimRow]) -> Iterator[str]:
    """Say what became of the claims."""
    found = {id: one.verdict for id, one in results_of(rows).items()}
    counted = Counter(found.values())
    told = [f"{counted[verdict]} {verdict}" for verdict in VERDICTS if counted[verdict]]
    yield f"Of {plural(len(found), 'claim')}: {listed(told)}."
    for verdict in VERDICTS:
        if names := [name for name, one in found.items() if one == verdict]:
            yield f"{verdict.capitalize()}: {listed(names)}."
    if null := null_hypothesis(rows):
        yield null


def knockout_sentences(rows: Sequence[ClaimRow]) -> Iterator[str]:
    """Say which mechanisms change which effects."""
    for id, one in results_of(rows).items():
        changing = [number for name, number in mechanisms().items() if one.left(name)[1]]
        if one.unsure:
            yield f"{id}: the effect itself cannot be told from zero."
        else:
            yield f"{id}: changed by {f'switching off {listed(changing)}' if changing else 'no mechanism'}."


def null_hypothesis(rows: Sequence[ClaimRow]) -> str:
    """Say by how much the null hypothesis of C17 loses or holds."""
    if (found := results_of(rows).get(NULL_CLAIM)) is None:
        return ""
    loses, holds = found.verdict in (SUPPORTED, UNEXPLAINED), found.verdict in (NOT_SUPPORTED, OPPOSITE)
    outcome = "It loses" if loses else "It holds" if holds else "It is not decided"
    told = (
        "Null hypothesis (C17): how to treat customers is the same at 1 and 1,000 employees. "
        f"{outcome}: one treatment for all sizes loses {found.effect.written} of the mean value against the best for each."
    )
    return told + "".join(f" Highest mean value: {winner.text}." for winner in found.all("winner"))


def verdict_table(rows: Sequence[ClaimRow]) -> Table:
    """Table of claims."""
    lines = [one.cells for one in results_of(rows).values()]
    return list(lines[0]), [list(line.values()) for line in lines]


def figure_cells(row: ClaimRow, name: str = "") -> list[str]:
    """Cells of a figure: its name, whether it is a level, a difference or a ratio, the figure, and seeds."""
    return [name or row.name, row.what, row.written, f"{row.estimate.n}"]


def knockout_table(rows: Sequence[ClaimRow], corner: str, write: Callable[[float, bool], str]) -> Table:
    """The knock-out matrix: what is left of each effect, and whether it changed, as ``write`` has it."""
    numbers = mechanisms()
    lines = [[one.label, *(write(*one.left(name)) for name in numbers)] for one in results_of(rows).values()]
    return [corner, *numbers.values()], lines
