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
from cxsim.studies.sweep.check import check_points, warnings
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
        pivot = "pivot = { when = 'signal', signal = 'cash_flow', threshold = 0 }\nafter.horizon = 3\n"
        text = pivot if path[-1] == "threshold" else ""
        assert scenario(tmp_path, text, f"{key}=$7").resolved == scenario(tmp_path, text, f"{key}=700").resolved
        nested: dict[str, object] = {}
        inner = nested
        for step in path[:-1]:
            inner = inner.setdefault("f" if step == "*" else step, {})  # type: ignore[assignment]
        loss = path[-1] == "threshold"  # of a cash flow; it may have a fraction, as other signals have
        for value, valid in (("$7", True), (700, True), ("7", False), (-1, loss), ("-$1", loss), (1.5, loss)):
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


@pytest.mark.parametrize(("text", "cents"), [("$300k", 30_000_000.0), ("-$1.5k", -150_000.0), ("$0", 0.0)])
def test_the_threshold_of_a_cash_flow_takes_dollars(tmp_path: Path, text: str, cents: float) -> None:
    pivot = 'pivot = {{ when = "signal", signal = "{}", threshold = {} }}\nafter.price = "$700"\n'
    made = scenario(tmp_path, pivot.format("cash_flow", f'"{text}"'))
    threshold = made.arms[0].case.firms[0].pivot.threshold
    assert (threshold, type(threshold)) == (cents, float)
    assert made.resolved == scenario(tmp_path, pivot.format("cash_flow", cents)).resolved
    assert made.resolved == scenario(tmp_path, pivot.format("cash_flow", 7), f"firms.f.pivot.threshold={text}").resolved
    told = refused(tmp_path, pivot.format("upkeep_share", f'"{text}"'))
    expected = "a.toml:4:65: firms.f.pivot.threshold: an amount in dollars, for a signal that is none: upkeep_share"
    assert told == expected
    assert scenario(tmp_path, pivot.format("upkeep_share", 0.5)).arms[0].case.firms[0].pivot.threshold == 0.5


def test_thresholds_in_dollars_as_factors(tmp_path: Path) -> None:
    text = 'set = {{ firms.f = {{ pivot = {{ when = "signal", signal = "{}" }}, after.price = 70_000 }} }}\n' + (
        '[factors]\nfirms.f.pivot.threshold = {{ values = ["-$1", "$0.5k"] }}\n'
    )
    assert [point["firms.f.pivot.threshold"] for point in sweep(tmp_path, text.format("cash_flow")).points] == [-100, 50_000]
    found = check_points(sweep(tmp_path, text.format("deals_per_rep")))
    assert (found.wrong, len(found.problems)) == (2, 1)
    assert str(found.problems[0]).startswith(f"{tmp_path}/s.toml:6:15: firms.f.pivot.threshold: an amount in dollars")


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


PRICES = "[factors]\nfirms.f.strategy.price"
LIST = '[design]\nmethod = "csv"\nfile = "p.csv"\n'
SAMPLE = '[design]\nmethod = "latin_hypercube"\npoints = 4\n'
FAR = "firms.f.strategy.price: warning: far from the default, $500; {} cents are"
SWEEPS = {  # what stands in a sweep, and its only warning
    "a setting": (
        "[set]\nfirms.f.strategy.price = 500\n[factors]\nmarket.drift.values = [0, 0.1]\n",
        f"5:26: {FAR.format(500)}",
    ),
    "values": (f"{PRICES}.values = [500, 600, 50_000]\n", f"5:18: {FAR.format(500)}"),
    "one of many": (f"{PRICES}.values = [50_000, 60_000, 600]\n", f"5:18: {FAR.format(600)}"),
    "half in dollars": (f"{PRICES}.values = [500, '$6']\n", f"5:18: {FAR.format(500)}"),
    "a spacing": (f"{PRICES}.linspace = [500, 700, 3]\n", f"5:18: {FAR.format(500)}"),
    "a range": (f"{SAMPLE}{PRICES} = {{ low = 500, high = 501 }}\n", f"8:18: {FAR.format(500)}"),
    "a lever that never works": (
        "[factors]\nfirms.f.strategy.vip_share.values = [0.1, 0.2]\n",
        "5:18: firms.f.strategy.vip_share: warning: this does nothing here; it needs tiers = 'vip'",
    ),
    "a file of points": (LIST, "p.csv:1:1: " + FAR.format(500)),
    "one that works at some point": (
        "[factors]\nfirms.f.strategy.vip_share.values = [0.1]\nfirms.f.strategy.tiers.values = ['vip', 'uniform']\n",
        "",
    ),
    "values in dollars": (f"{PRICES}.values = ['$5', '$6']\n", ""),
    "a spacing in dollars": (f"{PRICES}.log = ['$5', '$7', 3]\n", ""),
    "a range in dollars": (f"{SAMPLE}{PRICES} = {{ low = '$5', high = '$7' }}\n", ""),
    "a setting in dollars": ("[set]\nfirms.f.strategy.price = '$5'\n[factors]\nmarket.drift.values = [0, 0.1]\n", ""),
    "a file of points in dollars": (LIST.replace("p.csv", "d.csv"), ""),
}


@pytest.mark.parametrize(("text", "expected"), SWEEPS.values(), ids=SWEEPS)
def test_a_sweep_is_warned_of_what_a_scenario_is_once(tmp_path: Path, text: str, expected: str) -> None:
    """Class of fault: a doubt that one of several readers of the same levers keeps to itself, or says at every point."""
    (tmp_path / "p.csv").write_text("firms.f.strategy.price\n500\n600\n$700\n")
    (tmp_path / "d.csv").write_text("firms.f.strategy.price\n$5\n$6\n$7\n")
    told = [str(one).replace(f"{tmp_path}/", "") for one in warnings(sweep(tmp_path, text))]
    assert len(told) == bool(expected), told
    assert all(one.removeprefix("s.toml:").startswith(expected) for one in told), told


@pytest.mark.parametrize(
    "path", [one for one in scenario_files(ROOT / "scenarios") if is_sweep(one)], ids=lambda path: path.stem
)
def test_no_shipped_sweep_is_doubted(path: Path) -> None:
    assert warnings(load_sweep(path)) == []


def test_more_than_a_market_can_pay_is_told_where_it_is_asked(tmp_path: Path) -> None:
    """Class of fault: a contradiction placed at a key that has no part in it."""
    many = "[market]\ncustomers = 10_000_000\n[product]\nline = 2\nadd_on = 1\n"
    (tmp_path / "p.toml").write_text(f"{HEAD}strategy = {{ custom_fee = 20_000_000, promise = true }}\n{many}")
    (tmp_path / "a.toml").write_text(f"{HEAD}[product]\nadd_on = 1\n".replace("title", 'extends = "p.toml"\ntitle', 1))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / "a.toml")
    assert [(Path(one.where).name, one.key) for one in caught.value.problems] == [
        ("p.toml:4:27", "firms.f.strategy.custom_fee")
    ]
    after = 'pivot.when = "viable"\nstrategy.price = 10_000_000\nafter.horizon = 3\nafter.service_rule = "profit"\n'
    (found,) = refused(tmp_path, after + many).split("\n")  # what holds after the pivot stands before it, and is told once
    assert found.startswith("a.toml:5:18: firms.f.strategy.price: all 10,000,000 accounts would pay")
