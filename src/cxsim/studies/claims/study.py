"""``claims``: what the source texts claim, each on scenarios of its own, with its mechanism on and off."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxsim.charts.content import Chart
from cxsim.narrative.sentences import folded, plural
from cxsim.studies.base import Findings, Runner, Study
from cxsim.studies.claims import charts, report
from cxsim.studies.claims.claim import mechanisms
from cxsim.studies.claims.execute import number_of_runs, run_plans
from cxsim.studies.claims.experiments import findings_of, knock_out, knockout_plans, plans
from cxsim.studies.claims.naming import differences, folder_name
from cxsim.studies.claims.page import verdicts_or_knockouts
from cxsim.studies.claims.report import ClaimRow
from cxsim.studies.claims.table import CLAIMS
from cxsim.studies.named import chosen

DETAILED = 4  # claims whose other figures are printed too
POINTS = 16  # of the sample, so that one claim takes less than half a minute
MARK = "* the 95 % interval of the paired change leaves out zero; ?: the effect itself cannot be told from zero."


class ClaimsStudy(Study[ClaimRow]):
    """The claims named (all, when none is), on so many replicates and at so many points of the sample.

    ``knockouts`` switches off each mechanism in turn instead. Raises UnknownIdError.
    """

    kind = ClaimRow
    name, table = "claims", "claims.csv"
    answered_by = ("studies/claims", "statistics", "measures")
    seed = 0

    def __init__(
        self,
        ids: Sequence[str] = (),
        replicates: int | None = None,
        points: int = POINTS,
        knockouts: bool = False,
        command: str = "",
    ) -> None:
        self.claims = list(chosen(ids, CLAIMS, "claim").values())
        self.replicates, self.points, self.knockouts, self.command = replicates, points, knockouts, command
        self.planned = knockout_plans(self.claims, replicates) if knockouts else plans(self.claims, replicates, points)
        self.settings = [one for part in self.planned for one in part]
        self.seeds = list(dict.fromkeys(seed for one in self.settings for seed in one.seeds))
        self.total = number_of_runs(self.planned)

    @property
    def folder(self) -> str:
        """Name the claims that were chosen."""
        return folder_name([claim.id for claim in self.claims], len(CLAIMS), self.knockouts)

    @property
    def question(self) -> Mapping[str, Any]:
        """The claims, and a digest of every case that is run."""
        digest = hashlib.sha256()
        for one in self.settings:
            digest.update(repr((one.variant, one.months, one.seeds, one.arms)).encode())
        return {
            "claims": [claim.id for claim in self.claims],
            "replicates": self.replicates,
            "robustness": self.points,
            "knockouts": self.knockouts,
            "experiments": digest.hexdigest(),
        }

    def differences(self, asked: Mapping[str, Any], there: Mapping[str, Any]) -> list[str] | None:
        """Say which claims, replicates and points are there."""
        return differences(asked, there)

    def conduct(self, runner: Runner) -> Findings[ClaimRow]:
        """Run all experiments together, and judge."""
        outcome = run_plans(self.planned, runner)
        if self.knockouts:
            rows = list(report.knockout_rows(knock_out(self.planned, outcome)))
        else:
            rows = [row for one in findings_of(self.planned, self.points, outcome) for row in report.rows_of(one)]
        failures = [{"error": text} for text in outcome.failures]
        return Findings(rows=rows, failures=failures, made=plural(self.total, "run"))

    def sentences(self, found: Findings[ClaimRow]) -> list[str]:
        """Say what became of the claims."""
        return verdicts_or_knockouts(found.rows, self.knockouts)

    def lines(self, found: Findings[ClaimRow], width: int) -> Iterator[str]:
        """The table, what is claimed, and the other figures of a few claims; those of many are left to ``claims.csv``."""
        rows = found.rows
        yield ""
        if self.knockouts:
            yield from (*report.knockout_table(rows, mechanisms(), width), "", folded(MARK, width))
        else:
            yield from report.table(rows, width)
        yield "\nWhat is claimed:"
        yield from (folded(f"{claim.id} {claim.text}", width, "    ") for claim in self.claims)
        if self.knockouts:
            return
        for claim in self.claims if len(self.claims) <= DETAILED else ():
            if lines := report.details(rows, claim.id, width):
                yield from (f"\nOther figures of {claim.id}:", *lines)
        if null := report.null_hypothesis(rows):
            yield f"\n{folded(null, width)}"

    def charts(self, found: Findings[ClaimRow]) -> Sequence[Chart]:
        """Draw each claim, or the map of knock-outs."""
        return [charts.knockouts(found.rows, mechanisms())] if self.knockouts else charts.charts(found.rows, self.claims)
