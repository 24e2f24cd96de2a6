"""The answer of a scenario in a few plain sentences and a small table, made from its summary alone."""

from collections.abc import Sequence
from typing import NamedTuple

from cxsim.experiments.intervals import Estimate
from cxsim.experiments.measures import WORK
from cxsim.experiments.summary import Summary
from cxsim.experiments.words import count, dollars, grid, listed, percent, with_interval

SPOKEN = 4  # arms named in a sentence; the table shows all
KINDS = (*WORK, "idle")
KIND_WORDS = {
    "upkeep": "upkeep",
    "custom": "custom features",
    "roadmap": "the roadmap",
    "idle": "none (it stood idle)",
}


class Asked(NamedTuple):
    """Whose fate the answer is about: the focal firm, the arms in order, the horizon in months, and the other firms."""

    firm: str
    arms: Sequence[str]
    months: int
    others: Sequence[str] = ()


class Answer(NamedTuple):
    """What to tell the user."""

    sentences: list[str]
    table: list[str]
    notes: list[str]


def answer(summary: Summary, asked: Asked) -> Answer:
    """Say which arm is worth most to the focal firm, how sure that is, and what went along with it."""
    ranked = rank(summary, asked)
    if not ranked:
        return Answer([f"No run of {asked.firm} came to its end, so there is nothing to tell."], [], [])
    sentences = [
        *_worth(summary, asked, ranked),
        *_survival(summary, asked, ranked),
        *_pivots(summary, asked, ranked),
        *_capacity(summary, asked, ranked),
        *_others(summary, asked, ranked),
    ]
    return Answer(sentences, _table(summary, asked, ranked), _notes(summary, asked, ranked))


def rank(summary: Summary, asked: Asked) -> list[str]:
    """Arms from the most to the least valuable for the focal firm; those without a finished run are left out."""
    found = {arm: summary.level("value", asked.firm, arm) for arm in asked.arms}
    return sorted((arm for arm in asked.arms if found[arm]), key=lambda arm: -_sure(found[arm]).mean)


def _sure(found: Estimate | None) -> Estimate:
    assert found is not None
    return found


def _worth(summary: Summary, asked: Asked, ranked: list[str]) -> list[str]:
    best = ranked[0]
    value = with_interval(_sure(summary.level("value", asked.firm, best)), dollars)
    if len(ranked) == 1:
        return [f"The firm {asked.firm} is worth {value} on average under {best}."]
    gaps = {arm: summary.difference("value", asked.firm, best, arm) for arm in ranked[1:]}
    level = [arm for arm, gap in gaps.items() if gap is None or not gap.significant]
    if all(gap is not None and gap.mean == 0 == gap.low for gap in gaps.values()):
        same = f"The firm {asked.firm} is worth the same, {value} on average, in every arm"
        return [f"{same}: what they change makes no difference here."]
    told = listed([f"{_gap(gap)} than {arm}" for arm, gap in list(gaps.items())[: SPOKEN - 1] if gap])
    first = f"The firm {asked.firm} is worth most under {best}: {value} on average, which is {told}, on the same seeds."
    return [first, _verdict(best, ranked, level, gaps)]


def _gap(gap: Estimate) -> str:
    return f"{with_interval(gap, dollars)} more"


def _verdict(best: str, ranked: list[str], level: list[str], gaps: dict[str, Estimate | None]) -> str:
    if any(gap is None or not gap.has_interval for gap in gaps.values()):
        return "With one run per arm there is no interval, and no telling chance from cause: add replicates."
    if not level:
        return "Its lead is significant: the interval of each difference leaves out zero."
    if len(level) == len(ranked) - 1:
        return f"That lead is not significant: these runs cannot tell {best} from {listed(level)}."
    return f"Over {listed(level)} that lead is not significant; over the rest it is."


def _survival(summary: Summary, asked: Asked, ranked: list[str]) -> list[str]:
    shown = [(arm, summary.level("survived", asked.firm, arm)) for arm in ranked[:SPOKEN]]
    told = listed([f"{with_interval(found, percent)} under {arm}" for arm, found in shown if found])
    return [f"In business after {asked.months} months: {told}."]


def _pivots(summary: Summary, asked: Asked, ranked: list[str]) -> list[str]:
    told = []
    for arm in ranked:
        share, month = summary.level("has_pivoted", asked.firm, arm), summary.level("pivoted", asked.firm, arm)
        size = summary.level("customers_at_pivot", asked.firm, arm)
        if share and month and size:
            told.append(_pivot(arm, share, month, size))
    return [f"Pivoted (month and customers are medians): {'; '.join(told[: SPOKEN - 1])}."] if told else []


def _pivot(arm: str, share: Estimate, month: Estimate, size: Estimate) -> str:
    runs = f"under {arm} {with_interval(share, percent)} of runs"
    if month.mean == 0 == month.high:
        return f"{runs} on the first day"
    return f"{runs} in month {with_interval(month, count)} with {with_interval(size, count)} customers"


def _capacity(summary: Summary, asked: Asked, ranked: list[str]) -> list[str]:
    told = []
    for arm in ranked[:SPOKEN]:
        shares = {kind: summary.level(f"{kind}_share", asked.firm, arm) for kind in KINDS}
        known = {kind: found for kind, found in shares.items() if found}
        if known:
            most = max(known, key=lambda kind: known[kind].mean)
            told.append(f"{KIND_WORDS[most]} under {arm}, {with_interval(known[most], percent)}")
    return [f"The largest use of product capacity: {'; '.join(told)}."] if told else []


def _others(summary: Summary, asked: Asked, ranked: list[str]) -> list[str]:
    """Tell how the other firms of the market fared where the focal firm fared best."""
    found = [(firm, summary.level("value", firm, ranked[0])) for firm in asked.others]
    told = [f"{firm} {with_interval(value, dollars)}" for firm, value in found if value]
    under = f" under {ranked[0]}" if len(ranked) > 1 else ""
    return [f"Worth of the other firms{under}: {', '.join(told[:SPOKEN])}."] if told else []


def _table(summary: Summary, asked: Asked, ranked: list[str]) -> list[str]:
    best, rows = ranked[0], []
    for arm in ranked:
        gap = None if arm == best else summary.difference("value", asked.firm, arm, best)
        rows.append(
            [
                arm,
                with_interval(_sure(summary.level("value", asked.firm, arm)), dollars),
                _mark(gap),
                with_interval(_sure(summary.level("survived", asked.firm, arm)), percent),
                with_interval(_sure(summary.level("customers", asked.firm, arm)), count),
            ]
        )
    header = ["arm", "value", "against the best", "in business at end", "customers at end"]
    if len(ranked) == 1:
        header, rows = [*header[:2], *header[3:]], [[*row[:2], *row[3:]] for row in rows]
    return grid(header, rows)


def _mark(gap: Estimate | None) -> str:
    if gap is None:
        return "-"
    return with_interval(gap, dollars) + (" *" if gap.significant else "  ")


def _notes(summary: Summary, asked: Asked, ranked: list[str]) -> list[str]:
    runs = sorted({_sure(summary.level("value", asked.firm, arm)).n for arm in ranked})
    number = f"{runs[0]}" if len(runs) == 1 else f"{runs[0]} to {runs[-1]}"
    notes = [
        f"Means of {number} run{'s' if runs[-1] > 1 else ''} per arm with 95 % intervals, closed firms included. Value: cash "
        "flow of the run and worth of the last customers, discounted to its start."
    ]
    if len(ranked) > 1:
        notes.append("* differs from the best arm: the interval of the paired difference leaves out zero.")
    return notes
