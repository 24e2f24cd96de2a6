"""What a user should know of a run beside its answer."""

from collections.abc import Iterator

from cxsim.engine import start
from cxsim.measures.tables import Columns
from cxsim.model.case import Case
from cxsim.model.chance import replicate_seed
from cxsim.narrative.sentences import few, listed
from cxsim.scenario import Arm, Scenario
from cxsim.studies.run.summary import left_out

NAMED = 6  # replicates of an arm


def start_notes(scenario: Scenario) -> list[str]:
    """Tell of firms that began the first replicate with fewer customers than their ``start.customers`` asks."""
    seed = replicate_seed(scenario.seed, 0)
    known: dict[object, list[str]] = {}
    told: dict[str, list[str]] = {}
    for arm in scenario.arms:
        alike = _what_decides(arm)
        if alike not in known:
            known[alike] = _short(arm.case, seed)
        for one in known[alike]:
            told.setdefault(one, []).append(arm.name)
    return [f"{one} in arm{'s' if len(arms) > 1 else ''} {', '.join(arms)}: no more would buy" for one, arms in told.items()]


def _what_decides(arm: Arm) -> object:
    """Everything that the first customers depend on: arms that differ in what comes later share it."""
    return arm.case.params, tuple((one.name, one.count, one.founded, one.start, one.strategy.price) for one in arm.case.firms)


def _short(case: Case, seed: int) -> list[str]:
    """Say which kinds of firm began with fewer customers than asked, each by its firm that has the fewest."""
    plans = [plan for plan in case.firms for _ in range(plan.count)]
    if not any(plan.start.customers and not plan.founded for plan in plans):
        return []
    won = start(case, seed, 1).firms.customers[: len(plans)].tolist()
    least: dict[str, tuple[int, int]] = {}
    for plan, number in zip(plans, won, strict=True):
        if not plan.founded and number < plan.start.customers:
            found = number, plan.start.customers
            least[plan.name] = min(found, least.get(plan.name, found))
    return [f"{firm} started with {number:,} of {wanted:,} customers" for firm, (number, wanted) in least.items()]


def sample_notes(runs: Columns) -> Iterator[str]:
    """Tell of finished runs that no figure counts, because the same replicate failed in another arm."""
    told = [f"{few(list(map(str, numbers)), NAMED)} of {arm}" for arm, numbers in left_out(runs).items()]
    if told:
        yield f"Figures count the replicates that every arm has; left out, though runs.parquet has them: {'; '.join(told)}."


def alike_notes(scenario: Scenario, then: str = "; each run is done once") -> Iterator[str]:
    """Tell of arms that have every value in common: whatever they are called, they are one. ``then`` is what comes of it."""
    alike: dict[Case, list[str]] = {}
    for arm in scenario.arms:
        alike.setdefault(arm.case, []).append(arm.name)
    for arms in alike.values():
        if len(arms) > 1:
            yield f"the arms {listed(arms)} are alike: they have the same value everywhere{then}"
