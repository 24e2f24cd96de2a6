"""The verdict of an audit in a few plain sentences and a small table, made from its rows alone."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cxsim.model.case import FirmPlan
from cxsim.model.params import FIXED, FLOATING, GOAL, PROFIT, Strategy
from cxsim.narrative.formatting import dollars, each_dollar, fine_dollars, fine_percent, percent, points_apart, with_interval
from cxsim.narrative.sentences import listed
from cxsim.narrative.tables import grid
from cxsim.statistics.figures import Figure
from cxsim.statistics.intervals import NOTHING_KNOWN, Estimate
from cxsim.studies.run.answer import MOST_CARRIERS, Answer
from cxsim.studies.service.cases import DRIFT, HORIZON, LEAVERS, POOLING
from cxsim.studies.service.split import RULE, label

FULL_NAME = "in full"
ENOUGH = 10  # seeds below which intervals are told to be rough


class Spender(NamedTuple):
    """Whose spend the answer is about, and in words how its own rule works."""

    firm: str
    rule: str


def rule_of(plan: FirmPlan) -> str:
    """Say in words how a firm decides on service."""
    before, after = _rule(plan.strategy), _rule(plan.after)
    return before if before == after or not plan.pivot.when else f"{before}, and after its pivot {after}"


def _rule(strategy: Strategy) -> str:
    return {
        FIXED: f"a fixed share of {fine_percent(strategy.service_budget)}",
        GOAL: "a goal that stays",
        FLOATING: "a goal that drifts",
        PROFIT: f"expected profit over {strategy.horizon} months",
    }[strategy.service_rule]


class Rows:
    """Rows of an audit by what they are about."""

    def __init__(self, rows: Sequence[Figure]) -> None:
        self.found = {(row.part, row.name): row for row in rows}

    def __call__(self, part: str, name: str = FULL_NAME) -> Estimate:
        """Return a figure; nothing known when there is none."""
        row = self.found.get((part, name))
        return row.estimate if row else NOTHING_KNOWN

    def text(self, part: str, name: str = FULL_NAME) -> str:
        """Return the words that go with a figure."""
        row = self.found.get((part, name))
        return row.text if row else ""

    def names(self, part: str) -> list[str]:
        """Names of all figures of a part."""
        return [name for other, name in self.found if other == part]


def under_invests(rows: Rows) -> bool:
    """Whether the firm spends less than is best, and is worth less for it; both intervals must leave out zero."""
    gap, loss = rows("gap"), rows("loss")
    return gap.has_interval and loss.has_interval and gap.low > 0 and loss.low > 0


def answer(lines: Sequence[Figure], asked: Spender) -> Answer:
    """Tell the verdict, what it rests on, and what lies behind it."""
    rows, told = Rows(lines), (_verdict, _of_which, _value, _marginal, _horizons, _cut, _rational, _sizes)
    parts = split_table(rows)
    table = [*grid(*best_table(rows)), *(["", *grid(*parts)] if parts[1] else [])]
    return Answer([sentence for part in told for sentence in part(rows, asked)], table, list(_notes(rows)))


def _verdict(rows: Rows, asked: Spender) -> Iterator[str]:
    """Say whether the firm under-invests in service."""
    own, gap, loss = rows("own", "share"), rows("gap"), rows("loss")
    plain = asked.rule == f"a fixed share of {fine_percent(own.mean)}"
    spends = f"it spends {_interval(own)} of its budget" if plain else f"it spends as a fixed share of {_interval(own)} would"
    edge = {"lowest tried": "the lowest tried, ", "highest tried": "at least "}.get(rows.text("best"), "")
    best, start = f"{edge}{_interval(rows('best'))}", f"The firm {asked.firm} does not under-invest in service"
    if under_invests(rows):
        lacking = with_interval(rows("too little"), percent)
        yield f"The firm {asked.firm} under-invests in service by {lacking}: {spends}, and best is {best}."
    elif gap.has_interval and gap.high < 0:
        yield f"{start}; it spends more than is best: {spends}, and best is {best}."
    elif gap.has_interval and gap.low > 0 and loss.has_interval:
        more = "is worth more than any fixed share would make it"
        worth = more if loss.high < 0 else "is worth no less, as far as can be told"
        yield f"{start}: {spends}, less than the best fixed share of {best}, but {worth}."
    else:
        yield f"{start}, as far as {own.n} seeds can tell: {spends}, and best is {best}."


def _interval(found: Estimate) -> str:
    """Share with its interval; without it where there is no width in it."""
    sure = found.has_interval and found.high - found.low > 5e-5
    return with_interval(found, fine_percent) if sure else fine_percent(found.mean)


def _points(found: Estimate) -> str:
    return points_apart(found.mean) if found.high - found.low < 5e-5 else with_interval(found, points_apart)


def _of_which(rows: Rows, asked: Spender) -> Iterator[str]:
    """Divide the gap: short horizon, drifting goal, the rule itself."""
    horizon, drift, rule = (rows("split", label(name)) for name in (HORIZON, DRIFT, RULE))
    if rule.n and under_invests(rows):
        yield (
            f"It lacks {_points(rows('gap'))} points of the budget, {_points(horizon)} of which by a short horizon, "
            f"{_points(drift)} by a drifting goal and {_points(rule)} by the rule itself, {asked.rule}."
        )


def _value(rows: Rows, asked: Spender) -> Iterator[str]:
    loss, yearly, wins = rows("loss"), rows("a year", "loss"), rows("seeds", "best share worth more than own rule")
    seeds = f"the best share is worth more in {with_interval(wins, percent)} of seeds"
    if loss.has_interval and loss.high < 0:
        gain = with_interval(loss.negated(), dollars)
        yield f"Its own rule, {asked.rule}, is worth {gain} more than the best fixed share: {seeds}."
    else:
        cost = f"{with_interval(loss, dollars)} of value, or {with_interval(yearly, dollars)} a year over the run"
        yield f"Against the best fixed share its own rule, {asked.rule}, loses {cost}; {seeds}."


def _marginal(rows: Rows, _: Spender) -> Iterator[str]:
    point, dollar = rows("marginal", "one more point"), rows("marginal", "one more dollar")
    if not math.isnan(point.mean):
        each = (
            "" if math.isnan(dollar.mean) else f", {with_interval(dollar, each_dollar)} for each dollar more, that dollar paid"
        )
        yield f"One more point of the budget for service would be worth {with_interval(point, dollars)} there{each}."


def _horizons(rows: Rows, _: Spender) -> Iterator[str]:
    if told := [f"{_interval(rows('best', name))} by {name}" for name in rows.names("best") if name != FULL_NAME]:
        yield f"Who counts no further than that would spend {listed(told)}; in full, {_interval(rows('best'))} is best."


def _cut(rows: Rows, _: Spender) -> Iterator[str]:
    shows, worse, value = rows("cut", "shows in profit"), rows("cut", "worse than no cut"), rows("cut", "value")
    if not shows.n:
        if rows("best").mean <= 0:
            yield "There is nothing to cut: the best is to spend nothing on service."
        return
    low, high = (fine_percent(float(part)) for part in rows.text("cut", "shows in profit").split()[1:4:2])
    gain = "never earns more in a month" if math.isinf(shows.mean) else f"earns more from month {_month(shows)} after it"
    if math.isinf(worse.mean):
        end = "is never worse, added up, within the run"
    elif worse.mean <= 1:
        end = "is worse from the first month"
    else:
        end = f"is worse than no cut, added up, from month {_month(worse)} after it"
    changes = f"it changes the value by {with_interval(value, dollars)}"
    yield f"A cut from the best share, {low} to {high}, {gain} and {end}; {changes}."


def _month(found: Estimate) -> str:
    month, low, high = ("never" if math.isinf(bound) else f"{bound:.0f}" for bound in found[:3])
    return month if not found.has_interval or found.low == found.high else f"{month} ({low} to {high})"


def _rational(rows: Rows, _: Spender) -> Iterator[str]:
    pooling, leavers = (rows("split", label(name)) for name in (POOLING, LEAVERS))
    if pooling.n:
        before = _interval(rows("split", "best without pooling and returning leavers"))
        yield (
            f"Not a mistake: pooled queues take {_points(pooling)} points off the best share, and leavers who return "
            f"{_points(leavers)}; without both {before} would be best."
        )


def _sizes(rows: Rows, _: Spender) -> Iterator[str]:
    if names := rows.names("size"):
        told = [f"{_interval(rows('size', name))} with {name}" for name in (names[0], names[len(names) // 2], names[-1])]
        yield f"By size of the firm, in its first years, the best share is {listed(told)}."


def best_table(rows: Rows) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the best spend at each horizon, and of the own rule."""
    header = ["value counted to", "best share", "$ a customer and month", "own rule lacks", "and loses"]
    lines = []
    for name in rows.names("best"):
        share, spend, gap, loss = (rows(part, name) for part in ("best", "best spend", "gap", "loss"))
        lines.append([name, _interval(share), fine_dollars(spend.mean), f"{_points(gap)} points", with_interval(loss, dollars)])
    own, spend = rows("own", "share"), rows("own", "spend")
    return header, [*lines, ["own rule", _interval(own), fine_dollars(spend.mean), "-", "-"]]


def split_table(rows: Rows) -> tuple[list[str], list[list[str]]]:
    """Header and rows of what lowers spend, and how much of that hangs on the order of switching off; no rows without it."""
    lines = []
    for name in rows.names("split"):
        orders, _, kind = rows.text("split", name).partition(" over all orders; ")
        if kind:
            least, most = (points_apart(float(part)) for part in orders.split(" to "))
            lines.append([name, _points(rows("split", name)), f"{least} to {most}", kind])
    return ["what lowers spend", "points", "over all orders", "kind"], lines


def _notes(rows: Rows) -> Iterator[str]:
    yield (
        f"Means of {rows('best').n} seeds, the same for every share, with 95 % intervals from drawing seeds again. Shares are "
        "of the money that budgets divide; what an own rule spends is told as the fixed share that costs as much for each "
        "customer. Counted to a month: cash flow until then and nothing later; in full: cash flow of the run and worth of the "
        "last customers."
    )
    part = rows("split", label(POOLING)).n
    if part and part != rows("best").n:
        yield (
            f"What pooling and returning leavers lower, and all ranges over orders, are found on the first {part} of these "
            "seeds, as are sizes; the other parts on all of them."
        )
    if rows("best").n < ENOUGH:
        yield "With so few seeds intervals are rough, and often too narrow: add replicates before you act on them."
    few = rows("seeds", "runs that hold half of the value")
    if few.n and 0 < few.mean <= min(MOST_CARRIERS, few.n / 4):
        yield (
            f"At the best share {few.mean:.0f} of {few.n} runs hold more than half of all value, so that means rest on few "
            "runs: more replicates are needed to trust them."
        )
