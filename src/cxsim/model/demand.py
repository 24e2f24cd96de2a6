"""What customers need, how they differ, and how well a product fits them (M1, M2)."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cxsim.model import chance
from cxsim.model.arithmetic import clamp, exp, power
from cxsim.model.chance import draw, split
from cxsim.model.features import bit, count, has, no_features, without
from cxsim.model.params import Loyalty, Market, Product
from cxsim.model.state import BILLION, MILLION, THOUSAND, Table

REVIEW_MONTHS = 12  # accounts review their needs once a year, each in a month of its own
NEED_ATTEMPTS = 256  # no draw of a needed feature has this number or a higher one
INT32_MAX = 2_147_483_647


def popularity_table(seed: int, market: Market) -> NDArray[np.float64]:
    """Cumulative popularity of features, shape (segments + 1, features); the last row is the whole market's.

    Popularity is Zipf over a ranking. Each segment mixes the ranking that all have in common with one of its own, by
    ``homogeneity``. Rankings are permutations drawn for this seed, so that a feature's index says nothing of its popularity.
    """
    key = chance.stream_key(seed, chance.RANKING_DRAWS, chance.BEFORE_START)
    shares = _zipf_shares(market)
    common = _ranked(split(key, 0), shares)
    own = np.array([_ranked(split(key, segment + 1), shares) for segment in range(market.segments)])
    rows = market.homogeneity * common + (1.0 - market.homogeneity) * own
    whole = np.add.accumulate(rows)[-1] / market.segments  # accumulate, because sum may add in another order
    return np.add.accumulate(np.vstack([rows, whole]), axis=1)


@lru_cache  # the same for every replicate
def _zipf_shares(market: Market) -> NDArray[np.float64]:
    weights = np.array([power(rank + 1.0, -market.zipf) for rank in range(market.features)])
    shares: NDArray[np.float64] = weights / np.add.accumulate(weights)[-1]
    return shares


def _ranked(key: int, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the shares to features in the order of a permutation drawn by the key."""
    ranked = np.empty_like(shares)
    ranked[chance.draws(key, len(shares)).argsort(kind="stable")] = shares
    return ranked


def pick_feature(cumulative: Table[float], u: float) -> int:
    """Feature drawn in proportion to popularity: the first whose cumulative share exceeds u (of the total)."""
    last = len(cumulative) - 1
    target = u * cumulative[last]
    passed = 0
    for feature in range(last):  # no early end: a compiler then compares many at once
        passed += target >= cumulative[feature]
    return passed


def pick_needs(cumulative: Table[float], key: int, market: Market) -> int:
    """Set of features that a customer needs: a number between ``needs_min`` and ``needs_max``, each drawn by popularity.

    Draws that repeat a feature are drawn again; after 255 draws the lowest features fill the set. Source: M1, A-NEEDS.
    """
    wanted = needs_wanted(draw(key, 0), market)
    needs = no_features()
    attempt = 1
    while count(needs) < wanted and attempt < NEED_ATTEMPTS:
        needs = needs | bit(pick_feature(cumulative, draw(key, attempt)))
        attempt += 1
    return filled_needs(needs, wanted, len(cumulative))


def own_needs(popularity: Table[Table[float]], segment: int, key: int, market: Market, on: bool) -> int:
    """Set of features that a customer of a segment needs. M1 off: the same for all."""
    if on:
        return pick_needs(popularity[segment], key, market)
    return everyones_needs(popularity[market.segments], market)


def needs_wanted(u: float, market: Market) -> int:
    """Number of features that a customer needs: uniform between its bounds."""
    return market.needs_min + int(u * (market.needs_max - market.needs_min + 1))


def filled_needs(needs: int, wanted: int, features: int) -> int:
    """Needs with the lowest features added until there are as many as wanted."""
    for feature in range(features):
        if count(needs) < wanted:
            needs = needs | bit(feature)
    return needs


def everyones_needs(cumulative: Table[float], market: Market) -> int:
    """M1 off: all customers need the same, the most popular features of the whole market."""
    wanted = (market.needs_min + market.needs_max) // 2
    needs = no_features()
    for _ in range(wanted):
        needs = needs | bit(most_popular(cumulative, needs))
    return needs


def most_popular(cumulative: Table[float], taken: int) -> int:
    """Most popular feature that is not taken, or -1 when all are."""
    best, best_share, before = -1, -1.0, 0.0
    for feature in range(len(cumulative)):
        share = cumulative[feature] - before
        before = cumulative[feature]
        if share > best_share and not has(taken, feature):
            best, best_share = feature, share
    return best


def account_size(deviate: float, market: Market, on: bool) -> int:
    """Size of an account in thousandths: log-normal with mean 1 and spread ``size_spread``. Off: 1. Source: M19, A-SIZE.

    ``deviate``: where it stands, as a standard normal deviate.
    """
    if not on:
        return THOUSAND
    spread = market.size_spread
    size = exp(spread * deviate - 0.5 * spread * spread)
    return int(clamp(size * THOUSAND + 0.5, 1.0, INT32_MAX))


def willingness_to_pay(deviate: float, market: Market) -> int:
    """Most that a standard account pays a month for a full fit, in cents: log-normal about its median. Source: A-WTP.

    ``deviate``: where it stands, as a standard normal deviate.
    """
    return int(clamp(market.wtp_median * exp(market.wtp_spread * deviate) + 0.5, 1.0, INT32_MAX))


def service_sensitivity(u: float, market: Market) -> int:
    """Weight of service in a customer's experience, in millionths: uniform between its bounds. Source: A-SENSITIVITY."""
    return int((market.sensitivity_low + u * (market.sensitivity_high - market.sensitivity_low)) * MILLION + 0.5)


def mean_sensitivity(market: Market) -> float:
    """Mean weight of service in a customer's experience, 0 to 1."""
    return 0.5 * (market.sensitivity_low + market.sensitivity_high)


def leave_propensity(key: int, loyalty: Loyalty) -> int:
    """Own propensity to leave, in billionths a month: beta with mean ``leave_base``. Source: M11, A-LEAVE-SPREAD."""
    if leave_all_alike(loyalty):
        return int(loyalty.leave_base * BILLION)
    a, b = leave_shapes(loyalty)
    return int(chance.beta_quantity(key, a, b) * BILLION)


def leave_all_alike(loyalty: Loyalty) -> bool:
    """Tell whether the mean propensity to leave is a bound, at which nobody can differ from it."""
    return loyalty.leave_base <= 0.0 or loyalty.leave_base >= 1.0


def leave_shapes(loyalty: Loyalty) -> tuple[float, float]:
    """Shapes of the beta distribution of the propensity to leave."""
    mean, concentration = loyalty.leave_base, loyalty.leave_concentration
    return mean * concentration, (1.0 - mean) * concentration


def fit(needs: int, have: int) -> float:
    """Share of a customer's needs that are met (M2), 0 to 1."""
    return count(needs & have) / count(needs)


def in_millionths(share: float) -> int:
    """Share as a whole number of millionths, rounded down, for sums that must not depend on order."""
    return int(share * MILLION)


def fit_millionths(needs: int, have: int) -> int:
    """Fit in millionths."""
    return in_millionths(fit(needs, have))


def billed_size(size: int, products: int, product: Product) -> int:
    """Size of the account that is billed, in thousandths: size x (1 + add_on x (products - 1)); 0 for one that holds nothing.

    Source: M12, A-LINE.
    """
    return size + int(size * product.add_on * (products - 1)) if products > 0 else 0


def reviews_now(customer: int, month: int) -> bool:
    """Tell whether a customer has its yearly review this month: once in twelve months, each in its own."""
    return customer % REVIEW_MONTHS == month % REVIEW_MONTHS


def drift_chance(market: Market, on: bool) -> float:
    """Chance that a yearly review exchanges a need: 1 - (1 - drift)^12. M1 off: none. Source: A-DRIFT."""
    if not on:
        return 0.0
    if market.drift >= 1.0:
        return 1.0
    return 1.0 - power(1.0 - market.drift, float(REVIEW_MONTHS))


def exchanged_needs(needs: int, dropped: int, added: int) -> int:
    """Needs after a review; a need that is there already is not added twice, and then nothing is dropped."""
    if has(needs, added):
        return needs
    return without(needs, bit(dropped)) | bit(added)
