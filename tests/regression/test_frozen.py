"""Results and words are as they were frozen; and a change of either is told."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from frozen import (
    PARTS,
    Case,
    check,
    csv_hashes,
    differences,
    folder_hashes,
    measure,
    prepare,
    table_hashes,
    words_digest,
    written,
)

TABLE = {"arm": ["a", "b"], "run": ["0f", "1e"], "value": [1.5, float("nan")], "month": [0, 7], "survived": [True, False]}


def hashes(**changed: object) -> dict[str, dict[str, str]]:
    return {"run/x/runs.parquet": table_hashes(pa.table(TABLE | changed))}


@pytest.mark.slow
def test_nothing_moved(capsys: pytest.CaptureFixture[str]) -> None:
    moved = check(list(PARTS))
    assert moved == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("arm", ["a", "c"]),
        ("value", [1.5000000000000002, float("nan")]),
        ("value", [1.5, None]),
        ("month", [0, 8]),
        ("month", [0.0, 7.0]),
        ("survived", [True, True]),
    ],
)
def test_changed_values_are_told(column: str, values: list[object]) -> None:
    assert differences(hashes(), hashes(**{column: values})) == [f"run/x/runs.parquet: moved: {column}"]


def test_order_matters_and_the_sign_of_zero_too() -> None:
    assert differences(hashes(month=[7, 0]), hashes()) == ["run/x/runs.parquet: moved: month"]
    assert differences(hashes(value=[0.0, 1.0]), hashes(value=[-0.0, 1.0])) == ["run/x/runs.parquet: moved: value"]


def test_all_nans_are_the_same_and_labels_are_compared_however_they_are_stored() -> None:
    other_nan = np.array([0x7FF8000000000001], np.uint64).view(np.float64)[0]
    stored = pa.array(TABLE["arm"]).dictionary_encode()
    assert differences(hashes(), hashes(value=[1.5, other_nan], arm=stored)) == []


def test_identities_of_runs_are_left_out() -> None:
    assert differences(hashes(), hashes(run=["2d", "3c"])) == []


def test_missing_and_new_columns_and_tables_are_told() -> None:
    fewer = {"run/x/runs.parquet": table_hashes(pa.table(TABLE).drop_columns(["month"]))}
    assert differences(hashes(), fewer) == ["run/x/runs.parquet: missing: month"]
    assert differences(fewer, hashes()) == ["run/x/runs.parquet: new: month"]
    assert differences(hashes(), {}) == ["run/x/runs.parquet: the table is missing"]
    assert differences({}, hashes()) == ["run/x/runs.parquet: the table is new"]


def test_tables_of_text_are_compared_as_text() -> None:
    before, after = csv_hashes('a,"b,c"\n1,2\n3,\n'), csv_hashes('a,"b,c"\n1.0,2\n3,\n')
    assert list(before) == ["a", "b,c"]
    assert differences({"t": before}, {"t": after}) == ["t: moved: a"]


def test_words_are_compared_without_clocks_and_folders(tmp_path: Path) -> None:
    told = words_digest(f"Results: {tmp_path}/out (9 runs in 1.4 s)", tmp_path)
    assert told == words_digest("Results: /elsewhere/out (9 runs in 93.4 s)", Path("/elsewhere"))
    assert told != words_digest("Results: /elsewhere/out (8 runs in 1.4 s)", Path("/elsewhere"))


def test_folders_give_their_tables_and_their_words(tmp_path: Path) -> None:
    parts = tmp_path / "out" / "runs"
    parts.mkdir(parents=True)
    pa.parquet.write_table(pa.table(TABLE), parts / "00000-8ab4.parquet")
    (tmp_path / "out" / "summary.csv").write_text("arm,mean\na,1\n")
    (tmp_path / "out" / "answer.txt").write_text("Yes.\n")
    (tmp_path / "out" / "manifest.json").write_text("{}")
    found = folder_hashes(tmp_path)
    assert {table: list(columns) for table, columns in found.items()} == {
        "runs/00000.parquet": ["arm", "value", "month", "survived"],
        "summary.csv": ["arm", "mean"],
        "text": ["text:answer.txt"],
    }


def test_a_command_that_does_not_work_is_told() -> None:
    done = measure("run", Case("x", (("run", "scenarios/absent.toml"),)))
    assert done.hashes == {"run/x/text": {"exit": "2"}}
    assert "absent.toml" in done.trouble


def test_edits_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0 times"):
        prepare(Case("x", (), (("baseline.toml", "no such text", ""),)), tmp_path)


def test_names_of_cases_are_unique_and_the_file_is_sorted() -> None:
    for cases in PARTS.values():
        names = [case.name for case in cases()]
        assert len(set(names)) == len(names)
    assert written({"b": {"y": "1", "x": "2"}, "a": {}}) == '{\n"a": {},\n"b": {"x": "2", "y": "1"}\n}\n'
