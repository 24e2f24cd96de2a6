"""Service: requests for help, the queue they wait in, and how good the answer feels (M9)."""

from typing import NamedTuple

from cxsim.model.arithmetic import clamp, exp
from cxsim.model.params import Service
from cxsim.model.state import MILLION

NEVER_WAITS = 1e12  # beyond this 1/B the chance to wait is nil


class Served(NamedTuple):
    """What a month of service work leaves behind."""

    backlog: int  # millionths of a person-month left undone
    quality: float  # 0 to 1


def ticket_count(customers: int, fit_sum: int, service: Service) -> int:
    """Requests of a firm's customers, in millionths, in expectation: tickets x (1 + misfit_tickets x (1 - fit)) each.

    ``fit_sum`` in millionths over ``customers``. Source: M9, A-TICKETS, A-MISFIT-TICKETS.
    """
    misfit = customers * MILLION - fit_sum
    return int(service.tickets * (customers * MILLION + service.misfit_tickets * misfit))


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
    waits = erlang_c(servers, load)
    return 1.0 - waits * exp(-(servers - load) * service.goal_wait / service.handle_time)


def serve_month(load: int, backlog: int, capacity: float, service: Service, on: bool) -> Served:
    """Work the month's load and the backlog: what is left, and the quality felt.

    Quality is the share answered in time, by a queue that no overload outlives, times 1 / (1 + backlog / (patience x
    capacity)). Off: nothing waits. Units: millionths of a person-month, ``capacity`` in person-months. Source: M9, A-PATIENCE.
    """
    if not on:
        return Served(0, 1.0)
    able = int(capacity * MILLION)
    left = max(load + backlog - able, 0)
    if load <= 0 and left <= 0:
        return Served(0, 1.0)
    if able <= 0:
        return Served(left, 0.0)
    steady = capacity * clamp(load / able, 0.0, service.busiest)
    prompt = answered_in_time(capacity, steady, service)
    return Served(left, prompt / (1.0 + left / (service.patience * able)))
