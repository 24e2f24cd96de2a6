"""The report of ``cxsim claims``: verdicts, and for each claim its effect with and without its mechanism; or the knock-outs."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from cxsim import store
from cxsim.narrative.formatting import listed, plural
from cxsim.report.common import notes, provenance
from cxsim.report.content import Heat, Mark, Marks, Part, Report, Section, Table, Unit
from cxsim.studies.claims.claim import Claim
from cxsim.studies.claims.report import (
    DECISIVE,
    SAMPLE_HEADER,
    SIDES,
    ClaimRow,
    cells,
    ids,
    left_of,
    null_hypothesis,
    of_kind,
    unsure,
)
from cxsim.studies.claims.study import mechanisms
from cxsim.studies.claims.table import CLAIMS
from cxsim.studies.claims.units import LOG, MONTHLY_POINTS, POINTS, WORDS, figure
from cxsim.studies.claims.verdict import VERDICTS

UNITS: dict[str, Unit] = {"cents": "cents", "share": "share", "share/month": "share", LOG: "share", "customers": "count"}
IN_POINTS = (POINTS, MONTHLY_POINTS)
SHADES = (-1.0, 1.0, 3.0)  # shares at which colours end; white: all is left
METHODS = (
    "Each claim is an experiment on scenarios of its own: an effect with a 95 % interval over paired seeds, and the same "
    "effect with its mechanism off, on the same seeds. The rule of the verdict was fixed before anything was measured: an "
    "effect of the claimed direction counts as supported only if at least half of it goes with the mechanism; effects within "
    "the band count as none. docs/claims.md of cxsim has the rule, the experiments and their sources."
)
KNOCKED_OUT = (
    "Each effect was measured again with every mechanism off in turn, on the same seeds. What is left is the share of the "
    "effect with all mechanisms on. A change counts when the 95 % interval of the paired change leaves out zero."
)


def read_report(place: store.ResultFolder) -> Report:
    """Say what became of the claims whose results are in a folder."""
    manifest = store.read_manifest(place)
    rows = store.read_rows(place, ClaimRow, "claims.csv")
    knockouts = bool(manifest["scenario"]["knockouts"])
    return Report(
        title="What is left of each claim without each mechanism" if knockouts else "What the source texts claim",
        question="Which mechanism stands behind which effect?"
        if knockouts
        else "Which of the claims hold in the model, and do their mechanisms cause them?",
        answer=list(_knocked_out(rows)) if knockouts else list(_verdicts(rows)),
        sections=_knockouts(rows) if knockouts else _sections(rows),
        methods=[KNOCKED_OUT if knockouts else METHODS],
        scenario="",
        provenance=provenance(manifest),
        command=manifest["command"],
        notes=notes(manifest),
    )


def _verdicts(rows: Sequence[ClaimRow]) -> Iterator[str]:
    found = {name: of_kind(rows, name, "verdict")[0].text for name in ids(rows)}
    counted = Counter(found.values())
    told = [f"{counted[verdict]} {verdict}" for verdict in VERDICTS if counted[verdict]]
    yield f"Of {plural(len(found), 'claim')}: {listed(told)}."
    for verdict in VERDICTS:
        names = [name for name, one in found.items() if one == verdict]
        if names:
            yield f"{verdict.capitalize()}: {listed(names)}."
    if null := null_hypothesis(rows):
        yield null


def _sections(rows: Sequence[ClaimRow]) -> list[Section]:
    sampled = any(row.kind in SIDES for row in rows)
    header = ["claim", "what it says", "verdict", "without", "effect (95 %)", "effect without (95 %)"]
    header += [SAMPLE_HEADER, "matters most"] if sampled else []
    known = {name: CLAIMS[name] for name in ids(rows)}
    body = []
    for name, claim in known.items():
        first, verdict, effect, without, *rest = cells(rows, name, sampled)
        body.append([first, claim.text, verdict, without, effect, *rest])
    table = Table("Verdicts", header, body, texts=4)
    return [Section("Verdicts", [table]), Section("Each claim", [_marks(rows, claim) for claim in known.values()])]


def _marks(rows: Sequence[ClaimRow], claim: Claim) -> Marks:
    """Draw the effect, and what is left of it without each mechanism."""
    effect = of_kind(rows, claim.id, "effect")[0]
    lines = [_mark("as it is", effect, 0)]
    for row in of_kind(rows, claim.id, "ablation"):
        decisive = row.text == DECISIVE
        lines.append(_mark(row.name if decisive else f"{row.name} (not decisive)", row, 1 if decisive else 2))
    if len(lines) == 1:  # no mechanism to switch off: show what the effect is made of
        lines += [_mark(row.name, row, 2) for row in of_kind(rows, claim.id, "detail") if row.unit == claim.unit]
    direction = "right" if claim.sign > 0 else "left"
    band = f"{figure(-claim.band, claim.unit)} to {figure(claim.band, claim.unit)}"
    return Marks(
        title=f"{claim.id}, {of_kind(rows, claim.id, 'verdict')[0].text}: {claim.text}",
        note=f"mean with 95 % interval over {effect.estimate.n} paired seeds; the claim points to the {direction}; "
        f"grey: so small that it counts as none ({band})",
        label=f"{claim.measure}, in {WORDS[claim.unit]}" if claim.unit in IN_POINTS else claim.measure,
        unit=UNITS.get(claim.unit, "number"),
        marks=lines,
        nothing=(_change(-claim.band, claim.unit), _change(claim.band, claim.unit)),
    )


def _change(value: float, unit: str) -> float:
    """Turn a log ratio into the change that it stands for, and a difference of shares into points."""
    if unit in IN_POINTS:
        return 100 * value
    return math.expm1(value) if unit == LOG else value


def _mark(name: str, row: ClaimRow, weight: int) -> Mark:
    value, low, high = (_change(value, row.unit) for value in row.estimate[:3])
    return Mark(name, value, low, high, weight)


def _knocked_out(rows: Sequence[ClaimRow]) -> Iterator[str]:
    names = mechanisms()
    sure = {claim: [names[name] for name in names if left_of(rows, claim, name)[1]] for claim in ids(rows)}
    for claim, found in sure.items():
        if unsure(rows, claim):
            yield f"{claim}: the effect itself cannot be told from zero."
        else:
            yield f"{claim}: changed by switching off {listed(found)}." if found else f"{claim}: changed by no mechanism."


def _knockouts(rows: Sequence[ClaimRow]) -> list[Section]:
    names = mechanisms()
    left = [[left_of(rows, claim, name) for name in names] for claim in ids(rows)]
    part: Part = Heat(
        title="What is left of each effect with one mechanism off",
        note="share of the effect that is left (1: the mechanism has no part in it); *: the change is significant; "
        "?: the effect itself is not",
        x_label="mechanism that is off",
        y_label="claim",
        columns=[f"{number} {name}" for name, number in names.items()],
        rows=[f"{claim} ?" if unsure(rows, claim) else claim for claim in ids(rows)],
        values=[[share for share, _ in row] for row in left],
        texts=[[_cell(*one) for one in row] for row in left],
        scale=SHADES,
    )
    return [Section("Knock-outs", [part])]


def _cell(share: float, sure: bool) -> str:
    text = "" if math.isnan(share) else f"{share:.1f}"
    return text.replace("-0.0", "0.0") + ("*" if sure else "")
