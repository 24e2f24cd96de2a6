"""A service audit on runs: what a cut changes, and mechanisms without which service cannot be too little."""

from pathlib import Path

import numpy as np
import pytest

from cxsim.measures.firms import discounts
from cxsim.measures.tables import run_columns
from cxsim.model.params import Finance, Mechanisms
from cxsim.scenario import load_scenario
from cxsim.studies.base import Runner
from cxsim.studies.run.execute import seeds_of
from cxsim.studies.service.answer import Rows, Spender, answer, rule_of, under_invests
from cxsim.studies.service.audit import Audit, Question, audit, search
from cxsim.studies.service.cases import DRIFT, HORIZON, Subject
from cxsim.studies.service.curve import FULL
from cxsim.studies.service.runs import Change, Request, follow
from cxsim.studies.service.split import label

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SMALLER = (
    "market.customers=5000", "firms.largeco.start.customers=1500", "firms.largeco.start.cash=300000000",
    "firms.largeco.start.product_staff=17", "firms.largeco.start.sales_staff=17", "firms.largeco.start.service_staff=16",
    "months=48", "replicates=6",
)  # fmt: skip


def asked(settings: tuple[str, ...] = (), brief: bool = True) -> Question:
    """The quarterly manager of a firm of about fifty people."""
    scenario = load_scenario(SCENARIOS / "quarterly_manager.toml", (*SMALLER, *settings))
    return Question(Subject(scenario.arms[0].case, scenario.focal, scenario.months), seeds_of(scenario), 1, (3, 12), brief)


def audited(question: Question, workers: int | None = None) -> Audit:
    return audit(question, Runner(workers))


def verdict(found: Audit, question: Question) -> str:
    plan = question.subject.plan
    return answer(found.rows, Spender(plan.name, rule_of(plan))).sentences[0]


def test_a_change_changes_nothing_before_its_month() -> None:
    subject = asked().subject.spending(0.15)
    base = follow(Request(subject, 5))
    same, less = (follow(Request(subject, 5, Change(12, share))) for share in (0.15, 0.05))
    assert all(np.array_equal(one, other) for one, other in zip(base, same, strict=True))
    assert np.array_equal(base.flow[:12], less.flow[:12])
    assert less.spend[12] < base.spend[12]
    assert not np.array_equal(base.flow[12:], less.flow[12:])


def test_tracks_hold_what_a_run_of_the_scenario_does() -> None:
    from cxsim.engine import simulate

    subject = asked().subject
    track, history = follow(Request(subject, 5)), simulate(subject.case, 5, subject.months)
    columns = run_columns(history, subject.case)
    assert track.value == pytest.approx(columns["value"][0], abs=2)
    assert track.flow @ discounts(subject.months, Finance(discount=0.12)) == pytest.approx(columns["value_cash"][0], abs=2)
    assert track.served[1:].tolist() == history.measures["customers"][:-1, 0].tolist()
    assert track.served[0] == subject.plan.start.customers


def test_a_quarterly_manager_under_invests_and_mostly_by_a_short_horizon() -> None:
    question = asked(brief=False)
    found = audited(question)
    assert "under-invests" in verdict(found, question)
    rows = Rows(found.rows)
    horizon, drift, gap = rows("split", label(HORIZON)), rows("split", label(DRIFT)), rows("gap")
    assert horizon.low > 0
    assert drift.mean == 0
    parts = [rows("split", name).mean for name in (label(HORIZON), label(DRIFT), "the rule itself")]
    assert sum(parts) == pytest.approx(gap.mean)
    tables = found.tables()
    assert {"runs", "value", "marginal", "cut", "split", "sizes"} == set(tables)
    sizes = tables["sizes"]
    assert set(sizes["x"][sizes["panel"] == "share of the budget"]) == {1, 3, 10, 30, 100, 300, 1000}


@pytest.mark.parametrize(
    "off",
    [("queue",), ("loyalty", "word_of_mouth", "reputation", "expansion"), Mechanisms._fields],
    ids=["queue", "all that service acts through", "all"],
)
def test_without_the_mechanisms_nobody_under_invests(off: tuple[str, ...]) -> None:
    question = asked(tuple(f"mechanisms.{name}=false" for name in off))
    found = audited(question)
    assert not under_invests(Rows(found.rows))
    assert "does not under-invest" in verdict(found, question)
    assert Rows(found.rows)("best").mean < 0.01  # what is spent on service is lost


def test_a_horizon_without_end_is_not_short() -> None:
    far = asked(("mechanisms.short_horizon=false",)).subject
    near = asked().subject
    found = search(asked(("mechanisms.short_horizon=false",)))
    switched = search(asked()._replace(subject=near.without(frozenset({HORIZON}))))
    assert far.plan.strategy.horizon == 3
    assert found.own_share.tolist() == switched.own_share.tolist()
    assert found.own_value[FULL].tolist() == switched.own_value[FULL].tolist()


def test_workers_do_not_change_the_outcome() -> None:
    question = asked(("replicates=2", "months=12"))
    one, many = audited(question, 1), audited(question, 3)
    assert repr(one.rows) == repr(many.rows)
    assert repr(one.runs) == repr(many.runs)
    assert all(one.runs[name].tobytes() == column.tobytes() for name, column in many.runs.items() if name != "rule")
