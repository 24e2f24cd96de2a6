"""The report of ``cxsim run``: the answer to the scenario's question, the plots behind it, and the arms side by side."""

from collections.abc import Iterator

from cxsim.narrative.formatting import Style, count, dollars, in_a_cell, percent, starred, with_interval
from cxsim.narrative.sentences import plural
from cxsim.report.content import Report, Section, Table
from cxsim.scenario.to_toml import as_toml
from cxsim.store import Manifest, ResultFolder
from cxsim.studies.run.answer import answer, rank
from cxsim.studies.run.charts import charts
from cxsim.studies.run.stored import RunResults, read_run
from cxsim.studies.run.summary import Summary

STYLES: dict[str, Style] = {"value": dollars, "survived": percent, "customers": count, "cash": dollars, "heads": count}
HEADS = {"value": "value", "survived": "in business", "customers": "customers", "cash": "cash", "heads": "people"}


def read_report(place: ResultFolder, manifest: Manifest) -> Report:
    """Say what came out of the scenario whose results are in a folder."""
    kept = read_run(place, manifest)
    summary, scenario = Summary(kept.rows), kept.scenario
    told = answer(summary, kept.scope)
    look_for = f"Look for: {scenario['look_for']}" if scenario["look_for"] else ""
    return Report(
        title=scenario["title"],
        question=scenario["question"],
        answer=told.sentences,
        sections=[
            Section("The arms", list(_tables(kept, summary)), look_for),
            Section("What happened", charts(kept.picture)),
        ],
        methods=[*told.notes, _methods(kept)],
        scenario=as_toml(scenario),
    )


def _methods(kept: RunResults) -> str:
    """Say in a paragraph how the figures were found."""
    number, runs = len(kept.scope.arms), plural(len(kept.manifest["replicate_seeds"]), "replicate")
    arms = f"Each of {number} arms" if number > 1 else "The firm"
    return (
        f"{arms} was simulated month by month for {plural(kept.scope.months, 'month')} in {runs}. A replicate has one "
        "seed, the same in every arm: whatever the difference between two arms does not touch, luck included, is equal in "
        "both. Differences between arms are therefore taken within each seed, and their 95 % intervals are those of Student's "
        "t over these differences. Intervals of shares are Wilson's, those of medians come from binomial ranks. The model, "
        "every parameter and its source are described in docs/MODEL.md and docs/assumptions.md of cxsim."
    )


def _tables(kept: RunResults, summary: Summary) -> Iterator[Table]:
    asked, firm = kept.scope, kept.scope.firm
    ranked = rank(summary, asked)
    if not ranked:
        return
    titles = {name: arm["title"] for name, arm in kept.scenario["arms"].items()}
    titled = any(titles[arm] != arm for arm in ranked)
    rows = [
        [arm, *([titles[arm]] if titled else []), *(in_a_cell(summary.level(name, firm, arm), STYLES[name]) for name in STYLES)]
        for arm in ranked
    ]
    header, note = (
        ["arm", *(["what it is"] if titled else []), *HEADS.values()],
        "means with 95 % intervals, closed firms included",
    )
    yield Table(f"{firm} at the end of {plural(asked.months, 'month')}", header, rows, note, texts=1 + titled)
    best, *others = ranked
    gaps = {arm: [(summary.difference(name, firm, arm, best), style) for name, style in STYLES.items()] for arm in others}
    if gaps:
        body = [[arm, *(starred(gap, style, with_interval) for gap, style in found)] for arm, found in gaps.items()]
        note = "each arm less the best, on the same seeds; * the 95 % interval of the paired difference leaves out zero"
        yield Table(f"Differences from {best}", ["arm", *HEADS.values()], body, note)
