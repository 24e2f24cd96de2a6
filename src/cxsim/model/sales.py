"""Selling: reach, the playbook, promises, and the customer's choice (M7, M8)."""

from cxsim.model.arithmetic import LN2, clamp, exp
from cxsim.model.features import count, first, no_features, without
from cxsim.model.params import Mechanisms, Sales, Strategy

EFFORT = 1_000  # effort is counted in thousandths of a pursued contact


def sales_yield(playbook: float, sales: Sales, on: bool) -> float:
    """Share of full reach that the playbook allows: an S-curve from ``yield_floor`` to 1. Off: 1.

    floor + (1 - floor) x p^2 (3 - 2p). Source: M7, Leslie and Holloway 2006; A-YIELD-FLOOR.
    """
    if not on:
        return 1.0
    rise = playbook * playbook * (3.0 - 2.0 * playbook)
    return sales.yield_floor + (1.0 - sales.yield_floor) * rise


def sales_effort(capacity: float, yielded: float, marketing: int, luck: float, sales: Sales) -> int:
    """Effort for prospects this month, in thousandths of a contact: reps x contacts x yield + marketing leads.

    ``luck`` rounds to whole contacts without bias. ``capacity`` in person-months, ``marketing`` in cents.
    """
    contacts = capacity * sales.contacts_per_rep * yielded + marketing / sales.lead_cost
    return int(contacts + luck) * EFFORT


def contact_effort(fit: float, qualification: float, sales: Sales) -> int:
    """Effort that a contact takes: one to pursue it, ``screening`` of one when it fits too little. Source: A-SCREENING."""
    return EFFORT if fit >= qualification else max(int(sales.screening * EFFORT), 1)


def promised_features(needs: int, standard: int, strategy: Strategy, sales: Sales, mechanisms: Mechanisms) -> int:
    """Missing features that a seller promises to this prospect, at most ``promise_max``. Source: M8, A-PROMISE."""
    if strategy.promise and mechanisms.promises and mechanisms.custom_work:
        return first(without(needs, standard), sales.promise_max)
    return no_features()


def perceived_fit(
    needs: int, standard: int, validated: int, promised: int, unproven_weight: float, promise_weight: float
) -> float:
    """Fit in the eyes of a prospect: validated features in full, other standard and promised ones in part.

    (proven + unproven_weight x unproven + promise_weight x promised) / needs. Source: M6, M8.
    """
    proven = count(needs & validated)
    unproven = count(needs & standard) - proven
    return (proven + unproven_weight * unproven + promise_weight * count(promised)) / count(needs)


def surplus(quality: float, price: int, wtp: int) -> float:
    """What an offer leaves a customer, as a share of its willingness to pay: quality - price / wtp."""
    return quality - price / wtp


def win_chance(offer: float, present: float, bound: float, sales: Sales) -> float:
    """Chance that a pursued prospect signs: close_rate x logistic((offer - present - bound) / noise).

    ``present`` is the surplus it has now and ``bound`` its switching cost, both 0 with no supplier. Source: A-CLOSE, A-NOISE.
    """
    return sales.close_rate / (1.0 + exp((present + bound - offer) / sales.noise))


def may_sign(u: float, sales: Sales) -> bool:
    """Rule out most who do not sign without looking at the offer: the chance to win never passes ``close_rate``."""
    return u < sales.close_rate


def signs(u: float, offer: float, present: float, bound: float, sales: Sales) -> bool:
    """Tell whether a pursued prospect signs, for a uniform draw u."""
    return may_sign(u, sales) and u < win_chance(offer, present, bound, sales)


def next_playbook(playbook: float, deals: int, changes: int, customers: int, sales: Sales) -> float:
    """Playbook after a month: deals close the gap to 1, product changes per customer undo what was learned.

    p + (1 - p)(1 - 2^(-deals / learning_deals)), times exp(-forgetting x changes / customers). Source: M7, A-LEARNING.
    """
    learned = playbook + (1.0 - playbook) * (1.0 - exp(-LN2 * deals / sales.learning_deals))
    kept = exp(-sales.forgetting * changes / max(customers, 1))
    return clamp(learned * kept, 0.0, 1.0)
