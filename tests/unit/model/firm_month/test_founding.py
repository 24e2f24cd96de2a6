"""How firms are founded, by hand."""

from copy import deepcopy

import pytest

from cxsim.model.chance import BEFORE_START, BORN_FEATURE_DRAWS, ENTRY_DRAWS, draw, split, stream_key
from cxsim.model.firm_month.founding import entrants, is_due, is_free, open_books, open_doors, wants_more
from cxsim.model.params import Entry, Params, Product, Start, Strategy
from cxsim.model.product import born_features
from cxsim.model.state import ALIVE, CLOSED, DORMANT
from plain_firms import changes, plain_firm

ROW = [0.4, 0.7, 0.9, 1.0]


def test_who_is_due_and_who_may_enter() -> None:
    assert [is_due(plain_firm(status=status), 6, 6) for status in (DORMANT, ALIVE, CLOSED)] == [True, False, False]
    assert [is_due(plain_firm(), planned, 6) for planned in (5, 7)] == [False, False]
    assert [is_free(plain_firm(status=status)) for status in (DORMANT, ALIVE, CLOSED)] == [True, False, False]


def test_wants_more() -> None:
    assert [wants_more(plain_firm(customers=customers), 5) for customers in (4, 5, 6)] == [True, False, False]


def test_entrants_are_the_rate_on_average() -> None:
    found = [entrants(Params(entry=Entry(1.25, 9)), 7, month) for month in range(400)]
    assert set(found) == {1, 2}
    assert sum(found) / 400 == pytest.approx(1.25, abs=0.1)
    assert found[:20] == [1 + (draw(stream_key(7, ENTRY_DRAWS, month), 0) >= 0.75) for month in range(20)]


def test_a_firm_opens_as_its_plan_says() -> None:
    firm = plain_firm()
    before = deepcopy(firm)
    start = Start(2, 5_000, 3, 1, 4, features=2, insight=0.25, playbook=0.5, reputation=0.125)
    open_doors(firm, 6, start, Strategy(polish=0.75, service_goal=0.625), ROW, 7, 3)
    born = born_features(ROW, split(stream_key(7, BORN_FEATURE_DRAWS, BEFORE_START), 6), 2, 0.25)
    assert changes(firm, before) == {
        "status": ALIVE, "founded": 3, "founders": 2, "cash": 5_000, "insight": 0.25, "playbook": 0.5, "reputation": 0.125,
        "polish": 0.75, "service_goal": 0.625, "staff": [3, 1, 4], "skill": [1.0, 1.0, 1.0], "standard": born,
        "standard_features": 2,
    }  # fmt: skip


def test_the_first_customers_open_the_books() -> None:
    firm = plain_firm(standard=0b0110, users=[9, 2, 3, *[0] * 61], account_size=2_500)
    open_books(firm, Strategy(price=1_000), Params(product=Product(evidence=3)))
    assert (firm.validated, firm.validated_features, firm.trend) == (0b0100, 1, 2_500)
