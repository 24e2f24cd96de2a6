"""What tests of reports share: the command on made-up histories, and the sizes of screens."""

import runpy
import sys
from pathlib import Path

import pytest

from cxsim.cli import main

ROOT = Path(__file__).parents[2]
FAKES = runpy.run_path(str(ROOT / "tests" / "fake_runs.py"))
SCENARIO = str(ROOT / "scenarios" / "survive_to_thrive.toml")
PHONE, DESK = 390, 1200


def cxsim(*words: str) -> int:
    """Leave the command with its exit code; engines give made-up histories."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cxsim.engine.simulate", FAKES["simulate"])
        patch.setattr(sys, "argv", ["cxsim", *words])
        with pytest.raises(SystemExit) as left:
            main()
    assert isinstance(left.value.code, int)
    return left.value.code
