"""The month: its phases in order, with what each reads and writes.

Both engines follow this table and ``cxsim schedule`` prints it. A test runs every phase alone and fails when it writes a
field that the table does not list.
"""

from typing import NamedTuple

from cxsim.model.state import FIRM_MEASURES, FLOWS


class Phase(NamedTuple):
    """One step of the month. Fields are written ``customers.name`` or ``firms.name``.

    ``reads`` are the fields whose value from before matters, but for sums that start the month at zero and grow in this phase.
    """

    name: str
    meaning: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]


def _customers(*names: str) -> tuple[str, ...]:
    return tuple(f"customers.{name}" for name in names)


def _firms(*names: str) -> tuple[str, ...]:
    return tuple(f"firms.{name}" for name in names)


_COUNTS = _firms("customers", "account_size", "products", "users", "fit_sum")
_JOINING = _customers("supplier", "promised", "due", "satisfaction", "since", "products", "tier") + _COUNTS
_LEAVING = (
    _customers("supplier", "custom", "promised", "asked", "since", "products", "tier")
    + _COUNTS
    + _firms("custom_features", "promised_features", "open_requests", "vips", "vip_size")
)
_SEEN_ON_LEAVING = _customers("needs", "supplier", "custom", "promised", "asked", "size", "products", "tier") + _firms(
    "standard"
)


def _union(*groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in groups for name in group))


SCHEDULE = (
    Phase(
        "plan",
        "pivot if the trigger is met; divide money; see what service needs; hire, dismiss, train; see whose time goes where",
        _firms("status", "group", "course", "customers", "cash", "trend", "founders", "staff", "skill", "pipeline",
               "viable_months", "work_capacity", "work_upkeep", "tally", "deals", "sales_capacity", "prospect_fit_sum",
               "contacts", "revenue", "wages", "marketing", "running_costs", "shock_deviate", "service_goal", "tickets",
               "variety", "backlog", "service_quality", "vip_quality", "vips", "satisfaction_sum", "standard_features",
               "work_custom", "work_roadmap", "walk_ins", "churned", "poached"),
        _firms("course", "pivoted", "staff", "skill", "pipeline", "loudness", "shock_deviate", "service_goal", *FLOWS),
    ),
    Phase(
        "build",
        "keep what exists, then deliver promises, then single requests, then the roadmap",
        _customers("needs", "supplier", "custom", "promised", "asked")
        + _firms("status", "group", "course", "work_capacity", "standard", "standard_features", "custom_features",
                 "promised_features", "open_requests", "tally", "loudest", "insight", "target", "custom_bank", "roadmap_bank",
                 "polish"),
        _customers("custom", "promised", "asked")
        + _firms("custom_features", "promised_features", "open_requests", "custom_built", "standard_built", "standard",
                 "standard_features", "fresh", "target", "custom_bank", "roadmap_bank", "work_left", "custom_work_open", "job",
                 "fees", "variety", "upkept", "work_upkeep", "work_custom", "work_roadmap", "fit_sum", "condition",
                 "feature_job", "polish"),
    ),
    Phase(
        "sell",
        "review accounts; meet prospects, let go of those who do not fit, make offers and promises, win some",
        _union(_SEEN_ON_LEAVING, _customers("wtp", "satisfaction", "sensitivity"),
               _firms("status", "group", "course", "validated", "playbook", "sales_capacity", "marketing_plan", "talk",
                      "demand_shock", "reputation")),
        _union(_JOINING, _LEAVING,
               _firms("contacts", "pursued", "deals", "poached", "prospect_fit_sum", "tally", "sales_yield", "reach",
                      "effort", "reviews", "expansions")),
    ),
    Phase(
        "serve",
        "requests for help arise, wait for service staff, and leave a backlog when there are too few",
        _firms("status", "customers", "fit_sum", "variety", "service_capacity", "backlog", "polish", "vips"),
        _firms("tickets", "backlog", "service_quality", "vip_quality"),
    ),
    Phase(
        "experience",
        "satisfaction moves; some ask for what they miss; some leave, and choose again; word goes round; needs drift",
        _union(_SEEN_ON_LEAVING, _customers("satisfaction", "sensitivity", "leave_base", "segment", "due", "wtp"),
               _firms("status", "group", "course", "customers", "condition", "service_quality", "vip_quality", "demand_shock",
                      "loudness", "reach", "validated", "reputation")),
        _union(_JOINING, _LEAVING, _customers("needs"),
               _firms("churned", "walk_ins", "returned", "requests", "tally", "loudest", "loudness", "satisfaction_sum",
                      "praise_sum", "talk")),
    ),
    Phase(
        "settle",
        "bill, pay, learn to sell, see what is validated; close if there is no money left",
        _union(_SEEN_ON_LEAVING,
               _firms("status", "group", "course", "account_size", "fees", "staff", "founders", "customers", "marketing_plan",
                      "deals", "custom_built", "standard_built", "users", "validated", "cash", "trend", "viable_months",
                      "playbook", "vip_size", "demand_shock", "service_quality", "vip_quality", "vips", "reputation")),
        _union(_LEAVING,
               _firms("status", "talk", "reputation",
                      "closed", "cash", "revenue", "wages", "marketing", "running_costs", "trend", "viable_months",
                      "playbook", "validated", "validated_features", "released", "staff", "pipeline", "dismissals", "founders",
                      "backlog")),
    ),
    Phase(
        "enter",
        "firms due or drawn this month are founded",
        _customers("needs", "wtp", "size", "supplier", "custom") + _firms("status", "group"),
        _union(_JOINING,
               _firms("reputation", "polish", "service_goal", "status",
                      "founded", "founders", "cash", "insight", "playbook", "staff", "skill", "standard",
                      "standard_features", "validated", "validated_features", "trend")),
    ),
    Phase("record", "write down the measures of every firm", _firms(*FIRM_MEASURES), ("history",)),
)  # fmt: skip

PHASES = tuple(phase.name for phase in SCHEDULE)
PLAN, BUILD, SELL, SERVE, EXPERIENCE, SETTLE, ENTER, RECORD = range(len(SCHEDULE))
