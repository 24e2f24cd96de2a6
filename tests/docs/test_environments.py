"""Every line of the sheet of surroundings names a test that exists, and its versions are those that the project asks for."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SURROUNDINGS, _, VERSIONS = (ROOT / "docs" / "environments.md").read_text(encoding="utf-8").partition("\n## Versions\n")
LINES = [line for line in SURROUNDINGS.splitlines() if line.startswith("| ")]
HELD = [line for line in LINES if "---" not in line and not line.startswith("| surroundings")]


@pytest.mark.parametrize("line", HELD)
def test_a_test_holds_it(line: str) -> None:
    named = re.search(r"`(tests/[a-z_/]+\.py)::(test_\w+)` \|$", line)
    assert named, "the last column names a test"
    tree = ast.parse((ROOT / named[1]).read_text(encoding="utf-8"))
    assert named[2] in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_oldest_versions_that_were_tried_are_those_that_the_project_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in VERSIONS.splitlines() if line.startswith("| 3.")]
    tried = [row for row in rows if row[-1].startswith("passed")]
    least = {
        name.partition("[")[0]: text for name, text in re.findall(r"([a-z[\]]+)>=([0-9.]+)", " ".join(project["dependencies"]))
    }
    for column, wanted in enumerate(
        (project["requires-python"].removeprefix(">="), *map(least.get, ("mesa", "numpy", "numba")))
    ):
        oldest = min((row[column] for row in tried), key=lambda text: [*map(int, text.split("."))])
        assert oldest.startswith(f"{wanted}."), (column, oldest)
    assert {".".join(row[0].split(".")[:2]) for row in rows} == {"3.11", "3.12", "3.13", "3.14"}
    assert all(row[-1].startswith(("passed", "cannot be had: ", "not tried ")) for row in rows)
