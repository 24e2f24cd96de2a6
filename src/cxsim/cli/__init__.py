"""The command line. Each command lives in a file of its own and is imported only when it is called."""

import os
import sys
from difflib import get_close_matches
from importlib import import_module

import click

from cxsim import __version__
from cxsim.cli.streams import exit_code, open_streams
from cxsim.errors import CxsimError

COMMANDS = {
    "run": "run a scenario and answer its question",
    "pivot": "find the moment at which a firm should stop customizing, and what would have told it",
    "service": "audit what a firm spends on service, and what would be best",
    "compare": "compare folders of results: what differs, and by how much",
    "report": "write a page of HTML from folders of results",
    "sweep": "run a scenario at many points, so that nothing finished is ever lost",
    "plan": "tell what a sweep would take: runs, time, disk and memory",
    "resume": "go on with a sweep that was interrupted",
    "status": "tell how far a sweep has come, also while it runs",
    "retry-failed": "try the failed runs of a sweep once more",
    "merge": "put the parts of a sweep together that ran apart",
    "verify": "tell whether folders of results are as they were written",
    "export": "write the tables of results as CSV",
    "sensitivity": "tell which factors of a sweep matter: Morris and Sobol' indices with intervals",
    "claims": "test what the source texts claim, each with its mechanism on and off",
    "check": "check scenario files and list every problem",
    "schema": "print the JSON Schema of scenario files",
    "scenarios": "list scenarios with their titles",
    "init": "copy the example scenarios to a folder",
    "verify-model": "hold the model against theory, target by target",
    "parity": "hold the two engines against each other, phase by phase",
    "schedule": "print the phases of a month with what each reads and writes",
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is asked for: ``--help`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of a user's first day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"cxsim.cli.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when one is misspelt."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"No such command '{args[0]}'.{hint} Commands: {', '.join(COMMANDS)}.")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__)
def group() -> None:
    """Simulate how companies grow, and when they should stop customizing.

    Example: cxsim run scenarios/survive_to_thrive.toml
    """


def main() -> None:
    """Run the command line.

    Exit codes: 0 good, 1 our bug, 2 bad input, 3 some runs or targets failed, 130 interrupted, 141 nobody reads the output.
    """
    open_streams()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy is not loaded yet; nothing here multiplies matrices on threads
    try:
        code = group.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as wrong:
        wrong.show()
        code = 2
    except MemoryError:
        click.echo("Error: not enough memory; take fewer --workers, customers or firms, or allow more (ulimit -v)", err=True)
        code = 2
    except CxsimError as wrong:
        click.echo(f"Error: {wrong}" if "\n" not in str(wrong) else str(wrong), err=True)
        code = 2
    except (KeyboardInterrupt, click.Abort) as stopped:
        told = stopped if isinstance(stopped, KeyboardInterrupt) else stopped.__cause__
        click.echo(str(told or "") or "Interrupted. Nothing half-written was left behind.", err=True)
        code = 130
    sys.exit(exit_code(code if isinstance(code, int) else 0))
