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
from cxsim.studies.claims import report
from cxsim.studies.claims.claim import mechanisms
from cxsim.studies.claims.execute import Experiments, run_plans
from cxsim.studies.claims.experiments import Finding, Knockouts, findings_of, knock_out, knockout_plans, plans
from cxsim.studies.claims.table import CLAIMS
from cxsim.studies.claims.units import written
from cxsim.studies.claims.verdict import SUPPORTED, turned

TABLE = Path(__file__).parents[2] / "results" / "reference" / "claims.csv"
QUICK = {"C01": 40, "C04": 10, "C05": 20, "C08": 10, "C11": 8, "C18": 20, "C20": 8, "C21": 40}  # seeds
SLOW_SEEDS = 16
EVERY = [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in CLAIMS]


def committed() -> list[report.ClaimRow]:
    return rows_from_csv(report.ClaimRow, TABLE.read_text(encoding="utf-8"))


@cache
def measured(name: str) -> Finding:
    planned = plans([CLAIMS[name]], QUICK.get(name, SLOW_SEEDS), 0)
    return findings_of(planned, 0, run_plans(planned, Runner(2)))[0]


def overlap(one: Estimate, other: Estimate) -> bool:
    return one.low <= other.high and other.low <= one.high


@pytest.mark.parametrize("name", EVERY)
def test_the_effect_agrees_with_the_committed_table(name: str) -> None:
    kept = report.of_kind(committed(), name, "effect")[0]
    assert overlap(measured(name).effect, kept.estimate)


@pytest.mark.parametrize("name", EVERY)
def test_the_ablation_does_what_the_committed_table_says(name: str) -> None:
    """By intervals: what goes with each decisive mechanism, and that it goes at all when the claim is supported."""
    claim, rows = CLAIMS[name], committed()
    sign = claim.hypothesis.sign
    gone = {row.name: row.estimate for row in report.of_kind(rows, name, "gone")}
    supported = report.of_kind(rows, name, "verdict")[0].text == SUPPORTED
    for ablation, part in measured(name).ablations:
        assert overlap(part.lost, gone[ablation.name]), ablation.name
        if supported and ablation.decisive:
            assert turned(part.lost, sign).low > 0, ablation.name
            assert turned(part.effect, sign).mean <= turned(measured(name).effect, sign).mean / 2, ablation.name


def test_the_committed_table_has_every_claim_and_every_ablation() -> None:
    rows = committed()
    assert report.ids(rows) == list(CLAIMS)
    for name, claim in CLAIMS.items():
        for kind in ("ablation", "gone"):
            assert [row.name for row in report.of_kind(rows, name, kind)] == [one.name for one in claim.ablations]
        assert [row.name for row in report.of_kind(rows, name, "detail")] == [one.name for one in claim.details]
        assert report.of_kind(rows, name, "verdict")[0].name == claim.text
        assert [row.text for row in report.of_kind(rows, name, "detail")] == [one.what for one in claim.details]
        assert sum(row.estimate.mean for kind in report.SIDES for row in report.of_kind(rows, name, kind)) == pytest.approx(1.0)


def test_committed_figures_are_those_of_this_code() -> None:
    """C18 in full. If results were meant to change: python docs/generate.py --claims, and an entry in CHANGELOG.md."""
    planned = plans([CLAIMS["C18"]], None, 0)
    finding = findings_of(planned, 0, run_plans(planned, Runner(2)))[0]
    kept = [row for row in committed() if row.claim == "C18" and row.kind in ("effect", "detail")]
    found = [row for row in report.rows_of(finding) if row.kind in ("effect", "detail")]
    for mine, theirs in zip(found, kept, strict=True):
        assert mine.name == theirs.name
        assert mine.estimate.n == theirs.estimate.n
        assert all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(mine.estimate, theirs.estimate, strict=True))


def test_workers_do_not_matter() -> None:
    planned = plans([CLAIMS["C08"]], 3, 2)
    one, four = (findings_of(planned, 2, run_plans(planned, Runner(workers)))[0] for workers in (1, 4))
    texts = [rows_to_csv(report.ClaimRow, report.rows_of(found)) for found in (one, four)]
    assert texts[0] == texts[1]
    assert rows_from_csv(report.ClaimRow, texts[0])[1].claim == "C08"


def test_a_failing_run_costs_its_seed_only(monkeypatch: pytest.MonkeyPatch) -> None:
    import cxsim.engine

    real, base = cxsim.engine.simulate, Experiments(CLAIMS["C18"], 4).at()

    def shaky(case, seed, months, engine="fast"):
        if seed == base.seeds[1] and len(case.firms) and case.firms[0].name == "largeco":
            raise ValueError("a lot of trouble")
        return real(case, seed, months, engine)

    monkeypatch.setattr(cxsim.engine, "simulate", shaky)
    outcome = run_plans([[base]], Runner(2))
    assert len(outcome.failures) == 1
    assert "claim C18 (full), arm large_base" in outcome.failures[0]
    found = findings_of([[base]], 0, outcome)[0]
    assert found.effect.n <= 3


def test_knock_outs() -> None:
    planned = knockout_plans([CLAIMS["C08"]], 3)
    found: Knockouts = knock_out(planned, run_plans(planned, Runner(2)))[0]
    assert len(found.cells) == 18
    without = found.cells["expansion"]
    assert without.effect == Estimate(0.0, 0.0, 0.0, 3)
    assert without.lost.mean == found.full.mean
    rows = list(report.knockout_rows([found]))
    assert report.left_of(rows, "C08", "expansion")[0] == 0.0
    header, _, line = report.knockout_table(rows, mechanisms(), 200)
    assert header.split()[3:5] == ["M1", "M3"]
    assert line.startswith("C08")
    assert max(map(len, report.knockout_table(rows, mechanisms(), 80))) <= 80


@pytest.mark.parametrize("width", [80, 110, 250])
def test_the_table_fits_the_width_of_the_terminal(width: int) -> None:
    lines = report.table(committed(), width)
    assert max(map(len, lines)) <= width
    words = " ".join(lines).split()
    assert [word for word in words if word in CLAIMS] == list(CLAIMS)


def test_points_are_differences_of_shares() -> None:
    rows = committed()
    for row in rows:
        if row.kind == "detail" and row.unit.startswith("share"):
            assert report.what(row).startswith("level"), row
        if row.kind == "detail" and row.unit.startswith("difference of shares"):
            assert " points" in written(row.estimate, row.unit)
            assert report.what(row).startswith("difference, "), row
