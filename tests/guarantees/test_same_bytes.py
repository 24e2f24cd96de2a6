"""The tables of a sweep have the same bytes, however the work was shared out, in whatever order and however often stopped."""

import random
from pathlib import Path
from typing import Any

import pytest
from tiny_sweeps import Here, Shuffled, do, is_finished_and_tidy, place_of, tables, tiny

from cxsim.store.journal import JOURNAL
from cxsim.studies.sweep import results, run
from cxsim.studies.sweep.design import Design
from cxsim.studies.sweep.folder import begin
from cxsim.studies.sweep.merge import merge
from cxsim.studies.sweep.run import Count, Execution, work_on

KINDS: dict[str, dict[str, Any]] = {
    "runs": {},
    "months": {"detail": "months", "firms": "all", "replicates": 3},
    "few measures": {"measures": ["closed", "value"], "months": 24},
}


@pytest.fixture(autouse=True)
def many_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables come in pieces of a few runs, as those of large sweeps do."""
    monkeypatch.setattr(results, "RUNS_AT_A_TIME", 7)


@pytest.fixture(scope="module", params=KINDS)
def design(request: pytest.FixtureRequest) -> Design:
    return tiny(**KINDS[request.param])


@pytest.fixture(scope="module")
def expected(design: Design, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Tables of a sweep that one process did from beginning to end, in order."""
    folder = tmp_path_factory.mktemp("expected") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "ProcessPool", Here)
        assert do(folder, design) == (design.total, 0, design.total)
    assert is_finished_and_tidy(folder)
    found = tables(folder)
    assert {name.split("/")[0] for name in found} == {"runs", "summary.csv"} | ({"months"} & {design.detail})
    return found


@pytest.mark.parametrize("design", ["months"], indirect=True)
@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_any_number_of_workers(workers: int, design: Design, expected: dict[str, bytes], tmp_path: Path) -> None:
    do(tmp_path / "out", design, workers)
    assert tables(tmp_path / "out") == expected
    assert is_finished_and_tidy(tmp_path / "out")


class StopError(Exception):
    """Stands for whatever stops a sweep."""


class StopAt:
    """Stops a sweep once so many more runs are done."""

    def __init__(self, runs: int) -> None:
        self.runs, self.first = runs, -1

    def __call__(self, count: Count) -> None:
        self.first = count.done if self.first < 0 else self.first
        if count.done > self.first + self.runs:
            raise StopError


@pytest.mark.parametrize("seed", range(10))
def test_any_order_and_any_stops(
    seed: int, design: Design, expected: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr(run, "ProcessPool", Shuffled)
    monkeypatch.setattr(Shuffled, "chance", chance)
    folder, before = tmp_path / "out", -1
    while True:
        try:
            count = do(folder, design, chance.choice([1, 2, 5, 30]), StopAt(chance.randint(0, 40)))
            break
        except StopError:
            kept = (folder / JOURNAL).read_bytes().count(b"\n")
            assert kept >= before
            before = kept
    assert count == (design.total, 0, design.total)
    assert tables(folder) == expected
    assert is_finished_and_tidy(folder)


@pytest.mark.parametrize("parts", [2, 3, 7])
def test_parts_that_ran_apart(
    parts: int, design: Design, expected: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "ProcessPool", Here)
    places = [place_of(tmp_path / f"part {number}") for number in range(1, parts + 1)]
    for number, place in enumerate(places, 1):
        do(place.path, design.part((number, parts)))
        assert is_finished_and_tidy(place.path)
    random.Random(parts).shuffle(places)
    merge(places, place_of(tmp_path / "whole"))
    assert tables(tmp_path / "whole") == expected
    assert is_finished_and_tidy(tmp_path / "whole")


def test_a_finished_sweep_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ProcessPool", Here)
    folder, design = tmp_path / "out", tiny(replicates=1)
    do(folder, design)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    monkeypatch.setattr(run, "ProcessPool", None)
    assert work_on(place_of(folder), design, Execution(2)) == (12, 0, 12)
    assert begin(place_of(folder), design, False)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == before


def test_failed_runs_that_succeed_later_leave_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import cxsim.studies.sweep.work as work

    monkeypatch.setattr(run, "ProcessPool", Here)
    design = tiny()
    do(tmp_path / "good", design)
    simulate, bad = work.simulate, {0, 13, 59}

    def sometimes(case: Any, seed: int, *more: Any) -> Any:
        if numbers.pop(0) in bad:
            raise MemoryError("no room")
        return simulate(case, seed, *more)

    numbers = list(range(60))
    monkeypatch.setattr(work, "simulate", sometimes)
    assert do(tmp_path / "bad", design) == (57, 3, 60)
    assert tables(tmp_path / "bad") != tables(tmp_path / "good")
    numbers, bad = [0, 13, 59], {13}
    place = place_of(tmp_path / "bad")
    assert work_on(place, design, Execution(1, again=[0, 13, 59])) == (59, 1, 60)
    numbers, bad = [13], set()
    assert work_on(place, design, Execution(1, again=[13])) == (60, 0, 60)
    assert tables(tmp_path / "bad") == tables(tmp_path / "good")
    assert is_finished_and_tidy(tmp_path / "bad")


@pytest.mark.parametrize("left", [0, 20])
def test_a_lost_line_of_types_costs_one_run(left: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The types of values stand in the journal once; without them no entry can be read."""
    monkeypatch.setattr(run, "ProcessPool", Here)
    folder, design = tmp_path / "out", tiny()
    with pytest.raises(StopError):
        do(folder, design, 1, StopAt(60 - left - 1))
    journal = folder / JOURNAL
    lines = journal.read_bytes().splitlines(keepends=True)
    assert b'"kinds"' in lines[0]
    journal.write_bytes(lines[0][:20] + b"X" + lines[0][21:] + b"".join(lines[1:]))
    done: list[Count] = []
    do(folder, design, 1, done.append)
    assert done[0].done == 60 - max(left, 1)
    do(tmp_path / "good", design)
    assert tables(folder) == tables(tmp_path / "good")
