"""What was found about claims: rows of ``claims.csv``, and what they say of one claim."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cxsim.narrative.sentences import plural
from cxsim.statistics.intervals import Estimate
from cxsim.studies.claims.units import LOG, written
from cxsim.studies.claims.verdict import Ablated

DECISIVE, SHOWN = "decisive", "shown"
SIDES = ("as claimed", "no clear effect", "opposite")
FULL = "full"  # the effect with every mechanism on, in the knock-out matrix
VERDICT, EFFECT, WITHOUT, EFFECT_WITHOUT = "verdict", "effect (95 %)", "without", "effect without (95 %)"
SAMPLE, MATTERS_MOST = f"sample: {' / '.join(SIDES)}", "matters most"
KINDS = {
    "verdict": "the verdict, as text",
    "effect": "the effect",
    "ablation": "the effect with a mechanism off; text: `decisive`, or `shown` when it does not count in the verdict",
    "gone": "the effect less that, on the same seeds",
    "detail": "another figure of the same runs; text: whether it is a level, a difference or a ratio, and of which arms",
    "winner": "the arm with the highest mean, as text",
    "as claimed": "share of the points of the sample at which the effect has the claimed sign and lies beyond the band; text: "
    "how many of the points could be measured",
    "no clear effect": "share of those points at which the effect lies within the band",
    "opposite": "share of those points at which the effect has the other sign and lies beyond the band",
    "parameter": "rank correlation with the effect of the parameter that matters most; text: whether it stands out",
    "winners": "how often each arm had the highest mean in the sample, as text",
    "knockout": "the effect with the mechanism `name` off; `full`: with all on",
    "lost": "the effect with all on less that, on the same seeds",
}
COLUMNS = {
    "claim": ("-", "claim"),
    "kind": ("-", "what the row tells; see the next table"),
    "name": ("-", "measure, ablation, detail, parameter or mechanism"),
    "unit": ("-", "unit of the figure"),
    "mean": ("unit", "the figure"),
    "low": ("unit", "lower end of its 95 % interval"),
    "high": ("unit", "upper end of its 95 % interval"),
    "n": ("seeds or points", "how many it rests on"),
    "text": ("-", "what is no number"),
}


class ClaimRow(NamedTuple):
    """One line of ``claims.csv``, of one of :data:`KINDS`."""

    claim: str
    kind: str
    name: str
    unit: str
    estimate: Estimate
    text: str = ""

    @property
    def what(self) -> str:
        """Whether the figure is a level, a difference or a ratio."""
        return self.text if self.kind == "detail" else "ratio" if self.unit == LOG else "difference"

    @property
    def written(self) -> str:
        """The figure with its interval, in its unit."""
        return written(self.estimate, self.unit)


class ClaimResult:
    """All rows of one claim."""

    def __init__(self, id: str, rows: Sequence[ClaimRow]) -> None:
        self.id, self.rows = id, rows

    def all(self, *kinds: str) -> list[ClaimRow]:
        """Rows of some kinds, kind by kind."""
        return [row for kind in kinds for row in self.rows if row.kind == kind]

    @property
    def effect(self) -> ClaimRow:
        """The effect."""
        return self.all("effect")[0]

    @property
    def verdict(self) -> str:
        """The verdict."""
        return self.all("verdict")[0].text

    @property
    def cells(self) -> dict[str, str]:
        """Cells of a table by column: verdict, effect, decisive ablations, and what the sample says, if there is one."""
        decisive = [row for row in self.all("ablation") if row.text == DECISIVE]
        sides, most = self.all(*SIDES), self.all("parameter")
        found = {
            "claim": self.id,
            VERDICT: self.verdict,
            EFFECT: self.effect.written,
            WITHOUT: "; ".join(row.name.removesuffix(" off") for row in decisive) or "-",
            EFFECT_WITHOUT: "; ".join(row.written + self._fewer(row) for row in decisive) or "-",
        }
        if sides:
            shares = " / ".join(f"{100 * row.estimate.mean:.0f}" for row in sides)
            found[SAMPLE] = f"{shares} % ({sides[0].text})"
            found[MATTERS_MOST] = "-"
        if most:
            found[MATTERS_MOST] = f"{most[0].name} ({most[0].estimate.mean:+.2f})" if most[0].text else "none stands out"
        return found

    def _fewer(self, row: ClaimRow) -> str:
        """Say over how many seeds a figure is, where the effect itself is over others."""
        return "" if row.estimate.n == self.effect.estimate.n else f" on {plural(row.estimate.n, 'seed')}"

    def left(self, mechanism: str) -> tuple[float, bool]:
        """Share of the effect that is left with a mechanism off, and whether the change is significant."""
        off, lost = (next(row.estimate for row in self.all(kind) if row.name == mechanism) for kind in ("knockout", "lost"))
        full = Ablated(off, lost).of_full(self.all("knockout")[0].estimate)
        return (off.mean / full if full else math.nan), lost.significant

    @property
    def unsure(self) -> bool:
        """Whether the effect itself cannot be told from zero, so that shares of it say little."""
        return not self.all("knockout")[0].estimate.significant

    @property
    def label(self) -> str:
        """Name of its line in the knock-out matrix."""
        return f"{self.id} ?" if self.unsure else self.id


def results_of(rows: Iterable[ClaimRow]) -> dict[str, ClaimResult]:
    """What was found about each claim, in order."""
    found: dict[str, list[ClaimRow]] = {}
    for row in rows:
        found.setdefault(row.claim, []).append(row)
    return {id: ClaimResult(id, mine) for id, mine in found.items()}
