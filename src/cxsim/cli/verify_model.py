"""``cxsim verify-model``: hold the model against what theory says of reduced scenarios."""

from collections.abc import Sequence
from pathlib import Path

import click

from cxsim.cli.failures import SOME_FAILED
from cxsim.cli.files import write_whole
from cxsim.cli.options import workers_option
from cxsim.cli.progress import say_whether_compiling
from cxsim.studies.named import chosen
from cxsim.studies.verification import ABSENT, VERIFICATIONS, TargetRow, Verification, table

WIDTHS = (7, 44, -9, -10, 18, 9, 7)  # below 0: set to the right
HEADER = ("  kind", "what", "target", "measured", "95 % interval", "tolerance", "")


@click.command(
    "verify-model",
    epilog="Example: cxsim verify-model P1 P4",
)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--quiet", is_flag=True, help="Show only what does not pass.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the table to FILE as well, as CSV."
)
@click.option("--force", is_flag=True, help="Replace FILE when it holds something else.")
@workers_option
def command(ids: tuple[str, ...], quiet: bool, out: Path | None, force: bool, workers: int | None) -> None:
    """Hold the model against theory: all targets, or those with the IDs given, such as P1.

    Exact targets are asked of functions. Model targets are asked of the full engine in the reduced scenarios of
    scenarios/verification, in which everything that theory does not speak of is switched off. Leaves with 3 when some
    target fails. All of it takes about a minute, and a minute more when code has to be compiled first.
    """
    asked = chosen(ids, VERIFICATIONS, "target", ABSENT)
    say_whether_compiling(not quiet)
    if not quiet:
        click.echo(_line(HEADER))
    rows: list[TargetRow] = []
    for name, verification in asked.items():
        rows += _one(name, verification, quiet, workers)
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in ("pass", "fail", "missing")}
    if not quiet:
        missing = f", {counts['missing']} not measured" if counts["missing"] else ""
        click.echo(f"{counts['pass']} of {len(rows)} figures pass, {counts['fail']} fail{missing}")
    if out is not None:
        write_whole(out, table(rows), force)
    if counts["fail"]:
        raise click.exceptions.Exit(SOME_FAILED)


def _one(name: str, verification: Verification, quiet: bool, workers: int | None) -> list[TargetRow]:
    """Measure one group of targets and print it."""
    if not quiet:
        click.echo(f"{name}: {verification.title}")
    rows = verification.measure(workers)
    for row in rows:
        if not quiet:
            click.echo(_line(_texts(row)))
        elif row.verdict != "pass":
            click.echo(f"{name}: {_line(_texts(row)).lstrip()}")
    return rows


def _texts(row: TargetRow) -> tuple[str, ...]:
    target, measured = row.target, row.measured
    found = f"{measured.mean:.5g}" if measured.n else "-"
    interval = f"{measured.low:.4g} to {measured.high:.4g}" if measured.has_interval else ""
    verdict = row.verdict.upper() if row.verdict == "fail" else row.verdict
    return f"  {target.kind}", target.what, f"{target.value:.5g}", found, interval, str(target.tolerance), verdict


def _line(texts: Sequence[str]) -> str:
    padded = [text.ljust(width) if width > 0 else text.rjust(-width) for text, width in zip(texts, WIDTHS, strict=True)]
    return "  ".join(padded).rstrip()
