"""The report of ``cxsim claims``: verdicts, and for each claim its effect with and without its mechanism; or the knock-outs."""

from collections.abc import Sequence

from cxsim import store
from cxsim.report.content import Report, Section, Table
from cxsim.studies.claims.charts import charts, knockouts
from cxsim.studies.claims.result import EFFECT, EFFECT_WITHOUT, VERDICT, WITHOUT, ClaimRow, results_of
from cxsim.studies.claims.table import CLAIMS
from cxsim.studies.claims.words import knockout_sentences, verdict_sentences

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


def read_report(place: store.ResultFolder, manifest: store.Manifest) -> Report:
    """Say what became of the claims whose results are in a folder."""
    rows = store.read_rows(place, manifest, ClaimRow, "claims.csv")
    off = bool(manifest["scenario"]["knockouts"])
    return Report(
        title="What is left of each claim without each mechanism" if off else "What the source texts claim",
        question="Which mechanism stands behind which effect?"
        if off
        else "Which of the claims hold in the model, and do their mechanisms cause them?",
        answer=list(knockout_sentences(rows) if off else verdict_sentences(rows)),
        sections=[Section("Knock-outs", [knockouts(rows)])] if off else _sections(rows),
        methods=[KNOCKED_OUT if off else METHODS],
    )


def _sections(rows: Sequence[ClaimRow]) -> list[Section]:
    says = "what it says"
    lines = [{says: CLAIMS[id].text, **one.cells} for id, one in results_of(rows).items()]
    first = ("claim", says, VERDICT, WITHOUT, EFFECT, EFFECT_WITHOUT)
    header = [*first, *(name for name in lines[0] if name not in first)]
    table = Table("Verdicts", header, [[line[name] for name in header] for line in lines], texts=4)
    return [Section("Verdicts", [table]), Section("Each claim", charts(rows, [CLAIMS[id] for id in results_of(rows)]))]
