"""The answer of a scenario in a few plain sentences and a small table, made from its summary alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cxsim.narrative.formatting import Style, count, dollars, in_a_cell, percent, with_interval
from cxsim.narrative.sentences import few, first_few, plural
from cxsim.narrative.tables import grid
from cxsim.statistics.intervals import Estimate
from cxsim.studies.run.summary import Summary

SPOKEN = 4  # arms named in a sentence; the table shows all
MOST_CARRIERS = 5  # a mean that rests on no more runs than these is told as such
IN_TABLE, IN_SUMMARY = "in the table", "in summary.csv"
TOLD_APART = 0.01  # share by which service must differ between arms to be told
KINDS = {"upkeep": "upkeep", "custom": "custom features", "roadmap": "the roadmap", "idle": "idle"}  # of work, in words


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
    others = [name for name in plans_of(resolved) if name != focal]
    pivots = [name for name, arm in arms.items() if arm["firms"][focal]["pivot"]["when"] != "never"]
    return Scope(focal, list(arms), resolved["months"], others, pivots)


def plans_of(resolved: Mapping[str, Any]) -> list[str]:
    """Firm plans of which there are firms from the start or founded later, in the order of the first arm."""
    return [name for name, plan in next(iter(resolved["arms"].values()))["firms"].items() if plan["count"]]


class Answer(NamedTuple):
    """What to tell the user."""

    sentences: list[str]
    table: list[str]
    notes: list[str]


def answer(summary: Summary, scope: Scope) -> Answer:
    """Say which arm is worth most to the focal firm, how sure that is, and what went along with it."""
    context = Context(summary, scope)
    if not context.ranked:
        return Answer([f"No run of {scope.firm} came to its end, so there is nothing to tell."], [], [])
    told = (_closed, _worth, _typical, _carried, _unmet, _survival, _pivots, _service, _capacity, _others)
    return Answer([sentence for part in told for sentence in part(context)], _table(context), _notes(context))


def rank(summary: Summary, scope: Scope) -> list[str]:
    """Arms from the most to the least valuable for the focal firm; those without a finished run are left out."""
    found = {arm: level for arm in scope.arms if (level := summary.level("value", scope.firm, arm))}
    return sorted(found, key=lambda arm: -found[arm].mean)


class Context:
    """What sentences and the table are made from: the focal firm's figures, arms from the best to the worst.

    ``gaps`` say how much more the firm is worth in the best arm than in each other one. ``equal`` are the arms that are worth
    the same as the best in every run, itself included; ``rivals`` are the others.
    """

    def __init__(self, summary: Summary, scope: Scope) -> None:
        self.summary, self.scope, self.firm, self.ranked = summary, scope, scope.firm, rank(summary, scope)
        self.best = next(iter(self.ranked), "")
        self.values, self.survived = self.levels("value"), self.levels("survived")
        self.none_lives = all(found.mean == 0 for found in self.survived.values())
        self.gaps = {arm: summary.difference("value", self.firm, self.best, arm) for arm in self.ranked[1:]}
        self.starred = any(gap and gap.significant for gap in self.gaps.values())
        self.equal = [arm for arm in self.ranked if arm == self.best or self._same(arm)]
        self.rivals = [arm for arm in self.ranked if arm not in self.equal]

    def levels(self, measure: str) -> dict[str, Estimate]:
        """Level of a measure in every arm that has one."""
        return {arm: found for arm in self.ranked if (found := self.summary.level(measure, self.firm, arm))}

    def of_kind(self, kind: str) -> dict[str, Estimate]:
        """Value's figure of some kind in every arm that has one."""
        return {arm: found for arm in self.ranked if (found := self.summary.of_kind(kind, "value", self.firm, arm))}

    def _same(self, arm: str) -> bool:
        equal, gap = self.summary.equal("value", self.firm, self.best, arm), self.gaps[arm]
        return equal.mean == 1 if equal else gap is not None and gap.mean == 0 == gap.low


def _closed(context: Context) -> Iterator[str]:
    """Open with the end of every firm, when there is nothing else to tell them by."""
    if context.none_lives:
        numbers = {found.n for found in context.values.values()}
        runs = "every run" if len(numbers) > 1 else "the only run" if numbers == {1} else f"all {numbers.pop()} runs"
        runs += " of every arm" if len(context.ranked) > 1 else ""
        yield f"The firm {context.firm} closes in {runs}: what a survivor would be worth is not known."


def _worth(context: Context) -> Iterator[str]:
    firm, value = context.firm, with_interval(context.values[context.best], dollars)
    if len(context.ranked) == 1:
        yield f"The firm {firm} is worth {value} on average under {context.best}."
    elif not context.rivals:
        yield f"The firm {firm} is worth the same, {value} on average, in every arm: what they change makes no difference here."
    else:
        gaps = {arm: context.gaps[arm] for arm in context.rivals}
        told = [f"{with_interval(gap, dollars)} more than {arm}" for arm, gap in gaps.items() if gap]
        ahead = f", which is {first_few(told, SPOKEN - 1, IN_TABLE)}, on the same seeds" if told else ""
        best = _arms(context.equal) + (", which are worth the same in every run" if len(context.equal) > 1 else "")
        yield f"The firm {firm} is worth most under {best}: {value} on average{ahead}."
        yield _verdict(context.equal, gaps)


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


def _typical(context: Context) -> Iterator[str]:
    """Tell what the run in the middle is worth, and how often the best arm is the better one."""
    medians = context.of_kind("median")
    if not medians or context.values[context.best].n == 1:
        return
    yield f"The median run is worth {first_few(_under(medians, dollars), SPOKEN, IN_TABLE)}."
    if context.rivals:
        best = f"{_arms(context.equal)} {'is' if len(context.equal) == 1 else 'are'}"
        wins = [_wins(context, arm) for arm in context.rivals]
        yield f"Seed by seed, {best} worth more {first_few(wins, SPOKEN - 1, IN_SUMMARY)}."


def _under(found: Mapping[str, Estimate], style: Style) -> list[str]:
    """Tell a figure of each arm."""
    return [f"{with_interval(one, style)} under {arm}" for arm, one in found.items()]


def _wins(context: Context, arm: str) -> str:
    asked = "value", context.firm, context.best, arm
    better, equal = context.summary.better(*asked), context.summary.equal(*asked)
    if not better or not equal:
        return f"than {arm}"
    ties = f" (the same in {percent(equal.mean)})" if equal.mean else ""
    return f"than {arm} in {with_interval(better, percent)} of runs{ties}"


def _carried(context: Context) -> list[str]:
    """Say which means stand on a handful of runs."""
    return resting({f"under {arm}": found for arm, found in context.of_kind("carriers").items()})


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


def _unmet(context: Context) -> Iterator[str]:
    """Say which means have not met a single firm that lives."""
    lives = {} if context.none_lives else context.survived
    told = [f"{arm} (up to {percent(one.high)} may)" for arm, one in lives.items() if one.mean == 0 and one.n > 1]
    if told:
        means = "these means leave" if len(told) > 1 else "that mean leaves"
        yield f"No firm came through under {_arms(told)}: {means} out what a survivor is worth."


def _survival(context: Context) -> Iterator[str]:
    told = first_few(_under(context.survived, percent), SPOKEN, IN_TABLE)
    yield f"In business after {plural(context.scope.months, 'month')}: {told}."


def _pivots(context: Context) -> Iterator[str]:
    shares, months, sizes = (context.levels(measure) for measure in ("has_pivoted", "pivoted", "customers_at_pivot"))
    told = {arm: _pivot(arm, shares[arm], months[arm], sizes[arm]) for arm in shares if arm in months and arm in sizes}
    if told:
        left = len(told) - SPOKEN + 1
        shown = "; ".join([*told.values()][: SPOKEN - 1]) + (f" ({plural(left, 'more arm')} {IN_SUMMARY})" if left > 0 else "")
        yield f"Pivoted (month and customers are medians): {shown}."
    if never := [arm for arm in context.ranked if arm not in told and arm in context.scope.pivots]:
        yield f"The pivot never comes under {_arms(never)}."


def _pivot(arm: str, share: Estimate, month: Estimate, size: Estimate) -> str:
    runs = f"under {arm} {with_interval(share, percent)} of runs"
    if month.mean == 0 and (month.high == 0 or not month.has_interval):
        return f"{runs} on the first day"
    return f"{runs} in month {with_interval(month, count)} with {with_interval(size, count)} customers"


def _service(context: Context) -> Iterator[str]:
    """Tell how good service is, where arms differ in it."""
    known = context.levels("service_quality")
    means = [found.mean for found in known.values()]
    if len(known) > 1 and max(means) - min(means) >= TOLD_APART:
        told = first_few(_under(known, percent), SPOKEN, IN_SUMMARY)
        yield f"Quality of service, mean over customers and months: {told}."


def _capacity(context: Context) -> Iterator[str]:
    """Tell what most product capacity goes into; arms that have the same answer are told together."""
    groups: dict[str, dict[str, Estimate]] = {}
    shares = {kind: context.levels(f"{kind}_share") for kind in KINDS}
    for arm in context.ranked:
        known = {kind: found[arm] for kind, found in shares.items() if arm in found}
        if known:
            most = max(known, key=lambda kind: known[kind].mean)
            groups.setdefault(most, {})[arm] = known[most]
    told = [_largest_use(kind, arms, len(groups) == 1 and len(context.ranked) > 1) for kind, arms in groups.items()]
    if told:
        yield f"The largest use of product capacity: {'; '.join(told)}."


def _largest_use(kind: str, arms: dict[str, Estimate], everywhere: bool) -> str:
    where = "in every arm" if everywhere else f"under {_arms(list(arms))}"
    if len(arms) == 1:
        return f"{KINDS[kind]} {where}, {with_interval(next(iter(arms.values())), percent)}"
    low, high = (percent(end(found.mean for found in arms.values())) for end in (min, max))
    return f"{KINDS[kind]} {where}, {low if low == high else f'{low} to {high}'}"


def _arms(names: Sequence[str]) -> str:
    return few(names, SPOKEN, "other arm")


def _others(context: Context) -> Iterator[str]:
    """Tell how the other firms of the market fared where the focal firm fared best."""
    found = [(firm, context.summary.level("value", firm, context.best)) for firm in context.scope.others]
    told = [f"{firm} {with_interval(value, dollars)}" for firm, value in found if value]
    under = f" under {context.best}" if len(context.ranked) > 1 else ""
    if told:
        yield f"Worth of the other firms{under}: {first_few(told, SPOKEN, IN_SUMMARY, 'more firm')}."


def _table(context: Context) -> list[str]:
    medians, customers, marks = context.of_kind("median"), context.levels("customers"), _marks(context)
    several = len(context.ranked) > 1
    header = ["arm", "mean value", "median", *(["against the best"] if several else []), "in business", "customers"]
    rows = [
        [arm, with_interval(context.values[arm], dollars), dollars(medians[arm].mean) if arm in medians else "-"]
        + ([marks[arm]] if several else [])
        + [in_a_cell(context.survived[arm], percent), count(customers[arm].mean)]
        for arm in context.ranked
    ]
    return grid(header, rows)


def _marks(context: Context) -> dict[str, str]:
    """Difference of each arm to the best, with a star where it is significant, in line with those that have none."""
    plain = "  " if context.starred else ""
    known = {
        arm: with_interval(gap.negated(), dollars) + (" *" if gap.significant else plain) if gap else "-"
        for arm, gap in context.gaps.items()
    }
    return known | dict.fromkeys(context.equal, "the same") | {context.best: "-"}


def _notes(context: Context) -> list[str]:
    runs, arms = sorted({found.n for found in context.values.values()}), len(context.ranked)
    number = plural(runs[-1], "run") if len(runs) == 1 else f"{runs[0]} to {plural(runs[-1], 'run')}"
    notes = [
        f"Means of {number} per arm with 95 % intervals, closed firms included; customers in the last month. Value: cash "
        "flow of the run and worth of the last customers, discounted to its start. A few runs can hold most of it: then "
        "intervals of its mean are rough, and often too narrow."
    ]
    if context.starred:
        notes.append("* differs from the best arm: the interval of the paired difference leaves out zero.")
    if arms > 2:
        notes.append(f"The best of {arms} arms was picked by its mean; comparisons with it are not corrected for that.")
    return notes
