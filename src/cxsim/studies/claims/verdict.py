"""The rule that judges a claim. It was fixed before any claim was measured; ``docs/claims.md`` states it in words."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cxsim.statistics.intervals import Estimate, Floats, known, mean_interval

SUPPORTED = "supported"
NOT_SUPPORTED = "not supported"
OPPOSITE = "opposite"
UNEXPLAINED = "not explained by the mechanism"
UNCERTAIN = "too uncertain"
VERDICTS = (SUPPORTED, NOT_SUPPORTED, OPPOSITE, UNEXPLAINED, UNCERTAIN)
GONE = 0.5  # share of an effect that its ablation must take away


class Ablated(NamedTuple):
    """The effect without its mechanism, and how much of it went with the mechanism, on the same seeds."""

    effect: Estimate
    lost: Estimate

    def of_full(self, full: Estimate) -> float:
        """Mean of the effect with the mechanism on, ``full``, over the seeds for which it is known in both cases."""
        return full.mean if full.n == self.lost.n else self.effect.mean + self.lost.mean


def estimate(values: Floats) -> Estimate:
    """Mean over seeds with its interval; seeds without a value are left out."""
    return mean_interval(known(values))


def ablated(full: Floats, without: Floats) -> Ablated:
    """Set the effect beside the same effect with the mechanism off, over the seeds for which both are known."""
    return Ablated(estimate(np.where(np.isnan(full), np.nan, without)), estimate(full - without))


def turned(found: Estimate, sign: int) -> Estimate:
    """Let the claimed direction be up."""
    return found if sign > 0 else found.negated()


def judge(effect: Estimate, sign: int, band: float, ablations: Sequence[Ablated]) -> str:
    """Give the verdict on a claim from its effect and its ablations.

    >>> small, large = Estimate(0.0, -0.1, 0.1, 30), Estimate(1.0, 0.8, 1.2, 30)
    >>> judge(large, 1, 0.2, [Ablated(small, large)]), judge(large, 1, 0.2, [Ablated(large, small)])
    ('supported', 'not explained by the mechanism')
    >>> judge(large, -1, 0.2, []), judge(small, 1, 0.2, [])
    ('opposite', 'not supported')
    """
    found = direction(turned(effect, sign), band)
    if found != SUPPORTED:
        return found
    told = [explained(turned(effect, sign), Ablated(*(turned(part, sign) for part in one))) for one in ablations]
    return next((verdict for verdict in (UNEXPLAINED, UNCERTAIN) if verdict in told), SUPPORTED)


def direction(effect: Estimate, band: float) -> str:
    """Judge an effect whose claimed direction is up, before any ablation."""
    if not effect.has_interval:
        return UNCERTAIN
    if -band <= effect.low and effect.high <= band:
        return NOT_SUPPORTED
    if effect.low > 0:
        return SUPPORTED
    return OPPOSITE if effect.high < 0 else UNCERTAIN


def explained(effect: Estimate, without: Ablated) -> str:
    """Tell whether an effect that is there goes away with its mechanism."""
    if without.lost.has_interval and without.lost.low > 0 and without.effect.mean <= (1 - GONE) * without.of_full(effect):
        return SUPPORTED
    survives = without.effect.has_interval and without.effect.low > 0
    return UNEXPLAINED if survives else UNCERTAIN
