"""Which factors of a sweep matter: elementary effects (Morris) and shares of variance (Sobol'), with intervals."""

from cxsim.studies.sensitivity.indices import require
from cxsim.studies.sensitivity.reading import METHODS, Sample, Subject, check_method, read_subjects, sample_of
from cxsim.studies.sensitivity.rows import Group, IndexRow, analyse, groups, short_names
from cxsim.studies.sensitivity.words import answer, notes, strongest_pairs, table, tables

__all__ = [
    "METHODS",
    "Group",
    "IndexRow",
    "Sample",
    "Subject",
    "analyse",
    "answer",
    "check_method",
    "groups",
    "notes",
    "read_subjects",
    "require",
    "sample_of",
    "short_names",
    "strongest_pairs",
    "table",
    "tables",
]
