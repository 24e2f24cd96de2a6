"""Every chart of every study, from made-up findings. No run is needed."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

import fake_runs
from cxsim.charts.content import Chart, Series
from cxsim.measures.series import RunTables
from cxsim.statistics.intervals import Estimate
from cxsim.statistics.resampling import Resamples
from cxsim.store.rows import rows_from_csv
from cxsim.studies.claims import charts as claims
from cxsim.studies.claims.result import ClaimRow
from cxsim.studies.claims.table import CLAIMS
from cxsim.studies.compare import charts as compare
from cxsim.studies.compare.comparison import series_table, values_table
from cxsim.studies.pivot import charts as pivot
from cxsim.studies.pivot.candidates import By, Moments
from cxsim.studies.pivot.phase_map import Cell
from cxsim.studies.run import charts as run
from cxsim.studies.run.execute import assemble, run_scenario
from cxsim.studies.sensitivity import charts as sensitivity
from cxsim.studies.sensitivity.rows import IndexRow
from cxsim.studies.service import charts as service
from cxsim.studies.service.curve import FULL, Top
from cxsim.studies.service.sizes import Size
from cxsim.studies.service.split import Part, Split

REFERENCE = Path(__file__).parents[3] / "results" / "reference"
LUCK = np.random.default_rng(1)


def picture(scenario: Any) -> RunTables:
    """Tables of made-up runs."""
    tables = assemble(run_scenario(scenario, simulate=fake_runs.simulate).records)
    plans = [plan.name for plan in scenario.arms[0].case.firms]
    return RunTables(tables.months, tables.runs, [arm.name for arm in scenario.arms], plans[0], plans, scenario.months)


def of_run() -> list[Chart]:
    """Charts of two firms under one arm, of six arms, and of firms that close."""
    arms = [(f"arm {level}", (fake_runs.plan(level=level),)) for level in (0.2, 0.5, 0.8, 1.0, 2.0, 3.0)]
    two = fake_runs.scenario(("only", (fake_runs.plan(count=2), fake_runs.plan("rival", level=2.0))))
    many = fake_runs.scenario(*arms, months=48, replicates=8)
    return [
        *run.charts(picture(two)),
        *run.charts(picture(many)),
        *run.charts(picture(fake_runs.scenario(arms[0], replicates=9))),
    ]


def of_compare() -> list[Chart]:
    """Charts of two results laid over each other."""
    made = picture(fake_runs.scenario(("a", (fake_runs.plan(),)), ("b", (fake_runs.plan(level=2.0),))))
    series, values = series_table({"pair": made}), values_table({"pair": made})
    (laid,) = compare.charts("team", made.months, series, values).values()
    return [*laid, *compare.capacities({"pair": made})]


def _estimates(number: int, size: float) -> list[Estimate]:
    return [Estimate(size * middle, size * (middle - 1), size * (middle + 1), 20) for middle in LUCK.normal(size=number)]


def of_pivot(by: By) -> list[Chart]:
    """Charts of a study by months and a map over two parameters, or by cash and a map over one."""
    levels = [0, 6, 12, 18] if by == "month" else [100_000, 200_000, 500_000, 1_000_000]
    names = [f"at {level}" for level in levels] + ["never"]
    rows = [
        SimpleNamespace(value=value, value_less_best=less, survived=Estimate(0.5, 0.25, 0.75, 20), in_window=kept)
        for value, less, kept in zip(_estimates(5, 1e7), _estimates(5, 1e7), (False, True, True, False, True), strict=True)
    ]
    month = np.arange(24)
    kinds = ["single", "pair", "fixed month", "when viable", "hindsight"]
    signals: Any = [
        SimpleNamespace(kind=kind, rule=kind, n=10, value=value) for kind, value in zip(kinds, _estimates(5, 1e6), strict=True)
    ]
    found: Any = SimpleNamespace(
        firm="team", by=by, months=24, labels=names, levels=levels, moments=Moments(by, tuple(levels)), best=1, never=4,
        runs=20, moment=Estimate(levels[1], levels[0], levels[2], 20), rows=rows,
        path=lambda k, measure: np.array([month / 30, month / 30, month / 60, month / 20]),
    )  # fmt: skip
    keys = ["a.b", "c.d"] if by == "month" else ["a.b"]
    points = [(x, y)[: len(keys)] for x in (0.0, 0.5, 1.0) for y in ((0.1, 0.2) if by == "month" else (0.0,))]
    regions = ["moment", "never", "at once", "dies anyway", "no difference", "moment"][: len(points)]
    cells = [Cell.__new__(Cell) for _ in points]
    for place, (cell, region, lead) in enumerate(zip(cells, regions, _estimates(len(points), 1e7), strict=True)):
        cell.region, cell.n, cell.sure, cell.lead_over_never = region, 5, place % 2 == 0, lead
        cell.moment = Estimate(levels[2], 0, 0, 5)
    over: Any = SimpleNamespace(keys=keys, points=points, cells=cells)
    return pivot.charts(found, signals, over)


def of_service() -> list[Chart]:
    """Charts of an audit."""
    draws, shares = Resamples(6, 1), np.linspace(0.0, 0.5, 9)
    values = draws.means(1e8 + 1e6 * LUCK.normal(size=(9, 6)) - 1e8 * (shares[:, None] - 0.2) ** 2)
    top, own = (
        Top(draws.means(0.2 + 0.01 * LUCK.normal(size=6)), values.max(axis=1)),
        draws.means(0.1 + 0.01 * LUCK.normal(size=6)),
    )
    horizons = (12, FULL)
    found: Any = SimpleNamespace(
        shares=shares, draws=draws, means=dict.fromkeys(horizons, values), own_share=own,
        tops=dict.fromkeys(horizons, top), own_value=dict.fromkeys(horizons, values[:, 2]),
    )  # fmt: skip
    gaps = draws.means(1e6 * LUCK.normal(size=(15, 6)))
    cut: Any = SimpleNamespace(monthly=gaps, total=gaps.cumsum(axis=1), share=0.2, month=7)
    part = Part(Estimate(0.03, 0.02, 0.04, 6), 0.01, 0.05)
    split = Split({"one": part, "two": Part(Estimate(-0.01, -0.02, 0.0, 6), -0.03, 0.01)}, part.size, part.size)
    curve = Series.of("1 person", shares.tolist(), draws.intervals(values / 1e8))
    sizes = [Size(people, part.size, part.size, Estimate(5e3, 4e3, 7e3, 6), part.size, curve) for people in (1, 10, 1000)]
    return [
        service.value_chart(found),
        service.marginal_chart(found, 0.01),
        service.cut_chart(cut, 0.25, draws.means(np.ones(6)), draws),
        service.split_chart(split),
        service.sizes_chart(sizes, 36, 6),
    ]


def of_sensitivity(kinds: tuple[str, ...]) -> list[Chart]:
    """Charts of indices of twenty factors in two arms."""
    rows = []
    for arm in ("x", "y"):
        for number in range(20):
            for kind in kinds:
                value = abs(LUCK.normal())
                unit = "share" if kind in ("total", "first") else "cents"
                rows.append(
                    IndexRow("value", arm, "", kind, f"group.factor{number}", "", unit, value, value / 2, value * 2, 0.1)
                )
    return sensitivity.charts(rows)


def of_claims() -> list[Chart]:
    """Charts of all claims and of the knock-outs, from the committed tables."""
    rows, knocked = (
        rows_from_csv(ClaimRow, (REFERENCE / f"{name}.csv").read_text(encoding="utf-8")) for name in ("claims", "knockouts")
    )
    return [*claims.charts(rows, list(CLAIMS.values())), claims.knockouts(knocked)]


STUDIES = {
    "run": of_run,
    "compare": of_compare,
    "pivot by month": lambda: of_pivot("month"),
    "pivot by cash": lambda: of_pivot("cash"),
    "service": of_service,
    "morris": lambda: of_sensitivity(("mu_star", "sigma")),
    "saltelli": lambda: of_sensitivity(("total", "first")),
    "claims": of_claims,
}
