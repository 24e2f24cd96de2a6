"""Results of any command as CSV, with what their columns mean."""

import re
from collections.abc import Mapping, Sequence

from cxsim.errors import StoreError
from cxsim.measures.dictionary import (
    SUMMARY,
    WHO,
    Dictionary,
    month_dictionary,
    run_dictionary,
    sweep_month_dictionary,
    sweep_run_dictionary,
    sweep_summary_dictionary,
)
from cxsim.store import ResultFolder, read_manifest
from cxsim.store.checkpoint import hold, read_query
from cxsim.store.export import export_csv
from cxsim.store.folder import MANIFEST, QUERY
from cxsim.studies.claims.result import COLUMNS as CLAIMS

LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")


def export(place: ResultFolder, target: ResultFolder, force: bool = False) -> dict[str, int]:
    """Write tables as CSV, and a dictionary of their columns; see :func:`cxsim.store.export.export_csv`."""
    known = _dictionaries(_factors(place))

    def describe(table: str, columns: Sequence[str]) -> Dictionary:
        found = known.get(table, WHO)
        found = found if set(columns) <= set(found) else WHO
        return {column: (unit, LINK.sub(r"\1", meaning).replace("`", "")) for column, (unit, meaning) in found.items()}

    with hold(target):
        return export_csv(place, target, describe, force)


def _factors(place: ResultFolder) -> list[str]:
    """Keys of the factors of a sweep, none of other results. Raises StoreError when nobody can tell what its columns mean."""
    manifest = read_manifest(place) if (place.path / MANIFEST).exists() else None
    if manifest and (QUERY in manifest["files"] or "shard" in manifest) and not (place.path / QUERY).exists():
        raise StoreError(f"{place.shown}/{QUERY} is missing, which tells what the columns of a sweep mean")
    return [factor[0] for factor in read_query(place, manifest).get("design", {}).get("points", {}).get("factors", [])]


def _dictionaries(factors: Sequence[str]) -> Mapping[str, Dictionary]:
    """What the columns of each table mean, those of a sweep when it has factors."""
    if factors:
        summary = sweep_summary_dictionary(factors)
        return {"runs": sweep_run_dictionary(factors), "months": sweep_month_dictionary(), "summary": summary}
    return {"runs": run_dictionary(), "months": month_dictionary(), "summary": SUMMARY, "claims": CLAIMS}
