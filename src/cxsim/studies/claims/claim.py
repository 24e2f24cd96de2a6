"""What a claim is: data that say what is compared with what, and what would count for or against it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

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
    settings: tuple[str, ...]
    decisive: bool = True


class Detail(NamedTuple):
    """Another figure of the same runs, shown beside the effect; ``what``: whether it is a level, a difference or a ratio."""

    name: str
    effect: Effect
    unit: str
    what: str


class Claim(NamedTuple):
    """One claim. ``files`` are scenarios below ``scenarios/claims``, each with what comes before the names of its arms.

    ``winner`` names the arm with the highest mean where there are several to choose from; it is told, not tested.
    ``sign`` is the direction that the claim gives to the effect, and ``band`` the size below which an effect is none, in
    ``unit``. Both were written down before the claim was measured.
    """

    id: str
    text: str
    source: str
    compared: str
    files: tuple[tuple[str, str], ...]
    readings: Mapping[str, Reading]
    effect: Effect
    measure: str
    unit: str
    sign: int
    band: float
    ablations: tuple[Ablation, ...]
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


def off(*mechanisms: str) -> tuple[str, ...]:
    """Settings that switch mechanisms off."""
    return tuple(f"mechanisms.{name}=false" for name in mechanisms)


def without(name: str, *mechanisms: str, decisive: bool = True) -> Ablation:
    """Ablation that switches mechanisms off."""
    return Ablation(f"{name} off", off(*mechanisms), decisive)
