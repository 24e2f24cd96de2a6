"""Checks of a sweep before anything runs: the measures that it keeps, and whether its points can be run at all."""

from cxsim.errors import ScenarioError
from cxsim.measures.registry import RUN_MEASURES
from cxsim.scenario.sweep import Sweep, check_measures
from cxsim.scenario.sweep_check import Checked, check_points


def check(sweep: Sweep) -> Checked:
    """Refuse a sweep with measures that there are not, or with points that contradict themselves: ScenarioError with all."""
    check_measures(sweep, RUN_MEASURES)
    found = check_points(sweep)
    if found.problems:
        raise ScenarioError(list(found.problems))
    return found
