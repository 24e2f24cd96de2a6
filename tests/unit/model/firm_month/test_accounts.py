"""What a firm counts of its customers, by hand."""

from copy import deepcopy

import pytest

from cxsim.model.firm_month.accounts import count_account, count_users, drop, gain, lose
from cxsim.model.params import Product
from plain_firms import changes, plain_firm

LINE = Product(line=3, add_on=0.5)


def test_whoever_joins_and_leaves_leaves_no_trace() -> None:
    firm = plain_firm(customers=4, account_size=900, open_requests=2, custom_features=3)
    before = deepcopy(firm)
    gain(firm, 0b1010, 200, 0b1000, LINE)
    assert changes(firm, before) == {
        "customers": 5, "products": 1, "account_size": 1_100, "promised_features": 1, "users": [0, 1, 0, 1, *[0] * 60],
    }  # fmt: skip
    lose(firm, 0b1010, 200, 1, 0, 0, 0b1000, -1, LINE)
    assert changes(firm, before) == {}


def test_whoever_leaves_takes_along_what_it_had() -> None:
    firm = plain_firm(customers=4, custom_features=3, promised_features=2, open_requests=2, vips=1, vip_size=400, products=6)
    firm.account_size, firm.users = 1_000, [4] * 64
    lose(firm, 0b1, 200, 3, 1, 0b110, 0b1000, 5, LINE)
    counts = firm.customers, firm.custom_features, firm.promised_features, firm.open_requests, firm.vips, firm.products
    assert counts == (3, 1, 1, 1, 0, 3)
    assert (firm.account_size, firm.vip_size, firm.users) == (600, 0, [3, *[4] * 63])


@pytest.mark.parametrize(("products", "tier", "billed"), [(0, 0, 0), (1, 0, 200), (2, 1, 300), (3, 1, 400)])
def test_count_account(products: int, tier: int, billed: int) -> None:
    firm = plain_firm()
    count_account(firm, 200, products, tier, 1, LINE)
    assert (firm.products, firm.account_size, firm.vips, firm.vip_size) == (products, billed, tier, tier * billed)
    count_account(firm, 200, products, tier, -1, LINE)
    assert changes(firm, plain_firm()) == {}


def test_count_users() -> None:
    firm = plain_firm()
    count_users(firm, 1 | 1 << 63, 2)
    count_users(firm, 1, -1)
    assert firm.users == [1, *[0] * 62, 2]


def test_drop() -> None:
    firm = plain_firm(custom_features=3, promised_features=2, open_requests=1)
    assert drop(firm, 0b0011, 0b1100, 4, 0b00110) == 4
    assert (firm.custom_features, firm.promised_features, firm.open_requests) == (2, 1, 1)
    assert drop(firm, 0b0001, 0b1000, 4, 0b10000) == -1
    assert (firm.custom_features, firm.promised_features, firm.open_requests) == (2, 1, 0)
    assert drop(firm, 0, 0, -1, 0b11111) == -1
    assert firm.open_requests == 0
