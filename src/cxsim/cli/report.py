"""``cxsim report``: one page of HTML from folders of results, which opens without a network and can be handed on."""

from collections.abc import Sequence
from pathlib import Path

import click

from cxsim import store
from cxsim.cli.files import hold_file, write_whole
from cxsim.report.library import require
from cxsim.report.render import page
from cxsim.store.checkpoint import hold
from cxsim.studies.pages import read_report

SEVERAL = "report.html"


@click.command(
    "report",
    help="Write one self-contained HTML page of the results in each DIR: question, answer, charts with their data, tables, "
    "methods, scenario, and where all of it comes from. It opens without a network.\n\n"
    "The page of one DIR goes to DIR/report.html, the page of several to report.html in the folder of work.",
    epilog="Example: cxsim report results/survive_to_thrive",
)
@click.argument("dirs", nargs=-1, required=True, metavar="DIR...")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Write the page to FILE instead.")
@click.option("--force", is_flag=True, help="Replace FILE if it holds something else.")
def command(dirs: tuple[str, ...], out: Path | None, force: bool) -> None:
    """Read every folder, make the page, and write it."""
    require()
    places = list(dict.fromkeys(store.existing_folder(one) for one in dirs))
    if out is not None or len(places) > 1:
        file = out or Path(SEVERAL)
        with hold_file(file):
            write_whole(file, _page(places), force)
        return
    with hold(places[0]):
        store.add_file(places[0], store.REPORT, _page(places).encode())
    click.echo(f"{places[0].shown}/{store.REPORT}: written")


def _page(places: Sequence[store.ResultFolder]) -> str:
    reports = [read_report(place) for place in places]
    return page(reports, "" if len(places) == 1 else f"{len(places)} reports")
