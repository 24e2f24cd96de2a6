"""Every line of the sheet of surroundings names a test that exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = [line for line in (ROOT / "docs" / "environments.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
HELD = [line for line in LINES if "---" not in line and not line.startswith("| surroundings")]


@pytest.mark.parametrize("line", HELD)
def test_a_test_holds_it(line: str) -> None:
    named = re.search(r"`(tests/[a-z_/]+\.py)::(test_\w+)` \|$", line)
    assert named, "the last column names a test"
    tree = ast.parse((ROOT / named[1]).read_text(encoding="utf-8"))
    assert named[2] in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
