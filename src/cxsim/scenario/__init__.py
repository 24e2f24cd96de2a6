"""What is asked: scenario files, read strictly, with the place of everything that is wrong.

How a scenario is put together, later over earlier: defaults of the parameters; the file that ``extends`` names; the file
itself; an arm's own changes; settings for all arms (``--set a.b=1``); settings for one arm (``--set arms.NAME.a.b=1``).

- A file that names any firm keeps only the firms it names; each starts from the block of that name in the extended file.
- A file that names any arm replaces the arms of the extended file as a whole. An arm can change firms, not add them.
- ``after`` inherits what ``strategy`` says in the end.
- ``extends`` reaches files within the outermost folder called ``scenarios`` around the first file; without such a folder,
  within the folder above the first file's own.
"""

from cxsim.scenario.load import Arm, Scenario, load_scenario, scenario_from_resolved
from cxsim.scenario.schema import json_schema

__all__ = ["Arm", "Scenario", "json_schema", "load_scenario", "scenario_from_resolved"]
