"""The example in docs/data.md reads what a run leaves behind, and comes to the figures of its summary."""

import subprocess
import sys
from pathlib import Path

import pytest
from documents import ROOT, fenced, text_of

from cxsim.store.tables import from_csv

SHORT = ("--months", "24", "--replicates", "4", "--set", "market.customers=400", "--no-plots", "--quiet")


def test_the_example_with_pandas_finds_the_means_of_the_summary(tmp_path: Path) -> None:
    scenario = str(ROOT / "scenarios" / "survive_to_thrive.toml")
    subprocess.run([sys.executable, "-m", "cxsim", "run", scenario, *SHORT], cwd=tmp_path, check=True)
    (example,) = fenced(text_of("docs/data.md"), "python")
    done = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    header, _, *years = (line.split() for line in done.stdout.splitlines())
    assert [year[0] for year in years] == ["11", "23"]
    rows = from_csv((tmp_path / "results" / "survive_to_thrive" / "summary.csv").read_text(encoding="utf-8"))
    wanted = {row["arm"]: float(row["mean"]) for row in rows if (row["kind"], row["measure"]) == ("mean", "customers")}
    assert dict(zip(header[1:], map(float, years[-1][1:]), strict=True)) == pytest.approx(wanted)
