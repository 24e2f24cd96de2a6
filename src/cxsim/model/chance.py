"""Chance without state: every draw is ``uniform(seed, stream, month, entity)``.

A draw depends on nothing but its four names, so results do not change with order, threads or who else is in the run, and a
treatment changes only what it causes. There is one stream per decision. Seed, stream and month are mixed *before* the entity
comes in: a hash of their sum would let entities share draws along diagonals, with the right mean and a spread far too large.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from cxsim.model.arithmetic import log, normal_quantile, power

GOLDEN = 0x9E3779B97F4A7C15  # odd, so that entity * GOLDEN visits every word (Steele, Lea and Flood 2014, SplitMix)
WORD = 0xFFFFFFFFFFFFFFFF
TO_UNIT = 1.0 / 9007199254740992.0  # 2**-53
FIRM_STRIDE = 4_294_967_296  # draws a firm may take from one stream in one month

(
    NEED_DRAWS,
    SEGMENT_DRAWS,
    RANKING_DRAWS,
    SIZE_DRAWS,
    WTP_DRAWS,
    SENSITIVITY_DRAWS,
    LEAVE_BASE_DRAWS,
    BORN_FEATURE_DRAWS,
    FIRST_CUSTOMER_DRAWS,
    FIRST_CHOICE_DRAWS,
    WORK_ORDER_DRAWS,
    FOUNDER_GUESS_DRAWS,
    FIRM_ORDER_DRAWS,
    REACH_DRAWS,
    CONTACT_DRAWS,
    CHOICE_DRAWS,
    LOST_TELLS_DRAWS,
    LEAVE_DRAWS,
    ASK_DRAWS,
    ASK_FEATURE_DRAWS,
    LOUDNESS_DRAWS,
    DRIFT_DRAWS,
    ENTRY_DRAWS,
    SHOCK_DRAWS,
    REVIEW_DRAWS,
    ADD_ON_DRAWS,
    TIER_DRAWS,
    SEARCH_DRAWS,
) = range(1, 29)

BEFORE_START = -1  # the "month" of draws that make the initial state


def mix(word: int) -> int:
    """Scramble a 64-bit word (finalizer of SplitMix64). Has a compiled twin in ``engine/fast/compile.py``."""
    word = int(word) & WORD
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & WORD
    return word ^ (word >> 31)


def split(key: int, entity: int) -> int:
    """Key of one entity's own stream. Has a compiled twin in ``engine/fast/compile.py``."""
    return mix(int(key) + int(entity) * GOLDEN)


def draw(key: int, entity: int) -> float:
    """Uniform number in [0, 1) of an entity in a keyed stream. Has a compiled twin in ``engine/fast/compile.py``."""
    return (split(key, entity) >> 11) * TO_UNIT


def draws(key: int, number: int) -> NDArray[np.float64]:
    """Draws of the first so many entities of a keyed stream, shape (number,), the same to the bit as :func:`draw`."""
    words = np.uint64(int(key)) + np.arange(number, dtype=np.uint64) * np.uint64(GOLDEN)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        words = (words ^ (words >> np.uint64(shift))) * np.uint64(factor)
    return ((words ^ (words >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) * TO_UNIT


def skip(key: int, entities: int) -> int:
    """Key in which entity 0 has the draws that this many entities later has in ``key``. Has a compiled twin, too."""
    return (int(key) + int(entities) * GOLDEN) & WORD


def stream_key(seed: int, stream: int, month: int) -> int:
    """Key of one decision in one month."""
    return split(split(split(0, seed), stream), month)


def uniform(seed: int, stream: int, month: int, entity: int) -> float:
    """Uniform number in [0, 1) for one decision of one entity in one month."""
    return draw(stream_key(seed, stream, month), entity)


def replicate_seed(seed: int, replicate: int) -> int:
    """Seed of one replicate: 63 bits, the same for every arm of a scenario, whatever other replicates there are."""
    return split(split(0, seed), replicate) >> 1


def beta_quantity(key: int, a: float, b: float) -> float:
    """Draw from a beta distribution with a, b > 0, as a ratio of two gamma draws."""
    return share_of(gamma_quantity(split(key, 1), a), gamma_quantity(split(key, 2), b), a, b)


def share_of(from_a: float, from_b: float, a: float, b: float) -> float:
    """Share of the first of two gamma draws of shapes a and b, which is a beta draw; its mean when both are zero."""
    total = from_a + from_b
    return from_a / total if total > 0.0 else a / (a + b)


def gamma_quantity(key: int, shape: float) -> float:
    """Draw from a gamma distribution of unit scale (Marsaglia and Tsang 2000, ACM TOMS 26(3))."""
    boost, d = gamma_boost(key, shape), gamma_scale(shape)
    for attempt in range(1, 32):  # each attempt succeeds with a chance above 0.95
        x = normal_deviate(draw(key, 2 * attempt))
        v = gamma_attempt(x, shape)
        u = inner(draw(key, 2 * attempt + 1))
        if v > 0.0 and log(u) < 0.5 * x * x + d - d * v + d * log(v):
            return d * v * boost
    return d * boost


def gamma_boost(key: int, shape: float) -> float:
    """Factor that makes a draw of shape + 1 one of a shape below 1; other shapes are drawn as they are."""
    return power(1.0 - draw(key, 0), 1.0 / shape) if shape < 1.0 else 1.0


def gamma_scale(shape: float) -> float:
    """What an attempt is multiplied by: the shape that is drawn, less a third."""
    return (shape + 1.0 if shape < 1.0 else shape) - 1.0 / 3.0


def gamma_attempt(x: float, shape: float) -> float:
    """Cube of a normal deviate x, moved and scaled: a gamma draw over its scale, unless it is refused."""
    c = 1.0 / sqrt(9.0 * gamma_scale(shape))
    return (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x)


def inner(u: float) -> float:
    """Move a draw off zero, where logarithm and quantile have no value, and never onto 1, where they have none either."""
    return min(u + 0.5 * TO_UNIT, 1.0 - TO_UNIT)


def normal_deviate(u: float) -> float:
    """Standard normal deviate of a uniform draw."""
    return normal_quantile(inner(u))
