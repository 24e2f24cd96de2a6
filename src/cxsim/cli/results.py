"""What commands that keep results share: figures as files, the report, and where all of it is told to be."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from cxsim import store
from cxsim.cli.options import ResultOptions
from cxsim.cli.report import add_report
from cxsim.store import Origin, ResultFolder
from cxsim.store.checkpoint import checkpoint, drop_checkpoint
from cxsim.store.journal import Journal


def png(figure: Any) -> bytes:
    """Make the file of a figure."""
    image = io.BytesIO()
    figure.savefig(image, format="png", metadata={"Software": None})
    return image.getvalue()


@contextmanager
def say_where(place: ResultFolder) -> Iterator[None]:
    """When nothing more can be printed, at least tell where the results are. A closed pipe is no mistake."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"cannot write to the standard output: {error.strerror}; the results are in {place.shown}"
        raise click.ClickException(message) from None


def add_lacking_report(place: ResultFolder, options: ResultOptions) -> str:
    """Add the report to results that lack it, if one is wanted, and return the line that tells so; otherwise nothing."""
    return add_report(place) if options.report and not store.has_report(place) else ""


def recall(place: ResultFolder, options: ResultOptions) -> list[str]:
    """Return the lines that tell that results are there already; a report that they lack is added."""
    drop_checkpoint(place)
    report = add_lacking_report(place, options)
    found = f"These results are already in {place.shown}: nothing was run. Add --force to run again."
    return [found, report] if report else [found]


def say_end(place: ResultFolder, options: ResultOptions, report: str, made: str = "") -> None:
    """Tell last where the results are, what they were made of, and where the report is."""
    options.say(f"\nResults: {place.shown}{f' ({made})' if made else ''}")
    if report:
        options.say(report)


@contextmanager
def kept_until_written(place: ResultFolder, origin: Origin, options: ResultOptions) -> Iterator[Journal]:
    """Give a journal of finished runs, so that a work that was stopped goes on; it goes when the results have been written."""
    with checkpoint(place, store.identity(origin.scenario_digest, origin.seeds)) as journal:
        if len(journal) and not options.quiet:
            click.echo(f"Going on: {len(journal):,} runs were finished before.", err=True)
        yield journal
