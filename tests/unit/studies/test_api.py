"""Studies from Python: results in memory or in a folder, the same as those of commands, without the command line."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pandas.testing import assert_frame_equal

import cxsim
import fake_runs
from cxsim.errors import CxsimError, ScenarioError, StoreError
from cxsim.store import ResultFolder, existing_folder, read, read_manifest
from cxsim.store.checkpoint import hold
from cxsim.store.tables import from_csv
from cxsim.studies.base import FailedRunsError

ROOT = Path(__file__).parents[3]
MAIN = str(ROOT / "scenarios" / "survive_to_thrive.toml")
SHORT: dict[str, Any] = {"months": 24, "replicates": 4}


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Made-up histories, in an empty folder."""
    monkeypatch.setattr("cxsim.engine.simulate", fake_runs.simulate)
    monkeypatch.chdir(tmp_path)


def test_a_run_in_memory() -> None:
    found = cxsim.run(MAIN, **SHORT)
    assert found.folder is None
    assert os.listdir() == []
    assert {"summary", "runs", "months"} == set(found.frames)
    assert len(found.frames["runs"]) == 3 * 4
    assert any("is worth" in sentence for sentence in found.sentences())
    figures = found.figures()
    assert {"customers", "cash", "survival", "value"} <= set(figures)
    assert figures["value"].get_axes()
    assert found.failures == []
    assert "summary" in repr(found)


def test_a_run_in_a_folder_is_what_the_command_makes_and_is_read_back(tmp_path: Path) -> None:
    made = cxsim.run(MAIN, out="kept", **SHORT)
    assert made.folder == tmp_path / "kept"
    again = cxsim.run(MAIN, out="kept", **SHORT)
    assert (made.made, again.made) == (True, False)
    for name, frame in made.frames.items():
        assert_frame_equal(frame, again.frames[name], check_dtype=False, rtol=1e-9)
    assert again.sentences() == made.sentences()
    assert set(again.figures()) == set(made.figures())
    place = existing_folder("kept")
    assert read_manifest(place)["command"] == f"cxsim.run('{MAIN}', engine='fast', out='kept', months=24, replicates=4)"
    assert read(place, read_manifest(place), "runs")["value"].tolist() == made.frames["runs"]["value"].tolist()
    with pytest.raises(StoreError, match="--force"):
        cxsim.run(MAIN, out="kept", months=24, replicates=5)
    assert len(cxsim.run(MAIN, out="kept", months=24, replicates=5, force=True).frames["runs"]) == 3 * 5


def test_settings_of_a_scenario() -> None:
    found = cxsim.run(MAIN, set={"market.customers": 5_000, "mechanisms.queue": False}, seed=5, **SHORT)
    (arm, *_) = found.study.scenario.resolved["arms"].values()  # type: ignore[attr-defined]
    assert (arm["market"]["customers"], arm["mechanisms"]["queue"]) == (5_000, False)
    scenario = cxsim.load_scenario(MAIN, ["months=24", "replicates=4"])
    assert cxsim.run(scenario).frames["runs"]["value"].tolist() == cxsim.run(MAIN, **SHORT).frames["runs"]["value"].tolist()
    with pytest.raises(TypeError, match="cannot be changed"):
        cxsim.run(scenario, months=12)
    with pytest.raises(ScenarioError, match="did you mean"):
        cxsim.run(MAIN, set={"market.custmers": 5})


def test_reports_of_what_is_kept_and_of_what_is_not(tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    found = cxsim.run(MAIN, **SHORT)
    page = found.report(tmp_path / "page.html")
    assert page == tmp_path / "page.html"
    assert "is worth" in page.read_text(encoding="utf-8")
    assert os.listdir() == ["page.html"]


def test_a_report_takes_the_place_of_something_else_on_request_only(tmp_path: Path) -> None:
    """It wrote over whatever was there, and through links."""
    pytest.importorskip("vl_convert")
    found, page, mine = cxsim.run(MAIN, **SHORT), tmp_path / "page.html", tmp_path / "mine.txt"
    mine.write_text("mine")
    page.symlink_to(mine)
    with pytest.raises(StoreError, match="exists and holds something else"):
        found.report(page)
    page.unlink()
    page.symlink_to(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="exists and holds something else"):
        found.report(page)
    assert found.report(page, force=True).read_bytes() == found.report(page).read_bytes()
    assert not page.is_symlink()
    assert mine.read_text() == "mine"
    with pytest.raises(StoreError, match="cannot be written"):
        found.report(tmp_path / "no" / "page.html")
    with hold(ResultFolder(page, "page.html")), pytest.raises(StoreError, match="is being worked on"):
        found.report(page)
    assert sorted(os.listdir(tmp_path)) == ["mine.txt", "page.html"]


def test_results_are_compared_in_memory_and_from_folders() -> None:
    one, two = cxsim.run(MAIN, **SHORT), cxsim.run(MAIN, set={"firms.founders.after.price": 70_000}, **SHORT)
    found = cxsim.compare(one, two)
    assert "paired" in set(found.frames["comparison"]["way"])
    assert {"comparison", "series", "values"} == set(found.frames)
    assert len(found.sentences()) > 1
    assert found.figures()
    cxsim.run(MAIN, out="one", **SHORT)
    kept = cxsim.compare("one", two)
    assert kept.frames["values"]["value"].tolist() == found.frames["values"]["value"].tolist()
    assert os.listdir() == ["one"]


def test_runs_that_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxsim.engine.simulate", fake_runs.fail_in_the_second)
    found = cxsim.run(MAIN, seed=7, **SHORT)
    assert len(found.failures) == 3
    assert "a lot of trouble" in found.failures[0].replace("\n", " ")
    assert f"again: cxsim.run('{MAIN}', engine='fast', seed=7, months=24, replicates=2)" in found.failures[0]
    monkeypatch.setattr("cxsim.engine.simulate", None)
    with pytest.raises(FailedRunsError, match="No run came to its end"):
        cxsim.run(MAIN, **SHORT)


def test_service_and_claims_ask_what_the_commands_ask() -> None:
    with pytest.raises(CxsimError, match="no firm 'founder'"):
        cxsim.service(MAIN, firm="founder", **SHORT)
    with pytest.raises(CxsimError, match="25 months are beyond the run"):
        cxsim.service(MAIN, horizons=[12, 25], **SHORT)
    with pytest.raises(CxsimError, match="no claim 'C99'"):
        cxsim.claims("C99")
    with pytest.raises(CxsimError, match="did you mean 'pivot'"):
        cxsim.pivot(MAIN, arm="pivott", **SHORT)
    with pytest.raises(TypeError, match="from its folder"):
        cxsim.sensitivity(cxsim.compare(cxsim.run(MAIN, **SHORT), cxsim.run(MAIN, **SHORT)))


def test_claims_in_memory() -> None:
    found = cxsim.claims("C18", replicates=2, points=0)
    assert set(found.frames) == {"claims"}
    assert found.sentences()[0].startswith("Of 1 claim")
    assert os.listdir() == []
    cxsim.claims("C18", replicates=2, points=0, out="kept")
    assert len(from_csv(Path("kept/claims.csv").read_text())) == len(found.frames["claims"])


WITHOUT_CLICK = """
import runpy, sys
import cxsim, cxsim.engine
fake = runpy.run_path(sys.argv[1])
cxsim.engine.simulate = fake["simulate"]
found = cxsim.run(sys.argv[2], months=12, replicates=2)
assert found.sentences() and found.figures() and len(found.frames["runs"]) == 6
assert cxsim.compare(found, found_too := cxsim.run(sys.argv[2], months=12, replicates=2)).sentences()
for name in ("pivot", "service", "claims", "sensitivity", "sweep"):
    getattr(cxsim, name)
assert "click" not in sys.modules
"""


def test_nothing_of_it_imports_the_command_line(tmp_path: Path) -> None:
    words = [sys.executable, "-c", WITHOUT_CLICK, str(Path(fake_runs.__file__)), MAIN]
    environment = os.environ | {"PYTHONPATH": str(Path(cxsim.__file__).parents[1])}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert os.listdir(tmp_path) == []
