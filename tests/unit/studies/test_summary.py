"""Intervals, values and differences, held against numbers worked out by hand."""

import numpy as np
import pytest

import fake_runs
from cxsim.measures.registry import MEANS, MEDIANS
from cxsim.measures.series import run_values
from cxsim.model.case import Case, History
from cxsim.model.chance import replicate_seed
from cxsim.model.params import Pivot
from cxsim.model.state import ALIVE
from cxsim.narrative.formatting import count, dollars, percent, with_interval
from cxsim.statistics.intervals import mean_interval, share_interval
from cxsim.store.rows import rows_from_csv, rows_to_csv
from cxsim.studies.base import Runner
from cxsim.studies.run.answer import Answer, Scope, answer
from cxsim.studies.run.execute import Failure, assemble, run_scenario
from cxsim.studies.run.notes import sample_notes
from cxsim.studies.run.stored import run_tables
from cxsim.studies.run.summary import Summary, SummaryRow, summarize


def test_paired_differences_use_the_same_seeds() -> None:
    runs = assemble(run_scenario(fake_runs.scenario(), simulate=fake_runs.simulate).records).runs
    found = Summary(summarize(runs))
    value = {arm: runs["value"][runs["arm"] == arm] for arm in ("custom", "pivot")}
    expected = mean_interval([float(x) for x in value["pivot"] - value["custom"]])
    assert found.difference("value", "team", "pivot", "custom") == pytest.approx(expected)
    assert found.difference("value", "team", "custom", "pivot").mean == pytest.approx(-expected.mean)  # type: ignore[union-attr]


def test_survival_is_a_share_and_closed_firms_count_in_means() -> None:
    runs = assemble(run_scenario(fake_runs.scenario(replicates=12), simulate=fake_runs.simulate).records).runs
    found = Summary(summarize(runs))
    mine = runs["arm"] == "custom"
    assert 0 < runs["survived"][mine].sum() < 12
    assert found.level("survived", "team", "custom") == share_interval(int(runs["survived"][mine].sum()), 12)
    assert found.level("value", "team", "custom").n == 12  # type: ignore[union-attr]
    assert found.level("customers", "team", "custom").mean == runs["customers"][mine].mean()  # type: ignore[union-attr]
    assert found.level("satisfaction", "team", "custom").n == runs["survived"][mine].sum()  # type: ignore[union-attr]


def test_rows_survive_the_summary_file() -> None:
    rows = summarize(assemble(run_scenario(fake_runs.scenario(replicates=1), simulate=fake_runs.simulate).records).runs)
    again = rows_from_csv(SummaryRow, rows_to_csv(SummaryRow, rows))
    assert rows_to_csv(SummaryRow, again) == rows_to_csv(SummaryRow, rows)


@pytest.mark.parametrize("workers", [1, 2])
def test_outcome_does_not_depend_on_workers(workers: int) -> None:
    one = assemble(run_scenario(fake_runs.scenario(), runner=Runner(1), simulate=fake_runs.simulate).records)
    other = assemble(run_scenario(fake_runs.scenario(), runner=Runner(workers), simulate=fake_runs.simulate).records)
    for table, twin in zip(one, other, strict=True):
        for name in table:
            np.testing.assert_array_equal(table[name], twin[name])


def test_processes_give_the_same_runs() -> None:
    scenario = fake_runs.scenario(("only", (fake_runs.plan(),)), replicates=2)
    one = assemble(run_scenario(scenario, "reference", Runner(1), simulate=fake_runs.simulate).records)
    other = assemble(run_scenario(scenario, "reference", Runner(2), simulate=fake_runs.simulate).records)
    np.testing.assert_array_equal(one.runs["value"], other.runs["value"])


def test_a_process_that_dies_costs_one_run() -> None:
    scenario = fake_runs.scenario(("only", (fake_runs.plan(),)), replicates=3)
    outcome = run_scenario(scenario, "reference", Runner(2), simulate=fake_runs.die_in_the_second)
    assert [record.replicate for record in outcome.records] == [0, 2]
    assert "died" in outcome.failures[0].error


def test_a_run_that_fails_is_a_record() -> None:
    outcome = run_scenario(fake_runs.scenario(), simulate=fake_runs.fail_in_the_second)
    assert [failure.arm for failure in outcome.failures] == ["custom", "pivot", "standard"]
    seed = outcome.failures[0].seed
    assert outcome.failures[0] == Failure("custom", 1, seed, "ValueError: a lot of trouble")
    assert len(outcome.records) == 9


def _one_arm_fails(case: Case, seed: int, months: int, engine: str = "fast") -> History:
    if case.firms[0].pivot.when and seed in (replicate_seed(7, 0), replicate_seed(7, 2)):
        raise ValueError("a lot of trouble")
    return fake_runs.simulate(case, seed, months, engine)


def test_figures_side_by_side_are_of_one_sample_where_runs_failed() -> None:
    """A mean of all replicates beside a difference over those that came to their end in both arms."""
    arms = [("plain", (fake_runs.plan(),)), ("pivot", (fake_runs.plan(level=2.0, pivot=Pivot(when=1)),))]
    scenario = fake_runs.scenario(*arms, replicates=6)
    tables = assemble(run_scenario(scenario, simulate=_one_arm_fails).records)
    found = Summary(summarize(tables.runs))
    levels = {arm: found.level("value", "team", arm) for arm in ("plain", "pivot")}
    gap = found.difference("value", "team", "pivot", "plain")
    assert gap is not None
    assert [one and one.n for one in levels.values()] == [4, 4]
    assert levels["pivot"].mean - levels["plain"].mean == pytest.approx(gap.mean)  # type: ignore[union-attr]
    resolved = {"arms": {name: {"firms": {"team": {"count": 1}}} for name, _ in arms}, "focal": "team", "months": 24}
    drawn = run_tables(resolved, tables.months, tables.runs)
    assert [len(run_values(drawn, arm)) for arm in drawn.arms] == [4, 4]
    assert set(drawn.months_table["replicate"].tolist()) == {1, 3, 4, 5}
    assert list(sample_notes(tables.runs)) == [
        "Figures count the replicates that every arm has; left out, though runs.parquet has them: 0 and 2 of plain."
    ]


def test_arms_that_have_no_replicate_in_common_are_summed_up_each_by_its_own() -> None:
    runs, _ = _made(one=[1.0, 2.0], other=[3.0, 5.0])
    runs["replicate"] = np.arange(4)
    found = Summary(summarize(runs))
    assert [found.level("value", "team", arm).mean for arm in ("one", "other")] == [1.5, 4.0]  # type: ignore[union-attr]
    assert found.difference("value", "team", "other", "one") is None
    assert not list(sample_notes(runs))


def _answer(*levels: float, replicates: int = 20) -> str:
    arms = [(f"arm{n}", (fake_runs.plan(level=level),)) for n, level in enumerate(levels)]
    scenario = fake_runs.scenario(*arms, months=60, replicates=replicates)
    runs = assemble(run_scenario(scenario, simulate=fake_runs.simulate).records).runs
    told = answer(Summary(summarize(runs)), Scope("team", [arm.name for arm in scenario.arms], 60))
    assert len(told.sentences) <= 9
    return "\n".join((*told.sentences, *told.table, *told.notes))


def test_answer_names_the_best_arm_and_says_when_it_is_sure() -> None:
    told = _answer(0.5, 2.0)
    assert "worth most under arm1" in told
    assert "Its lead is significant" in told
    assert "Pivoted" in told


def test_answer_says_when_a_difference_is_not_significant_or_there_is_none() -> None:
    assert "not significant" in _answer(1.0, 1.02, replicates=6)
    assert "makes no difference" in _answer(1.0, 1.0)
    assert "add replicates" in _answer(0.5, 2.0, replicates=1)


def test_answer_of_one_arm_compares_nothing() -> None:
    told = _answer(1.0)
    assert "against the best" not in told
    assert "*" not in told


def _made(months: int = 60, pivoted: float | None = None, **values: list[float]) -> tuple[dict[str, np.ndarray], Scope]:
    """Runs of the firm ``team`` with these values in cents in each arm; it survives where it gains, and lacks the rest."""
    arms, numbers = list(values), [number for arm in values.values() for number in arm]
    runs = {name: np.full(len(numbers), np.nan) for name in (*MEANS, *MEDIANS)}
    runs["arm"] = np.repeat(np.array(arms, dtype=object), [len(values[arm]) for arm in arms])
    runs["plan"] = np.full(len(numbers), "team", dtype=object)
    runs["entrant"] = np.zeros(len(numbers), dtype=bool)
    runs["replicate"] = np.concatenate([np.arange(len(arm)) for arm in values.values()])
    runs["value"], runs["customers"] = np.array(numbers), np.array([2.0 * (x > 0) for x in numbers])
    runs["survived"], runs["idle_share"] = runs["value"] > 0, np.ones(len(numbers))
    if pivoted is not None:
        runs["pivoted"], runs["customers_at_pivot"] = np.full(len(numbers), pivoted), np.full(len(numbers), 5.0)
    return runs, Scope("team", arms, months, pivots=arms[:1])


def _told(months: int = 60, pivoted: float | None = None, **values: list[float]) -> Answer:
    runs, asked = _made(months, pivoted, **values)
    return answer(Summary(summarize(runs)), asked)


def test_value_has_a_median_and_shares_of_seeds() -> None:
    runs, _ = _made(low=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], high=[0.0, 2.0, 4.0, 5.0, 6.0, 7.0, 8.0, 90.0])
    rows = {(row.kind, row.arm, row.versus): row.estimate for row in summarize(runs) if row.measure == "value"}
    assert rows["median", "high", ""] == (5.5, 0.0, 90.0, 8)  # ranks 1 and 8: 2 / 2**8 lies without
    assert rows["share_better", "high", "low"] == share_interval(6, 8)
    assert rows["share_equal", "high", "low"] == share_interval(1, 8)
    assert rows["carriers", "high", ""].mean == 1
    assert Summary(summarize(runs)).better("value", "team", "low", "high") == share_interval(1, 8)


def test_answer_tells_medians_and_wins_and_on_how_few_runs_a_mean_rests() -> None:
    loss = [-100_000.0 - x for x in range(19)]
    told = _told(sure=[*loss, -90_000.0], lucky=[x - 1_000.0 for x in loss[:9]] + loss[9:] + [9e9])
    words = "\n".join(told.sentences)
    assert "worth most under lucky: $4.50M" in words
    assert "The median run is worth -$1.00k (-$1.01k to -$1.00k) under lucky" in words  # ranks 6 and 15
    assert "lucky is worth more than sure in 5 % (1 % to 24 %) of runs (the same in 50 %)." in words
    assert "The mean rests on 1 of 20 runs under lucky: " in words
    assert "No firm came through under sure (up to 16 % may): that mean leaves out what a survivor is worth." in words
    end = told.table[0].index("median") + len("median")
    assert [line[:end].split()[-1] for line in told.table[2:]] == ["-$1.00k", "-$1.00k"]
    assert not any(note.startswith(("*", "The best of")) for note in told.notes)


def test_arms_that_are_the_same_share_the_first_place() -> None:
    told = _told(a=[3.0e5, 4.0e5], b=[3.0e5, 4.0e5], c=[1.0e5, 2.0e5])
    first, verdict = told.sentences[:2]
    assert "worth most under a and b, which are worth the same in every run: $3.50k" in first
    assert "$2.00k ($2.00k to $2.00k) more than c" in first
    assert verdict.startswith("Their lead is significant")
    assert ["the same" in line for line in told.table[2:]] == [False, True, False]
    assert [note[0] for note in told.notes] == ["M", "*", "T"]
    assert "best of 3 arms" in told.notes[-1]


def test_answer_opens_with_the_end_of_every_firm_and_tells_of_a_pivot_that_never_came() -> None:
    told = _told(months=1, a=[-2.0, -1.0], b=[-2.0, -1.0])
    assert told.sentences[0] == "The firm team closes in all 2 runs of every arm: what a survivor would be worth is not known."
    assert "makes no difference" in told.sentences[1]
    assert "The pivot never comes under a." in told.sentences
    assert "In business after 1 month: 0 % (0 % to 66 %) under a and 0 % (0 % to 66 %) under b." in told.sentences
    assert told.sentences[-1] == "The largest use of product capacity: idle in every arm, 100 %."
    assert not any("came through" in sentence for sentence in told.sentences)
    assert _told(a=[-1.0]).sentences[0].startswith("The firm team closes in the only run: ")


def test_few_runs_and_many_arms_are_told_plainly() -> None:
    assert "100 % (44 % to 100 %) of runs on the first day." in "\n".join(_told(pivoted=0.0, a=[1.0, 2.0, 3.0]).sentences)
    words = "\n".join(_told(**{f"arm{n}": [1e5 * n, 1.1e5 * n] for n in range(1, 7)}).sentences)
    assert "more than arm3 (2 more arms in the table), on the same seeds" in words
    assert "under arm3 (2 more arms in the table)." in words
    assert "others" not in words


def test_service_is_told_where_arms_differ_in_it() -> None:
    runs, asked = _made(good=[3.0, 4.0], bad=[1.0, 2.0])
    runs["service_quality"] = np.array([0.9, 0.9, 0.5, 0.6])
    told = answer(Summary(summarize(runs)), asked).sentences
    assert any(
        one.startswith("Quality of service, mean over customers and months: 90 % (90 % to 90 %) under good and 55 %")
        for one in told
    )
    runs["service_quality"] = np.full(4, 0.9)
    assert not any("Quality of service" in one for one in answer(Summary(summarize(runs)), asked).sentences)


def test_the_use_of_capacity_is_told_once_for_arms_alike() -> None:
    runs, asked = _made(a=[3.0, 4.0], b=[1.0, 2.0], c=[0.0, 1.0])
    runs["idle_share"], runs["upkeep_share"] = np.array([0.84, 0.84, 0.8, 0.8, 0, 0]), np.array([0.1, 0.1, 0.2, 0.2, 1, 1])
    runs["custom_share"] = runs["roadmap_share"] = np.zeros(6)
    words = answer(Summary(summarize(runs)), asked).sentences[-1]
    assert (
        words
        == "The largest use of product capacity: idle under a and b, 80 % to 84 %; upkeep under c, 100 % (100 % to 100 %)."
    )


def test_intervals_stay_within_what_is_possible() -> None:
    runs, _ = _made(a=[-1.0, -1.0, 5.0])
    runs["satisfaction"] = np.array([0.99, 1.0, 0.9])
    found = Summary(summarize(runs))
    assert found.level("customers", "team", "a") == (2 / 3, 0.0, pytest.approx(2 / 3 + 4.30265 * 2 / 3, abs=1e-4), 3)
    assert found.level("satisfaction", "team", "a").high == 1.0  # type: ignore[union-attr]
    assert found.level("value", "team", "a").low < -1  # type: ignore[union-attr]


def test_figures_read_as_people_write_them() -> None:
    assert [dollars(x) for x in (0, -40, 99_949, 99_960, 123_456_789, -5e11)] == [
        "$0",
        "$0",
        "$999",
        "$1.00k",
        "$1.23M",
        "-$5.00B",
    ]
    assert (percent(0.5), count(1234.6), count(2.5)) == ("50 %", "1,235", "2.5")
    assert with_interval(mean_interval([1.0]), count) == "1 (no interval)"
    assert ALIVE == 1  # the survival plot averages the status of firms in business
