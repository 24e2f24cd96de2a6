"""The report of ``cxsim claims``: verdicts, and for each claim its effect with and without its mechanism; or the knock-outs."""

from collections import Counter
from collections.abc import Iterator, Sequence

from cxsim import store
from cxsim.narrative.sentences import listed, plural
from cxsim.report.content import Report, Section, Table
from cxsim.studies.claims.charts import charts, knockouts
from cxsim.studies.claims.claim import mechanisms
from cxsim.studies.claims.report import SAMPLE_HEADER, SIDES, ClaimRow, cells, ids, left_of, null_hypothesis, of_kind, unsure
from cxsim.studies.claims.table import CLAIMS
from cxsim.studies.claims.verdict import VERDICTS

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
    off = bool(manifest["scenario"]["knockouts"])
    return Report(
        title="What is left of each claim without each mechanism" if off else "What the source texts claim",
        question="Which mechanism stands behind which effect?"
        if off
        else "Which of the claims hold in the model, and do their mechanisms cause them?",
        answer=verdicts_or_knockouts(rows, off),
        sections=[Section("Knock-outs", [knockouts(rows, mechanisms())])] if off else _sections(rows),
        methods=[KNOCKED_OUT if off else METHODS],
    )


def verdicts_or_knockouts(rows: Sequence[ClaimRow], knockouts: bool) -> list[str]:
    """Say in sentences what became of the claims."""
    return list(_knocked_out(rows) if knockouts else _verdicts(rows))


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
    return [Section("Verdicts", [table]), Section("Each claim", charts(rows, list(known.values())))]


def _knocked_out(rows: Sequence[ClaimRow]) -> Iterator[str]:
    names = mechanisms()
    sure = {claim: [names[name] for name in names if left_of(rows, claim, name)[1]] for claim in ids(rows)}
    for claim, found in sure.items():
        if unsure(rows, claim):
            yield f"{claim}: the effect itself cannot be told from zero."
        else:
            yield f"{claim}: changed by switching off {listed(found)}." if found else f"{claim}: changed by no mechanism."
