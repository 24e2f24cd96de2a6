"""``cxsim export``: tables of results as files that any program reads."""

import click

from cxsim.cli.options import folder_argument
from cxsim.errors import CxsimError
from cxsim.narrative.sentences import plural
from cxsim.store import ResultFolder, chosen_folder
from cxsim.studies.export import export


@click.command(
    "export",
    help="Write every table of the results in the folder DIR, of any command, as CSV, each checked while it is read, and "
    "columns.csv, which tells the unit and meaning of each column.",
    epilog="Example: cxsim export results/sweep_best_moment --csv",
)
@folder_argument
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, the one format that there is.")
@click.option("--out", metavar="DIR", help="Folder of the files, instead of DIR-csv.")
@click.option("--force", is_flag=True, help="Replace tables that were exported there before.")
def command(folder: ResultFolder, as_csv: bool, out: str | None, force: bool) -> None:
    """Export."""
    if not as_csv:
        raise CxsimError(
            f"name the format: cxsim export {folder.shown} --csv. The results themselves are Parquet, which pandas, DuckDB and "
            "Polars read as they are"
        )
    target = chosen_folder(f"{folder.shown.rstrip('/')}-csv" if out is None else out)
    rows = export(folder, target, force)
    for name, number in rows.items():
        click.echo(f"{target.shown}/{name}.csv: {plural(number, 'row')}")
    click.echo(f"{target.shown}/columns.csv: unit and meaning of each column")
