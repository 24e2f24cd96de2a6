"""The life of a study: found, made, kept whole or not at all, gone on with, read back; and its identity."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from cxsim.errors import StoreError
from cxsim.execution.scheduler import Task
from cxsim.store import Table, chosen_folder, read_manifest, sources_digest
from cxsim.store.journal import JOURNAL, read_journal
from cxsim.studies.base import FailedRunsError, Findings, Runner, Study, Watch
from cxsim.studies.claims.study import ClaimsStudy
from cxsim.studies.compare.study import CompareStudy
from cxsim.studies.perform import asked_of, digest_of, perform
from cxsim.studies.pivot.study import PivotStudy
from cxsim.studies.run.study import RunStudy
from cxsim.studies.sensitivity.study import SensitivityStudy
from cxsim.studies.service.study import ServiceStudy
from cxsim.studies.verification.study import VerificationStudy

STUDIES = (RunStudy, PivotStudy, ServiceStudy, ClaimsStudy, SensitivityStudy, CompareStudy, VerificationStudy)


class Square(NamedTuple):
    number: int
    square: float


class Squares(Study[Square]):
    """What are the squares of some numbers? Those of ``broken`` fail."""

    kind = Square
    name, seed, command, table, engine = "squares", 3, "squares", "squares.csv", "none"
    notes = ("known before",)

    def __init__(self, numbers: int = 4, broken: tuple[int, ...] = ()) -> None:
        self.numbers, self.broken, self.total, self.seeds = numbers, broken, numbers, list(range(numbers))
        self.done: list[int] = []

    @property
    def question(self) -> Mapping[str, Any]:
        return {"numbers": self.numbers}

    def conduct(self, runner: Runner) -> Findings[Square]:
        entries = runner(self.square, [Task(str(number), number) for number in range(self.numbers)])
        failures = [{"error": f"{key}: {entry['error']}"} for key, entry in entries.items() if "error" in entry]
        if len(failures) == self.numbers:
            raise FailedRunsError("nothing came out", failures)
        rows = [Square(int(key), entry["square"]) for key, entry in entries.items() if "error" not in entry]
        return Findings(
            rows=sorted(rows),
            tables={"roots": Table({"root": np.array([row.number for row in sorted(rows)])})},
            texts={"said.txt": "squares\n"},
            notes=["found out"],
            failures=failures,
            made=f"{len(rows)} squares",
        )

    def square(self, number: int) -> dict[str, Any]:
        self.done.append(number)
        if number in self.broken:
            raise ValueError("broken")
        return {"square": float(number**2)}

    def sentences(self, found: Findings[Square]) -> list[str]:
        return [f"There are {len(found.rows)}."]

    def lines(self, found: Findings[Square], width: int) -> Iterator[str]:
        yield from self.sentences(found)


class Stopped(Squares):
    """Is interrupted at the number 2."""

    def square(self, number: int) -> dict[str, Any]:
        if number == 2:
            raise KeyboardInterrupt
        return super().square(number)


class Heard(Watch):
    def __init__(self) -> None:
        self.told: list[str] = []

    def tell(self, text: str) -> None:
        self.told.append(text)


@pytest.mark.parametrize("kind", STUDIES)
def test_what_answers_a_study_is_there(kind: type[Study[Any]]) -> None:
    assert len(sources_digest(kind.answered_by)) == 64


def test_without_a_folder_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = perform(Squares())
    assert [row.square for row in done.findings.rows] == [0, 1, 4, 9]
    assert done.findings.notes == ["known before", "found out"]
    assert done.made
    assert os.listdir(tmp_path) == []


def test_it_is_made_once_and_read_back_the_same(tmp_path: Path) -> None:
    place, study, heard = chosen_folder(str(tmp_path / "kept")), Squares(), Heard()
    made = perform(study, place, workers=2, watch=heard)
    assert heard.told == ["Note: known before"]
    assert sorted(os.listdir(place.path)) == ["manifest.json", "roots.parquet", "said.txt", "squares.csv"]
    manifest = read_manifest(place)
    assert manifest["scenario"] == {"numbers": 4}
    assert (manifest["seed"], manifest["replicate_seeds"], manifest["notes"]) == (
        3,
        [0, 1, 2, 3],
        ["known before", "found out"],
    )
    again = perform(study, place, watch=heard)
    assert (made.made, again.made) == (True, False)
    assert sorted(study.done) == [0, 1, 2, 3]
    assert again.findings.rows == made.findings.rows
    assert again.findings.notes == made.findings.notes
    assert again.findings.tables["roots"].columns["root"].tolist() == [0, 1, 2, 3]
    assert list(again.findings.tables) == ["roots"]
    with pytest.raises(KeyError):
        again.findings.tables["squares"]
    perform(study, place, force=True)
    assert len(study.done) == 8


def test_another_question_has_another_digest_and_needs_force(tmp_path: Path) -> None:
    assert digest_of(asked_of(Squares(4))) != digest_of(asked_of(Squares(5)))
    place = chosen_folder(str(tmp_path / "kept"))
    perform(Squares(4), place)
    with pytest.raises(StoreError, match="another scenario or other settings and other seeds"):
        perform(Squares(5), place)
    assert len(perform(Squares(5), place, force=True).findings.rows) == 5


def test_other_sources_are_another_question(monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest_of(asked_of(Squares()))
    monkeypatch.setattr(Squares, "answered_by", ("studies/base.py",))
    assert digest_of(asked_of(Squares())) != before
    monkeypatch.setattr(Squares, "answered_by", ("studies/gone.py",))
    with pytest.raises(FileNotFoundError, match="gone"):
        perform(Squares())


def test_a_failure_costs_no_other_and_is_read_back(tmp_path: Path) -> None:
    place, study = chosen_folder(str(tmp_path / "kept")), Squares(broken=(1,))
    made = perform(study, place)
    assert [row.number for row in made.findings.rows] == [0, 2, 3]
    (failure,) = perform(study, place).findings.failures
    assert study.failed(failure).startswith("1: ValueError: broken")


def test_without_an_answer_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(FailedRunsError, match="nothing came out") as wrong:
        perform(Squares(2, broken=(0, 1)), chosen_folder(str(tmp_path / "kept")))
    assert len(wrong.value.failures) == 2
    assert os.listdir(tmp_path) == []


def test_what_was_finished_before_an_interruption_is_not_done_again(tmp_path: Path) -> None:
    place = chosen_folder(str(tmp_path / "kept"))
    with pytest.raises(KeyboardInterrupt, match="2 finished runs are kept"):
        perform(Stopped(), place, workers=1)
    assert len(list(read_journal(tmp_path / "kept.unfinished" / JOURNAL, ""))) == 2
    study, heard = Squares(), Heard()
    assert [row.square for row in perform(study, place, workers=1, watch=heard).findings.rows] == [0, 1, 4, 9]
    assert study.done == [2, 3]
    assert heard.told == ["Note: known before", "Going on: 2 runs were finished before."]
    assert os.listdir(tmp_path) == ["kept"]


def test_steps_of_several_calls_are_told_as_one_work() -> None:
    told: list[tuple[int, int]] = []

    class Counts(Watch):
        def progress(self, total: int) -> Any:
            from contextlib import nullcontext

            return nullcontext(lambda done, total, failed=0: told.append((done, total)))

    runner = Runner(1, Counts())
    with runner.stage(5):
        for part in ("ab", "cd"):
            runner(lambda thing: {"found": thing}, [Task(one, one) for one in part])
    assert told == [(0, 5), (1, 5), (2, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    told.clear()
    assert runner(lambda thing: {"found": thing}, [Task("e", "e")]) == {"e": {"found": "e"}}
    assert told == [(0, 1), (1, 1)]
    assert runner(lambda thing: {}, []) == {}
