"""Tables of results as CSV: whole, as they are, and only from results that are."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import fake_runs
from cxsim.errors import StoreError
from cxsim.store import Origin, ResultFolder, chosen_folder, existing_folder
from cxsim.store.export import COLUMNS, export_csv
from cxsim.store.folder import MANIFEST, QUERY
from cxsim.store.parts import write_parts
from cxsim.store.provenance import file_digest, versions
from cxsim.store.results import finish
from cxsim.store.tables import write_parquet

NAMES = np.array(["plain", 'with "quotes", and a comma', "plain"], dtype=object)
COLUMNS_OF = {"name": NAMES, 'a "b", c': np.array([0.1, np.nan, 3.0]), "n": np.array([1, 2, 3])}


def describe(table: str, columns: Sequence[str]) -> dict[str, tuple[str, str]]:
    return {"n": (f"units of {table}", f"one of {len(columns)}")}


@pytest.fixture
def place(tmp_path: Path) -> ResultFolder:
    """Results with a table, a large table in parts, and one that is CSV already."""
    folder = tmp_path / "results"
    folder.mkdir()
    write_parquet(folder / "runs.parquet", COLUMNS_OF)
    (folder / "runs.csv").write_text("the same again\n")
    (folder / "summary.csv").write_text("measure,mean\nvalue,1\n", newline="")
    write_parts(folder, "months", [{"n": np.arange(5)}])
    scenario = fake_runs.scenario()
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    origin = Origin(scenario.resolved, scenario.digest, scenario.name, scenario.seed, [1], "fast", "cxsim run x", "now", 1.0)
    found = chosen_folder(str(folder))
    finish(found, origin, names)
    return found


def test_every_table_is_written_once_with_what_its_columns_mean(place: ResultFolder, tmp_path: Path) -> None:
    out = chosen_folder(str(tmp_path / "out"))
    assert export_csv(place, out, describe) == {"months": 5, "runs": 3, "summary": 1}
    assert sorted(path.name for path in out.path.iterdir()) == [COLUMNS, "months.csv", "runs.csv", "summary.csv"]
    with (out.path / "runs.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == list(COLUMNS_OF)
    assert [row[0] for row in rows] == NAMES.tolist()
    assert [row[1] for row in rows] == ["0.1", "", "3"]
    assert (out.path / "summary.csv").read_bytes() == (place.path / "summary.csv").read_bytes()
    with (out.path / COLUMNS).open(newline="") as file:
        told = {(row["table"], row["column"]): (row["unit"], row["meaning"]) for row in csv.DictReader(file)}
    assert told["runs", "n"] == ("units of runs", "one of 3")
    assert told["runs", "name"] == ("", "")
    assert told["months", "n"] == ("units of months", "one of 1")


def test_other_folders_are_left_alone(place: ResultFolder, tmp_path: Path) -> None:
    for inside in (place, ResultFolder(place.path / "csv", "csv")):
        with pytest.raises(StoreError, match="lies in the results themselves"):
            export_csv(place, inside, describe)
    out = chosen_folder(str(tmp_path / "out"))
    export_csv(place, out, describe)
    with pytest.raises(StoreError, match="holds tables already; add --force"):
        export_csv(place, out, describe)
    assert export_csv(place, out, describe, force=True)["runs"] == 3
    (out.path / "letter.txt").touch()
    with pytest.raises(StoreError, match="holds something other than exported tables"):
        export_csv(place, out, describe, force=True)


@pytest.mark.parametrize(
    ("name", "message"), [("runs.parquet", "runs.parquet is damaged"), ("summary.csv", "summary.csv is damaged")]
)
def test_what_is_damaged_is_not_exported(name: str, message: str, place: ResultFolder, tmp_path: Path) -> None:
    (place.path / name).write_bytes((place.path / name).read_bytes()[:-1])
    with pytest.raises(StoreError, match=message):
        export_csv(place, chosen_folder(str(tmp_path / "out")), describe)
    (place.path / name).unlink()
    with pytest.raises(StoreError, match="cannot be read: No such file"):
        export_csv(place, chosen_folder(str(tmp_path / "out")), describe)
    assert not (tmp_path / "out").exists()


def test_what_is_no_parquet_is_told(place: ResultFolder, tmp_path: Path) -> None:
    path = place.path / "runs.parquet"
    before = file_digest(path)
    path.write_bytes(b"no parquet")
    manifest = place.path / MANIFEST
    manifest.write_text(manifest.read_text().replace(before, file_digest(path)))
    with pytest.raises(StoreError):
        export_csv(place, chosen_folder(str(tmp_path / "out")), describe)


def test_what_is_not_finished_or_holds_no_table_is_told(tmp_path: Path) -> None:
    scenario = fake_runs.scenario()
    place = chosen_folder(str(tmp_path / "results"))
    place.path.mkdir()
    (place.path / QUERY).touch()
    out = chosen_folder(str(tmp_path / "out"))
    with pytest.raises(StoreError, match="is not finished; finish it first: cxsim resume"):
        export_csv(place, out, describe)
    (place.path / QUERY).unlink()
    origin = Origin(scenario.resolved, scenario.digest, scenario.name, scenario.seed, [1], "fast", "cxsim run x", "now", 1.0)
    finish(place, origin, [])
    with pytest.raises(StoreError, match="holds no table"):
        export_csv(place, out, describe)


def test_folders_that_are_not_there_are_told_with_what_was_meant(place: ResultFolder) -> None:
    with pytest.raises(StoreError, match="no such folder; did you mean 'results'"):
        existing_folder(str(place.path.with_name("result")))
    with pytest.raises(StoreError, match=r"no such folder$"):
        existing_folder(str(place.path.with_name("quite-different")))
    with pytest.raises(StoreError, match=r"no such folder$"):
        existing_folder(str(place.path / "no" / "where"))
    with pytest.raises(StoreError, match="'': no such folder"):
        existing_folder("")
    with pytest.raises(StoreError, match="is a file; name the folder of results"):
        existing_folder(str(place.path / MANIFEST))


def test_packages_that_are_missing_are_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxsim.store.provenance.PACKAGES", ("numpy", "no-such-package"))
    found = versions()
    assert found["numpy"] == np.__version__
    assert found["no-such-package"] == "not installed"
