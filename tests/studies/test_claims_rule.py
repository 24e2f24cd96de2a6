"""The rule that judges claims, on made-up numbers, and the tools it rests on."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from cxsim.errors import ScenarioError
from cxsim.scenario.points import Points
from cxsim.statistics.designs import DesignSpec, latin_hypercube
from cxsim.statistics.intervals import Estimate, Floats
from cxsim.statistics.ranks import rank_correlation
from cxsim.studies.claims.claim import Claim, rises
from cxsim.studies.claims.effects import (
    Runs,
    best_log_level,
    best_of,
    best_point,
    difference,
    interior,
    jackknifed,
    level,
    log_ratio,
    one_for_all,
)
from cxsim.studies.claims.experiments import Experiments, plan
from cxsim.studies.claims.readings import Reading
from cxsim.studies.claims.result import DECISIVE, SIDES, ClaimResult, ClaimRow
from cxsim.studies.claims.sample import FEWEST, SAMPLE_SEED, factors, sample, sample_rows
from cxsim.studies.claims.table import CLAIMS
from cxsim.studies.claims.units import LOG, PLAIN, POINTS, SHARE
from cxsim.studies.claims.verdict import (
    NOT_SUPPORTED,
    OPPOSITE,
    SUPPORTED,
    UNCERTAIN,
    UNEXPLAINED,
    Ablated,
    ablated,
    estimate,
    explained,
    judge,
)
from cxsim.studies.named import UnknownIdError, chosen

LARGE, NONE = Estimate(1.0, 0.8, 1.2, 30), Estimate(0.0, -0.1, 0.1, 30)
BLURRED = Estimate(0.3, -0.5, 1.1, 30)
X = Reading("x", PLAIN, lambda run: math.nan)


@pytest.mark.parametrize(
    ("effect", "sign", "verdict"),
    [
        (LARGE, 1, SUPPORTED),
        (LARGE, -1, OPPOSITE),
        (NONE, 1, NOT_SUPPORTED),
        (Estimate(0.1, 0.05, 0.15, 30), 1, NOT_SUPPORTED),  # sure, and too small to count
        (Estimate(0.3, 0.05, 0.55, 30), 1, SUPPORTED),
        (BLURRED, 1, UNCERTAIN),
        (Estimate(1.0, math.nan, math.nan, 1), 1, UNCERTAIN),
        (Estimate(math.nan, math.nan, math.nan, 0), 1, UNCERTAIN),
    ],
)
def test_the_effect_alone(effect: Estimate, sign: int, verdict: str) -> None:
    assert judge(effect, sign, 0.2, []) == verdict


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("without", "lost", "verdict"),
    [
        (NONE, LARGE, SUPPORTED),  # gone
        (Estimate(-0.5, -0.6, -0.4, 30), Estimate(1.5, 1.3, 1.7, 30), SUPPORTED),  # turned round
        (LARGE, NONE, UNEXPLAINED),  # survives
        (Estimate(0.7, 0.6, 0.8, 30), Estimate(0.3, 0.2, 0.4, 30), UNEXPLAINED),  # less than half gone
        (Estimate(0.4, 0.3, 0.5, 30), Estimate(0.6, 0.5, 0.7, 30), SUPPORTED),  # more than half gone, something left
        (BLURRED, Estimate(0.7, -0.2, 1.6, 30), UNCERTAIN),  # cannot be told
    ],
)
def test_the_ablation_is_part_of_the_verdict(sign: int, without: Estimate, lost: Estimate, verdict: str) -> None:
    def turned(found: Estimate) -> Estimate:
        return found if sign > 0 else Estimate(-found.mean, -found.high, -found.low, found.n)

    assert judge(turned(LARGE), sign, 0.2, [Ablated(turned(without), turned(lost))]) == verdict


def test_every_decisive_ablation_must_agree() -> None:
    assert judge(LARGE, 1, 0.2, [Ablated(NONE, LARGE), Ablated(LARGE, NONE)]) == UNEXPLAINED
    assert judge(LARGE, 1, 0.2, [Ablated(NONE, LARGE), Ablated(BLURRED, BLURRED)]) == UNCERTAIN
    assert judge(LARGE, -1, 0.2, [Ablated(LARGE, NONE)]) == OPPOSITE  # an ablation cannot save it


def test_effects_pair_up_by_seed() -> None:
    luck = np.array([0.0, 10.0, 20.0, 30.0])
    runs = {("a", "x"): luck + 1, ("b", "x"): luck}
    found = estimate(difference("a", "b", X).of(runs))
    assert (found.mean, found.low, found.high) == (1.0, 1.0, 1.0)
    without = ablated(np.array([1.0, 2.0, math.nan]), np.array([0.0, 1.0, 5.0]))
    assert without.lost == Estimate(1.0, 1.0, 1.0, 2)


def test_an_effect_and_what_is_left_of_it_are_of_one_sample() -> None:
    """Seeds whose effect is known with the mechanism only, or without it only, must not move what is left of the effect."""
    full, off = np.array([2.0, 4.0, math.nan, 90.0]), np.array([1.0, 2.0, 50.0, math.nan])
    found = ablated(full, off)
    assert (found.effect.n, found.effect.mean, found.lost.mean) == (2, 1.5, 1.5)
    assert found.of_full(estimate(full)) == 3.0
    cells = [("knockout", "full", estimate(full)), ("knockout", "needs", found.effect), ("lost", "needs", found.lost)]
    assert ClaimResult("C01", [ClaimRow("C01", kind, name, "-", one) for kind, name, one in cells]).left("needs")[0] == 0.5
    table = [("verdict", "", "", NONE), ("effect", "x", "", estimate(full)), ("ablation", "y off", DECISIVE, found.effect)]
    shown = ClaimResult("C01", [ClaimRow("C01", kind, name, "-", one, text) for kind, name, text, one in table]).cells
    assert shown["effect without (95 %)"].endswith(" on 2 seeds")
    assert explained(estimate(full), found) != UNEXPLAINED


def test_log_ratios_leave_out_what_has_no_logarithm() -> None:
    runs = {("a", "x"): np.array([2.0, 0.0]), ("b", "x"): np.array([1.0, 1.0])}
    found = log_ratio("a", "b", X).of(runs)
    assert found[0] == pytest.approx(math.log(2))
    assert np.isnan(found[1])


def test_a_winner_is_picked_on_the_other_half() -> None:
    noise = {("a", "x"): np.array([1.0, 0.0, 1.0, 0.0]), ("b", "x"): np.array([0.0, 1.0, 0.0, 1.0])}
    arms = level("a", X), level("b", X)
    assert best_of(*arms).of(noise).tolist() == [0.0, 0.0, 0.0, 0.0]
    clear = {("a", "x"): np.array([5.0, 6.0]), ("b", "x"): np.array([0.0, 1.0])}
    assert best_of(*arms).of(clear).tolist() == [5.0, 6.0]
    assert best_of(*arms, worst=True).of(clear).tolist() == [0.0, 1.0]


def test_an_interior_best_beats_both_ends() -> None:
    def grid(*means: float) -> Runs:
        return {(str(i), "x"): np.full(4, mean) for i, mean in enumerate(means)}

    assert interior("012", X).of(grid(1, 3, 2)).tolist() == [1.0] * 4
    assert interior("012", X).of(grid(1, 2, 3)).tolist() == [-1.0] * 4


def test_one_for_all_loses_nothing_when_one_is_best_everywhere() -> None:
    same = {(f"{size}{arm}", "x"): np.full(4, value) for size in "st" for arm, value in (("a", 2.0), ("b", 1.0))}
    assert one_for_all("st", "ab", X).of(same).tolist() == [0.0] * 4
    table = {"sa": 3.0, "sb": 1.0, "ta": 1.0, "tb": 2.0}
    differ = {(name, "x"): np.full(4, value) for name, value in table.items()}
    assert one_for_all("st", "ab", X).of(differ) == pytest.approx(np.full(4, (2 - 1) / 1.5 / 2))


def test_pseudo_values_of_a_mean_are_its_values() -> None:
    values = np.array([1.0, 4.0, 9.0])
    found = jackknifed(lambda runs: float(runs["a", "x"].mean()), {("a", "x"): values})
    assert found == pytest.approx(values)


def test_the_place_of_a_maximum() -> None:
    assert best_point([0, 1, 2], [0, 1, 0.5]) == pytest.approx(7 / 6)
    runs = {(name, "x"): np.full(3, value) for name, value in (("a", 0.0), ("b", 1.0), ("c", 0.0))}
    assert best_log_level("abc", [1, 2, 4], X).of(runs) == pytest.approx(np.full(3, math.log(2)))


def test_an_effect_knows_its_unit() -> None:
    share = X._replace(unit=SHARE)
    assert level("a_b", share).what == "level, a b"
    assert (level("a", share).unit, difference("a", "b", share).unit) == (SHARE, POINTS)
    assert difference("a_b", "c", share).what == "difference, a b less c"
    assert (log_ratio("a", "b", X).unit, log_ratio("a", "b", X).what) == (LOG, "ratio, a over b")
    gap = level("a", X) - level("b", X)
    both = {("a", "x"): np.array([5.0]), ("b", "x"): np.array([3.0])}
    assert ((gap + gap).of(both).tolist(), gap.unit, gap.readings) == ([4.0], PLAIN, (X, X))


def test_the_sample_fills_every_range_and_changes_nothing_else() -> None:
    cube = latin_hypercube(10, 3, SAMPLE_SEED)
    assert sorted((cube[:, 2] * 10).astype(int)) == list(range(10))
    assert (latin_hypercube(10, 3, SAMPLE_SEED) == cube).all()
    experiments = Experiments(CLAIMS["C05"])
    base = experiments.at()
    points = sample(base.arms.values(), 10)
    top = {factor.key: factor.value(1.0) for factor in points.factors}
    case, focal = base.arms["crowd"]
    changed, _ = experiments.at("point", top, 6).arms["crowd"]
    assert changed.params.market.zipf == 1.4
    assert changed.params.market.customers == case.params.market.customers
    assert changed.firms[focal].start.cash == case.firms[focal].start.cash  # the experiment sets it
    assert changed.params.mechanisms == case.params.mechanisms
    assert changed.firms[focal].strategy == case.firms[focal].strategy


def test_a_sample_keeps_points_that_a_scenario_file_would_refuse() -> None:
    """A firm that starts with 40 features beside a market that has fewer: the case is built from what the point says."""
    planned = plan(CLAIMS["C18"], 2, 24)
    assert planned.sample is not None
    few = [n for n, values in enumerate(planned.sample) if values["market.features"] < 40]
    assert few
    with pytest.raises(ScenarioError, match="the firm starts with 40 features"):
        Experiments(CLAIMS["C18"]).at("point", planned.sample[few[0]])
    case, focal = planned.experiments[1 + few[0]].arms["large_base"]
    assert case.params.market.features == planned.sample[few[0]]["market.features"] < case.firms[focal].start.features


def test_the_sample_finds_the_parameter_that_matters() -> None:
    points = Points(DesignSpec("latin_hypercube"), factors(), latin_hypercube(40, len(factors()), SAMPLE_SEED))
    claim: Claim = CLAIMS["C05"]._replace(hypothesis=rises("", level("any", X), 0.05))
    assert points.unit is not None
    zipf = points.unit[:, points.keys.index("market.zipf")]

    def summed(effects: Floats, winners: Sequence[str] = (), most: int = 40) -> ClaimResult:
        few = Points(points.spec, factors(), points.unit[:most])
        return ClaimResult("C05", list(sample_rows(claim, few, effects[:most], winners)))

    found = summed(zipf - 0.25)
    (parameter,) = found.all("parameter")
    assert (parameter.name, parameter.text) == ("market.zipf", "stands out")
    assert parameter.estimate.mean == pytest.approx(1.0)
    shares = [row.estimate.mean for row in found.all(*SIDES)]  # the effect is even between -0.25 and 0.75
    assert shares == pytest.approx([0.7, 0.1, 0.2])
    lost = summed(np.where(zipf < 0.25, np.nan, 1.0)).all("as claimed")[0]
    assert (lost.text, lost.estimate.n, lost.estimate.mean) == ("30 of 40 points", 30, 1.0)
    few = summed(zipf, ["a", "b", "a"], FEWEST - 1)
    assert few.all("parameter") == []
    assert few.all("winners")[0].text == "a: 2 of 3; b: 1 of 3"
    assert rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([5.0, 5.0, 5.0])) == 0.0


def test_things_are_found_by_id() -> None:
    assert list(chosen((), CLAIMS, "claim")) == [f"C{n:02d}" for n in range(1, 22)]
    assert list(chosen(("c12", "C03"), CLAIMS, "claim").values()) == [CLAIMS["C03"], CLAIMS["C12"]]
    with pytest.raises(UnknownIdError, match=r"no claim 'c122'; .*did you mean 'C12'\?"):
        chosen(("c122",), CLAIMS, "claim")
    with pytest.raises(UnknownIdError, match="claim C99 is a secret; allowed: C01"):
        chosen(("C99",), CLAIMS, "claim", {"C99": "is a secret"})


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_every_claim_says_what_it_is(claim) -> None:
    for text in (claim.text, claim.source, claim.compared, claim.hypothesis.measure, claim.hypothesis.unit):
        assert text.strip()
    assert claim.hypothesis.sign in (1, -1)
    assert claim.hypothesis.band > 0
    experiments = Experiments(claim, 2)
    base = experiments.at()
    assert len({one.name for one in claim.ablations}) == len(claim.ablations)
    for one in claim.ablations:
        assert experiments.at(one.name, one.settings).arms.keys() == base.arms.keys()
    if claim.id not in ("C14", "C18", "C19"):
        assert any(one.decisive for one in claim.ablations)
