"""The report of whatever a folder of results holds. A command that gets a report of its own adds one line here."""

from importlib import import_module

from cxsim import store
from cxsim.errors import StoreError
from cxsim.report.content import Report

BUILDERS = {  # a file that only this command writes, and the module whose ``read_report(place)`` tells of it
    "months.parquet": "cxsim.studies.run.page",
    "claims.csv": "cxsim.studies.claims.page",
    "comparison.csv": "cxsim.studies.compare.page",
    "page.json": "cxsim.report.stored",
    "summary.csv": "cxsim.studies.sweep.page",
}


def read_report(place: store.ResultFolder) -> Report:
    """Read results, each file verified by its digest, and say what they say. Raises :class:`StoreError`."""
    files = store.read_manifest(place)["files"]
    for name, module in BUILDERS.items():
        if name in files:
            found: Report = import_module(module).read_report(place)
            return found
    raise StoreError(f"{place.shown} holds results that have no report; allowed are those with {' or '.join(BUILDERS)}")
