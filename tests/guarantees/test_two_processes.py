"""Two real processes into one place, begun at once: one wins or both give the same, nothing is mixed, and all is whole."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pairs
import pytest
from pairs import PAIRS, SMALL
from tiny_sweeps import ENVIRONMENT, SCENARIO, place_of

from cxsim.store.verify import verify_folder

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="pairs are forks")
REFUSALS = ("is being worked on by another cxsim", "holds results of", "holds something else", "holds something other than",
            "holds tables already", "holds files that are not results", "is damaged")  # fmt: skip
Tried = dict[str, list[dict[str, Any]]]


def tried(folder: Path, seed: int, times: int) -> Tried:
    command = [sys.executable, pairs.__file__, str(folder), str(seed), str(times)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=1_800, check=False)
    assert done.returncode == 0, done.stderr[-3_000:]
    found: Tried = json.loads(done.stdout)
    return found


def check(name: str, became: list[dict[str, Any]]) -> None:
    """Hold what became of a pair, each time, against what may."""
    for one in became:
        codes = [each["code"] for each in one["each"]]
        assert sorted(codes) in ([0, 0], [0, 2]), one
        assert PAIRS[name].both or codes != [0, 0], "both say that they wrote, and one of them is gone"
        for each in one["each"]:
            assert each["code"] == 0 or any(words in each["told"] for words in REFUSALS), one
        assert any(code == 0 and same for code, same in zip(codes, one["is"], strict=True)), "what stands there is nobody's"
        assert (one["damages"], one["left"]) == ([], [])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Tried:
    return tried(tmp_path_factory.mktemp("pairs"), 1, 1)


@pytest.mark.parametrize("name", PAIRS)
def test_one_wins_or_both_give_the_same(made: Tried, name: str) -> None:
    check(name, made[name])


@pytest.mark.slow
def test_often(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    for name, became in tried(tmp_path, seed, 15).items():
        check(name, became)


def both(folder: Path, *commands: list[str], **environment: str) -> list[tuple[int, str]]:
    """Begin commands at once, each in an interpreter of its own; give back exit codes and errors."""
    known = ENVIRONMENT | environment
    begun = [
        subprocess.Popen(one, cwd=folder, env=known, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for one in commands
    ]
    return [(one.returncode, err) for one in begun for _, err in [one.communicate(timeout=600)]]


def test_two_interpreters(tmp_path: Path) -> None:
    for name in (SCENARIO.name, "baseline.toml"):
        (tmp_path / name).write_text(SCENARIO.with_name(name).read_text())
    words = [sys.executable, "-m", "cxsim", "run", SCENARIO.name, *SMALL[1:], "--no-plots", "--no-report", "--out", "out"]
    done = both(tmp_path, words, [*words, "--seed", "9"])
    assert sorted(code for code, _ in done) == [0, 2], done
    assert verify_folder(place_of(tmp_path / "out")) == []
    seed = json.loads((tmp_path / "out" / "manifest.json").read_text())["seed"]
    assert (seed == 9) == (done[1][0] == 0)
    assert {path.name for path in tmp_path.iterdir()} == {SCENARIO.name, "baseline.toml", "out"}


KERNEL = """
import sys
from cxsim.engine.fast.cache import code_folder
from cxsim.engine.fast.compile import kernel
sys.path.insert(0, "")
from kernels import add
assert add(2, 3) == 5
print(sum(add.stats.cache_hits.values()), len(list(code_folder().rglob("*.nbc"))))
"""


def test_two_that_compile_into_one_cache(tmp_path: Path) -> None:
    """Whoever comes third finds it whole."""
    (tmp_path / "kernels.py").write_text(
        "from cxsim.engine.fast.compile import kernel\n@kernel\ndef add(a, b):\n    return a + b\n"
    )
    words, cache = [sys.executable, "-c", KERNEL], {"CXSIM_CACHE_DIR": str(tmp_path / "cache")}
    assert both(tmp_path, words, words, **cache) == [(0, ""), (0, "")]
    third = subprocess.run(words, cwd=tmp_path, env=ENVIRONMENT | cache, capture_output=True, text=True, check=False)
    assert (third.stdout, third.stderr) == ("1 1\n", "")


@pytest.mark.slow
def test_two_that_compile_the_engine(tmp_path: Path) -> None:
    for name in (SCENARIO.name, "baseline.toml"):
        (tmp_path / name).write_text(SCENARIO.with_name(name).read_text())
    words = [sys.executable, "-m", "cxsim", "run", SCENARIO.name, *SMALL[1:], "--no-plots", "--no-report", "--quiet", "--out"]
    done = both(tmp_path, [*words, "a"], [*words, "b"], CXSIM_CACHE_DIR=str(tmp_path / "cache"))
    assert [code for code, _ in done] == [0, 0], done
    for name in ("runs.parquet", "months.parquet", "summary.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
