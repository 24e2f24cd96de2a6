"""What a service audit found, as charts, and the data behind them as tables."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from cxsim.charts.content import Axis, Chart, Dot, DotPlot, Mark, Panel, Series
from cxsim.measures.tables import Columns
from cxsim.statistics.figures import columns_of
from cxsim.statistics.intervals import Floats
from cxsim.statistics.resampling import Resamples
from cxsim.studies.service.curve import FULL, Curve
from cxsim.studies.service.cut import Cut
from cxsim.studies.service.sizes import Size
from cxsim.studies.service.split import Split, label

SHARE = Axis("share of the budget for service", "share")
PART, ORDERS = "part", "over all orders"  # groups of the split


class Point(NamedTuple):
    """A point of a chart; ``x`` is the name of a dot."""

    panel: str
    series: str
    x: float | str
    mean: float
    low: float
    high: float


def points_of(chart: Chart) -> Columns:
    """Return the data behind a chart, a row for each point."""
    return columns_of(point._asdict() for point in _points(chart))


def _points(chart: Chart) -> Iterator[Point]:
    for panel in chart.panels:
        if isinstance(panel, DotPlot):
            yield from (Point(panel.title, dot.group, dot.name, dot.value, dot.low, dot.high) for dot in panel.dots)
        elif isinstance(panel, Panel):
            for one in panel.series:
                yield from (Point(panel.title, one.name, *row) for row in zip(one.x, one.y, one.low, one.high, strict=True))


def value_chart(found: Curve) -> Chart:
    """Draw value against the share, a panel for each horizon, with the best and the own rule."""
    panels = []
    for horizon, top in found.tops.items():
        means, own = found.means[horizon], found.own_value[horizon]
        low, high = found.draws.bounds(means - top.value[:, None])
        level, lost = float(top.value[0]), found.draws.interval(own - top.value)
        mine = [float(own[0])], [level + lost.low], [level + lost.high]
        values = (one.tolist() for one in (found.shares, means[0], level + low, level + high))
        series = [
            Series("fixed share", *values),
            Series("own rule", [float(found.own_share[0])], *mine, kind="points"),
        ]
        title = "value in full" if horizon == FULL else f"counted to {name_of(horizon)}"
        marks = [Mark.of("best", found.draws.interval(top.share))]
        panels.append(Panel(title, SHARE, Axis("value (dollars)", "cents"), series, marks))
    note = (
        "discounted cash flow of the first months; in full: with the worth of the last customers. Band: 95 % interval of the "
        f"difference from the best, on the same {found.draws.seeds} seeds; best: share with its interval"
    )
    return Chart("value", "Value against spend on service", note, panels)


def name_of(horizon: int) -> str:
    """Words for a horizon."""
    return "in full" if horizon == FULL else "1 month" if horizon == 1 else f"{horizon} months"


def marginal_chart(found: Curve, point: float) -> Chart:
    """Draw what one more point of the budget brings, between neighbours of the grid."""
    shares, draws = found.shares, found.draws
    steps = np.diff(found.means[FULL], axis=1) / np.diff(shares) * point
    series = Series.of("one more point", ((shares[1:] + shares[:-1]) / 2).tolist(), draws.intervals(steps))
    marks = {"best": found.tops[FULL].share, "own rule": found.own_share}
    value = Axis("value of one more point (dollars)", "cents")
    panel = Panel("", SHARE, value, [series], [Mark.of(name, draws.interval(where)) for name, where in marks.items()])
    note = f"value in full, between neighbouring shares of the grid; band: 95 % interval over {draws.seeds} seeds"
    return Chart("marginal", "What one more point of the budget for service brings", note, [panel])


def cut_chart(found: Cut, part: float, worse: Floats, draws: Resamples) -> Chart:
    """Draw the difference that a cut makes, month by month and added up; ``worse``: the month from which it is for good."""
    months, after = list(range(1, found.monthly.shape[1] + 1)), Axis("months after the cut", "month")
    for_good = Mark.of("worse for good", draws.interval(worse))
    share = f"{100 * found.share:.3g} to {100 * found.share * (1 - part):.3g} % of its budget"
    note = (
        f"service goes from {share} in month {found.month}; band: 95 % interval of the paired difference; {draws.seeds} seeds"
    )

    def panel(title: str, flow: str, values: Floats, marks: Sequence[Mark] = ()) -> Panel:
        series = Series.of("with the cut less without", months, draws.intervals(values))
        return Panel(title, after, Axis(f"{flow}, cut less no cut (dollars)", "cents"), [series], marks)

    panels = [
        panel("each month", "cash flow", found.monthly),
        panel("added up", "discounted cash flow", found.total, [for_good] if math.isfinite(for_good.value) else []),
    ]
    return Chart("cut", "What a cut of service does to profit", note, panels)


def split_chart(found: Split) -> Chart:
    """Draw what each mechanism takes off the spend, with its interval, and the range over orders."""
    parts = {label(name): part for name, part in found.parts.items()}
    dots = [Dot.of(name, part.size)._replace(group=PART) for name, part in parts.items()]
    dots += [Dot(name, part.size.mean, part.least, part.most, group=ORDERS) for name, part in parts.items()]
    *_, last = parts.values()
    seeds = f"{found.without.n} seeds for the first two, {last.size.n} for the others"
    note = (
        f"share of the budget that each takes off, mean with 95 % interval ({seeds}); over all orders: least and most, "
        "whatever was off before. Pooled queues and returning leavers lower the best spend, the others what the firm spends"
    )
    panel = DotPlot("", Axis("share of the budget taken off", "share"), dots)
    return Chart("split", "What lowers spend on service", note, [panel])


def sizes_chart(found: Sequence[Size], months: int, seeds: int) -> Chart:
    """Draw best and own spend against size, as a share and for each customer."""
    people = [float(one.people) for one in found]
    size = Axis("people on the first day", "count", "log", ticks=[(one, f"{one:,.0f}") for one in people])
    share, own, spend = (
        Series.of(name, people, [getattr(one, part) for one in found])
        for name, part in (("best", "share"), ("own rule", "own"), ("best", "spend"))
    )
    cost = Axis("cost of service at the best share (dollars)", "cents", from_zero=True)
    panels = [
        Panel("share of the budget", size, Axis("share for service", "share"), [share, own]),
        Panel("for each customer and month", size, cost, [spend]),
    ]
    if curves := [one.curve for one in found if one.curve]:
        panels.append(Panel("value by size", SHARE, Axis("value over that at the best share", "share"), curves))
    note = (
        f"value of {months} months and of the customers at their end; people, customers and money in proportion, the same "
        f"product and market; band: 95 % interval over {seeds} seeds"
    )
    return Chart("sizes", "Best spend on service by size of the firm", note, panels)
