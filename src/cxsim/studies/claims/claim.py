"""What a claim is: data that say what is compared with what, and what would count for or against it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from cxsim.model.params import Mechanisms, specs
from cxsim.narrative.sentences import listed
from cxsim.studies.claims.effects import Cell, Effect, Runs, difference, level, log_ratio
from cxsim.studies.claims.readings import Reading
from cxsim.studies.claims.units import APART, LOG

Winner: TypeAlias = Callable[[Runs], str]

SMALL_SUM = 2_500_000  # cents; 25,000 dollars, a month's cost of two people: differences below it are none to a Verysmallco
SUM = 10_000_000  # cents; 100,000 dollars: differences below it are none to a Smallco
LARGE_SUM = 50_000_000  # cents; 500,000 dollars: differences below it are none to a Largeco


class Ablation(NamedTuple):
    """A mechanism, or several, switched off by settings. Only a decisive one counts in the verdict; others are shown."""

    name: str
    settings: Mapping[str, Any]
    decisive: bool = True


class Detail(NamedTuple):
    """Another figure of the same runs, shown beside the effect; ``what``: whether it is a level, a difference or a ratio."""

    name: str
    effect: Effect
    unit: str
    what: str


class Hypothesis(NamedTuple):
    """What is measured, in ``unit``, the direction that the claim gives to it, and the size below which it counts as none.

    Direction (``sign``) and ``band`` were written down before the claim was measured.
    """

    measure: str
    effect: Effect
    unit: str
    band: float
    sign: int


def rises(measure: str, effect: Effect, unit: str, band: float) -> Hypothesis:
    """Hypothesis of an effect above zero."""
    return Hypothesis(measure, effect, unit, band, 1)


def falls(measure: str, effect: Effect, unit: str, band: float) -> Hypothesis:
    """Hypothesis of an effect below zero."""
    return Hypothesis(measure, effect, unit, band, -1)


class Claim(NamedTuple):
    """One claim. ``files`` are scenarios below ``scenarios/claims``, each with what comes before the names of its arms.

    ``winner`` names the arm with the highest mean where there are several to choose from; it is told, not tested.
    """

    id: str
    text: str
    source: str
    compared: str
    files: tuple[tuple[str, str], ...]
    readings: Mapping[str, Reading]
    hypothesis: Hypothesis
    ablations: tuple[Ablation, ...] = ()
    details: tuple[Detail, ...] = ()
    winner: Winner | None = None


def level_of(name: str, arm: str, reading: str, unit: str) -> Detail:
    """Figure of one arm."""
    return Detail(name, level(arm, reading), unit, f"level, {_told(arm)}")


def gap(name: str, treatment: str, control: str, reading: str, unit: str) -> Detail:
    """Difference of two arms; of two shares it is in points."""
    what = f"difference, {_told(treatment)} less {_told(control)}"
    return Detail(name, difference(treatment, control, reading), APART.get(unit, unit), what)


def ratio(name: str, treatment: Cell, control: Cell) -> Detail:
    """Ratio of two arms, as its logarithm."""
    return Detail(name, log_ratio(treatment, control), LOG, f"ratio, {_told(treatment[0])} over {_told(control[0])}")


def _told(arm: str) -> str:
    """Write the name of an arm as words."""
    return arm.replace("_", " ")


def mechanisms() -> dict[str, str]:
    """Switch of each mechanism, with its number."""
    return {name: spec.meaning.partition(":")[0] for name, (_, spec) in specs(Mechanisms).items()}


def without(*switches: str, decisive: bool = True) -> Ablation:
    """Ablation that switches mechanisms off."""
    numbers = mechanisms()
    name = f"{listed([numbers[one] for one in switches])} off"
    return Ablation(name, {f"mechanisms.{one}": False for one in switches}, decisive)


def jointly(*switches: str) -> tuple[Ablation, ...]:
    """Mechanisms switched off together, which is decisive, and one by one, which is shown."""
    return (without(*switches), *(without(one, decisive=False) for one in switches))
