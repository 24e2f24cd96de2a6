"""Sweep files: what they may say, and every kind of mistake with its exact place."""

import re
import tomllib
from pathlib import Path

import pytest

from cxsim.errors import ScenarioError
from cxsim.scenario import load_scenario
from cxsim.scenario.sweep import is_sweep
from cxsim.scenario.sweep_schema import HEAD as HEAD_KEYS
from cxsim.scenario.sweep_schema import METHODS
from cxsim.scenario.syntax import parse
from cxsim.studies.sweep.check import check_measures
from cxsim.studies.sweep.design import Design, load_sweep

ROOT = Path(__file__).parents[3]
HEAD = 'title = "T"\nquestion = "Q?"\nscenario = "base.toml"\n'
BASE = """title = "T"
question = "Q?"
seed = 5
[firms.f]
[arms.x]
[arms.y]
firms.f.strategy.price = 7
"""
DRIFT = "[factors]\nmarket.drift = { values = [0, 0.1] }\n"


def load(tmp_path: Path, text: str, *overrides: str, base: str = BASE, name: str = "s.toml") -> Design:
    (tmp_path / "base.toml").write_text(base)
    (tmp_path / name).write_text(text)
    return load_sweep(tmp_path / name, overrides)


def problems(tmp_path: Path, text: str, *overrides: str, base: str = BASE, name: str = "s.toml") -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path, text, *overrides, base=base, name=name)
    return [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems]


def test_what_is_left_out(tmp_path: Path) -> None:
    sweep = load(tmp_path, HEAD + DRIFT)
    assert (sweep.name, sweep.title, sweep.question, sweep.look_for) == ("s", "T", "Q?", "")
    assert (sweep.arms, sweep.variants.run, sweep.replicates) == (("x", "y"), (120, 5, 20), 20)
    assert (sweep.method, sweep.points.size, sweep.total, sweep.measures) == ("grid", 2, 80, ())
    assert (sweep.firms, sweep.detail, sweep.variants.settings.data) == ("focal", "runs", {})
    assert Path(sweep.variants.label).resolve() == (tmp_path / "base.toml").resolve()
    assert sweep.points.factors[0]._asdict() == {
        "key": "market.drift",
        "kind": "number",
        "values": (0.0, 0.1),
        "low": 0.0,
        "high": 0.1,
        "scale": "linear",
    }


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    sweep = load(
        tmp_path,
        """title = "T"
question = "Q?"
look_for = "L"
scenario = "base.toml"
arms = ["y"]
months = 7
seed = 0
replicates = 3
measures = ["value", "customers"]
firms = "all"
detail = "months"

[set]
"market.customers" = 500
firms.f.strategy = { price = 9, promise = true }
arms.y.market.segments = 2

[design]
method = "list"

[factors]
"market.drift" = { linspace = [0, 0.5, 3] }
firms.f.strategy.roadmap.values = ["crowd", "loudest", "crowd"]
arms.y.firms.f.strategy.price = { log = [1, 100, 3] }
""",
    )
    assert (sweep.look_for, sweep.arms, sweep.variants.run, sweep.replicates) == ("L", ("y",), (7, 0, 3), 3)
    assert (sweep.measures, sweep.firms, sweep.detail, sweep.points.size, sweep.total) == (
        ("value", "customers"),
        "all",
        "months",
        3,
        9,
    )
    point = {"market.drift": 0.25, "firms.f.strategy.roadmap": "loudest", "arms.y.firms.f.strategy.price": 10}
    scenario = sweep.variants.at(point)
    settings = ["market.customers=500", "firms.f.strategy.price=9", "firms.f.strategy.promise=true", "arms.y.market.segments=2"]
    run = ["months=7", "seed=0", "replicates=3"]
    texts = [*settings, *run, *(f"{key}={value}" for key, value in point.items())]
    assert scenario == load_scenario(tmp_path / "base.toml", texts)
    assert scenario.arm("y").case.firms[0].strategy.price == 10


def test_settings_of_the_command_line_win(tmp_path: Path) -> None:
    text = HEAD + "replicates = 3\nset.market.customers = 500\n" + DRIFT
    sweep = load(tmp_path, text, "market.customers=600", "replicates=4", "seed=9", "months=2")
    assert (sweep.replicates, sweep.variants.run) == (4, (2, 9, 4))
    assert sweep.variants.at({}).arms[0].case.params.market.customers == 600
    assert problems(tmp_path, text, "market.drift=0.2", "market.x=1") == [
        "--set market.drift=0.2: market.drift: both a setting and a factor, at s.toml:7:8; allowed: one of them",
        next(one for one in problems(tmp_path, text, "market.x=1") if "market.x: unknown key" in one),
    ]


HEADS = {
    "nothing said": (
        "",
        [
            "s.toml:1:1: scenario: missing; every sweep names the scenario",
            "s.toml:1:1: title: missing; every sweep has a title",
            "s.toml:1:1: question: missing; every sweep says in words",
            "s.toml:1:1: factors: nothing is varied",
        ],
    ),
    "unknown key": (HEAD + "replicats = 3\n" + DRIFT, ["s.toml:4:1: replicats: unknown key; allowed: title,"]),
    "key of a scenario": (HEAD + "market.drift = 0\n" + DRIFT, ["s.toml:4:1: market: unknown key;"]),
    "no TOML": (HEAD + "arms = [\n" + DRIFT, ["s.toml:5:2: not valid TOML"]),
    "wrong types": (
        'title = 3\nquestion = ""\nscenario = ["base.toml"]\n' + DRIFT,
        [
            "s.toml:1:9: title: 3 cannot stand here; allowed: text",
            "s.toml:2:12: question: '' cannot stand here; allowed: text",
            "s.toml:3:12: scenario: a list cannot stand here; allowed: text",
        ],
    ),
    "control character": ('title = "a\\u001b"\n' + HEAD[12:] + DRIFT, ["s.toml:1:9: title: 'a\\x1b' cannot stand here"]),
    "no such scenario": (HEAD.replace("base", "bse") + DRIFT, ["s.toml:3:12: scenario: 'bse.toml': no such file"]),
    "scenario elsewhere": (
        HEAD.replace("base", "../../../x") + DRIFT,
        ["s.toml:3:12: scenario: '../../../x.toml': leaves the folder"],
    ),
    "numbers": (
        HEAD + 'replicates = 0\nseed = "1"\nmonths = 1.5\n' + DRIFT,
        [
            "s.toml:4:14: replicates: 0 is too small; allowed: a whole number from 1 to 100,000 (runs)",
            "s.toml:5:8: seed: '1' is text",
            "s.toml:6:10: months: 1.5 is a number with a fraction",
        ],
    ),
    "choices": (
        HEAD + 'firms = "focl"\ndetail = 3\n' + DRIFT,
        [
            "s.toml:4:9: firms: 'focl' is not one of the choices; allowed: 'focal' or 'all'; did you mean 'focal'?",
            "s.toml:5:10: detail: 3 is not one of the choices; allowed: 'runs' or 'months'",
        ],
    ),
    "arms": (
        HEAD + 'arms = ["x", "z", "x", 3]\n' + DRIFT,
        [
            "s.toml:4:14: arms: no 'z'; allowed: x, y",
            "s.toml:4:19: arms: 'x' stands twice",
            "s.toml:4:24: arms: 3 is a whole number; allowed: a name",
        ],
    ),
    "no arms": (HEAD + "arms = []\n" + DRIFT, ["s.toml:4:8: arms: an empty list cannot stand here; allowed: a list of names"]),
    "measures": (HEAD + 'measures = "value"\n' + DRIFT, ["s.toml:4:12: measures: 'value' cannot stand here"]),
    "settings": (
        HEAD + '[set]\nmarket.customers = 5\n"market.drift" = 0\nseed = 3\n"a b" = 1\n' + DRIFT,
        [
            "s.toml:5:20: market.customers: 5 is too small",
            "s.toml:6:1: market.drift: both a setting and a factor, at s.toml:10:8; allowed: one of them",
            "s.toml:7:1: set.seed: give it at the top of the sweep",
            's.toml:8:1: set."a b": not a key',
        ],
    ),
    "a setting twice": (
        HEAD + '[set]\nmarket.zipf = 1\n"market.zipf" = 1\n' + DRIFT,
        ['s.toml:6:1: set."market.zipf": given twice; first at s.toml:5:8'],
    ),
}


@pytest.mark.parametrize("case", HEADS)
def test_mistakes_in_the_head(tmp_path: Path, case: str) -> None:
    text, expected = HEADS[case]
    found = problems(tmp_path, text)
    assert len(found) == len(expected), found
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(start)


GRID = {
    "market.drif = { values = [0] }": "5:8: market.drif: unknown key; allowed: customers",
    '"markt.drift" = { values = [0] }': "5:1: markt: unknown key",
    "market = { values = [0] }": "5:1: market: a table cannot be varied, only what is in it: customers, features",
    "firms.g.count = { values = [1] }": "5:9: firms.g: no such firm; allowed: f",
    "arms.z.market.drift = { values = [0] }": "5:15: arms.z: no such arm; allowed: x, y",
    "seed = { values = [1, 2] }": "5:1: seed: every point has the same seed; give seed at the top",
    "replicates = { values = [1, 2] }": "5:1: replicates: every point has the same number",
    'arms.x.title = { values = ["a"] }': "5:8: arms.x.title: a text cannot be varied",
    'extends = { values = ["a.toml"] }': "5:1: extends: a factor cannot change",
    "market.drift = 3": "5:16: factors.market.drift: 3 cannot stand here; allowed: a table such as { values = [0, 0.5, 1] }",
    "market.drift = {}": "5:16: factors.market.drift: no values; allowed: one of values, linspace and log",
    "market.drift = { values = [0], log = [1, 2, 3] }": "5:16: factors.market.drift: values given in two ways",
    "market.drift = { value = [0] }": "5:18: factors.market.drift.value: unknown key; allowed: values, linspace, log; did",
    "market.drift = { values = 3 }": "5:27: factors.market.drift.values: 3 cannot stand here; allowed: a list of values",
    "market.drift = { values = [] }": "5:27: factors.market.drift.values: an empty list cannot stand here",
    "market.drift = { values = [0, 0.7] }": "5:31: market.drift: 0.7 is too large; allowed: a number from 0 to 0.5 (1/month)",
    "market.drift = { values = [true] }": "5:28: market.drift: true is a truth value",
    "market.drift = { values = [nan] }": "5:28: market.drift: nan is not a finite number",
    "market.drift = { values = [[0]] }": "5:28: market.drift: a list cannot stand here",
    "market.customers = { values = [500.0] }": "5:32: market.customers: 500.0 is a number with a fraction; write 500;",
    'firms.f.strategy.roadmap = { values = ["crowds"] }': "5:40: firms.f.strategy.roadmap: 'crowds' is not one of the choices",
    "firms.f.strategy.roadmap = { linspace = [0, 2, 3] }": "5:30: factors.firms.f.strategy.roadmap.linspace: only numbers have",
    "market.drift = { values = [0, 0.1, 0.0] }": "5:36: factors.market.drift.values: 0.0 stands twice",
    "market.drift = { linspace = [0, 0.5] }": "5:29: factors.market.drift.linspace: not a spacing; allowed: [first, last,",
    "market.drift = { linspace = [0, 0.5, 1] }": "5:29: factors.market.drift.linspace: not a spacing",
    "market.drift = { linspace = [0.1, 0.1, 3] }": "5:29: factors.market.drift.linspace: the first and last are equal",
    "market.drift = { linspace = [0, 1, 3] }": "5:33: market.drift: 1 is too large",
    "market.drift = { log = [0, 0.1, 3] }": "5:24: factors.market.drift.log: not above 0; allowed:",
    "market.drift = { linspace = [0, 0.1, 99_999_999] }": "5:29: factors.market.drift.linspace: too many points",
    "market.segments = { linspace = [1, 3, 4] }": "5:32: factors.market.segments.linspace: rounded to whole numbers, some of",
    "market.drift = { low = 0, high = 0.1 }": "5:18: factors.market.drift.low: only for sampled designs; allowed: values,",
    "market = { drift.values = [0] }\n'market.drift' = { values = [1] }": '6:1: factors."market.drift": given twice; first',
    "market.drift = { values = [0] }\nmarket.drift = { values = [1] }": "6:1: market.drift: given twice",
    "market.drift.linspace = [0, 0.5, 10_000]\nmarket.zipf.linspace = [0, 3, 10_000]": "4:2: factors: 100,000,000 points",
}


@pytest.mark.parametrize("lines", GRID)
def test_mistakes_in_the_factors_of_a_grid(tmp_path: Path, lines: str) -> None:
    assert problems(tmp_path, f"{HEAD}[factors]\n{lines}\n")[0].startswith(f"s.toml:{GRID[lines]}")


SAMPLED = {
    "market.drift = { linspace = [0, 0.1, 3] }": "8:18: factors.market.drift.linspace: only for grids and lists; allowed: low,",
    "market.drift = { low = 0.2, high = 0.1 }": "8:16: factors.market.drift: low 0.2 is not below high 0.1",
    "market.drift = { low = -1, high = 0.1 }": "8:24: market.drift: -1 is too small",
    'market.drift = { low = 0, high = 0.1, scale = "log" }': "8:16: factors.market.drift: low 0 is not above 0, as",
    'market.drift = { scale = "lin" }': "8:26: factors.market.drift.scale: 'lin' is not one of the choices",
    "firms.f.strategy.price = { low = 5 }": "8:26: factors.firms.f.strategy.price: no 'high', and no range is known as likely",
    "firms.f.strategy.roadmap = { low = 0 }": "8:28: factors.firms.f.strategy.roadmap: only numbers have a range",
    "market.drift = { values = [0], high = 0.1 }": "8:16: factors.market.drift: values and a range; allowed: only one of them",
    "market.customers = { low = 100.0 }": "8:28: market.customers: 100.0 is a number with a fraction; write 100",
    "market.drift = { lw = 0 }": "8:18: factors.market.drift.lw: unknown key; allowed: values, low, high, scale; did",
}


@pytest.mark.parametrize("line", SAMPLED)
def test_mistakes_in_the_factors_of_a_sampled_design(tmp_path: Path, line: str) -> None:
    text = f'{HEAD}[design]\nmethod = "latin_hypercube"\npoints = 8\n[factors]\n{line}\n'.replace("[factors]\n", "[factors]\n")
    assert problems(tmp_path, text)[0].startswith(f"s.toml:{SAMPLED[line]}")


def test_the_likely_range_is_the_default(tmp_path: Path) -> None:
    text = HEAD + '[design]\nmethod = "sobol"\npoints = 8\n[factors]\nmarket.drift = {}\nmarket.segments.high = 20\n'
    assert [factor[3:] for factor in load(tmp_path, text).points.factors] == [(0.0, 0.02, "linear"), (2.0, 20.0, "linear")]


DESIGNS = {
    'method = "girid"': "5:10: design.method: 'girid' is not one of the choices; allowed: 'grid', 'list'",
    'method = "sobol"': "4:2: design.points: missing; method = 'sobol' needs points",
    'method = "sobol"\npoints = 100': "6:10: design.points: 100 is no power of two, as Sobol' points need; the nearest",
    'method = "saltelli"\npoints = 12': "6:10: design.points: 12 is no power of two",
    'method = "latin_hypercube"\npoints = 1': "6:10: design.points: 1 is too small; allowed: a whole number from 2",
    'method = "latin_hypercube"\npoints = 20_000_000': "6:10: design.points: 20000000 is too large",
    'method = "latin_hypercube"\npoints = 9\nlevels = 4': "7:1: design.levels: not used by method =",
    'method = "morris"\nlevels = 3': "6:10: design.levels: 3 levels; allowed: an even number",
    'method = "morris"\ntrajectories = true': "6:16: design.trajectories: true is a truth value",
    'method = "morris"\nseed = -1': "6:8: design.seed: -1 is too small",
    'method = "morris"\ntrajectories = 9_000_000': "4:2: design: 18,000,000 points; allowed: at most 10,000,000",
    'method = "saltelli"\npoints = 8\nsecond_order = 1': "7:16: design.second_order: 1 is a whole number; allowed: true",
    'method = "grid"\npoints = 3': "6:1: design.points: not used by method = 'grid'; allowed: method",
    'method = "morris"\npoint = 3': "6:1: design.point: unknown key; allowed: method, trajectories, levels, seed",
}


@pytest.mark.parametrize("lines", DESIGNS)
def test_mistakes_in_the_design(tmp_path: Path, lines: str) -> None:
    factors = "[factors]\nmarket.drift = {}\n" if "grid" not in lines and "girid" not in lines else DRIFT
    assert problems(tmp_path, f"{HEAD}[design]\n{lines}\n{factors}")[0].startswith(f"s.toml:{DESIGNS[lines]}")


def test_lists_are_equally_long(tmp_path: Path) -> None:
    text = HEAD + 'design.method = "list"\n[factors]\nmarket.drift.values = [0, 0]\nmarket.zipf.values = [1, 2, 3]\n'
    assert problems(tmp_path, text) == [
        "s.toml:7:8: market.zipf: 3 values, where market.drift has 2; a list takes one of each, so all are equally long"
    ]


def test_a_factor_of_an_arm_that_is_left_out(tmp_path: Path) -> None:
    text = HEAD + 'arms = ["y"]\n[factors]\narms.x.market.drift.values = [0, 0.1]\n'
    assert problems(tmp_path, text) == [
        "s.toml:6:15: arms.x.market.drift: arm 'x' is not among the arms of this sweep; allowed: y"
    ]


def test_problems_of_the_scenario_keep_their_place(tmp_path: Path) -> None:
    assert problems(tmp_path, HEAD + DRIFT, base=BASE + "firms.f.strategy.prize = 3\n") == [
        next(one for one in problems(tmp_path, HEAD + DRIFT, base=BASE + "firms.f.strategy.prize = 3\n"))
    ]
    (line,) = problems(tmp_path, HEAD + DRIFT, base=BASE + "firms.f.strategy.prize = 3\n")
    assert line.startswith("base.toml:8:18: arms.y.firms.f.strategy.prize: unknown key")


@pytest.mark.parametrize("name", ["A.toml", "a-b.toml", "a.txt"])
def test_wrong_file_names(tmp_path: Path, name: str) -> None:
    assert f"{name}: not a name for a sweep" in problems(tmp_path, HEAD + DRIFT, name=name)[0]


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no such file"):
        load_sweep(tmp_path / "none.toml")
    with pytest.raises(ScenarioError, match="this is a folder"):
        load_sweep(tmp_path)


def test_a_sweep_is_no_scenario(tmp_path: Path) -> None:
    load(tmp_path, HEAD + DRIFT)
    assert is_sweep(tmp_path / "s.toml")
    assert not is_sweep(tmp_path / "base.toml")
    assert not is_sweep(tmp_path / "none.toml")
    with pytest.raises(ScenarioError, match=r"s.toml:4:2: factors: this is a sweep, not a scenario; run it with: cxsim sweep"):
        load_scenario(tmp_path / "s.toml")


def test_names_of_measures(tmp_path: Path) -> None:
    sweep = load(tmp_path, HEAD + 'measures = [\n  "value",\n  "custmers",\n]\n' + DRIFT)
    with pytest.raises(ScenarioError) as caught:
        check_measures(sweep, ["value", "customers"])
    assert str(caught.value).replace(f"{tmp_path}/", "").startswith("s.toml:6:3: measures: no measure 'custmers'; ")
    assert str(caught.value).endswith("did you mean 'customers'?")
    check_measures(sweep, ["value", "custmers"])


FILES = {
    "": "p.csv:1:1: empty; the first line names the keys",
    "market.drift\n\n": "p.csv:1:1: no points",
    "market.drift;market.zipf\n0;1\n": "p.csv:1:1: 'market.drift;market.zipf' is not a key; allowed: such as",
    "market.drift,market.drft\n0,1\n": "p.csv:1:14: market.drft: unknown key",
    "market.drift,market.zipf,market.drift\n0,1,2\n": "p.csv:1:26: market.drift: given twice; first in column 1",
    "market.drift,\n0,1\n": "p.csv:1:14: a column without a name",
    "market.drift,seed\n0,1\n": "p.csv:1:14: seed: every point has the same seed",
    "market.drift,firms.g.count\n0,1\n": "p.csv:1:14: firms.g: no such firm",
    "market.drift,market.zipf\n0,1\n0\n": "p.csv:3:1: 1 cell in this line; allowed: 2",
    "market.drift,market.zipf\n0,1,2\n": "p.csv:2:5: 3 cells in this line; allowed: 2",
    "market.drift,market.zipf\n0, \n": "p.csv:2:3: market.zipf: an empty cell",
    "market.drift,market.zipf\n0,": "p.csv:2:3: market.zipf: an empty cell",
    'market.drift,market.zipf\n"",1\n': "p.csv:2:1: market.drift: an empty cell",
    "market.drift,market.zipf\n0,1\n0,4\n": "p.csv:3:3: market.zipf: 4 is too large",
    "market.drift\nx\n": "p.csv:2:1: market.drift: 'x' is text; allowed: a number",
    "market.drift\nnan\n": "p.csv:2:1: market.drift: nan is not a finite number",
    "market.drift\n1e999\n": "p.csv:2:1: market.drift: inf is not a finite number",
    "market.customers\n500.0\n": "p.csv:2:1: market.customers: 500.0 is a number with a fraction; write 500",
    "firms.f.strategy.promise\n1\n": "p.csv:2:1: firms.f.strategy.promise: 1 is a whole number; allowed: true or false",
    "firms.f.strategy.roadmap\nCrowd\n": "p.csv:2:1: firms.f.strategy.roadmap: 'Crowd' is not one of the choices",
    'market.drift,market.zipf\n0,"1\n': "p.csv:2:3: a quote that is not closed",
    'market.drift,market.zipf\n0,"1"2\n': "p.csv:2:3: text after the closing quote of a cell",
    '"market.drift",market.zipf\n"0",4\n': "p.csv:2:5: market.zipf: 4 is too large",
    "\ufeffmarket.drift\r\n0.1\r\n9\r\n": "p.csv:3:1: market.drift: 9 is too large",
}


@pytest.mark.parametrize("table", FILES)
def test_mistakes_in_a_file_of_points(tmp_path: Path, table: str) -> None:
    (tmp_path / "p.csv").write_bytes(table.encode())
    text = HEAD + '[design]\nmethod = "csv"\nfile = "p.csv"\n'
    assert problems(tmp_path, text)[0].startswith(FILES[table])


def test_a_thousand_mistakes_are_counted(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("market.drift\n" + "9\n" * 1000)
    found = problems(tmp_path, HEAD + '[design]\nmethod = "csv"\nfile = "p.csv"\n')
    assert len(found) == 51
    assert found[-1] == "p.csv:52:1: and 950 more problems from here on"


CSV = {
    'method = "csv"': "4:2: design.file: missing; method = 'csv' needs a file of points",
    'method = "csv"\nfile = "q.csv"': "6:8: design.file: 'q.csv': no such file",
    'method = "csv"\nfile = "base.toml"': "6:8: design.file: 'base.toml': not usable; allowed: the relative path of a .csv",
    'method = "csv"\nfile = "../../../p.csv"': "6:8: design.file: '../../../p.csv': leaves the folder",
    'method = "csv"\nfile = "p.csv"\n' + DRIFT: "7:2: factors: not beside method = 'csv': the file of points names the factors",
    'method = "csv"\nfile = "p.csv"\n[set]\nmarket.drift = 0': "8:8: market.drift: both a setting and a factor, at p.csv:1:1;",
}


@pytest.mark.parametrize("lines", CSV)
def test_mistakes_around_a_file_of_points(tmp_path: Path, lines: str) -> None:
    (tmp_path / "p.csv").write_text("market.drift\n0\n")
    assert problems(tmp_path, f"{HEAD}[design]\n{lines}\n")[0].startswith(f"s.toml:{CSV[lines]}")


def test_the_example_of_the_documents_is_a_sweep() -> None:
    document = (ROOT / "docs" / "sweeps.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml\n(.*?)^```$", document, re.MULTILINE | re.DOTALL)
    shipped = tomllib.loads((ROOT / "scenarios" / "sweeps" / "best_moment.toml").read_text(encoding="utf-8"))
    told = tomllib.loads(example)
    assert {name: shipped[name] for name in told if name != "measures"} == {
        name: told[name] for name in told if name != "measures"
    }
    for method in METHODS:
        assert f'| `"{method}"` |' in document
    for key in HEAD_KEYS:
        assert f"`{key}`" in document


def test_the_place_of_a_value_is_not_that_of_the_comment_behind_it() -> None:
    places = parse("a = 1 # x\nb = [2] # y\nc = { d = 3 } # z\n", "f").places
    assert [place.value for place in places.values()] == [(1, 5), (2, 5), (3, 5), (3, 11)]
