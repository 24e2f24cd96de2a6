"""Whatever stands in a scenario or sweep file: an answer within a second, and a place for every mistake, never a traceback.

Class of fault: a slip in a file that ends in a traceback, in a long wait, or in a message that names no place.
"""

import random
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxsim.errors import Problem, ScenarioError
from cxsim.scenario import load_scenario
from cxsim.scenario.sweep import is_sweep
from cxsim.statistics.designs import MissingPackageError
from cxsim.studies.sweep.check import check_points
from cxsim.studies.sweep.design import load_sweep

ROOT = Path(__file__).parents[3]
HEAD = 'title = "T"\nquestion = "Q?"\n'
SWEEP = HEAD + 'scenario = "base.toml"\n'
FACTORS = "[factors]\nmarket.drift = { values = [0, 0.1] }\n"
QUICK, MANY = 300, 100_000  # files; at about 6 ms each
VALUES = r"""
    0 | 1 | -1 | 12 | 3.5 | 1e999 | nan | true | "12" | "" | "never" | "month" | "$5" | "$" | "\u001b" | [] | [1]
    | ["a", "a"] | [[]] | {} | {a = 1} | {values = [1, 2]} | {low = 0} | 07:32:00 | 2020-01-01 |
    9999999999999999999999999
"""
KEYS = r"""
    months | seed | title | extends | firms | arms | market.customers | design | design.method | factors | set |
    scenario | entry.firm | focal | count | firms.founders.pivot.when | firms.founders.pivot.month | arms.a |
    arms.a.months | arms.a.firms.founders | a.b.c | measures | "" | "a b"
"""
HEADERS = r"""
    [arms.a] | [[design]] | [design] | [factors] | [[factors]] | [[arms]] | [firms.x] | [set] | [market] |
    [[firms.founders]] | [x] | [
"""
VALUES_OF_KEYS, NAMES, TABLES = ([one.strip() for one in text.split("|")] for text in (VALUES, KEYS, HEADERS))
_PLACE = re.compile(r"(.*\.(?:toml|csv))(?::(\d+):(\d+))?")


def check(path: Path) -> list[Problem]:
    """Problems of a file, found as ``cxsim check`` finds them."""
    try:
        if not is_sweep(path):
            load_scenario(path)
            return []
        return list(check_points(load_sweep(path), 8).problems)
    except MissingPackageError:
        return []
    except ScenarioError as error:
        return error.problems or [Problem("", "", "refused without a word")]


def damaged(text: str, draw: random.Random) -> str:
    """Return a text with one to three slips."""
    lines = text.split("\n")
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(lines))
        key, equals, _ = lines[at].partition("=")
        slip = draw.randrange(8)
        if slip == 0:
            lines[at] = f"{key}= {draw.choice(VALUES_OF_KEYS)}" if equals else draw.choice(TABLES)
        elif slip == 1:
            lines.insert(at, f"{draw.choice(NAMES)} = {draw.choice(VALUES_OF_KEYS)}")
        elif slip == 2:
            lines.insert(at, draw.choice(TABLES))
        elif slip == 3:
            lines.insert(at, draw.choice(lines))
        elif slip == 4:
            lines[at] = lines[at][: draw.randint(0, len(lines[at]))]
        elif slip == 5:
            lines[at] = lines[at].replace(draw.choice(".=[]\"'{}0123456789_ "), draw.choice('.=[]"{}$#,\\\x00é9'), 1)
        elif slip == 6 and len(lines) > 1:
            del lines[at]
        else:
            other = draw.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
    return "\n".join(lines)


def assert_placed(problems: list[Problem], folder: Path) -> None:
    for one in problems:
        found = _PLACE.fullmatch(one.where)
        assert found, one
        assert one.message
        assert str(one).isprintable()
        file = Path(found[1])
        if found[2]:
            assert file.is_relative_to(folder)
            lines = file.read_text().replace("\r\n", "\n").split("\n")
            assert 1 <= int(found[2]) <= len(lines)
            assert 1 <= int(found[3]) <= len(lines[int(found[2]) - 1]) + 1


@pytest.mark.parametrize("files", [QUICK, pytest.param(MANY, marks=pytest.mark.slow)])
def test_fuzzed_files_have_a_place_for_every_mistake(tmp_path: Path, files: int) -> None:
    folder = tmp_path / "scenarios"
    shutil.copytree(ROOT / "scenarios", folder)
    shipped = [(path.parent, path.read_text()) for path in sorted(folder.rglob("*.toml"))]
    draw, refused = random.Random(files), 0
    check(shipped[0][0] / "baseline.toml")  # what is built once, on first use, counts for no file
    for _ in range(files):
        place, text = draw.choice(shipped)
        path = place / "fuzzed.toml"
        path.write_text(text := damaged(text, draw))
        began = time.process_time()
        try:
            found = check(path)
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error} from this file:\n{text}") from error
        assert time.process_time() - began < 2, f"the aim is one second on an idle machine:\n{text}"
        assert_placed(found, tmp_path)
        refused += bool(found)
        path.unlink()
    assert refused > files / 4


SLIPS = {
    "months in an arm": (HEAD + '[firms.f]\n[arms.a]\nmonths = "12"', "5:1: arms.a.months: unknown key"),
    "seed in an arm": (HEAD + "[firms.f]\n[arms.a]\nseed = [1]", "5:1: arms.a.seed: unknown key"),
    "focal in an arm": (HEAD + '[firms.f]\n[arms.a]\nfocal = "x"', "5:1: arms.a.focal: unknown key"),
    "list of designs": (SWEEP + FACTORS + "[[design]]", "6:3: design: a list cannot stand here"),
    "list of designs alone": ("[[design]]", "1:3: design: a list cannot stand here"),
    "number as a design": ("design = 1\n" + SWEEP + FACTORS, "1:10: design: 1 is a whole number"),
    "number as a design alone": ("design = 1", "1:10: design: 1 is a whole number"),
    "time as a design": ("design = 07:32:00\n" + SWEEP + FACTORS, "1:10: design: the date or time 07:32:00"),
    "time as a design alone": ("design = 07:32:00", "1:10: design: the date or time 07:32:00"),
}


@pytest.mark.parametrize(("text", "expected"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_told_at_its_place(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "base.toml").write_text(HEAD + "[firms.f]\n")
    path = tmp_path / "a.toml"
    path.write_text(text)
    found = [str(one).replace(f"{tmp_path}/", "") for one in check(path)]
    assert any(one.startswith(f"a.toml:{expected}") for one in found), found


def _large() -> Iterator[tuple[str, str]]:
    some, long = range(9_900), "k" * 85
    yield "unknown headers", HEAD + "[firms.f]\n" + "".join(f"[k{i}]\n" for i in some)
    yield "long unknown headers", HEAD + "[firms.f]\n" + "".join(f"[{long}{i}]\n" for i in some)
    yield "unknown keys", HEAD + "[firms.f]\n[market]\n" + "".join(f"k{i} = 1\n" for i in some)
    yield "long names of arms", HEAD + "[firms.f]\n" + "".join(f"[arms.{long[5:]}{i}]\n" for i in some)
    yield "arms", HEAD + "[firms.f]\n" + "".join(f"[arms.k{i}]\n" for i in some)
    yield "firms", HEAD + "".join(f"[firms.k{i}]\n" for i in some)
    yield "firms in an arm", HEAD + "[firms.f]\n" + "".join(f"[arms.a.firms.k{i}]\n" for i in some)
    changes = "".join(f"firms.f{j}.strategy.price = 7\n" for j in range(45))
    firms = "".join(f"[firms.f{j}.strategy]\nhorizon = 6\n" for j in range(45))
    yield "full arms", HEAD + firms + "".join(f"[arms.a{i}]\n{changes}" for i in range(200))
    yield "settings", SWEEP + FACTORS + "[set]\n" + "".join(f"arms.k{i}.market.drift = 1\n" for i in some)
    yield "names", SWEEP + "arms = [" + ",".join(f'"k{i}"' for i in range(50_000)) + "]\n" + FACTORS
    yield "measures", SWEEP + "measures = [" + ",".join(f'"k{i}"' for i in range(50_000)) + "]\n" + FACTORS
    yield "values", SWEEP + "[factors]\nmarket.drift.values = [" + ",".join(map(str, range(100_000))) + "]"


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in _large()])
def test_large_files_are_answered_within_a_second(tmp_path: Path, text: str) -> None:
    (tmp_path / "base.toml").write_text(HEAD + "[firms.f]\n")
    path = tmp_path / "a.toml"
    path.write_text(text)
    began = time.process_time()
    found = check(path)
    assert time.process_time() - began < 6, "about a second on an idle machine; what was quadratic took a minute"
    assert_placed(found, tmp_path)
