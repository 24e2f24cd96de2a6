"""``cxsim sweep``, ``resume``, ``status`` and ``retry-failed`` from the outside: what they say, refuse, and leave with."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from command_line import FAKES, SCENARIO, Cxsim
from sweep_files import DOUBTFUL, RUNS, SWEEP, WARNING, Here, contents, write_sweep

from cxsim.engine import simulate
from cxsim.store.checksummed_json import checksummed_text
from cxsim.store.folder import MANIFEST, QUERY
from cxsim.store.journal import JOURNAL
from cxsim.store.lock import LOCK, Lock

PLACE = "results/sweep_small"


class Done(NamedTuple):
    folder: Path
    out: str
    err: str


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """A sweep by real worker processes, in a process of its own."""
    folder = tmp_path_factory.mktemp("swept")
    command = [sys.executable, "-m", "cxsim", "sweep", write_sweep(folder), "--workers", "2"]
    environment = os.environ | {"COLUMNS": "80"}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return Done(folder / PLACE, done.stdout, done.stderr)


@pytest.fixture
def small(cxsim: Cxsim, monkeypatch: pytest.MonkeyPatch) -> Cxsim:
    """The command line in a folder with a sweep file, with a thread in place of worker processes."""
    write_sweep(cxsim.folder)
    monkeypatch.setattr("cxsim.studies.sweep.run.ProcessPool", Here)
    return cxsim


@pytest.fixture
def finished(small: Cxsim, swept: Done) -> Cxsim:
    shutil.copytree(swept.folder, small.folder / PLACE)
    return small


def test_a_doubtful_amount_is_told_once_before_the_runs(small: Cxsim) -> None:
    write_sweep(small.folder, text=DOUBTFUL)
    code, _, err = small("sweep", "small.toml")
    assert code == 0
    assert err.count("warning") == 1
    assert WARNING in err.splitlines()
    code, _, err = small("check", "small.toml")
    assert (code, err) == (0, f"{WARNING}\n")


class Broken:
    """An engine that raises at some of its runs, counted from 1."""

    def __init__(self, error: BaseException, *at: int) -> None:
        self.error, self.at, self.runs = error, at, 0

    def __call__(self, *asked: Any) -> Any:
        self.runs += 1
        if self.runs in self.at:
            raise self.error
        return simulate(*asked)


def breaking(small: Cxsim, error: BaseException, *at: int) -> Broken:
    engine = Broken(error, *at)
    small.patch.setattr("cxsim.studies.sweep.work.simulate", engine)
    return engine


def interrupted_at(small: Cxsim, run: int) -> int:
    """How many runs are kept of a sweep that is interrupted at one of its runs."""
    breaking(small, KeyboardInterrupt(), run)
    code, out, err = small("sweep", "small.toml")
    small.patch.setattr("cxsim.studies.sweep.work.simulate", simulate)
    assert (code, out) == (130, "")
    told = re.search(rf"Interrupted\. (\d+) of 24 runs are kept; go on with: cxsim resume {PLACE}\n$", err)
    assert told is not None, err
    return int(told[1])


def test_a_sweep_says_what_it_does_and_what_came_out(swept: Done) -> None:
    assert "24 runs left for 2 workers\n" in swept.err
    lines = [line for line in swept.err.splitlines() if " of 24 runs (" in line]
    assert 1 <= len(lines) <= 10
    assert lines[-1].startswith("24 of 24 runs (100 %)")
    assert swept.out.startswith("\nSmall: Does it matter how alike customers are?\n")
    header = next(line for line in swept.out.splitlines() if line.startswith("homogeneity"))
    assert header.split() == ["homogeneity", "month", "value", "survived"]
    rows = swept.out.split(header)[1].splitlines()[2:8]
    assert [row.split()[:2] for row in rows] == [[level, month] for level in ("0.2", "0.8") for month in ("0", "6", "12")]
    assert all("$" in row for row in rows)
    assert max(map(len, swept.out.splitlines())) <= 80
    assert "Look for: Nothing at all." in swept.out
    assert f"Results: {PLACE} (24 runs in " in swept.out
    assert {path.name for path in swept.folder.iterdir()} == {QUERY, MANIFEST, "summary.csv", "runs"}


@pytest.mark.parametrize("words", [("sweep", "small.toml"), ("resume", PLACE)])
def test_what_is_finished_is_not_run_again(finished: Cxsim, swept: Done, words: tuple[str, ...]) -> None:
    engine = breaking(finished, AssertionError("nothing is to be run"), 1)
    code, out, err = finished(*words)
    assert (code, err, engine.runs) == (0, "", 0)
    assert out.startswith(f"These results are already in {PLACE}: nothing was run.")
    assert "homogeneity  month" in out
    assert contents(finished.folder / PLACE) == contents(swept.folder)
    assert finished(*words, "--quiet") == (0, "", "")


@pytest.mark.parametrize("name", ["summary.csv", "runs"])
@pytest.mark.parametrize("words", [("sweep", "small.toml"), ("resume", PLACE)])
def test_damaged_results_are_not_said_to_be_there(finished: Cxsim, words: tuple[str, ...], name: str) -> None:
    """They were, and whoever read the summary afterwards read other numbers."""
    path = finished.folder / PLACE / name
    path = path if path.is_file() else next(path.iterdir())
    path.write_bytes(path.read_bytes().replace(b"0", b"1", 1))
    code, out, err = finished(*words)
    assert (code, out) == (2, "")
    assert f"{PLACE}/{path.relative_to(finished.folder / PLACE)} is" in err
    assert "damaged" in err


def test_a_finished_sweep_has_a_report(finished: Cxsim) -> None:
    """It left with a traceback: its manifest names a design, and no scenario."""
    assert finished("report", PLACE) == (0, f"{PLACE}/report.html: written\n", "")
    text = (finished.folder / PLACE / "report.html").read_text(encoding="utf-8")
    assert "Does it matter how alike customers are?" in text
    assert "replicate seeds" not in text
    assert json.loads((finished.folder / PLACE / "manifest.json").read_text())["identity"]["design"] in text
    assert finished("verify", PLACE)[0] == 0


def test_other_results_are_replaced_on_request_only(finished: Cxsim, swept: Done) -> None:
    other = ("sweep", "small.toml", "--set", "months=12")
    code, _, err = finished(*other)
    assert (code, err) == (
        2,
        f"Error: {PLACE} holds results of another sweep; add --force to replace it, or --out DIR to keep both\n",
    )
    assert contents(finished.folder / PLACE) == contents(swept.folder)
    assert finished(*other, "--force", "--quiet") == (0, "", "")
    assert contents(finished.folder / PLACE) != contents(swept.folder)


def test_force_removes_nothing_else(finished: Cxsim, swept: Done) -> None:
    (finished.folder / PLACE / "notes.txt").write_text("mine")
    code, _, err = finished("sweep", "small.toml", "--force")
    assert (code, err) == (2, f"Error: {PLACE} also holds notes.txt, which --force would remove; move that away first\n")
    code, _, err = finished("sweep", "small.toml", "--force", "--out", ".")
    assert (code, err) == (2, "Error: . holds something other than a sweep; name another folder with --out DIR\n")
    assert contents(finished.folder / PLACE) == contents(swept.folder)


def test_an_interrupted_sweep_goes_on_and_ends_with_the_same_bytes(small: Cxsim, swept: Done) -> None:
    kept = interrupted_at(small, 4)
    assert 1 <= kept <= 3
    code, out, err = small("status", PLACE)
    assert (code, err) == (0, "")
    assert out == f"Small: not running\n{kept} of 24 runs done, 0 failed, {24 - kept} left\nGo on with: cxsim resume {PLACE}\n"
    code, out, err = small("resume", PLACE, "--workers", "1")
    assert code == 0
    assert err.startswith(f"Going on: {kept} of 24 runs were finished before\n{24 - kept} runs left for 1 worker\n")
    assert contents(small.folder / PLACE) == contents(swept.folder)
    assert small("status", PLACE) == (0, "Small: finished\n24 of 24 runs done, 0 failed, 0 left\n", "")


def test_the_same_command_goes_on_as_well(small: Cxsim, swept: Done) -> None:
    kept = interrupted_at(small, 4)
    code, _, err = small("sweep", "small.toml")
    assert code == 0
    assert f"Going on: {kept} of 24 runs were finished before\n" in err
    assert contents(small.folder / PLACE) == contents(swept.folder)


def test_a_damaged_line_of_the_journal_is_told_of_and_done_again(small: Cxsim, swept: Done) -> None:
    kept = interrupted_at(small, 5)
    journal = small.folder / PLACE / JOURNAL
    lines = journal.read_bytes().split(b"\n")
    first = next(number for number, line in enumerate(lines) if b"founders" in line)
    lines[first] = lines[first].replace(b"founders", b"flounder", 1)
    journal.write_bytes(b"\n".join(lines))
    code, out, _ = small("status", PLACE)
    assert (code, out.splitlines()[1]) == (0, f"{kept - 1} of 24 runs done, 0 failed, {25 - kept} left")
    code, _, err = small("resume", PLACE)
    assert code == 0
    damaged = "1 line of the journal cannot be read; what stood there is done again"
    assert err.startswith(f"{damaged}\nGoing on: {kept - 1} of 24 runs")
    assert contents(small.folder / PLACE) == contents(swept.folder)


def test_a_run_that_fails_is_listed_and_may_be_tried_again(small: Cxsim, swept: Done) -> None:
    breaking(small, ValueError("no luck"), 2)
    code, out, err = small("sweep", "small.toml")
    assert code == 3
    assert f"Results: {PLACE} (23 runs in " in out
    assert any(", 1 failed" in line for line in err.splitlines() if " of 24 runs (" in line)
    told = err.splitlines()[-2:]
    assert told[0].startswith("Failed: run 1 (point 0, arm base, replicate 1, seed ")
    assert told[0].endswith("): ValueError: no luck")
    assert told[1] == f"  again: cxsim retry-failed {PLACE} --only 1"
    code, out, err = small("status", PLACE)
    assert (code, out.splitlines()[1:]) == (
        0,
        [
            "23 of 24 runs done, 1 failed, 0 left",
            f"Try the failed runs again with: cxsim retry-failed {PLACE}",
            "Failed: run 1: ValueError: no luck",
        ],
    )
    engine = breaking(small, ValueError("still no luck"), 1)
    code, _, err = small("resume", PLACE)
    assert (code, engine.runs) == (3, 0)
    assert "Going on: 23 of 24 runs were finished before, and 1 failed\n" in err
    code, _, err = small("retry-failed", PLACE, "--only", "1")
    assert (code, engine.runs) == (3, 1)
    assert "ValueError: still no luck" in err
    code, _, err = small("retry-failed", PLACE, "--only", "7")
    assert (code, err) == (2, "Error: --only: run 7 has not failed; failed: 1\n")
    assert small("retry-failed", PLACE, "--quiet") == (0, "", "")
    assert contents(small.folder / PLACE) == contents(swept.folder)
    assert small("retry-failed", PLACE) == (0, f"No run of {PLACE} has failed: nothing was run.\n", "")


def test_when_every_run_fails_that_is_said(small: Cxsim) -> None:
    breaking(small, ValueError("no luck"), *range(1, RUNS + 1))
    code, out, err = small("sweep", "small.toml")
    assert (code, err.count("Failed: run")) == (3, 5)
    assert "... and 19 more; manifest.json lists all" in err
    assert f"Results: {PLACE} (0 runs in " in out


def test_a_part_has_a_folder_of_its_own(small: Cxsim) -> None:
    code, out, err = small("sweep", "small.toml", "--shard", "2/3")
    assert code == 0
    assert "8 runs left for " in err
    assert f"Results: {PLACE}_2_of_3 (8 runs in " in out
    code, _, err = small("sweep", "small.toml", "--shard", "1/3", "--out", f"{PLACE}_2_of_3")
    assert (code, err.partition(";")[0]) == (2, f"Error: {PLACE}_2_of_3 holds results of part 2/3 of the sweep")


@pytest.mark.parametrize(
    ("shard", "message"),
    [
        ("0/3", "there is no part 0 of 3; allowed: 1/3 to 3/3"),
        ("4/3", "there is no part 4 of 3; allowed: 1/3 to 3/3"),
        ("1/0", "there is no part 1 of 0; N is at least 1"),
        ("3", "'3' is not a part; give I/N, such as 1/8 for the first of eight parts"),
        ("a/b", "'a/b' is not a part; give I/N, such as 1/8 for the first of eight parts"),
        ("-1/3", "'-1/3' is not a part; give I/N, such as 1/8 for the first of eight parts"),
    ],
)
@pytest.mark.parametrize("command", ["sweep", "plan"])
def test_parts_that_there_are_not(small: Cxsim, command: str, shard: str, message: str) -> None:
    assert small(command, "small.toml", f"--shard={shard}") == (2, "", f"Error: --shard: {message}\n")
    assert not (small.folder / "results").exists()


def test_while_one_process_works_another_waits_or_leaves(small: Cxsim) -> None:
    kept = interrupted_at(small, 4)
    small.patch.setattr("cxsim.store.lock.PAUSE", 0.01)
    with Lock(small.folder / PLACE / LOCK, PLACE):
        assert small("status", PLACE)[1].startswith(f"Small: running\n{kept} of 24 runs done, 0 failed, ")
        for words in (("resume", PLACE), ("sweep", "small.toml"), ("sweep", "small.toml", "--force")):
            code, _, err = small(*words)
            assert (code, err) == (2, f"Error: {PLACE} is being worked on by another cxsim; wait for it, or end it\n")


@pytest.fixture
def strange(finished: Cxsim) -> Cxsim:
    """Folders and files that are something else, or damaged."""
    finished.engine(FAKES["simulate"])
    short = ("--months", "12", "--replicates", "2", "--no-plots", "--no-report", "--quiet")
    assert finished("run", SCENARIO, *short, "--out", "results/run")[0] == 0
    folder = finished.folder
    (folder / "claims.unfinished").mkdir()
    (folder / "claims.unfinished" / QUERY).write_text(checksummed_text({"identity": {}}))
    for name in (QUERY, MANIFEST):
        damaged = shutil.copytree(folder / PLACE, folder / f"damaged_{name[0]}") / name
        damaged.write_bytes(damaged.read_bytes().replace(b"t", b"T", 1))
    return finished


@pytest.mark.parametrize("command", ["resume", "status", "retry-failed"])
@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("nowhere", "nowhere: no such folder"),
        ("results/sweep_smal", "results/sweep_smal: no such folder; did you mean 'sweep_small'?"),
        ("small.toml", "small.toml is a file; name the folder of results"),
        (".", ". is not the folder of a sweep: it has no asked.json"),
        ("results/run", "results/run is not the folder of a sweep: it holds results of another command"),
        (
            "claims.unfinished",
            "claims.unfinished keeps what another command has finished; that command goes on from it by itself",
        ),
        ("damaged_a", "damaged_a/asked.json is damaged"),
    ],
)
def test_folders_that_are_no_sweep(strange: Cxsim, command: str, place: str, message: str) -> None:
    code, out, err = strange(command, place)
    assert (code, out, err.replace(f"{strange.folder}/", "")) == (2, "", f"Error: {message}\n")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="all is permitted to this user")
@pytest.mark.parametrize("command", ["resume", "status", "retry-failed", "export"])
def test_what_may_not_be_read_is_told_of(finished: Cxsim, command: str) -> None:
    (finished.folder / PLACE).chmod(0)
    try:
        told = finished(command, PLACE, *(["--csv"] if command == "export" else []))
    finally:
        (finished.folder / PLACE).chmod(0o755)
    assert told == (2, "", f"Error: {PLACE} cannot be read: Permission denied\n")


def test_a_damaged_manifest_is_told_of(strange: Cxsim) -> None:
    code, _, err = strange("resume", "damaged_m")
    assert (code, err) == (2, "Error: damaged_m/manifest.json is damaged; make the results again\n")


def test_scenarios_and_sweeps_are_told_apart(small: Cxsim) -> None:
    said = "Error: baseline.toml is a scenario, not a sweep: it has no [factors]; run it with: cxsim run baseline.toml\n"
    assert small("sweep", "baseline.toml") == (2, "", said)
    assert small("plan", "baseline.toml") == (2, "", said)
    code, out, err = small("run", "small.toml")
    assert (code, out) == (2, "")
    assert err.startswith("Error: small.toml:")
    assert err.endswith("this is a sweep, not a scenario; run it with: cxsim sweep FILE\n")
    assert not (small.folder / "results").exists()


@pytest.mark.parametrize("command", ["sweep", "plan"])
def test_points_that_contradict_themselves_stop_it_before_anything_runs(small: Cxsim, command: str) -> None:
    varied = '"market.needs_min" = { values = [2, 9] }\n"market.needs_max" = { values = [5, 12] }\n'
    write_sweep(small.folder, "bad", SWEEP.partition("[factors]")[0] + "[factors]\n" + varied)
    code, out, err = small(command, "bad.toml")
    assert (code, out) == (2, "")
    assert "bad.toml:" in err
    assert "(point 2: market.needs_min = 9, market.needs_max = 5)" in err
    assert not (small.folder / "results").exists()


def test_bad_input_is_refused(small: Cxsim) -> None:
    for words, message in (
        (("sweep", "smal.toml"), "smal.toml: no such file"),
        (("sweep", "small.toml", "--set", "market.customerz=3"), "did you mean 'customers'?"),
        (("sweep", "small.toml", "--workers", "0"), "--workers"),
        (("sweep", "small.toml", "--retries", "-1"), "--retries"),
        (("sweep", "small.toml", "--out", ""), "the path is empty"),
        (("sweep", "small.toml", "--out", "small.toml"), "small.toml is a file"),
        (("retry-failed", "x", "--only", "two"), "'two' is not a valid integer"),
        (("swep", "small.toml"), "Did you mean 'sweep'?"),
    ):
        code, out, err = small(*words)
        assert (code, out) == (2, ""), words
        assert message in err, words
    assert not (small.folder / "results").exists()
