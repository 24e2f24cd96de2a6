"""``cxsim claims`` from the outside."""

import json
import os
from pathlib import Path

import pytest
from command_line import Cxsim, interrupted


@pytest.fixture
def claims(cxsim: Cxsim) -> Cxsim:
    return cxsim.of("claims")


def test_a_table_a_file_and_a_plot(claims: Cxsim) -> None:
    code, out, err = claims("c18", "--replicates", "3", "--robustness", "8")
    assert code == 0
    place = claims.folder / "results" / "claims-C18"
    manifest = json.loads((place / "manifest.json").read_text())
    assert set(manifest["files"]) == {"claims.csv", "plots/c18.png", "report.html"}
    assert manifest["command"] == "cxsim claims c18 --replicates 3 --robustness 8"
    assert "100 / 0 / 0 %" in out
    assert "C18,as claimed,points of the sample,share,1," in (place / "claims.csv").read_text()
    assert "\nWhat is claimed:\nC18 A Verysmallco spends more time" in out
    assert "level, large base" in out
    assert "Other figures of C18:" in out
    assert max(map(len, out.splitlines())) <= 110
    assert "runs (100 %)" in err
    before = (place / "claims.csv").read_bytes()
    code, again, _ = claims("C18", "--replicates", "3", "--robustness", "8")
    assert code == 0
    assert "nothing was run" in again
    assert (place / "claims.csv").read_bytes() == before
    code, _, err = claims("C18", "--replicates", "4")
    assert code == 2
    assert "3 replicates (asked: 4 replicates) and 8 points of the sample (asked: 16 points of the sample); add --force" in err
    assert os.listdir(claims.folder / "results") == ["claims-C18"]


def test_each_selection_has_a_folder_of_its_own(claims: Cxsim) -> None:
    few = ("--replicates", "2", "--robustness", "0", "--no-plots", "--quiet")
    assert claims("C18", *few) == (0, "", "")
    assert claims("C18", "C08", *few) == (0, "", "")
    assert sorted(os.listdir(claims.folder / "results")) == ["claims-C08-C18", "claims-C18"]
    code, _, err = claims("C08", *few, "--out", "results/claims-C18")
    assert code == 2
    assert "results/claims-C18 holds results of C18 (asked: C08); add --force" in err
    code, _, err = claims("C18", "--knockouts", "--replicates", "2", "--quiet", "--out", "results/claims-C18")
    assert code == 2
    assert "holds results of claims with their ablations (asked: knock-outs); add --force" in err


def test_knockouts_and_quiet(claims: Cxsim) -> None:
    assert claims("C18", "--replicates", "2", "--knockouts", "--quiet") == (0, "", "")
    manifest = json.loads((claims.folder / "results" / "knockouts-C18" / "manifest.json").read_text())
    assert set(manifest["files"]) == {"claims.csv", "plots/knockouts.png", "report.html"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("C22",), "no claim 'C22'"),
        (("C22",), "did you mean 'C2"),
        (("C01", "--replicates", "1"), "--replicates"),
        (("C01", "--robustness", "-1"), "--robustness"),
        (("C01", "--robustness", "8", "--knockouts"), "give one of them"),
        (("C01", "--out", ""), "the path is empty"),
    ],
)
def test_wrong_options_leave_with_2_and_write_nothing(claims: Cxsim, words: tuple[str, ...], told: str) -> None:
    code, _, err = claims(*words)
    assert code == 2
    assert told in err
    assert os.listdir(claims.folder) == []


def test_runs_that_fail_are_told_and_leave_with_3(claims: Cxsim) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a lot of trouble")

    claims.engine(fail)
    code, out, err = claims("C18", "--replicates", "2", "--no-plots")
    assert code == 3
    assert "too uncertain" in out
    assert "a lot of trouble" in err
    assert claims("C18", "--replicates", "2", "--no-plots")[0] == 3


def test_help_has_an_example(claims: Cxsim) -> None:
    code, out, _ = claims("--help")
    assert code == 0
    assert "Example: cxsim claims C03 C12" in out


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_interrupting_leaves_130_and_what_is_finished(tmp_path: Path) -> None:
    code, err = interrupted(tmp_path, "claims", "C17")
    assert code == 130
    assert "finished runs are kept in results/claims-C17.unfinished; the same command goes on from there." in err
    assert os.listdir(tmp_path / "results") == ["claims-C17.unfinished"]
    assert sorted(os.listdir(tmp_path / "results" / "claims-C17.unfinished")) == ["asked.json", "journal.jsonl"]
