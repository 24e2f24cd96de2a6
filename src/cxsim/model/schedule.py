"""The month: its phases in order, with what each reads and writes.

Both engines follow this table and ``cxsim schedule`` prints it. A test runs every phase alone and fails when it writes a
field that the table does not list.
"""

from typing import NamedTuple

from cxsim.model.state import FLOWS


class Phase(NamedTuple):
    """One step of the month. Fields are written ``customers.name`` or ``firms.name``."""

    name: str
    meaning: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]


def _customers(*names: str) -> tuple[str, ...]:
    return tuple(f"customers.{name}" for name in names)


def _firms(*names: str) -> tuple[str, ...]:
    return tuple(f"firms.{name}" for name in names)


_OWNERSHIP = _customers("supplier", "custom", "promised", "asked", "due", "tenure") + _firms(
    "customers", "account_size", "users", "custom_features", "promised_features"
)

SCHEDULE = (
    Phase(
        "plan",
        "pivot if the trigger is met; divide money into budgets; hire, dismiss, train; see whose time goes where",
        _firms("status", "group", "course", "customers", "cash", "trend", "founders", "staff", "skill", "pipeline", "viable_months",
               "work_capacity", "work_upkeep", "tally", "deals", "sales_capacity", "prospect_fit_sum", "contacts", "revenue"),
        _firms("course", "pivoted", "staff", "skill", "pipeline", "loudness", *FLOWS),
    ),
    Phase(
        "build",
        "keep what exists, then deliver promises, then single requests, then the roadmap",
        _customers("needs", "supplier") + _firms("work_capacity", "standard", "tally", "loudest", "insight", "course", "group"),
        _customers("custom", "promised", "asked")
        + _firms("custom_features", "promised_features", "custom_built", "standard_built", "standard", "target", "custom_bank",
                 "roadmap_bank", "work_left", "custom_work_open", "job", "fees", "variety", "upkept", "work_upkeep", "work_custom",
                 "work_roadmap"),
    ),
    Phase(
        "sell",
        "meet prospects, let go of those who do not fit, make offers and promises, win some",
        _customers("needs", "wtp", "satisfaction", "size") + _firms("standard", "validated", "playbook", "sales_capacity",
                                                                    "marketing_plan", "course", "group"),
        (*_OWNERSHIP, "customers.satisfaction")
        + _firms("contacts", "pursued", "deals", "poached", "prospect_fit_sum", "tally", "sales_yield"),
    ),
    Phase(
        "serve",
        "requests for help arise, wait for service staff, and leave a backlog when there are too few",
        _customers("needs", "custom", "supplier") + _firms("standard", "customers", "variety", "service_capacity"),
        _firms("fit_sum", "tickets", "backlog", "service_quality"),
    ),
    Phase(
        "experience",
        "satisfaction moves; some leave; some ask for what they miss; needs drift",
        _customers("needs", "sensitivity", "leave_base", "segment", "size") + _firms("standard", "upkept", "service_quality"),
        (*_OWNERSHIP, "customers.satisfaction", "customers.needs")
        + _firms("churned", "requests", "tally", "loudest", "loudness", "satisfaction_sum"),
    ),
    Phase(
        "settle",
        "bill, pay, learn to sell, see what is validated; close if there is no money left",
        _firms("account_size", "fees", "staff", "founders", "customers", "marketing_plan", "deals", "custom_built",
               "standard_built", "standard", "users"),
        (*_OWNERSHIP, *_firms("status", "closed", "cash", "revenue", "wages", "marketing", "running_costs", "trend", "viable_months",
                              "playbook", "validated", "standard_features", "validated_features", "released", "staff", "pipeline",
                              "dismissals", "founders", "backlog")),
    ),
    Phase(
        "enter",
        "firms due or drawn this month are founded",
        _customers("needs", "wtp", "size") + _firms("status", "group"),
        ("*",),
    ),
    Phase("record", "write down the measures of every firm", _firms("status"), ("history",)),
)  # fmt: skip

PHASES = tuple(phase.name for phase in SCHEDULE)
PLAN, BUILD, SELL, SERVE, EXPERIENCE, SETTLE, ENTER, RECORD = range(len(SCHEDULE))
