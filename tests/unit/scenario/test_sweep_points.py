"""Points of sweeps: which there are, in which order, and that they are the same every time."""

import itertools
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.errors import ScenarioError
from cxsim.scenario.factors import Factor
from cxsim.scenario.points import Points
from cxsim.statistics.designs import DesignSpec, MissingPackageError
from cxsim.studies.sweep.check import check_points
from cxsim.studies.sweep.design import Design, load_sweep

SCENARIOS = Path(__file__).parents[3] / "scenarios"
HEAD = 'title = "T"\nquestion = "Q?"\nscenario = "base.toml"\n'
ARMS = '[arms.x]\n[arms.y]\nfirms.f.pivot = {when = "month", month = 3}\n'
BASE = f'title = "T"\nquestion = "Q?"\n[firms.f]\nafter.price = 7\n{ARMS}'
FACTORS = """[factors]
market.homogeneity = { low = 0, high = 1 }
market.segments = { low = 1, high = 4 }
firms.f.strategy.roadmap = {}
firms.f.strategy.promise = {}
market.customers = { low = 100, high = 10_000, scale = "log" }
"""
SAMPLED = {
    "latin_hypercube": "points = 50",
    "sobol": "points = 64",
    "morris": "trajectories = 8\nlevels = 6",
    "saltelli": "points = 8\nsecond_order = true",
}


def sweep_of(tmp_path: Path, text: str, **files: str) -> Design:
    (tmp_path / "base.toml").write_text(BASE)
    for name, content in files.items():
        (tmp_path / f"{name}.csv").write_text(content)
    (tmp_path / "s.toml").write_text(HEAD + text)
    return load_sweep(tmp_path / "s.toml")


def made(tmp_path: Path, method: str, more: str = "", factors: str = FACTORS) -> Points:
    if method in ("morris", "saltelli"):
        pytest.importorskip("SALib")
    sweep = sweep_of(tmp_path, f'[design]\nmethod = "{method}"\n{SAMPLED[method]}\n{more}\n{factors}')
    points = sweep.points
    assert points.is_sampled
    assert len(points) == len(points.unit) == len(list(points))
    return points


def listed(*columns: list[Any]) -> list[Factor]:
    return [Factor(f"k{index}", "number", tuple(values), 0.0, 1.0, "linear") for index, values in enumerate(columns)]


GRID = DesignSpec()
VALUES = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=5, unique=True), min_size=1, max_size=4)


@given(VALUES)
def test_a_grid_is_the_product_of_its_factors(columns: list[list[int]]) -> None:
    points = Points(GRID, listed(*columns))
    assert [tuple(point.values()) for point in points] == list(itertools.product(*columns))
    assert len(points) == math.prod(map(len, columns))
    for number in (-1, len(points)):
        with pytest.raises(IndexError):
            points[number]


@given(VALUES, st.data())
def test_points_that_stay_are_not_changed_by_new_ones(columns: list[list[int]], data: st.DataObject) -> None:
    def asked(points: Points) -> set[tuple[Any, ...]]:
        return {tuple(sorted(point.items())) for point in points}

    more = [[*column, *data.draw(st.lists(st.integers(10, 19), max_size=3, unique=True))] for column in columns]
    assert asked(Points(GRID, listed(*columns))) <= asked(Points(GRID, listed(*more)))
    length = min(map(len, columns))
    short = [column[:length] for column in columns]
    before, after = (Points(DesignSpec("list"), listed(*one)) for one in (short, [[*column, 99] for column in short]))
    assert list(before) == list(after)[:-1]
    assert before.digest != after.digest


def test_a_grid_of_ten_million_points_takes_no_memory(tmp_path: Path) -> None:
    text = "[factors]\nmarket.homogeneity.linspace = [0, 1, 10_000]\nmarket.drift.linspace = [0, 0.5, 1_000]\n"
    points = sweep_of(tmp_path, text).points
    assert len(points) == 10_000_000
    assert points[9_999_999] == {"market.homogeneity": 1.0, "market.drift": 0.5}
    assert points[1_001] == {"market.homogeneity": 1 / 9_999, "market.drift": 0.5 / 999}
    assert sum(sys.getsizeof(factor.values) for factor in points.factors) < 200_000


def test_spacings_have_exact_ends_and_round_whole_numbers(tmp_path: Path) -> None:
    text = """[factors]
market.homogeneity = { linspace = [0, 1, 11] }
market.zipf.log = [0.003, 3, 4]
market.customers.log = [100, 100_000, 7]
market.segments.linspace = [64, 1, 3]
"""
    values = {factor.key: factor.values for factor in sweep_of(tmp_path, text).points.factors}
    assert values["market.homogeneity"] == tuple(index / 10 for index in range(11))
    assert values["market.zipf"] == pytest.approx((0.003, 0.03, 0.3, 3))
    assert values["market.zipf"][::3] == (0.003, 3.0)
    assert values["market.customers"] == (100, 316, 1000, 3162, 10_000, 31_623, 100_000)
    assert values["market.segments"] == (64, 33, 1)
    assert {type(value) for value in values["market.customers"]} == {int}
    assert {type(value) for value in values["market.homogeneity"]} == {float}


@pytest.mark.parametrize("method", SAMPLED)
def test_the_same_seed_gives_the_same_points(tmp_path: Path, method: str) -> None:
    state = np.random.get_state()[1].tolist()  # type: ignore[index, union-attr]
    digests = [made(tmp_path, method, f"seed = {seed}").digest for seed in (0, 0, 1, 2)]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3
    assert np.random.get_state()[1].tolist() == state  # type: ignore[index, union-attr]


@pytest.mark.parametrize("method", SAMPLED)
def test_sampled_values_are_allowed_and_reach_far(tmp_path: Path, method: str) -> None:
    points = made(tmp_path, method)
    columns = {key: [point[key] for point in points] for key in points.keys}
    assert 0 <= min(columns["market.homogeneity"]) < 0.1
    assert 0.9 < max(columns["market.homogeneity"]) <= 1
    assert set(columns["market.segments"]) == {1, 2, 3, 4}
    assert set(columns["firms.f.strategy.roadmap"]) == {"crowd", "loudest", "founder"}
    assert set(columns["firms.f.strategy.promise"]) == {False, True}
    customers = columns["market.customers"]
    assert 100 <= min(customers) < 200
    assert 5000 < max(customers) <= 10_000
    assert all(type(value) is int for value in customers)
    assert len(points.keys) == 5


def test_whole_numbers_and_choices_have_equal_slices(tmp_path: Path) -> None:
    points = made(tmp_path, "latin_hypercube", factors=FACTORS.replace("high = 4", "high = 5"))
    counts = np.unique([point["market.segments"] for point in points], return_counts=True)
    assert [count.tolist() for count in counts] == [[1, 2, 3, 4, 5], [10] * 5]
    promised = sum(point["firms.f.strategy.promise"] for point in points)
    assert promised == 25
    assert sum(point["market.customers"] < 1000 for point in points) in (24, 25, 26)  # half of the decades


@given(st.floats(0, 1), st.integers(0, 50), st.integers(1, 50), st.sampled_from(["linear", "log"]))
def test_no_share_leads_out_of_the_range(share: float, low: int, width: int, scale: str) -> None:
    low += scale == "log"
    whole = Factor("k", "whole", (), float(low), float(low + width), scale)
    number = whole._replace(kind="number")
    assert low <= whole.value(share) <= low + width
    assert low <= number.value(share) <= low + width
    assert (number.value(0.0), number.value(1.0)) == (low, low + width)
    assert (whole.value(0.0), whole.value(1.0)) == (low, low + width)
    assert Factor("k", "name", ("a", "b", "c"), 0, 2, scale).value(share) in "abc"


def test_a_latin_hypercube_has_one_point_in_each_slice(tmp_path: Path) -> None:
    unit = made(tmp_path, "latin_hypercube").unit
    assert np.array_equal(np.sort((unit * 50).astype(int), axis=0), np.arange(50)[:, None] + np.zeros((1, 5), int))


def test_more_sobol_points_keep_those_before(tmp_path: Path) -> None:
    fewer = made(tmp_path, "sobol")
    more = sweep_of(tmp_path, f'[design]\nmethod = "sobol"\npoints = 128\n{FACTORS}').points
    assert list(fewer) == [more[number] for number in range(64)]


def test_morris_points_change_one_factor_at_a_time(tmp_path: Path) -> None:
    unit = made(tmp_path, "morris").unit.reshape(8, 6, 5)
    steps = np.diff(unit, axis=1) != 0
    assert (steps.sum(axis=2) == 1).all()
    assert (steps.sum(axis=1) == 1).all()
    assert np.allclose(unit * 5, np.round(unit * 5))  # six levels


def test_saltelli_points_are_what_the_analysis_needs(tmp_path: Path) -> None:
    salib = pytest.importorskip("SALib.analyze.sobol")
    points = made(tmp_path, "saltelli").unit
    assert points.shape == (8 * 12, 5)
    blocks = points.reshape(8, 12, 5)
    for factor in range(5):
        others = [one for one in range(5) if one != factor]
        assert np.array_equal(blocks[:, 1 + factor][:, others], blocks[:, 0][:, others])
        assert np.array_equal(blocks[:, 1 + factor, factor], blocks[:, 11, factor])
    from cxsim.statistics.designs import problem

    unit = made(tmp_path, "saltelli", factors=FACTORS).unit
    answer = salib.analyze(problem(5), unit[:, 0] + 1e-9 * unit[:, 1], calc_second_order=True, seed=1)
    assert answer["ST"][0] > 0.5
    assert abs(answer["ST"][2]) < 1e-6


@pytest.mark.parametrize("method", SAMPLED)
def test_a_missing_package_is_named_with_the_way_to_get_it(
    tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = "SALib" if method in ("morris", "saltelli") else "scipy"
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    sweep = sweep_of(tmp_path, f'[design]\nmethod = "{method}"\n{SAMPLED[method]}\n{FACTORS}')
    with pytest.raises(MissingPackageError) as caught:
        _ = sweep.points.unit
    (message,) = str(caught.value).replace(f"{tmp_path}/", "").splitlines()
    assert message == (
        f"s.toml:5:10: design.method: method = '{method}' needs the package {package};"
        " install it with: pip install 'cxsim[sensitivity]'"
    )
    assert isinstance(caught.value, ScenarioError)


def test_a_file_of_points(tmp_path: Path) -> None:
    table = '\ufeffmarket.drift, "firms.f.strategy.roadmap",arms.x.firms.f.strategy.promise\r\n'
    table += '0,crowd,true\r\n\r\n.25,"loudest",False'
    sweep = sweep_of(tmp_path, '[design]\nmethod = "csv"\nfile = "p.csv"\n', p=table)
    assert list(sweep.points) == [
        {"market.drift": 0.0, "firms.f.strategy.roadmap": "crowd", "arms.x.firms.f.strategy.promise": True},
        {"market.drift": 0.25, "firms.f.strategy.roadmap": "loudest", "arms.x.firms.f.strategy.promise": False},
    ]
    assert list(sweep.lines) == [2, 4]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 0.5), st.integers(100, 10**7), st.booleans()), min_size=1, max_size=8))
def test_a_file_of_points_is_read_bit_for_bit(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, ...]]) -> None:
    table = "market.drift,market.customers,firms.f.strategy.promise\n" + "".join(f"{a!r},{b},{c}\n" for a, b, c in rows)
    sweep = sweep_of(tmp_path_factory.mktemp("points"), '[design]\nmethod = "csv"\nfile = "p.csv"\n', p=table)
    assert [tuple(point.values()) for point in sweep.points] == [(a + 0.0, b, c) for a, b, c in rows]


def test_contradictions_of_single_points_are_told_with_their_values(tmp_path: Path) -> None:
    text = "[factors]\nmarket.needs_min = { values = [3, 7] }\nmarket.needs_max = { values = [5, 9] }\n"
    checked = check_points(sweep_of(tmp_path, text))
    assert (checked.points, checked.checked, checked.wrong, checked.all_checked) == (4, 4, 1, True)
    assert [str(one).replace(f"{tmp_path}/", "") for one in checked.problems] == [
        "s.toml:5:8: market.needs_min: needs_min 7 is above needs_max 5 (point 2: market.needs_min = 7, market.needs_max = 5)"
    ]


def test_contradictions_in_a_file_of_points_have_its_line(tmp_path: Path) -> None:
    table = "market.needs_min,market.needs_max\n3,5\n\n7,5\n8,7\n"
    checked = check_points(sweep_of(tmp_path, '[design]\nmethod = "csv"\nfile = "p.csv"\n', p=table))
    assert [one.where.replace(f"{tmp_path}/", "") for one in checked.problems] == ["p.csv:4:1", "p.csv:5:1"]


def test_of_many_points_a_spread_and_the_corners_are_checked(tmp_path: Path) -> None:
    text = "[factors]\nmarket.needs_max.linspace = [10, 3, 8]\nmarket.drift.linspace = [0, 0.5, 1000]\n"
    checked = check_points(sweep_of(tmp_path, text), most=50)  # only the last of eight rows is wrong
    assert checked.points == 8000
    assert not checked.all_checked
    assert 50 <= checked.checked < 1200
    assert checked.wrong >= 1
    assert "needs_min 4 is above needs_max 3" in str(checked.problems[0])
    many = "[factors]\nmarket.needs_min.linspace = [1, 16, 16]\nmarket.needs_max.linspace = [1, 16, 16]\n"
    assert len(check_points(sweep_of(tmp_path, many)).problems) == 20


@pytest.mark.parametrize("file", sorted((SCENARIOS / "sweeps").glob("*.toml")), ids=lambda file: file.stem)
def test_shipped_sweeps(file: Path) -> None:
    sweep = load_sweep(file)
    assert sweep.question.endswith("?")
    assert sweep.total < 50_000  # a few minutes on two processors
    if sweep.method in ("morris", "saltelli"):
        pytest.importorskip("SALib")
    checked = check_points(sweep)
    assert (checked.wrong, checked.all_checked) == (0, True)
