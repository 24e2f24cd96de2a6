"""How a firm builds, by hand."""

from copy import deepcopy
from typing import Any

import pytest

from cxsim.model.firm_month.build import (
    advance_roadmap,
    can_grant_requests,
    can_keep_promises,
    choose_target,
    close_custom_work,
    deliver_custom,
    grants_request,
    keep_up,
    keeps_promise,
    open_custom_work,
    release,
)  # fmt: skip
from cxsim.model.params import CROWD, LOUDEST, Market, Mechanisms, Params, Product, Strategy
from plain_firms import changes, plain_firm

RULES = Product(
    custom_cost=0.5, standard_factor=4.0, upkeep=0.1, rot=0.5, roughness=0.4, variety_cost=1.0, polish_curvature=0.0
)
PARAMS = Params(product=RULES, market=Market(features=4))
PLAIN = Mechanisms(variety=False, polish=False)
ROW = [0.4, 0.7, 0.9, 1.0]


def test_upkeep_comes_first() -> None:
    firm = plain_firm(work_capacity=3_000_000, custom_features=2, standard_features=4, custom_bank=100_000)
    keep_up(firm, Strategy(), PARAMS._replace(mechanisms=PLAIN))
    assert firm.work_upkeep == 900_000  # a tenth of 2 x 0.5 and 4 x 2 person-months
    assert (firm.variety, firm.upkept) == (1.0, 1.0)
    assert firm.condition == pytest.approx(0.6)
    assert (firm.job, firm.feature_job) == (500_000, 2_000_000)
    assert (firm.custom_work_open, firm.work_custom, firm.custom_bank) == (2_200_000, -100_000, 0)


def test_upkeep_that_is_too_much_leaves_the_product_neglected() -> None:
    firm = plain_firm(work_capacity=450_000, custom_features=2, standard_features=4)
    keep_up(firm, Strategy(), PARAMS._replace(mechanisms=PLAIN))
    assert (firm.work_upkeep, firm.upkept, firm.custom_work_open) == (450_000, 0.5, 0)
    assert firm.condition == pytest.approx(0.75 * 0.6)


def test_variety_and_polish_make_work_dearer() -> None:
    firm = plain_firm(custom_features=4, standard_features=4, polish=0.5)
    keep_up(firm, Strategy(polish=0.25), PARAMS)
    assert firm.variety == pytest.approx(2.0)
    assert firm.condition == pytest.approx(0.5 * 0.8)  # no upkeep done, half polished
    assert (firm.job, firm.feature_job) == pytest.approx((1_000_000, 5_000_000), rel=1e-6)


def test_what_a_firm_has_time_for() -> None:
    firm = plain_firm(promised_features=1, open_requests=1, custom_work_open=500, job=500)
    assert can_keep_promises(firm)
    assert can_grant_requests(firm)
    late = plain_firm(promised_features=1, open_requests=1, custom_work_open=499, job=500)
    assert not can_keep_promises(late)
    assert not can_grant_requests(late)
    free = plain_firm(custom_work_open=500, job=500)
    assert not can_keep_promises(free)
    assert not can_grant_requests(free)


def test_whose_promise_is_kept_and_whose_request_granted() -> None:
    firm = plain_firm(promised_features=1, open_requests=1, custom_work_open=500, job=500)
    assert [keeps_promise(firm, promised) for promised in (0, 0b100)] == [False, True]
    assert [grants_request(firm, asked) for asked in (-1, 0, 5)] == [False, True, True]
    firm.custom_work_open = 499
    assert not keeps_promise(firm, 0b100)
    assert not grants_request(firm, 5)


def test_a_custom_feature_takes_its_work_and_brings_its_fee() -> None:
    firm = plain_firm(custom_work_open=700, job=500, custom_features=3, fees=10)
    before = deepcopy(firm)
    deliver_custom(firm, Strategy(custom_fee=70))
    assert changes(firm, before) == {
        "custom_work_open": 200, "work_custom": 500, "custom_features": 4, "custom_built": 1, "fees": 80,
    }  # fmt: skip


def test_unkept_promises_keep_their_work() -> None:
    firm = plain_firm(custom_work_open=300, promised_features=2)
    before = deepcopy(firm)
    open_custom_work(firm, Strategy(custom_share=0.5), PARAMS)
    assert changes(firm, before) == {"custom_work_open": 0, "custom_bank": 300, "work_custom": 300}


@pytest.mark.parametrize(("on", "requests", "roadmap"), [(True, 250, 750), (False, 0, 1_000)])
def test_kept_promises_open_time_to_requests(on: bool, requests: int, roadmap: int) -> None:
    firm = plain_firm(custom_work_open=1_000)
    open_custom_work(firm, Strategy(custom_share=0.25), PARAMS._replace(mechanisms=Mechanisms(custom_work=on)))
    assert (firm.custom_work_open, firm.work_left, firm.custom_bank) == (requests, roadmap, 0)


def test_what_is_left_of_custom_work() -> None:
    waited_for = plain_firm(custom_work_open=300, open_requests=1, work_custom=500, work_left=50, custom_bank=20)
    close_custom_work(waited_for)
    left = waited_for.custom_bank, waited_for.work_custom, waited_for.work_left, waited_for.custom_work_open
    assert left == (320, 800, 50, 0)
    not_waited_for = plain_firm(custom_work_open=300, work_left=50)
    close_custom_work(not_waited_for)
    assert (not_waited_for.custom_bank, not_waited_for.work_left, not_waited_for.custom_work_open) == (0, 350, 0)


def advanced(firm: Any, **strategy: Any) -> Any:
    advance_roadmap(firm, 2, Strategy(**strategy), ROW, PARAMS, 7, 5)
    return firm


def test_the_roadmap_takes_one_feature_after_the_other() -> None:
    tally = [1, 5, 3, 0, *[0] * 60]
    firm = plain_firm(work_left=1_500, feature_job=1_000, roadmap_bank=600, target=-1, standard=0b0001, tally=tally)
    advanced(firm, roadmap=CROWD)
    assert firm.fresh == 0b0110  # most requested first, and not the one that is there
    assert (firm.standard_built, firm.target) == (2, 3)  # nobody asked for the last one: it is all that a founder can guess
    assert (firm.roadmap_bank, firm.work_roadmap, firm.work_left) == (100, 1_500, 0)


def test_a_target_that_is_begun_is_kept() -> None:
    firm = advanced(plain_firm(work_left=300, feature_job=1_000, roadmap_bank=600, target=2, tally=[9, *[0] * 63]))
    assert (firm.target, firm.fresh, firm.roadmap_bank) == (2, 0, 900)
    assert firm.work_roadmap == 300


def test_with_nothing_left_to_build_the_time_is_lost() -> None:
    firm = advanced(plain_firm(work_left=2_500, feature_job=1_000, roadmap_bank=600, target=-1, standard=0b0111))
    assert (firm.fresh, firm.standard_built, firm.target) == (0b1000, 1, -1)
    assert (firm.roadmap_bank, firm.work_roadmap) == (0, 2_500 - 2_100)


def test_the_loudest_request_may_lead() -> None:
    firm = plain_firm(loudest=3, tally=[9, *[0] * 63], fresh=0b0001)
    assert choose_target(firm, Strategy(roadmap=LOUDEST), ROW, PARAMS, 11) == 3
    assert choose_target(firm, Strategy(roadmap=CROWD), ROW, PARAMS, 11) in (1, 2, 3)  # the one asked for is fresh
    firm.fresh = 0b1111
    assert choose_target(firm, Strategy(roadmap=LOUDEST), ROW, PARAMS, 11) == -1


def test_finished_features_become_standard_and_polish_the_mean() -> None:
    firm = plain_firm(fresh=0b1100, standard=0b0011, standard_features=2, standard_built=2, polish=0.2)
    release(firm, Strategy(polish=0.6), PARAMS)
    assert (firm.standard, firm.standard_features) == (0b1111, 4)
    assert firm.polish == pytest.approx(0.4)
    before = plain_firm(standard=0b0011, standard_features=2, polish=0.2)
    same = deepcopy(before)
    release(same, Strategy(polish=0.6), PARAMS)
    assert changes(same, before) == {}
    same.fresh = 0b0100
    release(same, Strategy(polish=0.6), PARAMS._replace(mechanisms=Mechanisms(sharing=False)))
    assert changes(same, before) == {"fresh": 0b0100}  # each finished feature is for one customer
