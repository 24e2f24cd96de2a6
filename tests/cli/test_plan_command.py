"""``cxsim plan``: what it promises, held against a sweep that is then run."""

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from command_line import ROOT, Cxsim
from sweep_files import DOUBTFUL, WARNING, Here, write_sweep

from cxsim.store.folder import MANIFEST
from cxsim.store.journal import JOURNAL
from cxsim.studies.sweep.design import load_sweep
from cxsim.studies.sweep.plan import Forecast, forecast, pilot, spread

EXAMPLE = ROOT / "scenarios" / "sweeps" / "best_moment.toml"
ATTEMPTS = 3  # the machine may be busy in one of two moments only


@pytest.fixture
def small(cxsim: Cxsim, monkeypatch: pytest.MonkeyPatch) -> Cxsim:
    """The command line beside a small sweep, with a thread in place of worker processes and a short pilot."""
    write_sweep(cxsim.folder)
    monkeypatch.setattr("cxsim.studies.sweep.plan.ProcessPool", Here)
    monkeypatch.setattr("cxsim.studies.sweep.plan.PILOT_SECONDS", 0.1)
    return cxsim


def test_the_numbers_of_a_pilot_lie_everywhere() -> None:
    for numbers in (range(1), range(7), range(1, 3000, 3)):
        some = list(spread(numbers))
        assert len(set(some)) == len(some)
        assert set(some) <= set(numbers)
        assert len(some) > 0.8 * len(numbers)
    for share in (0.1, 0.5, 0.9):
        first = [number for number, _ in zip(spread(range(10_000)), range(100), strict=False)]
        assert abs(sum(number < share * 10_000 for number in first) - 100 * share) <= 2


def test_a_plan_warns_of_a_doubtful_amount_once(small: Cxsim) -> None:
    write_sweep(small.folder, text=DOUBTFUL)
    code, _, err = small("plan", "small.toml", "--workers", "2")
    assert code == 0
    assert [line for line in err.splitlines() if not line.startswith("compiling")] == [WARNING]


def test_a_plan_says_what_it_takes_and_writes_nothing(small: Cxsim) -> None:
    before = {path: path.read_bytes() for path in small.folder.rglob("*")}
    code, out, err = small("plan", "small.toml", "--workers", "2")
    assert (code, err) == (0, "")
    title, _, *lines = out.splitlines()
    assert title == "Small: Does it matter how alike customers are?"
    told = dict(line.split(maxsplit=1) for line in lines if not line.startswith(" "))
    assert list(told) == ["runs", "time", "disk", "memory", "checked"]
    assert told["runs"] == "6 points x 1 arm x 4 replicates = 24 runs of 24 months"
    assert re.match(
        r"about [\d.]+ s with 2 workers, start-up included \(\d+ runs of the pilot took [\d.]+ ms each", told["time"]
    )
    assert re.match(r"about [\d.]+ kB while it runs, of which the journal is [\d.]+ kB; [\d.]+ kB of results", told["disk"])
    assert re.match(r"about [\d.]+ MB for each worker and [\d.]+ MB for the process that leads them", told["memory"])
    assert told["checked"] == "all 6 points can be run"
    assert {path: path.read_bytes() for path in small.folder.rglob("*")} == before


def test_a_plan_of_a_part_and_of_other_settings(small: Cxsim) -> None:
    code, out, _ = small("plan", "small.toml", "--shard", "1/3", "--set", "months=12")
    assert code == 0
    assert "6 points x 1 arm x 4 replicates = 24 runs of 12 months; 8 of them in part 1/3\n" in out


def test_of_many_points_some_are_checked_and_that_is_said(small: Cxsim) -> None:
    small.patch.setattr("cxsim.studies.sweep.check.check_points.__defaults__", (3,))
    code, out, _ = small("plan", "small.toml")
    assert code == 0
    assert re.search(r"checked  \d of 6 points can be run; a bad one among the others fails when it is run", out)


def test_runs_of_the_pilot_that_fail_are_told_of(small: Cxsim) -> None:
    def simulate(*asked: Any) -> Any:
        raise ValueError("no luck")

    small.patch.setattr("cxsim.studies.sweep.plan.load_engine", lambda: None)
    small.patch.setattr("cxsim.studies.sweep.work.simulate", simulate)
    code, out, err = small("plan", "small.toml")
    assert code == 3
    assert "time     cannot be told: all 24 runs of the pilot failed\n" in out
    assert re.search(r"^Failed: run \d+ of the pilot: ValueError: no luck$", err, re.MULTILINE)


def cast(file: Path, settings: list[str], workers: int) -> Forecast:
    design = load_sweep(file, settings)
    found = forecast(design, pilot(design), workers)
    assert found is not None
    return found


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """The first example, with the detail that is asked for."""
    monkeypatch.chdir(tmp_path)
    text = EXAMPLE.read_text(encoding="utf-8").replace('scenario = "../baseline.toml"', 'scenario = "baseline.toml"')
    return tmp_path / write_sweep(tmp_path, "example", f'detail = "{request.param}"\n{text}')


@pytest.mark.parametrize(("example", "replicates"), [("runs", 10), ("months", 3)], indirect=["example"])
def test_a_sweep_takes_the_disk_that_was_promised(tmp_path: Path, example: Path, replicates: int) -> None:
    """Within a factor of two."""
    settings = f"replicates={replicates}"
    promised = cast(example, [settings], 2)
    _, journal = measured(example, settings, tmp_path / "took")
    results = sum(path.stat().st_size for path in (tmp_path / "took").rglob("*") if path.is_file())
    assert promised.results / 2 < results < promised.results * 2
    assert promised.journal / 2 < journal < promised.journal * 2


@pytest.mark.slow
@pytest.mark.parametrize("example", ["runs"], indirect=True)
def test_a_sweep_takes_the_time_that_was_promised(tmp_path: Path, example: Path) -> None:
    """Between a third of it and three times, in one of a few attempts: the machine may be busy with something else."""
    found = []
    for attempt in range(ATTEMPTS):
        promised = cast(example, ["replicates=10"], 2).seconds
        found.append(measured(example, "replicates=10", tmp_path / f"took_{attempt}")[0] / promised)
        if 1 / 3 < found[-1] < 3:
            return
    pytest.fail(f"took {found} times as long as promised")


def measured(file: Path, settings: str, place: Path) -> tuple[float, int]:
    """Seconds that a sweep takes in a process of its own, and the bytes of its journal just before it goes."""
    program = (
        "import sys, cxsim.studies.sweep.run as run\n"
        "discard = run.Journal.discard\n"
        "run.Journal.discard = lambda self: (print(self.path.stat().st_size), discard(self))\n"
        "from cxsim.cli import main\n"
        "main()\n"
    )
    words = ["sweep", str(file), "--set", settings, "--workers", "2", "--out", str(place), "--quiet"]
    clock = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=600, check=True)
    assert (place / MANIFEST).is_file()
    assert not (place / JOURNAL).exists()
    return time.perf_counter() - clock, int(done.stdout)


def test_a_plan_holds_the_shape_of_its_figures(small: Cxsim) -> None:
    """More replicates take proportionally more of everything that grows, and a second worker less time."""
    few, many = (cast(small.folder / "small.toml", [f"replicates={n}"], 1) for n in (1_000, 10_000))
    assert 7 < many.journal / few.journal < 13
    assert 5 < many.results / few.results < 15
    assert few.seconds < many.seconds
    assert few.parent < many.parent
