"""Options that several commands share: shorter ways to write some settings."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxsim.scenario import Scenario


def load_with(path: str, settings: Sequence[str], short: Mapping[str, str]) -> "Scenario":
    """Load a scenario with settings and with options such as ``--months 12``, which win; problems name what was typed."""
    from cxsim.errors import Problem, ScenarioError
    from cxsim.scenario import load_scenario

    typed = {f"--set {name}={value}": f"--{name} {value}" for name, value in short.items()}

    def renamed(problem: Problem) -> Problem:
        return problem._replace(where=typed[problem.where], key="") if problem.where in typed else problem

    try:
        return load_scenario(path, [*settings, *(f"{name}={value}" for name, value in short.items())])
    except ScenarioError as error:
        raise ScenarioError([renamed(problem) for problem in error.problems]) from None
