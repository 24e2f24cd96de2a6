"""The report of ``cxsim compare``: what differs between results, by how much, and their plots laid over each other."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from cxsim import store
from cxsim.measures.series import BAND
from cxsim.measures.tables import Columns
from cxsim.narrative.formatting import listed
from cxsim.report.common import mark, notes, provenance
from cxsim.report.content import Line, Lines, Marks, Part, Report, Section, Spread, Table, Unit
from cxsim.statistics.intervals import mean_interval
from cxsim.studies.compare.comparison import ComparisonRow, Field
from cxsim.studies.compare.overlays import lines_of
from cxsim.studies.compare.sentences import differences, fields_table, sentences, summaries, table
from cxsim.studies.run.charts import drawn_months

SHAPES: dict[str, tuple[str, str, Unit, str]] = {
    "status": ("Share of runs in which {firm} is in business", "share in business", "share", ""),
    "customers": ("Customers of {firm}", "customers", "count", "a closed firm counts as 0"),
    "cash": ("Cash of {firm}", "cash in the bank", "cents", "a closed firm counts as 0"),
    "satisfaction": ("Satisfaction of the customers of {firm}", "satisfaction", "share", "while enough firms are left"),
}
METHODS = (
    "Each result is held against the first. Where two results have the same replicate seeds, as runs of one seed have, the "
    "difference is taken within each seed, so that luck which both share cancels out; its 95 % interval is that of Student's t "
    "over these differences. Where they share no seeds, the samples are independent: the interval is Welch's, with degrees of "
    "freedom rounded down, or Newcombe's where the figure is a share of runs. Differences are not corrected for their number."
)


def read_report(place: store.ResultFolder) -> Report:
    """Say what a comparison found whose results are in a folder."""
    manifest = store.read_manifest(place)
    asked = manifest["scenario"]
    rows = store.read_rows(place, ComparisonRow, "comparison.csv")
    series, values = store.read(place, "series"), store.read(place, "values")
    labels = [one["label"] for one in asked["results"]]
    pairs = [pair["name"] for pair in asked["pairs"]]
    return Report(
        title=f"{listed(labels[1:])} compared with {labels[0]}",
        question=f"What differs between the results, and by how much for the firm {asked['firm']}?",
        answer=sentences(rows, asked["firm"], asked["months"]),
        sections=[
            Section("Differences", [_table(rows, asked["firm"]), _gaps(rows, asked["firm"])]),
            Section("What is not the same in the scenarios", [_fields(asked, labels)]),
            *(
                Section(f"Under {pair}" if len(pairs) > 1 else "What happened", _charts(pair, asked, series, values))
                for pair in pairs
            ),
        ],
        methods=[METHODS],
        scenario="",
        provenance=[*_sources(asked["results"]), *provenance(manifest)],
        command=manifest["command"],
        notes=notes(manifest),
    )


def _table(rows: Sequence[ComparisonRow], firm: str) -> Table:
    note = "means with 95 % intervals, closed firms included; * the interval of the difference leaves out zero"
    return Table(f"{firm} in each result", *table(rows, firm), note, texts=2)


def _gaps(rows: Sequence[ComparisonRow], firm: str) -> Marks:
    by_pair, marks = summaries(rows), []
    found = differences(rows)
    for one in found:
        gap = by_pair[one.pair].difference("value", firm, one.result, one.versus)
        if gap:
            several = len({other.pair for other in found}) > 1
            marks.append(mark(f"{one.pair}: {one.result}" if several else one.result, gap, int(not gap.significant) * 2))
    note = "mean difference with 95 % interval; grey diamonds: not significant"
    return Marks(f"How much more {firm} is worth than in the first result", note, "difference in value", "cents", marks)


def _fields(asked: Mapping[str, Any], labels: Sequence[str]) -> Table:
    fields = [Field(**field) for field in asked["differing"]]
    note = "" if fields else "the scenarios have the same values in all results"
    return Table("Values of the scenarios", *fields_table(fields, labels), note, texts=2)


def _charts(pair: str, asked: Mapping[str, Any], series: Columns, values: Columns) -> list[Part]:
    firm = asked["firm"]
    return [_lines(pair, measure, firm, asked["months"], series) for measure in SHAPES] + [_spread(pair, firm, values)]


def _lines(pair: str, measure: str, firm: str, months: int, series: Columns) -> Part:
    title, label, unit, note = SHAPES[measure]
    shown = drawn_months(months)
    share = measure == "status"
    lines = []
    for line in lines_of(series, pair, measure):
        low, middle, high = ([part[month] for month in shown] for part in line[1:])
        lines.append(Line(line.result, shown, middle, *(() if share else (low, high))))
    band = "" if share else f"line: mean; band: {BAND[0]}th to {BAND[1]}th percentile; "
    return Lines(title.format(firm=firm), f"{band}{note}", "month", label, unit, lines, steps=share)


def _spread(pair: str, firm: str, values: Columns) -> Spread:
    mine = values["pair"] == pair
    results = dict.fromkeys(values["result"][mine].tolist())
    rows = {result: values["value"][mine & (values["result"] == result)].tolist() for result in results}
    return Spread(
        title=f"What {firm} is worth",
        note="dots: runs; box: middle half and median; diamond: mean with 95 % interval; closed firms included",
        label="value at the start",
        unit="cents",
        rows=rows,
        means=[mark(result, mean_interval([value for value in row if not math.isnan(value)])) for result, row in rows.items()],
    )


def _sources(results: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [
        (one["label"], f"{one['command']}; scenario digest {one['identity']['scenario']}; {one['replicates']} replicates")
        for one in results
    ]
