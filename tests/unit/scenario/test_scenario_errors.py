"""Every kind of mistake in a scenario file, with the exact place of each."""

from pathlib import Path

import pytest

from cxsim.errors import ScenarioError
from cxsim.scenario import load_scenario

HEAD = 'title = "T"\nquestion = "Q?"\n[firms.f]\n'


def problems(tmp_path: Path, text: str | bytes, *settings: str, name: str = "a.toml") -> list[str]:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file, settings)
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems]


VALUES = {
    "unknown key": ("[market]\ncustomrs = 5", "5:1: market.customrs: unknown key", "did you mean 'customers'?"),
    "key of another table": ("[market]\nprice = 5", "5:1: market.price: unknown key", "allowed: customers, features"),
    "unknown table": ("[markt]\nx = 1", "4:2: markt: unknown key", "did you mean 'market'?"),
    "unknown dotted": ("[market]\n[firms.f.start]\ncsh = 1", "6:1: firms.f.start.csh: unknown key", "did you mean 'cash'?"),
    "inline table": ("market = { drift = 2 }", "4:1: firms.f.market: unknown key", ""),
    "in an inline table": (
        "strategy = { promise = true, price = -1 }",
        "4:38: firms.f.strategy.price: -1 is too small",
        "to 100,000,000 (cents/month)",
    ),
    "quoted key": ('[market]\n"drift" = 2.5', "5:11: market.drift: 2.5 is too large", "from 0 to 0.5 (1/month)"),
    "bool for int": ("[market]\ncustomers = true", "5:13: market.customers: true is a truth value", "a whole number from 100"),
    "bool for float": ("[market]\ndrift = true", "5:9: market.drift: true", "a number from 0 to 0.5"),
    "float for int": ("[market]\ncustomers = 500.0", "5:13: market.customers: 500.0 is a number with a fraction", "whole"),
    "text for int": ('[market]\ncustomers = "500"', "5:13: market.customers: '500' is text", "whole"),
    "int for bool": ("[firms.f.strategy]\npromise = 1", "5:11: firms.f.strategy.promise: 1 is a whole number", "true or false"),
    "list": ("[market]\ncustomers = [500]", "5:13: market.customers: a list cannot stand here", "whole"),
    "date": ("[market]\ncustomers = 2020-01-01", "5:13: market.customers: the date or time 2020-01-01", "whole"),
    "table for number": ("[market.customers]\nx = 1", "4:9: market.customers: a table cannot stand here", "whole"),
    "number for table": ("start = 3", "4:9: firms.f.start: 3 is a whole number", "allowed: a table"),
    "array of tables": ("[[market]]\ncustomers = 500", "4:3: market: a list cannot stand here", "allowed: a table"),
    "nan": ("[market]\ndrift = nan", "5:9: market.drift: nan is not a finite number", "0 to 0.5"),
    "infinite": ("[market]\ndrift = 1e999", "5:9: market.drift: inf is not a finite number", "0 to 0.5"),
    "huge": (f"[market]\ncustomers = 0x{'f' * 5000}", "5:13: market.customers: a number of more than 64 bits is too large", ""),
    "huge float": (f"[market]\ndrift = 0x{'f' * 5000}", "5:9: market.drift: a number of more than 64 bits", ""),
    "choice": ('[firms.f.strategy]\nroadmap = "crowds"', "5:11: firms.f.strategy.roadmap: 'crowds'", "did you mean 'crowd'?"),
    "choice by number": ("[firms.f.strategy]\nroadmap = 1", "5:11: firms.f.strategy.roadmap: 1 is a whole number", "'founder'"),
    "choice in an arm": (
        '[arms.x]\nfirms.f.pivot.when = "allways"',
        "5:22: arms.x.firms.f.pivot.when: 'allways'",
        "'never', 'month'",
    ),
    "arm cannot set": ("[arms.x]\nseed = 1", "5:1: arms.x.seed: unknown key", "title"),
    "name of a firm": ("[firms.Big]", "4:8: firms.Big: not a name", "a small letter"),
    "name of an arm": ('[arms."a b"]', '4:7: arms."a b": not a name', "a small letter"),
    "path as a name": ('[arms."../x"]', '4:7: arms."../x": not a name', "a small letter"),
    "new firm in an arm": ("[arms.x.firms.g]", "4:15: arms.x.firms.g: no such firm", "allowed: f"),
    "control character": ('[arms.x]\ntitle = "a\\u001b[2J"', "5:9: arms.x.title: 'a\\x1b[2J' cannot stand here", "control"),
    "umlauts before": ('[arms.x]\nfirms = {"ä" = 1, "ö" = 1}', '5:19: arms.x.firms."ö": not a name', ""),
}


@pytest.mark.parametrize(("text", "start", "within"), VALUES.values(), ids=VALUES)
def test_wrong_value(tmp_path: Path, text: str, start: str, within: str) -> None:
    found = [line for line in problems(tmp_path, HEAD + text) if line.startswith(f"a.toml:{start}")]
    assert found
    assert within in found[0]


TOGETHER = {
    "needs": ("[market]\nneeds_min = 9\nneeds_max = 5", "5:13: market.needs_min: needs_min 9 is above needs_max 5"),
    "needs, default": ("[market]\nneeds_max = 3", "5:13: market.needs_max: needs_min 4 is above needs_max 3"),
    "features": (
        "[market]\nfeatures = 8\nneeds_max = 10",
        "6:13: market.needs_max: needs_max 10 is above the number of features, 8",
    ),
    "sensitivity": ("[market]\nsensitivity_low = 0.9", "5:19: market.sensitivity_low: sensitivity_low 0.9 is above"),
    "start features": ("start.features = 20\n[market]\nfeatures = 16", "4:18: firms.f.start.features: the firm starts with 20"),
    "start customers": (
        "count = 3\nstart.customers = 9000",
        "5:19: firms.f.start.customers: firms start with 27,000 customers",
    ),
    "no after": ('pivot.when = "viable"', "4:14: firms.f.pivot.when: the pivot would change nothing"),
    "no month": ('pivot.when = "month"\nafter.price = 1', "4:14: firms.f.pivot.when: when = 'month' needs 'month'"),
    "no number": (
        'pivot.when = "customers"\nafter.price = 1',
        "4:14: firms.f.pivot.when: when = 'customers' needs 'customers'",
    ),
    "no threshold": (
        'pivot = {when = "signal", signal = "cash_flow"}\nafter.price = 1',
        "4:17: firms.f.pivot.when: when = 'signal' needs",
    ),
    "unused key": (
        'pivot = {when = "viable", month = 3}\nafter.price = 1',
        "4:27: firms.f.pivot.month: not used by this pivot",
    ),
    "no trigger": ("pivot.month = 3\nafter.price = 1", "4:7: firms.f.pivot.month: not used by this pivot"),
    "unused in arm": (
        'after.price = 1\n[arms.x]\nfirms.f.pivot = {when = "never", month = 3}',
        "6:34: arms.x.firms.f.pivot.month: not used",
    ),
    "entrant": ('[entry]\nfirm = "g"', "5:8: entry.firm: no such firm; allowed: f"),
    "no entrant": ("[entry]\nrate = 1\nlimit = 3", "5:8: entry.rate: firms are to enter"),
    "no limit": ('[entry]\nrate = 1\nfirm = "f"', "5:8: entry.rate: firms are to enter, but limit = 0"),
    "too many firms": ('count = 99_999\n[entry]\nfirm = "f"\nlimit = 10', "4:9: firms.f.count: 100,009 firms in all"),
    "too late": ("founded = 120", "4:11: firms.f.founded: the firm that the answer is about is founded in month 120"),
}


@pytest.mark.parametrize(("text", "expected"), TOGETHER.values(), ids=TOGETHER)
def test_contradiction(tmp_path: Path, text: str, expected: str) -> None:
    found = problems(tmp_path, HEAD + text)
    assert len(found) == 1
    assert found[0].startswith(f"a.toml:{expected}")


SYNTAX = {
    "no value": ("[market]\ncustomers =", "5:12: customers: not valid TOML: Invalid value"),
    "bare text": ("[firms.f.pivot]\nwhen = never", '5:8: when: text must stand in quotes: "never"'),
    "twice": ("[market]\ndrift = 0\ndrift = 0", "6:1: drift: given twice"),
    "table twice": ("[market]\n[market]", "5:1: cannot declare"),
    "open list": ("[market]\ndrift = [1,", "5:12: drift: not valid TOML"),
    "open text": ('[market]\ndrift = "1', "5:11: drift: not valid TOML"),
    "long number": (f"[market]\ncustomers = {'9' * 6000}", "5:13: customers: not valid TOML: the number is too long"),
    "deep list": ("x = " + "[" * 20_000, "4:17: nested too deep"),
    "deep table": ("x = " + "{a=" * 20_000, "nested too deep"),
    "deep key": ("a" + ".a" * 200_000 + " = 1", "nested too deep"),
    "many keys": ("\n".join(f"k{i} = 1" for i in range(10_001)), "too many keys"),
}


@pytest.mark.parametrize(("text", "expected"), SYNTAX.values(), ids=SYNTAX)
def test_not_toml(tmp_path: Path, text: str, expected: str) -> None:
    found = problems(tmp_path, HEAD + text)
    assert len(found) == 1
    assert found[0].startswith("a.toml:")
    assert expected in found[0]


def test_memory_of_one_run(tmp_path: Path) -> None:
    found = problems(tmp_path, HEAD + "count = 90_000\n", "months=1200")
    assert len(found) == 1
    assert found[0].startswith("--set months=1200: months: one run needs about ")
    assert "GiB of memory; allowed: 8 GiB" in found[0]


def test_everything_at_once_in_order_of_lines(tmp_path: Path) -> None:
    text = 'titel = "T"\n[market]\ncustomers = 5\ndrift = nan\nneeds_min = 9\nneeds_max = 5\n[firms.f.start]\ncash = "much"\n'
    places = [line.split(": ")[0] for line in problems(tmp_path, text, "market.zipf=9", "seed=x")]
    assert places == [
        "a.toml:1:1",  # no title
        "a.toml:1:1",  # no question
        "a.toml:1:1",  # titel
        "a.toml:3:13",
        "a.toml:4:9",
        "a.toml:5:13",
        "a.toml:8:8",
        "--set market.zipf=9",
        "--set seed=x",
    ]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("market.customers=", "market.customers: no value; allowed: key=value"),
        ("extends=foo.toml", "extends: can only stand in a file"),
        ("market.customers=1e3", "market.customers: 1000.0 is a number with a fraction; write 1000; allowed: a whole number"),
    ],
)
def test_hints_for_settings(tmp_path: Path, setting: str, told: str) -> None:
    (problem,) = problems(tmp_path, HEAD, setting)
    assert problem.startswith(f"--set {setting}: {told}")


def test_broken_line_does_not_hide_the_others(tmp_path: Path) -> None:
    text = HEAD + "[market]\ncustomers = many\ndrift = 7\nzipf == 2\nneeds_min = 0\n"
    places = [line.split(": ")[0] for line in problems(tmp_path, text, "seed=-1")]
    assert places == ["a.toml:5:13", "a.toml:6:9", "a.toml:7:7", "a.toml:8:13", "--set seed=-1"]


def test_refused_value_raises_no_contradiction(tmp_path: Path) -> None:
    found = problems(tmp_path, HEAD + "[market]\nneeds_max = 99\nfeatures = 8\n")
    assert len(found) == 1
    assert "99 is too large" in found[0]


def test_empty_file_says_what_is_missing(tmp_path: Path) -> None:
    found = problems(tmp_path, "")
    assert [line.split(": ")[1] for line in found] == ["title", "question", "firms"]


def test_windows_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    found = problems(tmp_path, b"\xef\xbb\xbf" + (HEAD + "[market]\ndrift = 2\n").replace("\n", "\r\n").encode())
    assert found[0].startswith("a.toml:5:9: market.drift")


def test_what_cannot_be_read(tmp_path: Path) -> None:
    assert problems(tmp_path, b"title = '\xff'") == ["a.toml:1:10: not UTF-8 text: byte 0xff in line 1"]
    assert problems(tmp_path, b"#" * 1_000_001) == ["a.toml: too large; allowed: 1,000,000 bytes"]
    for path, reason in (
        (tmp_path, "this is a folder"),
        (Path("/dev/null"), "not a regular file"),
        ("a\0b.toml", "cannot be read"),
    ):
        with pytest.raises(ScenarioError, match=reason):
            load_scenario(path)


def test_missing_file_suggests_the_nearest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "thrive_well.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError) as caught:
        load_scenario("thrive_wel")
    assert str(caught.value) == "thrive_wel: no such file; did you mean 'scenarios/thrive_well.toml'?"


@pytest.mark.parametrize("name", ["A.toml", "1.toml", "a-b.toml", "a.txt", "a b.toml"])
def test_file_name_must_serve_as_a_name(tmp_path: Path, name: str) -> None:
    assert "not a name for a scenario" in problems(tmp_path, HEAD, name=name)[0]
