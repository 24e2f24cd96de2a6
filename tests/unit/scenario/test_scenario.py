"""What a scenario means: defaults, extends, arms, settings, resolved form, schema."""

import json
import pickle
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cxsim.errors import Problem, ScenarioError
from cxsim.model.params import AT_MONTH, LOUDEST, NEVER, WHEN_VIABLE, Params, Pivot, Start, Strategy
from cxsim.scenario import Scenario, json_schema, load_scenario, scenario_from_resolved
from cxsim.scenario.examples import scenario_files
from cxsim.scenario.schema import GROUPS, allowed_values, document_model
from cxsim.scenario.sweep import is_sweep

SHIPPED = [file for file in scenario_files(Path(__file__).parents[3] / "scenarios") if not is_sweep(file)]
HEAD = 'title = "T"\nquestion = "Q?"\n[firms.f]\n'


def load(tmp_path: Path, text: str, *overrides: str, **others: str) -> Scenario:
    for name, content in others.items():
        (tmp_path / f"{name}.toml").write_text(content)
    (tmp_path / "a.toml").write_text(text)
    return load_scenario(tmp_path / "a.toml", overrides)


def refused(tmp_path: Path, text: str, *overrides: str, **others: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path, text, *overrides, **others)
    return str(caught.value).replace(f"{tmp_path}/", "")


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_scenario(file: Path) -> None:
    scenario = load_scenario(file)
    assert scenario.name == file.stem
    assert scenario.question.endswith("?")
    assert scenario_from_resolved(json.loads(json.dumps(scenario.resolved)), scenario.name) == scenario
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    Draft202012Validator(json_schema()).validate(tomllib.loads(file.read_text()))


def test_survive_to_thrive_is_what_the_main_job_needs() -> None:
    scenario = load_scenario(next(file for file in SHIPPED if file.stem == "survive_to_thrive"))
    assert [arm.name for arm in scenario.arms] == ["customize", "pivot", "standard"]
    assert scenario.months == 120
    plans = [arm.case.firms[scenario.focal] for arm in scenario.arms]
    assert [plan.pivot.when for plan in plans] == [NEVER, WHEN_VIABLE, AT_MONTH]
    assert all(plan.strategy.custom_share == 1 and plan.strategy.promise for plan in plans)
    assert all(plan.after.custom_share == 0 and not plan.after.promise for plan in plans)


def test_defaults_are_those_of_the_parameters(tmp_path: Path) -> None:
    scenario = load(tmp_path, HEAD)
    assert [(arm.name, arm.title) for arm in scenario.arms] == [("base", "base")]
    case = scenario.arms[0].case
    assert case.params == Params()
    plan = case.firms[0]
    assert (plan.start, plan.strategy, plan.pivot, plan.after) == (Start(), Strategy(), Pivot(), Strategy())
    assert (scenario.focal, case.entrant, scenario.look_for) == (0, -1, "")


def test_after_inherits_the_strategy_and_words_become_codes(tmp_path: Path) -> None:
    text = HEAD + 'strategy = {price = 7, roadmap = "loudest"}\nafter.custom_share = 1\n'
    plan = load(tmp_path, text).arms[0].case.firms[0]
    assert plan.after == Strategy(price=7, roadmap=LOUDEST, custom_share=1.0)
    assert isinstance(plan.after.custom_share, float)


def test_arms_change_the_body_and_settings_change_arms(tmp_path: Path) -> None:
    text = HEAD + "strategy.price = 1\n[arms.x]\n[arms.y]\nfirms.f.strategy.price = 2\n"

    def prices(*overrides: str) -> list[int]:
        return [arm.case.firms[0].strategy.price for arm in load(tmp_path, text, *overrides).arms]

    assert prices() == [1, 2]
    assert prices("firms.f.strategy.price=3") == [3, 3]
    assert prices("arms.x.firms.f.strategy.price=4", "firms.f.strategy.price=3") == [4, 3]
    assert prices("firms.f.strategy.price=3", "firms.f.strategy.price=5") == [5, 5]


def test_settings_that_win_over_arms_are_noted(tmp_path: Path) -> None:
    text = (
        HEAD
        + "strategy.price = 10\n[arms.low]\nfirms.f.strategy.price = 5\n[arms.same]\n[arms.high]\nfirms.f.strategy.price = 20\n"
    )
    assert load(tmp_path, text).notes == load(tmp_path, text, "market.customers=500").notes == ()
    (note,) = load(tmp_path, text, "firms.f.strategy.price=7").notes
    assert note == "--set firms.f.strategy.price=7 overrides what arms low, high say"
    (note,) = load(tmp_path, text, "firms.f.strategy.price=5").notes
    assert note == "--set firms.f.strategy.price=5 overrides what arm high says"
    (note,) = load(tmp_path, text, "firms.f.strategy.price=5", "arms.low.firms.f.strategy.price=6").notes
    assert note.endswith("arm high says")


def test_setting_may_be_a_bare_word_and_run_settings(tmp_path: Path) -> None:
    scenario = load(tmp_path, HEAD, "firms.f.strategy.roadmap=founder", "seed=0", "months = 7", 'arms.base.title="A b"')
    assert scenario.resolved["arms"]["base"]["firms"]["f"]["strategy"]["roadmap"] == "founder"
    assert (scenario.seed, scenario.months, scenario.arms[0].title) == (0, 7, "A b")


SETTINGS = {
    "market.customers": "--set market.customers: not a setting; allowed: key=value",
    "market.custmers=5": "--set market.custmers=5: market.custmers: unknown key",
    "market.customers=5": "--set market.customers=5: market.customers: 5 is too small",
    "market.customers=5 6": "--set market.customers=5 6: market.customers: not a TOML value",
    "market.drift=nan": "--set market.drift=nan: market.drift: nan is not a finite number",
    "firms.g.count=2": "--set firms.g.count=2: firms.g: no such firm; allowed: f",
    "arms.z.title=T": "--set arms.z.title=T: arms.z: no such arm; allowed: base",
    "seed=1\nmonths=3": "--set seed=1\\nmonths=3: seed: not a TOML value: more than one value",
    "extends=b": "--set extends=b: extends: can only stand in a file",
    "market.needs_max=3": "--set market.needs_max=3: market.needs_max: needs_min 4 is above needs_max 3",
    "seed=__import__('os')": "--set seed=__import__('os'): seed: not a TOML value",
}


@pytest.mark.parametrize(("setting", "expected"), SETTINGS.items())
def test_wrong_setting(tmp_path: Path, setting: str, expected: str) -> None:
    assert refused(tmp_path, HEAD, setting).startswith(expected)


def test_extends_merges_key_by_key(tmp_path: Path) -> None:
    parent = HEAD + "count = 2\nstrategy.price = 1\n[market]\ndrift = 0.1\nzipf = 1\n[arms.x]\n"
    child = 'extends = "b.toml"\ntitle = "Child"\n[market]\ndrift = 0\n'
    scenario = load(tmp_path, child, b=parent)
    assert (scenario.title, scenario.question) == ("Child", "Q?")
    market = scenario.arms[0].case.params.market
    assert (market.drift, market.zipf) == (0, 1)
    assert scenario.arms[0].case.firms[0].count == 2
    assert scenario.arms[0].name == "x"


def test_child_that_names_firms_or_arms_keeps_only_those(tmp_path: Path) -> None:
    parent = HEAD + "strategy.price = 1\n[firms.g]\n[arms.x]\n[arms.y]\n"
    child = 'extends = "b.toml"\n[firms.h]\n[firms.f]\ncount = 3\n[arms.z]\n'
    scenario = load(tmp_path, child, b=parent)
    plans = scenario.arms[0].case.firms
    assert [(plan.name, plan.count, plan.strategy.price) for plan in plans] == [("h", 1, 50_000), ("f", 3, 1)]
    assert [arm.name for arm in scenario.arms] == ["z"]


def test_problem_in_a_parent_is_placed_there(tmp_path: Path) -> None:
    message = refused(tmp_path, 'extends = "b.toml"\n[market]\nzipf = 9\n', b=HEAD + "[market]\ndrift = 9\n")
    assert [line.split(": ")[0] for line in message.splitlines()] == ["a.toml:3:8", "b.toml:5:9"]


def test_contradiction_is_placed_where_the_later_value_is(tmp_path: Path) -> None:
    parent = HEAD + "[market]\nneeds_min = 6\n[arms.x]\n[arms.y]\nmarket.needs_max = 5\n"
    assert refused(tmp_path, parent).startswith("a.toml:8:20: arms.y.market.needs_max: needs_min 6")
    assert refused(tmp_path, 'extends="b.toml"\nmarket.needs_max=3\n', b=parent).startswith("a.toml:2:18: market.needs_max")


EXTENDS = {
    '"b.toml"': "'b.toml': no such file",
    '"a.toml"': "'a.toml': files extend one another in a circle: a.toml -> a.toml",
    '"/etc/x.toml"': "'/etc/x.toml': not usable",
    '"../../../../../../etc/x.toml"': "leaves the folder",
    '"a\\u0000.toml"': "not usable",
    '"b.txt"': "not usable",
    '"sub\\\\b.toml"': "not usable",
    '""': "the text is empty",
    "1": "1 is a whole number; allowed: the relative path",
    '["b.toml"]': "a list cannot stand here",
}


@pytest.mark.parametrize(("value", "expected"), EXTENDS.items())
def test_extends_refused(tmp_path: Path, value: str, expected: str) -> None:
    message = refused(tmp_path, f"extends = {value}\n" + HEAD)
    assert message.startswith("a.toml:1:11: extends: ")
    assert expected in message


def test_circle_of_three_and_long_chains(tmp_path: Path) -> None:
    message = refused(tmp_path, 'extends="b.toml"', b='extends="c.toml"', c='extends="a.toml"')
    assert (
        message == "c.toml:1:9: extends: 'a.toml': files extend one another in a circle: a.toml -> b.toml -> c.toml -> a.toml"
    )
    chain = {f"n{i}": f'extends="n{i + 1}.toml"' for i in range(20)}
    assert "too many files extend one another" in refused(tmp_path, 'extends="n0.toml"', **chain)


def test_extends_reaches_the_whole_folder_called_scenarios(tmp_path: Path) -> None:
    deep = tmp_path / "scenarios" / "x" / "y"
    deep.mkdir(parents=True)
    (tmp_path / "scenarios" / "b.toml").write_text(HEAD)
    (deep / "a.toml").write_text('extends = "../../b.toml"')
    assert load_scenario(deep / "a.toml").title == "T"
    (tmp_path / "out.toml").write_text(HEAD)
    (deep / "a.toml").write_text('extends = "../../../out.toml"')
    with pytest.raises(ScenarioError, match="leaves the folder"):
        load_scenario(deep / "a.toml")
    (deep / "link.toml").symlink_to(tmp_path / "out.toml")
    (deep / "a.toml").write_text('extends = "link.toml"')
    with pytest.raises(ScenarioError, match="leaves the folder"):
        load_scenario(deep / "a.toml")


def test_arm_may_drop_a_pivot_whose_keys_it_inherits(tmp_path: Path) -> None:
    text = HEAD + 'pivot = {when = "month", month = 3}\nafter.price = 1\n[arms.x]\n[arms.y]\nfirms.f.pivot.when = "never"\n'
    assert [arm.case.firms[0].pivot.when for arm in load(tmp_path, text).arms] == [AT_MONTH, NEVER]
    assert load(tmp_path, text, "firms.f.pivot.when=never").arms[0].case.firms[0].pivot.when == NEVER
    child = 'extends = "b.toml"\nfirms.f.pivot.when = "viable"\n'
    assert load(tmp_path, child, b=text).arms[0].case.firms[0].pivot.when == WHEN_VIABLE


def test_digest_depends_on_what_is_asked_only(tmp_path: Path) -> None:
    plain = load(tmp_path, HEAD)
    same = load(tmp_path, "# a remark\nquestion='Q?'\ntitle='T'\nseed = 1\nfirms.f.count = 1\nmarket.drift = 5e-3\n")
    assert plain.digest == same.digest
    assert load(tmp_path, HEAD + "strategy.custom_share = -0.0").digest == plain.digest
    assert load(tmp_path, HEAD, "seed=2").digest != plain.digest
    assert len(plain.digest) == 64
    assert scenario_from_resolved(plain.resolved, "a") == plain


def test_unknown_arm_names_the_nearest(tmp_path: Path) -> None:
    scenario = load(tmp_path, HEAD + "[arms.first]\n[arms.second]\n")
    assert scenario.arm("second") is scenario.arms[1]
    with pytest.raises(ScenarioError, match=r"allowed: first, second; did you mean 'first'\?"):
        scenario.arm("frist")


def test_entrants_copy_the_named_firm(tmp_path: Path) -> None:
    case = load(tmp_path, HEAD + '[firms.g]\n[entry]\nrate = 2\nlimit = 5\nfirm = "g"\n').arms[0].case
    assert (case.entrant, case.firm_slots) == (1, 7)


def test_schema_says_what_an_editor_needs() -> None:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    market = schema["$defs"]["Market"]["properties"]["customers"]
    assert (market["minimum"], market["maximum"], market["default"], market["type"]) == (100, 10_000_000, 20_000, "integer")
    assert "A-MARKET-SIZE" in market["description"]
    assert schema["$defs"]["Pivot"]["properties"]["when"]["enum"][0] == "never"
    assert "default" not in schema["$defs"]["After"]["properties"]["price"]
    assert "default" not in schema["$defs"]["MarketChange"]["properties"]["customers"]
    wrong = [{"titel": "x"}, {"market": {"customers": 5}}, {"firms": {"A b": {}}}, {"seed": True}, {"focal": "../x"}]
    assert not any(Draft202012Validator(schema).is_valid(document) for document in wrong)


def test_every_parameter_can_be_written() -> None:
    assert set(GROUPS) == set(Params._fields)
    assert ("market", "customers") in allowed_values()
    assert set(document_model().model_fields) >= {*GROUPS, "firms", "arms", "focal", "extends"}


QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
KEYS = st.sampled_from(
    ["title", "market", "customers", "firms", "f", "pivot", "when", "month", "arms", "x", "extends", "entry"]
)
WORDS = st.one_of(
    KEYS.map(lambda key: f'"{key}"'),
    st.sampled_from(["1", "-1", "nan", "1e400", "[", "]", "{}", "[1]", '"""', "'", "true", "2020-01-01", "9" * 30, '"a.toml"']),
)
LINES = st.one_of(
    st.builds(lambda keys, word: f"{'.'.join(keys)} = {word}", st.lists(KEYS, min_size=1, max_size=5), WORDS),
    st.builds(lambda keys: f"[{'.'.join(keys)}]", st.lists(KEYS, min_size=1, max_size=5)),
    st.sampled_from(["[[", "=", "# x", "\r", "\\", '"""', "[firms.f]"]),
)


def never_anything_else(file: Path, content: bytes, *overrides: str) -> None:
    file.write_bytes(content)
    problems: list[Problem] | None = None
    try:
        load_scenario(file, overrides)
    except ScenarioError as error:
        problems = error.problems
    assert problems is None or (problems and all(problem.where and problem.message for problem in problems))


@QUIET
@given(st.binary(max_size=200))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    never_anything_else(tmp_path / "a.toml", content)


@QUIET
@given(st.lists(LINES, max_size=12), st.lists(st.text(max_size=20), max_size=2))
def test_any_lines(tmp_path: Path, lines: list[str], overrides: list[str]) -> None:
    never_anything_else(tmp_path / "a.toml", (HEAD + "\n".join(lines)).encode(), *overrides)


@QUIET
@given(st.integers(0, 10_000), st.sampled_from(["", "=", "[", '"', "\n", "x", "9", "."]))
def test_a_shipped_file_with_one_slip(tmp_path: Path, position: int, slip: str) -> None:
    text = SHIPPED[0].read_text()
    cut = position % len(text)
    never_anything_else(tmp_path / "a.toml", (text[:cut] + slip + text[cut + 1 :]).encode())
