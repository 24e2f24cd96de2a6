"""``cxsim service`` from the outside."""

import json
import os
import shutil
from pathlib import Path

import pytest
from command_line import SCENARIOS, Cxsim, interrupted

from cxsim.store import chosen_folder, read, read_manifest
from cxsim.store.tables import from_csv
from cxsim.studies.verification.formulas import SHORT_SIGHTED
from cxsim.studies.verification.theory import best_retention_spend, one_period_spend

KEEPING = "scenarios/verification/p03_keeping.toml"
SMALL = ("--months", "6", "--replicates", "2", "--set", "market.customers=1000", "--set", "firms.largeco.start.customers=300")
LARGECO = ("scenarios/largeco_service.toml", *SMALL)


@pytest.fixture
def service(cxsim: Cxsim) -> Cxsim:
    """The command beside the scenarios."""
    shutil.copytree(SCENARIOS, cxsim.folder / "scenarios")
    return cxsim.of("service")


def figures(place: Path) -> dict[tuple[str, str], float]:
    rows = from_csv((place / "service.csv").read_text(encoding="utf-8"))
    return {(row["part"], row["name"]): float(row["mean"] or "nan") for row in rows}


def test_the_one_period_manager_of_p3_is_found(service: Cxsim) -> None:
    code, out, _ = service(KEEPING, "--horizons", "1,40", "--brief", "--no-plots")
    assert code == 0
    assert "under-invests in service by 35 %" in out
    found = figures(service.folder / "results/service_p03_keeping")
    best, short = best_retention_spend(SHORT_SIGHTED), one_period_spend(SHORT_SIGHTED)
    assert 100 * found["best", "in full"] == pytest.approx(best, rel=0.01)
    assert 100 * found["best", "1 month"] == pytest.approx(short, rel=0.01)
    assert found["short-sighted", "1 month"] == pytest.approx(1 - short / best, abs=0.01)
    assert found["too little", "in full"] == pytest.approx(1 - 0.22 / (best / 100), abs=0.01)


def test_a_whole_audit_is_kept_and_recalled(service: Cxsim) -> None:
    code, out, err = service(*LARGECO, "--horizons", "3,6,3")
    assert code == 0
    assert "runs (100 %)" in err
    place = service.folder / "results" / "service_largeco_service"
    manifest = json.loads((place / "manifest.json").read_text())
    charts = {"value", "marginal", "split", "sizes"}
    assert set(manifest["files"]) >= {"service.csv", "runs.parquet"} | {f"plots/{name}.png" for name in charts}
    assert set(manifest["files"]) >= {f"{name}.parquet" for name in charts}
    assert manifest["command"].startswith("cxsim service scenarios/largeco_service.toml --horizons 3,6,3 --set")
    assert manifest["scenario"]["service"]["horizons"] == [3, 6]
    runs = read(chosen_folder(str(place)), read_manifest(chosen_folder(str(place))), "runs")
    assert set(runs["rule"]) == {"fixed", "own rule"}
    before = (place / "service.csv").read_bytes()
    code, again, _ = service(*LARGECO, "--horizons", "3,6")
    assert code == 0
    assert "nothing was run" in again
    answer = out[: out.index("\nResults: ")].strip()
    assert answer in again
    assert (place / "service.csv").read_bytes() == before
    assert service(*LARGECO, "--arm", "high")[0] == 2
    assert os.listdir(service.folder / "results") == ["service_largeco_service"]


def test_quiet_and_another_arm(service: Cxsim) -> None:
    assert service(*LARGECO, "--arm", "high", "--brief", "--no-plots", "--out", "kept", "--quiet") == (0, "", "")
    assert figures(service.folder / "kept")["own", "share"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--firm", "largec"), "no firm 'largec'; allowed: largeco; did you mean 'largeco'?"),
        (("--arm", "midle"), "no arm 'midle'; allowed: low, middle, high; did you mean 'middle'?"),
        (("--horizons", "3,twelve"), "'twelve' is not a number of months; give whole numbers such as 3,12,36"),
        (("--horizons", "0"), "'0' is not a number of months"),
        (("--horizons", "3,,6"), "'' is not a number of months"),
        (("--horizons", "-3"), "'-3' is not a number of months"),
        (("--horizons", "1.5"), "'1.5' is not a number of months"),
        (("--horizons", "7"), "7 months are beyond the run; allowed: 1 to 6"),
        (("--replicates", "1"), "an interval needs 2 replicates or more"),
        (("--set", "firms.largeco.count=2"), "largeco stands for 2 firms"),
        (("--set", "market.custmers=5"), "did you mean 'customers'?"),
        (("--out", ""), "the path is empty"),
        (("--workers", "0"), "--workers"),
    ],
)
def test_wrong_options_leave_with_2_and_write_nothing(service: Cxsim, words: tuple[str, ...], told: str) -> None:
    code, out, err = service(*LARGECO, *words)
    assert code == 2
    assert told in err
    assert "Traceback" not in err
    assert out == ""
    assert os.listdir(service.folder) == ["scenarios"]


def test_runs_that_fail_are_told_and_nothing_is_written(service: Cxsim) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a lot of trouble")

    service.engine(fail)
    code, _, err = service(*LARGECO, "--quiet")
    assert code == 3
    assert "a lot of trouble" in err
    assert os.listdir(service.folder) == ["scenarios"]


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_interrupting_leaves_130_and_what_is_finished(service: Cxsim) -> None:
    code, err = interrupted(service.folder, "service", "scenarios/largeco_service.toml")
    assert code == 130
    assert "finished runs are kept in results/service_largeco_service.unfinished; the same command goes on" in err
    assert os.listdir(service.folder / "results") == ["service_largeco_service.unfinished"]


def test_help_has_an_example(service: Cxsim) -> None:
    code, out, _ = service("--help")
    assert code == 0
    assert "Example: cxsim service scenarios/largeco_service.toml" in out
