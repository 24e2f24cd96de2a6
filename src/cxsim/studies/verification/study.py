"""``verify-model``: a group of targets, asked of functions and of the engine."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxsim.studies.base import Findings, Runner, Study
from cxsim.studies.verification import VERIFICATIONS
from cxsim.studies.verification.targets import COLUMNS, TargetRow, cells

WIDTHS = (7, 44, -9, -10, 18, 9, 7)  # below 0: set to the right
HEADER = ("  kind", "what", "target", "measured", "95 % interval", "tolerance", "")


class VerificationStudy(Study[tuple[object, ...]]):
    """The targets of a group, such as ``P1``."""

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

    def conduct(self, runner: Runner) -> Findings[tuple[object, ...]]:
        """Measure what theory speaks of."""
        rows = self.verification.measure(runner)
        return Findings(columns=COLUMNS, rows=[cells(row) for row in rows], whole=rows)

    def sentences(self, found: Findings[tuple[object, ...]]) -> list[str]:
        """Count what passes."""
        verdicts = [row[COLUMNS.index("verdict")] for row in found.rows]
        return [f"{verdicts.count('pass')} of {len(verdicts)} figures pass."]

    def lines(self, found: Findings[tuple[object, ...]], width: int) -> Iterator[str]:
        """The title, and a line for each target."""
        yield f"{self.id}: {self.verification.title}"
        yield from map(line_of, found.whole)

    def misses(self, found: Findings[tuple[object, ...]]) -> Iterator[str]:
        """A line for each target that does not pass."""
        return (f"{self.id}: {line_of(row).lstrip()}" for row in found.whole if row.verdict != "pass")


def line_of(row: TargetRow) -> str:
    """A target beside what was measured."""
    measured = row.measured
    found = f"{measured.mean:.5g}" if measured.n else "-"
    interval = f"{measured.low:.4g} to {measured.high:.4g}" if measured.has_interval else ""
    verdict = row.verdict.upper() if row.verdict == "fail" else row.verdict
    return aligned((f"  {row.kind}", row.what, f"{row.value:.5g}", found, interval, str(row.tolerance), verdict))


def aligned(texts: Sequence[str]) -> str:
    """Put texts into columns."""
    padded = [text.ljust(width) if width > 0 else text.rjust(-width) for text, width in zip(texts, WIDTHS, strict=True)]
    return "  ".join(padded).rstrip()
