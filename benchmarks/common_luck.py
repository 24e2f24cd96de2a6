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

from cxsim.engine import pivot_now
from cxsim.engine.fast import run as fast
from cxsim.engine.fast.phases.sell import win
from cxsim.engine.fast.simulation import FastSimulation
from cxsim.engine.fast.simulation_state import SimulationState, history_of
from cxsim.measures.firms import lived, worth
from cxsim.model import chance
from cxsim.model.chance import draw, replicate_seed, split, stream_key
from cxsim.model.state import ALIVE
from cxsim.scenario import load_scenario
from cxsim.studies.base import Runner
from cxsim.studies.pivot.search import Query, ask, run_trials
from cxsim.studies.pivot.trials import Question
from cxsim.studies.pivot.variance_reduction import most_ratio, ratio_interval, variance_ratio

SCENARIO = Path(__file__).parents[1] / "scenarios" / "survive_to_thrive.toml"
PLAN, SELL, EXPERIENCE = (fast.MONTH.index(phase) for phase in (fast.plan, fast.sell, fast.experience))
ELSEWHERE = 1_000_000  # a replicate whose luck no other replicate has
MILLION_DOLLARS = 100_000_000
HIGHEST = 0.95

Disturbance = Callable[[SimulationState, int, int, int], None]


def other_luck(state: SimulationState) -> SimulationState:
    """The same state, with another seed."""
    return state._replace(seed=int(replicate_seed(state.seed, ELSEWHERE)))


def one_cent(state: SimulationState, firm: int, month: int, end: int) -> None:
    state.firms.cash[firm] += 1
    fast.run_months(state, month, end)


def one_deal(state: SimulationState, firm: int, month: int, end: int) -> None:
    """The first contact of the month who is no customer yet signs before the others are met."""
    for step in range(SELL):
        fast.run_phase(state, step, month)
    contacts, number = split(stream_key(state.seed, chance.CONTACT_DRAWS, month), firm), len(state.customers.supplier)
    met = (int(draw(contacts, k) * number) for k in range(number))
    win(state, firm, next(c for c in met if state.customers.supplier[c] != firm), month)
    for step in range(SELL, len(fast.MONTH)):
        fast.run_phase(state, step, month)
    fast.run_months(state, month + 1, end)


def redrawn(phases: set[int], months: int | None) -> Disturbance:
    """Draw some phases of so many months after the fork, or of all, from another seed."""

    def live(state: SimulationState, firm: int, month: int, end: int) -> None:
        other, last = other_luck(state), end if months is None else month + months
        if len(phases) == len(fast.MONTH):
            fast.run_months(other, month, last)
        else:
            for now in range(month, last):
                for step in range(len(fast.MONTH)):
                    fast.run_phase(other if step in phases else state, step, now)
        fast.run_months(state, last, end)

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
    "other demand shocks for ever": redrawn({PLAN}, None),
    "other luck for ever (the past alone in common)": redrawn(EVERY, None),
}


def outcome(state: SimulationState, question: Question) -> tuple[float, float]:
    """Value in cents and survival of the firm."""
    measures = lived(history_of(state))[:, [question.firm]]
    value = worth(measures, question.case.params.finance)
    return float(value.cash[0] + value.equity[0]), float(measures["status"][-1, 0] == ALIVE)


def disturbed(question: Question, seed: int, month: int) -> list[tuple[float, float]]:
    """Outcomes of every disturbance of one seed."""
    trunk = FastSimulation(question.case, seed, question.months).advance(month)
    branch, outcomes = None, []
    for live in DISTURBANCES.values():
        branch = trunk.fork(firm=question.plan, pivot=pivot_now(month), into=branch)
        live(branch.state, question.firm, month, question.months)
        outcomes.append(outcome(branch.state, question))
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
    trials = run_trials(question, seeds, Runner())
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
    question = ask(scenario, Query())
    seeds = [int(replicate_seed(scenario.seed, number)) for number in range(1_000)]
    butterfly(question, seeds[: 20 if options.quick else 400], 18)
    for number in (40,) if options.quick else (200, 1_000):
        differences(question, seeds[:number])


if __name__ == "__main__":
    main()


# Last result (version 0.1.0, numba 0.68, about 3 minutes of one processor):
#
# two pivots in month 18, 400 seeds; the second future differs by ...
#   (variance on independent seeds over that on the same ones, 95 % interval, of the most that any luck could give)
#   one cent more in the bank: in 18% of runs; value above 1,000; survival never apart
#   one deal more: in 92% of runs; value 15.33 (8.22 to 40.63) of 115.0; survival 17.05 (10.24 to 40.27) of 17.1
#   one month of other leaving and requests: in 58% of runs; value 23.61 (11.59 to 92.73) of 897.4;
#     survival 20.15 (11.39 to 53.41) of 40.5
#   one month of other contacts and choices: in 76% of runs; value 9.11 (4.97 to 23.59) of 955.7;
#     survival 10.74 (7.01 to 20.17) of 54.0
#   one month of other luck: in 100% of runs; value 5.07 (3.34 to 9.30) of 706.4; survival 5.79 (4.30 to 9.03) of inf
#   3 months of other luck: in 100% of runs; value 3.59 (2.52 to 5.72) of 192.8; survival 4.07 (3.09 to 5.70) of 18.0
#   6 months of other luck: in 100% of runs; value 2.99 (2.20 to 4.25) of 206.1; survival 3.31 (2.60 to 4.40) of 20.2
#   12 months of other luck: in 100% of runs; value 2.63 (1.99 to 3.69) of 149.0; survival 2.80 (2.23 to 3.62) of 23.1
#   other leaving and requests for ever: in 98% of runs; value 4.24 (2.98 to 6.47) of 352.1;
#     survival 4.29 (3.23 to 5.99) of 81.9
#   other contacts and choices for ever: in 100% of runs; value 3.59 (2.65 to 5.31) of 171.0;
#     survival 4.90 (3.66 to 7.07) of 162.1
#   other demand shocks for ever: in 100% of runs; value 2.28 (1.85 to 2.94) of 173.6; survival 3.30 (2.59 to 4.39) of 16.2
#   other luck for ever (the past alone in common): in 100% of runs; value 1.90 (1.60 to 2.32) of 244.8;
#     survival 2.85 (2.31 to 3.74) of 27.0
# differences from the best moment, month 18, 200 seeds
#   value: month 0 1.46 (1.04 to 2.07) of 2.1; never 1.01 (1.01 to 1.02) of 1.0; month 12 3.20 (2.13 to 5.07) of 12.5;
#     month 15 6.40 (3.58 to 15.50) of 59.7; month 21 12.64 (6.80 to 26.33) of 55.2; month 24 3.55 (2.24 to 6.58) of 20.2
#     all moments against the best, median: 1.01 of 1.03
#     all moments against never, median: 3.35 of 4.50
#   logarithm of value: month 0 1.25 (1.06 to 1.53) of 1.3; never 1.33 (1.27 to 1.39) of 1.5;
#     month 12 2.74 (2.02 to 3.88) of 3.8; month 15 6.27 (4.07 to 11.93) of 11.6; month 21 13.70 (7.32 to 37.49) of 93.7;
#     month 24 6.80 (4.29 to 13.34) of 24.3
#     all moments against the best, median: 1.30 of 1.48
#     all moments against never, median: 8.33 of 19.02
#   value, the highest twentieth cut off: month 0 1.30 (1.05 to 1.68) of 1.5; never 1.02 (1.01 to 1.02) of 1.0;
#     month 12 2.83 (1.99 to 4.18) of 9.8; month 15 6.73 (4.07 to 13.89) of 52.7; month 21 10.73 (5.94 to 22.85) of 48.2;
#     month 24 3.75 (2.55 to 6.18) of 16.0
#     all moments against the best, median: 1.01 of 1.03
#     all moments against never, median: 3.35 of 4.50
#   rank of value: month 0 1.45 (1.25 to 1.72) of 2.2; never 4.16 (3.26 to 5.44) of 13.0;
#     month 12 4.72 (3.51 to 6.62) of 13.4; month 15 10.66 (7.63 to 15.97) of 33.7; month 21 16.99 (11.83 to 25.06) of 185.0;
#     month 24 9.37 (6.19 to 15.77) of 47.5
#     all moments against the best, median: 3.98 of 11.13
#     all moments against never, median: 62.40 of 209.96
#   survival: month 0 1.20 (1.04 to 1.42) of 1.2; never 3.21 (2.51 to 4.30) of 3.2; month 12 2.58 (1.94 to 3.63) of 2.8;
#     month 15 5.90 (3.88 to 11.19) of 7.0; month 21 13.33 (6.96 to 40.72) of 40.3; month 24 8.49 (5.12 to 18.60) of 10.7
#     all moments against the best, median: 3.21 of 3.25
#     all moments against never, median: 7.69 of 7.69
# differences from the best moment, month 18, 1000 seeds
#   value: month 0 1.33 (1.16 to 1.53) of 1.8; never 1.02 (1.01 to 1.02) of 1.0; month 12 3.42 (2.81 to 4.19) of 17.8;
#     month 15 5.03 (3.96 to 6.78) of 43.1; month 21 6.24 (4.77 to 8.60) of 79.7; month 24 3.19 (2.66 to 3.91) of 18.6
#     all moments against the best, median: 1.02 of 1.04
#     all moments against never, median: 2.09 of 4.04
#   logarithm of value: month 0 1.21 (1.12 to 1.32) of 1.3; never 1.32 (1.28 to 1.35) of 1.6;
#     month 12 3.33 (2.82 to 4.00) of 5.5; month 15 5.18 (4.20 to 6.61) of 10.0; month 21 6.87 (5.44 to 9.04) of 20.6;
#     month 24 4.48 (3.72 to 5.49) of 12.4
#     all moments against the best, median: 1.29 of 1.57
#     all moments against never, median: 5.94 of 19.52
#   value, the highest twentieth cut off: month 0 1.24 (1.13 to 1.37) of 1.4; never 1.02 (1.02 to 1.02) of 1.0;
#     month 12 3.25 (2.73 to 3.93) of 16.0; month 15 5.03 (4.03 to 6.59) of 37.5; month 21 6.04 (4.73 to 8.18) of 79.8;
#     month 24 3.23 (2.73 to 3.88) of 18.7
#     all moments against the best, median: 1.02 of 1.04
#     all moments against never, median: 2.09 of 4.04
#   rank of value: month 0 1.38 (1.28 to 1.48) of 2.2; never 3.79 (3.44 to 4.21) of 12.4;
#     month 12 4.89 (4.22 to 5.72) of 17.3; month 15 8.25 (7.06 to 9.76) of 29.0; month 21 10.14 (8.48 to 12.30) of 46.6;
#     month 24 7.22 (6.17 to 8.56) of 27.3
#     all moments against the best, median: 3.73 of 11.82
#     all moments against never, median: 55.20 of 216.68
#   survival: month 0 1.17 (1.10 to 1.26) of 1.2; never 2.37 (2.17 to 2.61) of 2.5; month 12 3.18 (2.70 to 3.80) of 3.8;
#     month 15 4.98 (4.05 to 6.37) of 6.3; month 21 6.71 (5.34 to 8.74) of 10.4; month 24 4.63 (3.83 to 5.67) of 6.3
#     all moments against the best, median: 2.38 of 2.51
#     all moments against never, median: 12.19 of 12.82
