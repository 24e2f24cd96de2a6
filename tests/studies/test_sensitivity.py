"""Sensitivity of functions whose indices are known: through our sampler, the tables of a sweep, and our analysis."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from cxsim.charts.matplotlib import figure
from cxsim.errors import CxsimError
from cxsim.report.stored import from_json, to_json
from cxsim.scenario.factors import Factor
from cxsim.scenario.points import Points
from cxsim.scenario.variants import Variants
from cxsim.statistics.designs import DesignSpec as Asked
from cxsim.store.parts import read_parts, write_parts
from cxsim.store.rows import rows_from_csv, rows_to_csv
from cxsim.studies.sensitivity.charts import charts
from cxsim.studies.sensitivity.indices import analyse, require
from cxsim.studies.sensitivity.page import page
from cxsim.studies.sensitivity.reading import collect, responses
from cxsim.studies.sensitivity.rows import LEAVE, MATTERS, Group, IndexRow, groups
from cxsim.studies.sensitivity.words import answer, tables
from cxsim.studies.sweep.design import Design

pytest.importorskip("SALib")

Values = NDArray[np.float64]
Function = Callable[..., float]
SEEDS = range(6)
MEASURE = "revenue"
FIRST = {"a": 0.3139, "b": 0.4424, "c": 0.0}  # of the Ishigami function with 7 and 0.1 (Ishigami and Homma 1990)
TOTAL = {"a": 0.5576, "b": 0.4424, "c": 0.2437}
LINEAR = {"a": 4.0, "b": 2.0, "c": 1.0, "d": 0.0}


def span(name: str, low: float = 0.0, high: float = 1.0) -> Factor:
    return Factor(name, "number", (), low, high, "linear")


def ishigami(a: float, b: float, c: float) -> float:
    return float(np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a))


def linear(a: float, b: float, c: float, d: float) -> float:
    return 4 * a + 2 * b + c


ANGLES = [span(name, -np.pi, np.pi) for name in "abc"]
SHARES = [span(name) for name in "abcd"]


def swept(
    folder: Path, asked: Asked, factors: Sequence[Factor], outcome: Callable[[dict[str, Any]], Values], arms: int = 1
) -> list[Group]:
    """Analyse what a function gives instead of runs; ``outcome`` gives arms x replicates at a point."""
    points = Points(asked, factors, where="test")
    values = np.array([outcome(point) for point in points])  # points x arms x replicates
    names = tuple(f"arm{number}" for number in range(arms))
    design = Design(cast(Variants, None), points, names, values.shape[2])
    spots = [design.locate(number) for number in range(design.total)]
    table = {
        "point": np.array([spot.point for spot in spots], np.int32),
        "arm": np.array([spot.arm for spot in spots], object),
        "replicate": np.array([spot.replicate for spot in spots], np.int32),
        "plan": np.array(["firm"] * len(spots), object),
        MEASURE: values.reshape(-1),
    }
    parts = write_parts(folder, "runs", iter([table]))
    found = collect(design, read_parts(folder, parts), [MEASURE])
    return groups(analyse(points, responses(design, MEASURE, found[MEASURE])))


def noisy(function: Function, noise: float, seed: int, replicates: int = 4) -> Callable[[dict[str, Any]], Values]:
    chance = np.random.default_rng(seed)
    return lambda point: function(**point) + noise * chance.normal(size=(1, replicates))


def covered(row: IndexRow, true: float) -> bool:
    return row.low - 1e-9 <= true <= row.high + 1e-9


def saltelli(seed: int, points: int = 256, **more: Any) -> Asked:
    return Asked("saltelli", points=points, seed=seed, **more)


def morris(seed: int, trajectories: int = 12, **more: Any) -> Asked:
    return Asked("morris", trajectories=trajectories, seed=seed, **more)


def test_intervals_cover_the_indices_of_the_ishigami_function(tmp_path: Path) -> None:
    hits = []
    for seed in SEEDS:
        (found,) = swept(tmp_path, saltelli(seed), ANGLES, noisy(ishigami, 0.0, seed, 1))
        assert [row.factor for row in found.main] == ["a", "b", "c"]
        assert all(found.verdict(row) == MATTERS for row in found.main)
        hits += [covered(found.of("first", name), true) for name, true in FIRST.items()]
        hits += [covered(found.of("total", name), true) for name, true in TOTAL.items()]
    assert np.mean(hits) >= 0.95
    assert found.of("total", "c").high - found.of("total", "c").low < 0.2  # and they are narrow enough to say something


def test_second_order_is_found_where_it_is_sampled(tmp_path: Path) -> None:
    (found,) = swept(tmp_path, saltelli(1, 1024, second_order=True), ANGLES, noisy(ishigami, 0.0, 1, 1))
    pairs = {(row.factor, row.other): row for row in found.rows if row.kind == "second"}
    assert list(pairs) == [("a", "b"), ("a", "c"), ("b", "c")]
    for pair, true in {("a", "b"): 0.0, ("a", "c"): 0.2437, ("b", "c"): 0.0}.items():
        assert covered(pairs[pair], true)
    assert pairs["a", "c"].low > 0


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_intervals_cover_the_indices_of_a_linear_function(tmp_path: Path, noise: float) -> None:
    """Luck of the seeds adds to the variance and to totals, by as much as is told."""
    replicates = 4
    of_mean = noise**2 / replicates
    variance = sum(weight**2 for weight in LINEAR.values()) / 12 + of_mean
    hits = []
    for seed in SEEDS:
        (found,) = swept(tmp_path, saltelli(seed, 128), SHARES, noisy(linear, noise, seed, replicates))
        assert found.noise_share == pytest.approx(of_mean / variance, rel=0.25)
        for name, weight in LINEAR.items():
            total, own = found.of("total", name), weight**2 / 12 / variance
            assert total.noise == pytest.approx(of_mean / variance, rel=0.35, abs=1e-12)
            hits += [covered(found.of("first", name), own), covered(total, own + of_mean / variance)]
        assert found.verdict(found.of("total", "d")) == LEAVE
        assert found.verdict(found.of("total", "a")) == MATTERS
    assert np.mean(hits) >= 0.95


def test_effects_of_a_linear_function_are_its_weights(tmp_path: Path) -> None:
    for seed in SEEDS:
        for levels in (2, 4, 8):
            (found,) = swept(tmp_path, morris(seed, levels=levels), SHARES, noisy(linear, 0.0, seed, 2))
            assert [row.factor for row in found.main] == list(LINEAR)
            for name, weight in LINEAR.items():
                row = found.of("mu_star", name)
                assert (row.value, row.low, row.high, row.noise) == pytest.approx((weight, weight, weight, 0))
                assert found.of("mu", name).value == pytest.approx(weight)
                assert found.of("sigma", name).value == pytest.approx(0, abs=1e-9)
            assert [found.verdict(row) for row in found.main] == [MATTERS] * 3 + [LEAVE]


def test_effects_are_covered_with_noise_as_well(tmp_path: Path) -> None:
    hits = []
    for seed in SEEDS:
        (found,) = swept(tmp_path, morris(seed), SHARES, noisy(linear, 0.5, seed))
        assert [row.factor for row in found.main] == list(LINEAR)
        hits += [covered(found.of("mu", name), weight) for name, weight in LINEAR.items()]
        assert found.of("mu_star", "d").noise == pytest.approx(found.of("mu_star", "d").value, rel=0.8)
        assert found.verdict(found.of("mu_star", "a")) == MATTERS
        assert found.verdict(found.of("mu_star", "d")) != MATTERS
    assert np.mean(hits) >= 0.95


@pytest.mark.parametrize("asked", [morris, lambda seed: saltelli(seed, 64)])
def test_in_pure_noise_no_factor_stands_out(tmp_path: Path, asked: Callable[[int], Asked]) -> None:
    for seed in SEEDS:
        (found,) = swept(tmp_path, asked(seed), SHARES, noisy(lambda **_: 5.0, 1.0, seed))
        assert not [row for row in found.main if found.verdict(row) == MATTERS]
        assert found.noise_share > 0.7
        sentences = answer(found.rows)
        assert sentences[0] == f"No factor surely matters for {MEASURE} in any arm."
        assert "too much to rank factors" in sentences[2]


def test_luck_that_all_points_share_is_no_noise(tmp_path: Path) -> None:
    """All points have the same seeds, so that a lucky seed lifts all of them and no effect."""
    luck = 10 * np.random.default_rng(1).normal(size=(1, 4))
    (found,) = swept(tmp_path, morris(1), SHARES, lambda point: linear(**point) + luck)
    assert found.noise_share == pytest.approx(0, abs=1e-12)
    assert found.of("mu_star", "a").low == pytest.approx(4)


def test_choices_and_whole_numbers_are_factors_too(tmp_path: Path) -> None:
    factors = [
        Factor("choice", "name", ("crowd", "founder"), 0, 1, "linear"),
        Factor("yes", "truth", (False, True), 0, 1, "linear"),
        Factor("count", "whole", (), 1, 4, "linear"),
        Factor("idle", "whole", (), 1, 4, "linear"),
    ]

    def outcome(choice: str, yes: bool, count: int, idle: int) -> float:
        assert isinstance(count, int)
        assert isinstance(yes, bool)
        return 10 * (choice == "founder") + 3 * yes + count

    variances = {"choice": 25.0, "yes": 2.25, "count": 1.25, "idle": 0.0}
    (found,) = swept(tmp_path, saltelli(2), factors, noisy(outcome, 0.0, 1, 1))
    for name, own in variances.items():
        assert covered(found.of("total", name), own / sum(variances.values()))
    (found,) = swept(tmp_path, morris(3), factors, noisy(outcome, 0.0, 1, 1))
    assert [row.factor for row in found.main] == ["choice", "yes", "count", "idle"]
    assert found.of("mu_star", "choice").value == pytest.approx(15)  # 10, measured by steps of two thirds


def test_with_two_arms_their_difference_is_analysed_seed_by_seed(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)

    def outcome(point: dict[str, Any]) -> Values:
        shared = 100 * chance.normal(size=4)
        return np.array([linear(**point) + shared, linear(**point) + 6 * point["d"] + shared])

    one, other, difference = swept(tmp_path, morris(1), SHARES, outcome, arms=2)
    assert (one.title, other.title, difference.title) == ("arm0", "arm1", "arm1 less arm0")
    assert difference.of("mu_star", "d").value == pytest.approx(6)
    assert [difference.verdict(row) for row in difference.main] == [MATTERS] + [LEAVE] * 3
    assert not [row for row in one.main if one.verdict(row) == MATTERS]


@pytest.mark.parametrize("asked", [morris(0), saltelli(0, 8, second_order=True)])
def test_where_nothing_varies_nothing_is_shared_out(tmp_path: Path, asked: Asked) -> None:
    (found,) = swept(tmp_path, asked, SHARES, lambda point: np.ones((1, 3)))
    assert {row.value for row in found.rows} == {0.0}
    assert any("the same at every point" in line for line in tables(found.rows, 80))


def test_with_one_replicate_noise_is_not_known(tmp_path: Path) -> None:
    (found,) = swept(tmp_path, morris(1), SHARES, noisy(linear, 0.0, 1, 1))
    assert np.isnan(found.noise_share)
    assert "cannot be told from one replicate" in answer(found.rows)[2]
    assert found.verdict(found.of("mu_star", "a")) == MATTERS


def test_missing_values_are_left_out(tmp_path: Path) -> None:
    """A closed firm has no satisfaction, say: the mean is over the others."""

    def outcome(point: dict[str, Any]) -> Values:
        return np.array([[linear(**point), np.nan if point["a"] > 0.5 else linear(**point)]])

    (found,) = swept(tmp_path, morris(1), SHARES, outcome)
    assert found.of("mu_star", "a").value == pytest.approx(4)
    assert found.noise_share == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("asked", [morris(0), saltelli(0, 16, second_order=True)])
def test_the_same_table_every_time(tmp_path: Path, asked: Asked) -> None:
    def table() -> str:
        (found,) = swept(tmp_path, asked, SHARES, noisy(linear, 1.0, 1))
        return rows_to_csv(IndexRow, found.rows)

    np.random.seed(1)  # what a careless library would draw from
    first = table()
    np.random.seed(2)
    assert table() == first
    rows = rows_from_csv(IndexRow, first)
    assert rows_to_csv(IndexRow, rows) == first


def test_tables_fit_the_terminal(tmp_path: Path) -> None:
    (found,) = swept(tmp_path, morris(1), SHARES, noisy(linear, 1.0, 1))
    for width in (60, 80, 110):
        assert max(map(len, tables(found.rows, width)[1:])) <= width


def test_figures_have_every_factor_in_order_with_its_interval(tmp_path: Path) -> None:
    (found,) = swept(tmp_path, morris(1), SHARES, noisy(linear, 0.5, 1))
    drawn = {chart.name: figure(chart) for chart in charts(found.rows)}
    assert list(drawn) == [f"factors_{MEASURE}", f"mu_sigma_{MEASURE}"]
    dots = drawn[f"factors_{MEASURE}"].axes[0]
    assert [label.get_text() for label in dots.get_yticklabels()] == list(LINEAR)
    found_at = [one.lines[0].get_xdata()[0] for one in dots.containers]  # type: ignore[attr-defined]
    assert found_at == pytest.approx([found.of("mu_star", name).value / 100 for name in LINEAR], rel=1e-5)
    (found,) = swept(tmp_path, saltelli(1, 64), SHARES, noisy(linear, 0.0, 1))
    drawn = {chart.name: figure(chart) for chart in charts(found.rows)}
    assert list(drawn) == [f"factors_{MEASURE}"]
    assert len(drawn[f"factors_{MEASURE}"].axes[0].containers) == 2 * len(LINEAR)


@pytest.mark.parametrize("asked", [morris(1), saltelli(1, 64, second_order=True)])
def test_the_report_says_the_same_after_a_way_through_its_file(tmp_path: Path, asked: Asked) -> None:
    (found,) = swept(tmp_path, asked, SHARES, noisy(linear, 0.5, 1))
    report = from_json(to_json(page("Title", "What matters?", found.rows)))
    assert report.answer == answer(found.rows)
    chart, *_, table = report.sections[0].parts
    assert list(dict.fromkeys(dot.name for dot in chart.panels[0].dots)) == [row[0] for row in table.rows] == list(LINEAR)


def test_without_salib_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SALib", "SALib.analyze", "SALib.analyze.morris"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(CxsimError, match=r"needs the package SALib.*pip install 'cxsim\[sensitivity\]'"):
        require()
