"""What came out of a run: tables with checksums, where they come from, and a folder that appears whole or not at all."""

from cxsim.store.folder import ResultFolder, chosen_folder, default_folder, existing_folder
from cxsim.store.provenance import model_digest, sources_digest
from cxsim.store.results import (
    PLOTS,
    REPORT,
    SUMMARY,
    Manifest,
    Origin,
    Table,
    add_file,
    find,
    has_report,
    identity,
    read,
    read_manifest,
    read_rows,
    read_summary,
    read_text,
    write,
)
from cxsim.store.rows import to_cells

__all__ = [
    "PLOTS",
    "REPORT",
    "SUMMARY",
    "Manifest",
    "Origin",
    "ResultFolder",
    "Table",
    "add_file",
    "chosen_folder",
    "default_folder",
    "existing_folder",
    "find",
    "has_report",
    "identity",
    "model_digest",
    "read",
    "read_manifest",
    "read_rows",
    "read_summary",
    "read_text",
    "sources_digest",
    "to_cells",
    "write",
]
