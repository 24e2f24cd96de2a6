"""Options that several commands share: how they are declared, and what the user asked for with them."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from cxsim.errors import Problem, ScenarioError
from cxsim.scenario import Scenario, load_scenario
from cxsim.store import ResultFolder, existing_folder
from cxsim.store.disk import legible

SHORT = ("seed", "replicates", "months")  # settings that are options of their own as well
UNTOLD = ("--workers", "--retries", "--cluster", "--force", "--quiet")  # they make no other results

Command = TypeVar("Command", bound=Callable[..., Any])


def again(**otherwise: Any) -> str:
    """Write the command that makes the same results again, with some of its parameters ``otherwise`` than they were given."""
    context = click.get_current_context()
    given, words = context.params | otherwise, ["cxsim", str(context.command.name)]
    for parameter in context.command.params:
        value, option = given[str(parameter.name)], parameter.opts[0]
        each = value if isinstance(value, tuple) else (value,)
        if isinstance(parameter, click.Argument):
            words += each
        elif option not in UNTOLD and value is not None and value is not False and value != parameter.default:
            words += [word for one in each for word in ([option] if one is True else [option, str(one)])]
    return shlex.join(map(legible, words))


def result_options(out: str) -> Callable[[Command], Command]:
    """Declare where results go and what is made of them; ``out`` is the help of ``--out``."""
    return together(
        click.option("--out", metavar="DIR", help=out),
        click.option("--force", is_flag=True, help="Replace results that are in that folder."),
        click.option("--no-plots", is_flag=True, help="Draw no figures."),
        click.option("--no-report", is_flag=True, help="Write no report.html."),
        click.option("--quiet", is_flag=True, help="Tell only what goes wrong."),
    )


def setting_options(settings: str, replicates: str) -> Callable[[Command], Command]:
    """Declare how values of the scenario are changed; the arguments are the helps of ``--set`` and ``--replicates``."""
    return together(
        click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help=settings),
        click.option("--seed", metavar="N", help="Seed from which those of all replicates follow."),
        click.option("--replicates", metavar="N", help=replicates),
        click.option("--months", metavar="N", help="Length of a run."),
    )


def _existing(context: click.Context, parameter: click.Parameter, given: str) -> ResultFolder:
    return existing_folder(given)


scenario_argument = click.argument("path", metavar="SCENARIO")
folder_argument = click.argument("folder", metavar="DIR", callback=_existing)
workers_option = click.option(
    "--workers", type=click.IntRange(1, 1024), metavar="N", help="Runs at a time; as many as there are processors."
)


def together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Make one declaration of several, in this order."""

    def declare(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return declare


def load(given: Mapping[str, Any], more: Sequence[str] = ()) -> Scenario:
    """Load the scenario that was asked for with what options of SHORT say, and further settings, which win over all.

    Problems name the options as they were typed.
    """
    keys = [setting.partition("=")[0] for setting in more]
    short = {name: given[name] for name in SHORT if given.get(name) is not None and name not in keys}
    typed = {f"--set {name}={value}": f"--{name} {value}" for name, value in short.items()}

    def renamed(problem: Problem) -> Problem:
        return problem._replace(where=typed[problem.where], key="") if problem.where in typed else problem

    try:
        return load_scenario(given["path"], [*given["settings"], *more, *(f"{name}={value}" for name, value in short.items())])
    except ScenarioError as error:
        raise ScenarioError([renamed(problem) for problem in error.problems]) from None
