"""``claims``: what the source texts claim, each on scenarios of its own, with its mechanism on and off."""

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cxsim.charts.content import Chart
from cxsim.narrative.sentences import few, folded, plural
from cxsim.narrative.tables import folded_grid, split_grid
from cxsim.studies.base import Findings, Runner, Study
from cxsim.studies.claims import charts
from cxsim.studies.claims.experiments import knockout_plan, plan, run_plans
from cxsim.studies.claims.findings import knockout_rows, rows_of
from cxsim.studies.claims.result import ClaimRow, results_of
from cxsim.studies.claims.table import CLAIMS
from cxsim.studies.claims.words import (
    figure_cells,
    knockout_sentences,
    knockout_table,
    null_hypothesis,
    verdict_sentences,
    verdict_table,
)
from cxsim.studies.named import chosen

DETAILED = 4  # claims whose other figures are printed too
SPELLED_OUT = 4  # claims that the name of a folder lists; those of more are told apart by a digest
POINTS = 16  # of the sample, so that one claim takes less than half a minute
MARK = "* the 95 % interval of the paired change leaves out zero; ?: the effect itself cannot be told from zero."
DIFFERENCES: dict[str, Callable[[Any], str]] = {  # what results that are there may differ in, in words
    "claims": lambda ids: few(ids, SPELLED_OUT),
    "knockouts": lambda asked: "knock-outs" if asked else "claims with their ablations",
    "replicates": lambda number: f"{number} replicates" if number else "as many replicates as the scenarios say",
    "robustness": lambda points: plural(points, "point") + " of the sample",
}


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
        self.plans = [knockout_plan(one, replicates) if knockouts else plan(one, replicates, points) for one in self.claims]
        self.settings = [one for part in self.plans for one in part.experiments]
        self.seeds = list(dict.fromkeys(seed for one in self.settings for seed in one.seeds))
        self.total = sum(len(one.arms) * len(one.seeds) for one in self.settings)

    @property
    def folder(self) -> str:
        """Name the claims that were chosen, so that no two selections share a folder."""
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
        """Say which claims, replicates and points are there, as ``what is there (asked: what is asked)``."""
        if "claims" not in there:
            return ["something other than claims"]
        found = [
            f"{style(there.get(key))} (asked: {style(asked[key])})"
            for key, style in DIFFERENCES.items()
            if there.get(key) != asked[key]
        ]
        if there.get("answered_by") != asked["answered_by"]:
            found.append("another version of the claims")
        return found or ["other scenario files of the same claims"]

    def conduct(self, runner: Runner) -> Findings[ClaimRow]:
        """Run all experiments together, and judge."""
        runs, failures = run_plans(self.plans, runner)
        judged = knockout_rows if self.knockouts else rows_of
        rows = [row for one, found in zip(self.plans, runs, strict=True) for row in judged(one, found)]
        return Findings(rows=rows, failures=[{"error": text} for text in failures], made=plural(self.total, "run"))

    def sentences(self, found: Findings[ClaimRow]) -> list[str]:
        """Say what became of the claims."""
        return list((knockout_sentences if self.knockouts else verdict_sentences)(found.rows))

    def lines(self, found: Findings[ClaimRow], width: int) -> Iterator[str]:
        """The table, what is claimed, and the other figures of a few claims; those of many are left to ``claims.csv``."""
        yield ""
        if self.knockouts:
            yield from (*knockout_lines(found.rows, width), "", folded(MARK, width))
        else:
            yield from verdict_lines(found.rows, width)
        yield "\nWhat is claimed:"
        yield from (folded(f"{claim.id} {claim.text}", width, "    ") for claim in self.claims)
        if not self.knockouts:
            yield from _details(found.rows, width)
            yield from (f"\n{folded(null, width)}" for null in [null_hypothesis(found.rows)] if null)

    def charts(self, found: Findings[ClaimRow]) -> Sequence[Chart]:
        """Draw each claim, or the map of knock-outs."""
        return [charts.knockouts(found.rows)] if self.knockouts else charts.charts(found.rows, self.claims)


def folder_name(ids: Sequence[str], total: int, knockouts: bool) -> str:
    """Name the folder of a selection of so many claims in all.

    >>> folder_name(["C06", "C12"], 21, False), folder_name(["C06"], 21, True), folder_name(["C06"], 1, False)
    ('claims-C06-C12', 'knockouts-C06', 'claims')
    >>> folder_name(["C01", "C02", "C03", "C04", "C05"], 21, False)
    'claims-5-from-C01-to-C05-8f5742'
    """
    kind = "knockouts" if knockouts else "claims"
    if len(ids) == total:
        return kind
    if len(ids) <= SPELLED_OUT:
        return "-".join([kind, *ids])
    digest = hashlib.sha256(" ".join(ids).encode()).hexdigest()[:6]
    return f"{kind}-{len(ids)}-from-{ids[0]}-to-{ids[-1]}-{digest}"


def verdict_lines(rows: Sequence[ClaimRow], width: int) -> list[str]:
    """Lines of the table of claims, folded to a width."""
    return folded_grid(*verdict_table(rows), width)


def knockout_lines(rows: Sequence[ClaimRow], width: int) -> list[str]:
    """Lines of the knock-out matrix, in parts when it is wider than that."""

    def left(share: float, sure: bool) -> str:
        return "-" if math.isnan(share) else f"{100 * share + 0.0:.0f}{'*' if sure else ' '}"

    return split_grid(*knockout_table(rows, "left in %", left), width)


def _details(rows: Sequence[ClaimRow], width: int) -> Iterator[str]:
    """Other figures of a few claims."""
    results = results_of(rows).values()
    for one in results if len(results) <= DETAILED else ():
        if body := [figure_cells(row) for row in one.all("detail")]:
            yield f"\nOther figures of {one.id}:"
            yield from folded_grid(["figure", "of which arms", "mean (95 %)", "seeds"], body, width)
