"""Amounts of money: dollars are read as cents wherever cents may stand, and an amount in the wrong unit is doubted aloud."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cxsim.errors import ScenarioError
from cxsim.scenario import Scenario, json_schema, load_scenario
from cxsim.scenario.dollars import in_cents, is_money
from cxsim.scenario.examples import scenario_files
from cxsim.scenario.schema import parameters
from cxsim.scenario.sweep import is_sweep
from cxsim.studies.sweep.design import Design, load_sweep

ROOT = Path(__file__).parents[3]
HEAD = 'title = "T"\nquestion = "Q?"\n[firms.f]\n'
SWEEP = 'title = "T"\nquestion = "Q?"\nscenario = "a.toml"\n'
MONEY = {path: spec for path, (_, spec) in parameters().items() if is_money(spec)}


def scenario(tmp_path: Path, text: str, *settings: str) -> Scenario:
    (tmp_path / "a.toml").write_text(HEAD + text)
    return load_scenario(tmp_path / "a.toml", settings)


def refused(tmp_path: Path, text: str, *settings: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        scenario(tmp_path, text, *settings)
    return str(caught.value).replace(f"{tmp_path}/", "")


@pytest.mark.parametrize(
    ("text", "cents"),
    [("$500", 50_000), ("$300k", 30_000_000), ("$1.2M", 120_000_000), ("$0.01", 1), ("$1,234.50", 123_450), ("$1.5K", 150_000)],
)
def test_dollars_are_cents(tmp_path: Path, text: str, cents: int) -> None:
    made = scenario(tmp_path, f'start.cash = "{text}"\n')
    assert made.arms[0].case.firms[0].start.cash == cents
    assert made == scenario(tmp_path, f"start.cash = {cents}\n")  # resolved values and digest too
    assert made.digest == scenario(tmp_path, "", f"firms.f.start.cash={text}").digest
    assert made.digest == scenario(tmp_path, "", f'firms.f.start.cash="{text}"').digest


def test_every_amount_of_money_takes_dollars(tmp_path: Path) -> None:
    validator = Draft202012Validator(json_schema())
    assert len(MONEY) >= 11
    for path in MONEY:
        key = ".".join(path).replace("*", "f")
        assert scenario(tmp_path, "", f"{key}=$7").resolved == scenario(tmp_path, "", f"{key}=700").resolved
        nested: dict[str, object] = {}
        inner = nested
        for step in path[:-1]:
            inner = inner.setdefault("f" if step == "*" else step, {})  # type: ignore[assignment]
        for value, valid in (("$7", True), (700, True), ("7", False), (-1, False), (1.5, False)):
            assert validator.is_valid({**nested, **_set(nested, path, value)}) is valid, (key, value)


def _set(nested: dict[str, object], path: tuple[str, ...], value: object) -> dict[str, object]:
    made: object = value
    for step in reversed(path):
        made = {"f" if step == "*" else step: made}
    assert isinstance(made, dict)
    return made


@pytest.mark.parametrize("value", ["$", "500$", "$-5", "$1.001", "$1,23", "$5m", "$ 5", "500", "$1e3"])
def test_what_is_no_amount(tmp_path: Path, value: str) -> None:
    told = refused(tmp_path, f'start.cash = "{value}"\n')
    assert told.startswith(f"a.toml:4:14: firms.f.start.cash: '{value}' is text; allowed: a whole number from 0 to")
    assert told.endswith("(cents), or dollars such as '$500', '$300k' or '$1.2M'")


def test_too_much_and_where_no_money_stands(tmp_path: Path) -> None:
    assert "firms.f.strategy.price: 200000000 is too large" in refused(tmp_path, 'strategy.price = "$2M"\n')
    assert "market.customers: '$500' is text" in refused(tmp_path, '[market]\ncustomers = "$500"\n')


def sweep(tmp_path: Path, text: str) -> Design:
    (tmp_path / "a.toml").write_text(HEAD)
    (tmp_path / "s.toml").write_text(SWEEP + text)
    return load_sweep(tmp_path / "s.toml")


PRICE = "[factors]\nfirms.f.strategy.price = "


@pytest.mark.parametrize(
    "factor",
    ['{ values = ["$500", 60000, "$0.7k"] }', '{ linspace = ["$500", "$700", 3] }', '{ linspace = [50000, "$700", 3] }'],
)
def test_factors_in_dollars(tmp_path: Path, factor: str) -> None:
    assert [point["firms.f.strategy.price"] for point in sweep(tmp_path, PRICE + factor).points] == [50_000, 60_000, 70_000]


def test_ranges_settings_and_files_of_points_in_dollars(tmp_path: Path) -> None:
    ranged = '[design]\nmethod = "latin_hypercube"\npoints = 4\n' + PRICE
    one, other = (sweep(tmp_path, ranged + ends) for ends in ('{ low = "$5", high = "$9" }', "{ low = 500, high = 900 }"))
    assert one.digest == other.digest
    (tmp_path / "p.csv").write_text('firms.f.strategy.price\n$500\n60000\n"$1,200"\n')
    listed = sweep(tmp_path, 'set.firms.f.start.cash = "$1M"\n[design]\nmethod = "csv"\nfile = "p.csv"\n')
    assert [point["firms.f.strategy.price"] for point in listed.points] == [50_000, 60_000, 120_000]
    assert listed.variants.at({}).arms[0].case.firms[0].start.cash == 100_000_000
    assert listed.variants.at({"firms.f.strategy.price": "$7"}).arms[0].case.firms[0].strategy.price == 700


DOUBTS = {
    "price in dollars": (
        "strategy.price = 500\n",
        "a.toml:4:18: firms.f.strategy.price: warning: far from the default, $500; "
        "500 cents are $5; write '$500' if 500 dollars are meant",
    ),
    "wage in dollars": (
        "[finance]\nwage_sales = 10_000\n",
        "a.toml:5:14: finance.wage_sales: warning: far from the default, $10,000; "
        "10,000 cents are $100; write '$10,000' if 10,000 dollars are meant",
    ),
    "price far above": (
        "after.price = 1_000_001\npivot.when = 'viable'\n",
        "a.toml:4:15: firms.f.after.price: warning: far from the default, $500; "
        "1,000,001 cents are $10,000.01; write '$1,000,001' if 1,000,001 dollars are meant",
    ),
    "cash in dollars": (
        "start.cash = 300_000\n",
        "a.toml:4:14: firms.f.start.cash: warning: less than the $15,000 that staff costs in the first month; "
        "300,000 cents are $3,000; write '$300,000' if 300,000 dollars are meant",
    ),
    "budgets": (
        "strategy.product_budget = 2\nstrategy.sales_budget = 0.55\n",
        "a.toml:4:27: firms.f.strategy.product_budget: warning: budgets add up to 278 % of revenue; "
        "each is a share, 0.3 for 30 %",
    ),
}


@pytest.mark.parametrize(("text", "expected"), DOUBTS.values(), ids=DOUBTS)
def test_an_amount_in_the_wrong_unit_is_doubted(tmp_path: Path, text: str, expected: str) -> None:
    told = [str(one).replace(f"{tmp_path}/", "") for one in scenario(tmp_path, text).warnings]
    assert expected in told


def test_what_is_ordinary_is_not_doubted(tmp_path: Path) -> None:
    text = 'start.cash = "$15k"\nstrategy.price = "$25"\n[finance]\nwage_service = 0\nwage_sales = "$200k"\n'
    assert scenario(tmp_path, text).warnings == ()
    assert in_cents("$5", None) == "$5"


@pytest.mark.parametrize(
    "path", [one for one in scenario_files(ROOT / "scenarios") if not is_sweep(one)], ids=lambda path: path.stem
)
def test_no_shipped_file_is_doubted(path: Path) -> None:
    assert load_scenario(path).warnings == ()
