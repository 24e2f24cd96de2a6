"""Results appear whole or not at all, never take the place of anything by accident, and say when they are damaged."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fake_runs
from cxsim import store
from cxsim.errors import StoreError
from cxsim.measures.registry import WHOLE
from cxsim.store import folder, provenance
from cxsim.store.tables import read_parquet, rows_in, write_parquet
from cxsim.studies.base import Runner
from cxsim.studies.run.execute import assemble, run_scenario, seeds_of
from cxsim.studies.run.summary import SummaryRow, summarize


def origin(scenario: Any) -> store.Origin:
    return store.Origin(
        scenario.resolved, scenario.digest, scenario.name, scenario.seed, seeds_of(scenario), "fast", "cxsim run x", "now", 1.0
    )


def keep(path: Path, scenario: Any, workers: int = 1) -> store.ResultFolder:
    tables = assemble(run_scenario(scenario, runner=Runner(workers), simulate=fake_runs.simulate).records)
    place = store.chosen_folder(str(path))
    parts = {"months": store.Table(tables.months), "runs": store.Table(tables.runs, WHOLE)}
    store.write(place, origin(scenario), parts, store.to_cells(SummaryRow, summarize(tables.runs)), {"value": b"png"})
    return place


def wanted(scenario: Any) -> dict[str, str]:
    return store.identity(scenario.digest, seeds_of(scenario))


def test_tables_have_the_same_bytes_whatever_the_workers(tmp_path: Path) -> None:
    scenario = fake_runs.scenario()
    keep(tmp_path / "one", scenario, 1)
    keep(tmp_path / "two", scenario, 3)
    for name in ("months.parquet", "runs.parquet", "summary.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_manifest_tells_where_every_file_comes_from(tmp_path: Path) -> None:
    scenario = fake_runs.scenario()
    place = keep(tmp_path / "out", scenario)
    manifest = json.loads((place.path / "manifest.json").read_text())
    assert sorted(manifest["files"]) == ["months.parquet", "plots/value.png", "runs.parquet", "summary.csv"]
    for name, about in manifest["files"].items():
        rows = {"rows": rows_in(place.path / name)} if name.endswith(".parquet") else {}
        assert about == {
            "sha256": provenance.file_digest(place.path / name),
            "bytes": (place.path / name).stat().st_size,
            **rows,
        }
    assert manifest["replicate_seeds"] == seeds_of(scenario)
    assert manifest["scenario"] == scenario.resolved
    assert str(tmp_path) not in json.dumps(manifest["machine"])


def test_columns_come_back_as_they_were(tmp_path: Path) -> None:
    tables = assemble(run_scenario(fake_runs.scenario(), simulate=fake_runs.simulate).records)
    write_parquet(tmp_path / "runs.parquet", tables.runs, WHOLE)
    back = read_parquet(tmp_path / "runs.parquet")
    assert list(back) == list(tables.runs)
    for name, column in tables.runs.items():
        np.testing.assert_array_equal(back[name], column)


def test_the_same_content_is_found_and_other_content_is_not_replaced(tmp_path: Path) -> None:
    scenario = fake_runs.scenario()
    place = keep(tmp_path / "out", scenario)
    before = (place.path / "manifest.json").read_bytes()
    assert store.find(place, wanted(scenario), force=False) is not None
    assert store.find(place, wanted(scenario), force=True) is None
    with pytest.raises(StoreError, match=r"other settings and other seeds.*--force"):
        store.find(place, wanted(fake_runs.scenario(seed=8)), force=False)
    assert (place.path / "manifest.json").read_bytes() == before


def test_another_model_is_other_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = fake_runs.scenario()
    place = keep(tmp_path / "out", scenario)
    monkeypatch.setattr(provenance, "model_digest", lambda: "edited")
    with pytest.raises(StoreError, match="another version of the model"):
        store.find(place, wanted(scenario), force=False)


def test_an_edited_rule_has_another_digest(tmp_path: Path) -> None:
    for part in ("model", "engine"):
        (tmp_path / part).mkdir()
    rule = tmp_path / "model" / "rule.py"
    rule.write_text("x = 1\n")
    before = provenance.sources_digest(("model", "engine"), tmp_path)
    rule.write_text("x = 2\n")
    assert provenance.sources_digest(("model", "engine"), tmp_path) != before
    rule.rename(tmp_path / "engine" / "rule.py")
    (tmp_path / "engine" / "rule.py").write_text("x = 1\n")
    assert provenance.sources_digest(("model", "engine"), tmp_path) != before


@pytest.mark.parametrize("part", ["gone", "gone.py"])
def test_sources_that_have_moved_are_an_error(tmp_path: Path, part: str) -> None:
    with pytest.raises(FileNotFoundError, match="gone"):
        provenance.sources_digest((part,), tmp_path)


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    scenario = fake_runs.scenario()
    place = keep(tmp_path / "out", scenario)
    file = place.path / "months.parquet"
    good, whole = file.read_bytes(), read_parquet(file)
    for at in range(200, len(good) // 2, max(len(good) // 20, 1)):
        file.write_bytes(good[:at] + bytes([good[at] ^ 4]) + good[at + 1 :])
        with pytest.raises(StoreError, match="damaged"):
            store.find(place, wanted(scenario), force=False)
        with pytest.raises(StoreError, match="damaged"):
            store.read(place, store.read_manifest(place), "months")
        assert _noticed_or_harmless(file, whole)


def _noticed_or_harmless(file: Path, whole: dict[str, Any]) -> bool:
    """Page checksums do not cover page headers, in which a flipped bit may change nothing that is read."""
    try:
        found = read_parquet(file)
    except StoreError:
        return True
    return all(np.array_equal(found[name], whole[name], equal_nan=whole[name].dtype.kind == "f") for name in whole)


def test_replacing_leaves_only_the_new(tmp_path: Path) -> None:
    place = keep(tmp_path / "out", fake_runs.scenario())
    other = fake_runs.scenario(seed=8)
    keep(tmp_path / "out", other)
    assert store.find(place, wanted(other), force=False) is not None
    assert os.listdir(tmp_path) == ["out"]


def test_files_of_others_are_never_removed(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("dear")
    place = store.chosen_folder(str(tmp_path / "letters"))
    for force in (False, True):
        with pytest.raises(StoreError, match="not results"):
            store.find(place, wanted(fake_runs.scenario()), force)
    results = keep(tmp_path / "out", fake_runs.scenario())
    (results.path / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match=r"notes\.txt"):
        store.find(results, wanted(fake_runs.scenario()), force=True)


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert store.find(store.chosen_folder(str(tmp_path / "out")), wanted(fake_runs.scenario()), force=False) is None
    keep(tmp_path / "out", fake_runs.scenario())
    assert (tmp_path / "out" / "manifest.json").is_file()


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), OSError(28, "No space left on device"), OSError(30, "Read-only file system")]
)
@pytest.mark.parametrize("there", [True, False])
def test_a_write_that_breaks_off_leaves_everything_as_it_was(tmp_path: Path, error: BaseException, there: bool) -> None:
    if there:
        keep(tmp_path / "deep" / "out", fake_runs.scenario())
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))

    def fill(path: Path) -> None:
        (path / "half").write_text("half")
        raise error

    with pytest.raises((StoreError, KeyboardInterrupt)) as caught:
        folder.replace_folder(store.chosen_folder(str(tmp_path / "deep" / "out")), fill)
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before
    if isinstance(caught.value, StoreError):
        assert "\n" not in str(caught.value)
        assert "nothing was written" in str(caught.value)


def test_a_swap_that_breaks_off_puts_the_old_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = keep(tmp_path / "out", fake_runs.scenario())
    before = (place.path / "manifest.json").read_bytes()
    rename = Path.rename

    def breaking(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", breaking)
    with pytest.raises(KeyboardInterrupt):
        keep(tmp_path / "out", fake_runs.scenario(seed=8))
    assert (place.path / "manifest.json").read_bytes() == before
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("name", ["..", "../x", "a/b", "", ".hidden", "a\nb", "x" * 300])
def test_names_that_leave_the_folder_are_refused(name: str) -> None:
    with pytest.raises(StoreError, match="cannot name a folder"):
        store.default_folder(name)


def test_links_and_files_are_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="symbolic link"):
        store.chosen_folder(str(tmp_path / "link"))
    with pytest.raises(StoreError, match="is a file"):
        store.chosen_folder(str(tmp_path / "file"))
    with pytest.raises(StoreError, match="root"):
        store.chosen_folder("/")
    with pytest.raises(StoreError, match="is a file, not a folder"):
        store.chosen_folder(str(tmp_path / "file" / "below"))


@pytest.mark.parametrize("path", ["", "a" * 300, "a" * 300 + "/b"])
def test_paths_that_cannot_be_are_refused(path: str) -> None:
    with pytest.raises(StoreError, match=r"too long|empty"):
        store.chosen_folder(path)


def test_a_file_is_added_as_a_whole_and_known_from_then_on(tmp_path: Path) -> None:
    scenario = fake_runs.scenario()
    place = keep(tmp_path / "out", scenario)
    before = {path: path.read_bytes() for path in place.path.rglob("*.parquet")}
    for content in (b"first", b"second, longer"):
        store.add_file(place, "page.html", content)
        manifest = store.read_manifest(place)
        assert (place.path / "page.html").read_bytes() == content
        assert manifest["files"]["page.html"]["bytes"] == len(content)
    assert {path: path.read_bytes() for path in before} == before
    assert store.find(place, wanted(scenario), force=False) is not None
    assert store.find(place, wanted(scenario), force=True) is None
    assert os.listdir(tmp_path) == ["out"]


def test_a_file_that_cannot_be_added_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = keep(tmp_path / "out", fake_runs.scenario())
    before = {path: path.read_bytes() for path in place.path.rglob("*") if path.is_file()}

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "_sync", full)
    with pytest.raises(StoreError, match="the disk is full"):
        store.add_file(place, "page.html", b"x")
    assert {path: path.read_bytes() for path in place.path.rglob("*") if path.is_file()} == before
    assert os.listdir(tmp_path) == ["out"]


def test_a_file_is_added_where_files_cannot_be_linked_and_behind_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(tmp_path / "out", fake_runs.scenario())
    (tmp_path / "link").symlink_to("out")

    def refused(*_: Any, **__: Any) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    store.add_file(store.existing_folder(str(tmp_path / "link")), "page.html", b"x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "out" / "page.html").read_bytes() == b"x"
