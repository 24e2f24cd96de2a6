"""How far a command has come, told on the error stream."""

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import click

from cxsim.engine import is_compiled


class Progress(Protocol):
    """Told how many steps are done, of how many, and how many of these failed."""

    def __call__(self, done: int, total: int, failed: int = 0) -> None:
        """Show it."""


def say_whether_compiling(wanted: bool) -> None:
    """Tell that the first run takes longer, if it will."""
    if wanted and not is_compiled():
        click.echo("compiling (first run only) ...", err=True)


@contextmanager
def show_progress(total: int, quiet: bool, noun: str = "runs", of: str = "") -> Iterator[Progress]:
    """Give a bar with the time left on a terminal, a line for every tenth elsewhere, and nothing when quiet.

    ``noun`` names the steps, and ``of`` what they are of when there are several such works.
    """
    head = f"{of}: " if of else ""
    if quiet:
        yield lambda done, total, failed=0: None
    elif sys.stderr.isatty():
        with click.progressbar(
            length=total,
            label=f"{head}{noun}" if of else "running",
            file=getattr(sys.stderr, "raw_text", sys.stderr),  # a bar steers the terminal
            show_pos=True,
            item_show_func=lambda told: told,
        ) as bar:
            yield _Bar(bar)
    else:
        yield _Lines(total, noun, head)


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


class _Bar:
    """Progress as a bar."""

    def __init__(self, bar: Any) -> None:
        self.bar, self.pace = bar, _Pace()

    def __call__(self, done: int, total: int, failed: int = 0) -> None:
        """Move the bar on; it takes the time for a step from its start, which is set to fit."""
        pace, now = self.pace.seconds(done), time.time()
        if pace is None:
            self.bar.start = self.bar.last_eta = now
        else:
            self.bar.start = now - pace * done
        self.bar.update(done - self.bar.pos, f"{failed:,} failed" if failed else None)


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
