"""Service: requests for help, the queue they wait in, how good the answer feels, goals (M9, M14, M15, M18)."""

from typing import NamedTuple

from cxsim.model.arithmetic import clamp, exp
from cxsim.model.params import VIP, Product, Service
from cxsim.model.state import MILLION

NEVER_WAITS = 1e12  # beyond this 1/B the chance to wait is nil
MOST_SPARE = 1_048_576  # servers beyond the load at which the search for enough ends


class Served(NamedTuple):
    """What a month of service work leaves behind."""

    backlog: int  # millionths of a person-month left undone
    quality: float  # 0 to 1, for those who are served in turn
    vip_quality: float  # the same for those who are served first


def ticket_count(customers: int, fit_sum: int, smooth: float, service: Service) -> int:
    """Requests of a firm's customers, in millionths, in expectation: tickets x (1 + misfit_tickets x (1 - fit)) x smooth each.

    ``fit_sum`` in millionths over ``customers``. Source: M9, A-TICKETS, A-MISFIT-TICKETS.
    """
    misfit = customers * MILLION - fit_sum
    return int(service.tickets * (customers * MILLION + service.misfit_tickets * misfit) * smooth)


def smoothness(polish: float, product: Product) -> float:
    """Share of requests for help that polish leaves: 1 - polish_tickets x polish. Source: M18, A-POLISH."""
    return 1.0 - product.polish_tickets * polish


def service_load(tickets: int, variety: float, service: Service) -> int:
    """Work that requests bring, in millionths of a person-month, times variety. Source: M9, M5, A-HANDLE, A-HOURS."""
    return int(tickets * (service.handle_time / service.work_hours * variety))


def inverse_blocking(servers: float, load: float) -> float:
    """1 / B of Erlang's loss formula, continuous in ``servers`` and exact at whole numbers.

    I(x + 1) = 1 + (x + 1) / load x I(x), started on the line I(x) = 1 + x / load for x in [0, 1].
    """
    x = servers - int(servers)
    inverse = 1.0 + x / load
    for _ in range(int(servers)):
        x = x + 1.0
        inverse = 1.0 + x / load * inverse
        if inverse > NEVER_WAITS:
            return inverse
    return inverse


def erlang_c(servers: float, load: float) -> float:
    """Chance that a request waits (Erlang C), for ``load`` in Erlang; 1 when load reaches servers. Source: Erlang 1917."""
    if load <= 0.0:
        return 0.0
    if servers <= load:
        return 1.0
    blocked = 1.0 / inverse_blocking(servers, load)
    return blocked / (1.0 - load / servers * (1.0 - blocked))


def answered_in_time(servers: float, load: float, service: Service) -> float:
    """Share of requests that wait no longer than ``goal_wait``: 1 - C exp(-(servers - load) goal / handle_time)."""
    if servers <= load:
        return 0.0
    part = queue_part(servers, service)
    return in_time(erlang_c(servers * part, load * part), (servers - load) * part, service)


def queue_part(servers: float, service: Service) -> float:
    """Share of the servers, and of the work, that one queue has: all, or those of one team. Source: M9, A-TEAM."""
    return service.team / servers if 0 < service.team < servers else 1.0


def in_time(waits: float, spare: float, service: Service) -> float:
    """Share answered within ``goal_wait`` when a share ``waits`` has to wait, and is taken at a rate of ``spare`` servers.

    Those served first pass all others: spare = servers - their own load. The others wait on average longer by
    1 / (1 - that load / servers) than without them (Cobham 1954); their wait is taken as exponential with that mean.
    """
    return 1.0 - waits * exp(-spare * service.goal_wait / service.handle_time)


def staff_for(load: float, share: float, service: Service) -> int:
    """Fewest servers who answer a share of requests in time, for a load in Erlang. Source: Erlang 1917."""
    if load <= 0.0:
        return 0
    low, step = int(load), 1  # low: too few, high: enough
    while answered_in_time(float(low + step), load, service) < share and step < MOST_SPARE:
        low, step = low + step, 2 * step
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        if answered_in_time(float(middle), load, service) < share:
            low = middle
        else:
            high = middle
    return high


def quality_aimed_at(achieved: float, goal: float, service: Service) -> float:
    """Service to staff for this month: a step of 1 / adjust_months from what was achieved to the goal. Source: A-ADJUST."""
    return achieved + (goal - achieved) / service.adjust_months


def next_goal(goal: float, achieved: float, floats: bool, service: Service) -> float:
    """Service goal after a month: it moves to what was achieved by 1 / erosion_months. M15 off, or not floating: it stays.

    Source: M15, Oliva and Sterman 2001, A-EROSION.
    """
    return goal + (achieved - goal) / service.erosion_months if floats else goal


def next_reputation(reputation: float, quality: float, customers: int, service: Service) -> float:
    """Reputation for service after a month: it moves to the quality felt by 1 / reputation_months. Source: M14, A-REPUTATION.

    Nobody speaks of a firm without customers.
    """
    return reputation + (quality - reputation) / service.reputation_months if customers > 0 else reputation


def mean_quality(quality: float, vip_quality: float, vips: float) -> float:
    """Quality of service over all customers, with the share of VIPs among them."""
    return quality + vips * (vip_quality - quality)


def quality_of_tier(tier: int, quality: float, vip_quality: float) -> float:
    """Quality of service that a customer of a tier gets."""
    return vip_quality if tier == VIP else quality


def serve_month(load: int, backlog: int, capacity: float, vips: float, service: Service, on: bool) -> Served:
    """Work the month's load and the backlog, the share ``vips`` of it first: what is left, and the quality felt.

    Quality is the share answered in time, by a queue that no overload outlives, times 1 / (1 + backlog / (patience x
    capacity)); VIPs wait only for what is left of their own share of the work. Off: nothing waits. Units: millionths of a
    person-month, ``capacity`` in person-months. Source: M9, A-PATIENCE.
    """
    if not on:
        return Served(0, 1.0, 1.0)
    able = int(capacity * MILLION)
    kept = int(backlog * (1.0 - service.lapse))
    left = max(load + kept - able, 0)
    if load <= 0 and left <= 0:
        return Served(0, 1.0, 1.0)
    if able <= 0:
        return Served(left, 0.0, 0.0)
    steady = capacity * clamp(load / able, 0.0, service.busiest)
    first = vips * steady
    part = queue_part(capacity, service)
    waits = erlang_c(capacity * part, steady * part)
    prompt = in_time(waits, (capacity - steady) * (1.0 - first / capacity) * part, service)
    vip_prompt = in_time(waits, (capacity - first) * part, service)
    vip_left = max(int(vips * (load + kept)) - able, 0)
    return Served(left, prompt / drag(left, able, service), vip_prompt / drag(vip_left, able, service))


def drag(left: int, able: int, service: Service) -> float:
    """What work left undone divides the quality of service by: 1 + left / (patience x able). Source: A-PATIENCE."""
    return 1.0 + left / (service.patience * able)
