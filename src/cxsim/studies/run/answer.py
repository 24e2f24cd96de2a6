"""The answer of a scenario in a few plain sentences and a small table, made from its summary alone."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cxsim.measures.registry import WORK
from cxsim.narrative.formatting import count, dollars, in_a_cell, percent, with_interval
from cxsim.narrative.sentences import few, first_few, plural
from cxsim.narrative.tables import grid
from cxsim.statistics.intervals import Estimate
from cxsim.studies.run.summary import Summary

SPOKEN = 4  # arms named in a sentence; the table shows all
MOST_CARRIERS = 5  # a mean that rests on no more runs than these is told as such
IN_TABLE, IN_SUMMARY = "in the table", "in summary.csv"
TOLD_APART = 0.01  # share by which service must differ between arms to be told
KINDS = (*WORK, "idle")
KIND_WORDS = {
    "upkeep": "upkeep",
    "custom": "custom features",
    "roadmap": "the roadmap",
    "idle": "idle",
}


class Scope(NamedTuple):
    """Whose fate the answer is about, in which arms (and in which of them it means to pivot), after how many months."""

    firm: str
    arms: Sequence[str]
    months: int
    others: Sequence[str] = ()
    pivots: Sequence[str] = ()


def scope_of(resolved: Mapping[str, Any]) -> Scope:
    """Say what the answer to a scenario is about, from its resolved form; firms as in its first arm."""
    arms, focal = resolved["arms"], resolved["focal"]
    first = next(iter(arms.values()))["firms"]
    others = [name for name, plan in first.items() if plan["count"] and name != focal]
    pivots = [name for name, arm in arms.items() if arm["firms"][focal]["pivot"]["when"] != "never"]
    return Scope(focal, list(arms), resolved["months"], others, pivots)


class Answer(NamedTuple):
    """What to tell the user."""

    sentences: list[str]
    table: list[str]
    notes: list[str]


def answer(summary: Summary, scope: Scope) -> Answer:
    """Say which arm is worth most to the focal firm, how sure that is, and what went along with it."""
    ranked = rank(summary, scope)
    if not ranked:
        return Answer([f"No run of {scope.firm} came to its end, so there is nothing to tell."], [], [])
    sentences = [
        *_closed(summary, scope, ranked),
        *_worth(summary, scope, ranked),
        *_typical(summary, scope, ranked),
        *_trust(summary, scope, ranked),
        *_survival(summary, scope, ranked),
        *_pivots(summary, scope, ranked),
        *_service(summary, scope, ranked),
        *_capacity(summary, scope, ranked),
        *_others(summary, scope, ranked),
    ]
    return Answer(sentences, _table(summary, scope, ranked), _notes(summary, scope, ranked))


def rank(summary: Summary, scope: Scope) -> list[str]:
    """Arms from the most to the least valuable for the focal firm; those without a finished run are left out."""
    found = {arm: summary.level("value", scope.firm, arm) for arm in scope.arms}
    return sorted((arm for arm in scope.arms if found[arm]), key=lambda arm: -_sure(found[arm]).mean)


def _sure(found: Estimate | None) -> Estimate:
    assert found is not None
    return found


def _closed(summary: Summary, scope: Scope, ranked: list[str]) -> list[str]:
    """Open with the end of every firm, when there is nothing else to tell them by."""
    if not _none_lives(summary, scope, ranked):
        return []
    runs = f"{_all_runs(summary, scope, ranked)} of every arm" if len(ranked) > 1 else _all_runs(summary, scope, ranked)
    return [f"The firm {scope.firm} closes in {runs}: what a survivor would be worth is not known."]


def _none_lives(summary: Summary, scope: Scope, ranked: list[str]) -> bool:
    return all(_level(summary, "survived", scope, arm).mean == 0 for arm in ranked)


def _all_runs(summary: Summary, scope: Scope, ranked: list[str]) -> str:
    numbers = {_level(summary, "value", scope, arm).n for arm in ranked}
    return "every run" if len(numbers) > 1 else "the only run" if numbers == {1} else f"all {numbers.pop()} runs"


def _level(summary: Summary, measure: str, scope: Scope, arm: str) -> Estimate:
    return _sure(summary.level(measure, scope.firm, arm))


def _worth(summary: Summary, scope: Scope, ranked: list[str]) -> list[str]:
    value = with_interval(_level(summary, "value", scope, ranked[0]), dollars)
    if len(ranked) == 1:
        return [f"The firm {scope.firm} is worth {value} on average under {ranked[0]}."]
    equal, rivals = _equals(summary, scope, ranked)
    if not rivals:
        same = f"The firm {scope.firm} is worth the same, {value} on average, in every arm"
        return [f"{same}: what they change makes no difference here."]
    gaps = {arm: summary.difference("value", scope.firm, ranked[0], arm) for arm in rivals}
    told = [f"{_gap(gap)} than {arm}" for arm, gap in gaps.items() if gap]
    ahead = f", which is {first_few(told, SPOKEN - 1, IN_TABLE)}, on the same seeds" if told else ""
    best = _arms(equal) + (", which are worth the same in every run" if len(equal) > 1 else "")
    return [f"The firm {scope.firm} is worth most under {best}: {value} on average{ahead}.", _verdict(equal, gaps)]


def _equals(summary: Summary, scope: Scope, ranked: list[str]) -> tuple[list[str], list[str]]:
    """Split arms into those worth the same as the best in every run, itself included, and the others."""
    same = {arm: arm == ranked[0] or _same(summary, scope.firm, ranked[0], arm) for arm in ranked}
    return [arm for arm in ranked if same[arm]], [arm for arm in ranked if not same[arm]]


def _same(summary: Summary, firm: str, one: str, other: str) -> bool:
    equal, gap = summary.equal("value", firm, one, other), summary.difference("value", firm, one, other)
    return equal.mean == 1 if equal else gap is not None and gap.mean == 0 == gap.low


def _gap(gap: Estimate) -> str:
    return f"{with_interval(gap, dollars)} more"


def _verdict(equal: list[str], gaps: dict[str, Estimate | None]) -> str:
    if any(gap is None or not gap.has_interval for gap in gaps.values()):
        return "With one run per arm there is no interval, and no telling chance from cause: add replicates."
    level = [arm for arm, gap in gaps.items() if gap is None or not gap.significant]
    lead = "Its lead" if len(equal) == 1 else "Their lead"
    if not level:
        return f"{lead} is significant: the interval of each difference leaves out zero."
    if len(level) == len(gaps):
        return f"That lead is not significant: these runs cannot tell {_arms(equal)} from {_arms(level)}."
    return f"Over {_arms(level)} that lead is not significant; over the rest it is."


def _typical(summary: Summary, scope: Scope, ranked: list[str]) -> list[str]:
    """Tell what the run in the middle is worth, and how often the best arm is the better one."""
    medians = {arm: summary.of_kind("median", "value", scope.firm, arm) for arm in ranked}
    told = [f"{with_interval(found, dollars)} under {arm}" for arm, found in medians.items() if found]
    if not told or _level(summary, "value", scope, ranked[0]).n == 1:
        return []
    sentences = [f"The median run is worth {first_few(told, SPOKEN, IN_TABLE)}."]
    equal, rivals = _equals(summary, scope, ranked)
    wins = [_wins(summary, scope.firm, ranked[0], arm) for arm in rivals]
    if wins:
        best = f"{_arms(equal)} {'is' if len(equal) == 1 else 'are'}"
        sentences.append(f"Seed by seed, {best} worth more {first_few(wins, SPOKEN - 1, IN_SUMMARY)}.")
    return sentences


def _wins(summary: Summary, firm: str, best: str, arm: str) -> str:
    better, equal = summary.better("value", firm, best, arm), summary.equal("value", firm, best, arm)
    if not better or not equal:
        return f"than {arm}"
    ties = f" (the same in {percent(equal.mean)})" if equal.mean else ""
    return f"than {arm} in {with_interval(better, percent)} of runs{ties}"


def _trust(summary: Summary, scope: Scope, ranked: list[str]) -> list[str]:
    """Say which means stand on a handful of runs, and which have not met a single firm that lives."""
    return [*_carried(summary, scope, ranked), *_unmet(summary, scope, ranked)]


def _carried(summary: Summary, scope: Scope, ranked: list[str]) -> list[str]:
    return resting({f"under {arm}": summary.of_kind("carriers", "value", scope.firm, arm) for arm in ranked})


def resting(carriers: Mapping[str, Estimate | None]) -> list[str]:
    """Warn of means more than half of which a handful of runs hold; keys say where, such as ``under pivot``."""
    told = []
    for where, found in carriers.items():
        if found and 0 < found.mean <= min(MOST_CARRIERS, found.n / 3):
            told.append(f"{found.mean:.0f} of {plural(found.n, 'run')} {where}")
    if not told:
        return []
    mean, it = ("The mean rests", "it") if len(told) == 1 else ("Means rest", "them")
    hold = "more than half of all that is gained comes from so few"
    return [f"{mean} on {first_few(told, SPOKEN, IN_SUMMARY)}: {hold}, so more replicates are needed to trust {it}."]


def _unmet(summary: Summary, scope: Scope, ranked: list[str]) -> list[str]:
    if _none_lives(summary, scope, ranked):
        return []
    told = []
    for arm in ranked:
        survived = _level(summary, "survived", scope, arm)
        if survived.mean == 0 and survived.n > 1:
            told.append(f"{arm} (up to {percent(survived.high)} may)")
    means = "these means leave" if len(told) > 1 else "that mean leaves"
    return [f"No firm came through under {_arms(told)}: {means} out what a survivor is worth."] if told else []


def _survival(summary: Summary, scope: Scope, ranked: list[str]) -> list[str]:
    told = [f"{with_interval(_level(summary, 'survived', scope, arm), percent)} under {arm}" for arm in ranked]
    return [f"In business after {plural(scope.months, 'month')}: {first_few(told, SPOKEN, IN_TABLE)}."]


def _pivots(summary: Summary, scope: Scope, ranked: list[str]) -> list[str]:
    told, never = [], []
    for arm in ranked:
        share, month = summary.level("has_pivoted", scope.firm, arm), summary.level("pivoted", scope.firm, arm)
        size = summary.level("customers_at_pivot", scope.firm, arm)
        if share and month and size:
            told.append(_pivot(arm, share, month, size))
        elif arm in scope.pivots:
            never.append(arm)
    sentences = []
    if told:
        left = len(told) - SPOKEN + 1
        shown = "; ".join(told[: SPOKEN - 1]) + (f" ({plural(left, 'more arm')} {IN_SUMMARY})" if left > 0 else "")
        sentences.append(f"Pivoted (month and customers are medians): {shown}.")
    return sentences + ([f"The pivot never comes under {_arms(never)}."] if never else [])


def _pivot(arm: str, share: Estimate, month: Estimate, size: Estimate) -> str:
    runs = f"under {arm} {with_interval(share, percent)} of runs"
    if month.mean == 0 and (month.high == 0 or not month.has_interval):
        return f"{runs} on the first day"
    return f"{runs} in month {with_interval(month, count)} with {with_interval(size, count)} customers"


def _service(summary: Summary, scope: Scope, ranked: list[str]) -> list[str]:
    """Tell how good service is, where arms differ in it."""
    levels = {arm: summary.level("service_quality", scope.firm, arm) for arm in ranked}
    known = {arm: found for arm, found in levels.items() if found}
    means = [found.mean for found in known.values()]
    if len(known) < 2 or max(means) - min(means) < TOLD_APART:
        return []
    told = [f"{with_interval(found, percent)} under {arm}" for arm, found in known.items()]
    return [f"Quality of service, mean over customers and months: {first_few(told, SPOKEN, IN_SUMMARY)}."]


def _capacity(summary: Summary, scope: Scope, ranked: list[str]) -> list[str]:
    """Tell what most product capacity goes into; arms that have the same answer are told together."""
    groups: dict[str, dict[str, Estimate]] = {}
    for arm in ranked:
        shares = {kind: summary.level(f"{kind}_share", scope.firm, arm) for kind in KINDS}
        known = {kind: found for kind, found in shares.items() if found}
        if known:
            most = max(known, key=lambda kind: known[kind].mean)
            groups.setdefault(most, {})[arm] = known[most]
    told = [_largest_use(kind, arms, len(groups) == 1 and len(ranked) > 1) for kind, arms in groups.items()]
    return [f"The largest use of product capacity: {'; '.join(told)}."] if told else []


def _largest_use(kind: str, arms: dict[str, Estimate], everywhere: bool) -> str:
    where = "in every arm" if everywhere else f"under {_arms(list(arms))}"
    if len(arms) == 1:
        return f"{KIND_WORDS[kind]} {where}, {with_interval(next(iter(arms.values())), percent)}"
    low, high = (percent(end(found.mean for found in arms.values())) for end in (min, max))
    return f"{KIND_WORDS[kind]} {where}, {low if low == high else f'{low} to {high}'}"


def _arms(names: Sequence[str]) -> str:
    return few(names, SPOKEN, "other arm")


def _others(summary: Summary, scope: Scope, ranked: list[str]) -> list[str]:
    """Tell how the other firms of the market fared where the focal firm fared best."""
    found = [(firm, summary.level("value", firm, ranked[0])) for firm in scope.others]
    told = [f"{firm} {with_interval(value, dollars)}" for firm, value in found if value]
    under = f" under {ranked[0]}" if len(ranked) > 1 else ""
    return [f"Worth of the other firms{under}: {first_few(told, SPOKEN, IN_SUMMARY, 'more firm')}."] if told else []


def _table(summary: Summary, scope: Scope, ranked: list[str]) -> list[str]:
    columns = {
        "arm": ranked,
        "mean value": [with_interval(_level(summary, "value", scope, arm), dollars) for arm in ranked],
        "median": [_middle(summary, scope, arm) for arm in ranked],
        "against the best": _marks(summary, scope, ranked),
        "in business": [in_a_cell(_level(summary, "survived", scope, arm), percent) for arm in ranked],
        "customers": [count(_level(summary, "customers", scope, arm).mean) for arm in ranked],
    }
    if len(ranked) == 1:
        del columns["against the best"]
    return grid(list(columns), [list(row) for row in zip(*columns.values(), strict=True)])


def _middle(summary: Summary, scope: Scope, arm: str) -> str:
    found = summary.of_kind("median", "value", scope.firm, arm)
    return dollars(found.mean) if found else "-"


def _marks(summary: Summary, scope: Scope, ranked: list[str]) -> list[str]:
    """Difference of each arm to the best, with a star where it is significant, in line with those that have none."""
    gaps = {arm: summary.difference("value", scope.firm, arm, ranked[0]) for arm in ranked}
    equal, _ = _equals(summary, scope, ranked)
    starred = any(gap and gap.significant for gap in gaps.values())
    marks = []
    for arm, gap in gaps.items():
        known = _mark(gap, starred) if gap else "-"
        marks.append("-" if arm == ranked[0] else "the same" if arm in equal else known)
    return marks


def _mark(gap: Estimate, starred: bool) -> str:
    return with_interval(gap, dollars) + (" *" if gap.significant else "  " if starred else "")


def _notes(summary: Summary, scope: Scope, ranked: list[str]) -> list[str]:
    runs = sorted({_level(summary, "value", scope, arm).n for arm in ranked})
    number = plural(runs[-1], "run") if len(runs) == 1 else f"{runs[0]} to {plural(runs[-1], 'run')}"
    notes = [
        f"Means of {number} per arm with 95 % intervals, closed firms included; customers in the last month. Value: cash "
        "flow of the run and worth of the last customers, discounted to its start. A few runs can hold most of it: then "
        "intervals of its mean are rough, and often too narrow."
    ]
    if any(mark.endswith("*") for mark in _marks(summary, scope, ranked)):
        notes.append("* differs from the best arm: the interval of the paired difference leaves out zero.")
    if len(ranked) > 2:
        notes.append(f"The best of {len(ranked)} arms was picked by its mean; comparisons with it are not corrected for that.")
    return notes
