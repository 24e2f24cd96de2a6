"""Results of any command as CSV, with what their columns mean."""

import re
from collections.abc import Sequence

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
from cxsim.store import ResultFolder
from cxsim.store.checksummed_json import read_checksummed
from cxsim.store.export import export_csv
from cxsim.store.folder import QUERY
from cxsim.studies.claims.result import COLUMNS as CLAIMS

LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")


def export(place: ResultFolder, target: ResultFolder, force: bool = False) -> dict[str, int]:
    """Write tables as CSV, and a dictionary of their columns; see :func:`cxsim.store.export.export_csv`."""
    keys = _factors(place)
    known = _of_sweeps(keys) if keys else _of_others()

    def describe(table: str, columns: Sequence[str]) -> Dictionary:
        whole = (meanings for name, meanings in known if name == table and set(columns) <= set(meanings))
        found = next(whole, WHO)
        return {column: (unit, LINK.sub(r"\1", meaning).replace("`", "")) for column, (unit, meaning) in found.items()}

    return export_csv(place, target, describe, force)


def _factors(place: ResultFolder) -> list[str]:
    """Keys of the factors of a sweep, none when the folder is that of another command."""
    if not (place.path / QUERY).is_file():
        return []
    content = read_checksummed(place.path / QUERY)
    return [factor[0] for factor in content.get("design", {}).get("points", {}).get("factors", [])]


def _of_sweeps(keys: Sequence[str]) -> list[tuple[str, Dictionary]]:
    summary = sweep_summary_dictionary(keys)
    return [("runs", sweep_run_dictionary(keys)), ("months", sweep_month_dictionary()), ("summary", summary)]


def _of_others() -> list[tuple[str, Dictionary]]:
    return [("runs", run_dictionary()), ("months", month_dictionary()), ("summary", SUMMARY), ("claims", CLAIMS)]
