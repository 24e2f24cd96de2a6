"""``cxsim pivot`` from the outside: what it writes, says, refuses, and leaves with."""

import json

import pytest
from command_line import SCENARIO, SCENARIOS, Cxsim

from cxsim.store.tables import read_parquet

SHORT = ("--months", "36", "--replicates", "16", "--step", "6")


@pytest.fixture
def pivot(cxsim: Cxsim) -> Cxsim:
    return cxsim.of("pivot", SCENARIO)


def test_it_writes_everything_and_answers(pivot: Cxsim) -> None:
    code, out, err = pivot(*SHORT, "--verbose", "--map", "product.upkeep=0.01:0.03:2", "--map-replicates", "4")
    assert code == 0
    place = pivot.folder / "results" / "pivot_survive_to_thrive"
    manifest = json.loads((place / "manifest.json").read_text())
    tables = {f"{name}.parquet" for name in ("moments", "costs", "signals", "paths", "runs", "map")}
    plots = {f"plots/{name}.png" for name in ("moments", "futures", "signals", "map")}
    assert set(manifest["files"]) == tables | plots | {"moments.csv", "answer.txt", "page.json", "report.html"}
    assert (place / "answer.txt").read_text() in out
    assert "16 of 16 runs (100 %)" in err
    assert "Over product.upkeep (2 cells)" in out
    runs = read_parquet(place / "runs.parquet")
    assert len(runs["value"]) == 16 * 7
    assert set(runs["moment"]) == {*(f"month {month}" for month in range(0, 36, 6)), "never"}
    code, again, _ = pivot(*SHORT, "--verbose", "--map", "product.upkeep=0.01:0.03:2", "--map-replicates", "4")
    assert code == 0
    assert "nothing was run" in again
    assert (place / "answer.txt").read_text() in again
    code, _, err = pivot(*SHORT)
    assert code == 2
    assert "another scenario or other settings" in err


def test_the_answer_does_not_depend_on_workers(pivot: Cxsim) -> None:
    for workers in ("1", "3"):
        assert pivot(*SHORT, "--workers", workers, "--no-plots", "--quiet", "--out", f"with_{workers}") == (0, "", "")
    one, three = (pivot.folder / f"with_{workers}" for workers in ("1", "3"))
    for name in ("moments.csv", "answer.txt", "runs.parquet", "signals.parquet", "paths.parquet"):
        assert (one / name).read_bytes() == (three / name).read_bytes(), name


def test_moments_by_customers_and_cash(pivot: Cxsim) -> None:
    for by in ("customers", "cash"):
        code, out, _ = pivot("--by", by, "--months", "36", "--replicates", "6", "--no-plots", "--out", by)
        assert code == 0
        assert out.splitlines()[0] == "Survive to thrive: when should founders pivot?"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--firm", "foundrs"), "did you mean 'founders'"),
        (("--arm", "pivott"), "did you mean 'pivot'"),
        (("--by", "weeks"), "'weeks' is not one of"),
        (("--by", "customers", "--step", "3"), "--step is about months"),
        (("--precision", "0"), "--precision"),
        (("--precision", "nan"), "--precision"),
        (("--most", "1"), "--most"),
        (("--map-replicates", "4"), "add --map"),
        (("--map", "market.homogenity=0:1:3"), "did you mean 'homogeneity'"),
        (("--map", "market.homogeneity=0:7:3"), "homogeneity"),
        (("--set", "market.custmers=5"), "did you mean 'customers'"),
        (("--replicates", "0"), "--replicates 0"),
    ],
)
def test_bad_input_is_refused_before_anything_is_written(pivot: Cxsim, words: tuple[str, ...], message: str) -> None:
    code, out, err = pivot(*words)
    assert code == 2
    assert message in err
    assert "Traceback" not in err + out
    assert not list(pivot.folder.iterdir())


def test_a_firm_without_a_second_strategy_is_refused(cxsim: Cxsim) -> None:
    code, _, err = cxsim("pivot", str(SCENARIOS / "young_smallco.toml"))
    assert code == 2
    assert "the pivot would change nothing" in err


def test_runs_that_fail_are_told_and_cost_no_other(pivot: Cxsim, monkeypatch: pytest.MonkeyPatch) -> None:
    from cxsim.model.chance import replicate_seed
    from cxsim.studies.pivot import search
    from cxsim.studies.pivot.trials import try_moments

    def fails_once(question, seed):
        if seed == replicate_seed(1, 2):
            raise MemoryError("full")
        return try_moments(question, seed)

    monkeypatch.setattr(search, "try_moments", fails_once)
    code, out, err = pivot("--months", "12", "--replicates", "4", "--no-plots")
    assert code == 3
    assert "Failed: replicate 2" in err
    assert "3 runs with 95 % intervals" in out


def test_nothing_is_written_when_every_run_fails(pivot: Cxsim, monkeypatch: pytest.MonkeyPatch) -> None:
    from cxsim.studies.pivot import search

    def fails(question, seed):
        raise MemoryError("full")

    monkeypatch.setattr(search, "try_moments", fails)
    code, _, err = pivot("--months", "12", "--replicates", "3")
    assert code == 3
    assert "nothing was written" in err
    assert not list(pivot.folder.iterdir())
