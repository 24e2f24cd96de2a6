"""The fast engine: the same month as the reference engine, over arrays, in compiled code.

``run_months`` keeps a whole run inside one compiled call that does not hold the interpreter's lock, so replicates run in
parallel threads. What a month does stands in ``engine/phases``, one file for each phase of ``model/schedule.py``.
"""

from typing import Any

from cxsim.engine.compile import kernel, phase
from cxsim.engine.phases.build import build
from cxsim.engine.phases.enter import enter, found
from cxsim.engine.phases.experience import experience
from cxsim.engine.phases.plan import plan
from cxsim.engine.phases.record import record
from cxsim.engine.phases.sell import sell
from cxsim.engine.phases.serve import serve
from cxsim.engine.phases.settle import settle
from cxsim.engine.world import World, history_of, make_world
from cxsim.model import chance, demand
from cxsim.model.case import Case, History
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.schedule import BUILD, ENTER, EXPERIENCE, PLAN, RECORD, SELL, SERVE, SETTLE


def simulate(case: Case, seed: int, months: int) -> History:
    """Run a case from its first day; ``seed`` is the replicate's (see ``chance.replicate_seed``)."""
    world = start_world(case, seed, months)
    run_months(world, 0, months)
    return history_of(world)


def start_world(case: Case, seed: int, months: int) -> World:
    """Build the initial state: customers with their traits, firms founded at month 0 with their first customers."""
    world = make_world(case, seed, months)
    populate(world)
    return world


@kernel
def run_months(world: Any, first_month: int, end_month: int) -> None:
    """Run whole months, from ``first_month`` up to but not including ``end_month``."""
    for month in range(first_month, end_month):
        for step in range(RECORD + 1):
            one_phase(world, step, month)


@kernel
def run_phase(world: Any, step: int, month: int) -> None:
    """Run a single phase of a month, for the parity tool."""
    one_phase(world, step, month)


@phase
def one_phase(world: Any, step: int, month: int) -> None:
    """Dispatch to a phase by its place in the schedule."""
    if step == PLAN:
        plan(world, month)
    elif step == BUILD:
        build(world, month)
    elif step == SELL:
        sell(world, month)
    elif step == SERVE:
        serve(world)
    elif step == EXPERIENCE:
        experience(world, month)
    elif step == SETTLE:
        settle(world, month)
    elif step == ENTER:
        enter(world, month)
    elif step == RECORD:
        record(world, month)


@kernel
def populate(world: Any) -> None:
    """Give every customer its traits and found the firms of month 0."""
    customers, market, seed = world.customers, world.params.market, world.seed
    start = chance.BEFORE_START
    segments = stream_key(seed, chance.SEGMENT_DRAWS, start)
    needs = stream_key(seed, chance.NEED_DRAWS, start)
    sizes = stream_key(seed, chance.SIZE_DRAWS, start)
    purses = stream_key(seed, chance.WTP_DRAWS, start)
    tempers = stream_key(seed, chance.SENSITIVITY_DRAWS, start)
    habits = stream_key(seed, chance.LEAVE_BASE_DRAWS, start)
    common = demand.everyones_needs(world.popularity[market.segments], market)
    for c in range(customers.needs.shape[0]):
        segment = int(draw(segments, c) * market.segments)
        customers.segment[c] = segment
        own = demand.pick_needs(world.popularity[segment], split(needs, c), market, world.guide[segment])
        customers.needs[c] = own if world.params.mechanisms.needs else common
        customers.size[c] = demand.account_size(draw(sizes, c), market, world.params.mechanisms.shocks)
        customers.wtp[c] = demand.willingness_to_pay(draw(purses, c), market)
        customers.sensitivity[c] = demand.service_sensitivity(draw(tempers, c), market)
        customers.leave_base[c] = demand.leave_propensity(split(habits, c), world.params.loyalty)
    for f in range(world.first_entrant):
        if world.plans.founded[world.firms[f].group] == 0:
            found(world, f, 0)
