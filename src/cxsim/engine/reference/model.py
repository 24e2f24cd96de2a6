"""The run of the reference engine: the phases of a month, and who takes part in each."""

from collections.abc import Iterator
from itertools import accumulate

import mesa
import numpy as np

from cxsim.engine.reference.customer import Customer
from cxsim.engine.reference.firm import Firm
from cxsim.model import chance, demand, firm_month
from cxsim.model.case import Case
from cxsim.model.chance import draw, stream_key
from cxsim.model.schedule import PHASES
from cxsim.model.state import CLOSED, FIRM_MEASURES, MEASURE_DTYPE, NOTHING


class ReferenceModel(mesa.Model):
    """One run of a case, month by month."""

    def __init__(self, case: Case, seed: int, months: int) -> None:
        super().__init__()
        self.params, self.seed_of_run = case.params, seed
        self.follow(case)
        self.months = months
        self.month = 0
        self.popularity = demand.popularity_table(seed, case.params.market).tolist()
        groups = case.slot_groups
        self.history = np.zeros((months, len(groups)), MEASURE_DTYPE)
        self.customers = [Customer(self, number) for number in range(case.params.market.customers)]
        self.firms = [Firm(self, number, group) for number, group in enumerate(groups)]
        self.first_entrant = sum(plan.count for plan in case.firms)
        self.leavers: list[tuple[Customer, Firm]] = []
        self._keys: dict[int, int] = {}
        for firm in self.firms[: self.first_entrant]:
            if firm_month.founding.is_due(firm, firm.firm_plan.founded, 0):
                firm.found(0)

    def follow(self, case: Case) -> None:
        """Let firms follow the plans of a case from here on."""
        self.case, self.strategies = case, [(plan.strategy, plan.after) for plan in case.firms]

    def step(self) -> None:
        """Run one month: each phase of the schedule in turn."""
        for phase in PHASES:
            self.run_phase(phase)
        self.month += 1

    def run_phase(self, phase: str) -> None:
        """Run one phase of the current month."""
        getattr(self, phase)()

    def key(self, stream: int) -> int:
        """Key of a stream in this month."""
        month, keys = self.month, self._keys
        if keys.get(NOTHING) != month:
            self._keys = keys = {NOTHING: month}
        if stream not in keys:
            keys[stream] = stream_key(self.seed_of_run, stream, month)
        return keys[stream]

    @property
    def open_firms(self) -> list[Firm]:
        """Firms in business."""
        return [firm for firm in self.firms if firm_month.figures.in_business(firm)]

    def buyers(self, first: int = 0) -> Iterator[tuple[Customer, Firm]]:
        """Customers that buy, with their firm, in order of number from ``first`` on and around."""
        for customer in self.customers[first:] + self.customers[:first]:
            if customer.supplier is not None:
                yield customer, customer.supplier

    def plan(self) -> None:
        """Every firm decides."""
        for firm in self.firms:
            before, after = self.strategies[firm.group]
            pivot, seed = firm.firm_plan.pivot, self.seed_of_run
            firm_month.plan.plan(firm, firm.number, before, after, pivot, self.params, seed, self.month, self.months)

    def build(self) -> None:
        """Every firm keeps up its product, keeps promises, grants requests, and advances its roadmap."""
        first = int(draw(self.key(chance.WORK_ORDER_DRAWS), 0) * len(self.customers))
        firms, row = self.open_firms, self.popularity[-1]
        for firm in firms:
            firm_month.build.keep_up(firm, firm.strategy, self.params)
        for customer, firm in self.buyers(first):
            firm.keep_promises(customer)
        for firm in firms:
            firm_month.build.open_custom_work(firm, firm.strategy, self.params)
        for customer, firm in self.buyers(first):
            firm.grant_request(customer)
        for firm in firms:
            firm_month.build.close_custom_work(firm)
            firm_month.build.advance_roadmap(firm, firm.number, firm.strategy, row, self.params, self.seed_of_run, self.month)
            firm_month.build.release(firm, firm.strategy, self.params)
        for customer, firm in self.buyers(first):
            firm.hand_over(customer)

    def sell(self) -> None:
        """Firms see how far they reach, sit down with customers whose yearly review is due, and meet prospects.

        Prospects are met firm by firm, in order from a drawn start.
        """
        for firm in self.open_firms:
            firm_month.sell.plan_reach(firm, firm.number, self.params, self.seed_of_run, self.month)
        for customer in self.customers:
            if demand.reviews_now(customer.number, self.month):
                customer.review_account()
        first = int(draw(self.key(chance.FIRM_ORDER_DRAWS), 0) * len(self.firms))
        for firm in self.firms[first:] + self.firms[:first]:
            if firm_month.figures.in_business(firm):
                firm.meet_prospects(self.month)

    def serve(self) -> None:
        """Requests for help arise and are worked on."""
        for firm in self.open_firms:
            firm_month.serve.serve(firm, self.params)

    def experience(self) -> None:
        """Customers live their month, those who left choose again, and those whose yearly review is due may change needs."""
        self.leavers = []
        for customer, _ in self.buyers():
            customer.experience(self.month)
        self.let_choose_again()
        for firm in self.open_firms:
            firm_month.experience.hear_talk(firm, self.params.sales)
        odds = demand.drift_chance(self.params.market, self.params.mechanisms.needs)
        for customer in self.customers:
            if demand.reviews_now(customer.number, self.month):
                customer.review_needs(odds)

    def let_choose_again(self) -> None:
        """Those who left this month look around."""
        self.cumulative_reach = list(accumulate(firm.reach for firm in self.firms))
        for customer, former in self.leavers:
            customer.choose_again(former, self.month)

    def settle(self) -> None:
        """Firms settle their books; customers of those that close are released."""
        for firm in self.open_firms:
            firm_month.settle.settle(firm, firm.strategy, self.params, self.month)
        for customer, firm in self.buyers():
            if firm.status == CLOSED:
                firm.released += 1
                customer.leave()

    def enter(self) -> None:
        """Found firms that are due, and entrants drawn this month while there are slots."""
        for firm in self.firms[: self.first_entrant]:
            if firm_month.founding.is_due(firm, firm.firm_plan.founded, self.month + 1):
                firm.found(self.month + 1)
        coming = firm_month.founding.entrants(self.params, self.seed_of_run, self.month)
        waiting = [firm for firm in self.firms[self.first_entrant :] if firm_month.founding.is_free(firm)]
        for firm in waiting[:coming]:
            firm.found(self.month + 1)

    def record(self) -> None:
        """Write down the measures of every firm."""
        for firm in self.firms:
            self.history[self.month, firm.number] = tuple(_stored(getattr(firm, name)) for name in FIRM_MEASURES)


def _stored(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
