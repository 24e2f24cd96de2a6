"""What common luck can be worth after a fork: ``python -m benchmarks.common_luck``.

On the default question of ``cxsim pivot``, survive_to_thrive:

- futures that pivot in the same month, undisturbed and disturbed once or for ever: how many times smaller the variance of
  their difference is than on independent seeds. No treatment parts them, so this is what is left of common luck after so
  small a thing;
- the main differences of the question under other measures of value (logarithm, rank, the highest twentieth cut off), with
  few and with many seeds, each with the most that any luck could give.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from cxsim.engine import fast
from cxsim.engine.fork import copy_state, pivot_now, twin_of
from cxsim.engine.phases.sell import win
from cxsim.engine.world import World, history_of
from cxsim.experiments.measures import lived, worth
from cxsim.experiments.pivot.luck import most_ratio, ratio_interval, variance_ratio
from cxsim.experiments.pivot.study import Asked, ask, run_trials
from cxsim.experiments.pivot.trials import Question
from cxsim.model import chance
from cxsim.model.chance import draw, replicate_seed, split, stream_key
from cxsim.model.state import ALIVE
from cxsim.scenario import load_scenario

SCENARIO = Path(__file__).parents[1] / "scenarios" / "survive_to_thrive.toml"
PLAN, SELL, EXPERIENCE = (fast.MONTH.index(phase) for phase in (fast.plan, fast.sell, fast.experience))
ELSEWHERE = 1_000_000  # a replicate whose luck no other replicate has
MILLION_DOLLARS = 100_000_000
HIGHEST = 0.95

Disturbance = Callable[[World, int, int, int], None]


def other_luck(world: World) -> World:
    """The same state, with another seed."""
    return world._replace(seed=int(replicate_seed(world.seed, ELSEWHERE)))


def one_cent(world: World, firm: int, month: int, end: int) -> None:
    world.firms.cash[firm] += 1
    fast.run_months(world, month, end)


def one_deal(world: World, firm: int, month: int, end: int) -> None:
    """The first contact of the month who is no customer yet signs before the others are met."""
    for step in range(SELL):
        fast.run_phase(world, step, month)
    contacts, number = split(stream_key(world.seed, chance.CONTACT_DRAWS, month), firm), len(world.customers.supplier)
    met = (int(draw(contacts, k) * number) for k in range(number))
    win(world, firm, next(c for c in met if world.customers.supplier[c] != firm), month)
    for step in range(SELL, len(fast.MONTH)):
        fast.run_phase(world, step, month)
    fast.run_months(world, month + 1, end)


def redrawn(phases: set[int], months: int | None) -> Disturbance:
    """Draw some phases of so many months after the fork, or of all, from another seed."""

    def live(world: World, firm: int, month: int, end: int) -> None:
        other, last = other_luck(world), end if months is None else month + months
        if len(phases) == len(fast.MONTH):
            fast.run_months(other, month, last)
        else:
            for now in range(month, last):
                for step in range(len(fast.MONTH)):
                    fast.run_phase(other if step in phases else world, step, now)
        fast.run_months(world, last, end)

    return live


EVERY = set(range(len(fast.MONTH)))
DISTURBANCES: dict[str, Disturbance] = {
    "nothing": redrawn(EVERY, 0),
    "one cent more in the bank": one_cent,
    "one deal more": one_deal,
    "one month of other leaving and requests": redrawn({EXPERIENCE}, 1),
    "one month of other contacts and choices": redrawn({SELL}, 1),
    "one month of other luck": redrawn(EVERY, 1),
    "3 months of other luck": redrawn(EVERY, 3),
    "6 months of other luck": redrawn(EVERY, 6),
    "12 months of other luck": redrawn(EVERY, 12),
    "other leaving and requests for ever": redrawn({EXPERIENCE}, None),
    "other contacts and choices for ever": redrawn({SELL}, None),
    "other tides for ever": redrawn({PLAN}, None),
    "other luck for ever (the past alone in common)": redrawn(EVERY, None),
}


def outcome(world: World, question: Question) -> tuple[float, float]:
    """Value in cents and survival of the firm."""
    measures = lived(history_of(world))[:, [question.firm]]
    value = worth(measures, question.case.params.finance)
    return float(value.cash[0] + value.equity[0]), float(measures["status"][-1, 0] == ALIVE)


def disturbed(question: Question, seed: int, month: int) -> list[tuple[float, float]]:
    """Outcomes of every disturbance of one seed."""
    trunk = fast.start_world(question.case, seed, question.months)
    fast.run_months(trunk, 0, month)
    branch, outcomes = twin_of(trunk, question.case.firms), []
    for live in DISTURBANCES.values():
        copy_state(trunk, branch, month)
        branch.plans.pivots[question.plan] = tuple(pivot_now(month))
        live(branch, question.firm, month, question.months)
        outcomes.append(outcome(branch, question))
    return outcomes


def told(values: np.ndarray, column: int, reference: int) -> str:
    found = ratio_interval(values, column, reference)
    most = most_ratio(values[:, [column, reference]], 1)[0]
    if np.isnan(found.mean):
        return "never apart"
    return f"{found.mean:.2f} ({found.low:.2f} to {found.high:.2f}) of {most:.1f}" if found.mean < 1_000 else "above 1,000"


def butterfly(question: Question, seeds: list[int], month: int) -> None:
    """Print what is left of common luck between two futures that differ by one disturbance after the fork alone."""
    outcomes = np.array([disturbed(question, seed, month) for seed in seeds])
    print(f"two pivots in month {month}, {len(seeds)} seeds; the second future differs by ...")
    print("  (variance on independent seeds over that on the same ones, 95 % interval, of the most that any luck could give)")
    for k, name in enumerate(list(DISTURBANCES)[1:], 1):
        apart = np.mean(outcomes[:, k, 0] != outcomes[:, 0, 0])
        print(
            f"  {name}: in {apart:.0%} of runs; value {told(outcomes[:, :, 0], k, 0)}; survival {told(outcomes[:, :, 1], k, 0)}"
        )


def measures_of(value: np.ndarray, survived: np.ndarray, best: int) -> Iterator[tuple[str, np.ndarray]]:
    """Value and survival, and value in other guises."""
    yield "value", value
    yield "logarithm of value", np.sign(value) * np.log1p(np.abs(value) / MILLION_DOLLARS)
    yield "value, the highest twentieth cut off", np.minimum(value, np.quantile(value[:, best], HIGHEST))
    yield "rank of value", np.searchsorted(np.sort(value, axis=None), value).astype(float)
    yield "survival", survived


def differences(question: Question, seeds: list[int]) -> None:
    """Print what common luck is worth for the main differences of the question."""
    trials = run_trials(question, seeds, None)
    kept = [*range(len(question.moments.levels)), question.columns - 1]
    value, survived = (np.array([getattr(trial, name)[kept] for trial in trials], float) for name in ("value", "survived"))
    best, never = int(value.mean(axis=0).argmax()), len(kept) - 1
    months = list(question.moments.levels)
    near = [months.index(months[best] + gap) for gap in (-6, -3, 3, 6) if months[best] + gap in months]
    print(f"differences from the best moment, month {months[best]}, {len(trials)} seeds")
    for name, table in measures_of(value, survived, best):
        parts = [f"{'never' if k == never else f'month {months[k]}'} {told(table, k, best)}" for k in (0, never, *near)]
        print(f"  {name}: {'; '.join(parts)}")
        for words, other in (("the best", best), ("never", never)):
            ratio, most = np.delete(variance_ratio(table, other), other), np.delete(most_ratio(table, other), other)
            apart = ~np.isnan(ratio)
            print(f"    all moments against {words}, median: {np.median(ratio[apart]):.2f} of {np.median(most[apart]):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few seeds, to see that it works")
    options = parser.parse_args()
    scenario = load_scenario(SCENARIO)
    question = ask(scenario, Asked())
    seeds = [int(replicate_seed(scenario.seed, number)) for number in range(1_000)]
    butterfly(question, seeds[: 20 if options.quick else 400], 18)
    for number in (40,) if options.quick else (200, 1_000):
        differences(question, seeds[:number])


if __name__ == "__main__":
    main()
