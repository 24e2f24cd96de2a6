"""The service audit: what a firm spends on service, what would be best, and why the two differ."""

import math
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from cxsim.charts.content import Chart
from cxsim.measures.firms import monthly_rate
from cxsim.measures.tables import Columns
from cxsim.statistics.figures import Figure
from cxsim.statistics.intervals import NOTHING_KNOWN, Floats, mean_interval, median_interval, share_interval
from cxsim.statistics.ranks import carriers
from cxsim.studies.base import Runner
from cxsim.studies.service import cut, sizes, split
from cxsim.studies.service.cases import Subject
from cxsim.studies.service.charts import cut_chart, marginal_chart, name_of, points_of, sizes_chart, split_chart, value_chart
from cxsim.studies.service.curve import FULL, GRID, Curve, Top, slope
from cxsim.studies.service.runs import Runs

HORIZONS = (3, 12, 36, 120)
POINT = 0.01  # of the budget
LEAST_RISE = 0.05  # of spend with the share, over that from end to end of the grid, for a value of each dollar
LEAST_SEEDS = 2  # behind what is measured on a part of the seeds


class Question(NamedTuple):
    """What an audit is about."""

    subject: Subject
    seeds: Sequence[int]
    seed: int  # of the scenario, from which draws of seeds follow
    horizons: Sequence[int]
    brief: bool = False  # the best spend and the gap only

    @property
    def few(self) -> int:
        """How many of the seeds do for what takes many runs for each: the split and the sizes."""
        return min(max(2 * len(self.seeds) // 5, LEAST_SEEDS), len(self.seeds))

    @property
    def expected_runs(self) -> int:
        """About how many runs it takes."""
        fine, coarse = 28 * len(self.seeds), 17 * self.few
        return fine if self.brief else fine + coarse * (3 + len(sizes.SIZES))


class Audit(NamedTuple):
    """Everything that a service audit found, of a firm in an arm of a scenario; ``runs`` has a row a rule, share and seed."""

    rows: list[Figure]
    charts: list[Chart]
    runs: Columns
    runs_made: int

    def tables(self) -> dict[str, Columns]:
        """Return the runs, and the data of every chart."""
        return {"runs": self.runs} | {chart.name: points_of(chart) for chart in self.charts}


def search(question: Question, runner: Runner | None = None) -> Curve:
    """Find the best share for each horizon, and what the firm's own rule spends."""
    runs = Runs(runner, question.seeds, question.seed)
    return Curve(runs, question.subject, (*question.horizons, FULL), GRID)


def audit(question: Question, runner: Runner | None = None) -> Audit:
    """Answer the whole question."""
    found = search(question, runner)
    rows = [*core_rows(found)]
    charts = [value_chart(found), marginal_chart(found, POINT)]
    share = float(found.tops[FULL].share[0])
    if not question.brief:
        few = found.runs.first(question.few)
        if share > 0:
            cutting = cut.cut(found.runs, question.subject, share)
            rows += cut.rows(cutting, found.draws)
            charts.append(cut_chart(cutting, cut.CUT, cut.worse_for_good(cutting.total), found.draws))
        divided = split.split(split.worlds(few, question.subject), few.draws, split.as_it_is(found), found.draws)
        rows += split.rows(divided)
        charts.append(split_chart(divided))
        made = sizes.sizes(few, question.subject)
        rows += sizes.rows(made)
        charts.append(sizes_chart(made, min(question.subject.months, sizes.MONTHS), len(few.seeds)))
    return Audit(rows, charts, runs_table(found), len(found.runs.done))


def core_rows(found: Curve) -> list[Figure]:
    """Figures of the best spend, the own rule, the gap between them, and what it costs."""
    sure, full, own = found.draws.interval, found.tops[FULL], found.own_share
    rows = []
    for horizon, top in found.tops.items():
        figures = {
            "best": ("share", top.share),
            "best spend": ("cents/customer/month", found.spend_at(top.share)),
            "best value": ("cents", top.value),
            "own value": ("cents", found.own_value[horizon]),
            "gap": ("share", top.share - own),
            "too little": ("share of the best", _lacking(own, top.share)),
            "short-sighted": ("share of the best", _lacking(top.share, full.share)),
            "loss": ("cents", top.value - found.own_value[horizon]),
        }
        rows += [
            Figure(part, name_of(horizon), unit, sure(values), _edge(found, top) if part == "best" else "")
            for part, (unit, values) in figures.items()
        ]
    yearly = (full.value - found.own_value[FULL]) * _yearly(found.subject)
    return [
        *rows,
        Figure("own", "share", "share", sure(own)),
        Figure("own", "spend", "cents/customer/month", sure(found.spend_at(own))),
        Figure("a year", "loss", "cents/year", sure(yearly)),
        *_marginal_rows(found),
        *_tail_rows(found),
    ]


def _lacking(spent: Floats, wanted: Floats) -> Floats:
    """Share of what is wanted that is not spent; NaN when nothing is wanted."""
    out = np.full(len(spent), np.nan)
    np.divide(wanted - spent, wanted, out=out, where=wanted > 0)
    return out


def _edge(found: Curve, top: Top) -> str:
    """Say when the best lies at an end of the grid."""
    at = float(top.share[0])
    return "lowest tried" if at <= found.shares[0] else "highest tried" if at >= found.shares[-1] else ""


def _yearly(subject: Subject) -> float:
    """Yearly payment, in equal months over the run, for each cent of value at its start."""
    rate, months = monthly_rate(subject.case.params.finance.discount), subject.months
    return 12 * (rate / (1 - (1 + rate) ** -months) if rate > 0 else 1 / months)


def _marginal_rows(found: Curve) -> list[Figure]:
    """Value of one more point of the budget, and of one more cent (both discounted), where the own rule stands."""
    shares, own, spent = found.shares, found.own_share, found.spent()
    gain, cost = slope(shares, found.means[FULL], own), slope(shares, spent, own)
    told = bool((cost > LEAST_RISE * spent[:, -1] / shares[-1]).all())  # else a point more hardly costs more
    each = found.draws.interval(gain / cost) if told else NOTHING_KNOWN
    return [
        Figure("marginal", "one more point", "cents", found.draws.interval(gain * POINT)),
        Figure("marginal", "one more dollar", "cents/cent", each),
    ]


def _tail_rows(found: Curve) -> list[Figure]:
    """Tell how single seeds fare at the share of the grid next to the best: values have a heavy tail, and means hide it."""
    there = found.values(FULL)[int(np.abs(found.shares - found.tops[FULL].share[0]).argmin())]
    gains = there - found.counted(found.own, FULL)
    wins = share_interval(int((gains > 0).sum()), len(gains))
    return [
        Figure("seeds", "best share worth more than own rule", "share of seeds", wins),
        Figure("seeds", "median gain", "cents", median_interval(gains.tolist())),
        Figure("seeds", "mean gain on the grid", "cents", mean_interval(gains.tolist())),
        Figure("seeds", "runs that hold half of the value", "runs", carriers(there.tolist())),
    ]


def runs_table(found: Curve) -> Columns:
    """Value of every run of the grid and of the own rule, in cents, with what was spent on service and customer-months."""
    shares, seeds = len(found.shares), found.runs.seeds
    tracks = [*chain(*found.tracks), *found.own]
    return {
        "rule": np.array(["fixed"] * (shares * len(seeds)) + ["own rule"] * len(seeds), object),
        "share": np.repeat([*found.shares, math.nan], len(seeds)),
        "replicate": np.tile(np.arange(len(seeds)), shares + 1),
        "seed": np.tile(np.array(seeds, np.uint64), shares + 1),
        "value": np.array([track.value for track in tracks]),
        "service_cost": np.array([track.spend.sum() for track in tracks]),
        "customer_months": np.array([track.served.sum() for track in tracks]),
    }
