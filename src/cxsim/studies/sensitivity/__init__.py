"""Which factors of a sweep matter: elementary effects (Morris) and shares of variance (Sobol'), with intervals."""

from cxsim.studies.sensitivity.indices import require
from cxsim.studies.sensitivity.reading import METHODS, Response, Sample, check_method, read_responses, sample_of
from cxsim.studies.sensitivity.rows import Group, IndexRow, analyse, groups
from cxsim.studies.sensitivity.words import answer, notes, strongest_pairs, table, tables

__all__ = [
    "METHODS",
    "Group",
    "IndexRow",
    "Response",
    "Sample",
    "analyse",
    "answer",
    "check_method",
    "groups",
    "notes",
    "read_responses",
    "require",
    "sample_of",
    "strongest_pairs",
    "table",
    "tables",
]
