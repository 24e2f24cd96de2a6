"""The example in docs/sweeps.md: a sweep from Python, run as a script of its own, with fewer months and replicates."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from documents import ROOT, fenced, text_of


def test_the_example_runs_and_goes_on(tmp_path: Path) -> None:
    (example,) = fenced(text_of("docs/sweeps.md"), "python")
    short = example.replace("replicates=10", "replicates=2, months=12").replace('customers": 1000', 'customers": 300')
    assert short.count("months=12") == short.count("300") == 1
    (tmp_path / "example.py").write_text(short, encoding="utf-8")  # spared a guard around its main part
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    told = [_run(tmp_path) for _ in range(2)]
    assert told[0] == told[1]
    assert len(re.findall(r"(?:customize|pivot) +-?[\d.]+$", told[0], re.MULTILINE)) == 6
    assert told[0].splitlines()[-1] == "[]"
    assert (tmp_path / "results" / "homogeneity" / "manifest.json").is_file()


def _run(folder: Path) -> str:
    done = subprocess.run([sys.executable, "example.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
