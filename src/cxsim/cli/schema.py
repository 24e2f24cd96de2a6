"""``cxsim schema``: the JSON Schema of scenario files."""

from pathlib import Path

import click


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
    import json

    from cxsim.scenario import json_schema

    text = json.dumps(json_schema(), indent=2) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    if not out.name:
        raise click.ClickException("--out needs the name of a file")
    try:
        written = _write(out, text, force)
    except OSError as error:
        raise click.ClickException(f"{click.format_filename(out)} cannot be written: {error.strerror}") from None
    click.echo(f"{click.format_filename(out)}: {'written' if written else 'already there, with the same content'}")


def _write(out: Path, text: str, force: bool) -> bool:
    """Let the file appear complete or not at all; false when it was there already."""
    if out.is_file() and out.read_bytes() == text.encode():
        return False
    if out.exists() and not force:
        raise click.ClickException(f"{click.format_filename(out)} exists and holds something else; --force replaces it")
    draft = out.with_name(f".{out.name}.part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    return True
