"""``cxsim report``, and the report at the end of other commands, from the outside."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import FAKES, PACKAGE, SCENARIO, Cxsim

SHORT = ("--months", "12", "--replicates", "3", "--no-plots", "--out", "here")
HINT = "pip install 'cxsim[report]'"


class Report(Cxsim):
    """The command on made-up histories, and the report that it writes."""

    def without_the_libraries(self) -> None:
        self.patch.setattr("cxsim.report.library.missing", lambda: ["jinja2", "vl-convert-python"])

    @property
    def report(self) -> Path:
        return self.folder / "here" / "report.html"


@pytest.fixture
def cxsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Report:
    made = Report(monkeypatch, capsys, tmp_path)
    made.engine(FAKES["simulate"])
    return made


def test_a_run_ends_with_a_report_that_is_part_of_its_results(cxsim: Report) -> None:
    assert cxsim("run", SCENARIO, *SHORT)[0] == 0
    made = cxsim.report.read_bytes()
    manifest = json.loads((cxsim.folder / "here" / "manifest.json").read_text())
    assert manifest["files"]["report.html"]["bytes"] == len(made)
    assert len(made) < 5_000_000
    text = made.decode()
    for words in ("Survive to thrive", "cxsim run ", manifest["identity"]["scenario"], "is worth", "numba", "[arms.pivot]"):
        assert words in text
    assert cxsim("run", SCENARIO, *SHORT, "--force")[0] == 0  # the report is known, so nothing stands in the way


def test_the_same_results_give_the_same_bytes(cxsim: Report) -> None:
    assert cxsim("run", SCENARIO, *SHORT)[0] == 0
    made = cxsim.report.read_bytes()
    cxsim.report.unlink()
    code, out, _ = cxsim("report", "here")
    assert (code, out) == (0, "here/report.html: written\n")
    assert cxsim.report.read_bytes() == made
    environment = os.environ | {"PYTHONPATH": PACKAGE, "PYTHONHASHSEED": "5"}
    subprocess.run([sys.executable, "-m", "cxsim", "report", "here", "--out", "there.html"], env=environment, check=True)
    assert (cxsim.folder / "there.html").read_bytes() == made


def test_without_a_report_when_asked_and_later_with_one(cxsim: Report) -> None:
    assert cxsim("run", SCENARIO, *SHORT, "--no-report")[0] == 0
    assert not cxsim.report.exists()
    assert cxsim("run", SCENARIO, *SHORT)[0] == 0  # found again, and completed
    assert cxsim.report.exists()


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("half of it")])
def test_a_report_that_was_lost_is_made_again_without_a_run(cxsim: Report, damage: Callable[[Path], None]) -> None:
    assert cxsim("run", SCENARIO, *SHORT)[0] == 0
    made = cxsim.report.read_bytes()
    damage(cxsim.report)
    code, out, _ = cxsim("run", SCENARIO, *SHORT)
    assert code == 0
    assert "nothing was run" in out
    assert "Report: here/report.html" in out
    assert cxsim.report.read_bytes() == made


def test_a_run_without_the_libraries_says_how_to_get_the_report(cxsim: Report) -> None:
    cxsim.without_the_libraries()
    code, out, _ = cxsim("run", SCENARIO, *SHORT)
    assert code == 0
    assert "is worth" in out
    line = out.strip().splitlines()[-1]
    assert line.startswith("No report.html")
    assert HINT in line
    assert "cxsim report here" in line
    assert not cxsim.report.exists()
    code, _, err = cxsim("report", "here")
    assert code == 2
    assert HINT in err


def test_claims_end_with_a_report(cxsim: Report) -> None:
    words = ("claims", "C18", "--replicates", "2", "--robustness", "0", "--no-plots", "--quiet", "--out", "here")
    cxsim.patch.undo()
    os.chdir(cxsim.folder)
    assert cxsim(*words)[0] == 0
    assert "A Verysmallco spends more time" in cxsim.report.read_text(encoding="utf-8")
    assert cxsim("claims", "C18", "--replicates", "2", "--knockouts", "--no-plots", "--quiet", "--out", "knocked")[0] == 0
    assert "Which mechanism stands behind which effect?" in (cxsim.folder / "knocked" / "report.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Missing argument"),
        (("hera",), "did you mean 'here'?"),
        (("empty",), "not a folder of results"),
        (("here", "nowhere"), "nowhere: no such folder"),
        (("damaged",), "missing or damaged"),
        (("here", "--out", "taken.html"), "--force"),
        (("here", "--out", "no/such/folder/page.html"), "cannot be written"),
    ],
)
def test_bad_input_leaves_with_2_and_writes_nothing(cxsim: Report, words: tuple[str, ...], told: str) -> None:
    assert cxsim("run", SCENARIO, *SHORT, "--no-report")[0] == 0
    assert cxsim("run", SCENARIO, *SHORT[:-1], "damaged", "--no-report")[0] == 0
    (cxsim.folder / "damaged" / "months.parquet").write_bytes(b"nothing")
    (cxsim.folder / "empty").mkdir()
    (cxsim.folder / "taken.html").write_text("something else")
    before = sorted(str(path) for path in cxsim.folder.rglob("*"))
    code, _, err = cxsim("report", *words)
    assert code == 2
    assert told in err
    assert "Traceback" not in err
    assert sorted(str(path) for path in cxsim.folder.rglob("*")) == before
