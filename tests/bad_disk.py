"""A disk on which calls fail, for tests of what is then told and kept."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CALLS = ("open", "write", "fsync", "replace", "ftruncate", "mkdir", "unlink", "close")


class BadDisk:
    """Stands for ``os`` in ``store/disk.py``. Call number ``bad`` fails with ``number``, and all later ones if it ``lasts``."""

    def __init__(self, bad: int = 0, number: int = 0, lasts: bool = False) -> None:
        self.bad, self.number, self.lasts, self.calls = bad, number, lasts, 0
        self.failed = ""

    def __getattr__(self, name: str) -> Any:
        return self._watched(name) if name in CALLS else getattr(os, name)

    def _watched(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            self.calls += 1
            if self.calls == self.bad or (self.lasts and self.failed and name != "close"):
                self.failed = self.failed or name
                if name == "write":
                    os.write(arguments[0], arguments[1][: len(arguments[1]) // 2])
                if name == "close":
                    os.close(*arguments)
                raise OSError(self.number, os.strerror(self.number))
            return None if name == "fsync" else getattr(os, name)(*arguments)

        return call


@contextlib.contextmanager
def small_disk(point: Path, kilobytes: int) -> Iterator[None]:
    """Mount a disk of so many kilobytes at a folder that is made."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    point.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(point)], check=False)
    if done.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(point)], check=True)
