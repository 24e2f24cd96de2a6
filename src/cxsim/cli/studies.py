"""What all commands around a study do: perform it, tell what came out, and leave with 3 when some runs failed."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import click

from cxsim.cli.failures import SOME_FAILED, leave_if_failed
from cxsim.cli.options import ResultOptions
from cxsim.cli.progress import Progress, say_whether_compiling, show_progress
from cxsim.cli.streams import lost_output
from cxsim.cli.terminal import width
from cxsim.store import ResultFolder
from cxsim.studies.base import FailedRunsError, Study, Watch
from cxsim.studies.perform import Performed, perform

FOUND = "These results are already in {}: nothing was run. Add --force to run again."


class Screen(Watch):
    """Tells on the error stream how a study gets on, unless the user wants quiet."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet

    def begins(self, study: Study[Any]) -> None:
        """Tell what is to be known now: the work may take hours."""
        if not self.quiet:
            say_whether_compiling(study.engine == "fast" and study.total > 0)
            for note in study.notes:
                click.echo(f"Note: {note}", err=True)

    def goes_on(self, finished: int) -> None:
        """Tell what was finished before."""
        if not self.quiet:
            click.echo(f"Going on: {finished:,} runs were finished before.", err=True)

    def progress(self, total: int) -> AbstractContextManager[Progress]:
        """Show a bar, or lines."""
        return show_progress(total, self.quiet)


@contextmanager
def say_where(place: ResultFolder) -> Iterator[None]:
    """When what was told could not be printed, tell where the results are."""
    yield
    if lost := lost_output():
        raise click.ClickException(f"{lost}; the results are in {place.shown}")


def carry_out(study: Study[Any], options: ResultOptions, workers: int | None = None, found: str = FOUND) -> None:
    """Perform a study, or find its results, which the sentence ``found`` tells, and print what came out."""
    place = options.place(study.folder)
    watch = Screen(options.quiet)
    try:
        done = perform(
            study, place, force=options.force, workers=workers, plots=options.plots, report=options.report, watch=watch
        )
    except FailedRunsError as error:
        click.echo(str(error), err=True)
        leave_if_failed([study.failed(failure) for failure in error.failures], kept=False)
        raise click.exceptions.Exit(SOME_FAILED) from None
    if not options.quiet:
        with say_where(place):
            for line in _told(study, done, place, options, found.format(place.shown)):
                click.echo(line)
    leave_if_failed([study.failed(failure) for failure in done.findings.failures])


def _told(study: Study[Any], done: Performed, place: ResultFolder, options: ResultOptions, found: str) -> Iterator[str]:
    """What a user reads: that results were there already, the answer, and where the rest is."""
    if not done.made:
        yield found
        if done.report:
            yield done.report
        if options.plots and not done.plots:
            yield "They hold no plots; add --force to draw them."
    lines = study.lines(done.findings, width())
    first = next(lines, "")
    if not done.made and first and not first.startswith("\n"):
        yield ""
    yield first
    yield from lines
    if done.made or not study.total:
        took = f" ({done.findings.made} in {done.origin.seconds:.1f} s)" if done.findings.made else ""
        yield f"\nResults: {place.shown}{took}"
        if done.made and done.report:
            yield done.report
