"""Selling: reach, the playbook, promises, tiers, and the customer's choice (M7, M8, M12 to M14, M17)."""

from cxsim.model.arithmetic import LN2, clamp, exp
from cxsim.model.features import count, first, no_features, pick, without
from cxsim.model.params import VIP, Mechanisms, Product, Sales, Service, Strategy
from cxsim.model.state import MILLION, NOBODY, Table

EFFORT = 1_000  # effort is counted in thousandths of a pursued contact
MOST_CONTACTS = 30  # that a firm has with each account of the market in a month: one a day


def sales_yield(playbook: float, sales: Sales, on: bool) -> float:
    """Share of full reach that the playbook allows: an S-curve from ``yield_floor`` to 1. Off: 1.

    floor + (1 - floor) x p^2 (3 - 2p). Source: M7, Leslie and Holloway 2006; A-YIELD-FLOOR.
    """
    if not on:
        return 1.0
    rise = playbook * playbook * (3.0 - 2.0 * playbook)
    return sales.yield_floor + (1.0 - sales.yield_floor) * rise


def sales_reach(capacity: float, yielded: float, marketing: int, told: float, demand_shock: float, sales: Sales) -> float:
    """Contacts this month: (reps x contacts x yield + marketing leads + those told by customers) x demand_shock, never below 0.

    ``capacity`` in person-months, ``marketing`` in cents, ``told`` in contacts and less than 0 when word is bad.
    """
    contacts = capacity * sales.contacts_per_rep * yielded + marketing / sales.lead_cost + told
    return max(contacts, 0.0) * demand_shock


def sales_effort(contacts: float, luck: float, customers: int) -> int:
    """Effort in thousandths of a contact, of no more than one a day with each account of the market (A-DAY).

    ``luck``, a uniform draw, rounds to whole contacts without bias.
    """
    return int(min(contacts + luck, float(MOST_CONTACTS * customers))) * EFFORT


def told_contacts(talk: int, sales: Sales, on: bool) -> float:
    """Contacts that customers bring, or take away, by what they say (``talk``, in millionths). Source: M13, A-WORD."""
    return sales.word * (talk / MILLION) if on else 0.0


def contact_effort(fit: float, qualification: float, sales: Sales) -> int:
    """Effort that a contact takes: one to pursue it, ``screening`` of one when it fits too little. Source: A-SCREENING."""
    return EFFORT if worth_an_offer(fit, qualification) else max(int(sales.screening * EFFORT), 1)


def worth_an_offer(fit: float, qualification: float) -> bool:
    """Tell whether a prospect fits well enough to be pursued."""
    return fit >= qualification


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


def accepted_price(wtp: int, reputation: float, service: Service, on: bool) -> float:
    """Willingness to pay for a full fit, in cents: it rises with a reputation for service. Source: M14, ``service.premium``.

    wtp x (1 + premium x reputation). Off: wtp.
    """
    return wtp * (1.0 + service.premium * reputation) if on else float(wtp)


def offered_price(tier: int, strategy: Strategy) -> float:
    """Cents a month that a standard account is offered to pay, with the premium of VIP service."""
    return price_of_tier(tier, float(strategy.price), strategy.price * (1.0 + vip_premium(strategy)))


def price_of_tier(tier: int, price: float, vip_price: float) -> float:
    """Return the one of two prices that an account of a tier is offered."""
    return vip_price if tier == VIP else price


def first_impression(seen: float) -> float:
    """Satisfaction of a customer who joins: the fit that it was shown, as far as that goes."""
    return min(seen, 1.0)


def tells_loss(u: float, sales: Sales) -> bool:
    """Tell whether a lost prospect says what it missed, for a uniform draw u. Source: A-LOST-TELLS."""
    return u < sales.lost_tells


def missed_feature(missing: int, u: float, sales: Sales) -> int:
    """Feature of those missing that a lost prospect names, by the same draw that lets it tell."""
    return pick(missing, u / sales.lost_tells)


def vip_premium(strategy: Strategy) -> float:
    """Price of VIP service as a share of the price; nothing where all are served alike."""
    return strategy.vip_premium if strategy.tiers == VIP else 0.0


def wants_vip(u: float, sensitivity: int, reputation: float, accepted: float, strategy: Strategy) -> bool:
    """Tell whether a customer takes VIP service: it is offered it, and what it saves in waiting is worth the premium.

    sensitivity x (1 - reputation) > premium x price / accepted price, with ``sensitivity`` in millionths.
    """
    if strategy.tiers != VIP or u >= strategy.vip_share:
        return False
    return sensitivity / MILLION * (1.0 - reputation) > strategy.vip_premium * strategy.price / accepted


def offered_more(u: float, products: int, strategy: Strategy, product: Product, on: bool) -> bool:
    """Tell whether a customer is offered a further product in its yearly review, for a uniform draw u. Source: M12, A-LINE."""
    return on and products < product.line and u < strategy.expansion


def surplus(quality: float, price: float, wtp: float) -> float:
    """What an offer leaves a customer, as a share of its willingness to pay: quality - price / wtp."""
    return quality - price / wtp


def win_chance(offer: float, present: float, bound: float, sales: Sales) -> float:
    """Chance that a pursued prospect signs: close_rate x logistic((offer - present - bound) / noise).

    ``present`` is the surplus it has now and ``bound`` its switching cost, both 0 with no supplier. Source: A-CLOSE, A-NOISE.
    """
    return sales.close_rate * inclination(offer - present - bound, sales)


def inclination(gain: float, sales: Sales) -> float:
    """Chance that unseen tastes let a customer take what gains it so much: logistic(gain / noise). Source: A-NOISE."""
    return 1.0 / (1.0 + exp(-gain / sales.noise))


def reach_elsewhere(customers: int, sales: Sales) -> int:
    """Reach of all that is not simulated, in thousandths of a contact, for so many customers. Source: A-ELSEWHERE."""
    return int(sales.elsewhere * customers * EFFORT)


def pick_by_reach(cumulative: Table[int], elsewhere: int, u: float) -> int:
    """Firm met in proportion to reach: the first whose cumulative reach exceeds u of the total; -1 for none. Source: M17."""
    low, high = 0, len(cumulative) - 1
    target = int(u * (cumulative[high] + elsewhere))
    if target >= cumulative[high]:
        return NOBODY
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle] > target:
            high = middle
        else:
            low = middle + 1
    return low


def signs(u: float, offer: float, present: float, bound: float, sales: Sales) -> bool:
    """Tell whether a pursued prospect signs, for a uniform draw u."""
    return u < win_chance(offer, present, bound, sales)


def next_playbook(playbook: float, deals: int, changes: int, customers: int, sales: Sales) -> float:
    """Playbook after a month: deals close the gap to 1, product changes per customer undo what was learned.

    p + (1 - p)(1 - 2^(-deals / learning_deals)), times exp(-forgetting x changes / customers). Source: M7, A-LEARNING.
    """
    learned = playbook + (1.0 - playbook) * (1.0 - exp(-LN2 * deals / sales.learning_deals))
    kept = exp(-sales.forgetting * changes / max(customers, 1))
    return clamp(learned * kept, 0.0, 1.0)
