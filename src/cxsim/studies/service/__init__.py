"""The service audit: how much service is too little, for one firm of a scenario.

``audit`` gives back figures, charts and runs as plain data; ``answer`` makes sentences and a table of the figures.
"""

from cxsim.studies.service.answer import Spender, answer, rule_of
from cxsim.studies.service.audit import HORIZONS, Found, Question, audit, search
from cxsim.studies.service.cases import Subject, check_alone
from cxsim.studies.service.result import Audit
from cxsim.studies.service.runs import Runs

__all__ = [
    "HORIZONS",
    "Audit",
    "Found",
    "Question",
    "Runs",
    "Spender",
    "Subject",
    "answer",
    "audit",
    "check_alone",
    "rule_of",
    "search",
]
