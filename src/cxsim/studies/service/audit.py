"""The service audit: what a firm spends on service, what would be best, and why the two differ."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from cxsim.charts.content import Chart
from cxsim.statistics.figures import Figure
from cxsim.statistics.intervals import NOTHING_KNOWN, Floats, mean_interval, median_interval, share_interval
from cxsim.statistics.ranks import carriers
from cxsim.statistics.resampling import Resamples
from cxsim.store.rows import cells, header
from cxsim.studies.service import cut, sizes, split
from cxsim.studies.service.cases import Subject
from cxsim.studies.service.charts import cut_chart, frame, marginal_chart, name_of, sizes_chart, split_chart, value_chart
from cxsim.studies.service.curve import FULL, Sweep, Top, best, counted, equal_share, slope, spend_per_customer, sweep
from cxsim.studies.service.runs import Runs, Track, rate_of

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
    def few(self) -> Sequence[int]:
        """Seeds of what takes many runs for each: the split and the sizes."""
        return self.seeds[: max(2 * len(self.seeds) // 5, LEAST_SEEDS)]

    @property
    def expected_runs(self) -> int:
        """About how many runs it takes."""
        fine, coarse = 28 * len(self.seeds), 17 * len(self.few)
        return fine if self.brief else fine + coarse * (3 + len(sizes.SIZES))


class Audit(NamedTuple):
    """Everything that a service audit found, of a firm in an arm of a scenario."""

    rows: list[Figure]
    charts: list[Chart]
    runs: pd.DataFrame  # one row per part, share and seed
    runs_made: int

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the figures, the runs, and the data of every chart as tables."""
        figures = pd.DataFrame([cells(row) for row in self.rows], columns=header(Figure))
        return {"figures": figures, "runs": self.runs} | {chart.name: frame(chart) for chart in self.charts}


class Found(NamedTuple):
    """The core of an audit: the grid of shares, the runs of the own rule, and the best for each horizon."""

    question: Question
    grid: Sweep
    own: list[Track]
    draws: Resamples
    means: dict[int, Floats]  # by horizon: value, a row for each draw of seeds, a column for each share
    tops: dict[int, Top]
    own_share: Floats
    spend: Floats  # cents for each customer and month, by draw and share
    own_value: dict[int, Floats]

    def spend_at(self, shares: Floats) -> Floats:
        """Spend for each customer and month at a share, for each draw."""
        return np.array([np.interp(one, self.grid.shares, spend) for one, spend in zip(shares, self.spend, strict=True)])


def search(question: Question, runs: Runs) -> Found:
    """Find the best share for each horizon, and what the firm's own rule spends."""
    subject, horizons = question.subject, (*question.horizons, FULL)
    grid = sweep(runs, subject, question.seeds, horizons)
    (own,) = runs.table([subject], question.seeds)
    draws = Resamples(len(question.seeds), question.seed)
    means = {horizon: draws.means(grid.values(horizon)) for horizon in horizons}
    return Found(
        question=question,
        grid=grid,
        own=own,
        draws=draws,
        means=means,
        tops={horizon: best(grid.shares, means[horizon]) for horizon in horizons},
        own_share=equal_share(grid, own, draws),
        spend=spend_per_customer(grid, draws),
        own_value={horizon: draws.means(counted(own, subject, horizon)) for horizon in horizons},
    )


def audit(question: Question, runs: Runs) -> Audit:
    """Answer the whole question."""
    found = search(question, runs)
    rows = [*core_rows(found)]
    charts = [value_chart(found), marginal_chart(found, POINT)]
    share = float(found.tops[FULL].share[0])
    if not question.brief:
        few = Resamples(len(question.few), question.seed)
        if share > 0:
            cutting = cut.cut(runs, question.subject, share, question.seeds, found.draws)
            rows += cut.rows(cutting, found.draws)
            charts.append(cut_chart(cutting, cut.CUT, cut.worse_for_good(cutting.total), found.draws))
        divided = _split(found, runs, few)
        rows += split.rows(divided)
        charts.append(split_chart(divided, [split.label(name) for name in divided.parts]))
        made = sizes.sizes(runs, question.subject, question.few, few)
        rows += sizes.rows(made)
        charts.append(sizes_chart(made, min(question.subject.months, sizes.MONTHS), few.seeds))
    return Audit(rows, charts, runs_frame(found), len(runs.done))


def _split(found: Found, runs: Runs, few: Resamples) -> split.Split:
    """Divide low spend: the rational part on few seeds, the gap of the firm as it is on all."""
    question, draws = found.question, found.draws
    own = split.own_spends(runs, found.grid, question.seeds, draws)
    spends = {split.EVERY_RATIONAL | faults: spend for faults, spend in own.items()}
    as_it_is = split.Worlds({split.EVERY_RATIONAL: found.tops[FULL].share, split.NONE: found.tops[FULL].share}, spends)
    return split.split(split.worlds(runs, question.subject, question.few, few), few, as_it_is, draws)


def core_rows(found: Found) -> list[Figure]:
    """Figures of the best spend, the own rule, the gap between them, and what it costs."""
    sure, tops, own = found.draws.interval, found.tops, found.own_share
    rows = []
    for horizon, top in tops.items():
        name, ahead = name_of(horizon), top.value - found.own_value[horizon]
        rows += [
            Figure("best", name, "share", sure(top.share), _edge(found, top)),
            Figure("best spend", name, "cents/customer/month", sure(found.spend_at(top.share))),
            Figure("best value", name, "cents", sure(top.value)),
            Figure("own value", name, "cents", sure(found.own_value[horizon])),
            Figure("gap", name, "share", sure(top.share - own)),
            Figure("too little", name, "share of the best", sure(_lacking(own, top.share))),
            Figure("short-sighted", name, "share of the best", sure(_lacking(top.share, tops[FULL].share))),
            Figure("loss", name, "cents", sure(ahead)),
        ]
    lost = tops[FULL].value - found.own_value[FULL]
    return [
        *rows,
        Figure("own", "share", "share", sure(own)),
        Figure("own", "spend", "cents/customer/month", sure(found.spend_at(own))),
        Figure("a year", "loss", "cents/year", sure(lost * _yearly(found.question.subject))),
        *_marginal_rows(found),
        *_tail_rows(found),
    ]


def _lacking(spent: Floats, wanted: Floats) -> Floats:
    """Share of what is wanted that is not spent; NaN when nothing is wanted."""
    out = np.full(len(spent), np.nan)
    np.divide(wanted - spent, wanted, out=out, where=wanted > 0)
    return out


def _edge(found: Found, top: Top) -> str:
    """Say when the best lies at an end of the grid."""
    at = float(top.share[0])
    return "lowest tried" if at <= found.grid.shares[0] else "highest tried" if at >= found.grid.shares[-1] else ""


def _yearly(subject: Subject) -> float:
    """Yearly payment, in equal months over the run, for each cent of value at its start."""
    rate, months = rate_of(subject), subject.months
    return 12 * (rate / (1 - (1 + rate) ** -months) if rate > 0 else 1 / months)


def _marginal_rows(found: Found) -> list[Figure]:
    """Value of one more point of the budget, and of one more cent (both discounted), where the own rule stands."""
    shares, own = found.grid.shares, found.own_share
    spent = found.draws.means(found.grid.total("spend", discounted=True))
    gain, cost = slope(shares, found.means[FULL], own), slope(shares, spent, own)
    told = bool((cost > LEAST_RISE * spent[:, -1] / shares[-1]).all())  # else a point more hardly costs more
    each = found.draws.interval(gain / cost) if told else NOTHING_KNOWN
    return [
        Figure("marginal", "one more point", "cents", found.draws.interval(gain * POINT)),
        Figure("marginal", "one more dollar", "cents/cent", each),
    ]


def _tail_rows(found: Found) -> list[Figure]:
    """Tell how single seeds fare at the share of the grid next to the best: values have a heavy tail, and means hide it."""
    nearest = int(np.abs(found.grid.shares - found.tops[FULL].share[0]).argmin())
    there = found.grid.values(FULL)[nearest]
    gains = there - counted(found.own, found.question.subject, FULL)
    wins = share_interval(int((gains > 0).sum()), len(gains))
    return [
        Figure("seeds", "best share worth more than own rule", "share of seeds", wins),
        Figure("seeds", "median gain", "cents", median_interval(gains.tolist())),
        Figure("seeds", "mean gain on the grid", "cents", mean_interval(gains.tolist())),
        Figure("seeds", "runs that hold half of the value", "runs", carriers(there.tolist())),
    ]


def runs_frame(found: Found) -> pd.DataFrame:
    """Value of every run of the grid and of the own rule, in cents, with what was spent on service and customer-months."""
    grid = [(share, tracks) for share, tracks in zip(found.grid.shares.tolist(), found.grid.tracks, strict=True)]
    lines = []
    for share, tracks in [*grid, (math.nan, found.own)]:
        for replicate, track in enumerate(tracks):
            sums = (track.value, float(track.spend.sum()), float(track.served.sum()))
            seed = found.question.seeds[replicate]
            lines.append(("own rule" if math.isnan(share) else "fixed", share, replicate, seed, *sums))
    names = ("rule", "share", "replicate", "seed", "value", "service_cost", "customer_months")
    frame = pd.DataFrame(lines, columns=list(names))
    return frame.astype({"seed": "uint64"})
