"""``cxsim verify`` from the outside."""

import runpy
import sys
from pathlib import Path

import pytest

from cxsim.cli import main
from cxsim.store.checksummed_json import write_checksummed
from cxsim.store.folder import QUERY
from cxsim.store.journal import JOURNAL, Journal, tie_of

ROOT = Path(__file__).parents[2]
FAKES = runpy.run_path(str(ROOT / "tests" / "fake_runs.py"))
SCENARIO = str(ROOT / "scenarios" / "survive_to_thrive.toml")


class Cxsim:
    """The command in a folder of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self.patch, self.capsys, self.folder = monkeypatch, capsys, folder
        monkeypatch.chdir(folder)
        monkeypatch.setattr("cxsim.engine.simulate", FAKES["simulate"])

    def __call__(self, *words: str) -> tuple[int, list[str], list[str]]:
        self.patch.setattr(sys, "argv", ["cxsim", *words])
        with pytest.raises(SystemExit) as left:
            main()
        told = self.capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, told.out.splitlines(), told.err.splitlines()

    def made(self, name: str) -> Path:
        words = ("--months", "12", "--replicates", "3", "--no-plots", "--no-report", "--quiet", "--out", name)
        assert self("run", SCENARIO, *words)[0] == 0
        return self.folder / name

    def unfinished(self, name: str) -> Path:
        (self.folder / name).mkdir()
        write_checksummed(self.folder / name / QUERY, {"replicates": 3})
        with Journal.open(self.folder / name / JOURNAL, tie_of({"replicates": 3})) as journal:
            journal.append("run0", {"number": 0})
        return self.folder / name


@pytest.fixture
def cxsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cxsim:
    return Cxsim(monkeypatch, capsys, tmp_path)


def test_whole_results_are_told(cxsim: Cxsim) -> None:
    cxsim.made("one")
    cxsim.unfinished("two")
    assert cxsim("verify", "one", "two", "one") == (
        0,
        ["one: whole: 4 files", "two: whole: 2 files, not finished yet"],
        [],
    )


def test_results_of_a_comparison_are_verified_too(cxsim: Cxsim) -> None:
    cxsim.made("one")
    cxsim.made("two")
    assert cxsim("compare", "one", "two", "--no-plots", "--no-report", "--quiet", "--out", "both")[0] == 0
    code, out, _ = cxsim("verify", "both")
    assert (code, out[0].startswith("both: whole: ")) == (0, True)


def test_each_damage_is_listed_and_the_other_folders_are_read(cxsim: Cxsim) -> None:
    one, two, three = cxsim.made("one"), cxsim.unfinished("two"), cxsim.made("three")
    whole = (one / "runs.parquet").read_bytes()
    (one / "runs.parquet").write_bytes(whole[:300] + bytes([whole[300] ^ 1]) + whole[301:])
    (one / "mine.txt").write_text("mine")
    (two / JOURNAL).write_bytes((two / JOURNAL).read_bytes()[:-1])
    manifest = (three / "manifest.json").read_bytes()
    (three / "manifest.json").write_bytes(manifest.replace(b'"seed"', b'"sEed"', 1))
    assert cxsim("verify", "one", "two", "three") == (
        2,
        [],
        [
            "one/runs.parquet is damaged",
            "one/mine.txt is not among the results",
            "two/journal.jsonl: the last line is torn; what it held is done again on resuming",
            "three/manifest.json is damaged; make the results again",
        ],
    )


def test_what_are_no_results_is_told(cxsim: Cxsim) -> None:
    cxsim.made("one")
    (cxsim.folder / "empty").mkdir()
    (cxsim.folder / "file").write_text("")
    assert cxsim("verify", "empty", "ones", "file", "one") == (
        2,
        ["one: whole: 4 files"],
        [
            "empty is not a folder of results: it has neither manifest.json nor asked.json",
            "ones: no such folder; did you mean 'one'?",
            "file is a file; name the folder of results",
        ],
    )
    assert cxsim("verify")[0] == 2
