"""The Mesa model behaves as Mesa's own tools expect, and gives the same bits as the engine."""

import inspect
from pathlib import Path

import mesa
import numpy as np
import pytest
from mesa import DataCollector
from mesa.batchrunner import batch_run

import cxsim
from cxsim import CompanyGrowthModel, load_scenario
from cxsim.engine import simulate
from cxsim.errors import ScenarioError
from cxsim.mesa_model import FirmAgent
from cxsim.model.chance import replicate_seed
from cxsim.model.state import ALIVE, CUSTOMER_FIELDS, FIRM_FIELDS, measure_columns

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SMALL = ["market.customers=1500", "months=14"]


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(SCENARIOS / "survive_to_thrive.toml", SMALL)


def run(model):
    while model.running:
        model.step()
    return model


def test_same_bits_as_the_engine_and_its_replicates(scenario):
    model = run(CompanyGrowthModel(scenario, rng=7, replicate=3, arm="pivot"))
    history = simulate(scenario.arm("pivot").case, replicate_seed(7, 3), scenario.months)
    assert model.history.measures.tobytes() == history.measures.tobytes()
    assert model.steps == model.month == scenario.months


def test_a_step_beyond_the_end_does_nothing(scenario):
    model = run(CompanyGrowthModel(scenario, rng=7))
    before, rows = model.history.measures.tobytes(), len(model.datacollector.get_model_vars_dataframe())
    model.running = True
    model.step()
    assert not model.running
    assert model.steps == model.month == scenario.months
    assert model.history.measures.tobytes() == before
    assert len(model.datacollector.get_model_vars_dataframe()) == rows


def test_the_count_of_steps_does_not_move_the_month(scenario):
    model = CompanyGrowthModel(scenario, rng=7)
    model.steps = 5
    model.step()
    assert model.month == 1


def test_seed_is_the_scenarios_own_by_default(scenario):
    assert run(CompanyGrowthModel(scenario)).history.measures.tobytes() == (
        run(CompanyGrowthModel(scenario, rng=scenario.seed)).history.measures.tobytes()
    )
    first = run(CompanyGrowthModel(scenario, rng=0)).history.measures.tobytes()
    assert first != run(CompanyGrowthModel(scenario, rng=1)).history.measures.tobytes()


def test_a_generator_can_seed(scenario):
    a, b = (CompanyGrowthModel(scenario, rng=np.random.default_rng(5)) for _ in range(2))
    assert run(a).history.measures.tobytes() == run(b).history.measures.tobytes()


def test_agents_are_live_views_of_firms(scenario):
    model = CompanyGrowthModel(scenario, rng=7)
    (founders,) = model.agents
    before = founders.cash
    model.step()
    assert founders.cash != before
    assert founders.cash == model.simulation.firms.cash[0]
    assert founders.name == "founders"
    assert founders is model.firm("founders")
    assert founders.stage == "Verysmallco"
    assert founders.heads == founders.founders + founders.staff_product + founders.staff_sales + founders.staff_service
    assert founders.customers == len(list(model.customers.of(founders)))
    assert model.agents.get("cash") == [founders.cash]
    with pytest.raises(AttributeError, match="customers"):
        founders.custmers  # noqa: B018


def test_every_field_of_the_engine_can_be_read(scenario):
    """Those of demand shocks, tiers, further products, reputation and service goals too."""
    model = CompanyGrowthModel(scenario, rng=7)
    for _ in range(8):
        model.step()
    founders, records = model.firm("founders"), model.simulation.firms
    for name in (*FIRM_FIELDS, *measure_columns()):
        assert name in dir(founders)
        getattr(founders, name)
    new = (
        "reputation", "vips", "vip_size", "vip_quality", "products", "reach", "reviews", "expansions", "walk_ins",
        "returned", "praise_sum", "service_goal", "polish", "demand_shock", "talk", "shock_deviate",
    )  # fmt: skip
    for name in new:
        assert getattr(founders, name) == records[name][0]
    assert 0 < founders.reputation < 1
    assert founders.demand_shock != 1
    own = list(model.customers.of(founders))
    assert founders.products == sum(customer.products for customer in own) >= len(own)
    assert founders.vips == sum(customer.tier for customer in own)
    for name in CUSTOMER_FIELDS:
        assert name in dir(own[0])
        getattr(own[0], name)


def test_vips_are_seen():
    tiers = [f"firms.founders.strategy.{setting}" for setting in ('tiers="vip"', "vip_share=1.0", "vip_premium=0.01")]
    plenty = ["firms.founders.start.customers=200", "firms.founders.start.cash=900000000"]
    model = CompanyGrowthModel(load_scenario(SCENARIOS / "baseline.toml", [*SMALL, *tiers, *plenty]), rng=1)
    for _ in range(12):
        model.step()
    founders = model.firm("founders")
    assert founders.vips == sum(customer.tier for customer in model.customers.of(founders)) > 0
    assert 0 < founders.vip_size <= founders.account_size
    assert founders.vip_quality >= founders.service_quality


def test_views_cannot_be_written(scenario):
    model = CompanyGrowthModel(scenario, rng=7)
    (founders,) = model.agents
    before = founders.customers
    for name in ("customers", "staff_sales", "skill_product", "heads", "stage"):
        with pytest.raises(AttributeError, match="read-only"):
            setattr(founders, name, 5)
    with pytest.raises(AttributeError, match="did you mean 'customers'"):
        founders.custmers = 5
    assert founders.customers == before
    customer = model.customers[3]
    for name in ("supplier", "number", "colour"):
        with pytest.raises(AttributeError, match="cannot be written"):
            setattr(customer, name, 5)


def test_firms_take_attributes_of_mesa_and_of_the_user(scenario):
    model = CompanyGrowthModel(scenario, rng=7)
    (founders,) = model.agents
    founders.pos = (1, 2)
    founders.colour = "red"
    founders._mark = 3
    model.step()
    assert (founders.pos, founders.colour, founders._mark, founders.unique_id) == ((1, 2), "red", 3, 1)
    model.agents.set("colour", "blue")
    assert founders.colour == "blue"


@pytest.mark.parametrize(
    "slip",
    [
        lambda model: next(iter(model.agents)).remove(),
        lambda model: model.remove_all_agents(),
        lambda model: model.agents.do("remove"),
        lambda model: model.deregister_agent(model.firm("founders")),
    ],
)
def test_a_firm_in_business_cannot_be_removed(scenario, slip):
    model = CompanyGrowthModel(scenario, rng=7)
    guest = mesa.Agent(model)
    with pytest.raises(RuntimeError, match="firms close by themselves"):
        slip(model)
    assert [agent.name for agent in model.agents.select(agent_type=FirmAgent)] == ["founders"]
    guest.remove()
    assert list(model.agents) == [model.firm("founders")]


def test_what_is_done_to_the_set_of_agents_leaves_the_model_alone(scenario):
    model = CompanyGrowthModel(scenario, rng=7)
    for agents in (model.agents, model.agents_by_type[FirmAgent]):
        agents.discard(model.firm("founders"))
        assert len(agents) == 0
    assert len(model.agents) == len(model.agents_by_type[FirmAgent]) == 1
    assert model.agents.select(lambda firm: False, inplace=True) is not model.agents
    model.step()
    assert len(model.agents) == 1


def test_levers_are_read_and_pulled_by_forks_only(scenario):
    model = CompanyGrowthModel(scenario, rng=7, arm="pivot")
    (founders,) = model.agents
    plan = model.case.firms[0]
    assert (founders.price, founders.roadmap) == (plan.strategy.price, "crowd")
    assert "price" in dir(founders)
    for name in ("price", "custom_share", "qualification"):
        with pytest.raises(AttributeError, match="pulls it"):
            setattr(founders, name, 5)
        with pytest.raises(AttributeError, match="pulls it"):
            model.agents.set(name, 5)
    with pytest.raises(AttributeError, match="did you mean 'price'"):
        founders.prize = 5
    pivoted = model.fork(pivot={"when": "month", "month": 0})
    pivoted.step()
    (founder,) = pivoted.agents
    assert founder.course == 1
    assert founder.custom_share == plan.after.custom_share != plan.strategy.custom_share == founders.custom_share


def test_firms_are_founded_by_the_scenario_alone(scenario):
    model = CompanyGrowthModel(scenario, rng=7)
    for slip in (lambda: FirmAgent(model, 0), lambda: FirmAgent.create_agents(model, 2, number=0)):
        with pytest.raises(ValueError, match="founded by the scenario"):
            slip()
    assert len(model.agents) == 1


def test_customers_are_views_on_request(scenario):
    model = CompanyGrowthModel(scenario, rng=7)
    for _ in range(8):
        model.step()
    founders = model.firm("founders")
    own = list(model.customers.of(founders))
    assert own
    assert all(customer.firm is founders and customer.supplier == 0 for customer in own)
    assert len(model.customers) == 1500
    assert model.customers[-1].number == 1499
    assert [customer.number for customer in model.customers[2:5]] == [2, 3, 4]
    with pytest.raises(IndexError):
        model.customers[1500]


def test_closed_firms_leave_the_agents():
    poor = load_scenario(SCENARIOS / "baseline.toml", [*SMALL, "firms.founders.start.cash=1000000"])
    model = run(CompanyGrowthModel(poor, rng=1))
    assert model.firms_in_business == len(model.agents) == 0
    assert model.firm("founders").status != ALIVE
    assert model.firm("founders").closed >= 0


def test_data_collector_collects(scenario):
    model = run(CompanyGrowthModel(scenario, rng=7))
    agents = model.datacollector.get_agent_vars_dataframe()
    assert {"customers", "cash", "stage"} <= set(agents.columns)
    assert agents["customers"].iloc[-1] == model.history.measures["customers"][-1, 0]
    frame = model.datacollector.get_model_vars_dataframe()
    assert len(frame) == scenario.months + 1
    assert frame["customers_served"].iloc[-1] == model.customers_served


def test_an_own_data_collector_can_take_its_place(scenario):
    model = CompanyGrowthModel(scenario, rng=7, collect=False)
    model.datacollector = DataCollector(agent_reporters={"backlog": "backlog"})
    run(model)
    assert len(model.datacollector.get_agent_vars_dataframe()) == scenario.months


def test_batch_run_works(scenario):
    parameters = {"scenario": scenario, "arm": ["customize", "pivot"]}
    seeds = {"rng": [1, 2]}
    if "rng" in inspect.signature(batch_run).parameters:  # Mesa 3.5 takes seeds as an argument of its own
        rows = batch_run(CompanyGrowthModel, parameters, data_collection_period=-1, display_progress=False, **seeds)
    else:
        rows = batch_run(CompanyGrowthModel, parameters | seeds, data_collection_period=-1, display_progress=False)
    assert len({(row["rng"], row["arm"]) for row in rows}) == 4
    assert all(row["customers"] >= 0 for row in rows if "customers" in row)


def test_batch_run_over_replicates_gives_different_runs(scenario):
    parameters = {"scenario": scenario, "arm": "pivot", "replicate": range(3)}
    rows = batch_run(CompanyGrowthModel, parameters, data_collection_period=-1, display_progress=False)
    rows = [row for row in rows if row.get("name") == "founders"]
    assert sorted(row["replicate"] for row in rows) == [0, 1, 2]
    assert len({row["cash"] for row in rows}) == 3


def test_batch_run_leaves_out_the_last_month_before_mesa_3_5_and_the_model_never_does(scenario):
    """Mesa's own (#2514): its rows went by a count of steps that began one too low."""
    parameters = {"scenario": scenario, "arm": "pivot", "rng": 1}
    if "rng" in inspect.signature(batch_run).parameters:
        del parameters["rng"]
        rows = batch_run(CompanyGrowthModel, parameters, rng=[1], data_collection_period=1, display_progress=False)
    else:
        rows = batch_run(CompanyGrowthModel, parameters, data_collection_period=1, display_progress=False)
    last = scenario.months - (tuple(map(int, mesa.__version__.split(".")[:2])) < (3, 5))
    assert {row["Step"] for row in rows} == set(range(last + 1))
    model = run(CompanyGrowthModel(scenario, rng=1, arm="pivot"))
    collected = model.datacollector.get_model_vars_dataframe()["customers_served"]
    assert len(collected) == scenario.months + 1
    assert {row["Step"]: row["customers_served"] for row in rows} == dict(collected[: last + 1])


def test_wrong_use_is_told(scenario):
    model = run(CompanyGrowthModel(scenario, rng=7))
    with pytest.raises(ValueError, match="rng"):
        CompanyGrowthModel(scenario, rng=-1)
    for rng in ("x", 1.5):
        with pytest.raises(TypeError, match="rng must be a whole number"):
            CompanyGrowthModel(scenario, rng=rng)
    with pytest.raises(TypeError, match="path of a file"):
        load_scenario(None)
    with pytest.raises(ScenarioError, match="pivot"):
        CompanyGrowthModel(scenario, arm="pivto")
    with pytest.raises(KeyError, match="founders"):
        model.firm("nobody")


def test_exports_can_be_listed():
    assert set(cxsim.__all__) <= set(dir(cxsim))
