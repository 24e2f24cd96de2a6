"""The best moment to pivot lies inside the run, and moves to an end when the mechanism behind that end is off.

Nothing here is a rule of the model: the arms of ``scenarios/pivot_moment.toml`` differ only in the month of the pivot, on
the same seeds. Differences are judged by 95 % intervals of paired differences, not by which mean is larger.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cxsim.scenario import load_scenario
from cxsim.statistics.intervals import mean_interval
from cxsim.studies.base import Runner
from cxsim.studies.run.execute import assemble, run_scenario

PIVOT_MOMENT = Path(__file__).parents[2] / "scenarios" / "pivot_moment.toml"
AT_ONCE, MIDDLE, NEVER = "month_000", "month_018", "never"


def values(*settings):
    """Value of the focal firm by arm, one number a replicate, in order of replicates."""
    scenario = load_scenario(PIVOT_MOMENT, settings)
    wanted = [arm for arm in scenario.arms if arm.name in (AT_ONCE, MIDDLE, NEVER)]
    chosen = replace(scenario, arms=tuple(wanted))
    tables = assemble(run_scenario(chosen, "fast", Runner(2)).records)
    arms, worth = np.array(tables.runs["arm"]), np.array(tables.runs["value"])
    return {arm.name: worth[arms == arm.name] for arm in wanted}


def better(found, one, other):
    """Tell whether one arm is worth more than another: the interval of the paired difference lies above zero."""
    return mean_interval((found[one] - found[other]).tolist()).low > 0


def test_the_best_pivot_is_neither_at_once_nor_never():
    found = values()
    assert better(found, MIDDLE, AT_ONCE)
    assert better(found, MIDDLE, NEVER)


def test_without_validation_early_is_not_too_early():
    found = values("mechanisms.validation=false")
    assert better(found, AT_ONCE, MIDDLE)
    assert better(found, AT_ONCE, NEVER)


def test_without_sharing_late_is_not_too_late():
    found = values("mechanisms.sharing=false")
    assert better(found, NEVER, MIDDLE)
    assert better(found, NEVER, AT_ONCE)


def test_without_custom_work_the_moment_does_not_matter():
    found = values("mechanisms.custom_work=false", "replicates=5")
    assert found[AT_ONCE].tolist() == found[MIDDLE].tolist() == found[NEVER].tolist()


@pytest.mark.parametrize("switch", ["sales_learning", "needs"])
def test_early_is_not_too_early_when_it_is_easy_to_sell(switch):
    """What the brief did not predict: learning to sell, and different needs, are also needed for early to be too early."""
    found = values(f"mechanisms.{switch}=false", "replicates=40")
    assert better(found, AT_ONCE, NEVER)
    assert better(found, AT_ONCE, MIDDLE)
