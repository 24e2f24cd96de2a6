"""The example in docs/python.md: studies from Python, run as a script of its own, with fewer months and replicates."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from documents import ROOT, fenced, text_of

import cxsim

TEXT = text_of("docs/python.md")


def test_the_example_runs(tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    (example,) = fenced(TEXT, "python")
    short = example.replace("replicates=20", "replicates=2, months=12")
    assert short.count("months=12") == 3
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    done = subprocess.run([sys.executable, "-c", short], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"^(?:customize|pivot|standard) +-?[\d.]+$", done.stdout, re.MULTILINE)) == 3
    assert "on the same 2 seeds" in done.stdout
    assert (tmp_path / "results" / "plain" / "manifest.json").is_file()
    assert "Survive to thrive" in (tmp_path / "plain.html").read_text(encoding="utf-8")


def test_it_lists_every_study() -> None:
    named = set(re.findall(r"^\| `cxsim\.(\w+)\(", TEXT, re.MULTILINE))
    assert named == {name for name, home in cxsim.HOMES.items() if home == "cxsim.studies.api"}
