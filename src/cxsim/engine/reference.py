"""The reference engine: plain Mesa agents, made to be read. Start at ``ReferenceModel.step``.

It applies the rules of ``cxsim.model`` in the order of ``model/schedule.py`` and gives the same bits as the fast engine after
every phase (``cxsim parity``), some hundred times slower. A *rule* decides; the methods here say who asks which rule when.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from cxsim.engine.world import slot_groups
from cxsim.model import chance, demand, finance, loyalty, product, sales, service, strategy
from cxsim.model.case import Case, FirmPlan, History
from cxsim.model.chance import draw, split, stream_key
from cxsim.model.features import bit, count, has, lowest, nth, without
from cxsim.model.params import PRODUCT, ROLES, SALES, SERVICE, Strategy
from cxsim.model.schedule import PHASES
from cxsim.model.state import (
    ALIVE,
    CLOSED,
    DORMANT,
    FIRM_FIELDS,
    FIRM_MEASURES,
    FIRST_TRIES,
    FLOWS,
    MEASURE_DTYPE,
    MILLION,
    NOTHING,
    Field,
)  # fmt: skip


class Customer(mesa.Agent):
    """An account that may buy from one firm at a time. Its fields are those of ``state.CUSTOMER_FIELDS``."""

    model: "ReferenceModel"

    def __init__(self, model: "ReferenceModel", number: int) -> None:
        super().__init__(model)
        self.number = number
        self.supplier: Firm | None = None
        self.custom = self.promised = 0
        self.asked = NOTHING
        self.since, self.due = NOTHING, 0
        self.satisfaction = 0.0
        market, seed, start = model.params.market, model.seed_of_run, chance.BEFORE_START

        def luck(stream: int) -> float:
            return chance.uniform(seed, stream, start, number)

        self.segment = int(luck(chance.SEGMENT_DRAWS) * market.segments)
        own_needs = split(stream_key(seed, chance.NEED_DRAWS, start), number)
        if model.params.mechanisms.needs:
            self.needs = demand.pick_needs(model.popularity[self.segment], own_needs, market)
        else:
            self.needs = demand.everyones_needs(model.popularity[-1], market)
        self.size = demand.account_size(luck(chance.SIZE_DRAWS), market)
        self.wtp = demand.willingness_to_pay(luck(chance.WTP_DRAWS), market)
        self.sensitivity = demand.service_sensitivity(luck(chance.SENSITIVITY_DRAWS), market)
        habit = split(stream_key(seed, chance.LEAVE_BASE_DRAWS, start), number)
        self.leave_base = demand.leave_propensity(habit, model.params.loyalty)

    @property
    def has(self) -> int:
        """Features that it gets: the standard product and what was built for it."""
        return (self.supplier.standard | self.custom) if self.supplier else 0

    def join(self, firm: "Firm", promised: int, due: int, satisfaction: float, month: int) -> None:
        """Start to buy from a firm."""
        self.supplier, self.promised, self.due, self.satisfaction, self.since = firm, promised, due, satisfaction, month
        firm.customers += 1
        firm.account_size += self.size
        firm.promised_features += count(promised)
        firm.count_users(self.needs, 1)

    def leave(self) -> None:
        """Stop buying; what was built for it goes with it."""
        firm = self.supplier
        assert firm is not None
        firm.customers -= 1
        firm.account_size -= self.size
        self.drop(self.custom | self.promised | (bit(self.asked) if self.asked != NOTHING else 0))
        firm.count_users(self.needs, -1)
        self.supplier, self.since = None, NOTHING

    def drop(self, features: int) -> None:
        """Take features out of what was built for it, promised to it and asked by it."""
        firm = self.supplier
        assert firm is not None
        firm.custom_features -= count(self.custom & features)
        firm.promised_features -= count(self.promised & features)
        self.custom = without(self.custom, features)
        self.promised = without(self.promised, features)
        if self.asked != NOTHING and has(features, self.asked):
            self.asked = NOTHING
            firm.open_requests -= 1

    def present_surplus(self) -> tuple[float, float]:
        """What it gets from its supplier now, and what binds it there: (surplus, switching cost); (0, 0) without one."""
        if self.supplier is None:
            return 0.0, 0.0
        params = self.model.params
        kept = loyalty.felt_loyalty(self.satisfaction, params.mechanisms.loyalty)
        return sales.surplus(kept, self.supplier.strategy.price, self.wtp), params.sales.switching_cost

    def experience(self, month: int) -> None:
        """Live a month with the supplier: satisfaction moves, it may leave, it may ask for a feature."""
        firm, params, seed = self.supplier, self.model.params, self.model.seed_of_run
        assert firm is not None
        fit = demand.fit(self.needs, self.has)
        worth = product.product_worth(fit, firm.upkept, params.product.rot)
        late = loyalty.late_share(self.needs, self.promised, self.due, month)
        felt = loyalty.experience(worth, firm.service_quality, self.sensitivity, late, params.loyalty)
        self.satisfaction = loyalty.next_satisfaction(self.satisfaction, felt, params.loyalty, params.mechanisms.memory)
        luck = draw(self.model.key(chance.LEAVE_DRAWS), self.number)
        if loyalty.leaves(luck, self.leave_base, self.satisfaction, params.loyalty, params.mechanisms.loyalty):
            firm.churned += 1
            self.leave()
            return
        firm.satisfaction_sum += int(self.satisfaction * MILLION)
        luck = draw(self.model.key(chance.ASK_DRAWS), self.number)
        if fit < 1.0 and loyalty.asks(luck, fit, self.asked, params.loyalty):
            pick = chance.uniform(seed, chance.ASK_FEATURE_DRAWS, month, self.number)
            loudness = chance.uniform(seed, chance.LOUDNESS_DRAWS, month, self.number)
            missing = without(self.needs, self.has)
            self.asked = nth(missing, int(pick * count(missing)))
            firm.hear(self.asked, loudness)

    def review_needs(self, odds: float) -> None:
        """Exchange, perhaps, one need for another; what served only a lost need is dropped."""
        key = self.model.key(chance.DRIFT_DRAWS)
        if draw(key, self.number) >= odds:
            return
        own = split(key, self.number)
        dropped = nth(self.needs, int(draw(own, 0) * count(self.needs)))
        added = demand.pick_feature(self.model.popularity[self.segment], draw(own, 1))
        needs = demand.exchanged_needs(self.needs, dropped, added)
        if self.supplier is not None:
            self.supplier.count_users(self.needs, -1)
            self.supplier.count_users(needs, 1)
            self.drop(without(self.needs, needs))
        self.needs = needs


class Firm(mesa.Agent):
    """A company. Its fields are those of ``state.FIRM_FIELDS``, each starting at nothing."""

    model: "ReferenceModel"

    def __init__(self, model: "ReferenceModel", number: int, group: int) -> None:
        super().__init__(model)
        self.number = number
        for name, field in FIRM_FIELDS.items():
            if name != "fit_sum":
                setattr(self, name, _blank(field))
        self.group = group
        self.founded = self.closed = self.pivoted = self.target = self.loudest = NOTHING

    if TYPE_CHECKING:  # fields come from FIRM_FIELDS

        def __getattr__(self, name: str) -> Any: ...

    @property
    def firm_plan(self) -> FirmPlan:
        """The block of the scenario that it was made from."""
        return self.model.case.firms[self.group]

    @property
    def strategy(self) -> Strategy:
        """The strategy in force."""
        return self.firm_plan.after if self.course else self.firm_plan.strategy

    @property
    def people(self) -> int:
        """Founders and employees."""
        return int(self.founders + sum(self.staff))

    @property
    def fit_sum(self) -> int:
        """Fit of its customers, in millionths, summed afresh; the fast engine keeps this sum as it changes."""
        buyers = self.model.buyers()
        return sum(demand.fit_millionths(customer.needs, customer.has) for customer, firm in buyers if firm is self)

    def count_users(self, needs: int, change: int) -> None:
        """Add to the number of own customers who need each feature of a set."""
        while needs:
            feature = lowest(needs)
            self.users[feature] += change
            needs ^= bit(feature)

    # plan

    def plan(self, month: int) -> None:
        """Pivot if the trigger is met; divide money; hire, dismiss, train; see whose time goes where."""
        if self.course == 0:
            self.consider_pivot(month)
        self.clear_flows()
        self.loudness = -1.0
        self.change_staff(month)
        self.work_capacity = int(MILLION * self.role_time(PRODUCT))
        self.sales_capacity = self.role_time(SALES)
        self.service_capacity = self.role_time(SERVICE)

    def clear_flows(self) -> None:
        """Start a month: what is counted within a month starts at zero, for a closed firm too."""
        for name in FLOWS:
            setattr(self, name, _blank(FIRM_FIELDS[name]))

    def consider_pivot(self, month: int) -> None:
        """Change course when the trigger is met, on last month's figures."""
        pivot = self.firm_plan.pivot
        top = product.most_requested(self.tally, 0, self.model.params.market.features)
        signal = strategy.signal_value(
            pivot.signal,
            strategy.ratio(self.work_upkeep, self.work_capacity),
            strategy.ratio(self.tally[top], sum(self.tally)) if top != NOTHING else 0.0,
            strategy.ratio(self.deals, self.sales_capacity),
            finance.cash_flow(self.revenue, self.wages, self.marketing, self.running_costs),
            strategy.ratio(self.prospect_fit_sum / MILLION, self.contacts),
        )
        if strategy.pivots(pivot, month, self.customers, self.viable_months, signal):
            self.course = 1
            self.pivoted = month

    def change_staff(self, month: int) -> None:
        """Give each role its budget, then hire (later) or dismiss (now) towards it; newcomers arrive and learn."""
        params, chosen, staffing = self.model.params, self.strategy, self.model.params.staffing
        fixed = finance.fixed_cost(self.founders, *self.staff, params.finance)
        money = finance.spendable(self.trend, self.cash, fixed, chosen.invest, staffing)
        self.marketing_plan = int(money * chosen.marketing_budget)
        people = self.people
        for role in range(len(ROLES)):
            budget = int(money * strategy.role_budget(chosen, role))
            cost = finance.role_cost(role, params.finance)
            coming = self.pipeline[role]
            change = strategy.planned_change(budget, cost, self.staff[role], sum(coming), people, staffing)
            if change > 0:
                coming[(month + staffing.hiring_delay) % len(coming)] += change
            else:
                self.staff[role] += change
                self.dismissals -= change
            arrivals = coming[month % len(coming)]
            coming[month % len(coming)] = 0
            skill = strategy.skill_after_arrivals(self.skill[role], self.staff[role], arrivals)
            self.skill[role] = strategy.skill_after_month(skill, staffing)
            self.staff[role] += arrivals
            self.hires += arrivals

    def role_time(self, role: int) -> float:
        """Effective person-months of one role."""
        share = strategy.role_share(self.strategy, role)
        staffing = self.model.params.staffing
        return strategy.role_capacity(self.people, self.founders, self.staff[role], self.skill[role], share, staffing)

    # build

    def keep_up(self) -> None:
        """Spend product time on upkeep first; what is left is open to promised work, with what was begun last month."""
        params = self.model.params
        custom, standard = self.custom_features, self.standard_features
        self.variety = product.variety_factor(custom, standard, params.product, params.mechanisms.variety)
        due = product.upkeep_work(custom, standard, self.variety, params.product)
        self.work_upkeep = min(due, self.work_capacity)
        self.upkept = product.upkept_share(self.work_upkeep, due)
        self.job = product.custom_job(self.variety, params.product)
        self.custom_work_open = self.work_capacity - self.work_upkeep + self.custom_bank
        self.work_custom = -self.custom_bank
        self.custom_bank = 0

    def keep_promises(self, customer: Customer) -> None:
        """Build what was promised to a customer while there is time for a whole feature."""
        while customer.promised and self.custom_work_open >= self.job:
            feature = lowest(customer.promised)
            customer.promised ^= bit(feature)
            self.promised_features -= 1
            self.deliver_custom(customer, feature)

    def open_custom_work(self) -> None:
        """Keep unfinished promised work; when all promises are kept, open the strategy's share of time to single requests."""
        spare, self.custom_work_open = self.custom_work_open, 0
        if self.promised_features > 0:
            self.custom_bank = spare
            self.work_custom += spare
        else:
            on = self.model.params.mechanisms.custom_work
            self.custom_work_open = product.open_work(spare, self.strategy.custom_share, on)
            self.work_left = spare - self.custom_work_open

    def grant_request(self, customer: Customer) -> None:
        """Build what a customer asked for, if there is time for it."""
        if customer.asked != NOTHING and self.custom_work_open >= self.job:
            self.deliver_custom(customer, customer.asked)

    def deliver_custom(self, customer: Customer, feature: int) -> None:
        """Hand one custom feature to one customer; a request for it is thereby met."""
        customer.custom |= bit(feature)
        if customer.asked == feature:
            customer.asked = NOTHING
            self.open_requests -= 1
        self.custom_work_open -= self.job
        self.work_custom += self.job
        self.custom_features += 1
        self.custom_built += 1
        self.fees += self.strategy.custom_fee

    def close_custom_work(self) -> None:
        """Keep what is begun for those who still wait; with nobody waiting the time goes to the roadmap."""
        if self.open_requests > 0:
            self.custom_bank += self.custom_work_open
            self.work_custom += self.custom_work_open
        else:
            self.work_left += self.custom_work_open
        self.custom_work_open = 0

    def advance_roadmap(self, month: int) -> None:
        """Spend what is left on standard features, one after the other."""
        cost = product.standard_job(self.variety, self.model.params.product)
        self.work_roadmap = self.work_left
        self.roadmap_bank += self.work_left
        self.work_left = 0
        while True:
            if self.target == NOTHING:
                self.target = self.choose_target()
            if self.target == NOTHING or self.roadmap_bank < cost:
                break
            self.roadmap_bank -= cost
            self.fresh |= bit(self.target)
            self.standard_built += 1
            self.target = NOTHING
        if self.target == NOTHING:  # nothing left to build: the time is lost
            self.work_roadmap -= self.roadmap_bank
            self.roadmap_bank = 0
        if self.model.params.mechanisms.sharing:
            self.standard |= self.fresh
            self.standard_features = count(self.standard)

    def choose_target(self) -> int:
        """Next standard feature by the firm's roadmap."""
        market_row = self.model.popularity[-1]
        guesses, n = split(self.model.key(chance.FOUNDER_GUESS_DRAWS), self.number), self.standard_built
        guess = product.founder_guess(market_row, draw(guesses, 2 * n), draw(guesses, 2 * n + 1), self.insight)
        built = self.standard | self.fresh
        mechanisms = self.model.params.mechanisms
        return product.next_target(self.strategy.roadmap, built, self.tally, self.loudest, guess, market_row, mechanisms)

    def hand_over(self, customer: Customer) -> None:
        """Bring finished standard features to a customer; M4 off: one of them, if it lacks one, and nobody else gets it."""
        if self.model.params.mechanisms.sharing:
            customer.drop(self.fresh)
            return
        wanted = without(customer.needs & self.fresh, customer.has)
        if wanted:
            feature = bit(lowest(wanted))
            customer.drop(feature)
            customer.custom |= feature
            self.custom_features += 1
            self.fresh ^= feature

    # sell

    def sell(self, month: int) -> None:
        """Spend the month's selling effort: look at drawn customers, let go those who do not fit, make an offer to others."""
        model, rules = self.model, self.model.params.sales
        self.sales_yield = sales.sales_yield(self.playbook, rules, model.params.mechanisms.sales_learning)
        luck = draw(model.key(chance.REACH_DRAWS), self.number)
        effort = sales.sales_effort(self.sales_capacity, self.sales_yield, self.marketing_plan, luck, rules)
        contacts = split(model.key(chance.CONTACT_DRAWS), self.number)
        met = 0
        while effort > 0:
            customer = model.customers[int(draw(contacts, met) * len(model.customers))]
            met += 1
            if customer.supplier is self:  # reach falls on the whole market, own customers included
                effort -= sales.EFFORT
                continue
            fit = demand.fit(customer.needs, self.standard)
            self.contacts += 1
            self.prospect_fit_sum += demand.in_millionths(fit)
            effort -= sales.contact_effort(fit, self.strategy.qualification, rules)
            if fit >= self.strategy.qualification:
                self.make_offer(customer, month)

    def make_offer(self, customer: Customer, month: int) -> None:
        """Make an offer that the customer weighs against what it has; when lost, it may say what it missed."""
        params, model = self.model.params, self.model
        self.pursued += 1
        promised = sales.promised_features(customer.needs, self.standard, self.strategy, params.sales, params.mechanisms)
        weights = params.product.unproven_weight, params.sales.promise_weight
        seen = sales.perceived_fit(customer.needs, self.standard, self.validated, promised, *weights)
        present, bound = customer.present_surplus()
        choice = draw(split(model.key(chance.CHOICE_DRAWS), self.number), customer.number)
        offer = sales.surplus(seen, self.strategy.price, customer.wtp)
        if sales.signs(choice, offer, present, bound, params.sales):
            if customer.supplier is not None:
                customer.supplier.poached += 1
                customer.leave()
            customer.join(self, promised, month + params.sales.promise_months, min(seen, 1.0), month)
            self.deals += 1
            return
        tell = draw(split(model.key(chance.LOST_TELLS_DRAWS), self.number), customer.number)
        missing = without(customer.needs, self.standard)
        if missing and tell < params.sales.lost_tells:
            self.tally[nth(missing, int(tell / params.sales.lost_tells * count(missing)))] += 1

    # serve, experience

    def serve(self) -> None:
        """Work on the month's requests for help and on the backlog."""
        params = self.model.params
        self.tickets = service.ticket_count(self.customers, self.fit_sum, params.service)
        load = service.service_load(self.tickets, self.variety, params.service)
        on = params.mechanisms.queue
        served = service.serve_month(load, self.backlog, self.service_capacity, params.service, on)
        self.backlog, self.service_quality = served

    def hear(self, feature: int, loudness: float) -> None:
        """Count a request of an own customer, and remember the loudest."""
        self.open_requests += 1
        self.requests += 1
        self.tally[feature] += 1
        if loudness > self.loudness:
            self.loudness, self.loudest = loudness, feature

    # settle

    def settle(self, month: int) -> None:
        """Bill, pay, learn to sell, see what is validated; close without money."""
        params = self.model.params
        self.revenue = finance.subscriptions(self.account_size, self.strategy.price) + self.fees
        self.wages = finance.wage_bill(self.founders, *self.staff, params.finance)
        self.marketing = self.marketing_plan
        self.running_costs = finance.running_cost(self.people, self.customers, params.finance)
        flow = finance.cash_flow(self.revenue, self.wages, self.marketing, self.running_costs)
        self.cash += flow
        self.viable_months = self.viable_months + 1 if flow > 0 else 0
        self.trend = finance.next_trend(self.trend, self.revenue, params.staffing.trend_months)
        changes = self.custom_built + self.standard_built
        self.playbook = sales.next_playbook(self.playbook, self.deals, changes, self.customers, params.sales)
        self.see_what_is_validated()
        if finance.insolvent(self.cash):
            self.close(month)

    def see_what_is_validated(self) -> None:
        """Count as validated the standard features with enough paying users."""
        evidence, on = self.model.params.product.evidence, self.model.params.mechanisms.validation
        self.validated = product.validated_features(self.standard, self.validated, self.users, evidence, on)
        self.validated_features = count(self.validated)

    def close(self, month: int) -> None:
        """End: people go; customers are released by the model."""
        self.status, self.closed = CLOSED, month
        self.dismissals += sum(self.staff)
        self.staff, self.pipeline = _blank(FIRM_FIELDS["staff"]), _blank(FIRM_FIELDS["pipeline"])
        self.founders = self.backlog = 0

    # enter

    def found(self, month: int) -> None:
        """Open the doors with the people, money, product and customers of the plan."""
        start, model = self.firm_plan.start, self.model
        key = split(stream_key(model.seed_of_run, chance.BORN_FEATURE_DRAWS, chance.BEFORE_START), self.number)
        self.status, self.founded = ALIVE, month
        self.founders, self.cash, self.insight, self.playbook = start.founders, start.cash, start.insight, start.playbook
        self.staff = [start.product_staff, start.sales_staff, start.service_staff]
        self.skill = [1.0] * len(ROLES)
        self.standard = product.born_features(model.popularity[-1], key, start.features, start.insight)
        self.standard_features = count(self.standard)
        self.win_first_customers(start.customers, month)
        self.see_what_is_validated()
        self.trend = finance.subscriptions(self.account_size, self.firm_plan.strategy.price)

    def win_first_customers(self, wanted: int, month: int) -> None:
        """Draw the customers to start with from those free, by the same choice that later ones make."""
        model, start = self.model, chance.BEFORE_START
        picks = split(stream_key(model.seed_of_run, chance.FIRST_CUSTOMER_DRAWS, start), self.number)
        choices = split(stream_key(model.seed_of_run, chance.FIRST_CHOICE_DRAWS, start), self.number)
        for attempt in range(wanted * FIRST_TRIES):
            if self.customers >= wanted:
                break
            customer = model.customers[int(draw(picks, attempt) * len(model.customers))]
            if customer.supplier is None:
                seen = demand.fit(customer.needs, self.standard)
                offer = sales.surplus(seen, self.firm_plan.strategy.price, customer.wtp)
                if sales.signs(draw(choices, attempt), offer, 0.0, 0.0, model.params.sales):
                    customer.join(self, 0, 0, seen, month)


class ReferenceModel(mesa.Model):
    """One run of a case, month by month."""

    def __init__(self, case: Case, seed: int, months: int) -> None:
        super().__init__()
        self.case, self.params, self.seed_of_run = case, case.params, seed
        self.months = months
        self.month = 0
        self.popularity = demand.popularity_table(seed, case.params.market).tolist()
        groups = slot_groups(case)
        self.history = np.zeros((months, len(groups)), MEASURE_DTYPE)
        self.customers = [Customer(self, number) for number in range(case.params.market.customers)]
        self.firms = [Firm(self, number, group) for number, group in enumerate(groups)]
        self.first_entrant = sum(plan.count for plan in case.firms)
        self._keys: dict[int, int] = {}
        for firm in self.firms[: self.first_entrant]:
            if firm.firm_plan.founded == 0:
                firm.found(0)

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
        return [firm for firm in self.firms if firm.status == ALIVE]

    def buyers(self, first: int = 0) -> Iterator[tuple[Customer, Firm]]:
        """Customers that buy, with their firm, in order of number from ``first`` on and around."""
        for customer in self.customers[first:] + self.customers[:first]:
            if customer.supplier is not None:
                yield customer, customer.supplier

    def plan(self) -> None:
        """Every firm decides."""
        for firm in self.firms:
            if firm.status == ALIVE:
                firm.plan(self.month)
            elif firm.status == CLOSED:
                firm.clear_flows()

    def build(self) -> None:
        """Every firm keeps up its product, keeps promises, grants requests, and advances its roadmap."""
        first = int(draw(self.key(chance.WORK_ORDER_DRAWS), 0) * len(self.customers))
        firms = self.open_firms
        for firm in firms:
            firm.keep_up()
        for customer, firm in self.buyers(first):
            firm.keep_promises(customer)
        for firm in firms:
            firm.open_custom_work()
        for customer, firm in self.buyers(first):
            firm.grant_request(customer)
        for firm in firms:
            firm.close_custom_work()
            firm.advance_roadmap(self.month)
        for customer, firm in self.buyers(first):
            if firm.fresh:
                firm.hand_over(customer)

    def sell(self) -> None:
        """Firms meet prospects, in order from a drawn start."""
        first = int(draw(self.key(chance.FIRM_ORDER_DRAWS), 0) * len(self.firms))
        for firm in self.firms[first:] + self.firms[:first]:
            if firm.status == ALIVE:
                firm.sell(self.month)

    def serve(self) -> None:
        """Requests for help arise and are worked on."""
        for firm in self.open_firms:
            firm.serve()

    def experience(self) -> None:
        """Customers live their month; then those whose yearly review is due may change their needs."""
        for customer, _ in self.buyers():
            customer.experience(self.month)
        odds = demand.drift_chance(self.params.market)
        if odds > 0.0 and self.params.mechanisms.needs:
            for customer in self.customers:
                if demand.drifts_now(customer.number, self.month):
                    customer.review_needs(odds)

    def settle(self) -> None:
        """Firms settle their books; customers of those that close are released."""
        for firm in self.open_firms:
            firm.settle(self.month)
        for customer, firm in self.buyers():
            if firm.status == CLOSED:
                firm.released += 1
                customer.leave()

    def enter(self) -> None:
        """Found firms that are due, and entrants drawn this month while there are slots."""
        for firm in self.firms[: self.first_entrant]:
            if firm.status == DORMANT and firm.firm_plan.founded == self.month + 1:
                firm.found(self.month + 1)
        coming = int(self.params.entry.rate + draw(self.key(chance.ENTRY_DRAWS), 0))
        waiting = [firm for firm in self.firms[self.first_entrant :] if firm.status == DORMANT]
        for firm in waiting[:coming]:
            firm.found(self.month + 1)

    def record(self) -> None:
        """Write down the measures of every firm."""
        for firm in self.firms:
            self.history[self.month, firm.number] = tuple(_stored(getattr(firm, name)) for name in FIRM_MEASURES)


def _blank(field: Field) -> Any:
    """Return the empty value of a field: 0, 0.0, or (nested) lists of them."""
    value: Any = 0.0 if field.dtype == "f8" else 0
    for length in reversed(field.shape):
        value = [_copied(value) for _ in range(length)]
    return value


def _copied(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value


def _stored(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def simulate(case: Case, seed: int, months: int) -> History:
    """Run a case from its first day; ``seed`` is the replicate's (see ``chance.replicate_seed``)."""
    model = ReferenceModel(case, seed, months)
    for _ in range(months):
        model.step()
    columns = {name: [getattr(firm, name) for firm in model.firms] for name in ("group", "founded", "closed", "pivoted")}
    return History(model.history, *(np.array(column, np.int64) for column in columns.values()))
