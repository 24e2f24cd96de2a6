"""The README keeps its promises: short, two lines to start with, links that lead somewhere, examples that run."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from documents import DOCUMENTS, ROOT, fenced, text_of

from cxsim.cli import COMMANDS

README = text_of("README.md")
QUICK_START = README.partition("\n## Quick start\n")[2].partition("\n## ")[0]
LINES = (
    'python3 -m pip install ".[report]" && python3 -m cxsim run scenarios/survive_to_thrive.toml',
    'python3 -m pip install ".[test]" && python3 -m pytest -n auto',
)
HOSTS = {"keepachangelog.com", "semver.org", "json-schema.org", "docs.pytest.org"}
HOSTS |= {"mesa.readthedocs.io", "cosmic-ray.readthedocs.io"}


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 100


def test_quick_start_holds_two_lines_in_order() -> None:
    assert fenced(QUICK_START, "sh") == [f"{line}\n" for line in LINES]
    assert QUICK_START.count("```") == 4
    assert fenced(README, "sh") == fenced(QUICK_START, "sh")


def test_the_check_command_runs_the_second_line() -> None:
    """``.ci/run`` reads the line from the README with awk; this is what it finds."""
    program = re.search(r"test_line=\$\(awk '(.*)' README.md\)", text_of(".ci/run"))
    assert program is not None
    found = subprocess.run(["awk", program[1], "README.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == LINES[1] + "\n"


def test_what_the_lines_need_is_there() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    assert "test" in project["optional-dependencies"]
    assert project["requires-python"] == ">=3.11"
    assert (ROOT / "scenarios" / "survive_to_thrive.toml").is_file()


def test_every_command_is_listed_with_options_that_exist() -> None:
    table = README.partition("\n## Commands\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `cxsim ([\w-]+)", table, re.MULTILINE)) == set(COMMANDS)
    from cxsim.cli.run import command

    known = {name for option in command.params if isinstance(option, click.Option) for name in option.opts}
    assert set(re.findall(r"`(--[a-z-]+)", table)) <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("https://", "http://")):
            continue
        name, _, anchor = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        assert path.exists(), target
        assert path.is_relative_to(ROOT), target
        if anchor:
            assert anchor in anchors(path.read_text(encoding="utf-8")), target


def anchors(text: str) -> set[str]:
    """Anchors of headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_go_to_known_hosts_only(document: Path) -> None:
    """No package registry is among them: how packages are fetched is the user's own affair."""
    assert set(re.findall(r"https?://([^/\s)>]+)", document.read_text(encoding="utf-8"))) <= HOSTS


def test_python_examples_run() -> None:
    """In a process of its own, started in the checkout as a reader would; fewer months, for the sake of time."""
    examples = fenced(README, "python")
    assert examples
    told = [document for document in DOCUMENTS if document.name != "CONTRIBUTING.md"]  # which shows entries, not programs
    elsewhere = {document.name for document in told if fenced(document.read_text(encoding="utf-8"), "python")}
    assert elsewhere == {"README.md", "data.md", "python.md", "sweeps.md"}, (
        "these have tests of their own: test_data_example.py, test_python_example.py, test_sweep_example.py"
    )
    for example in examples:
        short = example.replace("range(24)", "range(3)")
        done = subprocess.run([sys.executable, "-c", short], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert re.fullmatch(r"(?:(?:Verysmallco|Smallco|Largeco) \d+ -?\d+\n)+", done.stdout), done.stdout
