"""What came out of a scenario, as charts: the focal firm over months, what it is worth, and where its capacity went."""

import math
from collections.abc import Sequence

from cxsim.charts.content import Axis, Chart, Dot, Panel, Series, Strip
from cxsim.charts.scales import even_part
from cxsim.charts.style import WORK_COLOURS
from cxsim.measures.series import RunTables, bands, few_from, label_of_runs, meaning, over_time, pale, run_values, work_shares
from cxsim.narrative.formatting import dollars
from cxsim.statistics.intervals import mean_interval

MOST_MONTHS = 240  # drawn of a line
SHOWN_FIRMS = 7
MONTH = Axis("month", "month")
WORK = {"upkeep": "upkeep", "custom": "custom features", "roadmap": "roadmap", "idle": "idle"}
CLOSED = "a closed firm counts as 0"


def charts(picture: RunTables) -> list[Chart]:
    """Draw all figures of a picture, in the order of the questions that they answer."""
    focal = picture.focal
    worth = {arm: run_values(picture, arm).tolist() for arm in picture.arms}
    alive = "firms in business with customers only"
    made = [
        survival(focal, [_survival(picture, arm) for arm in picture.arms], label_of_runs(picture)),
        value(focal, worth, f"{label_of_runs(picture)}; "),
        course("customers", focal, _lines(picture, "customers", 0.0), f"{meaning(picture)}; {CLOSED}"),
        course("cash", focal, _lines(picture, "cash", 0.0), f"{meaning(picture)}; {CLOSED}"),
        course("satisfaction", focal, _lines(picture, "satisfaction", math.nan), f"{meaning(picture)}; {alive}{pale(picture)}"),
    ]
    return [*made, *([_firms(picture)] if len(picture.plans) > 1 else []), capacity(picture)]


def drawn_months(months: int) -> list[int]:
    """Months that are drawn: all, or so many evenly apart, always with the last.

    >>> drawn_months(3), len(drawn_months(1200)), drawn_months(1200)[-1]
    ([0, 1, 2], 240, 1199)
    """
    step = math.ceil(months / MOST_MONTHS)
    return [*range((months - 1) % step, months, step)]


def survival(firm: str, series: Sequence[Series], note: str) -> Chart:
    """Share of firms in business, month by month. Nobody leaves a run but by closing, so shares are exact."""
    share = Axis("share in business", "share", within=(0, 1))
    return Chart("survival", f"Share of runs in which {firm} is in business", note, [Panel("", MONTH, share, series)])


def course(measure: str, firm: str, series: Sequence[Series], note: str) -> Chart:
    """Draw what becomes of a measure of the firm, month by month."""
    units: dict[str, tuple[str, Axis]] = {
        "customers": ("Customers of", Axis("customers", "count", from_zero=True)),
        "cash": ("Cash of", Axis("cash in the bank (dollars)", "cents", from_zero=True)),
        "satisfaction": ("Satisfaction of the customers of", Axis("satisfaction", "share", within=(0, 1))),
    }
    title, axis = units[measure]
    return Chart(measure, f"{title} {firm}", note, [Panel("", MONTH, axis, series)])


def value(firm: str, rows: dict[str, list[float]], note: str) -> Chart:
    """Value of the firm in every run, with the mean of each row and its interval."""
    even = even_part(rows.values())
    axis = Axis("value at the start (dollars)", "cents", "symlog" if even else "linear", from_zero=not even, even=even)
    told = "dots: runs; box: middle half and median; diamond: mean with 95 % interval"
    told = f"{told}; {note}closed firms included. Value at the start: discounted cash flow and worth of the last customers"
    told += f"; the scale is even up to {dollars(even)} and logarithmic beyond" if even else ""
    means = [Dot.of(name, mean_interval([one for one in values if not math.isnan(one)])) for name, values in rows.items()]
    return Chart("value", f"What {firm} is worth", told, [Strip("", axis, rows, means)])


def _survival(picture: RunTables, arm: str) -> Series:
    months = drawn_months(picture.months)
    share = over_time(picture, arm, picture.focal, "status", 0.0).mean(axis=0)[months]
    return Series(arm, months, share.tolist(), kind="steps")


def _lines(picture: RunTables, measure: str, missing: float) -> list[Series]:
    return [_line(picture, arm, arm, picture.focal, measure, missing) for arm in picture.arms]


def _line(picture: RunTables, name: str, arm: str, plan: str, measure: str, missing: float) -> Series:
    months = drawn_months(picture.months)
    low, middle, high = bands(over_time(picture, arm, plan, measure, missing))[:, months].tolist()
    return Series(name, months, middle, low, high, pale_from=_pale_from(picture, arm) if math.isnan(missing) else math.inf)


def _pale_from(picture: RunTables, arm: str) -> float:
    """First drawn month in which few firms are in business."""
    end = few_from(picture, arm)
    return next((month for month in drawn_months(picture.months) if month >= end), math.inf)


def _firms(picture: RunTables) -> Chart:
    """Draw customers of every firm plan over time, one panel per arm."""
    shown, left_out = picture.plans[:SHOWN_FIRMS], len(picture.plans) - SHOWN_FIRMS
    note = f"{meaning(picture)}; {CLOSED}{f'; {left_out} more kinds of firm not drawn' if left_out > 0 else ''}"
    axis = Axis("customers", "count", from_zero=True)
    panels = [
        Panel(arm, MONTH, axis, [_line(picture, plan, arm, plan, "customers", 0.0) for plan in shown]) for arm in picture.arms
    ]
    return Chart("firms", "Customers of each firm", note, panels, alike=True)


def capacity(picture: RunTables) -> Chart:
    """Where the focal firm's product capacity went, month by month, as shares of all there was."""
    months = drawn_months(picture.months)
    axis = Axis("share of capacity", "share", within=(0, 1))
    panels = []
    for arm in picture.arms:
        shares, from_month = work_shares(picture, arm), _pale_from(picture, arm)
        series = [
            Series(WORK[kind], months, share[months].tolist(), kind="area", pale_from=from_month, colour=WORK_COLOURS[kind])
            for kind, share in shares.items()
        ]
        panels.append(Panel(arm, MONTH, axis, series))
    note = f"shares of the capacity of all firms in business in a month; {label_of_runs(picture)}{pale(picture)}"
    return Chart("capacity", f"Where the product capacity of {picture.focal} went", note, panels, alike=True)
