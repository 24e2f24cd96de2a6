"""The report of ``cxsim run``: the answer to the scenario's question, the plots behind it, and the arms side by side."""

import math
from collections.abc import Iterator, Sequence

from cxsim.charts.palette import WORK_COLOURS, WORK_WORDS
from cxsim.measures.series import Picture, bands, few_from, label_of_runs, meaning, over_time, pale, run_values, work_shares
from cxsim.narrative.formatting import Style, count, dollars, in_a_cell, percent, plural, with_interval
from cxsim.report.common import mark, notes, provenance
from cxsim.report.content import Areas, Line, Lines, Part, Report, Section, Spread, Table, Unit
from cxsim.scenario.to_toml import as_toml
from cxsim.statistics.intervals import Estimate, mean_interval
from cxsim.store import ResultFolder
from cxsim.studies.run.answer import answer, rank
from cxsim.studies.run.stored import Kept, read_run
from cxsim.studies.run.summary import Summary

MOST_MONTHS = 240  # drawn of a line
SHOWN_FIRMS = 7
STYLES: dict[str, Style] = {"value": dollars, "survived": percent, "customers": count, "cash": dollars, "heads": count}
HEADS = {"value": "value", "survived": "in business", "customers": "customers", "cash": "cash", "heads": "people"}


def run_report(kept: Kept) -> Report:
    """Say what came out of a scenario."""
    summary, asked, picture = Summary(kept.rows), kept.asked, kept.picture
    told = answer(summary, asked)
    scenario = kept.scenario
    return Report(
        title=scenario["title"],
        question=scenario["question"],
        answer=told.sentences,
        sections=[
            Section("The arms", list(_tables(kept, summary)), look_for(scenario["look_for"])),
            Section("What happened", charts(picture)),
        ],
        methods=[*told.notes, methods(kept)],
        scenario=as_toml(scenario),
        provenance=provenance(kept.manifest),
        command=kept.manifest["command"],
        notes=notes(kept.manifest),
    )


def look_for(text: str) -> str:
    """Tell what the scenario says to look for, if anything."""
    return f"Look for: {text}" if text else ""


def methods(kept: Kept) -> str:
    """Say in a paragraph how the figures were found."""
    number, runs = len(kept.asked.arms), plural(len(kept.manifest["replicate_seeds"]), "replicate")
    arms = f"Each of {number} arms" if number > 1 else "The firm"
    return (
        f"{arms} was simulated month by month for {plural(kept.asked.months, 'month')} in {runs}. A replicate has one "
        "seed, the same in every arm: whatever the difference between two arms does not touch, luck included, is equal in "
        "both. Differences between arms are therefore taken within each seed, and their 95 % intervals are those of Student's "
        "t over these differences. Intervals of shares are Wilson's, those of medians come from binomial ranks. The model, "
        "every parameter and its source are described in docs/MODEL.md and docs/assumptions.md of cxsim."
    )


def charts(picture: Picture) -> list[Part]:
    """Draw all figures of a picture, in the order of the questions that they answer."""
    focal, closed = picture.focal, "a closed firm counts as 0"
    parts: list[Part] = [
        _survival(picture),
        _value(picture),
        _over_months(picture, "customers", f"Customers of {focal}", "customers", "count", 0.0, closed),
        _over_months(picture, "cash", f"Cash of {focal}", "cash in the bank", "cents", 0.0, closed),
        _over_months(
            picture, "satisfaction", f"Satisfaction of the customers of {focal}", "satisfaction", "share", math.nan,
            f"firms in business with customers only{pale(picture)}",
        ),
    ]  # fmt: skip
    if len(picture.plans) > 1:
        parts += [_firms(picture, arm) for arm in picture.arms]
    return [*parts, _capacity(picture)]


def drawn_months(months: int) -> list[int]:
    """Months that are drawn: all, or so many evenly apart, always with the last.

    >>> drawn_months(3), len(drawn_months(1200)), drawn_months(1200)[-1]
    ([0, 1, 2], 240, 1199)
    """
    step = math.ceil(months / MOST_MONTHS)
    return [*range((months - 1) % step, months, step)]


def _over_months(picture: Picture, measure: str, title: str, label: str, unit: Unit, missing: float, note: str) -> Lines:
    lines = [_line(picture, arm, arm, picture.focal, measure, missing) for arm in picture.arms]
    return Lines(title, f"{meaning(picture)}; {note}", "month", label, unit, lines)


def _line(picture: Picture, name: str, arm: str, plan: str, measure: str, missing: float) -> Line:
    months = drawn_months(picture.months)
    low, middle, high = bands(over_time(picture, arm, plan, measure, missing))[:, months].tolist()
    end = few_from(picture, arm) if math.isnan(missing) else math.inf
    pale_from = next((month for month in months if month >= end), math.inf)
    return Line(name, months, middle, low, high, math.inf if end >= picture.months else pale_from)


def _survival(picture: Picture) -> Lines:
    months = drawn_months(picture.months)
    shares = {arm: over_time(picture, arm, picture.focal, "status", 0.0).mean(axis=0)[months] for arm in picture.arms}
    lines = [Line(arm, months, share.tolist()) for arm, share in shares.items()]
    title = f"Share of runs in which {picture.focal} is in business"
    return Lines(title, label_of_runs(picture), "month", "share in business", "share", lines, steps=True)


def _value(picture: Picture) -> Spread:
    rows = {arm: run_values(picture, arm).tolist() for arm in picture.arms}
    note = f"dots: runs; box: middle half and median; diamond: mean with 95 % interval; {label_of_runs(picture)}; "
    return Spread(
        title=f"What the firm {picture.focal} is worth",
        note=f"{note}closed firms included. Value at the start: discounted cash flow and worth of the last customers",
        label="value at the start",
        unit="cents",
        rows=rows,
        means=[mark(arm, mean_interval(values)) for arm, values in rows.items()],
    )


def _firms(picture: Picture, arm: str) -> Lines:
    lines = [_line(picture, plan, arm, plan, "customers", 0.0) for plan in picture.plans[:SHOWN_FIRMS]]
    title = f"Customers of each firm under {arm}" if len(picture.arms) > 1 else "Customers of each firm"
    left_out = len(picture.plans) - SHOWN_FIRMS
    note = (
        f"{meaning(picture)}; a closed firm counts as 0{f'; {left_out} more kinds of firm not drawn' if left_out > 0 else ''}"
    )
    return Lines(title, note, "month", "customers", "count", lines)


def _capacity(picture: Picture) -> Areas:
    months = drawn_months(picture.months)
    panels = {
        arm: {WORK_WORDS[kind]: shares[months].tolist() for kind, shares in work_shares(picture, arm).items()}
        for arm in picture.arms
    }
    note = f"shares of the capacity of all firms in business in a month; {label_of_runs(picture)}; empty when none is left"
    colours = {WORK_WORDS[kind]: colour for kind, colour in WORK_COLOURS.items()}
    title = f"Where the product capacity of {picture.focal} went"
    return Areas(title, note, "month", "share of capacity", months, panels, colours)


def _tables(kept: Kept, summary: Summary) -> Iterator[Table]:
    asked = kept.asked
    ranked = rank(summary, asked)
    if not ranked:
        return
    titles = {name: arm["title"] for name, arm in kept.scenario["arms"].items()}
    titled = any(titles[arm] != arm for arm in ranked)
    yield Table(
        f"{asked.firm} at the end of {plural(asked.months, 'month')}",
        ["arm", *(["what it is"] if titled else []), *HEADS.values()],
        [[arm, *([titles[arm]] if titled else []), *_cells(summary, asked.firm, arm)] for arm in ranked],
        "means with 95 % intervals, closed firms included",
        texts=1 + titled,
    )
    if len(ranked) > 1:
        yield _differences(summary, asked.firm, ranked)


def _cells(summary: Summary, firm: str, arm: str) -> Iterator[str]:
    for measure, style in STYLES.items():
        found = summary.level(measure, firm, arm)
        yield in_a_cell(found, style) if found else "-"


def _differences(summary: Summary, firm: str, ranked: Sequence[str]) -> Table:
    best = ranked[0]
    rows = []
    for arm in ranked[1:]:
        found = {measure: summary.difference(measure, firm, arm, best) for measure in STYLES}
        rows.append([arm, *(starred(gap, STYLES[measure]) if gap else "-" for measure, gap in found.items())])
    note = "each arm less the best, on the same seeds; * the 95 % interval of the paired difference leaves out zero"
    return Table(f"Differences from {best}", ["arm", *HEADS.values()], rows, note)


def starred(gap: Estimate, style: Style) -> str:
    """Write a difference, with a star where it is significant."""
    return with_interval(gap, style) + (" *" if gap.significant else "")


def read_report(place: ResultFolder) -> Report:
    """Say what came out of the scenario whose results are in a folder."""
    return run_report(read_run(place))
