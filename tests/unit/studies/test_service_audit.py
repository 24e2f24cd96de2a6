"""The parts of a service audit, on figures made by hand: no run is needed."""

import numpy as np
import pytest

from cxsim.charts.content import Axis, Chart, Panel, Series
from cxsim.charts.matplotlib import figure
from cxsim.model.case import Case, FirmPlan
from cxsim.model.params import FIXED, FLOATING, GOAL, PROFIT, Params, Pivot, Start, Strategy
from cxsim.statistics.figures import Figure
from cxsim.statistics.intervals import Estimate
from cxsim.statistics.resampling import Resamples
from cxsim.store.rows import rows_from_csv, rows_to_csv
from cxsim.studies.service.answer import Rows, Spender, answer, rule_of, under_invests
from cxsim.studies.service.cases import DRIFT, FAULTS, HORIZON, LEAVERS, POOLING, RATIONAL, Subject, people_of
from cxsim.studies.service.charts import points_of
from cxsim.studies.service.curve import GRID, best, slope
from cxsim.studies.service.cut import NEVER, first_gain, worse_for_good
from cxsim.studies.service.split import EVERY_RATIONAL, RULE, Worlds, split, subsets

LARGE = FirmPlan("large", start=Start(3, 1_500_000_000, 86, 84, 80, 7_500), strategy=Strategy(service_rule=PROFIT, horizon=6))
RIVAL = FirmPlan("rival", count=3)
SUBJECT = Subject(Case(Params(), (RIVAL, LARGE)), 1, 120)


def response(share: np.ndarray) -> np.ndarray:
    """Keeping customers as in P3: steep on one side, flat on the other; best at 0.21972."""
    return 90 * (1 - np.exp(-10 * share)) - 100 * share


@pytest.mark.parametrize("place", [0.03, 0.12, 0.21, 0.33])
def test_the_best_share_lies_between_points_of_the_grid(place: float) -> None:
    shares = np.array(sorted({*GRID, *np.linspace(place - 0.02, place + 0.025, 6)}))
    found = best(shares, -((shares[None, :] - place) ** 2) * 50 + 7)
    assert found.share[0] == pytest.approx(place, abs=5e-4)
    assert found.value[0] == pytest.approx(7, abs=1e-3)
    assert slope(shares, -((shares[None, :] - place) ** 2) * 50, np.array([place + 0.01]))[0] == pytest.approx(-1, abs=0.01)


def test_the_best_share_may_be_nothing_or_all_that_was_tried() -> None:
    shares = np.array(GRID)
    found = best(shares, np.array([-shares, shares]))
    assert found.share.tolist() == [0.0, GRID[-1]]


def test_a_curve_does_not_swing_between_wide_steps() -> None:
    """A sharp bend beside wide steps: a polynomial through all of them peaks where there is no point."""
    shares = np.array([0.06, 0.075, 0.0833, 0.0917, 0.1, 0.1133, 0.1267, 0.14, 0.19, 0.25])
    values = np.array([569, 753, 892, 974, 1008, 1008.1, 993, 978, 922, 859])
    assert 0.1 <= best(shares, values[None])[0][0] <= 0.1267


@pytest.mark.slow
def test_intervals_of_the_best_share_cover_it() -> None:
    """Seeds differ in level, in how much service brings, and in how fast; the best share of all of them is known."""
    population, shares = draw_seeds(np.random.default_rng(1), 400_000), np.linspace(0.05, 0.4, 1401)
    known = shares[np.argmax([value_of(share, population).mean() for share in shares])]
    random, hits = np.random.default_rng(2), 0
    grid = np.array(sorted({*GRID, 0.2067, 0.2233}))
    for repetition in range(1_000):
        seeds, draws = draw_seeds(random, 20), Resamples(20, repetition)
        values = np.array([value_of(share, seeds) for share in grid]) + random.normal(0, 1, (len(grid), 20))
        found = draws.interval(best(grid, draws.means(values)).share)
        hits += found.low <= known <= found.high
    assert 930 <= hits <= 970


def draw_seeds(random: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return random.lognormal(4.5, 0.5, number), random.uniform(6, 14, number), random.lognormal(5, 1, number)


def value_of(share: float, seeds: tuple[np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
    height, speed, level = seeds
    return level + height * (1 - np.exp(-speed * share)) - 100 * share


def test_when_a_cut_shows_and_when_it_is_worse() -> None:
    monthly = np.array([[-1.0, 2, 1, -4, 1], [-1, -1, -1, -1, -1], [1, 1, 1, 1, 1]])
    assert first_gain(monthly).tolist() == [2, NEVER, 1]
    assert worse_for_good(monthly.cumsum(axis=1)).tolist() == [4, 1, NEVER]


def worlds_of(best_spend: dict[str, float], taken: dict[str, float], interplay: float = 0.0) -> Worlds:
    """Worlds in which each mechanism takes a fixed part off; the horizon takes more when queues are pooled."""
    tops = {on: np.full(1000, 0.4 - sum(best_spend[name] for name in on)) for on in subsets(RATIONAL)}
    own = {}
    for on in subsets((*RATIONAL, *FAULTS)):
        both = interplay if {POOLING, HORIZON} <= on else 0.0
        own[on] = tops[on & EVERY_RATIONAL] - 0.01 - sum(taken[name] for name in on & set(FAULTS)) - both
    return Worlds(tops, own)


def test_parts_add_up_to_low_spend_and_do_not_hang_on_order_without_interplay() -> None:
    found = worlds_of({POOLING: 0.05, LEAVERS: 0.02}, {HORIZON: 0.08, DRIFT: 0.03})
    draws = Resamples(5, 1)
    parts = split(found, draws, found, draws).parts
    sizes = {name: part.size.mean for name, part in parts.items()}
    assert sizes == pytest.approx({POOLING: 0.05, LEAVERS: 0.02, HORIZON: 0.08, DRIFT: 0.03, RULE: 0.01})
    for part in parts.values():
        assert part.least == pytest.approx(part.most)
    everything = frozenset({*RATIONAL, *FAULTS})
    assert sum(sizes.values()) == pytest.approx(found.best[frozenset()][0] - found.own[everything][0])


def test_interplay_shows_in_the_range_over_orders() -> None:
    found = worlds_of({POOLING: 0.05, LEAVERS: 0.02}, {HORIZON: 0.08, DRIFT: 0.03}, 0.04)
    draws = Resamples(5, 1)
    parts = split(found, draws, found, draws).parts
    assert (parts[HORIZON].least, parts[HORIZON].most) == (pytest.approx(0.08), pytest.approx(0.12))
    assert (parts[POOLING].least, parts[POOLING].most) == (pytest.approx(0.05), pytest.approx(0.09))
    assert parts[POOLING].size.mean == pytest.approx(0.05)  # of the best spend
    assert parts[HORIZON].size.mean == pytest.approx(0.12)  # of the gap of the firm as it is
    assert parts[DRIFT].least == pytest.approx(parts[DRIFT].most)


def test_mechanisms_are_switched_off_for_the_firm_alone_where_they_can_be() -> None:
    far = SUBJECT.without(frozenset({HORIZON, DRIFT}))
    assert far.plan.strategy == LARGE.strategy._replace(horizon=120)
    assert far.case.params == SUBJECT.case.params
    assert far.case.firms[0] == RIVAL
    floating = SUBJECT.changed(LARGE._replace(strategy=Strategy(service_rule=FLOATING)))
    assert floating.without(frozenset({DRIFT})).plan.strategy.service_rule == GOAL
    assert floating.without(frozenset({HORIZON})) == floating
    apart = SUBJECT.without(frozenset({POOLING, LEAVERS})).case.params
    assert (apart.service.team, apart.mechanisms.choosing_again, apart.mechanisms.queue) == (1, False, True)
    quiet = SUBJECT._replace(case=SUBJECT.case._replace(params=Params(mechanisms=Params().mechanisms._replace(queue=False))))
    assert quiet.without(frozenset({POOLING})) == quiet
    assert SUBJECT.without(frozenset()) == SUBJECT


def test_a_fixed_share_holds_before_and_after_a_pivot() -> None:
    pivoting = SUBJECT.changed(LARGE._replace(pivot=Pivot(when=1, month=3), after=Strategy(service_budget=0.3)))
    assert pivoting.own_shares == [0.3]
    assert pivoting.moves
    fixed = pivoting.spending(0.11)
    assert fixed.own_shares == [0.11, 0.11]
    assert not fixed.moves
    assert SUBJECT.slot == 3
    assert {one.service_rule for one in fixed.strategies} == {FIXED}


@pytest.mark.parametrize("people", [1, 2, 3, 10, 253, 1_000])
def test_another_size_has_people_customers_and_money_in_proportion(people: int) -> None:
    start = SUBJECT.of_size(people).plan.start
    assert people_of(start) == people
    assert start.founders == min(people, 3)
    assert start.customers == round(7_500 * people / 253)
    assert start.cash == round(1_500_000_000 * people / 253)
    assert (start == LARGE.start) == (people == 253)


def test_a_firm_without_customers_gets_as_many_as_pay_its_people() -> None:
    young = SUBJECT.changed(FirmPlan("young", start=Start(3, 30_000_000)))
    start, finance = young.of_size(100).plan.start, Params().finance
    assert people_of(start) == 100
    wages = (finance.wage_product, finance.wage_sales, finance.wage_service)
    staff = (start.product_staff, start.sales_staff, start.service_staff)
    paid = 3 * (finance.founder_pay + finance.overhead)
    paid += sum(number * (wage + finance.overhead) for number, wage in zip(staff, wages, strict=True))
    assert start.customers == pytest.approx(paid / (0.7 * 50_000), abs=1)


def figures(own: tuple[float, float, float], top: tuple[float, float, float], loss: tuple[float, float, float]) -> list[Figure]:
    gap = (top[0] - own[0], top[1] - own[2], top[2] - own[1])
    return [
        Figure("best", "in full", "share", Estimate(*top, 20)),
        Figure("best spend", "in full", "cents/customer/month", Estimate(4_000, 3_900, 4_100, 20)),
        Figure("gap", "in full", "share", Estimate(*gap, 20)),
        Figure("too little", "in full", "share of the best", Estimate(gap[0] / top[0], 0.1, 0.5, 20)),
        Figure("loss", "in full", "cents", Estimate(*loss, 20)),
        Figure("own", "share", "share", Estimate(*own, 20)),
        Figure("own", "spend", "cents/customer/month", Estimate(3_000, 2_900, 3_100, 20)),
        Figure("a year", "loss", "cents/year", Estimate(*loss, 20)),
        Figure("seeds", "best share worth more than own rule", "share of seeds", Estimate(0.8, 0.6, 0.9, 20)),
    ]


@pytest.mark.parametrize(
    ("own", "top", "loss", "told", "wrong"),
    [
        ((0.06, 0.06, 0.06), (0.12, 0.1, 0.14), (9e8, 5e8, 2e9), "under-invests in service by 50 %", True),
        ((0.06, 0.06, 0.06), (0.12, 0.05, 0.14), (9e8, -5e8, 2e9), "does not under-invest in service, as far as", False),
        ((0.06, 0.06, 0.06), (0.03, 0.02, 0.05), (9e8, 5e8, 2e9), "spends more than is best", False),
        ((0.06, 0.06, 0.06), (0.12, 0.1, 0.14), (-9e8, -2e9, -5e8), "is worth more than any fixed share", False),
        ((0.06, 0.06, 0.06), (0.12, 0.1, 0.14), (1e8, -2e8, 5e8), "is worth no less, as far as can be told", False),
    ],
)
def test_verdicts(
    own: tuple[float, float, float],
    top: tuple[float, float, float],
    loss: tuple[float, float, float],
    told: str,
    wrong: bool,
) -> None:
    rows = figures(own, top, loss)
    assert under_invests(Rows(rows)) == wrong
    said = answer(rows, Spender("firm", "a fixed share of 6.0 %"))
    assert told in said.sentences[0]
    assert ("under-invests" in said.sentences[0]) == wrong
    read = rows_from_csv(Figure, rows_to_csv(Figure, rows))
    assert "intervals are rough" not in " ".join(said.notes)
    few = [one._replace(estimate=one.estimate._replace(n=6)) for one in rows]
    assert "intervals are rough" in " ".join(answer(few, Spender("firm", "a goal that stays")).notes)
    assert answer(read, Spender("firm", "a fixed share of 6.0 %")) == said


def test_rules_in_words() -> None:
    assert rule_of(LARGE) == "expected profit over 6 months"
    assert rule_of(LARGE._replace(pivot=Pivot(when=1))) == (
        "expected profit over 6 months, and after its pivot a fixed share of 15.0 %"
    )


def test_a_chart_is_data_first() -> None:
    series = Series("line", [1.0, 2.0], [1.0, 2.0], [0.0, 1.0], [2.0, np.nan])
    chart = Chart("cut", "Title", "note", [Panel("one", Axis("x", "month"), Axis("y", "cents"), [series])])
    assert list(points_of(chart)) == ["panel", "series", "x", "mean", "low", "high"]
    assert points_of(chart)["mean"].tolist() == [1.0, 2.0]
    assert len(figure(chart).axes) == 1


def test_parts_that_rest_on_fewer_seeds_than_what_stands_beside_them_say_so() -> None:
    rows = figures((0.06, 0.06, 0.06), (0.12, 0.1, 0.14), (9e8, 5e8, 2e9))
    part = Figure("split", f"{POOLING} (M9)", "share", Estimate(0.01, 0.005, 0.02, 8), "0.01 to 0.02 over all orders; rational")
    asked = Spender("firm", "a goal that stays")
    assert "found on the first 8 of these seeds" in " ".join(answer([*rows, part], asked).notes)
    alike = part._replace(estimate=part.estimate._replace(n=20))
    assert "found on the first" not in " ".join(answer([*rows, alike], asked).notes)
