"""A file that is read again later belongs to what it lies with: one of other work, put in its place, is never taken for it."""

import json
import os
import shutil
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from tiny_sweeps import Here, Told, do, is_finished_and_tidy, place_of, tables, tiny

import fake_runs
from cxsim import store
from cxsim.errors import StoreError
from cxsim.measures.registry import WHOLE
from cxsim.store import ResultFolder, provenance
from cxsim.store.checkpoint import checkpoint, hold
from cxsim.store.checksummed_json import checksummed_text, read_checksummed
from cxsim.store.folder import MANIFEST, QUERY
from cxsim.store.journal import JOURNAL, LINE_BYTES, read_journal
from cxsim.store.verify import verify_folder
from cxsim.studies.export import export
from cxsim.studies.run.execute import assemble, run_scenario, seeds_of
from cxsim.studies.run.summary import SummaryRow, summarize
from cxsim.studies.sensitivity.reading import read_responses
from cxsim.studies.sweep import run
from cxsim.studies.sweep.design import Design
from cxsim.studies.sweep.folder import begin, failed_numbers, read_design, status_of, tie_in
from cxsim.studies.sweep.merge import merge
from cxsim.studies.sweep.results import frame_of, lines_of
from cxsim.studies.sweep.run import Count, Execution, work_on
from cxsim.studies.sweep.study import SweepStudy

MINE = tiny(replicates=2)
OTHER = tiny(replicates=2, factors={"market.homogeneity": [0.3, 0.7], "market.segments": [3, 5, 7]})
RUNS, SOME = MINE.total, 9


class StopError(Exception):
    """Stands for whatever stops a sweep."""


class Hears(Told):
    """Keeps what is told."""

    def __init__(self) -> None:
        super().__init__(lambda count: None)
        self.said: list[str] = []

    def tell(self, text: str) -> None:
        self.said.append(text)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ProcessPool", Here)


def interrupted(folder: Path, design: Design, runs: int = SOME) -> ResultFolder:
    def stop(count: Count) -> None:
        if count.done == runs:
            raise StopError

    with suppress(StopError):
        do(folder, design, 1, stop)
    return place_of(folder)


def finished(folder: Path, design: Design) -> ResultFolder:
    do(folder, design)
    return place_of(folder)


def test_a_journal_of_another_sweep_is_not_taken(tmp_path: Path) -> None:
    """Resuming exited with 0, ``verify`` said whole, and the tables were those of other values of the factors."""
    place, other = interrupted(tmp_path / "mine", MINE), interrupted(tmp_path / "other", OTHER, RUNS - 1)
    shutil.copy2(other.path / JOURNAL, place.path / JOURNAL)
    again = "what it held is done again on resuming"
    assert verify_folder(place) == [f"{place.shown}/{JOURNAL}: lines 1 to {RUNS} are of other work; {again}"]
    assert (status_of(place).done, status_of(place).left) == (0, RUNS)
    watch = Hears()
    assert work_on(place, read_design(place), Execution(1), watch) == Count(RUNS, 0, RUNS)
    assert watch.said[0] == f"{RUNS} lines of the journal stand for other work and are passed over"
    assert tables(place.path) == tables(finished(tmp_path / "good", MINE).path)
    assert is_finished_and_tidy(place.path)


def test_lines_of_another_sweep_among_those_of_this_one(tmp_path: Path) -> None:
    place, other = interrupted(tmp_path / "mine", MINE), interrupted(tmp_path / "other", OTHER, RUNS - 1)
    with (place.path / JOURNAL).open("ab") as file:
        file.write((other.path / JOURNAL).read_bytes())
    assert status_of(place).done == SOME
    counts: list[Count] = []
    do(place.path, MINE, 1, counts.append)
    assert counts[0] == Count(SOME, 0, RUNS), "what this sweep had finished is not done again"
    assert tables(place.path) == tables(finished(tmp_path / "good", MINE).path)


def test_a_journal_of_another_part_or_of_the_whole_is_not_taken(tmp_path: Path) -> None:
    first, second = MINE.part((1, 2)), MINE.part((2, 2))
    place, other = interrupted(tmp_path / "1", first, 3), interrupted(tmp_path / "2", second, 5)
    for folder in (other, interrupted(tmp_path / "whole", MINE)):
        shutil.copy2(folder.path / JOURNAL, place.path / JOURNAL)
        assert verify_folder(place)
        assert status_of(place).left == RUNS // 2
    do(place.path, first)
    do(other.path, second)
    merge([place, other], place_of(tmp_path / "both"))
    assert tables(tmp_path / "both") == tables(finished(tmp_path / "good", MINE).path)


def test_what_was_asked_of_another_sweep_takes_nothing_of_this_one(tmp_path: Path) -> None:
    """The other way round: the journal stays, and what was asked is replaced."""
    place, other = interrupted(tmp_path / "mine", MINE, RUNS - 1), interrupted(tmp_path / "other", OTHER)
    shutil.copy2(other.path / QUERY, place.path / QUERY)
    assert "are of other work" in verify_folder(place)[0]
    work_on(place, read_design(place), Execution(1))
    assert tables(place.path) == tables(finished(tmp_path / "good", OTHER).path)


def test_failed_runs_of_another_sweep_are_not_those_of_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("cxsim.studies.sweep.work.simulate", lambda *_: 1 / 0)
        place, other = finished(tmp_path / "mine", MINE), finished(tmp_path / "other", OTHER)
    assert len(failed_numbers(place)) == RUNS
    shutil.copy2(other.path / JOURNAL, place.path / JOURNAL)
    assert failed_numbers(place) == set()
    work_on(place, read_design(place), Execution(1))
    assert tables(place.path) == tables(finished(tmp_path / "good", MINE).path)


READERS: dict[str, Callable[[ResultFolder, Path], object]] = {
    "resume": lambda place, path: read_design(place),
    "status": lambda place, path: status_of(place),
    "sweep": lambda place, path: begin(place, read_design_beside(place), False),
    "merge": lambda place, path: merge([place], place_of(path / "merged")),
    "export": lambda place, path: export(place, place_of(path / "csv")),
    "sensitivity": lambda place, path: read_responses(place),
    "Python": lambda place, path: SweepStudy(read_design_beside(place)).fill(place, False, None),  # type: ignore[arg-type]
}


def read_design_beside(place: ResultFolder) -> Design:
    """What ``asked.json`` asks, as a command would that was given the same file of a sweep."""
    return Design.from_plain(read_checksummed(place.path / QUERY)["design"])


@pytest.mark.parametrize("name", READERS)
def test_what_was_asked_must_be_that_of_the_results(name: str, tmp_path: Path) -> None:
    """A finished sweep was read as that of other values of its factors, or of another part."""
    place, other = finished(tmp_path / "mine", MINE), finished(tmp_path / "other", OTHER)
    shutil.copy2(other.path / QUERY, place.path / QUERY)
    with pytest.raises(StoreError, match=r"asked\.json is damaged"):
        READERS[name](place, tmp_path)
    assert verify_folder(place) == [f"{place.shown}/{QUERY} is damaged"]


def test_results_of_another_sweep_are_not_those_of_a_design(tmp_path: Path) -> None:
    place = finished(tmp_path / "other", OTHER)
    with pytest.raises(StoreError, match="holds the results of another sweep"):
        lines_of(place, store.read_manifest(place), MINE)


def test_a_checkpoint_of_another_question_is_not_taken(tmp_path: Path) -> None:
    """The journal alone is put in the place of another one: ``pivot``, ``service`` and ``claims`` keep theirs so."""
    places = {name: ResultFolder(tmp_path / name, name) for name in ("mine", "other")}
    for name, place in places.items():
        with suppress(StopError), hold(place), checkpoint(place, {"scenario": name}) as journal:
            journal.append("run", {"of": name})
            raise StopError
    shutil.copy2(tmp_path / "other.unfinished" / JOURNAL, tmp_path / "mine.unfinished" / JOURNAL)
    assert "line 1 is of other work" in verify_folder(place_of(tmp_path / "mine.unfinished"))[0]
    with hold(places["mine"]), checkpoint(places["mine"], {"scenario": "mine"}) as journal:
        assert (len(journal), journal.foreign) == (0, [1])
    with hold(places["other"]), checkpoint(places["other"], {"scenario": "other"}) as journal:
        assert journal.get("run")["of"] == "other"


def test_a_sweep_that_an_earlier_version_began_is_begun_anew(tmp_path: Path) -> None:
    """Lines of its journal do not say what they belong to."""
    place = interrupted(tmp_path / "out", MINE)
    path = place.path / JOURNAL
    texts = [line[LINE_BYTES - 1 :] for line in path.read_bytes().splitlines()]
    path.write_bytes(b"".join(b"%08x %b\n" % (zlib.crc32(text), text) for text in texts))
    assert list(read_journal(path, tie_in(place))) == []
    said = verify_folder(place)
    assert len(said) == 1
    assert f"lines 1 to {SOME + 1} are of an earlier version of cxsim" in said[0]
    asked = read_checksummed(place.path / QUERY)
    (place.path / QUERY).write_text(checksummed_text(asked | {"format": "cxsim sweep 2"}))
    with pytest.raises(StoreError, match="holds a sweep in format cxsim sweep 2, not cxsim sweep 3; run it again"):
        read_design(place)


def a_run(place: ResultFolder, seed: int) -> store.Manifest:
    scenario = fake_runs.scenario(replicates=3, months=12, seed=seed)
    made = assemble(run_scenario(scenario, simulate=fake_runs.simulate).records)
    origin = store.Origin(scenario.resolved, scenario.digest, "run", seed, seeds_of(scenario), "fast", "cxsim run", "now", 0.1)
    parts = {"months": store.Table(made.months), "runs": store.Table(made.runs, WHOLE)}
    return store.write(place, origin, parts, store.to_cells(SummaryRow, summarize(made.runs)), {}, texts={"a.txt": str(seed)})


def test_one_reader_never_mixes_two_results(tmp_path: Path) -> None:
    """Each table was held against the manifest of its own moment: ``run --force`` in between gave tables of two results."""
    place = place_of(tmp_path / "out")
    manifest = a_run(place, 1)
    first = store.read(place, manifest, "runs")
    store.add_file(place, store.REPORT, b"<html>")  # the results stay the same
    assert store.read_text(place, manifest, "a.txt") == "1"
    a_run(place, 2)
    for read in (
        lambda: store.read(place, manifest, "runs"),
        lambda: store.read_rows(place, manifest, SummaryRow),
        lambda: store.read_summary(place, manifest),
        lambda: store.read_text(place, manifest, "a.txt"),
    ):
        with pytest.raises(StoreError, match="was replaced by other results meanwhile; give the command again"):
            read()
    now = store.read(place, store.read_manifest(place), "runs")
    assert not np.array_equal(first["value"], now["value"])


def test_tables_that_are_read_late_are_those_of_their_results(tmp_path: Path) -> None:
    place = finished(tmp_path / "out", MINE)
    found = SweepStudy(MINE).read(place)
    shutil.rmtree(place.path)
    finished(place.path, OTHER)
    with pytest.raises(StoreError, match=r"cannot be read: No such file"):
        found.tables["runs"]
    assert len(frame_of(place, store.read_manifest(place))) == RUNS


def test_what_is_checked_is_what_is_read(tmp_path: Path) -> None:
    """A file that takes the place of another one, between the check and the reading, is not read."""
    path = tmp_path / "table"
    path.write_text("checked")
    about = {"sha256": provenance.file_digest(path), "bytes": 7}
    with provenance.open_whole(path, about) as file:
        (tmp_path / "new").write_text("another")
        os.replace(tmp_path / "new", path)
        assert file.read() == b"checked"
    with pytest.raises(StoreError, match="is damaged"), provenance.open_whole(path, about):
        pass  # pragma: no cover


def test_the_manifest_tells_what_was_asked(tmp_path: Path) -> None:
    place = finished(tmp_path / "out", MINE)
    assert QUERY in json.loads((place.path / MANIFEST).read_text())["files"]
