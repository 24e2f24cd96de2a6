"""``cxsim verify-model``: hold the model against what theory says of reduced scenarios."""

from pathlib import Path

import click

from cxsim.cli.files import hold_file, write_whole
from cxsim.cli.options import workers_option
from cxsim.cli.screen import SOME_FAILED, Screen, width
from cxsim.store.rows import rows_to_csv
from cxsim.studies.named import chosen
from cxsim.studies.perform import perform
from cxsim.studies.verification import ABSENT, VERIFICATIONS, TargetRow
from cxsim.studies.verification.study import HEADER, VerificationStudy, aligned


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
    click.get_current_context().with_resource(hold_file(out))
    studies = [VerificationStudy(name) for name in chosen(ids, VERIFICATIONS, "target", ABSENT)]
    Screen(quiet).tell_of_compiling()
    if not quiet:
        click.echo(aligned(HEADER))
    rows: list[TargetRow] = []
    for study in studies:
        found = perform(study, workers=workers).findings
        rows += found.rows
        for line in study.misses(found) if quiet else study.lines(found, width()):
            click.echo(line)
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in ("pass", "fail", "missing")}
    if not quiet:
        missing = f", {counts['missing']} not measured" if counts["missing"] else ""
        click.echo(f"{counts['pass']} of {len(rows)} figures pass, {counts['fail']} fail{missing}")
    if out is not None:
        write_whole(out, rows_to_csv(TargetRow, rows), force)
    if counts["fail"]:
        raise click.exceptions.Exit(SOME_FAILED)
