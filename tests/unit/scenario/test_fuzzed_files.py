"""Whatever stands in a scenario or sweep file: an answer within a second, and a place for every mistake, never a traceback.

Class of fault: a slip in a file that ends in a traceback, in a long wait, or in a message that names no place.
"""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fuzzed_files import HEAD, Fuzzed, answer, complaints, fuzzed_files

from cxsim.errors import Problem, ScenarioError
from cxsim.scenario import load_scenario
from cxsim.scenario.sweep import is_sweep
from cxsim.statistics.designs import MissingPackageError
from cxsim.studies.sweep.check import check_points
from cxsim.studies.sweep.design import load_sweep

ROOT = Path(__file__).parents[3]
SWEEP = HEAD + 'scenario = "base.toml"\n'
FACTORS = "[factors]\nmarket.drift = { values = [0, 0.1] }\n"
PARTS, MORE_PARTS, FILES = 5, 100, 1_000  # of so many files each, at about 5 ms each


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


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scenarios and sweeps as they are shipped; one of each is read, since what is built on first use counts for no file."""
    folder = tmp_path_factory.mktemp("files").resolve() / "scenarios"
    shutil.copytree(ROOT / "scenarios", folder)
    for method in ("best_moment", "pivot_variance", "pivot_screening", "uncertain_market"):
        check(folder / "sweeps" / f"{method}.toml")
    return folder


@pytest.mark.parametrize(
    "part", [*range(PARTS), *(pytest.param(part, marks=pytest.mark.slow) for part in range(PARTS, PARTS + MORE_PARTS))]
)
def test_fuzzed_files_are_answered_in_time_with_a_place_for_every_mistake(shelf: Path, part: int) -> None:
    refused = 0
    for file in fuzzed_files(shelf, part, FILES):
        file.write()
        try:
            found = answer(file)
            in_time = found.in_time or answer(file).in_time  # the machine may be busy for a moment
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error} from this file:\n{file}") from error
        assert in_time, (found.seconds, file)
        assert not (wrong := list(complaints(found.lines, file, shelf))), (wrong, file)
        refused += bool(found.lines)
        file.remove()
    assert FILES / 2 < refused < FILES * 0.98, "most have a slip that matters, and some are fine"


def test_the_judge_of_answers_complains_of_bad_ones(tmp_path: Path) -> None:
    """Each line of an answer that names no place, a wrong one or one that is not there would fail the test of fuzzed files."""
    file = Fuzzed({tmp_path / "a.toml": b'title = "T"\nmonths = 12\n'})
    file.write()
    place, good = f"{tmp_path}/a.toml", f"{tmp_path}/a.toml:2:10: months: 0 is too small; allowed: a whole number"
    bad = {
        f"{place}: months: 0 is too small": "without a place",
        "Traceback (most recent call last):": "without a place",
        f"{good}\x1b[2J": "not printable",
        f"{place}:4:1: months: 0 is too small": "beyond the text",
        f"{place}:2:13: months: 0 is too small": "beyond the text",
        f"{tmp_path.parent}/b.toml:1:1: months: 0 is too small": "not there",
        f"{place}:1:1: x: unknown key; allowed: months": "does not stand there",
        f"{place}:1:1: months: 0 is too small": "stands elsewhere",
    }
    assert not list(complaints([good, f"{place}:1:1: firms: missing; at least one"], file, tmp_path))
    for line, complaint in bad.items():
        (found,) = complaints([line], file, tmp_path)
        assert complaint in found


@pytest.mark.parametrize(
    ("content", "place"),
    {
        "plain": (b"title = '\xff'", "a.toml:1:10"),
        "a later line": ("a = 1\n# é".encode() + b"\xe9x", "a.toml:2:4"),
        "after a byte order mark": (b"\xef\xbb\xbfa = '\xff'", "a.toml:1:6"),
        "UTF-16": ("a = 1".encode("utf-16"), "a.toml:1:1"),
    }.values(),
)
def test_a_byte_that_is_no_text_is_told_at_its_place(tmp_path: Path, content: bytes, place: str) -> None:
    (tmp_path / "a.toml").write_bytes(content)
    (told,) = check(tmp_path / "a.toml")
    assert told.where == f"{tmp_path}/{place}"
    assert told.message.startswith("not UTF-8 text: byte")


SLIPS = {
    "months in an arm": (HEAD + '[firms.f]\n[arms.a]\nmonths = "12"', "5:1: arms.a.months: unknown key"),
    "seed in an arm": (HEAD + "[firms.f]\n[arms.a]\nseed = [1]", "5:1: arms.a.seed: unknown key"),
    "focal in an arm": (HEAD + '[firms.f]\n[arms.a]\nfocal = "x"', "5:1: arms.a.focal: unknown key"),
    "list of designs": (SWEEP + FACTORS + "[[design]]", "6:3: design: a list cannot stand here"),
    "list of designs alone": ("[[design]]", "1:3: design: a list cannot stand here"),
    "number as a design": ("design = 1\n" + SWEEP + FACTORS, "1:10: design: 1 is a whole number"),
    "number as a design alone": ("design = 1", "1:10: design: 1 is a whole number"),
    "time as a design": ("design = 07:32:00\n" + SWEEP + FACTORS, "1:10: design: the date or time 07:32:00"),
    "a number as a key": (SWEEP + "[design]\n1.5 = 2\n" + FACTORS, "5:1: design.1: unknown key"),
    "a table twice": (HEAD + "[market] # one\n[market] # two", "4:1: cannot declare [market]: it is there"),
    "a closed table": (
        HEAD + "market = {}\n[market.x]",
        "4:1: cannot declare [market.x]: it is there already, or the table around",
    ),
    "a table in braces": (HEAD + "market = {}\nmarket.x = 1", "4:1: market.x: cannot add to a table"),
    "a table of any name": (
        SWEEP + "[factors]\nfirms = { values = [1] }",
        "5:1: firms: a table cannot be varied, only what is in it: NAME",
    ),
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
    assert not list(complaints([str(one) for one in found], Fuzzed({}), tmp_path))
