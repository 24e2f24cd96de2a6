"""``cxsim compare`` from the outside, on results of made-up histories."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import FAKES, SCENARIOS, Cxsim

from cxsim.statistics.intervals import mean_interval, welch_interval
from cxsim.store.checksummed_json import checksummed_text
from cxsim.store.tables import from_csv, read_parquet


class Compare(Cxsim):
    """The command on made-up histories, and what it compares."""

    def made(self, name: str, *words: str, scenario: str = "survive_to_thrive", replicates: str = "6") -> Path:
        """Results of a short run."""
        short = ("--months", "24", "--replicates", replicates, "--no-plots", "--no-report", "--quiet", "--out", name)
        merged = [*words, *short] if "--months" not in words else [*words, *short[2:]]
        assert self("run", str(SCENARIOS / f"{scenario}.toml"), *merged)[0] == 0
        return self.folder / name

    def rows(self, name: str) -> list[dict[str, str]]:
        return from_csv((self.folder / name / "comparison.csv").read_text())


@pytest.fixture
def cxsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Compare:
    made = Compare(monkeypatch, capsys, tmp_path)
    made.engine(FAKES["simulate"])
    return made


def values(folder: Path, arm: str) -> Any:
    runs = read_parquet(folder / "runs.parquet")
    return runs["value"][runs["arm"] == arm]


def difference(rows: list[dict[str, str]], measure: str, pair: str) -> dict[str, str]:
    (found,) = (row for row in rows if (row["kind"], row["measure"], row["pair"]) == ("difference", measure, pair))
    return found


def test_the_same_seeds_are_compared_seed_by_seed(cxsim: Compare) -> None:
    one = cxsim.made("one")
    two = cxsim.made("two", "--set", "firms.founders.after.price=70000", "--set", "market.customers=5000")
    code, out, _ = cxsim("compare", "one", "two")
    assert code == 0
    found = difference(cxsim.rows("results/compare_one_two"), "value", "pivot")
    wanted = mean_interval((values(two, "pivot") - values(one, "pivot")).tolist())
    assert found["way"] == "paired"
    assert [float(found[name]) for name in ("mean", "low", "high")] == pytest.approx(wanted[:3])
    for words in ("two compared with one", "on the same 6 seeds", "market.customers", "20,000", "5,000", "seed", "Under pivot"):
        assert words in out
    assert "each difference is taken within a seed" in out
    manifest = json.loads((cxsim.folder / "results/compare_one_two/manifest.json").read_text())
    assert {"comparison.csv", "series.parquet", "values.parquet", "report.html"} <= set(manifest["files"])
    assert {f"plots/{name}_pivot.png" for name in ("customers", "cash", "value")} <= set(manifest["files"])
    assert [field["key"] for field in manifest["scenario"]["differing"]] == [
        "market.customers",
        "firms.founders.after.price",
    ]


def test_fewer_replicates_of_the_same_seed_pair_up_as_far_as_they_go(cxsim: Compare) -> None:
    one, two = cxsim.made("one"), cxsim.made("two", replicates="4")
    code, out, _ = cxsim("compare", "one", "two", "--no-plots", "--no-report")
    assert code == 0
    assert "replicates" in out
    found = difference(cxsim.rows("results/compare_one_two"), "value", "standard")
    assert (found["way"], found["n"], float(found["mean"])) == ("paired", "4", 0.0)
    assert np.array_equal(values(one, "standard")[:4], values(two, "standard"))
    assert "is worth the same in two as in one, in every run" in out


def test_figures_side_by_side_are_of_one_sample_and_said_which(cxsim: Compare) -> None:
    """A mean of all seeds beside a difference over the common ones: the one could say millions, and the other nothing."""
    one = cxsim.made("one", replicates="7")
    cxsim.made("two", "--set", "firms.founders.strategy.price=70000", replicates="4")
    cxsim.made("three", "--set", "market.customers=5000", replicates="5")
    code, out, _ = cxsim("compare", "one", "two", "three", "--no-plots", "--no-report")
    assert code == 0
    place = cxsim.folder / "results/compare_one_two_three"
    rows = cxsim.rows(str(place))
    means = {(row["pair"], row["measure"], row["result"]): row for row in rows if row["kind"] == "mean"}
    for row in rows:
        if row["kind"] == "difference" and row["measure"] in ("value", "survived", "customers", "cash"):
            mine, first = (means[row["pair"], row["measure"], row[side]] for side in ("result", "versus"))
            assert float(mine["mean"]) - float(first["mean"]) == pytest.approx(float(row["mean"]), rel=1e-9, abs=1e-9)
    assert {row["n"] for row in rows if row["measure"] == "value"} == {"4"}
    shown = read_parquet(place / "values.parquet")
    mine = (shown["pair"] == "pivot") & (shown["result"] == "one")
    assert shown["value"][mine].tolist() == values(one, "pivot")[:4].tolist()
    assert "they count 4 of the 7 runs of one and 4 of the 5 runs of three." in " ".join(out.split())


def test_results_without_common_seeds_keep_all_their_runs_beside_those_that_pair_up(cxsim: Compare) -> None:
    for name, words, replicates in (("one", (), "6"), ("two", ("--seed", "99"), "5"), ("three", (), "4")):
        cxsim.made(name, *words, replicates=replicates)
    assert cxsim("compare", "one", "two", "three", "--no-plots", "--no-report")[0] == 0
    rows = cxsim.rows("results/compare_one_two_three")
    found = {row["result"]: int(row["n"]) for row in rows if (row["kind"], row["measure"]) == ("mean", "value")}
    gaps = {row["result"]: int(row["n"]) for row in rows if (row["kind"], row["measure"]) == ("difference", "value")}
    assert (found, gaps) == ({"one": 4, "two": 5, "three": 4}, {"two": 9, "three": 4})


def test_other_seeds_are_told_and_compared_as_independent_samples(cxsim: Compare) -> None:
    one, two = cxsim.made("one"), cxsim.made("two", "--seed", "99", replicates="5")
    code, out, _ = cxsim("compare", "one", "two", "--no-plots", "--no-report")
    assert code == 0
    assert "share no seeds" in out
    found = difference(cxsim.rows("results/compare_one_two"), "value", "pivot")
    wanted = welch_interval(values(two, "pivot").tolist(), values(one, "pivot").tolist())
    assert (found["way"], found["n"]) == ("unpaired", "11")
    assert [float(found[name]) for name in ("mean", "low", "high")] == pytest.approx(wanted[:3])


def test_three_results_are_held_against_the_first(cxsim: Compare) -> None:
    for name, price in (("one", 50_000), ("two", 60_000), ("three", 70_000)):
        cxsim.made(name, "--set", f"firms.founders.strategy.price={price}")
    code, out, _ = cxsim("compare", "one", "two", "three", "--no-plots", "--no-report")
    assert code == 0
    rows = [row for row in cxsim.rows("results/compare_one_two_three") if row["kind"] == "difference"]
    assert {(row["result"], row["versus"]) for row in rows} == {("two", "one"), ("three", "one")}
    assert "two and three compared with one" in out


def test_the_same_again_does_nothing_and_tells_the_same(cxsim: Compare) -> None:
    cxsim.made("one")
    cxsim.made("two", "--set", "market.customers=5000")
    _, first, _ = cxsim("compare", "one", "two", "--no-plots", "--no-report")
    code, again, _ = cxsim("compare", "one", "two", "--no-plots", "--no-report")
    assert code == 0
    assert "nothing was done" in again
    assert again.endswith(first)
    cxsim("run", str(SCENARIOS / "survive_to_thrive.toml"), "--months", "24", "--replicates", "3", "--out", "two", "--force")
    code, _, err = cxsim("compare", "one", "two")
    assert code == 2
    assert "--force" in err


def test_arms_of_other_names_and_a_single_arm(cxsim: Compare) -> None:
    cxsim.made("one", scenario="baseline")
    cxsim.made("three", scenario="survive_to_thrive")
    code, _, err = cxsim("compare", "one", "three")
    assert code == 2
    assert "no arm of one has a namesake" in err
    assert "customize, pivot, standard" in err


def test_single_arms_are_compared_whatever_their_names(cxsim: Compare) -> None:
    for name in ("left", "right"):
        (cxsim.folder / f"{name}.toml").write_text(f'extends = "base/baseline.toml"\n[arms.{name}]\ntitle = "{name}"\n')
    (cxsim.folder / "base").mkdir()
    (cxsim.folder / "base" / "baseline.toml").write_text((SCENARIOS / "baseline.toml").read_text())
    for name in ("left", "right"):
        short = ("--months", "24", "--replicates", "4", "--no-plots", "--no-report", "--quiet")
        assert cxsim("run", f"{name}.toml", *short, "--out", f"results/{name}")[0] == 0
    code, out, _ = cxsim("compare", "results/left", "results/right", "--firm", "founders", "--no-plots", "--no-report")
    assert code == 0
    assert "these are compared: left of left, right of right" in out
    assert "worth the same in right as in left, in every run" in out


def test_an_answer_about_another_firm(cxsim: Compare) -> None:
    cxsim.made("one", scenario="three_rivals")
    cxsim.made("two", "--set", "firms.cheap.strategy.price=60000", scenario="three_rivals")
    code, out, _ = cxsim("compare", "one", "two", "--firm", "cheap", "--no-plots")
    assert code == 0
    assert "The firm cheap is worth" in out
    assert "firms.cheap.strategy.price" in out
    firms = {row["firm"] for row in cxsim.rows("results/compare_one_two")}
    assert firms == {"excellent", "tiers", "cheap"}
    assert "Customers of cheap" in (cxsim.folder / "results/compare_one_two/report.html").read_text(encoding="utf-8")


def test_arms_without_a_namesake_are_told(cxsim: Compare) -> None:
    cxsim.made("one")
    two = cxsim.made("two")
    manifest = json.loads((two / "manifest.json").read_text())
    manifest["scenario"]["arms"]["another"] = manifest["scenario"]["arms"].pop("standard")
    (two / "manifest.json").write_text(checksummed_text(manifest))
    code, out, _ = cxsim("compare", "one", "two", "--no-plots", "--no-report")
    assert code == 0
    assert "left out: standard" in out
    assert "left out: another" in out
    assert {row["pair"] for row in cxsim.rows("results/compare_one_two")} == {"customize", "pivot"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("one",), "at least two folders"),
        ((), "Missing argument"),
        (("one", "one"), "named twice"),
        (("one", "./one/."), "named twice"),
        (("one", "onr"), "did you mean 'one'?"),
        (("one", "empty"), "not a folder of results"),
        (("one", "file"), "is a file"),
        (("one", "broken"), "manifest.json is damaged"),
        (("one", "damaged"), "runs.parquet is missing or damaged"),
        (("one", "shorter"), "one over 24, shorter over 12"),
        (("one", "two", "--firm", "founder"), "no firm 'founder'"),
        (("one", "two", "--out", "one"), "one of the results"),
        (("one", "compared"), "made by cxsim compare"),
        (("one", ""), "no such folder"),
    ],
)
def test_bad_input_leaves_with_2_and_writes_nothing(cxsim: Compare, words: tuple[str, ...], told: str) -> None:
    cxsim.made("one")
    cxsim.made("two", "--set", "market.customers=5000")
    cxsim.made("shorter", "--months", "12")
    for name in ("empty", "broken"):
        (cxsim.folder / name).mkdir()
    (cxsim.folder / "file").write_text("no results")
    (cxsim.folder / "broken" / "manifest.json").write_text('{"files": 3')
    damaged = cxsim.made("damaged", "--set", "market.customers=6000") / "runs.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-20] + b"x" * 20)
    assert cxsim("compare", "one", "two", "--no-plots", "--no-report", "--quiet", "--out", "compared")[0] == 0
    before = sorted(os.listdir(cxsim.folder))
    code, _, err = cxsim("compare", *words)
    assert code == 2
    assert told in err
    assert "Traceback" not in err
    assert sorted(os.listdir(cxsim.folder)) == before
