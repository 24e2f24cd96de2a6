"""Loyalty: experience, satisfaction, requests, word of mouth (M8, M10, M11, M13)."""

from cxsim.model.arithmetic import clamp
from cxsim.model.features import count
from cxsim.model.params import Loyalty, Sales
from cxsim.model.state import MILLION, NOTHING

NEUTRAL = 0.5  # satisfaction that stands for everyone's when M11 is off


def experience(worth: float, quality: float, sensitivity: int, late: float, loyalty: Loyalty) -> float:
    """How a month felt, 0 to 1: product and service by the customer's own weights, less the penalty for late promises.

    (1 - s) x worth + s x quality - late_penalty x late, with ``late`` the share of needs promised and overdue.
    """
    weight = sensitivity / MILLION
    return clamp((1.0 - weight) * worth + weight * quality - loyalty.late_penalty * late, 0.0, 1.0)


def late_share(needs: int, promised: int, due: int, month: int) -> float:
    """Share of needs that were promised and are overdue. Source: M8."""
    return count(promised) / count(needs) if month > due else 0.0


def next_satisfaction(satisfaction: float, felt: float, loyalty: Loyalty, on: bool) -> float:
    """Satisfaction after a month: it moves to the experience by 1 / memory, down faster by ``bad_weight``. Off: at once.

    Source: M10, Baumeister et al. 2001, A-MEMORY.
    """
    if not on or loyalty.memory <= 1.0:
        return felt
    speed = 1.0 / loyalty.memory
    if felt < satisfaction:
        speed = min(speed * loyalty.bad_weight, 1.0)
    return satisfaction + speed * (felt - satisfaction)


def felt_loyalty(satisfaction: float, on: bool) -> float:
    """Satisfaction as far as it binds: with M11 off it has no effect, and everyone counts as neutral."""
    return satisfaction if on else NEUTRAL


def asks(u: float, fit: float, waiting: int, loyalty: Loyalty) -> bool:
    """Tell whether a customer asks for a missing feature: chance ask_rate x (1 - fit), once at a time. Source: A-ASK."""
    return waiting == NOTHING and u < loyalty.ask_rate * (1.0 - fit)


def praise(satisfaction: float) -> int:
    """Satisfaction beyond one half, in millionths, for a sum over customers."""
    return int(max(satisfaction - NEUTRAL, 0.0) * MILLION)


def talk(customers: int, satisfaction_sum: int, praise_sum: int, sales: Sales) -> int:
    """What customers say of a firm, in millionths: sum of 2s - 1 over the satisfied, ``bad_word`` times it over the others.

    ``satisfaction_sum`` and ``praise_sum`` in millionths. Negative when there is more to complain than to praise. Source: M13.
    """
    complaints = praise_sum - satisfaction_sum + customers * MILLION // 2
    return 2 * praise_sum - int(2.0 * sales.bad_word * max(complaints, 0))
