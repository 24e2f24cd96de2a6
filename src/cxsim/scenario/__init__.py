"""What is asked: scenario files, read strictly, with the place of everything that is wrong."""

from cxsim.scenario.load import Arm, Scenario, load_scenario, scenario_from_resolved
from cxsim.scenario.schema import json_schema

__all__ = ["Arm", "Scenario", "json_schema", "load_scenario", "scenario_from_resolved"]
