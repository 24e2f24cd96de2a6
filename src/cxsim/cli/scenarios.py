"""``cxsim scenarios``: what there is to run."""

import textwrap
from pathlib import Path

import click

from cxsim.errors import ScenarioError
from cxsim.narrative.sentences import PROSE
from cxsim.scenario import load_scenario
from cxsim.scenario.examples import examples_folder, scenario_files, scenario_groups
from cxsim.scenario.sweep import is_sweep
from cxsim.studies.sweep.design import load_sweep


@click.command(name="scenarios")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="[DIR]")
def command(folder: Path | None) -> None:
    """List the scenarios and sweeps in DIR with title, question and what to look for.

    Without DIR: those in ./scenarios, or else the examples that come with cxsim. Folders within DIR are named, not listed.

    Example: cxsim scenarios
    """
    found = folder or (Path("scenarios") if Path("scenarios").is_dir() else examples_folder())
    if not scenario_files(found):
        raise click.ClickException(f"no scenario files in {click.format_filename(found)}; 'cxsim init DIR' copies the examples")
    for file in sorted(found.glob("*.toml")):
        _show(file)
    for group, files in scenario_groups(found).items():
        name = click.format_filename(group)
        click.echo(f"{name}\n  {len(files)} more; list them with: cxsim scenarios {name}")


def _show(file: Path) -> None:

    name = click.format_filename(file)
    try:
        scenario = load_sweep(file) if is_sweep(file) else load_scenario(file)
    except ScenarioError as error:
        click.echo(f"{name}\n  cannot be run: {len(error.problems)} problem(s); see: cxsim check {name}")
    else:
        click.echo(f"{name}\n  {scenario.title}\n  {scenario.question}")
        if scenario.look_for:
            click.echo(textwrap.fill(f"Look for: {scenario.look_for}", PROSE, initial_indent="  ", subsequent_indent="  "))
