"""Variants of a scenario: the same as loading its file again with settings, only faster."""

import json
import math
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.errors import Problem, ScenarioError
from cxsim.scenario import load_scenario
from cxsim.scenario.layers import arm_names
from cxsim.scenario.schema import parameters
from cxsim.scenario.variants import Variants

SCENARIOS = Path(__file__).parents[3] / "scenarios"
FILES = ("survive_to_thrive", "one_market", "baseline", "three_answers", "industry")
BASES = {name: Variants.read(SCENARIOS / f"{name}.toml") for name in FILES}


def values_of(kind: type, spec: Any) -> st.SearchStrategy[Any]:
    """Allowed values, most of them likely ones, and now and then one that is not allowed."""
    if spec.choices:
        return st.sampled_from([*spec.choices, "nonsense"])
    if kind is bool:
        return st.booleans()
    low, high = spec.likely or (spec.low, spec.high)
    likely = st.integers(int(low), int(high)) if kind is int else st.floats(float(low), float(high))
    return st.one_of(likely, likely, likely, st.sampled_from([kind(spec.low), kind(spec.high), spec.high + 1]))


@st.composite
def placed(draw: Callable[..., Any]) -> tuple[str, dict[str, Any]]:
    name = draw(st.sampled_from(FILES))
    firms = list(BASES[name].base.data["firms"])
    point = {}
    for path in draw(st.lists(st.sampled_from(sorted(parameters())), max_size=6, unique=True)):
        kind, spec = parameters()[path]
        steps = [draw(st.sampled_from(firms)) if step == "*" else step for step in path]
        arm = ["arms", draw(st.sampled_from(arm_names(BASES[name].base)))] if len(path) > 1 and draw(st.booleans()) else []
        point[".".join([*arm, *steps])] = draw(values_of(kind, spec))
    return name, point


def written(value: Any) -> str:
    return json.dumps(value) if isinstance(value, str | bool) else repr(value)


@settings(max_examples=300, deadline=None)
@given(placed())
def test_the_same_as_loading_with_settings(case: tuple[str, dict[str, Any]]) -> None:
    name, point = case
    texts = [f"{key}={written(value)}" for key, value in point.items()]
    refused: list[Problem] = []
    try:
        loaded = load_scenario(SCENARIOS / f"{name}.toml", texts)
    except ScenarioError as error:
        refused = error.problems
    if refused:
        with pytest.raises(ScenarioError) as caught:
            BASES[name].at(point)
        mine = [one._replace(message=one.message.rpartition(" (at ")[0]) for one in caught.value.problems]
        assert mine == refused
        assert all(key in str(caught.value) for key in point)
        return
    split = Variants.read(SCENARIOS / f"{name}.toml", texts[:1])
    for scenario in (BASES[name].at(point), split.at(dict(list(point.items())[1:]))):
        assert scenario == loaded
        assert scenario.digest == loaded.digest
    for arm in loaded.arms:
        alone = BASES[name].at(point, [arm.name])
        assert alone.arms == (arm,)
        assert alone.resolved["arms"] == {arm.name: loaded.resolved["arms"][arm.name]}


def test_settings_hold_below_the_values_of_a_point() -> None:
    path, texts = SCENARIOS / "survive_to_thrive.toml", ["market.customers=1000", "arms.pivot.market.drift=0.1", "months=12"]
    variants = Variants.read(path, texts)
    point = {"market.drift": 0.2, "market.customers": 500}
    assert variants.at(point) == load_scenario(path, [*texts, "market.drift=0.2", "market.customers=500"])
    assert [arm.case.params.market.drift for arm in variants.at(point).arms] == [0.2, 0.1, 0.2]
    assert variants.at({}) == load_scenario(path, texts)


def test_travels_as_plain_data_and_as_a_pickle() -> None:
    variants = Variants.read(SCENARIOS / "one_market.toml", ["market.drift=0.01"])
    for other in (Variants.from_plain(json.loads(json.dumps(variants.plain()))), pickle.loads(pickle.dumps(variants))):
        assert other == variants
        assert other.at({"seed": 4}) == variants.at({"seed": 4})
        with pytest.raises(ScenarioError, match=r"^--set market.customers=5: market.customers: 5 is too small"):
            other.at({"market.customers": 5})


def test_errors_name_every_value_of_the_point() -> None:
    with pytest.raises(ScenarioError) as caught:
        BASES["baseline"].at({"market.needs_min": 7, "market.needs_max": 6, "seed": 3})
    assert str(caught.value) == (
        "--set market.needs_min=7: market.needs_min: needs_min 7 is above needs_max 6"
        " (at market.needs_min = 7, market.needs_max = 6, seed = 3)"
    )


@pytest.mark.parametrize("key", ["extends", "", "a..b", "market customers", "market.customrs", "firms.x.count", "arms.y.seed"])
def test_a_key_that_no_setting_can_have(key: str) -> None:
    with pytest.raises(ScenarioError):
        BASES["survive_to_thrive"].at({key: 1})


def test_unknown_arms_and_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"arms.pivt: no such arm; allowed: .*; did you mean 'pivot'\?"):
        BASES["survive_to_thrive"].at({}, ["pivt"])
    with pytest.raises(ScenarioError, match="no such file"):
        Variants.read(tmp_path / "none.toml")
    with pytest.raises(ScenarioError, match="unknown key"):
        Variants.read(SCENARIOS / "baseline.toml", ["market.customrs=5"])


def test_a_base_may_contradict_itself_until_a_point_puts_it_right() -> None:
    path = SCENARIOS / "baseline.toml"
    variants = Variants.read(path, ["firms.founders.pivot.when=month"])
    with pytest.raises(ScenarioError, match="needs 'month' beside it"):
        variants.at({})
    point = {"firms.founders.pivot.month": 12}
    assert variants.at(point) == load_scenario(path, ["firms.founders.pivot.when=month", "firms.founders.pivot.month=12"])


def test_much_faster_than_loading() -> None:
    path, point = SCENARIOS / "survive_to_thrive.toml", {"market.customers": 1000, "market.drift": 0.01}
    texts = [f"{key}={value}" for key, value in point.items()]

    def seconds(work: Callable[[], object]) -> float:
        best = math.inf
        for _ in range(30):
            start = time.perf_counter()
            work()
            best = min(best, time.perf_counter() - start)
        return best

    assert seconds(lambda: BASES["survive_to_thrive"].at(point)) < 0.6 * seconds(lambda: load_scenario(path, texts))
