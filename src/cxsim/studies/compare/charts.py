"""What a comparison found, as charts: how much more each result is worth than the first, and all laid over each other."""

from collections.abc import Iterator, Mapping, Sequence

from cxsim.charts.content import Axis, Chart, Dot, DotPlot, Series
from cxsim.measures.series import BAND, RunTables
from cxsim.measures.tables import Columns
from cxsim.studies.compare.comparison import ComparisonRow
from cxsim.studies.compare.sentences import differences, summaries
from cxsim.studies.run.charts import CLOSED, capacity, course, drawn_months, survival, value

NOTES = {"customers": CLOSED, "cash": CLOSED, "satisfaction": "while enough firms are left"}


def charts(firm: str, months: int, series: Columns, values: Columns) -> dict[str, list[Chart]]:
    """Lay the results of each pair of arms over each other; ``series`` and ``values`` are the tables of the comparison."""
    pairs = list(dict.fromkeys(values["pair"].tolist()))
    made = {pair: list(_pair(pair, firm, months, series, values)) for pair in pairs}
    return {pair: named(pair, some, len(pairs)) for pair, some in made.items()}


def capacities(pictures: Mapping[str, RunTables]) -> list[Chart]:
    """Where the capacity went in the results of each pair, for which the tables of a comparison hold too little."""
    return [chart for pair, one in pictures.items() for chart in named(pair, [capacity(one)], len(pictures))]


def named(pair: str, some: Sequence[Chart], pairs: int) -> list[Chart]:
    """Name charts by their pair when there are several."""
    return [chart._replace(name=f"{chart.name}_{pair}") for chart in some] if pairs > 1 else list(some)


def _pair(pair: str, firm: str, months: int, series: Columns, values: Columns) -> Iterator[Chart]:
    shown = drawn_months(months)

    def lines(measure: str) -> Iterator[Series]:
        mine = (series["pair"] == pair) & (series["measure"] == measure)
        for result in dict.fromkeys(series["result"][mine].tolist()):
            rows = mine & (series["result"] == result)
            mean, low, high = (series[name][rows][shown].tolist() for name in ("mean", "low", "high"))
            share = measure == "status"
            yield Series(result, shown, mean, kind="steps") if share else Series(result, shown, mean, low, high)

    yield survival(firm, list(lines("status")), "")
    for measure, note in NOTES.items():
        told = f"line: mean; band: {BAND[0]}th to {BAND[1]}th percentile; {note}"
        yield course(measure, firm, list(lines(measure)), told)
    mine = values["pair"] == pair
    results = dict.fromkeys(values["result"][mine].tolist())
    yield value(firm, {result: values["value"][mine & (values["result"] == result)].tolist() for result in results}, "")


def difference(rows: Sequence[ComparisonRow], firm: str) -> Chart:
    """Draw how much more the firm is worth in each result than in the first."""
    by_pair, found = summaries(rows), differences(rows)
    several = len({one.pair for one in found}) > 1
    gaps = [(one, by_pair[one.pair].difference("value", firm, one.result, one.versus)) for one in found]
    dots = [
        Dot.of(f"{one.pair}: {one.result}" if several else one.result, gap, 0 if gap.significant else 2)
        for one, gap in gaps
        if gap
    ]
    note = "mean difference with 95 % interval; grey diamonds: not significant"
    panel = DotPlot("", Axis("difference in value (dollars)", "cents"), dots)
    return Chart("difference", f"How much more {firm} is worth than in the first result", note, [panel])
