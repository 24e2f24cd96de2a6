"""Start one run of a scenario by hand, to stop it, look at it, and fork it."""

from pathlib import Path

from cxsim.engine import Simulation, start
from cxsim.model.chance import replicate_seed
from cxsim.scenario import Scenario, load_scenario


def start_run(scenario: Scenario | str | Path, arm: str | None = None, replicate: int = 0) -> Simulation:
    """Build the first day of one replicate of an arm (the first one when None): the same bits as in ``cxsim run``.

    Raises ScenarioError for a scenario that cannot be read or an arm that does not exist.
    """
    if isinstance(scenario, str | Path):
        scenario = load_scenario(scenario)
    return start(scenario.arm(arm).case, replicate_seed(scenario.seed, replicate), scenario.months)
