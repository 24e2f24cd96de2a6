"""``cxsim schema``: the JSON Schema of scenario files."""

import json
from pathlib import Path

import click

from cxsim.cli.files import hold_file, write_whole
from cxsim.scenario import json_schema


@click.command(name="schema")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write to FILE instead of the terminal."
)
@click.option("--force", is_flag=True, help="Replace FILE when it holds something else.")
def command(out: Path | None, force: bool) -> None:
    """Print the JSON Schema of scenario files, with meaning, unit, bounds, default and source of every key.

    An editor that knows it completes keys and explains them. In VS Code with 'Even Better TOML', or wherever Taplo runs, put
    this line at the top of a scenario: #:schema ./scenario.schema.json

    Example: cxsim schema --out scenario.schema.json
    """
    text = json.dumps(json_schema(), indent=2) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    with hold_file(out):
        write_whole(out, text, force)
