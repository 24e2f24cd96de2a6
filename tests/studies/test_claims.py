"""Claims as measured: effects and their ablations by intervals, and the committed table held against the code.

Few seeds are run here; the committed table rests on many. A claim's quick measurement must agree with it: the interval of the
effect, and of what goes with the mechanism, must overlap the committed one. Where the table says that a mechanism explains an
effect, what goes with it must leave out zero here too.
"""

import math
from functools import cache
from pathlib import Path

import pytest

from cxsim.statistics.intervals import Estimate
from cxsim.store.rows import rows_from_csv, rows_to_csv
from cxsim.studies.base import Runner
from cxsim.studies.claims.experiments import Experiments, Plan, knockout_plan, plan, run_plans
from cxsim.studies.claims.findings import knockout_rows, rows_of
from cxsim.studies.claims.result import SIDES, ClaimResult, ClaimRow, results_of
from cxsim.studies.claims.study import knockout_lines, verdict_lines
from cxsim.studies.claims.table import CLAIMS
from cxsim.studies.claims.verdict import SUPPORTED, turned

TABLE = Path(__file__).parents[2] / "results" / "reference" / "claims.csv"
QUICK = {"C01": 40, "C04": 10, "C05": 20, "C08": 10, "C11": 8, "C18": 20, "C20": 8, "C21": 40}  # seeds
SLOW_SEEDS = 16
EVERY = [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in CLAIMS]


def committed() -> list[ClaimRow]:
    return rows_from_csv(ClaimRow, TABLE.read_text(encoding="utf-8"))


def found(planned: Plan, workers: int = 2) -> list[ClaimRow]:
    """Rows of one claim."""
    return list(rows_of(planned, run_plans([planned], Runner(workers)).runs[0]))


@cache
def measured(name: str) -> ClaimResult:
    return ClaimResult(name, found(plan(CLAIMS[name], QUICK.get(name, SLOW_SEEDS), 0)))


def overlap(one: Estimate, other: Estimate) -> bool:
    return one.low <= other.high and other.low <= one.high


@pytest.mark.parametrize("name", EVERY)
def test_the_effect_agrees_with_the_committed_table(name: str) -> None:
    assert overlap(measured(name).effect.estimate, results_of(committed())[name].effect.estimate)


@pytest.mark.parametrize("name", EVERY)
def test_the_ablation_does_what_the_committed_table_says(name: str) -> None:
    """By intervals: what goes with each decisive mechanism, and that it goes at all when the claim is supported."""
    claim, kept, mine = CLAIMS[name], results_of(committed())[name], measured(name)
    sign = claim.hypothesis.sign
    gone = {row.name: row.estimate for row in kept.all("gone")}
    for ablation, part, lost in zip(claim.ablations, mine.all("ablation"), mine.all("gone"), strict=True):
        assert overlap(lost.estimate, gone[ablation.name]), ablation.name
        if kept.verdict == SUPPORTED and ablation.decisive:
            assert turned(lost.estimate, sign).low > 0, ablation.name
            assert turned(part.estimate, sign).mean <= turned(mine.effect.estimate, sign).mean / 2, ablation.name


def test_the_committed_table_has_every_claim_and_every_ablation() -> None:
    results = results_of(committed())
    assert list(results) == list(CLAIMS)
    for name, claim in CLAIMS.items():
        kept = results[name]
        for kind in ("ablation", "gone"):
            assert [row.name for row in kept.all(kind)] == [one.name for one in claim.ablations]
        assert [row.name for row in kept.all("detail")] == list(claim.details)
        assert kept.all("verdict")[0].name == claim.text
        assert [row.text for row in kept.all("detail")] == [one.what for one in claim.details.values()]
        assert [row.unit for row in kept.all("detail")] == [one.unit for one in claim.details.values()]
        assert sum(row.estimate.mean for row in kept.all(*SIDES)) == pytest.approx(1.0)


def test_committed_figures_are_those_of_this_code() -> None:
    """C18 in full. If results were meant to change: python docs/generate.py --claims, and an entry in CHANGELOG.md."""
    kept = [row for row in committed() if row.claim == "C18" and row.kind in ("effect", "detail")]
    measured_rows = [row for row in found(plan(CLAIMS["C18"], None, 0)) if row.kind in ("effect", "detail")]
    for mine, theirs in zip(measured_rows, kept, strict=True):
        assert mine.name == theirs.name
        assert mine.estimate.n == theirs.estimate.n
        assert all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(mine.estimate, theirs.estimate, strict=True))


def test_workers_do_not_matter() -> None:
    planned = plan(CLAIMS["C08"], 3, 2)
    texts = [rows_to_csv(ClaimRow, found(planned, workers)) for workers in (1, 4)]
    assert texts[0] == texts[1]
    assert rows_from_csv(ClaimRow, texts[0])[1].claim == "C08"


def test_a_failing_run_costs_its_seed_only(monkeypatch: pytest.MonkeyPatch) -> None:
    import cxsim.engine

    real, base = cxsim.engine.simulate, Experiments(CLAIMS["C18"], 4).at()

    def shaky(case, seed, months, engine="fast"):
        if seed == base.seeds[1] and len(case.firms) and case.firms[0].name == "largeco":
            raise ValueError("a lot of trouble")
        return real(case, seed, months, engine)

    monkeypatch.setattr(cxsim.engine, "simulate", shaky)
    planned = Plan(CLAIMS["C18"], [base])
    outcome = run_plans([planned], Runner(2))
    assert len(outcome.failures) == 1
    assert "claim C18 (full), arm large_base" in outcome.failures[0]
    assert ClaimResult("C18", list(rows_of(planned, outcome.runs[0]))).effect.estimate.n <= 3


def test_knock_outs() -> None:
    planned = knockout_plan(CLAIMS["C08"], 3)
    rows = list(knockout_rows(planned, run_plans([planned], Runner(2)).runs[0]))
    one = ClaimResult("C08", rows)
    full, *off = one.all("knockout")
    assert len(off) == 18
    without, lost = (next(row.estimate for row in one.all(kind) if row.name == "expansion") for kind in ("knockout", "lost"))
    assert without == Estimate(0.0, 0.0, 0.0, 3)
    assert lost.mean == full.estimate.mean
    assert one.left("expansion")[0] == 0.0
    header, _, line, *_ = knockout_lines(rows, 200)
    assert header.split()[3:5] == ["M1", "M3"]
    assert line.startswith("C08")
    assert max(map(len, knockout_lines(rows, 80))) <= 80


@pytest.mark.parametrize("width", [80, 110, 250])
def test_the_table_fits_the_width_of_the_terminal(width: int) -> None:
    lines = verdict_lines(committed(), width)
    assert max(map(len, lines)) <= width
    words = " ".join(lines).split()
    assert [word for word in words if word in CLAIMS] == list(CLAIMS)


def test_points_are_differences_of_shares() -> None:
    rows = committed()
    for row in rows:
        if row.kind == "detail" and row.unit.startswith("share"):
            assert row.what.startswith("level"), row
        if row.kind == "detail" and row.unit.startswith("difference of shares"):
            assert " points" in row.written
            assert row.what.startswith("difference, "), row
