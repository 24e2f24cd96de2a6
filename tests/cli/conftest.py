"""The command line, as tests of commands call it."""

from pathlib import Path

import pytest
from command_line import Cxsim


@pytest.fixture
def cxsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cxsim:
    """The command line in an empty folder."""
    return Cxsim(monkeypatch, capsys, tmp_path)
