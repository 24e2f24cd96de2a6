"""The fast engine: the same month as the reference engine, over arrays, in compiled code.

``run_months`` keeps a whole run inside one compiled call that does not hold the interpreter's lock, so replicates run in
parallel threads. What a month does stands in ``engine/fast/phases``, one file for each phase of ``model/schedule.py``; each
is a kernel of its own, so that they can be compiled side by side, and ``run_months`` binds them together.
"""

from cxsim.engine.fast.compile import kernel
from cxsim.engine.fast.phases.begin import begin
from cxsim.engine.fast.phases.build import build
from cxsim.engine.fast.phases.enter import enter
from cxsim.engine.fast.phases.experience import experience
from cxsim.engine.fast.phases.plan import plan
from cxsim.engine.fast.phases.record import record
from cxsim.engine.fast.phases.sell import sell
from cxsim.engine.fast.phases.serve import serve
from cxsim.engine.fast.phases.settle import settle
from cxsim.engine.fast.precompile import precompile
from cxsim.engine.fast.simulation_state import SimulationState, make_state
from cxsim.model.case import Case


def start_state(case: Case, seed: int, months: int) -> SimulationState:
    """Build the initial state: customers with their traits, firms founded at month 0 with their first customers."""
    precompile()
    state = make_state(case, seed, months)
    begin(state)
    return state


@kernel
def run_months(state: SimulationState, first_month: int, end_month: int) -> None:
    """Run whole months, from ``first_month`` up to but not including ``end_month``."""
    for month in range(first_month, end_month):
        plan(state, month)
        build(state, month)
        sell(state, month)
        serve(state, month)
        experience(state, month)
        settle(state, month)
        enter(state, month)
        record(state, month)


MONTH = (plan, build, sell, serve, experience, settle, enter, record)


def run_phase(state: SimulationState, step: int, month: int) -> None:
    """Run a single phase of a month by its place in the schedule, for the parity tool."""
    MONTH[step](state, month)
