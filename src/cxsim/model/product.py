"""Building: upkeep, custom work, the roadmap, variety, validation (M3 to M6)."""

from cxsim.model.arithmetic import LN2, log, power
from cxsim.model.chance import draw
from cxsim.model.demand import most_popular, pick_feature
from cxsim.model.features import bit, count, has, lowest, no_features, without
from cxsim.model.params import CROWD, LOUDEST, Mechanisms, Product
from cxsim.model.state import MILLION, NOTHING, Table


def variety_factor(custom: int, standard: int, product: Product, on: bool) -> float:
    """Cost of work over that with no custom features: (1 + custom / standard)^v, v = log2(1 + variety_cost).

    Units: counts of features in force; result >= 1. Source: M5, Stalk 1988.
    """
    if not on or custom <= 0:
        return 1.0
    exponent = log(1.0 + product.variety_cost) / LN2
    return power(1.0 + custom / max(standard, 1), exponent)


def upkeep_work(custom: int, standard: int, factor: float, product: Product) -> int:
    """Work that keeps what exists, in millionths of a person-month: ``upkeep`` of what it cost to build, times variety.

    Source: M3, M4, A-UPKEEP.
    """
    built = custom * product.custom_cost + standard * product.custom_cost * product.standard_factor
    return int(built * product.upkeep * factor * MILLION)


def custom_job(factor: float, product: Product) -> int:
    """Work for one custom feature, in millionths of a person-month, at least 1. Source: M3, A-CUSTOM-COST."""
    return max(int(product.custom_cost * factor * MILLION), 1)


def standard_job(factor: float, polish: float, product: Product) -> int:
    """Work for one standard feature, in millionths of a person-month, at least 1. Source: M4, M18, Brooks 1975."""
    polishing = polish_cost(polish, product)
    return max(int(product.custom_cost * product.standard_factor * factor * polishing * MILLION), 1)


def polish_in_force(polish: float, on: bool) -> float:
    """Polish that counts. M18 off: none."""
    return polish if on else 0.0


def polish_cost(polish: float, product: Product) -> float:
    """Work for a feature of polish q over that for a rough one: 1 + q + curvature x q^2 / (1 - q).

    With curvature 1 that is 1 / (1 - q), without bound as q nears 1; with 0 a straight line. Source: M18, A-POLISH-COST.
    """
    return 1.0 + polish + product.polish_curvature * polish * polish / (1.0 - polish)


def mean_polish(polish: float, features: int, added: int, new: float) -> float:
    """Mean polish over ``features`` of a product, of which ``added`` of polish ``new`` came just now. Source: M18."""
    return polish + (new - polish) * min(added, features) / features if features > 0 else new


def open_work(work: int, custom_share: float, on: bool) -> int:
    """Part of an amount of work that is open to single requests. M3 off: none."""
    return min(int(work * custom_share), work) if on else 0


def upkept_share(done: int, due: int) -> float:
    """Share of upkeep that was done; 1 when none was due."""
    return done / due if due > 0 else 1.0


def product_condition(upkept: float, polish: float, product: Product) -> float:
    """Worth of a fitting feature, 0 to 1: (1 - rot x (1 - upkept)) x (1 - roughness x (1 - polish)).

    Neglected upkeep and missing polish take from what customers have. Source: M18, A-ROT, A-POLISH.
    """
    return (1.0 - product.rot * (1.0 - upkept)) * (1.0 - product.roughness * (1.0 - polish))


def next_target(
    roadmap: int, standard: int, tally: Table[int], loudest: int, guess: int, market_row: Table[float],
    mechanisms: Mechanisms,
) -> int:  # fmt: skip
    """Next standard feature to build, or -1 when all are built.

    ``crowd``: the most requested so far; ``loudest``: last month's loudest request; else, and when nobody asked, the
    founder's guess. With M6 off demand is known at birth, so ``crowd`` builds the most popular. Source: M6, roadmap lever.
    """
    features = len(market_row)
    if count(standard) >= features:
        return NOTHING
    if roadmap == CROWD:
        chosen = most_requested(tally, standard, features) if mechanisms.validation else most_popular(market_row, standard)
        if chosen != NOTHING:
            return chosen
    if roadmap == LOUDEST and loudest != NOTHING and not has(standard, loudest):
        return loudest
    return free_from(guess, standard, features)


def most_requested(tally: Table[int], standard: int, features: int) -> int:
    """Feature with most requests among those not in the product, the lowest on a tie; -1 when none was requested."""
    best, most = NOTHING, 0
    for feature in range(features):
        if tally[feature] > most and not has(standard, feature):
            best, most = feature, tally[feature]
    return best


def founder_guess(market_row: Table[float], pick: float, luck: float, insight: float) -> int:
    """What a founder believes is needed: with chance ``insight`` a need drawn as customers draw theirs, else any feature.

    ``pick`` and ``luck`` are uniform draws. Source: A-INSIGHT.
    """
    if luck < insight:
        return pick_feature(market_row, pick)
    return int(pick * len(market_row))


def born_features(market_row: Table[float], key: int, wanted: int, insight: float) -> int:
    """Set of features that a firm is founded with: guesses of its founders. Source: A-BORN-FEATURES, A-INSIGHT."""
    features = len(market_row)
    born = no_features()
    for n in range(min(wanted, features)):
        guess = founder_guess(market_row, draw(key, 2 * n), draw(key, 2 * n + 1), insight)
        born = born | bit(free_from(guess, born, features))
    return born


def free_from(feature: int, taken: int, features: int) -> int:
    """Return the feature, or the next one (cyclically) that is not taken; -1 when all are."""
    for step in range(features):
        candidate = (feature + step) % features
        if not has(taken, candidate):
            return candidate
    return NOTHING


def handed_over(needs: int, fresh: int, have: int, sharing: bool) -> tuple[int, int]:
    """What finished features mean for a customer: those that it gets as standard, and the one that is built for it.

    M4 off: one customer gets each, as a custom feature: the lowest that it needs and lacks, a set of one or none.
    """
    if sharing:
        return fresh, no_features()
    wanted = without(needs & fresh, have)
    return no_features(), bit(lowest(wanted)) if wanted != no_features() else no_features()


def validated_features(standard: int, validated: int, users: Table[int], evidence: int, on: bool) -> int:
    """Standard features that count in full: those that ever had ``evidence`` paying users. Off: all. Source: M6."""
    if not on:
        return standard
    known = no_features()
    for feature in range(len(users)):
        if has(standard, feature) and (users[feature] >= evidence or has(validated, feature)):
            known = known | bit(feature)
    return known
