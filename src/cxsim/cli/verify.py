"""``cxsim verify``: whether folders of results are as they were written."""

import click

from cxsim.errors import StoreError
from cxsim.store import ResultFolder, existing_folder
from cxsim.store.folder import files_in
from cxsim.store.verify import is_finished, verify_folder


@click.command(
    "verify",
    help="Read every file of the results in each DIR, of any command, finished or not, and hold it against its checksum. "
    "Lists each damage: a flipped bit, a file that is cut, missing, or not among the results.",
    epilog="Example: cxsim verify results/*",
)
@click.argument("dirs", nargs=-1, required=True, metavar="DIR...")
def command(dirs: tuple[str, ...]) -> None:
    """Verify every folder, and leave with 2 when one is damaged."""
    damaged = False
    for one in dict.fromkeys(dirs):
        try:
            folder = existing_folder(one)
            damages = verify_folder(folder)
        except StoreError as error:
            damages = [str(error)]
        for damage in damages:
            click.echo(damage, err=True)
        if not damages:
            click.echo(_summary(folder))
        damaged = damaged or bool(damages)
    if damaged:
        raise click.exceptions.Exit(2)


def _summary(folder: ResultFolder) -> str:

    number = sum(1 for _ in files_in(folder.path))
    state = "" if is_finished(folder) else ", not finished yet"
    return f"{folder.shown}: whole: {number:,} file{'' if number == 1 else 's'}{state}"
