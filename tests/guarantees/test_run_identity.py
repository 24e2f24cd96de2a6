"""A run is what its model, parameters and replicate make it: whatever happens around it in a design, it stays the same run."""

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tiny_sweeps import FACTORS, SCENARIO, TINY, Here, do, place_of

from cxsim.scenario.points import Points
from cxsim.statistics.designs import DesignSpec
from cxsim.store import model_digest, read_manifest
from cxsim.studies.sweep import run
from cxsim.studies.sweep.design import Design, run_id, seed_of
from cxsim.studies.sweep.results import frame_of

EDITS = 1_000
ARMS = ("customize", "pivot", "standard")
MEASURES = ("survived", "value", "customers", "fit", "revenue")
VALUES = {
    "market.homogeneity": [round(number / 20, 2) for number in range(21)],
    "market.segments": list(range(2, 12)),
    "market.drift": [0.0, 0.005, 0.01, 0.02, 0.03],
}


class Edited:
    """A design that is edited at random, again and again."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.values = {key: list(values[:2]) for key, values in VALUES.items()}
        self.listed = False
        self.arms, self.replicates, self.measures = ["customize", "pivot"], 2, ["value"]

    def edit(self) -> None:
        self.chance.choice(
            [self.add, self.remove, self.reorder, self.swap_factors, self.arms_, self.replicates_, self.measures_]
        )()

    def key(self) -> str:
        return self.chance.choice(list(self.values))

    def add(self) -> None:
        key = self.key()
        if left := [value for value in VALUES[key] if value not in self.values[key]]:
            self.values[key].insert(self.chance.randrange(len(self.values[key]) + 1), self.chance.choice(left))

    def remove(self) -> None:
        key = self.key()
        if len(self.values[key]) > 1:
            self.values[key].pop(self.chance.randrange(len(self.values[key])))

    def reorder(self) -> None:
        self.chance.shuffle(self.values[self.key()])

    def swap_factors(self) -> None:
        items = list(self.values.items())
        self.chance.shuffle(items)
        self.values = dict(items)
        self.listed = not self.listed

    def arms_(self) -> None:
        self.arms = self.chance.sample(ARMS, self.chance.randint(1, len(ARMS)))

    def replicates_(self) -> None:
        self.replicates = self.chance.randint(1, 4)

    def measures_(self) -> None:
        self.measures = self.chance.sample(MEASURES, self.chance.randint(0, len(MEASURES)))

    def design(self) -> Design:
        """Return it as a grid, or with the same points as a list in an order of its own."""
        grid = _grid(self.values)
        points = grid.points
        if self.listed:
            rows = list(points)
            self.chance.shuffle(rows)
            columns = {key: tuple(row[key] for row in rows) for key in self.values}
            points = Points(DesignSpec("list"), [factor._replace(values=columns[factor.key]) for factor in grid.points.factors])
        more = {"arms": tuple(self.arms), "replicates": self.replicates, "measures": tuple(self.measures)}
        return replace(grid, points=points, **more)


def _grid(values: dict[str, list[Any]]) -> Design:
    """Return a grid of other values: what reading a file with them gives (see the test below), but at once."""
    factors = {factor.key: factor for factor in _all().points.factors}
    chosen = [factors[key]._replace(values=tuple(type(factors[key].values[0])(one) for one in values[key])) for key in values]
    chosen = [one._replace(low=float(min(one.values)), high=float(max(one.values))) for one in chosen]
    return replace(_all(), points=Points(DesignSpec(), chosen))


@lru_cache(maxsize=1)
def _all() -> Design:
    return Design.make(SCENARIO, VALUES, **TINY | {"arms": list(ARMS)})


def runs_of(design: Design, most: int, chance: random.Random) -> Iterator[tuple[tuple[Any, ...], str, int, int]]:
    """Of some runs of a design: what a user would call each, its id, its seed and its number."""
    numbers, model = range(design.total), model_digest()
    for number in chance.sample(numbers, min(most, design.total)):
        point, arm, replicate = design.locate(number)
        assert design.number(point, arm, replicate) == number
        scenario = design.scenario(point, arm)
        named = (*sorted(design.points[point].items()), arm, replicate)
        yield named, run_id(model, scenario, replicate), seed_of(scenario, replicate), number


def everything(design: Design) -> set[tuple[Any, ...]]:
    return {run[:3] for run in runs_of(design, design.total, random.Random(1))}


def test_a_thousand_edits_change_no_run_that_stays() -> None:
    edited, chance = Edited(1), random.Random(2)
    seen: dict[tuple[Any, ...], tuple[str, int]] = {}
    met_again = moved = 0
    numbers: dict[tuple[Any, ...], int] = {}
    for _ in range(EDITS):
        edited.edit()
        for named, name, seed, number in runs_of(edited.design(), 6, chance):
            if named in seen:
                met_again += 1
                moved += numbers[named] != number
                assert seen[named] == (name, seed)
            seen[named], numbers[named] = (name, seed), number
    assert len({name for name, _ in seen.values()}) == len(seen), "two different runs have the same id"
    assert len({seed for _, seed in seen.values()}) == len({named[-1] for named in seen}), "draws depend on more than replicate"
    assert met_again > 1_000
    assert moved > 500


def test_edits_of_a_file_and_of_a_design_are_the_same() -> None:
    edited = Edited(3)
    for _ in range(10):
        edited.edit()
        edited.listed = False
        found = edited.design()
        more = {"arms": edited.arms, "replicates": edited.replicates, "measures": edited.measures}
        read = Design.make(SCENARIO, edited.values, **TINY | more)
        assert everything(read) == everything(found)
        assert read.points.digest == found.points.digest


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_of_runs_that_stay_are_the_same(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ProcessPool", Here)
    edited = Edited(seed)
    frames = []
    for number in range(3):
        for _ in range(4):
            edited.edit()
        edited.measures = ["survived", "value", "customers"]
        edited.values = {key: values[:3] for key, values in edited.values.items()}
        do(tmp_path / str(number), edited.design())
        place = place_of(tmp_path / str(number))
        frame = frame_of(place, read_manifest(place)).drop(columns="point").set_index("run").sort_index(axis=1)
        frames.append(frame)
    stayed = 0
    for before in frames:
        for after in frames[1:]:
            both = before.index.intersection(after.index)
            stayed += len(both) if before is not after else 0
            pd.testing.assert_frame_equal(before.loc[both], after.loc[both], check_exact=True)
    assert stayed > 0


def test_whatever_decides_a_run_decides_its_name() -> None:
    design = Design.make(SCENARIO, FACTORS, **TINY)
    scenario = design.scenario(0, "pivot")
    name = run_id("model", scenario, 0)
    other = [
        run_id("other model", scenario, 0),
        run_id("model", scenario, 1),
        run_id("model", design.scenario(1, "pivot"), 0),
        run_id("model", design.scenario(0, "customize"), 0),
    ]
    for change in ({"months": 13}, {"seed": 8}, {"set": {"market.customers": 151}}):
        other.append(run_id("model", Design.make(SCENARIO, FACTORS, **TINY | change).scenario(0, "pivot"), 0))
    assert len({name, *other}) == len(other) + 1
    again = Design.make(SCENARIO, FACTORS, **TINY | {"replicates": 9, "arms": ["pivot"], "measures": ["value"]})
    assert run_id("model", again.scenario(0, "pivot"), 0) == name


def test_seeds_are_a_matter_of_seed_and_replicate() -> None:
    design = Design.make(SCENARIO, FACTORS, **TINY)
    seeds = {seed_of(design.scenario(point, arm), 3) for point in range(len(design.points)) for arm in design.arms}
    assert len(seeds) == 1
    assert seed_of(Design.make(SCENARIO, FACTORS, **TINY | {"seed": 8}).scenario(0, "pivot"), 3) not in seeds
