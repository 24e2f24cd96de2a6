"""What a claim is: data that say what is compared with what, and what would count for or against it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from cxsim.model.params import Mechanisms, specs
from cxsim.narrative.sentences import listed
from cxsim.studies.claims.effects import Effect, Runs
from cxsim.studies.claims.readings import Reading

SMALL_SUM = 2_500_000  # cents; 25,000 dollars, a month's cost of two people: differences below it are none to a Verysmallco
SUM = 10_000_000  # cents; 100,000 dollars: differences below it are none to a Smallco
LARGE_SUM = 50_000_000  # cents; 500,000 dollars: differences below it are none to a Largeco


class Ablation(NamedTuple):
    """A mechanism, or several, switched off by settings. Only a decisive one counts in the verdict; others are shown."""

    name: str
    settings: Mapping[str, Any]
    decisive: bool = True


class Hypothesis(NamedTuple):
    """The direction that a claim gives to what is measured (up: 1, down: -1), and the size below which it counts as none.

    Direction and ``band`` were written down before the claim was measured.
    """

    sign: int
    measure: str
    effect: Effect
    band: float

    @property
    def unit(self) -> str:
        """Unit of the effect."""
        return self.effect.unit


rises, falls = partial(Hypothesis, 1), partial(Hypothesis, -1)


class Claim(NamedTuple):
    """One claim. ``files`` are scenarios below ``scenarios/claims``, each with what comes before the names of its arms.

    ``details`` are other figures of the same runs. ``winner`` names the arm with the highest mean where there are several to
    choose from; it is told, not tested.
    """

    id: str
    text: str
    source: str
    compared: str
    files: Mapping[str, str]
    hypothesis: Hypothesis
    ablations: tuple[Ablation, ...] = ()
    details: Mapping[str, Effect] = {}
    winner: Callable[[Runs], str] | None = None

    @property
    def readings(self) -> dict[str, Reading]:
        """All that is read off each run, by name."""
        effects = (self.hypothesis.effect, *self.details.values())
        return {reading.name: reading for effect in effects for reading in effect.readings}


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
