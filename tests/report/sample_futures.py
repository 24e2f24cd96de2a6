"""A made-up report with a slider over futures, for the tests of pages. Nothing in it comes from the model."""

import math

from cxsim.charts.content import Axis, Chart, Panel, Series
from cxsim.report.content import Futures, Luck, Moment, Path, Report, Section

MONTHS = 60
MOMENTS = (0, 6, 12, 24, 36, 48)


def grown(moment: float, month: int, strength: float) -> float:
    """Customers that grow slowly, and faster after the pivot; a pivot that comes too early starts with less."""
    slow = 10 + 0.8 * month
    since = month - moment
    return slow if since < 0 else slow * (0.6 if moment < 12 else 1.0) * math.exp(strength * 0.04 * since / (1 + moment / 40))


def luck(name: str, strength: float) -> Luck:
    without = [10 + 0.8 * month for month in range(MONTHS)]
    chosen = [[grown(moment, month, strength) for month in range(MONTHS)] for moment in MOMENTS]
    cash = Path("cash", "cents", [100_000_00.0 - 50_000 * x for x in without], [[50_000 * x for x in line] for line in chosen])
    return Luck(name, [Path("customers", "count", without, chosen), cash])


def futures() -> Futures:
    return Futures(
        title="Two futures",
        note="made up for a test",
        question="What happens if they pivot now?",
        slider="month of the pivot",
        chosen="pivot then",
        without="never",
        moments=[Moment(f"month {moment}", moment, f"Outcome of month {moment}.") for moment in MOMENTS],
        lucks=[luck("mean of 40 runs", 1.0), luck("seed 7 </option><b>", 1.4)],
    )


def report(title: str = "When to pivot", guess: bool = True) -> Report:
    months = list(range(MONTHS))
    lines = [
        Series(f"{title} {n}", months, [float(n * m) for m in months], [0.0] * MONTHS, [70.0] * MONTHS) for n in range(1, 3)
    ]
    panel = Panel("", Axis("month", "month"), Axis("value", "cents", from_zero=True), lines)
    chart = Chart("value", "Value against moment", "made up", [panel])
    return Report(
        title=title,
        question=f"Is {title} safe & sound?",
        answer=["The best moment is month 12."],
        sections=[Section("Guess first", [futures()]), Section("The best moment", [chart], covered=True)],
        methods=["Made up."],
        scenario=f"title = '{title}'\n",
        provenance=[("seed", "1")],
        command=f"cxsim pivot '{title}'",
        guess=guess,
    )
