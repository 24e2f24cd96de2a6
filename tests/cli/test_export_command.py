"""``cxsim export`` from the outside: every table as CSV, whole or not at all, with what each column means."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from command_line import FAKES, SCENARIO, Cxsim
from sweep_files import SWEEP, Here, contents, write_sweep

from cxsim.measures.dictionary import sweep_month_dictionary, sweep_run_dictionary
from cxsim.store import Origin, chosen_folder, existing_folder, read_manifest
from cxsim.store.export import export_csv
from cxsim.store.folder import MANIFEST
from cxsim.store.parts import write_parts
from cxsim.store.results import finish
from cxsim.store.tables import ROWS_IN_GROUP
from cxsim.studies.sweep.results import frame_of

PLACE = "results/sweep_small"
FACTORS = ("market.homogeneity", "firms.founders.pivot.month")


@pytest.fixture
def swept(cxsim: Cxsim, monkeypatch: pytest.MonkeyPatch) -> Cxsim:
    """The command line in a folder with a sweep that keeps every measure and every month."""
    measures = next(line for line in SWEEP.splitlines() if line.startswith("measures"))
    write_sweep(cxsim.folder, text=SWEEP.replace(measures, 'detail = "months"'))
    monkeypatch.setattr("cxsim.studies.sweep.run.ProcessPool", Here)
    assert cxsim("sweep", "small.toml", "--quiet") == (0, "", "")
    return cxsim


def told_columns(folder: Path) -> dict[str, dict[str, tuple[str, str]]]:
    """Unit and meaning of the columns of each table, as they were exported."""
    tables: dict[str, dict[str, tuple[str, str]]] = {}
    with (folder / "columns.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            tables.setdefault(row["table"], {})[row["column"]] = (row["unit"], row["meaning"])
    return tables


def test_every_table_of_a_sweep_is_exported_as_it_is(swept: Cxsim) -> None:
    code, out, err = swept("export", PLACE, "--csv")
    assert (code, err) == (0, "")
    folder, place = swept.folder / f"{PLACE}-csv", existing_folder(PLACE)
    assert {path.name for path in folder.iterdir()} == {"columns.csv", "months.csv", "runs.csv", "summary.csv"}
    for name in ("runs", "months"):
        wanted = frame_of(place, read_manifest(place), name)
        found = pd.read_csv(folder / f"{name}.csv", dtype={"seed": "uint64"})
        assert f"{PLACE}-csv/{name}.csv: {len(wanted):,} rows" in out
        pd.testing.assert_frame_equal(found, wanted, check_dtype=False, rtol=1e-14)
        with (folder / f"{name}.csv").open(encoding="utf-8") as file:
            fits = [float(row["fit"] or "nan") for row in csv.DictReader(file)]
        np.testing.assert_array_equal(fits, wanted["fit"])  # to the last bit
    assert (folder / "summary.csv").read_bytes() == (place.path / "summary.csv").read_bytes()


def test_each_column_is_explained(swept: Cxsim) -> None:
    assert swept("export", PLACE, "--csv")[0] == 0
    folder = swept.folder / f"{PLACE}-csv"
    told = told_columns(folder)
    assert {f"{name}.csv" for name in told} | {"columns.csv"} == {path.name for path in folder.iterdir()}
    for name, columns in told.items():
        assert list(columns) == list(pd.read_csv(folder / f"{name}.csv", nrows=1).columns)
        assert all(unit and meaning for unit, meaning in columns.values())
        assert "](" not in "".join(meaning for _, meaning in columns.values())
    assert list(told["runs"]) == list(sweep_run_dictionary(FACTORS))
    assert list(told["months"]) == list(sweep_month_dictionary())
    assert told["runs"]["market.homogeneity"][0] == "share"
    assert told["runs"]["firms.founders.pivot.month"][0] == "months"
    assert told["summary"]["survived_mean"][0] == "share"


def test_results_of_a_run_are_exported_too(cxsim: Cxsim) -> None:
    cxsim.engine(FAKES["simulate"])
    short = ("--months", "12", "--replicates", "2", "--no-plots", "--no-report", "--quiet")
    assert cxsim("run", SCENARIO, *short, "--out", "made")[0] == 0
    assert cxsim("export", "made", "--csv", "--out", "tables")[0] == 0
    told = told_columns(cxsim.folder / "tables")
    assert set(told) == {"months", "runs", "summary"}
    assert all(unit and meaning for columns in told.values() for unit, meaning in columns.values())
    runs = pd.read_parquet(cxsim.folder / "made" / "runs.parquet")
    assert (pd.read_csv(cxsim.folder / "tables" / "runs.csv")["value"] == runs["value"]).all()


def test_the_format_is_asked_for(swept: Cxsim) -> None:
    code, out, err = swept("export", PLACE)
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: name the format: cxsim export {PLACE} --csv.")
    assert "Parquet" in err


def test_nothing_is_overwritten_or_lost(swept: Cxsim) -> None:
    before = contents(swept.folder / PLACE)
    assert swept("export", PLACE, "--csv")[0] == 0
    tables = contents(swept.folder / f"{PLACE}-csv")
    code, _, err = swept("export", PLACE, "--csv")
    assert (code, err.partition(";")[0]) == (2, f"Error: {PLACE}-csv holds tables already")
    assert swept("export", PLACE, "--csv", "--force")[0] == 0
    assert contents(swept.folder / f"{PLACE}-csv") == tables
    (swept.folder / f"{PLACE}-csv" / "notes.txt").write_text("mine")
    for out, message in (
        (f"{PLACE}-csv", "holds something other than exported tables"),
        (".", "holds something other than exported tables"),
        (PLACE, "lies in the results themselves"),
        (f"{PLACE}/csv", "lies in the results themselves"),
        ("small.toml", "small.toml is a file"),
    ):
        code, _, err = swept("export", PLACE, "--csv", "--force", "--out", out)
        assert (code, message in err) == (2, True), err
    assert contents(swept.folder / PLACE) == before


@pytest.mark.parametrize("what", ["runs/", "months/", "summary.csv"])
def test_damaged_results_are_not_exported(swept: Cxsim, what: str) -> None:
    (path,) = (path for path in (swept.folder / PLACE).rglob("*") if path.is_file() and what in path.as_posix())
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    code, out, err = swept("export", PLACE, "--csv")
    assert (code, out) == (2, "")
    assert err == f"Error: {PLACE}/{path.relative_to(swept.folder / PLACE).as_posix()} is damaged\n"
    assert [path.name for path in (swept.folder / "results").iterdir()] == ["sweep_small"]


def test_what_cannot_be_exported_is_told(swept: Cxsim) -> None:
    (swept.folder / PLACE / MANIFEST).unlink()
    (swept.folder / "empty").mkdir()
    for place, message in (
        (PLACE, f"{PLACE} is not finished; finish it first: cxsim resume {PLACE}"),
        ("empty", "empty is not a folder of results: it has no manifest.json"),
        ("results/sweep_smll", "results/sweep_smll: no such folder; did you mean 'sweep_small'?"),
    ):
        assert swept("export", place, "--csv") == (2, "", f"Error: {message}\n")


def test_memory_does_not_grow_with_the_table(swept: Cxsim) -> None:
    """Rows are read and written some at a time: of a table of 25 MB, no more than a few groups of rows stand in memory."""
    place, groups = existing_folder(PLACE), 6
    draws = np.random.default_rng(1)
    names = write_parts(place.path, "runs", ({"x": draws.random((4, ROWS_IN_GROUP))[k % 4]} for k in range(4 * groups)))
    shutil.rmtree(place.path / "months")
    origin = Origin({}, "", "large", 1, [], "fast", "", "", 0.0)
    finish(place, origin, [name for name in names if "runs" in name])
    ours = pa.proxy_memory_pool(before := pa.default_memory_pool())
    pa.set_memory_pool(ours)
    try:
        rows = export_csv(place, chosen_folder("large"), lambda table, columns: {})
    finally:
        pa.set_memory_pool(before)
    assert rows == {"runs": 4 * groups * ROWS_IN_GROUP}
    assert 0 < ours.max_memory() < 12_000_000
