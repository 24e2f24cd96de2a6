"""How one who left chooses again, by hand (M17)."""

from typing import Any

import pytest

from cxsim.model.chance import draw
from cxsim.model.firm_month.choice import choose_again, win_back
from cxsim.model.params import Market, Mechanisms, Params, Product, Sales, Strategy
from plain_firms import plain_firm

NEEDS = 0b1111
RULES = Sales(search=1, elsewhere=0.0, noise=0.01)
PARAMS = Params(market=Market(customers=1_000), sales=RULES, product=Product(unproven_weight=0.5))
STRATEGIES = [[Strategy(price=100), Strategy(price=100)], [Strategy(price=900), Strategy(price=300)]]


def found(reach: list[int], former: int, key: int = 11, params: Params = PARAMS, **more: Any) -> tuple[int, float]:
    firms = [plain_firm(standard=0b0111, validated=0b0001), plain_firm(group=1, standard=0b1111, validated=0b1111, **more)]
    return choose_again(firms, STRATEGIES, reach, former, 0.8, NEEDS, 1_000, key, params)


def test_firms_are_met_by_their_reach() -> None:
    assert found([5, 5], 7) == (0, pytest.approx(0.5))  # one feature proven, two not: (1 + 2 x 0.5) / 4
    assert found([0, 5], 7, course=1) == (1, 1.0)
    assert found([0, 0], 7) == (-1, 0.0)


def test_an_offer_that_is_too_dear_is_not_taken() -> None:
    assert found([0, 5], 1) == (-1, 0.0)  # 900 of 1,000 for a satisfaction of 0.8
    assert found([0, 5], 1, course=1) == (1, 0.8)  # 300 after the pivot


def test_the_former_supplier_is_judged_by_what_is_known_of_it() -> None:
    assert found([5, 5], 0) == (0, 0.8)
    neutral = PARAMS._replace(mechanisms=Mechanisms(loyalty=False))
    strict = [[Strategy(price=700)] * 2]
    firm = [plain_firm(standard=NEEDS, validated=NEEDS)]
    assert choose_again(firm, strict, [5], 0, 0.8, NEEDS, 1_000, 11, PARAMS) == (0, 0.8)
    assert choose_again(firm, strict, [5], 0, 0.8, NEEDS, 1_000, 11, neutral) == (-1, 0.0)  # counts as 0.5, less than 0.7
    assert choose_again(firm, strict, [5], 7, 0.8, NEEDS, 1_000, 11, neutral) == (0, 1.0)


def test_what_is_found_elsewhere_ends_the_search() -> None:
    half = PARAMS._replace(sales=RULES._replace(elsewhere=0.005, search=3))  # 5,000 beside 5,000
    for key in range(40):
        beyond = draw(key, 0) >= 0.5
        assert found([5_000, 5_000], 7, key, half) == ((-1, 0.0) if beyond else (0, pytest.approx(0.5)))


def test_more_offers_are_looked_at_when_the_first_is_not_good_enough() -> None:
    """The former supplier, firm 1, is too dear; whoever meets it first may meet firm 0 next."""
    twice = PARAMS._replace(sales=RULES._replace(search=2))
    for key in range(40):
        meets_other = draw(key, 0) < 0.5 or draw(key, 2) < 0.5
        assert found([5_000, 10_000], 1, key, twice)[0] == (0 if meets_other else -1)


def test_without_choosing_again_nobody_looks() -> None:
    assert found([5, 5], 7, params=PARAMS._replace(mechanisms=Mechanisms(choosing_again=False))) == (-1, 0.0)


def test_win_back() -> None:
    firm = plain_firm(walk_ins=1)
    win_back(firm, True)
    win_back(firm, False)
    assert (firm.walk_ins, firm.returned) == (3, 1)
