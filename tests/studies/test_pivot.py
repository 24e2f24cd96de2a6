"""The pivot study: what is forked equals what is run, and its answers hold where they are known."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxsim.engine import simulate, start
from cxsim.errors import ScenarioError
from cxsim.measures.tables import run_columns
from cxsim.model.case import Case
from cxsim.model.chance import replicate_seed
from cxsim.model.params import AT_CUSTOMERS, AT_MONTH, NEVER, WHEN_VIABLE, Pivot
from cxsim.scenario import load_scenario
from cxsim.studies.base import Runner
from cxsim.studies.pivot.answer import answer
from cxsim.studies.pivot.candidates import Moments, moments_of
from cxsim.studies.pivot.phase_map import axes_of, load_cells, run_cells, sentences_on, turning_points
from cxsim.studies.pivot.sample import Sample, paths_table
from cxsim.studies.pivot.search import Query, ask, search
from cxsim.studies.pivot.signals import SIGNALS, Rule, Seen, find_pair, find_single, outcome, score_signals
from cxsim.studies.pivot.trials import Question, alone, try_moments
from cxsim.studies.verification.theory import Trade, switch_point
from random_cases import generated_case

SCENARIOS = Path(__file__).parents[2] / "scenarios"
MAIN = SCENARIOS / "survive_to_thrive.toml"
MONTHS = 30


def with_pivot(case: Case, plan: int, pivot: Pivot) -> Case:
    firms = list(case.firms)
    firms[plan] = firms[plan]._replace(pivot=pivot)
    return case._replace(firms=tuple(firms))


def ordinary(question: Question, pivot: Pivot, seed: int) -> tuple[int, bool, int]:
    case = with_pivot(question.case, question.plan, pivot)
    history = simulate(case, seed, question.months)
    columns = run_columns(history, case)
    return columns["value"][question.firm], columns["survived"][question.firm], history.pivoted[question.firm]


@pytest.mark.parametrize("number", range(8))
def test_every_future_of_a_trial_is_the_ordinary_run(number: int) -> None:
    case, plan = alone(generated_case(number, 1500), 0), 0
    for moments, trigger in (
        (Moments("month", (0, 1, 5, 11, 29)), lambda level: Pivot(AT_MONTH, month=level)),
        (Moments("customers", (0, 3, 20, 10_000)), lambda level: Pivot(AT_CUSTOMERS, customers=level)),
    ):
        question = Question(case, plan, MONTHS, moments, 2)
        trial = try_moments(question, 5)
        pivots = [*map(trigger, moments.levels), Pivot(WHEN_VIABLE, viable_months=2), Pivot(NEVER)]
        for column, pivot in enumerate(pivots):
            found = trial.value[column], trial.survived[column], trial.pivoted[column]
            assert found == ordinary(question, pivot, 5), (moments.by, column)


def test_a_firm_put_in_a_block_of_its_own_lives_the_same_life() -> None:
    case = load_scenario(SCENARIOS / "industry.toml", ["months=12"]).arms[0].case
    many = next(number for number, plan in enumerate(case.firms) if plan.count > 1)
    split = alone(case, many)
    assert split.firms[many].count == 1
    assert split.firm_slots == case.firm_slots
    never = with_pivot(case, many, Pivot())
    assert simulate(with_pivot(split, many + 1, Pivot()), 3, 12).measures.tobytes() == simulate(never, 3, 12).measures.tobytes()


def test_firms_that_enter_as_copies_of_the_firm_keep_their_own_trigger() -> None:
    case = load_scenario(SCENARIOS / "industry.toml", ["months=12"]).arms[0].case
    copied = case._replace(firms=tuple(firm._replace(count=1) for firm in case.firms))
    split = alone(copied, copied.entrant)
    assert split.entrant == copied.entrant + 1
    assert split.firms[split.entrant] == copied.firms[copied.entrant]._replace(count=0)
    assert split.firm_slots == copied.firm_slots


def test_cash_is_a_level_that_it_falls_to_or_rises_to() -> None:
    class Firm:
        def __init__(self, cash: int) -> None:
            self.cash = cash

    moments = moments_of("cash", 24, 0, 1_000, 30_000_000, None)
    low, high = 10_000_000, 50_000_000
    assert low in moments.levels
    assert high in moments.levels
    for cash, falls, rises in ((30_000_000, False, False), (9_000_000, True, False), (60_000_000, False, True)):
        assert moments.reached(low, Firm(cash), 3) is falls
        assert moments.reached(high, Firm(cash), 3) is rises


def test_candidate_months_begin_with_the_firm() -> None:
    assert moments_of("month", 10, 0, 1, 0, 4).levels == (0, 4, 8)
    assert moments_of("month", 120, 0, 1, 0, None).levels[:3] == (0, 3, 6)
    assert moments_of("month", 20, 7, 1, 0, 6).levels == (7, 13, 19)


def seen_with_a_tell(n: int = 60, moments: int = 20) -> tuple[Seen, np.ndarray]:
    """Firms whose best moment is when their customers pass 50; months and other signals tell nothing."""
    rng = np.random.default_rng(4)
    when = rng.integers(2, moments - 2, n)
    month = np.arange(moments)
    signals = {name: rng.normal(size=(n, moments)) for name in SIGNALS}
    signals["customers"] = 50.0 + 10 * (month - when[:, None])
    signals["viable_months"] = np.full((n, moments), np.nan)
    value = 100.0 - (month - when[:, None]) ** 2
    return Seen(signals, np.hstack([value, np.zeros((n, 1))])), when


def test_the_signal_that_tells_is_found() -> None:
    seen, _ = seen_with_a_tell()
    best = find_single(seen)[0]
    assert (best.signals, best.above) == (("customers",), (True,))
    assert 40 < best.thresholds[0] <= 50
    assert outcome(best, seen).mean() == 100
    pair = find_pair(seen)
    assert pair is not None
    assert "customers" in pair.signals
    assert outcome(pair, seen).mean() >= 95


def test_a_rule_that_never_holds_is_worth_what_never_is() -> None:
    seen, _ = seen_with_a_tell()
    rule = Rule(("customers", "viable_months"), (True, True), (50.0, 1.0))
    assert outcome(rule, seen).tolist() == seen.values[:, -1].tolist()
    assert str(rule) == "customers at least 50 and months in a row with money coming in at least 1"


def test_what_a_firm_sees_is_what_was_recorded_before_the_month() -> None:
    question = ask(load_scenario(MAIN, ["months=30"]), Query())
    seen, run = try_moments(question, 9).seen, start(question.case, 9, 30)
    tally = run.advance(10).firms["tally"][0].copy()
    trunk = run.advance().history.measures[:, 0]
    flow = trunk["revenue"] - trunk["wages"] - trunk["marketing"] - trunk["running_costs"]
    assert np.isnan([series[0] for series in seen.values()]).all(), "nothing is known on the first day"
    assert seen["customers"][10] == trunk["customers"][9]
    assert seen["cash_flow"][10] == flow[7:10].mean()
    assert seen["cash_flow"][2] == flow[:2].mean()
    assert seen["deals_per_rep"][10] == pytest.approx(trunk["deals"][7:10].sum() / trunk["sales_capacity"][7:10].sum())
    assert seen["request_focus"][10] == tally.max() / tally.sum()
    assert 1 <= seen["request_breadth"][10] <= 64
    assert 0 < seen["custom_upkeep"][20] < trunk["work_upkeep"][17:20].sum() / trunk["work_capacity"][17:20].sum()


def answered(*settings: str, step: int = 9, **asked):
    scenario = load_scenario(MAIN, settings)
    wanted = Query(step=step, **asked)
    found = search(scenario, wanted, Runner(2))
    return found, answer(found, score_signals(found), wanted.precision, verbose=True).sentences


def test_the_main_scenario_has_a_best_moment_inside_the_run() -> None:
    found, told = answered("replicates=60")
    assert found.verdict == "moment"
    assert 9 <= found.moment.low <= found.moment.mean <= found.moment.high <= 36
    assert not found.window[[0, -1]].any()
    text = " ".join(told)
    for words in ("window", "signal that would have told", "against never", "at once, value -", "months late", "common luck"):
        assert words in text, words
    best, never = found.best_row, found.rows[-1]
    assert best.value_less_best.mean == 0 == best.survived_less_best.mean
    assert best.value_less_never.low > 0
    assert never.value_less_best.mean == pytest.approx(-best.value_less_never.mean)
    paths = pd.DataFrame(paths_table(found))
    assert set(paths["measure"]) == {"customers", "cash", "in_business"}
    assert set(paths["moment"]) == set(found.labels)
    assert (paths.groupby(["moment", "measure"]).size() == found.months).all()


@pytest.mark.parametrize(
    ("setting", "kind"),
    [
        ("mechanisms.custom_work=false", "same"),
        ("mechanisms.validation=false", "at once"),
        ("mechanisms.sharing=false", "never"),
    ],
)
def test_without_its_mechanism_there_is_no_best_moment(setting: str, kind: str) -> None:
    found, told = answered("replicates=40", setting, step=24)
    assert found.verdict in (kind, "open"), told
    if kind == "same":
        assert told[0].startswith("There is no best moment: in each of 40 runs founders is worth the same")
        assert np.isnan(found.moment.mean)
    else:
        assert found.labels[found.best] == {"at once": "month 0", "never": "never"}[kind]
    assert answer(_again(setting)) == answer(_again(setting))


def _again(setting: str) -> Sample:
    return search(load_scenario(MAIN, ["replicates=4", "months=60", setting]), Query(step=60), Runner(1))


def test_replicates_are_added_until_the_interval_is_as_narrow_as_asked() -> None:
    sample, told = answered("replicates=8", precision=15.0, most=200)
    assert 8 < len(sample.trials) <= 200
    assert sample.width <= 15
    assert sample.replicates == list(range(len(sample.trials)))
    assert [trial.seed for trial in sample.trials] == [replicate_seed(1, number) for number in sample.replicates]
    assert any("as asked" in sentence for sentence in told)


def test_it_says_how_many_more_replicates_it_would_need() -> None:
    sample, told = answered("replicates=40", precision=0.5, most=45)
    assert len(sample.trials) == 45
    assert any("more replicates would be needed" in sentence for sentence in told), told


def test_moments_by_customers_leave_out_what_no_run_came_to() -> None:
    scenario = load_scenario(MAIN, ["replicates=12", "months=60"])
    sample = search(scenario, Query(by="customers"), Runner(2))
    assert sample.labels[0] == "0 customers"
    assert sample.labels[-1] == "never"
    assert 20_000 not in sample.levels
    came = sample.table("customers")[:, :-1]
    reached = ~np.isnan(came)
    assert (came[reached] >= np.broadcast_to(sample.levels, came.shape)[reached]).all()


def test_a_single_seed_has_no_interval() -> None:
    found, _told = answered("replicates=1", step=40)
    assert np.isnan(found.moment.low)
    assert found.verdict in ("open", "same")


@pytest.mark.parametrize(
    ("asked", "settings", "message"),
    [
        (Query(firm="foundrs"), [], "no firm 'foundrs'; allowed: founders; did you mean 'founders'"),
        (Query(arm="pivott"), [], "did you mean 'pivot'"),
    ],
)
def test_what_the_scenario_has_not_got_is_refused(asked: Query, settings: list[str], message: str) -> None:
    with pytest.raises(ScenarioError, match=message.replace("?", "[?]")):
        ask(load_scenario(MAIN, settings), asked)


def test_a_firm_without_a_second_strategy_is_refused() -> None:
    with pytest.raises(ScenarioError, match="the pivot would change nothing"):
        ask(load_scenario(SCENARIOS / "young_smallco.toml"), Query())


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["market.homogeneity"], "not an axis"),
        (["market.homogeneity=0:1"], "not an axis"),
        (["market.homogeneity=1:0:3"], "not an axis"),
        (["market.homogeneity=0:nan:3"], "not an axis"),
        (["market.homogenity=0:1:3"], "did you mean 'homogeneity'"),
        (["markt.homogeneity=0:1:3"], "did you mean 'market'"),
        (["mechanisms.needs=0:1:2"], "no such number"),
        (["market.homogeneity=0:1:99999"], "at most 2,500"),
        (["market.homogeneity=0:1:60", "product.variety_cost=0:1:60"], "3,600 cells"),
        (["market.homogeneity=0:1:3", "market.homogeneity=0:1:3"], "comes twice"),
        (["market.homogeneity=0:1:3", "market.drift=0:0.1:3", "market.zipf=0:1:3"], "at most 2"),
    ],
)
def test_axes_that_are_refused(texts: list[str], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        axes_of(texts)


def test_a_value_out_of_bounds_is_found_before_anything_is_run() -> None:
    with pytest.raises(ScenarioError, match="homogeneity"):
        load_cells(axes_of(["market.homogeneity=0:2:3"]), lambda more: load_scenario(MAIN, more), 4)


def test_a_map_over_two_parameters_has_every_region() -> None:
    axes = axes_of(["firms.founders.start.cash=1000000:40000000:2", "product.upkeep=0.015:0.03:2"])
    cells = load_cells(axes, lambda more: load_scenario(MAIN, [*more, "months=48"]), 6)
    found = run_cells(axes, cells, Query(step=24), Runner(2))
    assert found is not None
    table = pd.DataFrame(found.columns())
    assert len(table) == 4
    assert set(table["firms.founders.start.cash"]) == {1_000_000, 40_000_000}
    assert (table[table["firms.founders.start.cash"] == 1_000_000]["region"] == "dies anyway").all()
    assert next(iter(sentences_on(found))).startswith("Over firms.founders.start.cash and product.upkeep (4 cells)")


@pytest.mark.parametrize(("arm", "suits"), [("suits_40", 0.4), ("suits_60", 0.6), ("suits_25", 0.25)])
def test_p11_it_pays_to_pivot_from_the_size_that_theory_says(arm: str, suits: float) -> None:
    axes = axes_of(["market.customers=300:1500:13"])
    path = SCENARIOS / "verification" / "p11_pivot.toml"
    cells = load_cells(axes, lambda more: load_scenario(path, more), None)
    found = run_cells(axes, cells, Query(arm=arm, step=1_200), Runner(2))
    assert found is not None
    ((up, size),) = turning_points(found)
    assert up
    assert size.mean == pytest.approx(switch_point(Trade(100, 80, 30, 20_000, 200, suits)), rel=0.1)
    assert size.low <= size.mean <= size.high
