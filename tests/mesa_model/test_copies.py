"""Copies of a model or a run go on as the original would, each on memory of its own."""

import copy
import gc
import pickle
import weakref
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import mesa
import numpy as np
import pytest

from cxsim import CompanyGrowthModel, load_scenario, start_run
from cxsim.engine import start
from cxsim.engine.interface import pivot_now

SCENARIOS = Path(__file__).parents[2] / "scenarios"
MONTHS = 10
COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
    "oldest pickle": lambda thing: pickle.loads(pickle.dumps(thing, 2)),
    "fork": lambda thing: thing.fork(),
}


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(SCENARIOS / "survive_to_thrive.toml", ["market.customers=1500", f"months={MONTHS}"])


def bits(history):
    return b"".join(column.tobytes() for column in history)


def end_of(model):
    """Bits of the whole run; the argument of a worker process."""
    while model.running:
        model.step()
    return bits(model.history)


@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("month", [0, 3, MONTHS])
def test_a_copied_model_goes_on_with_the_same_bits(scenario, make, month):
    model = CompanyGrowthModel(scenario, rng=3)
    for _ in range(month):
        model.step()
    twin = make(model)
    assert end_of(twin) == end_of(CompanyGrowthModel(scenario, rng=3))
    assert model.month == model.steps == month  # nothing happened to the original
    assert bits(twin.history) == end_of(model)
    assert twin.datacollector.get_agent_vars_dataframe().equals(model.datacollector.get_agent_vars_dataframe())
    assert [agent.cash for agent in twin.agents] == [agent.cash for agent in model.agents]
    assert all(agent.model is twin and twin.firm(agent.name) is agent for agent in twin.agents)


@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_a_copied_run_goes_on_with_the_same_bits(make, engine):
    case = load_scenario(SCENARIOS / "survive_to_thrive.toml", ["market.customers=300"]).arms[0].case
    run = start(case, 5, MONTHS, engine).advance(4)
    other = start(case, 5, MONTHS, engine).fork(4, pivot=pivot_now(6))
    twin, branch = make(run), make(other)
    assert bits(twin.advance().history) == bits(start(case, 5, MONTHS, engine).advance().history)
    assert run.month == 4
    assert bits(twin.history) == bits(run.advance().history)
    assert bits(branch.advance().history) == bits(other.advance().history)


@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
def test_no_array_of_a_copy_is_an_array_of_the_original(scenario, make):
    run = start_run(scenario).advance(3)
    twin = make(run)
    for name in ("firms", "firm_words", "history", "lanes", "reach"):
        assert not np.shares_memory(getattr(run.state, name), getattr(twin.state, name)), name
    assert np.shares_memory(twin.state.firms, twin.state.firm_words)
    assert np.shares_memory(twin.state.firms, twin.firms)
    assert not twin.firms.flags.writeable
    assert type(twin.firms) is type(run.firms)
    for name, column in twin.customers._asdict().items():
        assert np.shares_memory(column, getattr(twin.state.customers, name))
        assert not column.flags.writeable


def test_a_model_can_be_the_argument_of_a_process(scenario):
    model = CompanyGrowthModel(scenario, rng=3)
    model.step()
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert pool.submit(end_of, model).result(300) == end_of(model)


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, COPIES["pickle"]])
def test_a_single_firm_or_customer_can_be_copied(scenario, make):
    model = CompanyGrowthModel(scenario, rng=3)
    model.step()
    for one, name in ((model.firm("founders"), "cash"), (model.customers[7], "needs")):
        twin = make(one)
        assert getattr(twin, name) == getattr(one, name)
        if make is copy.copy:
            assert twin.model is model
        else:
            twin.model.step()
            assert model.month == 1


class Audited(CompanyGrowthModel):
    """A model of a user: an attribute, a step, and an agent of its own."""

    def __init__(self, scenario, **options):
        super().__init__(scenario, **options)
        self.audit = []
        self.auditor = mesa.Agent(self)

    def step(self):
        super().step()
        self.audit.append(self.customers_served)


def test_a_fork_is_of_the_same_class_with_all_that_it_holds(scenario):
    model = Audited(scenario, rng=3)
    for _ in range(4):
        model.step()
    branch = model.fork(strategy={"price": 100_000})
    assert type(branch) is Audited
    assert branch.audit == model.audit
    assert branch.audit is not model.audit
    assert branch.auditor.model is branch
    branch.step()
    model.step()
    assert len(branch.audit) == len(model.audit) == 5
    here, there = model.firm("founders"), branch.firm("founders")
    assert branch.case.firms[0].strategy.price == there.price == 100_000 != here.price
    assert len(branch.datacollector.get_model_vars_dataframe()) == 6


def test_models_that_nobody_needs_are_freed(scenario):
    model = Audited(scenario, rng=3)
    model.step()
    assert [agent.unique_id for agent in model.agents] == [1, 2]
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None
