"""The report of a sweep: what was asked, and the summary of every point."""

from cxsim import store
from cxsim.narrative.sentences import plural
from cxsim.report.content import Report, Section, Table

SHOWN = 500
METHODS = (
    "The scenario was run at every point, in every arm, on the same seeds: means over the replicates, with 95 % intervals."
)


def read_report(folder: store.ResultFolder, manifest: store.Manifest) -> Report:
    """Say what a sweep found whose results are in a folder."""
    texts = manifest["scenario"]["sweep"]
    rows = store.read_summary(folder, manifest)
    left = f"the first {SHOWN} of {plural(len(rows), 'line')}; summary.csv has all" if len(rows) > SHOWN else ""
    body = [list(row.values()) for row in rows[:SHOWN]]
    return Report(
        title=texts["title"],
        question=texts["question"],
        answer=[f"{plural(len(rows), 'point and arm')} with {plural(len(manifest['failures']), 'failed run')}."],
        sections=[Section("Summary", [Table("Every point and arm", list(rows[0]), body, left, texts=2)])] if rows else [],
        methods=[METHODS],
    )
