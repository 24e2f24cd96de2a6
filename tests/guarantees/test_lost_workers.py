"""Runs that fail, or take their worker with them, are set aside with all that is needed to repeat them; they cost no other."""

import json
import sys
from pathlib import Path
from typing import Any

import bad_work
import pandas as pd
import pytest
from tiny_sweeps import Here, do, is_finished_and_tidy, place_of, tables, tiny, write_file

from cxsim.cli import main
from cxsim.errors import CxsimError
from cxsim.execution import scheduler
from cxsim.store import read_manifest
from cxsim.studies.sweep import run
from cxsim.studies.sweep.design import seed_of
from cxsim.studies.sweep.folder import begin, status_of
from cxsim.studies.sweep.results import frame_of
from cxsim.studies.sweep.run import Execution, work_on

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")
DESIGN = tiny()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sweep with good work."""
    folder = tmp_path_factory.mktemp("good") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "ProcessPool", Here)
        do(folder, DESIGN)
    return folder


class BadSweep:
    """A sweep in which certain runs end badly."""

    def __init__(self, patch: pytest.MonkeyPatch, folder: Path) -> None:
        self.patch, self.place = patch, place_of(folder)
        patch.setattr(run, "do_runs", bad_work.do_runs)

    def __call__(self, fates: dict[int, str], retries: int = 2, again: Any = ()) -> tuple[int, int, int]:
        self.patch.setenv(bad_work.FATES, json.dumps(fates))
        begin(self.place, DESIGN, False)
        return work_on(self.place, DESIGN, Execution(2, retries, again=again))

    @property
    def errors(self) -> dict[int, str]:
        return {failed["number"]: failed["error"] for failed in read_manifest(self.place)["failures"]}


@pytest.fixture
def bad(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> BadSweep:
    return BadSweep(monkeypatch, tmp_path / "out")


def rows(folder: Path, without: Any) -> pd.DataFrame:
    frame = frame_of(place_of(folder), read_manifest(place_of(folder)))
    numbers = [DESIGN.number(*spot) for spot in zip(frame["point"], frame["arm"], frame["replicate"], strict=True)]
    return frame[[number not in without for number in numbers]].reset_index(drop=True)


def test_each_bad_run_is_set_aside_and_no_other(bad: BadSweep, good: Path) -> None:
    fates = {
        0: "die SIGKILL",
        7: "fault",
        20: "memory",
        21: "refuse the tea is cold",
        33: "unsendable",
        34: "leave",
    }
    fates[45] = f"once {bad.place.path}.mark"
    assert bad(fates) == (60 - 6, 6, 60)
    errors = bad.errors
    assert errors[0] == "lost its worker 3 times: its process was ended by SIGKILL (out of memory?)"
    assert errors[7] == "lost its worker 3 times: its process was ended by SIGSEGV"
    assert "MemoryError: Unable to allocate" in errors[20]
    assert errors[21] == "ValueError: the tea is cold"
    assert "pickle" in errors[33]
    assert errors[34] == "SystemExit: 3"
    assert sorted(errors) == sorted(set(fates) - {45})
    pd.testing.assert_frame_equal(rows(bad.place.path, errors), rows(good, errors), check_exact=True)
    assert len(rows(bad.place.path, ())) == 60 - 6

    for failed in read_manifest(bad.place)["failures"]:
        spot = DESIGN.locate(failed["number"])
        assert (failed["point"], failed["arm"], failed["replicate"]) == spot
        assert failed["seed"] == seed_of(DESIGN.scenario(spot.point, spot.arm), spot.replicate)
        assert failed["command"] == f"cxsim retry-failed {bad.place.shown} --only {failed['number']}"
    assert status_of(bad.place).failed == 6

    assert bad({}, again=list(errors)) == (60, 0, 60)
    assert tables(bad.place.path) == tables(good)
    assert is_finished_and_tidy(bad.place.path)


def test_without_retries_a_run_does_not_take_others_with_it(bad: BadSweep, good: Path) -> None:
    """Short runs travel together; those that travel with a bad one are not to blame."""
    assert bad({40: "die SIGKILL", 58: "exit 0"}, retries=0) == (58, 2, 60)
    assert sorted(bad.errors) == [40, 58]
    pd.testing.assert_frame_equal(rows(bad.place.path, ()), rows(good, {40, 58}), check_exact=True)


def test_a_run_that_never_ends_is_ended(bad: BadSweep, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "FIRST_LIMIT", 20.0)
    monkeypatch.setattr(scheduler, "LEAST_LIMIT", 6.0)
    monkeypatch.setattr(scheduler, "SLOWER", 1)
    assert bad({30: "sleep 1000000"}, retries=0) == (59, 1, 60)
    assert "took longer than" in bad.errors[30]
    pd.testing.assert_frame_equal(rows(bad.place.path, ()), rows(good, {30}), check_exact=True)


def test_workers_that_cannot_start_end_it_with_a_message(bad: BadSweep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(CxsimError, match="no worker can be started"):
        bad({})
    monkeypatch.undo()
    assert status_of(bad.place).left == 60


def test_the_command_tells_and_leaves_with_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cxsim(fates: dict[int, str], *words: str) -> tuple[int, str, str]:
        monkeypatch.setenv(bad_work.FATES, json.dumps(fates))
        monkeypatch.setattr(sys, "argv", ["cxsim", *words])
        with pytest.raises(SystemExit) as left:
            main()
        told = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, told.out, told.err

    monkeypatch.setattr(run, "do_runs", bad_work.do_runs)
    monkeypatch.chdir(tmp_path)
    name = write_file(tmp_path)
    code, out, err = cxsim({5: "refuse tea", 6: "refuse no"}, "sweep", name, "--out", "out", "--workers", "1")
    assert code == 3
    assert "Results: out (58 runs" in out
    assert "run 5 (point 0, arm pivot, replicate 0, seed " in err
    assert "): ValueError: tea" in err
    assert "again: cxsim retry-failed out --only 5" in err
    code, _, err = cxsim({6: "refuse no"}, "retry-failed", "out", "--only", "5", "--workers", "1")
    assert (code, "run 6 " in err, "run 5 " in err) == (3, True, False)
    assert cxsim({}, "retry-failed", "out", "--workers", "1")[0] == 0
    assert is_finished_and_tidy(tmp_path / "out")
