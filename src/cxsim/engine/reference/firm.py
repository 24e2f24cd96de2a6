"""Firms of the reference engine: how each goes through its customers. What it decides stands in ``model/firm_month``."""

from typing import TYPE_CHECKING

import mesa
import numpy as np

from cxsim.engine.reference.customer import Customer
from cxsim.model import chance, demand, firm_month, product, sales, state
from cxsim.model.case import FirmPlan
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import count, lowest
from cxsim.model.params import Strategy
from cxsim.model.state import FIRM_FIELDS, FIRST_TRIES, NOTHING

if TYPE_CHECKING:
    from cxsim.engine.reference.model import ReferenceModel


class Firm(mesa.Agent, state.Firm):
    """A company. Its fields are those of ``state.Firm``, each starting at nothing."""

    model: "ReferenceModel"

    def __init__(self, model: "ReferenceModel", number: int, group: int) -> None:
        super().__init__(model)
        self.number = number
        for name, field in FIRM_FIELDS.items():
            if name != "fit_sum":
                setattr(self, name, np.zeros(field.shape, field.dtype).tolist())
        self.group = group
        self.founded = self.closed = self.pivoted = self.target = self.loudest = NOTHING

    @property
    def firm_plan(self) -> FirmPlan:
        """The block of the scenario that it was made from."""
        return self.model.case.firms[self.group]

    @property
    def strategy(self) -> Strategy:
        """The strategy in force."""
        return firm_month.figures.in_force(self, self.model.strategies)

    @property
    def fit_sum(self) -> int:  # type: ignore[override]
        """Fit of its customers, in millionths, summed afresh; the fast engine keeps this sum as it changes."""
        buyers = self.model.buyers()
        return sum(demand.fit_millionths(customer.needs, customer.has) for customer, firm in buyers if firm is self)

    def keep_promises(self, customer: Customer) -> None:
        """Build what was promised to a customer while there is time for a whole feature."""
        while firm_month.build.keeps_promise(self, customer.promised):
            customer.receive(lowest(customer.promised))

    def grant_request(self, customer: Customer) -> None:
        """Build what a customer asked for, if there is time for it."""
        if firm_month.build.grants_request(self, customer.asked):
            customer.receive(customer.asked)

    def hand_over(self, customer: Customer) -> None:
        """Bring finished standard features to a customer; M4 off: one of them, if it lacks one, and nobody else gets it."""
        sharing = self.model.params.mechanisms.sharing
        shared, own = product.handed_over(customer.needs, self.fresh, customer.has, sharing)
        customer.drop(shared | own)
        customer.custom |= own
        self.custom_features += count(own)
        self.fresh ^= own

    def meet_prospects(self, month: int) -> None:
        """Spend the month's selling effort: look at drawn customers, let go those who do not fit, make an offer to others."""
        model, rules, qualification = self.model, self.model.params.sales, self.strategy.qualification
        contacts = split(model.key(chance.CONTACT_DRAWS), self.number)
        met = 0
        while self.effort > 0:
            customer = model.customers[int(draw(contacts, met) * len(model.customers))]
            met += 1
            if customer.supplier is self:  # reach falls on the whole market, own customers included
                self.effort -= sales.EFFORT
                continue
            fit = demand.fit(customer.needs, self.standard)
            self.contacts += 1
            self.prospect_fit_sum += demand.in_millionths(fit)
            self.effort -= sales.contact_effort(fit, qualification, rules)
            if sales.worth_an_offer(fit, qualification):
                self.make_offer(customer, month)

    def make_offer(self, customer: Customer, month: int) -> None:
        """Make an offer that the customer weighs against what it has; when lost, it may say what it missed."""
        params, model, chosen = self.model.params, self.model, self.strategy
        self.pursued += 1
        promised = firm_month.sell.promises(self, customer.needs, chosen, params)
        seen = firm_month.figures.shown_fit(self, customer.needs, promised, params)
        present, bound = customer.present_surplus()
        choice = draw(split(model.key(chance.CHOICE_DRAWS), self.number), customer.number)
        if sales.signs(choice, firm_month.sell.surplus(self, seen, customer.wtp, chosen, params), present, bound, params.sales):
            if customer.supplier is not None:
                customer.supplier.poached += 1
                customer.leave()
            customer.join(self, promised, month + params.sales.promise_months, sales.first_impression(seen), month)
            self.deals += 1
            return
        tell = draw(split(model.key(chance.LOST_TELLS_DRAWS), self.number), customer.number)
        firm_month.sell.hear_loss(self, customer.needs, tell, params.sales)

    def found(self, month: int) -> None:
        """Open the doors with the people, money, product and customers of the plan."""
        model, start, chosen = self.model, self.firm_plan.start, self.firm_plan.strategy
        firm_month.founding.open_doors(self, self.number, start, chosen, model.popularity[-1], model.seed_of_run, month)
        self.win_first_customers(start.customers, month)
        firm_month.founding.open_books(self, chosen, model.params)

    def win_first_customers(self, wanted: int, month: int) -> None:
        """Draw the customers to start with from those free, by the same choice that later ones make."""
        model, chosen, start = self.model, self.firm_plan.strategy, chance.BEFORE_START
        picks = split(stream_key(model.seed_of_run, chance.FIRST_CUSTOMER_DRAWS, start), self.number)
        choices = split(stream_key(model.seed_of_run, chance.FIRST_CHOICE_DRAWS, start), self.number)
        for attempt in range(wanted * FIRST_TRIES):
            if not firm_month.founding.wants_more(self, wanted):
                break
            customer = model.customers[int(draw(picks, attempt) * len(model.customers))]
            if customer.supplier is None:
                seen = demand.fit(customer.needs, self.standard)
                if firm_month.sell.convinces(self, seen, customer.wtp, draw(choices, attempt), chosen, model.params):
                    customer.join(self, 0, 0, seen, month)
