"""What a worker of a sweep does: it is told the design once, then numbers of runs, and gives back rows of tables."""

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np

from cxsim.engine import simulate
from cxsim.execution.runner import attempt
from cxsim.execution.scheduler import Entry
from cxsim.measures.firms import firm_slots
from cxsim.measures.tables import Columns, month_columns, run_columns
from cxsim.model.case import Case, FirmPlan
from cxsim.model.params import Params
from cxsim.scenario import Scenario
from cxsim.store import model_digest
from cxsim.store.tables import to_bytes
from cxsim.studies.sweep.design import Design, run_id, seed_of

KINDS = "kinds"  # in the first entry of a batch: name and type of each of its values
SLOT_KEYS = ("slot", "entrant")


class _Post:
    """What a process knows of the sweep that it works for. Replicates of an arm at a point share their scenario."""

    def __init__(self, design: Design) -> None:
        self.design, self.model = design, model_digest()
        self.scenario = lru_cache(maxsize=4)(design.scenario)


_posts: dict[str, _Post] = {}


def begin(name: str, plain: Mapping[str, Any]) -> None:
    """Tell a process what sweep it works for; ``name`` tells sweeps apart. It is told once."""
    if name not in _posts:
        _posts.clear()
        _posts[name] = _Post(Design.from_plain(plain))


def prepare(name: str, number: int) -> None:
    """Build the scenario of a run, which further runs of the same arm at the same point share."""
    spot = _posts[name].design.locate(number)
    _posts[name].scenario(spot.point, spot.arm)


def load_engine() -> None:
    """Load what is compiled, as the first run does."""
    simulate(Case(Params(), (FirmPlan("any"),)), 0, 1, "fast")


def do_runs(name: str, numbers: Sequence[int]) -> list[Entry]:
    """Do runs by number, and give back an entry each: rows of the table of runs, or an ``error``."""
    entries = attempt(partial(_do_run, _posts[name]), numbers)
    kinds: dict[str, str] = {}
    for entry in entries:
        kinds = entry.pop(KINDS, kinds)
    entries[0][KINDS] = kinds
    return entries


def _do_run(post: _Post, number: int) -> Entry:
    spot = post.design.locate(number)
    scenario = post.scenario(spot.point, spot.arm)
    case, seed = scenario.arms[0].case, seed_of(scenario, spot.replicate)
    history = simulate(case, seed, scenario.months, "fast")
    runs = _of_firms(post.design, scenario, run_columns(history, case))
    kept = [name for name in runs if name not in SLOT_KEYS and name in (post.design.measures or runs)]
    slots = firm_slots(case)
    entry: Entry = {
        "run": run_id(post.model, scenario, spot.replicate),
        "seed": seed,
        "firms": [list(slots[slot][:2]) for slot in runs["slot"]],
        "values": [runs[name].tolist() for name in kept],
        KINDS: {name: runs[name].dtype.str for name in kept},
    }
    if post.design.detail == "months":
        months = _of_firms(post.design, scenario, month_columns(history))
        names = np.array([slot.name for slot in slots], dtype=object)
        entry["months"] = to_bytes({"firm": names[months.pop("slot")], **months})
    return entry


def _of_firms(design: Design, scenario: Scenario, columns: Columns) -> Columns:
    """Leave the rows of the firms that are asked for."""
    if design.firms == "all":
        return columns
    case = scenario.arms[0].case
    first = sum(plan.count for plan in case.firms[: scenario.focal])
    mine = (columns["slot"] >= first) & (columns["slot"] < first + case.firms[scenario.focal].count)
    return {name: column[mine] for name, column in columns.items()}
