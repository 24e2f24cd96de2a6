"""``cxsim check``: list every problem of scenario files."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cxsim.scenario import Scenario


@click.command(name="check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Check with this setting on top of every file.")
def command(files: tuple[str, ...], settings: tuple[str, ...]) -> None:
    """Check scenario FILES and list every problem as file:line:column: key: what is wrong; allowed: ...

    A lever that does nothing, because another one that it needs is set otherwise, is told as a warning and is no error.

    Example: cxsim check scenarios/*.toml
    """
    from cxsim.errors import Problem, ScenarioError
    from cxsim.scenario import load_scenario

    problems: list[Problem] = []
    for file in files:
        try:
            scenario = load_scenario(file, settings)
            click.echo(_summary(file, scenario))
            for note in scenario.notes:
                click.echo(f"  note: {note}")
            for warning in scenario.warnings:
                click.echo(warning, err=True)
        except ScenarioError as error:
            problems += error.problems
    for problem in dict.fromkeys(problems):
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(2)


def _summary(file: str, scenario: "Scenario") -> str:
    sizes = sorted({arm.case.params.market.customers for arm in scenario.arms})
    customers = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,}"
    counts = [_count(len(scenario.arms), "arm"), _count(scenario.replicates, "replicate"), _count(scenario.months, "month")]
    return f"{click.format_filename(file)}: ok ({', '.join(counts)}, {customers} customers)"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
