"""What goes to the terminal: how far a command has come, and what failed."""

import math
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import click

from cxsim.execution.runner import Progress
from cxsim.narrative.sentences import PROSE
from cxsim.studies.base import Watch

SOME_FAILED = 3  # exit code
SHOWN = 5  # failures


def width() -> int:
    """Columns of the terminal; those of a page where there is none."""
    return shutil.get_terminal_size((PROSE, 24)).columns


def leave_if_failed(failures: Sequence[str], kept: bool = True) -> None:
    """List what failed on the error stream, and leave with 3; do nothing when nothing did.

    ``kept``: whether a manifest lists them all.
    """
    for text in failures[:SHOWN]:
        click.echo(f"Failed: {text}", err=True)
    if len(failures) > SHOWN:
        where = "; manifest.json lists all" if kept else ""
        click.echo(f"... and {len(failures) - SHOWN} more{where}", err=True)
    if failures:
        raise click.exceptions.Exit(SOME_FAILED)


class Screen(Watch):
    """Tells on the error stream how a study gets on, unless the user wants quiet."""

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet

    def tell(self, text: str) -> None:
        """Tell what is to be known now."""
        if not self.quiet:
            click.echo(text, err=True)

    def progress(self, total: int) -> AbstractContextManager[Progress]:
        """Show a bar, or lines."""
        return show_progress(total, self.quiet)


@contextmanager
def show_progress(total: int, quiet: bool, noun: str = "runs", of: str = "") -> Iterator[Progress]:
    """Give a bar with the time left on a terminal, a line for every tenth elsewhere, and nothing when quiet.

    ``noun`` names the steps, and ``of`` what they are of when there are several such works.
    """
    if quiet:
        yield lambda done, total, failed=0: None
    elif sys.stderr.isatty():
        label = f"{of}: {noun}" if of else "running"
        stream = getattr(sys.stderr, "raw_text", sys.stderr)  # a bar steers the terminal
        with click.progressbar(length=total, label=label, file=stream, show_pos=True, item_show_func=lambda told: told) as bar:
            yield partial(_move, bar, _Pace())
    else:
        yield _Lines(total, noun, f"{of}: " if of else "")


class _Pace:
    """Seconds for a step, from the first one that is done here: before it, code was compiled, or others were done earlier."""

    def __init__(self) -> None:
        self.known = -1
        self.since, self.start = 0, 0.0

    def seconds(self, done: int) -> float | None:
        """Seconds for a step, None while it cannot be told."""
        now = time.monotonic()
        if self.known < 0:
            self.known = done
        if self.start == 0.0 and done > self.known:
            self.since, self.start = done, now
        return (now - self.start) / (done - self.since) if done > self.since and self.start else None


def _move(bar: Any, pace: _Pace, done: int, total: int, failed: int = 0) -> None:
    """Move a bar on; it takes the time for a step from its start, which is set to fit."""
    seconds, now = pace.seconds(done), time.time()
    bar.start = now - (seconds or 0.0) * done
    if seconds is None:
        bar.last_eta = now
    bar.update(done - bar.pos, f"{failed:,} failed" if failed else None)


class _Lines:
    """Progress as plain lines."""

    def __init__(self, total: int, noun: str, head: str) -> None:
        self.noun, self.head = noun, head
        self.step = max(math.ceil(total / 10), 1)
        self.pace = _Pace()
        self.told = -1

    def __call__(self, done: int, total: int, failed: int = 0) -> None:
        """Tell of every tenth of the work that is done here: what the first call says was there before."""
        pace = self.pace.seconds(done)
        before, self.told = self.told, done
        if done > before >= 0 and (done % self.step == 0 or done == total):
            lost = f", {failed:,} failed" if failed else ""
            left = f", {pace * (total - done):.0f} s left" if pace is not None else ""
            click.echo(f"{self.head}{done} of {total} {self.noun} ({100 * done // total} %){lost}{left}", err=True)
