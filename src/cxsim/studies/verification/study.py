"""``verify-model``: a group of targets, asked of functions and of the engine."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxsim.studies.base import Findings, Runner, Study
from cxsim.studies.verification import VERIFICATIONS
from cxsim.studies.verification.targets import TargetRow

WIDTHS = (7, 44, -9, -10, 18, 9, 7)  # below 0: set to the right
HEADER = ("  kind", "what", "target", "measured", "95 % interval", "tolerance", "")


class VerificationStudy(Study[TargetRow]):
    """The targets of a group, such as ``P1``."""

    kind = TargetRow
    table = "verification.csv"
    answered_by = ("studies/verification", "statistics", "measures")
    seed, seeds, keeps_finished = 0, (), False

    def __init__(self, id: str, command: str = "") -> None:
        self.id, self.name, self.command = id, f"verification_{id}", command
        self.verification = VERIFICATIONS[id]

    @property
    def question(self) -> Mapping[str, Any]:
        """The group of targets."""
        return {"targets": self.id}

    def conduct(self, runner: Runner) -> Findings[TargetRow]:
        """Measure what theory speaks of."""
        return Findings(rows=self.verification.measure(runner))

    def sentences(self, found: Findings[TargetRow]) -> list[str]:
        """Count what passes."""
        return [f"{sum(row.verdict == 'pass' for row in found.rows)} of {len(found.rows)} figures pass."]

    def lines(self, found: Findings[TargetRow], width: int) -> Iterator[str]:
        """The title, and a line for each target."""
        yield f"{self.id}: {self.verification.title}"
        yield from map(line_of, found.rows)

    def misses(self, found: Findings[TargetRow]) -> Iterator[str]:
        """A line for each target that does not pass."""
        return (f"{self.id}: {line_of(row).lstrip()}" for row in found.rows if row.verdict != "pass")


def line_of(row: TargetRow) -> str:
    """A target beside what was measured."""
    found = f"{row.measured:.5g}" if row.runs else "-"
    interval = f"{row.low:.4g} to {row.high:.4g}" if not math.isnan(row.low) else ""
    verdict = row.verdict.upper() if row.verdict == "fail" else row.verdict
    return aligned((f"  {row.kind}", row.what, f"{row.target:.5g}", found, interval, row.tolerance, verdict))


def aligned(texts: Sequence[str]) -> str:
    """Put texts into columns."""
    padded = [text.ljust(width) if width > 0 else text.rjust(-width) for text, width in zip(texts, WIDTHS, strict=True)]
    return "  ".join(padded).rstrip()
