"""Sets of up to 64 features as one unsigned word.

The functions below have a compiled twin in ``engine/fast/compile.py``, because interpreted integers have no width; the two are
held equal by a test. Everything else about features is written once, with these.
"""


def no_features() -> int:
    """Return the empty set."""
    return 0


def bit(feature: int) -> int:
    """Return the set with one feature."""
    return 1 << int(feature)


def has(features: int, feature: int) -> bool:
    """Tell whether a feature is in the set."""
    return (int(features) >> int(feature)) & 1 == 1


def count(features: int) -> int:
    """Number of features in the set."""
    return int(features).bit_count()


def without(features: int, others: int) -> int:
    """Features that are not among the others."""
    return features ^ (features & others)


def lowest(features: int) -> int:
    """Smallest index in a set that is not empty."""
    word = int(features)
    return (word & -word).bit_length() - 1


def nth(features: int, n: int) -> int:
    """Index of the n-th smallest feature, n from 0, of a set with more than n features."""
    for _ in range(n):
        features = features ^ bit(lowest(features))
    return lowest(features)


def pick(features: int, u: float) -> int:
    """Index of a feature of a set that is not empty, each as likely, for a uniform draw u."""
    return nth(features, int(u * count(features)))


def first(features: int, n: int) -> int:
    """The n features of the set with the lowest index, or all when there are fewer."""
    rest = features
    for _ in range(min(n, count(features))):
        rest = rest ^ bit(lowest(rest))
    return features ^ rest
