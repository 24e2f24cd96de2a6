"""``cxsim check``: list every problem of scenario files."""

import click

from cxsim.cli.sweeping import tell_warnings
from cxsim.errors import Problem, ScenarioError
from cxsim.narrative.sentences import plural
from cxsim.scenario import Scenario, load_scenario
from cxsim.scenario.sweep import is_sweep
from cxsim.statistics.designs import MissingPackageError
from cxsim.studies.run.notes import alike_notes
from cxsim.studies.sweep.alike import words
from cxsim.studies.sweep.check import check_points
from cxsim.studies.sweep.design import load_sweep


@click.command(name="check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Check with this setting on top of every file.")
def command(files: tuple[str, ...], settings: tuple[str, ...]) -> None:
    """Check scenario FILES and list every problem as file:line:column: key: what is wrong; allowed: ...

    A file with [factors] or a [design] is checked as a sweep: its keys, and whether its points can be run.
    A lever that does nothing, because another one that it needs is set otherwise, is told as a warning and is no error.

    Example: cxsim check scenarios/*.toml
    """
    problems: list[Problem] = []
    for file in files:
        try:
            (_check_sweep if is_sweep(file) else _check_scenario)(file, settings)
        except ScenarioError as error:
            problems += error.problems
    for problem in dict.fromkeys(problems):
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(2)


def _check_scenario(file: str, settings: tuple[str, ...]) -> None:
    scenario = load_scenario(file, settings)
    click.echo(_summary(file, scenario))
    for note in (*scenario.notes, *alike_notes(scenario)):
        click.echo(f"  note: {note}")
    for warning in scenario.warnings:
        click.echo(warning, err=True)


def _check_sweep(file: str, settings: tuple[str, ...]) -> None:
    design = load_sweep(file, settings)
    runs = f"{plural(design.total, 'run')} of {plural(design.variants.run.months, 'month')}"
    summary = f"{click.format_filename(file)}: ok (sweep: {design.counts} = {runs})"
    try:
        checked = check_points(design)
    except MissingPackageError as error:
        click.echo(f"{summary}\n  note: the points were not checked: {error.problems[0].message}")
        return
    if checked.problems:
        raise ScenarioError(list(checked.problems))
    click.echo(summary)
    for told in words(design):
        click.echo(f"  note: {told}")
    tell_warnings(design)
    if not checked.all_checked:
        click.echo(f"  note: {checked.checked:,} of the points were checked; a bad one among the others fails when it is run")


def _summary(file: str, scenario: Scenario) -> str:
    sizes = sorted({arm.case.params.market.customers for arm in scenario.arms})
    customers = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,}"
    counts = [plural(len(scenario.arms), "arm"), plural(scenario.replicates, "replicate"), plural(scenario.months, "month")]
    return f"{click.format_filename(file)}: ok ({', '.join(counts)}, {customers} customers)"
