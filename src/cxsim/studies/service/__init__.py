"""The service audit: how much service is too little, for one firm of a scenario.

``audit`` gives back figures, charts and runs as plain data; ``answer`` makes sentences and a table of the figures.
"""

from cxsim.studies.service.answer import Asked, answer, rule_of
from cxsim.studies.service.audit import HORIZONS, Found, Question, audit, search
from cxsim.studies.service.cases import Subject, check_alone
from cxsim.studies.service.result import Audit, Chart, Mark, Panel, Series
from cxsim.studies.service.runs import FailedRunsError, Runner

__all__ = [
    "HORIZONS",
    "Asked",
    "Audit",
    "Chart",
    "FailedRunsError",
    "Found",
    "Mark",
    "Panel",
    "Question",
    "Runner",
    "Series",
    "Subject",
    "answer",
    "audit",
    "check_alone",
    "rule_of",
    "search",
]
