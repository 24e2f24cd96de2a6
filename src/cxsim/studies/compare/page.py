"""The report of ``cxsim compare``: what differs between results, by how much, and their plots laid over each other."""

from collections.abc import Mapping
from typing import Any

from cxsim import store
from cxsim.narrative.sentences import listed
from cxsim.report.content import Report, Section, Table
from cxsim.studies.compare.charts import charts, difference
from cxsim.studies.compare.comparison import ComparisonRow, Counted, Field
from cxsim.studies.compare.sentences import fields_table, sentences, table

METHODS = (
    "Each result is held against the first. Where two results have the same replicate seeds, as runs of one seed have, the "
    "difference is taken within each seed, so that luck which both share cancels out; its 95 % interval is that of Student's t "
    "over these differences. Where they share no seeds, the samples are independent: the interval is Welch's, with degrees of "
    "freedom rounded down, or Newcombe's where the figure is a share of runs. Differences are not corrected for their number."
)


def read_report(place: store.ResultFolder, manifest: store.Manifest) -> Report:
    """Say what a comparison found whose results are in a folder."""
    asked = manifest["scenario"]
    rows, firm = store.read_rows(place, manifest, ComparisonRow, "comparison.csv"), asked["firm"]
    drawn = charts(firm, asked["months"], *(store.read(place, manifest, name) for name in ("series", "values")))
    labels, fields = [one["label"] for one in asked["results"]], [Field(**field) for field in asked["differing"]]
    note = "means with 95 % intervals, closed firms included; * the interval of the difference leaves out zero"
    results = Table(f"{firm} in each result", *table(rows, firm), note, texts=2)
    note = "" if fields else "the scenarios have the same values in all results"
    values = Table("Values of the scenarios", *fields_table(fields, labels), note, texts=2)
    return Report(
        title=f"{listed(labels[1:])} compared with {labels[0]}",
        question=f"What differs between the results, and by how much for the firm {firm}?",
        answer=sentences(rows, firm, asked["months"], [Counted(**one) for one in asked.get("counted", ())]),
        sections=[
            Section("Differences", [results, difference(rows, firm)]),
            Section("What is not the same in the scenarios", [values]),
            *(Section(f"Under {pair}" if len(drawn) > 1 else "What happened", some) for pair, some in drawn.items()),
        ],
        methods=[METHODS],
        provenance=[(one["label"], _source(one)) for one in asked["results"]],
    )


def _source(result: Mapping[str, Any]) -> str:
    digest = result["identity"]["scenario"]
    return f"{result['command']}; scenario digest {digest}; {result['replicates']} replicates"
