"""Accounts: what a firm counts of its customers, as they join, change and leave."""

from cxsim.model.demand import billed_size
from cxsim.model.features import count, has
from cxsim.model.params import MAX_FEATURES, Product
from cxsim.model.state import NOTHING, Firm


def gain(firm: Firm, needs: int, size: int, promised: int, rules: Product) -> None:
    """A customer joins, with a first product and what was promised to it."""
    firm.customers += 1
    count_account(firm, size, 1, 0, 1, rules)
    firm.promised_features += count(promised)
    count_users(firm, needs, 1)


def lose(
    firm: Firm, needs: int, size: int, products: int, tier: int, custom: int, promised: int, asked: int, rules: Product
) -> None:
    """A customer leaves; what was built for, promised to and asked by it goes with it."""
    firm.customers -= 1
    count_account(firm, size, products, tier, -1, rules)
    firm.custom_features -= count(custom)
    firm.promised_features -= count(promised)
    firm.open_requests -= asked != NOTHING
    count_users(firm, needs, -1)


def count_account(firm: Firm, size: int, products: int, tier: int, sign: int, rules: Product) -> None:
    """Add what a customer holds to the firm's sums (sign 1), or take it out (-1)."""
    billed = billed_size(size, products, rules)
    firm.products += sign * products
    firm.account_size += sign * billed
    firm.vips += sign * tier
    firm.vip_size += sign * tier * billed


def count_users(firm: Firm, needs: int, change: int) -> None:
    """Add to the number of own customers who need each feature of a set."""
    users = firm.users
    for feature in range(MAX_FEATURES):  # no branch: a compiler then counts all features at once
        users[feature] += change * has(needs, feature)


def drop(firm: Firm, custom: int, promised: int, asked: int, features: int) -> int:
    """Take features out of what was built for, promised to and asked by a customer; returns what it asks for then."""
    firm.custom_features -= count(custom & features)
    firm.promised_features -= count(promised & features)
    if asked != NOTHING and has(features, asked):
        firm.open_requests -= 1
        return NOTHING
    return asked
