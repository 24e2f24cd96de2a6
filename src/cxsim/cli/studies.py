"""What all commands around a study do: perform it, tell what came out, and leave with 3 when some runs failed."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from cxsim.cli.screen import SOME_FAILED, Screen, leave_if_failed, width
from cxsim.cli.streams import lost_output
from cxsim.store import ResultFolder, chosen_folder, default_folder
from cxsim.studies.base import FailedRunsError, Study
from cxsim.studies.perform import perform
from cxsim.studies.result import Result

FOUND = "These results are already in {}: nothing was run. Add --force to run again."


def carry_out(study: Study[Any], given: Mapping[str, Any], found: str = FOUND, folder: ResultFolder | None = None) -> None:
    """Perform a study, or find its results, which the sentence ``found`` tells, and print what came out.

    ``given`` are the options of ``result_options``, and ``workers`` where a command has that.
    """
    folder = folder or (default_folder(study.folder) if given["out"] is None else chosen_folder(given["out"]))
    files = {"plots": not given["no_plots"], "report": not given["no_report"]}
    watch, workers = Screen(given["quiet"]), given.get("workers")
    try:
        done = perform(study, folder, force=given["force"], workers=workers, watch=watch, **files)
    except FailedRunsError as error:
        click.echo(str(error), err=True)
        leave_if_failed([study.failed(failure) for failure in error.failures], kept=False)
        raise click.exceptions.Exit(SOME_FAILED) from None
    if not given["quiet"]:
        for line in _told(done, folder.shown, files["plots"], found.format(folder.shown)):
            click.echo(line)
        if lost := lost_output():
            raise click.ClickException(f"{lost}; the results are in {folder.shown}")
    leave_if_failed(done.failures)


def _told(done: Result, shown: str, plots: bool, found: str) -> Iterator[str]:
    """What a user reads: that results were there already, the answer, and where the rest is."""
    if not done.made and found:
        yield found
        if done.reported:
            yield done.reported
        if plots and not done.plots:
            yield "They hold no plots; add --force to draw them."
    lines = done.study.lines(done.findings, width())
    first = next(lines, "")
    if not done.made and first and not first.startswith("\n"):
        yield ""
    yield first
    yield from lines
    if done.made or not done.study.total or done.study.grows:
        took = f" in {done.origin.seconds:.1f} s" if done.made else ""
        yield f"\nResults: {shown}" + (f" ({done.findings.made}{took})" if done.findings.made else "")
        if done.made and done.reported:
            yield done.reported
