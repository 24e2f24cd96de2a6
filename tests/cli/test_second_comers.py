"""Two commands that write to one place at once: whoever comes second is told before it works, and no result is lost."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import FAKES, SCENARIO, SCENARIOS, Cxsim
from sweep_files import Here, write_sweep

import cxsim as package
from cxsim.errors import StoreError
from cxsim.scenario.examples import ConflictError, copy_examples
from cxsim.store import ResultFolder
from cxsim.store.checkpoint import hold
from cxsim.studies.sweep.design import load_sweep
from cxsim.studies.sweep.folder import begin, query_text, work_in

SHORT = ("--months", "12", "--replicates", "2", "--no-plots", "--no-report", "--quiet")
TOLD = "Error: {} is being worked on by another cxsim; wait for it, or end it\n"


@pytest.fixture
def made(cxsim: Cxsim) -> Cxsim:
    """Results of two runs and a sweep, and made-up histories in place of an engine."""
    cxsim.patch.setattr("cxsim.store.lock.PAUSE", 0.01)
    cxsim.patch.setattr("cxsim.studies.sweep.run.ProcessPool", Here)
    cxsim.patch.setattr("cxsim.studies.sweep.work.simulate", FAKES["simulate"])
    cxsim.engine(FAKES["simulate"])
    for name, seed in (("one", "1"), ("two", "2")):
        assert cxsim("run", SCENARIO, *SHORT, "--seed", seed, "--out", name)[0] == 0
    write_sweep(cxsim.folder)
    assert cxsim("sweep", "small.toml", "--shard", "1/1", "--out", "swept", "--quiet")[0] == 0
    return cxsim


COMMANDS: dict[str, tuple[str, ...]] = {
    "run": ("run", SCENARIO, *SHORT),
    "run, forced": ("run", SCENARIO, *SHORT, "--force"),
    "pivot": ("pivot", SCENARIO, *SHORT),
    "service": ("service", str(SCENARIOS / "largeco_service.toml"), *SHORT),
    "claims": ("claims", "C18", "--robustness", "2", "--replicates", "2", "--no-plots", "--no-report"),
    "compare": ("compare", "one", "two", "--no-plots", "--no-report"),
    "sweep": ("sweep", "small.toml"),
    "sweep, forced": ("sweep", "small.toml", "--force"),
    "merge": ("merge", "swept"),
    "export": ("export", "one", "--csv"),
    "report": ("report", "one", "two"),
    "schema": ("schema",),
    "verify-model": ("verify-model", "P1"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_whoever_comes_second_is_told_before_it_works(made: Cxsim, name: str) -> None:
    made.engine(None)  # work would fail
    before = sorted(made.folder.rglob("*"))
    with hold(ResultFolder(made.folder / "out", "out")):
        assert made(*COMMANDS[name], "--out", "out") == (2, "", TOLD.format("out"))
    assert sorted(made.folder.rglob("*")) == before


@pytest.mark.parametrize("words", [("report", "one"), ("run", SCENARIO, *SHORT, "--seed", "1", "--out", "one")])
def test_results_that_are_there_are_not_changed_by_two(made: Cxsim, words: tuple[str, ...]) -> None:
    with hold(ResultFolder(made.folder / "one", "one")):
        assert made(*words) == (2, "", TOLD.format("one"))


@pytest.mark.parametrize("force", [False, True])
def test_a_second_run_while_the_first_one_works(made: Cxsim, force: bool) -> None:
    """Both exited with 0, and the first one's result was gone."""
    said: list[str] = []

    def simulate(*what: Any) -> Any:
        if not said:
            with pytest.raises(StoreError) as told:
                package.run(SCENARIO, months=12, replicates=2, seed=9, out="x", force=force)
            said.append(f"Error: {told.value}\n")
        return FAKES["simulate"](*what)

    made.engine(simulate)
    assert made("run", SCENARIO, *SHORT, "--seed", "5", "--out", "x")[0] == 0
    assert set(said) == {TOLD.format("x")}
    assert made("run", SCENARIO, *SHORT, "--seed", "5", "--out", "x")[0] == 0, "the first one's results are there"
    assert not Path("x.unfinished").exists()


def test_a_sweep_that_is_replaced_before_it_is_locked(made: Cxsim) -> None:
    """Two sweeps may both have found the folder empty: the second finds another sweep in it, and writes nothing."""
    first, second = load_sweep("small.toml"), load_sweep("small.toml", ["months=12"])
    place = ResultFolder(made.folder / "x", "x")
    assert not begin(place, first, False)
    assert not begin(place, second, True)
    with pytest.raises(StoreError, match="x holds results of another sweep"), work_in(place, first):
        pass  # pragma: no cover
    assert (place.path / "asked.json").read_text() == query_text(second)


def test_a_sweep_at_work_is_not_replaced_by_another_command(made: Cxsim) -> None:
    place = ResultFolder(made.folder / "swept", "swept")
    with work_in(place, load_sweep("small.toml")):
        for words in (("run", SCENARIO, *SHORT, "--force", "--out", "swept"), ("report", "swept"), ("resume", "swept")):
            assert made(*words) == (2, "", TOLD.format("swept"))


def test_examples_never_take_the_place_of_a_file_that_appears_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy: Callable[..., Any] = shutil.copyfile

    def meanwhile(source: Path, target: Path) -> None:
        copy(source, target)
        (tmp_path / "baseline.toml").write_text("mine")

    monkeypatch.setattr(shutil, "copyfile", meanwhile)
    with pytest.raises(ConflictError):
        copy_examples(tmp_path)
    assert (tmp_path / "baseline.toml").read_text() == "mine"
