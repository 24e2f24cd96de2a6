"""A fork is the run that would have been: bit for bit, on random cases, whatever its scratch space holds."""

from pathlib import Path

import numpy as np
import pytest

from cxsim import CompanyGrowthModel, load_scenario, start_run
from cxsim.engine import ENGINES, EngineName, pivot_now, simulate, start
from cxsim.engine.fast.simulation import CHANGING, FastSimulation, copy_state, twin_of
from cxsim.errors import ScenarioError
from cxsim.model.case import Case, FirmPlan
from cxsim.model.chance import replicate_seed
from cxsim.model.params import FOUNDER, NEVER, Market, Params, Pivot, Start, Strategy
from cxsim.model.state import ALIVE, CUSTOMER_FIELDS
from random_cases import generated_case
from states import state_of

MONTHS = 26
SEED = 11
BEFORE = Strategy(custom_share=0.7, promise=True, custom_fee=1_000)
AFTER = Strategy(roadmap=FOUNDER, qualification=0.6, price=70_000, service_goal=0.95, service_rule=2)
FOCAL = FirmPlan("focal", start=Start(customers=60, cash=90_000_000, product_staff=3), strategy=BEFORE, after=AFTER)
RIVAL = FirmPlan("rival", 2, start=Start(customers=30, cash=90_000_000))
CASE = Case(Params(market=Market(customers=900)), (FOCAL, RIVAL))


def with_pivot(case: Case, pivot: Pivot) -> Case:
    return case._replace(firms=(case.firms[0]._replace(pivot=pivot), *case.firms[1:]))


def same(left, right) -> bool:
    return all(one.tobytes() == other.tobytes() for one, other in zip(left, right, strict=True))


@pytest.mark.compiled
@pytest.mark.parametrize("number", range(30))
def test_a_fork_that_pivots_now_is_the_run_with_that_pivot(number: int) -> None:
    case = with_pivot(generated_case(number), Pivot(NEVER))
    trunk, never = start(case, SEED, MONTHS), simulate(case, SEED, MONTHS)
    for month in (0, 1, number % MONTHS, MONTHS - 1):
        if month < trunk.month:
            continue
        branch = trunk.fork(month, pivot=pivot_now(month)).advance()
        ordinary = simulate(with_pivot(case, Pivot(1, month=month)), SEED, MONTHS)
        assert same(branch.history, ordinary)
        assert branch.history.measures[:month].tobytes() == never.measures[:month].tobytes()
    assert same(trunk.advance().history, never), "forks leave the trunk as it was"


@pytest.mark.compiled
@pytest.mark.parametrize("number", range(30, 42))
def test_a_fork_that_changes_nothing_is_the_same_run_to_the_last_trait(number: int) -> None:
    case = generated_case(number)
    trunk = start(case, SEED, MONTHS)
    branch = trunk.fork(number % 20).advance()
    left, right = state_of(trunk.advance()), state_of(branch)
    assert left.firms.tobytes() == right.firms.tobytes()
    assert same(left.customers, right.customers)


@pytest.mark.compiled
def test_a_fork_equals_the_reference_engine_too() -> None:
    case = with_pivot(generated_case(7, 400), Pivot(NEVER))
    branch = start(case, SEED, 14).fork(5, pivot=pivot_now(5)).advance()
    assert same(branch.history, simulate(with_pivot(case, Pivot(1, month=5)), SEED, 14, "reference"))


@pytest.mark.parametrize("number", range(50, 54))
def test_forks_of_forks_are_the_same_in_both_engines(number: int) -> None:
    """One engine copies the state, the other lives the past again; a goal that is changed takes hold in both."""
    case = with_pivot(generated_case(number, 300), Pivot(NEVER))
    ends = []
    for engine in ENGINES:
        first = start(case, SEED, 16, engine).fork(3, strategy={"service_goal": 0.97, "price": 45_000})
        second = first.advance(7).fork(pivot=pivot_now(7), after={"custom_share": 0.2})
        alive = bool(first.firms.status[0] == ALIVE)
        ends.append([(state_of(run.advance()), run.history) for run in (first, second)])
    for (left, recorded), (right, also) in zip(*ends, strict=True):
        assert same(left.customers, right.customers)
        assert left.firms.tobytes() == right.firms.tobytes()
        assert same(recorded, also)
    assert same(ends[0][0][1], ends[0][1][1]) != alive, "the second fork is another future of a firm in business"


@pytest.mark.compiled
@pytest.mark.parametrize("number", range(60, 66))
def test_a_fork_written_over_another_is_as_good_as_new(number: int) -> None:
    """Whatever was changed in the fork that it is written over, and however far that one went."""
    trunk = start(with_pivot(generated_case(number), Pivot(NEVER)), SEED, MONTHS)
    again = trunk.fork(2, strategy=AFTER, pivot=pivot_now(4), after={"price": 30_000}).advance()
    again = trunk.fork(5, firm=len(trunk.case.firms) - 1, strategy={"price": 45_000}, into=again).advance(9)
    fresh, again = trunk.fork(6), trunk.fork(6, into=again)
    assert (again.month, again.case) == (6, trunk.case)
    assert same(fresh.history, again.history), "months to come are zero"
    assert same(state_of(fresh.advance()).customers, state_of(again.advance()).customers)
    assert same(fresh.history, again.history)


def test_only_a_fork_of_the_same_run_is_written_over() -> None:
    trunk, stranger = start(CASE, SEED, MONTHS), start(CASE, SEED, MONTHS)
    for into in (trunk, stranger):
        with pytest.raises(ValueError, match="another fork of the same run"):
            trunk.fork(3, into=into)


@pytest.mark.parametrize("engine", ENGINES)
def test_firm_blocks_have_names_and_numbers(engine: EngineName) -> None:
    run = start(CASE, SEED, 3, engine)
    for firm in ("rival", 1, -1):
        assert run.fork(firm=firm, strategy={"price": 9_000}).case.firms[1].strategy.price == 9_000
    with pytest.raises(IndexError):
        run.fork(firm=2)


def test_what_is_read_of_a_simulation_cannot_be_written() -> None:
    run = start(CASE, SEED, 3)
    for column in (*run.customers, run.firms):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = column[1]


def test_an_edited_strategy_is_what_a_pivot_to_it_would_be() -> None:
    branch = start(CASE, SEED, MONTHS).fork(9, strategy=AFTER).advance()
    ordinary = simulate(with_pivot(CASE, Pivot(1, month=9)), SEED, MONTHS)
    for name in branch.history.measures.dtype.names:
        if name != "course":
            assert branch.history.measures[name].tobytes() == ordinary.measures[name].tobytes(), name
    assert not same(branch.history, simulate(CASE, SEED, MONTHS))


def test_futures_part_in_the_first_month_in_which_strategies_differ_in_effect() -> None:
    trunk = start(CASE, SEED, MONTHS)
    branch = trunk.fork(10, firm="rival", strategy={"price": 40_000}).advance()
    never = trunk.advance().history.measures
    assert branch.history.measures[:10].tobytes() == never[:10].tobytes()
    assert branch.history.measures[10].tobytes() != never[10].tobytes()


def test_what_scratch_space_holds_does_not_matter() -> None:
    """But for the lanes, which every month leaves at zero."""
    case = with_pivot(generated_case(3), Pivot(NEVER))
    trunk = start(case, SEED, MONTHS).advance(8)
    state = twin_of(trunk.state)
    rng = np.random.default_rng(1)
    scratch = [array for array in state.block if isinstance(array, np.ndarray)]
    assert not state.lanes.any()
    for array in (state.reach, state.history, *state.offers, *state.block.traits, *state.block.prospects, *scratch):
        array.view(np.uint8)[...] = rng.integers(0, 256, array.view(np.uint8).shape)
    copy_state(trunk.state, state, 8)
    branch = FastSimulation(case, SEED, MONTHS, state)
    branch.month = 8
    assert same(branch.advance().history, trunk.advance().history)


def test_only_traits_for_life_are_shared() -> None:
    trunk = start(CASE, SEED, MONTHS).advance(5)
    branch = trunk.fork()
    shared = {
        name
        for name in CUSTOMER_FIELDS
        if np.shares_memory(getattr(trunk.state.customers, name), getattr(branch.state.customers, name))
    }
    assert shared == {"size", "wtp", "sensitivity", "leave_base", "segment"} == set(CUSTOMER_FIELDS) - set(CHANGING)
    for name in ("lanes", "reach", "history", "firms", "firm_words"):
        assert not np.shares_memory(getattr(trunk.state, name), getattr(branch.state, name)), name


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"month": 3}, "4 have passed"),
        ({"month": 99}, "the run has 26 months"),
        ({"firm": "rivl"}, "did you mean 'rival'"),
        ({"strategy": {"pricee": 1}}, "did you mean 'price'"),
        ({"strategy": {"price": 0}}, "price must be int from 1"),
        ({"strategy": {"custom_share": True}}, "custom_share must be float"),
        ({"strategy": {"custom_share": float("nan")}}, "custom_share must be float"),
        ({"strategy": {"roadmap": "crowdd"}}, "one of crowd, loudest, founder"),
        ({"pivot": {"when": 1}}, "one of never, month"),
    ],
)
def test_what_a_fork_refuses(asked: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        start(CASE, SEED, MONTHS).advance(4).fork(**asked)


def test_a_strategy_that_nobody_follows_any_more_is_refused() -> None:
    run = start(with_pivot(CASE, pivot_now(0)), SEED, MONTHS).advance(3)
    with pytest.raises(ValueError, match="change after="):
        run.fork(strategy={"price": 1})
    assert run.fork(after={"price": 1}).case.firms[0].after.price == 1
    both = run.fork(strategy={"price": 1}, after={"price": 1}).advance(9)
    assert same(both.history, run.fork(after={"price": 1}).advance(9).history)


@pytest.mark.compiled
def test_a_model_of_mesa_forks_too() -> None:
    scenario = Path(__file__).parents[2] / "scenarios" / "baseline.toml"
    model = CompanyGrowthModel(scenario, rng=3)
    for _ in range(9):
        model.step()
    same_plans, other = model.fork(), model.fork(pivot={"when": "month", "month": 9})
    for one in (model, same_plans, other):
        one.step()
    assert same(model.history, same_plans.history)
    assert [agent.customers for agent in model.agents] == [agent.customers for agent in same_plans.agents]
    assert (other.month, other.firm("founders").course, model.firm("founders").course) == (10, 1, 0)
    assert not same(other.history, model.history)


@pytest.mark.compiled
def test_a_run_by_hand_is_a_replicate_of_the_scenario() -> None:
    path = Path(__file__).parents[2] / "scenarios" / "survive_to_thrive.toml"
    scenario = load_scenario(path)
    run = start_run(path, "pivot", replicate=2).advance()
    assert same(run.history, simulate(scenario.arm("pivot").case, replicate_seed(scenario.seed, 2), scenario.months))
    with pytest.raises(ScenarioError, match="did you mean 'pivot'"):
        start_run(scenario, "pivott")
