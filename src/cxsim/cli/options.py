"""Options that several commands share: how they are declared, and what the user asked for with them."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from cxsim import store
from cxsim.errors import Problem, ScenarioError
from cxsim.scenario import Scenario, load_scenario
from cxsim.store import ResultFolder

SHORT = ("seed", "replicates", "months")  # settings that are options of their own as well

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class ResultOptions:
    """What the user asked for of a command that keeps results: the fields of :func:`result_options`."""

    out: str | None
    force: bool
    plots: bool
    report: bool
    quiet: bool

    def say(self, text: str = "") -> None:
        """Tell something that is not an error."""
        if not self.quiet:
            click.echo(text)

    def place(self, usual: str) -> ResultFolder:
        """Return the folder of the results: the one asked for, or ``results/<usual>``."""
        return store.default_folder(usual) if self.out is None else store.chosen_folder(self.out)

    def command(self, words: Sequence[str], given: Mapping[str, Any]) -> str:
        """Write the command that makes the same results again: its words, the options given, and what is left out."""
        left_out = {"no-plots": not self.plots, "no-report": not self.report}
        return shlex.join(["cxsim", *words, *as_words({**given, **left_out})])


@dataclass(frozen=True, kw_only=True)
class ScenarioOptions(ResultOptions):
    """What the user asked for of a command that runs a scenario and keeps results."""

    path: str
    settings: tuple[str, ...]
    short: dict[str, str]  # those of SHORT that were given
    workers: int | None

    def load(self, more: Sequence[str] = ()) -> Scenario:
        """Load the scenario as it was asked for, with further settings, which win."""
        keys = [setting.partition("=")[0] for setting in more]
        short = {name: value for name, value in self.short.items() if name not in keys}
        return load_with(self.path, [*self.settings, *more], short)


def result_options(out: str) -> Callable[[Command], Command]:
    """Declare where results go and what is made of them; ``out`` is the help of ``--out``."""
    return together(
        click.option("--out", metavar="DIR", help=out),
        click.option("--force", is_flag=True, help="Replace results that are in that folder."),
        click.option("--no-plots", "plots", is_flag=True, callback=_unless_given, help="Draw no figures."),
        click.option("--no-report", "report", is_flag=True, callback=_unless_given, help="Write no report.html."),
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


scenario_argument = click.argument("path", metavar="SCENARIO")
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


def _unless_given(context: click.Context, option: click.Parameter, given: bool) -> bool:
    return not given


def take_short(given: dict[str, Any]) -> dict[str, str]:
    """Take the options of SHORT out of all that click parsed, and return those that were given."""
    taken = {name: given.pop(name) for name in SHORT}
    return {name: value for name, value in taken.items() if value is not None}


def as_words(given: Mapping[str, Any]) -> list[str]:
    """Write options as the words of a command; those that are None or False are left out.

    >>> as_words({"set": ("a=1", "b=2"), "seed": 0, "out": None, "verbose": True, "no-plots": False})
    ['--set', 'a=1', '--set', 'b=2', '--seed', '0', '--verbose']
    """
    words: list[str] = []
    for name, value in given.items():
        if value is True:
            words.append(f"--{name}")
        elif value is not None and value is not False:
            words += [word for one in (value if isinstance(value, tuple) else (value,)) for word in (f"--{name}", str(one))]
    return words


def load_with(path: str, settings: Sequence[str], short: Mapping[str, str]) -> Scenario:
    """Load a scenario with settings and with options such as ``--months 12``, which win; problems name what was typed."""
    typed = {f"--set {name}={value}": f"--{name} {value}" for name, value in short.items()}

    def renamed(problem: Problem) -> Problem:
        return problem._replace(where=typed[problem.where], key="") if problem.where in typed else problem

    try:
        return load_scenario(path, [*settings, *(f"{name}={value}" for name, value in short.items())])
    except ScenarioError as error:
        raise ScenarioError([renamed(problem) for problem in error.problems]) from None
