"""A comparison in a few plain sentences and small tables, made from its rows alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cxsim.narrative.formatting import Style, count, dollars, in_a_cell, percent, starred, with_interval
from cxsim.narrative.sentences import listed, plural
from cxsim.statistics.intervals import Estimate
from cxsim.studies.compare.comparison import ComparisonRow, Counted, Field
from cxsim.studies.run.answer import resting
from cxsim.studies.run.summary import Summary

SPOKEN = 4  # differences told in sentences; the table shows all
MEASURES: dict[str, Style] = {"value": dollars, "survived": percent, "customers": count}
PAIRED = "Results have the same seeds: each difference is taken within a seed, with the interval of Student's t."
UNPAIRED = (
    "Results share no seeds, so nothing pairs up: intervals are Welch's for two independent samples (Newcombe's for shares of "
    "runs), and wider than paired ones would be. Run one again with the --seed and --replicates of the other for pairs."
)
MIXED = "Some results share their seeds and are compared seed by seed; others do not and are compared as independent samples."


class Difference(NamedTuple):
    """A result held against the first, in one pair of arms."""

    pair: str
    result: str
    versus: str
    way: str


def differences(rows: Sequence[ComparisonRow]) -> list[Difference]:
    """Every result that is held against the first, pair by pair."""
    gaps = (row for row in rows if row.kind == "difference")
    return list(dict.fromkeys(Difference(row.pair, row.result, row.versus, row.way) for row in gaps))


def summaries(rows: Sequence[ComparisonRow]) -> dict[str, Summary]:
    """The rows of each pair, to be found by what they are about, with results in place of arms."""
    pairs = dict.fromkeys(row.pair for row in rows)
    return {pair: Summary([row.row for row in rows if row.pair == pair]) for pair in pairs}


def sentences(rows: Sequence[ComparisonRow], firm: str, months: int, counted: Sequence[Counted] = ()) -> list[str]:
    """Say how much more or less the firm is worth in each result than in the first, how sure that is, and what goes along.

    ``counted`` says of how many runs each result stands, for those that are left out.
    """
    found, by_pair = differences(rows), summaries(rows)
    several = len({one.pair for one in found}) > 1
    told = [text for one in found[:SPOKEN] for text in _told(by_pair[one.pair], one, firm, months, several)]
    if len(found) > SPOKEN:
        told.append(f"The table shows {plural(len(found) - SPOKEN, 'more difference')}.")
    ways = {one.way for one in found}
    return [
        *told,
        *_left_out(counted),
        *_resting(by_pair, firm),
        MIXED if len(ways) > 1 else UNPAIRED if "unpaired" in ways else PAIRED,
    ]


def _left_out(counted: Sequence[Counted]) -> Iterator[str]:
    """Say which runs do not count, so that means, differences and figures are all of the same seeds."""
    pairs, found = {one.pair for one in counted}, dict[str, list[str]]()
    for one in counted:
        if one.runs < one.of:
            found.setdefault(f"{one.runs:,} of the {plural(one.of, 'run')} of {one.result}", []).append(one.pair)
    told = [text if len(under) == len(pairs) else f"{text} under {listed(under)}" for text, under in found.items()]
    if told:
        yield f"Means, medians, differences and plots are of the seeds that results share: they count {listed(told)}."


def _resting(by_pair: Mapping[str, Summary], firm: str) -> list[str]:
    """Warn of means that a handful of runs hold."""
    every = [(pair if len(by_pair) > 1 else "", row) for pair, summary in by_pair.items() for row in summary.rows.values()]
    found = [(pair, row) for pair, row in every if (row.kind, row.measure, row.firm) == ("carriers", "value", firm)]
    return resting({f"of {row.arm} under {pair}" if pair else f"of {row.arm}": row.estimate for pair, row in found})


def _told(summary: Summary, one: Difference, firm: str, months: int, several: bool) -> Iterator[str]:
    gap = summary.difference("value", firm, one.result, one.versus)
    under = f"Under {one.pair}, the" if several else "The"
    if gap is None:
        return
    better, equal = (tell("value", firm, one.result, one.versus) for tell in (summary.better, summary.equal))
    if one.way == "paired" and equal and equal.mean == 1:
        yield f"{under} firm {firm} is worth the same in {one.result} as in {one.versus}, in every run{_basis(gap, one.way)}."
        return
    worth = f"{under} firm {firm} is worth {_more(gap, dollars)} in {one.result} than in {one.versus}"
    yield f"{worth}{_basis(gap, one.way)}: {_verdict(gap)}."
    if better:
        same = f" (the same in {percent(equal.mean)})" if equal and equal.mean else ""
        yield f"Seed by seed it is worth more in {with_interval(better, percent)} of runs{same}."
    survived = [summary.level("survived", firm, label) for label in (one.result, one.versus)]
    lead = summary.difference("survived", firm, one.result, one.versus)
    if lead and survived[0] and survived[1]:
        shares = f"{percent(survived[0].mean)} in {one.result} and {percent(survived[1].mean)} in {one.versus}"
        yield f"In business after {plural(months, 'month')}: {shares}, a difference of {_points(lead)}: {_verdict(lead)}."


def _more(gap: Estimate, style: Style) -> str:
    return f"{with_interval(gap.negated(), style)} less" if gap.mean < 0 else f"{with_interval(gap, style)} more"


def _points(gap: Estimate) -> str:
    return with_interval(gap, lambda share: f"{100 * share + 0.0:.0f}") + " points"


def _basis(gap: Estimate, way: str) -> str:
    return f" on the same {plural(gap.n, 'seed')}" if way == "paired" else f" over {plural(gap.n, 'run')} of different seeds"


def _verdict(gap: Estimate) -> str:
    if not gap.has_interval:
        return "with so few runs there is no telling chance from cause"
    if gap.mean == 0 == gap.low == gap.high:
        return "the same in every run"
    return "significant" if gap.significant else "not significant, these runs cannot tell the two apart"


def table(rows: Sequence[ComparisonRow], firm: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows: each result of each pair, and what it has more than the first; a star where that is significant."""
    header = ["arm", "result", "mean value", "more than the first", "median", "in business", "more", "customers", "more"]
    by_pair, found = summaries(rows), {(one.pair, one.result): one for one in differences(rows)}
    body = []
    for pair, summary in by_pair.items():
        for result in dict.fromkeys(row.result for row in rows if row.pair == pair and row.firm == firm):
            value, more, *rest = _cells(summary, firm, result, found.get((pair, result)))
            middle = summary.of_kind("median", "value", firm, result)
            body.append([pair, result, value, more, dollars(middle.mean) if middle else "-", *rest])
    return header, body


def _cells(summary: Summary, firm: str, result: str, one: Difference | None) -> Iterator[str]:
    for measure, style in MEASURES.items():
        yield in_a_cell(summary.level(measure, firm, result), style)
        yield starred(summary.difference(measure, firm, result, one.versus) if one else None, style)


def fields_table(fields: Sequence[Field], labels: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the values that are not the same in all results."""
    return ["value", "arms", *labels], [[field.key, field.where or "all", *field.values] for field in fields]
