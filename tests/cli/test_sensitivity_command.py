"""``cxsim sensitivity`` as it is typed: a real small sweep, and what cannot be analysed."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import SCENARIOS, Cxsim

from cxsim.scenario.points import Points
from cxsim.store import chosen_folder, existing_folder
from cxsim.store.checksummed_json import read_checksummed, write_checksummed
from cxsim.store.folder import MANIFEST
from cxsim.store.journal import JOURNAL
from cxsim.store.rows import rows_from_csv
from cxsim.store.tables import from_csv
from cxsim.studies.sensitivity.rows import IndexRow, groups
from cxsim.studies.sensitivity.study import SensitivityStudy
from cxsim.studies.sweep.folder import begin, read_design

pytest.importorskip("SALib")

HEAD = """
title = "A small screening"
question = "What matters?"
scenario = "survive_to_thrive.toml"
arms = ["customize", "pivot"]
months = 24
replicates = 3
measures = ["survived", "value", "satisfaction"]
[set]
"market.customers" = 300
[factors]
"market.homogeneity" = {}
"market.segments" = {}
"firms.founders.strategy.roadmap" = {}
"firms.founders.start.cash" = { low = 10_000_000, high = 100_000_000, scale = "log" }
"""
MORRIS = '[design]\nmethod = "morris"\ntrajectories = 5\n'
TABLE = SensitivityStudy.table
SWEEP, FOUND = "results/sweep_small", "results/sensitivity_small"


def sweep_file(folder: Path, design: str = MORRIS) -> str:
    for path in SCENARIOS.glob("*.toml"):
        shutil.copy(path, folder / path.name)
    (folder / "small.toml").write_text(HEAD + design)
    return "small.toml"


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a small screening was run and analysed from its file, once for all tests."""
    folder = tmp_path_factory.mktemp("swept")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["cxsim", "sensitivity", sweep_file(folder), "--workers", "2", "--no-report"])
        from cxsim.cli import main

        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == 0
    return folder


@pytest.fixture
def cxsim(cxsim: Cxsim, swept: Path) -> Cxsim:
    """The command line in a copy of that folder."""
    shutil.copytree(swept, cxsim.folder, dirs_exist_ok=True)
    return cxsim


def rows_of(folder: Path) -> list[IndexRow]:
    return rows_from_csv(IndexRow, (folder / FOUND / TABLE).read_text())


def test_a_sweep_file_is_run_and_analysed(cxsim: Cxsim) -> None:
    found = groups(rows_of(cxsim.folder))
    assert [(group.measure, group.title) for group in found] == [
        (measure, arm) for measure in ("value", "survived") for arm in ("customize", "pivot", "pivot less customize")
    ]
    for group in found:
        assert len(group.main) == 4
        assert all(row.low <= row.value <= row.high for row in group.rows if row.kind in ("mu_star", "mu", "sigma"))
    cash = next(group for group in found if group.measure == "survived").main[0]
    assert cash.factor == "firms.founders.start.cash"  # a firm without money closes
    plots = sorted(path.name for path in (cxsim.folder / FOUND / "plots").iterdir())
    assert plots == ["factors_survived.png", "factors_value.png", "mu_sigma_survived.png", "mu_sigma_value.png"]
    assert cxsim("verify", FOUND, SWEEP)[0] == 0


def test_the_same_again_is_recalled_from_the_folder_of_the_sweep(cxsim: Cxsim) -> None:
    code, out, _ = cxsim("sensitivity", SWEEP, "--no-report")
    assert code == 0
    assert "already in results/sensitivity_small" in out
    assert "A small screening: What matters?" in out
    assert max(map(len, out.splitlines())) <= 110
    before = (cxsim.folder / FOUND / TABLE).read_bytes()
    code, out, _ = cxsim("sensitivity", "small.toml", "--no-report", "--no-plots", "--force")
    assert code == 0
    assert "Luck of the seeds is" in out
    assert (cxsim.folder / FOUND / TABLE).read_bytes() == before


def test_measures_are_chosen_and_a_report_is_written(cxsim: Cxsim) -> None:
    pytest.importorskip("vl_convert")
    code, out, _ = cxsim("sensitivity", SWEEP, "--measure", "survived", "--out", "elsewhere", "--no-plots")
    assert code == 0
    assert "Report: elsewhere/report.html" in out
    page = (cxsim.folder / "elsewhere" / "report.html").read_text()
    assert "Sensitivity: A small screening" in page
    assert {cells["measure"] for cells in from_csv((cxsim.folder / "elsewhere" / TABLE).read_text())} == {"survived"}


def test_a_measure_that_cannot_be_analysed_is_refused(cxsim: Cxsim) -> None:
    code, _, err = cxsim("sensitivity", SWEEP, "--measure", "valu")
    assert code == 2
    assert "no measure 'valu'" in err
    assert "did you mean 'value'?" in err
    code, _, err = cxsim("sensitivity", SWEEP, "--measure", "satisfaction")
    assert code == 2
    assert "satisfaction under customize is not known at" in err
    assert "--measure value" in err


def test_only_sweeps_of_the_two_designs_can_be_analysed(cxsim: Cxsim) -> None:
    sobol = sweep_file(cxsim.folder, '[design]\nmethod = "sobol"\npoints = 4\n')
    shutil.rmtree(cxsim.folder / "results")
    code, _, err = cxsim("sensitivity", sobol)
    assert code == 2
    assert "small.toml has method = 'sobol'" in err
    assert "'morris'" in err
    assert not (cxsim.folder / "results").exists()
    code, _, err = cxsim("sensitivity", str(SCENARIOS / "baseline.toml"))
    assert code == 2
    code, _, err = cxsim("sensitivity", "nothing")
    assert code == 2
    assert "nothing" in err


def test_the_folder_of_another_design_is_refused(cxsim: Cxsim) -> None:
    design = read_design(existing_folder(SWEEP))
    assert (design.method, design.points.spec.levels) == ("morris", 4)
    points = Points(design.points.spec._replace(method="grid"), design.points.factors)
    begin(chosen_folder("grid"), replace(design, points=points), False)
    code, _, err = cxsim("sensitivity", "grid")
    assert code == 2
    assert "grid has method = 'grid'" in err
    code, _, err = cxsim("sensitivity", FOUND)
    assert code == 2
    assert "is not the folder of a sweep" in err


def test_other_results_in_the_folder_of_the_sweep_are_left_alone(cxsim: Cxsim) -> None:
    other = sweep_file(cxsim.folder, MORRIS.replace("5", "4"))
    code, _, err = cxsim("sensitivity", other)
    assert code == 2
    assert "holds results of another sweep; run the sweep first: cxsim sweep small.toml --force" in err


def test_an_unfinished_sweep_is_refused(cxsim: Cxsim) -> None:
    begin(chosen_folder("begun"), read_design(existing_folder(SWEEP)), False)
    code, _, err = cxsim("sensitivity", "begun")
    assert code == 2
    assert "begun is not finished: 150 of 150 runs are left" in err
    assert "go on with: cxsim resume begun" in err


def test_a_part_of_a_sweep_is_refused(cxsim: Cxsim) -> None:
    design = read_design(existing_folder(SWEEP))
    begin(chosen_folder("part"), design.part((1, 50)), False)
    code, _, err = cxsim("sensitivity", "part")
    assert code == 2
    assert "is part 1 of 50 of a sweep" in err


def test_a_sweep_with_failed_runs_is_refused(cxsim: Cxsim) -> None:
    path = cxsim.folder / SWEEP / MANIFEST
    failed = {"number": 3, "point": 0, "arm": "pivot", "replicate": 0, "seed": 1, "error": "boom", "command": "again"}
    write_checksummed(path, read_checksummed(path) | {"failures": [failed]})
    (path.parent / JOURNAL).touch()  # kept while runs have failed
    code, _, err = cxsim("sensitivity", SWEEP)
    assert code == 2
    assert f"{SWEEP} has 1 failed run, and every point is needed; try them again with: cxsim retry-failed {SWEEP}" in err


def test_without_salib_it_is_told_before_anything_is_run(cxsim: Cxsim, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(cxsim.folder / "results")
    for name in ("SALib", "SALib.analyze", "SALib.analyze.morris"):
        monkeypatch.setitem(sys.modules, name, None)
    code, _, err = cxsim("sensitivity", "small.toml")
    assert code == 2
    assert "needs the package SALib" in err
    assert "pip install 'cxsim[sensitivity]'" in err
    assert "Traceback" not in err
    assert not (cxsim.folder / "results").exists()
