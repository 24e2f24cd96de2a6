"""How a firm decides on its service staff when no budget decides: by a goal, or by expected profit (M15, M16)."""

from typing import NamedTuple

from cxsim.model.arithmetic import clamp
from cxsim.model.churn import hazard
from cxsim.model.params import Loyalty, Mechanisms, Service
from cxsim.model.service import serve_month, staff_for
from cxsim.model.state import MILLION
from cxsim.model.strategy import whole_people

STEPS = 8  # the profit rule changes staff by one part in so many


class Outlook(NamedTuple):
    """What a firm knows of its service from last month."""

    customers: int
    margin: float  # cents a month that a customer brings, before service
    load: int  # work that requests are to bring, in millionths of a person-month
    skill: float  # mean skill of service staff
    satisfaction: float  # mean over customers
    quality: float  # of service, mean over customers
    sensitivity: float  # mean weight of service, as market research would tell


def expected_load(load: int, backlog: int, gained: int, lost: int, customers: int, months: int, service: Service) -> int:
    """Service work to plan for, in millionths of a person-month, when those who are hired now come in so many months.

    Last month's load grows on as customers did last month, and the backlog is to be gone after ``adjust_months``.
    """
    growth = 1.0 + (gained - lost) / customers * months
    return int(load * max(growth, 0.0) + backlog / service.adjust_months)


def able_staff(staff: int, skill: float) -> float:
    """Person-months that employees do, the skill of newcomers counted; at least half, since they learn."""
    return staff * max(skill, 0.5)


def staff_for_goal(load: int, share: float, own_time: float, skill: float, service: Service) -> int:
    """Service staff of a mean skill to answer a share of requests in time, besides ``own_time`` person-months of founders.

    ``load`` in millionths of a person-month.
    """
    needed = staff_for(load / MILLION, share, service) - own_time
    return whole_people(max(needed, 0.0) / able_staff(1, skill))


def expected_profit(
    staff: int, own_time: float, cost: int, outlook: Outlook, months: int, service: Service, loyalty: Loyalty,
    mechanisms: Mechanisms,
) -> float:  # fmt: skip
    """Cents that today's customers are expected to bring within a number of months, with so many service staff.

    Sum over months of customers x (margin - service cost per customer). Satisfaction goes to where the quality of service
    takes it, by 1 / memory a month, and customers leave at the mean base x exp(-leave_slope x satisfaction). Staff moves with
    the number of customers. What is won, told or sold on is not counted. Source: M16, A-FORESIGHT.
    """
    capacity = able_staff(staff, outlook.skill) + own_time
    quality = serve_month(outlook.load, 0, capacity, 0.0, service, mechanisms.queue).quality
    satisfaction, customers, profit = outlook.satisfaction, float(outlook.customers), 0.0
    aim = clamp(satisfaction + outlook.sensitivity * (quality - outlook.quality), 0.0, 1.0)
    gain = outlook.margin - staff * cost / customers
    for _ in range(months):
        satisfaction = satisfaction + (aim - satisfaction) / max(loyalty.memory, 1.0)
        profit = profit + customers * gain
        customers = customers * (1.0 - hazard(loyalty.leave_base, satisfaction, loyalty, mechanisms.loyalty))
    return profit


def profitable_staff(
    staff: int, own_time: float, cost: int, outlook: Outlook, months: int, service: Service, loyalty: Loyalty,
    mechanisms: Mechanisms,
) -> int:  # fmt: skip
    """Service staff of the highest expected profit among today's, an eighth fewer, an eighth more, and enough for the load.

    So the rule climbs to its best number within some months, and does not stay with too few to matter. Source: M16,
    A-FORESIGHT.
    """
    step = max(staff // STEPS, 1)
    best, most = staff, expected_profit(staff, own_time, cost, outlook, months, service, loyalty, mechanisms)
    enough = whole_people(max(outlook.load / MILLION - own_time, 0.0) / able_staff(1, outlook.skill)) + 1
    for other in (max(staff - step, 0), staff + step, enough):
        profit = expected_profit(other, own_time, cost, outlook, months, service, loyalty, mechanisms)
        if profit > most:
            best, most = other, profit
    return best


def months_ahead(horizon: int, run_length: int, on: bool) -> int:
    """Months that count for the profit rule. M16 off: as many as the run has."""
    return horizon if on else run_length
