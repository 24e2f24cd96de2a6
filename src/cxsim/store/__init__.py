"""What came out of a run: tables with checksums, where they come from, and a folder that appears whole or not at all."""

from cxsim.store.folder import Place, chosen_place, default_place
from cxsim.store.provenance import model_digest, sources_digest
from cxsim.store.results import Origin, Table, find, identity, read, read_summary, read_text, write

__all__ = [
    "Origin",
    "Place",
    "Table",
    "chosen_place",
    "default_place",
    "find",
    "identity",
    "model_digest",
    "read",
    "read_summary",
    "read_text",
    "sources_digest",
    "write",
]
