"""Experience: what a firm hears of its customers, and what they say of it."""

from cxsim.model import loyalty
from cxsim.model.params import Sales
from cxsim.model.state import MILLION, Firm


def count_satisfaction(firm: Firm, satisfaction: float, sign: int) -> None:
    """Add a customer's satisfaction to the sums of the month (sign 1), or take it out (-1)."""
    firm.satisfaction_sum += sign * int(satisfaction * MILLION)
    firm.praise_sum += sign * loyalty.praise(satisfaction)


def hear_request(firm: Firm, feature: int, loudness: float) -> None:
    """Count a request of an own customer, and remember the loudest."""
    firm.open_requests += 1
    firm.requests += 1
    firm.tally[feature] += 1
    if loudness > firm.loudness:
        firm.loudness = loudness
        firm.loudest = feature


def hear_talk(firm: Firm, rules: Sales) -> None:
    """See what the customers of a firm say of it."""
    firm.talk = loyalty.talk(firm.customers, firm.satisfaction_sum, firm.praise_sum, rules)
