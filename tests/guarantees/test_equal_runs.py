"""Runs that are equal are done once and stand under each of their names, with the same bits; and users are told.

A sweep whose points set what its arms differ in has the same arm under several names, and most of its runs are repeats. So has
one whose points are there twice, and a scenario with an arm written twice.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from tiny_sweeps import ROOT, Here, Shuffled, do, is_finished_and_tidy, place_of, runs_in_journal, tables

import cxsim
from cxsim.cli import group
from cxsim.engine import simulate
from cxsim.scenario import load_scenario
from cxsim.store import read_manifest
from cxsim.studies.run.execute import assemble, run_scenario
from cxsim.studies.run.notes import alike_notes
from cxsim.studies.sweep import alike, run
from cxsim.studies.sweep.alike import different, first_equal, words
from cxsim.studies.sweep.design import Design, load_sweep
from cxsim.studies.sweep.merge import merge
from cxsim.studies.sweep.results import frame_of
from cxsim.studies.sweep.run import Count

SCENARIO = """extends = "baseline.toml"
months = 12
market.customers = 150
[arms.cheap.firms.founders.strategy]
price = 40_000
[arms.dear.firms.founders.strategy]
price = 90_000
[arms.late.firms.founders]
after.price = 90_000
[arms.twin.firms.founders.strategy]
price = 90_000
"""
PRICE = "firms.founders.strategy.price"


def made(folder: Path, factors: dict[str, Any], **asked: Any) -> Design:
    """A design on the scenario with arms that differ in one price."""
    shutil.copy(ROOT / "scenarios" / "baseline.toml", folder)
    (folder / "arms.toml").write_text(SCENARIO)
    return Design.make(folder / "arms.toml", factors, **({"replicates": 2, "arms": ["cheap", "dear"]} | asked))


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of the runs that are really done."""
    numbers: list[int] = []
    real = run.do_runs

    def counted(name: str, some: list[int]) -> Any:
        numbers.extend(some)
        return real(name, some)

    monkeypatch.setattr(run, "ProcessPool", Here)
    monkeypatch.setattr(run, "do_runs", counted)
    return numbers


DESIGNS: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "arms alike at every point": ({PRICE: [50_000, 60_000]}, {}, 4),
    "a point twice in a list": ({"market.homogeneity": [0.2, 0.8, 0.2]}, {"design": {"method": "list"}}, 8),
    "a point twice under one arm": ({"market.segments": [2, 4, 4]}, {"arms": ["dear"], "design": {"method": "list"}}, 4),
    "a factor of one arm": ({f"arms.dear.{PRICE}": [50_000, 40_000, 60_000]}, {}, 6),
    "two equal arms, all months": ({"market.homogeneity": [0.2, 0.8]}, {"arms": ["dear", "twin"], "detail": "months"}, 4),
}


def test_points_of_a_file_that_are_there_twice_are_done_once(done: list[int], tmp_path: Path) -> None:
    """However they are written: 0.2 and 2e-1 are one number."""
    made(tmp_path, {PRICE: [50_000]})
    points = f"market.homogeneity,{PRICE}\n0.2,50000\n0.8,60000\n2e-1,50000\n0.8,60000\n"
    (tmp_path / "points.csv").write_text(points)
    (tmp_path / "points.toml").write_text(
        'title = "Points"\nquestion = "Which?"\nscenario = "arms.toml"\nreplicates = 2\narms = ["dear"]\n'
        '[design]\nmethod = "csv"\nfile = "points.csv"\n'
    )
    design = load_sweep(tmp_path / "points.toml")
    assert words(design) == [
        "2 points of 4 repeat another: 2 is 0 and 3 is 1",
        "4 of 8 runs repeat another; each is done once, for all its names",
    ]
    assert do(tmp_path / "out", design) == Count(8, 0, 8)
    assert len(done) == different(design) == 4
    frame = frame_of(place_of(tmp_path / "out"), read_manifest(place_of(tmp_path / "out")))
    assert len(frame) == 8
    assert len(set(frame["run"])) == 4


@pytest.mark.parametrize("name", DESIGNS)
def test_equal_runs_are_done_once_and_the_tables_are_those_of_all(
    name: str, done: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factors, asked, number = DESIGNS[name]
    design = made(tmp_path, factors, **asked)
    assert do(tmp_path / "once", design) == Count(design.total, 0, design.total)
    assert len(done) == different(design) == number < design.total
    assert is_finished_and_tidy(tmp_path / "once")
    frame = frame_of(place_of(tmp_path / "once"), read_manifest(place_of(tmp_path / "once")))
    assert len(frame) == design.total
    assert len(set(frame["run"])) == number
    monkeypatch.setattr(run, "first_equal", lambda design: None)
    do(tmp_path / "all", design)
    assert len(done) == number + design.total
    assert tables(tmp_path / "once") == tables(tmp_path / "all")


def test_equal_runs_in_any_order_after_stops_and_in_parts(
    done: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    design = made(tmp_path, {PRICE: [50_000, 60_000, 50_000]}, replicates=3, design={"method": "list"})
    do(tmp_path / "whole", design)
    expected = tables(tmp_path / "whole")
    monkeypatch.setattr(run, "ProcessPool", Shuffled)
    do(tmp_path / "shuffled", design, 4)
    assert tables(tmp_path / "shuffled") == expected
    monkeypatch.setattr(run, "ProcessPool", Here)
    real = run._Record.append
    for stop in range(1, 18, 3):
        folder = tmp_path / f"stopped_{stop}"

        def stopped(self: Any, key: str, entry: Any, stop: int = stop, folder: Path = folder) -> None:
            if len(runs_in_journal(folder)) >= stop:
                raise RuntimeError
            real(self, key, entry)

        monkeypatch.setattr(run._Record, "append", stopped)
        with pytest.raises(RuntimeError):
            do(folder, design)
        monkeypatch.setattr(run._Record, "append", real)
        before = len(done)
        do(folder, design)
        assert len(done) - before <= 6
        assert tables(folder) == expected
    for part in (1, 2, 3, 4):
        do(tmp_path / f"part_{part}", design.part((part, 4)))
    merge([place_of(tmp_path / f"part_{part}") for part in (1, 2, 3, 4)], place_of(tmp_path / "merged"))
    assert tables(tmp_path / "merged") == expected
    notes = [json.loads((tmp_path / name / "manifest.json").read_text())["notes"] for name in ("whole", "merged", "part_2")]
    assert notes == [words(design)] * 3


def test_a_run_that_fails_fails_under_all_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    design = made(tmp_path, {PRICE: [50_000, 60_000]})
    monkeypatch.setattr(run, "ProcessPool", Here)

    def fails(name: str, some: list[int]) -> Any:
        return [{"error": "a lot of trouble", "seconds": 0.0} for _ in some]

    real = run.do_runs
    monkeypatch.setattr(run, "do_runs", fails)
    assert do(tmp_path / "out", design) == Count(0, 8, 8)
    failures = json.loads((tmp_path / "out" / "manifest.json").read_text())["failures"]
    assert [one["number"] for one in failures] == list(range(8))
    monkeypatch.setattr(run, "do_runs", real)
    again = run.work_on(place_of(tmp_path / "out"), design, run.Execution(1, again=range(8)))
    assert again == Count(8, 0, 8)


def test_users_are_told_which_arms_are_alike_at_which_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, {PRICE: [50_000]})
    (tmp_path / "prices.toml").write_text(
        'title = "Prices"\nquestion = "Which?"\nscenario = "arms.toml"\nreplicates = 2\narms = ["cheap", "dear", "late"]\n'
        f'[factors]\n"{PRICE}" = {{ values = [50_000, 90_000] }}\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "ProcessPool", Here)
    told = words(load_sweep("prices.toml"))
    assert told == [
        "the arms cheap and dear are alike at point 0: no value is left in which they differ",
        "the arms cheap, dear and late are alike at point 1: no value is left in which they differ",
        "6 of 12 runs repeat another; each is done once, for all its names",
    ]
    for command in ("check", "plan", "sweep", "resume"):
        words_of = [command, "results/sweep_prices"] if command == "resume" else [command, "prices.toml"]
        found = CliRunner().invoke(group, words_of, env={"COLUMNS": "200"})
        assert found.exit_code == 0, found.output
        assert all(one in " ".join(found.output.split()) for one in told), found.output
    manifest = json.loads((tmp_path / "results" / "sweep_prices" / "manifest.json").read_text())
    assert manifest["notes"] == told


def test_an_arm_that_a_factor_of_another_leaves_alone_is_told(tmp_path: Path) -> None:
    assert words(made(tmp_path, {f"arms.dear.{PRICE}": [50_000, 40_000, 60_000]})) == [
        "the arms cheap and dear are alike at point 1: no value is left in which they differ",
        "not every point changes the arm cheap: some factors are those of other arms",
        "6 of 12 runs repeat another; each is done once, for all its names",
    ]


def test_designs_whose_runs_all_differ_are_passed_over_without_a_word(tmp_path: Path) -> None:
    design = made(tmp_path, {"market.homogeneity": [0.2, 0.8]})
    assert (first_equal(design), words(design), different(design)) == (None, [], design.total)


def test_of_a_large_design_a_part_tells_whether_arms_are_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "EVERY", 4)
    monkeypatch.setattr(alike, "LOOKED_AT", 3)
    design = made(tmp_path, {PRICE: list(range(50_000, 50_009))})
    found = first_equal(design)
    assert found is not None
    assert found.tolist() == [[2 * point] * 2 for point in range(9)]
    twice = made(tmp_path, {"market.homogeneity": [0.1, 0.2, 0.3, 0.1, 0.1]}, design={"method": "list"})
    assert words(twice)[0] == "2 points of 5 repeat another: 3 is 0 and 4 is 0"


def test_arms_that_are_written_twice_are_told_by_whoever_takes_one_of_them(tmp_path: Path) -> None:
    made(tmp_path, {PRICE: [50_000]})
    told = "the arms dear and twin are alike: they have the same value everywhere"
    few: dict[str, Any] = {"replicates": 2, "months": 4}
    pivot = cxsim.pivot(tmp_path / "arms.toml", arm="late", **few)
    service = cxsim.service(tmp_path / "arms.toml", brief=True, **few)
    for found in (pivot, service):
        assert told in found.findings.notes
    assert f"Note: {told}" in " ".join(" ".join(pivot.study.lines(pivot.findings, 80)).split())


def test_arms_that_are_written_twice_in_a_scenario_share_their_runs(tmp_path: Path) -> None:
    made(tmp_path, {PRICE: [50_000]})
    scenario = load_scenario(tmp_path / "arms.toml", ["replicates=2"])
    calls: list[int] = []

    def counted(*asked: Any) -> Any:
        calls.append(1)
        return simulate(*asked)

    runs = assemble(run_scenario(scenario, simulate=counted).records).runs
    assert (len(calls), len(runs["arm"])) == (6, 8)
    assert np.array_equal(runs["value"][runs["arm"] == "dear"], runs["value"][runs["arm"] == "twin"])
    (told,) = alike_notes(scenario)
    assert told.startswith("the arms dear and twin are alike")
