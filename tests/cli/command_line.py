"""What tests of commands share: the command line in the process of a test, and in one of its own that is interrupted."""

import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import cxsim
from cxsim.cli import main

ROOT = Path(__file__).parents[2]
PACKAGE = str(Path(cxsim.__file__).parents[1])  # of the cxsim that is tested, whose compiled code is there
SCENARIOS = ROOT / "scenarios"
SCENARIO = str(SCENARIOS / "survive_to_thrive.toml")
FAKES = runpy.run_path(str(ROOT / "tests" / "fake_runs.py"))


class Cxsim:
    """The command line in a folder of its own. A call gives exit code, output and errors."""

    first: tuple[str, ...] = ()  # words that every call begins with

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self.patch, self.capsys, self.folder = monkeypatch, capsys, folder
        monkeypatch.chdir(folder)

    def __call__(self, *words: str) -> tuple[int, str, str]:
        self.patch.setattr(sys, "argv", ["cxsim", *self.first, *words])
        with pytest.raises(SystemExit) as left:
            main()
        told = self.capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, told.out, told.err

    def of(self, *first: str) -> "Cxsim":
        """Return the same command line for calls that all begin with some words."""
        one = Cxsim(self.patch, self.capsys, self.folder)
        one.first = first
        return one

    def engine(self, simulate: Any) -> None:
        """Put something in place of the engine, such as made-up histories."""
        self.patch.setattr("cxsim.engine.simulate", simulate)


def interrupted(folder: Path, *words: str) -> tuple[int, str]:
    """Exit code and errors of a command that is interrupted while it runs scenarios."""
    command = [sys.executable, "-m", "cxsim", *words]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if " runs" in line and " of " in line:
                break
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    return process.returncode, err
