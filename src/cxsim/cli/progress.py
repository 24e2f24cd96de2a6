"""How far a command has come, told on the error stream."""

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cxsim.experiments.runner import Progress


def say_whether_compiling(wanted: bool) -> None:
    """Tell that the first run takes longer, if it will."""
    if wanted:
        from cxsim.engine.ahead import is_compiled_already

        if not is_compiled_already():
            click.echo("compiling (first run only) ...", err=True)


@contextmanager
def show_progress(total: int, quiet: bool, noun: str = "runs", of: str = "") -> "Iterator[Progress]":
    """Give a bar with the time left on a terminal, a line for every tenth elsewhere, and nothing when quiet.

    ``noun`` names the steps, and ``of`` what they are of when there are several such works.
    """
    head = f"{of}: " if of else ""
    if quiet:
        yield lambda done, total: None
    elif sys.stderr.isatty():
        with click.progressbar(length=total, label=f"{head}{noun}" if of else "running", file=sys.stderr, show_pos=True) as bar:
            yield lambda done, total: _advance(bar, done)
    else:
        yield _Lines(total, noun, head)


def _advance(bar: Any, done: int) -> None:
    """Move a bar on. Its time left is counted from the first run that is done: before it, code was compiled."""
    if done == 1:
        bar.start = bar.last_eta = time.time()
    bar.update(done - bar.pos)


class _Lines:
    """Progress as plain lines."""

    def __init__(self, total: int, noun: str, head: str) -> None:
        self.noun, self.head = noun, head
        self.step = max(math.ceil(total / 10), 1)
        self.first = (1, time.monotonic())

    def __call__(self, done: int, total: int) -> None:
        """Tell of every tenth of the work. Time is taken from the first run that is done: before it, code was compiled."""
        now = time.monotonic()
        if done == 1:
            self.first = (1, now)
        if done and (done % self.step == 0 or done == total):
            since, start = self.first
            left = f", {(now - start) * (total - done) / (done - since):.0f} s left" if done > since else ""
            click.echo(f"{self.head}{done} of {total} {self.noun} ({100 * done // total} %){left}", err=True)
