"""What a service audit found, as charts, and the data behind them as tables."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxsim.charts.content import AnyPanel, Axis, Chart, Dot, DotPlot, Mark, Panel, Series
from cxsim.statistics.intervals import Estimate, Floats
from cxsim.statistics.resampling import Resamples
from cxsim.studies.service.curve import FULL

if TYPE_CHECKING:
    from cxsim.studies.service.audit import Found
    from cxsim.studies.service.cut import Cut
    from cxsim.studies.service.sizes import Size
    from cxsim.studies.service.split import Split

SHARE = Axis("share of the budget for service", "share")
PART, ORDERS = "part", "over all orders"  # groups of the split


def frame(chart: Chart) -> pd.DataFrame:
    """Return the data behind a chart, a row for each point."""
    columns = ("panel", "series", "x", "mean", "low", "high")
    return pd.DataFrame([row for panel in chart.panels for row in _points(panel)], columns=list(columns))


def _points(panel: AnyPanel) -> Iterator[tuple[Any, ...]]:
    if isinstance(panel, DotPlot):
        yield from ((panel.title, dot.group, dot.name, *dot[1:4]) for dot in panel.dots)
    elif isinstance(panel, Panel):
        for one in panel.series:
            yield from ((panel.title, one.name, *row) for row in zip(one.x, one.y, one.low, one.high, strict=True))


def value_chart(found: "Found") -> Chart:
    """Draw value against the share, a panel for each horizon, with the best and the own rule."""
    panels = []
    for horizon, top in found.tops.items():
        means, own = found.means[horizon], found.own_value[horizon]
        low, high = found.draws.bounds(means - top.value[:, None])
        level, lost = float(top.value[0]), found.draws.interval(own - top.value)
        mine = [float(own[0])], [level + lost.low], [level + lost.high]
        series = [
            Series(
                "fixed share", found.grid.shares.tolist(), means[0].tolist(), (level + low).tolist(), (level + high).tolist()
            ),
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


def marginal_chart(found: "Found", point: float) -> Chart:
    """Draw what one more point of the budget brings, between neighbours of the grid."""
    shares, means = found.grid.shares, found.means[FULL]
    steps = np.diff(means, axis=1) / np.diff(shares) * point
    series = banded("one more point", ((shares[1:] + shares[:-1]) / 2).tolist(), steps, found.draws)
    best, own = found.draws.interval(found.tops[FULL].share), found.draws.interval(found.own_share)
    value = Axis("value of one more point (dollars)", "cents")
    panel = Panel("", SHARE, value, [series], [Mark.of("best", best), Mark.of("own rule", own)])
    note = f"value in full, between neighbouring shares of the grid; band: 95 % interval over {found.draws.seeds} seeds"
    return Chart("marginal", "What one more point of the budget for service brings", note, [panel])


def banded(name: str, x: Sequence[float], values: Floats, draws: Resamples) -> Series:
    """Line with the interval over draws of seeds; the first row of the values is the figure itself."""
    return _banded(name, x, values[0], *draws.bounds(values))


def _banded(name: str, x: Iterable[float], *values: Floats) -> Series:
    mean, low, high = (one.tolist() for one in values)
    return Series(name, list(x), mean, low, high)


def cut_chart(found: "Cut", part: float, worse: Floats, draws: Resamples) -> Chart:
    """Draw the difference that a cut makes, month by month and added up; ``worse``: the month from which it is for good."""
    months, gap = list(range(1, found.monthly.shape[1] + 1)), "with the cut less without"
    after = Axis("months after the cut", "month")
    monthly, total = (banded(gap, months, values, draws) for values in (found.monthly, found.total))
    for_good = Mark.of("worse for good", draws.interval(worse))
    share = f"{100 * found.share:.3g} to {100 * found.share * (1 - part):.3g} % of its budget"
    note = (
        f"service goes from {share} in month {found.month}; band: 95 % interval of the paired difference; {draws.seeds} seeds"
    )
    panels = [
        Panel("each month", after, Axis("cash flow, cut less no cut (dollars)", "cents"), [monthly]),
        Panel(
            "added up", after, Axis("discounted cash flow, cut less no cut (dollars)", "cents"), [total],
            [for_good] if math.isfinite(for_good.value) else [],
        ),
    ]  # fmt: skip
    return Chart("cut", "What a cut of service does to profit", note, panels)


def split_chart(found: "Split", names: Sequence[str]) -> Chart:
    """Draw what each mechanism takes off the spend, with its interval, and the range over orders."""
    made = list(zip(names, found.parts.values(), strict=True))
    dots = [Dot(name, part.size.mean, part.size.low, part.size.high, group=PART) for name, part in made]
    dots += [Dot(name, part.size.mean, part.least, part.most, group=ORDERS) for name, part in made]
    seeds = f"{found.without.n} seeds for the first two, {made[-1][1].size.n} for the others"
    note = (
        f"share of the budget that each takes off, mean with 95 % interval ({seeds}); over all orders: least and most, "
        "whatever was off before. Pooled queues and returning leavers lower the best spend, the others what the firm spends"
    )
    panel = DotPlot("", Axis("share of the budget taken off", "share"), dots)
    return Chart("split", "What lowers spend on service", note, [panel])


def sizes_chart(found: Sequence["Size"], months: int, seeds: int) -> Chart:
    """Draw best and own spend against size, as a share and for each customer."""
    people = [float(one.people) for one in found]
    size = Axis("people on the first day", "count", "log", ticks=[(one, f"{one:,.0f}") for one in people])

    def series(name: str, which: str) -> Series:
        points: list[Estimate] = [getattr(one, which) for one in found]
        return Series(name, people, *zip(*(point[:3] for point in points), strict=True))

    cost = Axis("cost of service at the best share (dollars)", "cents", from_zero=True)
    panels = [
        Panel(
            "share of the budget",
            size,
            Axis("share for service", "share"),
            [series("best", "share"), series("own rule", "own")],
        ),
        Panel("for each customer and month", size, cost, [series("best", "spend")]),
    ]
    if curves := [one.curve for one in found if one.curve]:
        panels.append(Panel("value by size", SHARE, Axis("value over that at the best share", "share"), curves))
    note = (
        f"value of {months} months and of the customers at their end; people, customers and money in proportion, the same "
        f"product and market; band: 95 % interval over {seeds} seeds"
    )
    return Chart("sizes", "Best spend on service by size of the firm", note, panels)
